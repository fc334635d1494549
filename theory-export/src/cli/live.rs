//! The commands that ask DynamoDB.

use super::command::{Source, exit_codes, format_of, from_contract, output_file};
use super::run::{Run, pairs};
use super::{Io, code};
use crate::check::{Check, CheckOptions};
use crate::error::ExportError;
use crate::live::{self, Apply, Connection, Plan};
use crate::templates::Format;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::future::Future;
use std::io::BufRead as _;
use std::sync::mpsc;
use theory::Table as _;

/// `--endpoint` and `--region`
pub(super) fn connecting(command: Command) -> Command {
    command
        .arg(
            Arg::new("endpoint").long("endpoint").value_name("URL").value_parser(url).help(
                "The engine to ask, such as http://localhost:8000; the endpoint of the region without it",
            ),
        )
        .arg(
            Arg::new("region")
                .long("region")
                .value_name("NAME")
                .help("The region; that of the environment without it"),
        )
}

/// `check --live`
pub(super) fn checking(command: Command) -> Command {
    connecting(
        command.arg(
            Arg::new("live")
                .long("live")
                .action(ArgAction::SetTrue)
                .conflicts_with("template")
                .help("Compares with DynamoDB itself: tables, time to live, backups, tags and policies"),
        ),
    )
}

pub(super) fn apply(source: Source, name: &str) -> Command {
    let given = if source == Source::File { " theory.contract.json" } else { "" };
    let flag =
        |id: &'static str, help: &'static str| Arg::new(id).long(id).action(ArgAction::SetTrue).help(help);
    connecting(from_contract(Command::new("apply"), source))
        .about("Creates and changes tables until they are as the contract has them, for small set-ups and tests")
        .arg(flag("yes", "Does it without asking"))
        .arg(flag("dry-run", "Shows the plan, and does nothing").conflicts_with("yes"))
        .arg(flag(
            "allow-destructive",
            "Does what loses items, backups or protection too: removes indexes, streams, backups",
        ))
        .arg(format_of(&[Format::Human.as_str(), Format::Json.as_str()]))
        .arg(output_file())
        .after_help(format!(
            "Examples:
  {name} apply{given} --endpoint http://localhost:8000 --yes
  {name} apply{given} --profile dev --dry-run

The plan is shown first. Indexes are added one at a time, each until it is ACTIVE. A table that the contract does not have is never
touched, and no table is ever deleted. Replicas, autoscaling and consumers of streams are left to a template.

{}",
            exit_codes()
        ))
}

/// `backfill`, in a program that sees the types.
pub(super) fn backfill(name: &str) -> Command {
    let number = |id: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(id).value_name(value).help(help)
    };
    let flag =
        |id: &'static str, help: &'static str| Arg::new(id).long(id).action(ArgAction::SetTrue).help(help);
    connecting(Command::new("backfill"))
        .about("Fills in items that exist; run by several processes at once, they share the work")
        .arg(Arg::new("backfill").value_name("NAME").help("Which; without it, those that there are are listed"))
        .arg(Arg::new("profile").long("profile").value_name("NAME").help("The set-up whose tables are meant"))
        .arg(flag("dry-run", "Counts what would be written, and writes nothing"))
        .arg(flag("status", "Tells how far it is, and does nothing").conflicts_with_all(["dry-run", "restart"]))
        .arg(flag("restart", "Forgets how far it was, and begins again; no other process may be at work").conflicts_with("dry-run"))
        .arg(number("segments", "NUMBER", "Into how many segments the table is divided").value_parser(value_parser!(u32)))
        .arg(number("concurrency", "NUMBER", "On how many segments this process works at once").value_parser(value_parser!(usize)))
        .arg(number("page-size", "ITEMS", "How many items are read, and then noted as done, at once").value_parser(value_parser!(u32)))
        .arg(flag("consistent-read", "Reads strongly consistently, at twice the read units"))
        .arg(number("lease", "SECONDS", "How long a segment stays with a process that has died").value_parser(value_parser!(u64)))
        .arg(number("read-units", "UNITS", "How many read units it consumes in a second at most").value_parser(units))
        .arg(number("write-units", "UNITS", "How many write units it consumes in a second at most").value_parser(units))
        .arg(number("time-limit", "SECONDS", "Stops after this time; run it again to go on").value_parser(value_parser!(u64)))
        .arg(number("lease-table", "NAME", "The table of the checkpoints, `leases` without it"))
        .arg(flag("create-lease-table", "Creates the table of the checkpoints where there is none"))
        .after_help(format!(
            "Examples:
  {name} backfill order-month --dry-run
  {name} backfill order-month --write-units 500 --create-lease-table
  {name} backfill order-month --status
  for i in 1 2 3 4; do {name} backfill order-month & done; wait

It can be stopped at any moment, and goes on where it was. Newer data wins. The exit code is 1 where something is left to do (so it is
in a dry run that would write), or an item could not be filled in. How far it is is shown on a terminal only.

{}",
            exit_codes()
        ))
}

