//! The journal: every write is durable when it stands there, before it is moved into the database.
//!
//! To write down what a batch changed takes one write at the end of a file and one sync, however large the database is. What stands in
//! the journal is held in memory too (the *overlay*) and lies over the database for readers. A thread moves it, many batches as one
//! transaction; of a row that changed often only the last form is moved, and of what came and went nothing but the removal.
//!
//! # Invariants
//!
//! - Entries are numbered without a gap. The database knows the number of the last entry that is in it; later ones are in the journal.
//! - There are two segments, which take turns. A segment is begun anew only when all its entries are in the database.
//! - An entry that could not be written is taken back before anything else is done, as soon as the disk works again.
//! - A segment is begun with a random number that goes into the sum of each of its entries: what an earlier use of the file has left
//!   behind its end is never taken for an entry, whatever it says.

mod entry;
mod file;
mod overlay;
mod segment;

pub(super) use overlay::{Generation, Overlay};

use super::disk::TableChanges;
use super::faults::Faults;
use camino::{Utf8Path, Utf8PathBuf};
use segment::Segment;
use std::io;

const FILES: [&str; 2] = ["slipway.journal.0", "slipway.journal.1"];

pub(super) struct Journal {
    segments: [Segment; 2],
    /// The one that is written to.
    active: usize,
    /// Of the last entry.
    number: u64,
    /// An entry is being put together here.
    room: Vec<u8>,
}

/// The room that is kept between entries.
const ROOM: usize = 1 << 20;

impl Journal {
    /// Opens or makes the files; yields what of them is not in the database, which has the entries up to `applied`.
    pub fn open(
        folder: &Utf8Path,
        faults: Option<&Faults>,
        applied: u64,
    ) -> io::Result<(Self, Generation)> {
        let [first, second] = FILES.map(|name| Segment::open(folder.join(name), faults));
        let mut segments = [first?, second?];
        let mut entries = Vec::new();
        for segment in &mut segments {
            entries.extend(segment.read()?);
        }
        entries.sort_by_key(|entry| entry.number);
        let mut found = Generation::new(applied);
        for entry in entries {
            if entry.number <= found.last {
                continue;
            }
            if entry.number != found.last + 1 {
                let missing = format!(
                    "of its entries, those from {} to {} are damaged",
                    found.last + 1,
                    entry.number - 1
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, missing));
            }
            found.add(entry.changes, entry.number);
        }
        let journal = Self {
            segments,
            active: 0,
            number: found.last,
            room: Vec::new(),
        };
        Ok((journal, found))
    }

    /// Durable when it returns the number of the entry; an error means that it is not there, or will not be after `settle`.
    pub fn append(&mut self, changes: &[TableChanges]) -> io::Result<u64> {
        self.settle()?;
        let number = self.number + 1;
        self.segments[self.active].append(number, changes, &mut self.room)?;
        self.number = number;
        if self.room.capacity() > ROOM {
            self.room = Vec::new();
        }
        Ok(number)
    }

    /// Takes back what a failed `append` may have left.
    pub fn settle(&mut self) -> io::Result<()> {
        self.segments[self.active].settle()
    }

    /// Whether there is something to take back.
    pub fn is_torn(&self) -> bool {
        self.segments[self.active].is_torn()
    }

    /// Goes on in the other segment; all its entries are in the database.
    pub fn turn_over(&mut self) {
        self.active = 1 - self.active;
        self.segments[self.active].forget();
    }

    /// Of the last entry.
    pub fn number(&self) -> u64 {
        self.number
    }

    pub fn file(&self) -> &Utf8PathBuf {
        self.segments[self.active].path()
    }
}
