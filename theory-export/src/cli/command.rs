//! The commands and their arguments.

use crate::check::Severity;
use crate::diff::Class;
use crate::target::{Target, targets};
use crate::templates::Format;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint, value_parser};
use clap_complete::Shell;
use std::fmt::Write as _;

/// Where the contract comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// From the types in the program.
    Schema,
    /// From a file.
    File,
}

/// The file that is read without further word.
pub(super) const CONTRACT_FILE: &str = "theory.contract.json";

/// For the help of the commands that decide by one.
#[cfg(feature = "live")]
pub(super) const fn exit_codes() -> &'static str {
    EXIT_CODES
}

/// How the commands that ask DynamoDB are had.
#[cfg(not(feature = "live"))]
pub(super) const INSTALL: &str = "cargo install theory-export --features live";

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and nothing was found
  1  something was found: a stale file, a difference (`check`), what is left to do (`apply`, `backfill`)
  2  the arguments are wrong
  3  a file cannot be read or written, or what is in it cannot be used
  4  `diff`: items must be filled in
  5  `diff`: more than one deployment, or refused in place
  6  `diff`: readers break
  7  `diff`: a table is replaced
  8  `diff`: data is lost";

pub(super) fn command(source: Source, name: &str) -> Command {
    let (about, example, first) = match source {
        Source::Schema => {
            ("What the types of this program are deployed as", "", "contract -o theory.contract.json")
        }
        Source::File => (
            "What a Theory contract is deployed as",
            " theory.contract.json",
            "diff deployed.json theory.contract.json",
        ),
    };
    let examples = format!(
        "Examples:
  {name} {first}
  {name} cloudformation{example} --profile prod -o template.yaml
  {name} check{example} --profile prod --template template.yaml
  {name} workbench{example} --profile dev | less

A path `-` is standard input or output.

{EXIT_CODES}"
    );
    let mut command = Command::new(name.to_owned())
        .about(about)
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples)
        .subcommand(contract(source, name))
        .subcommand(diff(source, name))
        .subcommand(check(source, name));
    #[cfg(feature = "live")]
    {
        command = command.subcommand(super::live::apply(source, name));
        if source == Source::Schema {
            command = command.subcommand(super::live::backfill(name));
        }
    }
    for target in targets() {
        command = command.subcommand(output(target, source, name));
    }
    #[cfg(not(feature = "live"))]
    {
        // Known, so that they say what they lack.
        for lacking in ["apply", "backfill"] {
            let anything = Arg::new("rest").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
            command =
                command.subcommand(Command::new(lacking).hide(true).disable_help_flag(true).arg(anything));
        }
    }
    command = command.subcommand(
        Command::new("json-schema")
            .about("The JSON Schema of contracts, for editors and for programs in other languages")
            .arg(output_file())
            .after_help(format!("Example:\n  {name} json-schema -o theory.contract.v1.schema.json")),
    );
    command.subcommand(
        Command::new("completions")
            .about("Completions for a shell")
            .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)))
            .after_help(format!("Example:\n  {name} completions zsh > _{name}")),
    )
}

fn contract(source: Source, name: &str) -> Command {
    let given = if source == Source::File { " theory.contract.json" } else { "" };
    from_contract(Command::new("contract"), source)
        .about("The contract itself: everything that is deployed, as one file with stable bytes")
        .arg(output_file())
        .arg(
            Arg::new("check")
                .long("check")
                .value_name("FILE")
                .value_hint(ValueHint::FilePath)
                .conflicts_with("output")
                .help("Compares with this file instead of writing, and exits with 1 where it is stale"),
        )
        .after_help(format!(
            "Examples:
  {name} contract{given} -o theory.contract.json
  {name} contract{given} --check theory.contract.json   # in CI

Members of the written file that begin with `x-` are kept."
        ))
}

fn diff(source: Source, name: &str) -> Command {
    let file = |id: &'static str, value: &'static str| {
        Arg::new(id).value_name(value).value_hint(ValueHint::FilePath)
    };
    let command = Command::new("diff")
        .about("What a change means: each difference classified, and the order in which to deploy them")
        .arg(file("old", "OLD").required(true).help("The contract that is deployed"));
    let (command, example) = match source {
        Source::Schema => (
            command
                .arg(file("new", "NEW").help("The contract to deploy; the types of this program without it")),
            "theory.contract.json",
        ),
        Source::File => (
            command.arg(file("new", "NEW").required(true).help("The contract to deploy")),
            "old.json theory.contract.json",
        ),
    };
    let classes: Vec<_> = Class::ALL.iter().map(|class| class.as_str()).collect();
    command
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("NAME")
                .help("Compares what is deployed in this set-up only"),
        )
        .arg(format_of(&[Format::Human.as_str(), Format::Json.as_str(), Format::Github.as_str()]))
        .arg(output_file())
        .arg(
            Arg::new("allow")
                .long("allow")
                .value_name("CLASS")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(classes))
                .help("A class that leaves the exit code 0; several with commas between them"),
        )
        .after_help(format!(
            "Examples:
  {name} diff {example}
  git show main:theory.contract.json | {name} diff - theory.contract.json --format github

{EXIT_CODES}"
        ))
}

