//! Tar streams into folders of the host.
//!
//! Invariant: nothing is written outside the folder, through a link or by name, and nothing but files, directories and links is made.

use crate::companions::ByteStream;
use crate::sandbox::SandboxError;
use crate::sandbox::limits::{Count, Limits};
use crate::sandbox::tarball::{inside, odd, reader, refuse, target};
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};
use tar::{Archive, Entry, EntryType};

/// Unpacks `tar` into `dir`, which is created when absent. What was unpacked before an error stays.
pub async fn unpack(dir: PathBuf, tar: ByteStream, limits: Limits) -> Result<(), SandboxError> {
    let tar = reader(tar, limits);
    let work = move || Unpacker::new(&dir, limits)?.run(tar);
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|lost| Err(io::Error::other(lost)))
        .map_err(|e| SandboxError::Failed(format!("cannot unpack: {e}")))
}

struct Unpacker {
    /// Canonical, so that parents can be compared with it.
    dir: PathBuf,
    count: Count,
    /// Modes and times of directories are set last: a read-only directory must take its files first.
    directories: Vec<(PathBuf, u32, u64)>,
    /// The directory last made and checked; forgotten when a link appears, which could change where it is.
    made: Option<PathBuf>,
}

impl Unpacker {
    fn new(dir: &Path, limits: Limits) -> io::Result<Unpacker> {
        fs::create_dir_all(dir)?;
        Ok(Unpacker {
            dir: dir.canonicalize()?,
            count: Count::new(limits),
            directories: Vec::new(),
            made: None,
        })
    }

    fn run(mut self, tar: impl Read) -> io::Result<()> {
        let mut archive = Archive::new(tar);
        for entry in archive.entries()? {
            let mut entry = entry?;
            self.count.entry(entry.size())?;
            self.take(&mut entry)?;
        }
        // The padding after the last entry is read too, so that the sender is not cut off.
        io::copy(&mut archive.into_inner(), &mut io::sink())?;
        self.finish_directories()
    }

    fn take<R: Read>(&mut self, entry: &mut Entry<'_, R>) -> io::Result<()> {
        let name = entry.path()?.into_owned();
        let at = inside(&name)?;
        match entry.header().entry_type() {
            EntryType::Directory => self.directory(&at, entry),
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.write(&at, entry)
            }
            EntryType::Symlink => self.symlink(&at, entry),
            EntryType::Link => self.hard_link(&at, entry),
            EntryType::XGlobalHeader => Ok(()),
            _ => Err(odd(&name, entry)),
        }
    }

    fn directory<R: Read>(&mut self, at: &Path, entry: &Entry<'_, R>) -> io::Result<()> {
        self.make(at)?;
        let (mode, time) = (entry.header().mode()?, entry.header().mtime()?);
        self.directories.push((self.dir.join(at), mode, time));
        Ok(())
    }

    fn write<R: Read>(&mut self, at: &Path, entry: &mut Entry<'_, R>) -> io::Result<()> {
        let path = self.free(at)?;
        let mode = entry.header().mode()?;
        let mut file = File::create_new(&path)?;
        io::copy(entry, &mut file)?;
        file.set_permissions(Permissions::from_mode(mode & 0o777))?;
        file.set_modified(time(entry.header().mtime()?))
    }

    fn symlink<R: Read>(&mut self, at: &Path, entry: &Entry<'_, R>) -> io::Result<()> {
        let target = target(entry)?;
        let parent = at.parent().unwrap_or(Path::new(""));
        if !stays_inside(parent, &target) {
            return Err(escapes(at, &target));
        }
        let path = self.free(at)?;
        self.made = None;
        std::os::unix::fs::symlink(target, path)
    }

    fn hard_link<R: Read>(&mut self, at: &Path, entry: &Entry<'_, R>) -> io::Result<()> {
        let target = target(entry)?;
        let original = inside(&target).map_err(|_| escapes(at, &target))?;
        let original = self.parent(&original)?;
        match fs::symlink_metadata(&original) {
            Ok(found) if found.is_file() => fs::hard_link(original, self.free(at)?),
            _ => Err(refuse(format!(
                "{} is a link to {}, which is not a file before it in the archive",
                at.display(),
                target.display()
            ))),
        }
    }

    /// Where `at` is, with its parent directories made and nothing but directories at its place.
    fn free(&mut self, at: &Path) -> io::Result<PathBuf> {
        let path = self.parent(at)?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(path),
        }
    }

    fn parent(&mut self, at: &Path) -> io::Result<PathBuf> {
        let parent = at.parent().unwrap_or(Path::new(""));
        if self.made.as_deref() != Some(parent) {
            self.make(parent)?;
            self.made = Some(parent.to_owned());
        }
        Ok(self.dir.join(at))
    }

    /// Makes the directory `at` and those above it. Refused when a link on the way leads outside.
    fn make(&self, at: &Path) -> io::Result<()> {
        let mut seen = self.dir.clone();
        for part in at.components() {
            seen.push(part);
            match seen.canonicalize() {
                Ok(real) if !real.starts_with(&self.dir) => return Err(escapes(at, &real)),
                Ok(real) if real.is_dir() => {}
                Ok(_) => return Err(refuse(format!("{} is not a directory", at.display()))),
                Err(e) if e.kind() == io::ErrorKind::NotFound => fs::create_dir(&seen)?,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Innermost first: setting a mode can close the way to what is below.
    fn finish_directories(self) -> io::Result<()> {
        for (path, mode, modified) in self.directories.into_iter().rev() {
            File::open(&path)?.set_modified(time(modified))?;
            fs::set_permissions(&path, Permissions::from_mode(mode & 0o777))?;
        }
        Ok(())
    }
}

/// Whether a link in `parent` (relative to the folder) to `target` points into the folder, as far as names tell.
fn stays_inside(parent: &Path, target: &Path) -> bool {
    let mut depth = parent.components().count();
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn escapes(at: &Path, target: &Path) -> io::Error {
    refuse(format!(
        "{} is a link to {}, outside the folder",
        at.display(),
        target.display()
    ))
}
