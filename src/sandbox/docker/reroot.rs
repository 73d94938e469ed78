//! An archive for one directory, made into an archive for the container's root.
//!
//! Why: the engine unpacks only where a directory exists, and each upload costs it a process; but directories that are implied by
//! names it makes by itself. Invariant: every entry lies below the directory and belongs to root.

use crate::companions::ByteStream;
use crate::sandbox::limits::{Count, Limits};
use crate::sandbox::tarball::{inside, odd, reader, target, written};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tar::{Archive, Builder, Entry, EntryType};

/// The new archive; `any` becomes true with the first entry.
pub fn reroot(dir: PathBuf, tar: ByteStream, limits: Limits, any: Arc<AtomicBool>) -> ByteStream {
    let tar = reader(tar, limits);
    written(move |sink| {
        let mut count = Count::new(limits);
        let mut archive = Archive::new(tar);
        let mut new = Builder::new(sink);
        for entry in archive.entries()? {
            let mut entry = entry?;
            count.entry(entry.size())?;
            any.store(true, Ordering::Relaxed);
            append(&mut new, &dir, &mut entry)?;
        }
        new.finish()?;
        // The padding after the last entry is read too, so that the sender is not cut off.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop)
    })
}

fn append<W: Write, R: Read>(
    new: &mut Builder<W>,
    dir: &Path,
    entry: &mut Entry<'_, R>,
) -> io::Result<()> {
    let name = entry.path()?.into_owned();
    let at = dir.join(inside(&name)?);
    let mut header = entry.header().clone();
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(entry.size());
    match entry.header().entry_type() {
        EntryType::Directory => new.append_data(&mut header, at, io::empty()),
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            header.set_entry_type(EntryType::Regular);
            new.append_data(&mut header, at, entry)
        }
        EntryType::Symlink => new.append_link(&mut header, at, target(entry)?),
        EntryType::Link => {
            let original = dir.join(inside(&target(entry)?)?);
            new.append_link(&mut header, at, original)
        }
        EntryType::XGlobalHeader => Ok(()),
        _ => Err(odd(&name, entry)),
    }
}
