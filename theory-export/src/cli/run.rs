//! What each command does.

use super::command::{CONTRACT_FILE, Source, command};
use super::{Io, code};
use crate::builder::Schema;
use crate::check::{self, Check, CheckOptions, Deployed, Severity};
use crate::contract::{Contract, JSON_SCHEMA};
use crate::diff::{Class, Diff, report};
use crate::documents::dms::contract_or_dms;
use crate::error::ExportError;
use crate::target::Target;
use crate::templates::{Format, Options};
use crate::text::{line, lines};
use clap::ArgMatches;
use clap_complete::Shell;
use std::collections::BTreeMap;

/// One run.
pub(super) struct Run<'a, 'io> {
    pub(super) schema: Option<&'a Schema>,
    pub(super) name: &'a str,
    pub(super) io: &'a mut Io<'io>,
}

impl Run<'_, '_> {
    pub(super) fn run(&mut self, matches: &ArgMatches) -> Result<u8, ExportError> {
        match matches.subcommand() {
            Some(("contract", given)) => self.contract(given),
            Some(("diff", given)) => self.diff(given),
            Some(("check", given)) => self.check(given),
            #[cfg(feature = "live")]
            Some(("apply", given)) => self.apply(given),
            #[cfg(feature = "live")]
            Some(("backfill", given)) => self.backfill(given),
            #[cfg(not(feature = "live"))]
            Some((name @ ("apply" | "backfill"), _)) => Err(lacking(&format!("`{name}`"))),
            Some(("json-schema", given)) => {
                let output = given.get_one::<String>("output").map(String::as_str);
                self.io.write(output, JSON_SCHEMA)?;
                Ok(code::DONE)
            }
            Some(("completions", given)) => self.completions(given),
            Some((name, given)) => match Target::named(name) {
                Some(target) => self.target(target, given),
                None => Ok(code::USAGE),
            },
            None => Ok(code::USAGE),
        }
    }

    /// The contract that a command works on, in its profile.
    pub(super) fn source(&mut self, given: &ArgMatches) -> Result<Contract, ExportError> {
        let contract = match self.schema {
            Some(schema) => schema.contract()?,
            None => {
                let path = given.get_one::<String>("contract").map_or("-", String::as_str);
                let contract = self.read_contract(path)?;
                contract.validate().map_err(|error| error.in_file(path))?;
                contract
            }
        };
        for fault in contract.faults() {
            let warning = self.io.error_paint("warning", "1;33");
            self.io.say(&format!("{warning}: {fault}"));
        }
        match given.get_one::<String>("profile") {
            Some(profile) => contract.in_profile(profile),
            None => Ok(contract),
        }
    }

    fn read_contract(&mut self, path: &str) -> Result<Contract, ExportError> {
        let text = self.io.read(path).map_err(|error| match error {
            ExportError::Io { ref source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                ExportError::Unsupported(format!(
                    "there is no `{path}`: name the contract, or write it: the program that has the types does so with `contract -o {path}`"
                ))
            }
            error => error,
        })?;
        contract_or_dms(&text).map_err(|error| error.in_file(path))
    }

    fn contract(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let mut contract = self.source(given)?;
        if let Some(path) = given.get_one::<String>("check") {
            return self.check_committed(&contract, path);
        }
        let output = given.get_one::<String>("output").map(String::as_str);
        if let Some(path) = output.filter(|path| *path != "-") {
            let before = self.io.read_before(path)?;
            if let Some(before) = before.filter(|text| !text.trim().is_empty()) {
                contract.keep_extensions(&replaced(path, &before)?);
            }
        }
        self.io.write(output, &contract.to_json())?;
        Ok(code::DONE)
    }

