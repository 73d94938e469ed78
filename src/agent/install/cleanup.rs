//! What an installation has made, one path a line, so that the next one can take it away.
//!
//! Invariant: a path is recorded before its file is written. A line without its end was never finished and does not count.

use crate::agent::errors::{Done, Fault};
use crate::agent::place::Place;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File};
use std::io::Write;

/// Before the path of an object whose label was recorded.
const LABEL: &str = "semanage\0";

/// The record that is being written.
pub struct Record {
    path: Utf8PathBuf,
    file: File,
}

impl Record {
    /// An empty one.
    pub fn new(path: &Utf8Path) -> Done<Self> {
        let file = File::create(path).map_err(|error| Fault::file("write", path, &error))?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    pub fn path(&mut self, made: &Utf8Path) -> Done<()> {
        self.line(made.as_str())
    }

    pub fn label(&mut self, object: &Utf8Path) -> Done<()> {
        self.line(&format!("{LABEL}{object}"))
    }

    fn line(&mut self, text: &str) -> Done<()> {
        if text.contains('\n') {
            let text = format!("cannot install {text:?}: its name holds a line's end");
            return Err(Fault::unknown(text));
        }
        let written = self.file.write_all(format!("{text}\n").as_bytes());
        written.map_err(|error| Fault::file("write", &self.path, &error))
    }
}

/// Takes away what the record names, the newest first, and then the record. No record, nothing to do.
pub fn remove_old(record: &Utf8Path, place: &dyn Place) -> Done<()> {
    let text = match fs::read_to_string(record) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Fault::file("read", record, &error)),
    };
    let (finished, _) = text.rsplit_once('\n').unwrap_or(("", ""));
    for line in finished.lines().rev().filter(|line| !line.is_empty()) {
        match line.strip_prefix(LABEL) {
            None => place.remove(Utf8Path::new(line))?,
            // A label that has gone already is as good as removed.
            Some(object) => drop(place.run(&super::instruction::unlabel(object))),
        }
    }
    fs::remove_file(record).map_err(|error| Fault::file("remove", record, &error))
}
