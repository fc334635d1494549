//! Files, pipes and the terminal, so that the command line can be run without any of them.

use crate::error::ExportError;
use crate::text::line;
use std::io::{IsTerminal as _, Read, Write};

/// How much of a file is read; a thousand tables with five indexes each take 3 MB.
const MAX_BYTES: u64 = 64 << 20;

/// Where a run reads and writes.
pub struct Io<'a> {
    /// What `-` reads.
    pub stdin: &'a mut dyn Read,
    /// What is made.
    pub stdout: &'a mut dyn Write,
    /// What is said about it.
    pub stderr: &'a mut dyn Write,
    /// Whether standard output understands colours.
    pub colour: bool,
    /// Whether standard error does.
    pub error_colour: bool,
    /// Whether somebody watches standard error, and is shown how far something is.
    pub error_terminal: bool,
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io").field("colour", &self.colour).finish_non_exhaustive()
    }
}

impl Io<'_> {
    /// Runs with the process's own. Colours only on a terminal, and not where `NO_COLOR` is set.
    pub(super) fn of_process<T>(run: impl FnOnce(&mut Io<'_>) -> T) -> T {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        let colour = stdout.is_terminal() && !plain;
        let error_terminal = stderr.is_terminal();
        run(&mut Io {
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            colour,
            error_colour: error_terminal && !plain,
            error_terminal,
        })
    }

    /// The text of a file, or of standard input where the path is `-`.
    pub(super) fn read(&mut self, path: &str) -> Result<String, ExportError> {
        let read = if path == "-" {
            bounded(&mut self.stdin)
        } else {
            std::fs::File::open(path).and_then(|mut file| bounded(&mut file))
        };
        read.map_err(|source| ExportError::Io { action: "read", path: named(path), source })
    }

    /// The text of a file that is about to be written, where there is one to compare with.
    ///
    /// A pipe or a device holds nothing that could be lost, and reading it could wait for ever.
    pub(super) fn read_before(&mut self, path: &str) -> Result<Option<String>, ExportError> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => self.read(path).map(Some),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ExportError::Io { action: "read", path: named(path), source }),
        }
    }

    /// Writes to a file, or to standard output where there is no path or it is `-`.
    ///
    /// A reader that goes away, such as `head`, is no failure.
    pub(super) fn write(&mut self, path: Option<&str>, text: &str) -> Result<(), ExportError> {
        let path = path.unwrap_or("-");
        let written = if path == "-" {
            match self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()) {
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                written => written,
            }
        } else {
            std::fs::write(path, text)
        };
        written.map_err(|source| ExportError::Io { action: "write", path: named(path), source })
    }

    /// A piece of what goes to standard error, in a colour of the terminal (SGR parameters).
    pub(super) fn error_paint(&self, text: &str, sgr: &str) -> String {
        paint(self.error_colour, text, sgr)
    }

    /// A piece of what goes to standard output, in a colour of the terminal.
    pub(super) fn paint(&self, text: &str, sgr: &str) -> String {
        paint(self.colour, text, sgr)
    }

    /// Says something about the run. There is nobody to tell where that fails.
    pub(super) fn say(&mut self, text: &str) {
        let _ = writeln!(self.stderr, "{text}");
    }
}

#[cfg(feature = "live")]
impl Io<'_> {
    /// Shows how far something is, over what was shown before, where somebody watches.
    pub(super) fn tick(&mut self, line: &str) {
        if self.error_terminal {
            // There is nobody to tell where that fails.
            let _ = write!(self.stderr, "\r\u{1b}[2K{line}").and_then(|()| self.stderr.flush());
        }
    }

    /// Clears the line of the ticks, for what is said next.
    pub(super) fn end_ticks(&mut self) {
        if self.error_terminal {
            let _ = write!(self.stderr, "\r\u{1b}[2K").and_then(|()| self.stderr.flush());
        }
    }
}

fn paint(colour: bool, text: &str, sgr: &str) -> String {
    if colour { format!("\u{1b}[{sgr}m{text}\u{1b}[0m") } else { text.into() }
}

/// All text of a reader, and never more of it than is read of any file.
fn bounded(reader: &mut dyn Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not text in UTF-8"))
}

fn named(path: &str) -> String {
    if path == "-" { "standard input or output".into() } else { format!("`{}`", line(path)) }
}