    /// Whether the committed file is what would be written now, but for members of other tools.
    fn check_committed(&mut self, contract: &Contract, path: &str) -> Result<u8, ExportError> {
        let text = self.io.read(path)?;
        let stale = match Contract::from_json(&text) {
            Ok(committed) if committed.digest == contract.digest => {
                let mut now = contract.clone();
                now.keep_extensions(&committed);
                (now.to_json() != text).then(|| "its digest is right, its formatting is not".to_owned())
            }
            Ok(committed) => {
                let digest = |contract: &Contract| contract.digest.clone().unwrap_or_default();
                Some(format!("it has {}, and would have {}", digest(&committed), digest(contract)))
            }
            Err(error) => Some(error.to_string()),
        };
        let Some(stale) = stale else { return Ok(code::DONE) };
        let name = self.name;
        let from = if self.schema.is_some() { "" } else { " CONTRACT" };
        self.io.say(&format!(
            "`{}` is stale: {}\nwrite it again with `{name} contract{from} -o {path}`, and read `{name} diff` before you deploy",
            line(path), lines(&stale)
        ));
        Ok(code::FOUND)
    }

    fn diff(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let path = |id: &str| given.get_one::<String>(id).cloned();
        let (old, new) = (path("old").unwrap_or_default(), path("new"));
        if old == "-" && new.as_deref() == Some("-") {
            return Err(ExportError::Unsupported(
                "standard input can be only one of the two contracts".into(),
            ));
        }
        let before = self.read_contract(&old)?;
        let after = match (&new, self.schema) {
            (Some(new), _) => self.read_contract(new)?,
            (None, Some(schema)) => schema.contract()?,
            (None, None) => return Ok(code::USAGE),
        };
        let (before, after) = match given.get_one::<String>("profile") {
            Some(profile) => {
                let of = |contract: Contract, path: Option<&str>| match (contract.in_profile(profile), path) {
                    (Err(error), Some(path)) => Err(error.in_file(path)),
                    (resolved, _) => resolved,
                };
                (of(before, Some(&old))?, of(after, new.as_deref())?)
            }
            None => (before, after),
        };
        let diff = Diff::between(&before, &after)?;
        let output = given.get_one::<String>("output").map(String::as_str);
        let text = match format(given) {
            Some(Format::Json) => report::json(&diff),
            Some(Format::Github) => {
                // An annotation stands at a file; what came through a pipe is most likely the usual one.
                report::github(&diff, new.as_deref().filter(|path| *path != "-").unwrap_or(CONTRACT_FILE))
            }
            // A file is no terminal.
            _ => report::human(&diff, |text, sgr| match output {
                None => self.io.paint(text, sgr),
                Some(_) => text.to_owned(),
            }),
        };
        self.io.write(output, &text)?;
        let allowed: Vec<_> = given.get_many::<String>("allow").into_iter().flatten().collect();
        let forbidden = diff
            .changes()
            .iter()
            .map(|change| change.class)
            .filter(|class| !allowed.iter().any(|allowed| *allowed == class.as_str()));
        Ok(forbidden.max().map_or(code::DONE, Class::exit_code))
    }

    fn check(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        #[cfg(feature = "live")]
        if given.get_flag("live") {
            return self.check_live(given);
        }
        #[cfg(not(feature = "live"))]
        if given.get_flag("live") {
            return Err(lacking("`check --live`"));
        }
        let path = given.get_one::<String>("template").cloned().unwrap_or_default();
        if path == "-"
            && given.try_get_one::<String>("contract").ok().flatten().is_some_and(|path| path == "-")
        {
            return Err(ExportError::Unsupported(
                "standard input can be only one of the contract and the template".into(),
            ));
        }
        let contract = self.source(given)?;
        let text = self.io.read(&path)?;
        let deployed =
            Deployed::from_template(&text, &pairs(given, "param")?).map_err(|error| error.in_file(&path))?;
        let options = CheckOptions {
            tables: given.get_many::<String>("table").into_iter().flatten().cloned().collect(),
            resources: pairs(given, "match")?,
        };
        let check = Check::of(&contract, &deployed, &options)?;
        self.report(given, &check, &path)
    }