impl Run<'_, '_> {
    pub(super) fn backfill(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let Some(schema) = self.schema else { return Ok(code::USAGE) };
        let known = schema.backfills();
        let Some(name) = given.get_one::<String>("backfill") else {
            let list: String =
                known.iter().map(|known| format!("{}  ({})\n", known.name(), known.entity().name)).collect();
            self.io.write(None, &list)?;
            return Ok(code::DONE);
        };
        let Some(backfill) = known.iter().find(|known| known.name() == name) else {
            let known = known.iter().map(|known| known.name().to_owned()).collect();
            return Err(ExportError::NotFound { what: "backfill", name: name.clone(), known });
        };
        let backfill = with_settings(backfill.clone(), given);
        let contract = self.source(given)?;
        let connection = connection(given);
        let (dry, restart) = (given.get_flag("dry-run"), given.get_flag("restart"));
        let status = given.get_flag("status");
        let lease_table = given.get_one::<String>("lease-table");
        let create = given.get_flag("create-lease-table") && !dry && !status;
        let (sender, told) = mpsc::channel();
        let (failed, failures) = mpsc::channel();
        let backfill = backfill.on_failed(move |key, why| {
            // Whoever listened may be gone: then nobody needs to know.
            drop(failed.send(format!("not filled in: {}: {why}", key_text(key))));
        });
        let io = &mut *self.io;
        let ran = with_progress(
            async {
                let client = client_of(&contract, lease_table, connection.client().await?)?;
                if create {
                    let tables = theory::schema![live::backfill::Checkpoint, live::backfill::BackfillPlan];
                    let create = theory::client::CreateTables::of(tables).skip_existing();
                    create.send(&client).await.map_err(|error| ExportError::Request(Box::new(error)))?;
                }
                if restart {
                    backfill.restart(&client).await?;
                }
                // Whoever listened may be gone: then nobody needs to know.
                let tell = |progress: &live::Progress| drop(sender.send(progress.to_string()));
                match (status, dry) {
                    (true, _) => backfill.progress(&client).await,
                    (_, true) => backfill.dry_run(&client, tell).await,
                    _ => backfill.run(&client, tell).await,
                }
            },
            || {
                for failure in failures.try_iter() {
                    io.end_ticks();
                    io.say(&crate::diff::report::line(&failure));
                }
                if let Some(line) = told.try_iter().last() {
                    io.tick(&line);
                }
            },
        )?;
        self.io.end_ticks();
        let progress = ran?;
        self.io.write(None, &told_of(&progress, dry))?;
        let is_left = !progress.is_finished() || progress.failed > 0 || (dry && progress.written > 0);
        Ok(if is_left { code::FOUND } else { code::DONE })
    }

    pub(super) fn check_live(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let contract = self.source(given)?;
        let options = CheckOptions {
            tables: given.get_many::<String>("table").into_iter().flatten().cloned().collect(),
            resources: pairs(given, "match")?,
        };
        let connection = connection(given);
        let deployed = block_on(async { live::describe(&connection.client().await?, &contract).await })??;
        let check = Check::of(&contract, &deployed, &options)?;
        self.report(given, &check, super::command::CONTRACT_FILE)
    }

    pub(super) fn apply(&mut self, given: &ArgMatches) -> Result<u8, ExportError> {
        let contract = self.source(given)?;
        let connection = connection(given);
        let (client, deployed) = block_on(async {
            let client = connection.client().await?;
            let deployed = live::describe(&client, &contract).await?;
            Ok::<_, ExportError>((client, deployed))
        })??;
        let plan = Plan::of(&contract, &deployed);
        let output = given.get_one::<String>("output").map(String::as_str);
        let text = match super::run::format(given) {
            Some(Format::Json) => plan.json(),
            _ => plan.human(|text, sgr| match output {
                None => self.io.paint(text, sgr),
                Some(_) => text.to_owned(),
            }),
        };
        self.io.write(output, &text)?;
        let is_asked = !given.get_flag("yes") && !given.get_flag("dry-run");
        if is_asked && output.is_some_and(|path| path != "-") {
            // Nobody agrees to what they have not seen.
            let shown = plan.human(|text, sgr| self.io.error_paint(text, sgr));
            self.io.say(shown.trim_end());
        }
        let destructive = given.get_flag("allow-destructive");
        let remains =
            plan.steps().iter().filter(|step| step.destructive && !destructive).count() + plan.left().len();
        let done = if remains > 0 { code::FOUND } else { code::DONE };
        let plan = if destructive { plan } else { plan.without_destructive() };
        if given.get_flag("dry-run") {
            return Ok(if plan.is_empty() { done } else { code::FOUND });
        }
        if plan.is_empty() {
            return Ok(done);
        }
        if !given.get_flag("yes") && !confirmed(self.io) {
            self.io.say("nothing was done: say `y`, or run it with `--yes`");
            return Ok(code::FOUND);
        }
        let mut apply = Apply::new(&contract);
        if destructive {
            apply = apply.allow_destructive();
        }
        let (sender, events) = mpsc::channel();
        let applied = with_progress(
            async {
                // Whoever listened may be gone: then nobody needs to know.
                apply.send(&client, &plan, |event| drop(sender.send(event))).await
            },
            || {
                for event in events.try_iter() {
                    self.io.say(&crate::diff::report::line(&event.to_string()));
                }
            },
        )?;
        applied.map(|()| done)
    }
}

