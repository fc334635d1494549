//! A command line without a process: arguments in, what it printed out.

use std::io::Cursor;
use theory_export::Schema;
use theory_export::cli::{Io, run};

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the user's own program.
pub(crate) fn schema(schema: &Schema, args: &[&str]) -> Ran {
    session(Some(schema), args, "", false)
}

/// Runs `theory`, with something on standard input.
pub(crate) fn theory(args: &[&str], stdin: &str) -> Ran {
    session(None, args, stdin, false)
}

pub(crate) fn session(schema: Option<&Schema>, args: &[&str], stdin: &str, colour: bool) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("target/debug/schema").chain(args.iter().copied()).map(Into::into);
    let code = run(
        schema,
        args,
        &mut Io {
            stdin: &mut Cursor::new(stdin.as_bytes()),
            stdout: &mut out,
            stderr: &mut err,
            colour,
            error_colour: colour,
            error_terminal: colour,
        },
    );
    let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Ran { code, out: text(out), err: text(err) }
}