fn check(source: Source, name: &str) -> Command {
    let given = if source == Source::File { " theory.contract.json" } else { "" };
    let severities: Vec<_> = Severity::ALL.iter().map(|severity| severity.as_str()).collect();
    let several = |id: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(id).value_name(value).action(ArgAction::Append).help(help)
    };
    let command = from_contract(Command::new("check"), source);
    #[cfg(feature = "live")]
    let (command, live) = (
        super::live::checking(command),
        format!(
            "\n  {name} check{given} --live --profile prod\n  {name} check{given} --live --endpoint http://localhost:8000"
        ),
    );
    #[cfg(not(feature = "live"))]
    let (command, live) = (
        // Known, so that it says what it lacks.
        command.arg(Arg::new("live").long("live").action(ArgAction::SetTrue).hide(true)),
        format!(
            "\n\nThis build lacks the feature `live`, with which it compares with DynamoDB itself: `{INSTALL}`."
        ),
    );
    command
        .about("Compares with what is deployed, or will be: one finding for each difference, with its path and severity")
        .arg(
            Arg::new("template")
                .long("template")
                .value_name("FILE")
                .value_hint(ValueHint::FilePath)
                .required_unless_present("live")
                .help("CloudFormation or SAM (JSON or YAML), the output of CDK, or the JSON of a plan of Terraform"),
        )
        .arg(several("param", "NAME=VALUE", "The value of a parameter of the template; may be given several times"))
        .arg(several("match", "TABLE=RESOURCE", "Which resource is which table, where their names do not tell"))
        .arg(several("table", "NAME", "Only this table; may be given several times"))
        .arg(
            Arg::new("fail-on")
                .long("fail-on")
                .value_name("SEVERITY")
                .value_parser(PossibleValuesParser::new(severities))
                .default_value(Severity::Warning.as_str())
                .help("The least severity that makes the exit code 1"),
        )
        .arg(format_of(&[Format::Human.as_str(), Format::Json.as_str(), Format::Github.as_str()]))
        .arg(output_file())
        .after_help(format!(
            "Examples:
  {name} check{given} --template template.yaml --profile prod
  {name} check{given} --template cdk.out/ShopStack.template.json --format github
  terraform show -json plan.tfplan | {name} check{given} --template - --profile prod{live}

Expressions of a template are evaluated as far as they can be; what cannot be is a note. Not compared: who reads a stream.

{EXIT_CODES}"
        ))
}

fn output(target: &'static Target, source: Source, name: &str) -> Command {
    let given = if source == Source::File { " theory.contract.json" } else { "" };
    let formats: Vec<_> = target.formats.iter().map(|format| format.as_str()).collect();
    let mut command = from_contract(Command::new(target.name), source)
        .about(capitalized(target.about))
        .arg(output_file())
        .arg(
            Arg::new("table")
                .long("table")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Only this table; may be given several times"),
        );
    if formats.len() > 1 {
        command = command.arg(format_of(&formats));
    }
    let mut help = format!("Examples:\n  {name} {}{given}", target.name);
    if formats.len() > 1 {
        let _ = write!(help, " --format {}", formats.last().unwrap_or(&""));
    }
    if let Some((setting, value)) =
        target.settings.iter().find_map(|(name, what)| Some((name, example(what)?)))
    {
        let _ = write!(help, "\n  {name} {}{given} --set {setting}={value}", target.name);
    }
    if !target.settings.is_empty() {
        command = command.arg(
            Arg::new("set")
                .long("set")
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("A setting of this output, which are listed below; may be given several times"),
        );
        help.push_str("\n\nSettings:");
        let width = target.settings.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, what) in target.settings {
            let _ = write!(help, "\n  {name:width$}  {what}");
        }
    }
    help.push_str("\n\nExit codes:\n  0  done\n  2  the arguments are wrong\n  3  a file cannot be read or written, or what is in it cannot be used");
    command.after_help(help)
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + chars.as_str())
}

/// A value that the words about a setting name first: `true`, `dev`, …
fn example(what: &str) -> Option<&str> {
    what.strip_prefix('`')?.split('`').next().filter(|value| !value.is_empty())
}

pub(super) fn from_contract(command: Command, source: Source) -> Command {
    let command = command.arg(
        Arg::new("profile").long("profile").value_name("NAME").help("The set-up to deploy: `dev`, `prod`, …"),
    );
    match source {
        Source::Schema => command,
        Source::File => command.arg(
            Arg::new("contract")
                .value_name("CONTRACT")
                .default_value(CONTRACT_FILE)
                .value_hint(ValueHint::FilePath)
                .help("The contract; `-` is standard input"),
        ),
    }
}

pub(super) fn output_file() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .help("Writes to this file instead of standard output")
}

pub(super) fn format_of(formats: &[&'static str]) -> Arg {
    Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(formats.to_vec()))
        .default_value(formats.first().copied().unwrap_or(Format::Human.as_str()))
        .help("In what it is written")
}