/// An endpoint, told here where it is none: the SDK would only do so within the first request, with all that is in it.
fn url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match rest.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
        true => Ok(text.to_owned()),
        false => Err("write it as in http://localhost:8000, or https://…".into()),
    }
}

fn connection(given: &ArgMatches) -> Connection {
    let text = |id: &str| given.get_one::<String>(id).cloned();
    Connection { endpoint: text("endpoint"), region: text("region") }
}

fn with_settings(mut backfill: live::Backfill, given: &ArgMatches) -> live::Backfill {
    if let Some(segments) = given.get_one("segments") {
        backfill = backfill.segments(*segments);
    }
    if let Some(concurrency) = given.get_one("concurrency") {
        backfill = backfill.concurrency(*concurrency);
    }
    if let Some(items) = given.get_one("page-size") {
        backfill = backfill.page_size(*items);
    }
    if given.get_flag("consistent-read") {
        backfill = backfill.consistent_read();
    }
    if let Some(seconds) = given.get_one("lease") {
        backfill = backfill.lease(std::time::Duration::from_secs(*seconds));
    }
    if let Some(units) = given.get_one("read-units") {
        backfill = backfill.read_units(*units);
    }
    if let Some(units) = given.get_one("write-units") {
        backfill = backfill.write_units(*units);
    }
    if let Some(seconds) = given.get_one("time-limit") {
        backfill = backfill.time_limit(std::time::Duration::from_secs(*seconds));
    }
    if let Some(table) = given.get_one::<String>("lease-table") {
        backfill = backfill.lease_table(table);
    }
    backfill
}

/// A number of units: none at all would be no backfill.
fn units(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(units) if units.is_finite() && units > 0.0 => Ok(units),
        _ => Err("a number above 0 is needed".into()),
    }
}

/// `customer = "c0", order_id = 17`
fn key_text(key: &theory::Item) -> String {
    use theory::Value;
    let text = |value: &Value| match value {
        Value::S(text) => format!("{text:?}"),
        Value::N(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let all = key.iter().map(|(name, value)| format!("{name} = {}", text(value)));
    all.collect::<Vec<_>>().join(", ")
}

/// What is said at the end.
fn told_of(progress: &live::Progress, dry: bool) -> String {
    if progress.segments == 0 {
        return "not begun\n".into();
    }
    let what = if dry { "would be written" } else { "written" };
    let newer = match progress.conflicts {
        0 => String::new(),
        conflicts => format!(", {conflicts} times newer data was met"),
    };
    format!(
        "{} items read, {} {what}, {} complete before, {} failed{newer}; {} of {} segments done\n",
        progress.scanned,
        progress.written,
        progress.complete,
        progress.failed,
        progress.finished,
        progress.segments
    )
}

/// A client that gives tables the names that they have in the contract's profile.
fn client_of(
    contract: &crate::contract::Contract,
    lease_table: Option<&String>,
    sdk: aws_sdk_dynamodb::Client,
) -> Result<theory::Client, ExportError> {
    let tables = contract.tables.iter().map(|table| (table.declared_name(), table.name.as_str()));
    let leases = lease_table.map(|table| (live::backfill::Checkpoint::SCHEMA.table, table.as_str()));
    let named = tables
        .chain(leases)
        .fold(theory::Client::builder(sdk), |builder, (declared, name)| builder.table(declared, name));
    named.build().map_err(|error| ExportError::Request(Box::new(error)))
}

/// Asks on standard error, and reads a line.
fn confirmed(io: &mut Io<'_>) -> bool {
    io.say("apply this plan? [y/N]");
    let mut line = String::new();
    let read = std::io::BufReader::new(&mut *io.stdin).read_line(&mut line);
    read.is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

/// Runs a future to its end, on a thread of its own: the caller may be inside a runtime.
pub(super) fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> Result<T, ExportError> {
    with_progress(future, || {})
}

/// The same; `tell` is called again and again while it runs, and once after its end.
pub(super) fn with_progress<T: Send>(
    future: impl Future<Output = T> + Send,
    mut tell: impl FnMut(),
) -> Result<T, ExportError> {
    std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(future))
        });
        while !running.is_finished() {
            tell();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        tell();
        match running.join() {
            Ok(ran) => {
                ran.map_err(|source| ExportError::Io { action: "start", path: "a runtime".into(), source })
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
