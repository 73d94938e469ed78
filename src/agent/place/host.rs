//! This host as the place of a deployment.

use super::{Found, Place, Run, ids};
use crate::agent::errors::{Done, Fault};
use crate::agent::script;
use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{getegid, geteuid};
use std::fs::{self, File, FileTimes, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, fchown, symlink};
use std::process::{Command, Stdio};

/// Everything is done by the user that the agent runs as.
#[derive(Clone, Copy, Debug)]
pub struct Host;

#[async_trait]
impl Place for Host {
    fn base(&self) -> Utf8PathBuf {
        let base = std::env::current_dir().ok();
        let base = base.and_then(|base| Utf8PathBuf::from_path_buf(base).ok());
        base.unwrap_or_else(|| "/".into())
    }

    fn found(&self, path: &Utf8Path) -> Done<Found> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(Found::Directory),
            Ok(_) => Ok(Found::File),
            Err(error) if is_missing(&error) => Ok(Found::Nothing),
            Err(error) => Err(Fault::file("look at", path, &error)),
        }
    }

    fn mode(&self, path: &Utf8Path) -> Done<u32> {
        let found = fs::metadata(path).map_err(|error| Fault::file("look at", path, &error))?;
        Ok(found.permissions().mode() & 0o7777)
    }

    fn copy(&self, source: &Utf8Path, destination: &Utf8Path) -> Done<()> {
        let copied = match fs::symlink_metadata(source) {
            Ok(found) if found.is_symlink() => link(source, destination),
            Ok(found) => file(source, &found, destination),
            Err(error) => Err(error),
        };
        copied.map_err(|error| Fault::file(&format!("copy {source} to"), destination, &error))
    }

    fn make(&self, directory: &Utf8Path) -> Done<()> {
        let made = fs::create_dir(directory);
        made.map_err(|error| Fault::file("make the folder", directory, &error))
    }

    fn set_mode(&self, path: &Utf8Path, mode: u32) -> Done<()> {
        let set = fs::set_permissions(path, Permissions::from_mode(mode));
        set.map_err(|error| Fault::file("set the mode of", path, &error))
    }

    fn set_owner(&self, path: &Utf8Path, owner: Option<&str>, group: Option<&str>) -> Done<()> {
        let owner = owner.map(ids::user).transpose()?;
        let group = group.map(ids::group).transpose()?;
        let set = chown(path, owner, group);
        set.map_err(|error| Fault::file("set the owner of", path, &error))
    }

    fn real(&self, path: &Utf8Path) -> Done<Utf8PathBuf> {
        let real = path.canonicalize_utf8();
        real.map_err(|error| Fault::file("find", path, &error))
    }

    fn run(&self, argv: &[String]) -> Result<(), String> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err("nothing to run".to_owned());
        };
        let mut command = Command::new(program);
        let command = command.args(arguments).stdin(Stdio::null());
        match command.output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let code = output.status.code().map(|code| code.to_string());
                let code = code.unwrap_or_else(|| output.status.to_string());
                Err(format!("{code} {}", said.trim()).trim().to_owned())
            }
            Err(error) => Err(format!("127 {program}: {error}")),
        }
    }

    fn remove(&self, path: &Utf8Path) -> Done<()> {
        let removed = match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => fs::remove_dir(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        };
        match removed {
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => removed.map_err(|error| Fault::file("remove", path, &error)),
        }
    }

    async fn script(&self, _: &Utf8Path, path: &Utf8Path, run: Run<'_>) -> Done<()> {
        script::run(path, run).await
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn link(source: &Utf8Path, destination: &Utf8Path) -> io::Result<()> {
    let target = fs::read_link(source)?;
    if fs::symlink_metadata(destination).is_ok() {
        fs::remove_file(destination)?;
    }
    symlink(target, destination)
}

fn file(source: &Utf8Path, found: &Metadata, destination: &Utf8Path) -> io::Result<()> {
    let mut from = File::open(source)?;
    let mut to = File::create(destination)?;
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    // What is replaced may have been somebody else's.
    if to.metadata()?.uid() != user {
        fchown(&to, Some(user), Some(group))?;
    }
    io::copy(&mut from, &mut to)?;
    to.set_permissions(Permissions::from_mode(found.permissions().mode() & 0o7777))?;
    let times = FileTimes::new().set_modified(found.modified()?);
    to.set_times(times.set_accessed(found.accessed()?))
}
