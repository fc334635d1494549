//! What the processes of a function write.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Seek as _};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file without a name to which the processes append.
///
/// Not a pipe: what a process wrote before it answered is in a file when the answer comes, and in a pipe only once somebody has read it.
#[derive(Debug)]
pub(super) struct Log {
    writer: File,
    /// With a place of its own.
    reader: File,
}

impl Log {
    pub(super) fn new() -> io::Result<Self> {
        static LOGS: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = LOGS.fetch_add(1, Ordering::Relaxed);
            let name = format!("theory-testing-{}-{number}.log", std::process::id());
            let path = std::env::temp_dir().join(name);
            let writer = match File::options().append(true).create_new(true).open(&path) {
                // Of a process that had the same number.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                opened => opened?,
            };
            let reader = File::open(&path)?;
            // Gone when the last handle is. Where a file in use cannot be removed it stays, in a folder for such files.
            let _ = fs::remove_file(&path);
            return Ok(Self { writer, reader });
        }
    }

    /// Where a process writes.
    pub(super) fn writer(&self) -> io::Result<Stdio> {
        Ok(self.writer.try_clone()?.into())
    }

    /// What was written so far.
    pub(super) fn text(&self) -> String {
        let (mut reader, mut text) = (&self.reader, Vec::new());
        // A file that cannot be read is as good as empty.
        let _ = reader.rewind().and_then(|()| reader.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    }
}
