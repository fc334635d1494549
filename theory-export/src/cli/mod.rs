//! The command line: for the user's own program, which sees the types, and for `theory`, which sees a contract file.

mod command;
mod io;
#[cfg(feature = "live")]
mod live;
mod run;

pub use io::Io;

use crate::builder::Schema;
use crate::error::ExportError;
use command::{Source, command};
use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;

/// The command line over the types of a program: what its `main` returns.
///
/// Writes the contract and everything that is made of it, compares it with the committed file, and tells what a change means.
/// `--help` lists the commands and the exit codes.
///
/// ```no_run
/// # use std::process::ExitCode;
/// # static ENTITIES: &[&theory_schema::Entity] = &[];
/// # macro_rules! schema { ($($t:ident),*) => { ENTITIES } }
/// fn main() -> ExitCode {
///     // With the derive: `theory_export::cli(theory::schema![Customer, Order])`
///     theory_export::cli(schema![Customer, Order])
/// }
/// ```
pub fn cli(schema: impl Into<Schema>) -> ExitCode {
    let schema = schema.into();
    Io::of_process(|io| ExitCode::from(run(Some(&schema), std::env::args_os(), io)))
}

/// The command `theory`, which works from a contract file.
pub fn cli_from_file() -> ExitCode {
    Io::of_process(|io| ExitCode::from(run(None, std::env::args_os(), io)))
}

/// Runs one command line, the program's name first, and gives its exit code.
pub fn run(schema: Option<&Schema>, args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let mut args = args.into_iter().peekable();
    let called = args
        .peek()
        .map(std::path::Path::new)
        .and_then(|path| path.file_stem())
        .and_then(|name| name.to_str());
    let name = match schema {
        Some(_) => called.unwrap_or("schema").to_owned(),
        None => "theory".to_owned(),
    };
    let source = if schema.is_some() { Source::Schema } else { Source::File };
    let matches = match command(source, &name).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return refused(&error, io),
    };
    let ran = run::Run { schema, name: &name, io }.run(&matches);
    match ran {
        Ok(code) => code,
        Err(error) => {
            explain(&error, io);
            code::UNUSABLE
        }
    }
}

/// What `--help` lists.
mod code {
    pub(super) const DONE: u8 = 0;
    pub(super) const FOUND: u8 = 1;
    pub(super) const USAGE: u8 = 2;
    pub(super) const UNUSABLE: u8 = 3;
}

/// Help that was asked for goes to standard output; what is wrong with the arguments does not.
fn refused(error: &clap::Error, io: &mut Io<'_>) -> u8 {
    let text = error.render();
    if error.use_stderr() {
        let text = if io.error_colour { text.ansi().to_string() } else { text.to_string() };
        io.say(text.trim_end());
        code::USAGE
    } else {
        let text = if io.colour { text.ansi().to_string() } else { text.to_string() };
        match io.write(None, &text) {
            Ok(()) => code::DONE,
            Err(_) => code::UNUSABLE,
        }
    }
}

fn explain(error: &ExportError, io: &mut Io<'_>) {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    // It quotes names of files, and of what is in them.
    io.say(&format!("{}: {}", io.error_paint("error", "1;31"), crate::text::lines(&text)));
}
