//! The AWS CLI: the input of `create-table` and of the calls that follow it, and of those that change a table that exists.
//!
//! As JSON every call stands beside its input, or one input alone (`only=`), as `--cli-input-json` takes it. As a shell script the
//! calls are made one after the other, each after DynamoDB is ready for it.

mod calls;

use super::node::{Map, Node};
use super::{Format, Options, parts};
use crate::contract::Contract;
use crate::error::ExportError;
use crate::target::Target;
use calls::{Call, Piece};
use std::fmt::Write as _;

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "aws-cli",
    about: "calls of the AWS CLI: CreateTable and what follows it, or UpdateTable and its kind",
    formats: &[Format::Json, Format::Shell],
    settings: &[
        (
            "for",
            "`create` (the default), `update`: what may be changed of a table that exists, `index`: an index more",
        ),
        ("index", "the index that is added, for `for=index`"),
        ("only", "the input of this call alone: `table`, `ttl`, `recovery`, …, as `about` names it"),
        (
            "account",
            "the account, for calls that name a table by its ARN: tags and policies of what exists; a script asks for it",
        ),
        ("region", "the region of the table, for the same calls"),
        ("partition", "the partition, for the same calls; `aws` without it"),
        parts::STAMP,
    ],
    render,
};

/// The calls, or the input of one.
///
/// `for=update` gives a call for each property: DynamoDB takes few of them together, and refuses a change that changes nothing, so that
/// those are to be made which `diff` names.
///
/// # Errors
///
/// Where a setting names what is not there.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let setting = |name: &str| options.settings.get(name).map(String::as_str);
    let contract = &parts::stamped(contract, options)?;
    let mut all = Vec::new();
    for table in options.tables_of(contract)? {
        parts::deployable(table)?;
        let arns = calls::Arns::of(&options.settings);
        all.extend(match (setting("for").unwrap_or("create"), setting("index")) {
            ("create", None) => calls::create(table, &arns)?,
            ("update", None) => calls::update(table, &arns)?,
            ("index", Some(index)) => calls::add_index(table, index),
            ("index", None) => {
                return Err(ExportError::Unsupported(
                    "which index is to be added? Name it with `--set index=…`".into(),
                ));
            }
            (_, Some(_)) => {
                return Err(ExportError::Unsupported("`index` is only for `--set for=index`".into()));
            }
            (other, None) => return Err(unknown("setting `for` of", other, &["create", "update", "index"])),
        });
    }
    if let (true, Some(index)) = (all.is_empty(), setting("index")) {
        let indexes = contract.tables.iter().flat_map(|table| table.global_indexes());
        let known: Vec<_> = indexes.map(|index| index.name.as_str()).collect();
        return Err(unknown("global index", index, &known));
    }
    match (setting("only"), format) {
        (Some(_), Format::Shell) => Err(ExportError::Unsupported(
            "a script has every call: `only` gives the input of one, as `--format json`".into(),
        )),
        (Some(about), _) => Node::from(only(all, about)?).to_json(),
        (None, Format::Shell) => script(&all),
        (None, _) => all.iter().map(Call::to_node).collect::<Node>().to_json(),
    }
}

fn unknown(what: &'static str, name: &str, known: &[&str]) -> ExportError {
    ExportError::NotFound {
        what,
        name: name.into(),
        known: known.iter().map(|name| (*name).into()).collect(),
    }
}

fn only(mut all: Vec<Call>, about: &str) -> Result<Map, ExportError> {
    let mut known: Vec<_> = all.iter().map(|call| call.about.clone()).collect();
    known.dedup();
    all.retain(|call| call.about == about);
    match (all.pop(), all.is_empty()) {
        (Some(call), true) => Ok(call.whole_input()),
        (Some(_), false) => Err(ExportError::Unsupported(format!(
            "several tables have a call `{}`: name one with `--table`",
            about.escape_debug()
        ))),
        (None, _) => {
            let known: Vec<_> = known.iter().map(String::as_str).collect();
            Err(unknown("call", about, &known))
        }
    }
}

/// The call that DynamoDB refuses for a moment after a table was made.
const RECOVERY: &str = "update-continuous-backups";

/// A function of the shell around that call: two minutes for the backups of a new table, and none for any other error.
const WHEN_THERE_ARE_BACKUPS: &str = r#"
# Backups of a new table are there a moment after it.
when_there_are_backups() {
  tries=24
  until said=$("$@" 2>&1); do
    tries=$((tries - 1))
    case $tries:$said in
      0:* ) printf '%s\n' "$said" >&2; return 1 ;;
      *ContinuousBackupsUnavailableException* ) sleep 5 ;;
      * ) printf '%s\n' "$said" >&2; return 1 ;;
    esac
  done
  printf '%s\n' "$said"
}
"#;

/// A script of calls that waits where DynamoDB must have finished one before it takes the next.
fn script(calls: &[Call]) -> Result<String, ExportError> {
    let mut text = "#!/bin/sh\n# Written from the contract. Needs the AWS CLI, with a region and credentials.\nset -eu\n".to_owned();
    for (name, found) in [
        // `configure get` reads the files alone, and the CLI takes the environment first.
        ("region", "${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}"),
        ("account", "$(aws sts get-caller-identity --query Account --output text)"),
    ] {
        let mut pieces = calls.iter().filter_map(|call| call.arn.as_ref()).flatten();
        if pieces.any(|piece| matches!(piece, Piece::Variable(variable) if *variable == name)) {
            let _ = writeln!(text, "{name}={found}");
        }
    }
    if calls.iter().any(|call| call.operation == RECOVERY) {
        text.push_str(WHEN_THERE_ARE_BACKUPS);
    }
    for call in calls {
        let region = call.region.as_deref().map(|region| format!(" --region {}", quoted(region)));
        let region = region.unwrap_or_default();
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => quoted(text),
            Piece::Variable(name) => format!("\"${name}\""),
        };
        let arn = call.arn.iter().map(|arn| arn.iter().map(piece).collect::<String>());
        let arn: String = arn.map(|arn| format!(" --resource-arn {arn}")).collect();
        let input = quoted(Node::from(call.input.clone()).to_json()?.trim_end());
        let wait = if call.operation == RECOVERY { "when_there_are_backups " } else { "" };
        let _ = write!(
            text,
            "\n{wait}aws {} {}{region}{arn} --cli-input-json {input}\n",
            call.service, call.operation
        );
        if call.settles {
            let _ =
                writeln!(text, "aws dynamodb wait table-exists{region} --table-name {}", quoted(&call.table));
        }
    }
    Ok(text)
}

/// A word of the shell: nothing within it means anything.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_shell_reads_what_was_written(text in "(?s)[^\0]{0,20}", quotes in "['\"$`\\\\\n;&|]{0,8}") {
            let text = text + &quotes + "x";
            let printed = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(&text))])
                .output()
                .map(|output| output.stdout);
            prop_assert_eq!(printed.ok(), Some(text.into_bytes()));
        }
    }
}