    /// Writes what was found, and says whether it is bad enough.
    pub(super) fn report(
        &mut self,
        given: &ArgMatches,
        check: &Check,
        file: &str,
    ) -> Result<u8, ExportError> {
        let output = given.get_one::<String>("output").map(String::as_str);
        let text = match format(given) {
            Some(Format::Json) => check::report::json(check),
            Some(Format::Github) => check::report::github(check, file),
            // A file is no terminal.
            _ => check::report::human(check, |text, sgr| match output {
                None => self.io.paint(text, sgr),
                Some(_) => text.to_owned(),
            }),
        };
        self.io.write(output, &text)?;
        let named = given.get_one::<String>("fail-on").map_or("", String::as_str);
        let least = Severity::ALL.into_iter().find(|severity| severity.as_str() == named);
        Ok(if check.worst() >= Some(least.unwrap_or(Severity::Warning)) { code::FOUND } else { code::DONE })
    }

    fn target(&mut self, target: &Target, given: &ArgMatches) -> Result<u8, ExportError> {
        let contract = self.source(given)?;
        let mut options = Options { format: format(given), ..Options::default() };
        options.tables = given.get_many::<String>("table").into_iter().flatten().cloned().collect();
        let settings = given.try_get_many::<String>("set").ok().flatten().into_iter().flatten();
        for setting in settings {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            if !target.settings.iter().any(|(known, _)| *known == name) {
                return Err(ExportError::NotFound {
                    what: "setting",
                    name: name.into(),
                    known: target.settings.iter().map(|(name, _)| (*name).into()).collect(),
                });
            }
            if value.is_empty() {
                return Err(ExportError::Unsupported(format!(
                    "`--set {}` has no value: write `--set {name}=VALUE`",
                    line(setting)
                )));
            }
            options.settings.insert(name.into(), value.into());
        }
        let text = (target.render)(&contract, &options)?;
        self.io.write(given.get_one::<String>("output").map(String::as_str), &text)?;
        Ok(code::DONE)
    }

    fn completions(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let Some(shell) = given.get_one::<Shell>("shell") else { return Ok(code::USAGE) };
        let source = if self.schema.is_some() { Source::Schema } else { Source::File };
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut command(source, self.name), self.name, &mut script);
        self.io.write(None, &String::from_utf8_lossy(&script))?;
        Ok(code::DONE)
    }
}

/// The contract that is about to be replaced, for what other tools noted in it. That it was edited by hand is no reason to keep it; that
/// it cannot be read is, for then nobody knows what would be lost.
fn replaced(path: &str, text: &str) -> Result<Contract, ExportError> {
    Contract::from_edited_json(text).map(|(contract, _)| contract).map_err(|error| {
        let remedy = match &error {
            ExportError::Format { .. } => "write to another file, or use the version that wrote this one",
            _ => {
                "what other tools noted in it (`x-` members) would be lost: repair it (is it in the middle of a merge?), or remove it and write again"
            }
        };
        ExportError::NotOverwritten { path: path.into(), why: error.to_string(), remedy }
    })
}

#[cfg(not(feature = "live"))]
fn lacking(what: &str) -> ExportError {
    ExportError::Unsupported(format!(
        "{what} asks DynamoDB, for which this build lacks the feature `live`: `{}`, or `features = [\"live\"]` for `theory-export` in the \
         Cargo.toml of your own program",
        super::command::INSTALL
    ))
}

/// The format asked for; clap has admitted only those that the command has.
pub(super) fn format(given: &ArgMatches) -> Option<Format> {
    let name = given.try_get_one::<String>("format").ok().flatten()?;
    <Format as clap::ValueEnum>::from_str(name, false).ok()
}

/// `NAME=VALUE`, given several times.
pub(super) fn pairs(given: &ArgMatches, id: &str) -> Result<BTreeMap<String, String>, ExportError> {
    let pairs = given.get_many::<String>(id).into_iter().flatten();
    let split = pairs.map(|pair| match pair.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => {
            Err(ExportError::Unsupported(format!("`--{id} {pair}` has no `=`: write `--{id} NAME=VALUE`")))
        }
    });
    split.collect()
}
