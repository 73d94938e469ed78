//! The instructions of an installation, all of them made before the first is carried out.
//!
//! Invariant: a destination has one source, a file is no folder, an object has its permissions set once.

use super::instruction::Instruction;
use super::matching::matches;
use crate::agent::appspec::{ALL, AppSpec, FileExistsBehavior, Permission};
use crate::agent::errors::{self, Done, Fault};
use crate::agent::place::{Found, Place, expand};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Files and folders of one installation; a folder that holds a link to itself reaches it.
const MOST: usize = 500_000;

/// What has to be done to install `spec` from `archive`.
pub fn plan(
    archive: &Utf8Path,
    spec: &AppSpec,
    behavior: FileExistsBehavior,
    place: &dyn Place,
) -> Done<Vec<Instruction>> {
    let mut plan = Plan {
        place,
        base: place.base(),
        behavior,
        instructions: Vec::new(),
        files: BTreeMap::new(),
        directories: BTreeSet::new(),
        permitted: BTreeSet::new(),
    };
    for file in &spec.files {
        plan.mapping(archive, &file.source, &file.destination)?;
    }
    for permission in &spec.permissions {
        plan.permission(permission)?;
    }
    Ok(plan.instructions)
}

struct Plan<'a> {
    place: &'a dyn Place,
    base: Utf8PathBuf,
    behavior: FileExistsBehavior,
    instructions: Vec<Instruction>,
    /// Destinations with their sources.
    files: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
    directories: BTreeSet<Utf8PathBuf>,
    permitted: BTreeSet<Utf8PathBuf>,
}

impl Plan<'_> {
    fn mapping(&mut self, archive: &Utf8Path, source: &str, destination: &str) -> Done<()> {
        let source = archive.join(source.trim_start_matches('/'));
        let destination = expand(&self.base, destination);
        if source.is_dir() {
            self.ancestors(&destination)?;
            return self.directory(&source, &destination);
        }
        if source.symlink_metadata().is_err() {
            let missing = format!("No such file or directory - {source}");
            return Err(Fault::unknown(missing));
        }
        let destination = destination.join(source.file_name().unwrap_or_default());
        self.ancestors(&destination)?;
        self.file(&source, &destination)
    }

    /// The folders above that are missing.
    fn ancestors(&mut self, path: &Utf8Path) -> Done<()> {
        let mut missing = Vec::new();
        for above in path.ancestors().skip(1) {
            let planned = self.directories.contains(above);
            if planned || above == "/" || self.place.found(above)? != Found::Nothing {
                break;
            }
            missing.push(above);
        }
        missing
            .into_iter()
            .rev()
            .try_for_each(|above| self.make(above))
    }

    /// What is in the folder goes into the destination.
    fn directory(&mut self, source: &Utf8Path, destination: &Utf8Path) -> Done<()> {
        if self.place.found(destination)? != Found::Directory {
            self.make(destination)?;
        }
        for entry in entries(source)? {
            let to = destination.join(entry.file_name().unwrap_or_default());
            match entry.is_dir() {
                true => self.directory(&entry, &to)?,
                false => self.file(&entry, &to)?,
            }
        }
        Ok(())
    }

    fn file(&mut self, source: &Utf8Path, destination: &Utf8Path) -> Done<()> {
        let is_there = self.place.found(destination)? != Found::Nothing;
        match self.behavior {
            FileExistsBehavior::Disallow if is_there => Err(errors::already_exists(destination)),
            // It does not count as installed, so that it stays when the installation goes.
            FileExistsBehavior::Retain if is_there => Ok(()),
            behavior => {
                let overwrite = behavior == FileExistsBehavior::Overwrite;
                self.copy(source, destination, overwrite)
            }
        }
    }

    fn copy(&mut self, source: &Utf8Path, destination: &Utf8Path, overwrite: bool) -> Done<()> {
        if let Some(other) = self.files.get(destination) {
            return Err(errors::two_sources(source, other, destination));
        }
        if self.directories.contains(destination) {
            return Err(errors::file_over_directory(source, destination));
        }
        self.files.insert(destination.to_owned(), source.to_owned());
        self.add(Instruction::Copy {
            source: source.to_owned(),
            destination: destination.to_owned(),
            overwrite,
        })
    }

    fn make(&mut self, directory: &Utf8Path) -> Done<()> {
        if let Some(source) = self.files.get(directory) {
            return Err(errors::directory_over_file(directory, source));
        }
        match self.directories.insert(directory.to_owned()) {
            false => Ok(()),
            true => self.add(Instruction::Mkdir {
                directory: directory.to_owned(),
            }),
        }
    }

    /// Objects that this installation does not make are left alone.
    fn permission(&mut self, permission: &Permission) -> Done<()> {
        let object = expand(&self.base, &permission.object);
        if self.files.contains_key(&object) {
            return self.permit_file(permission, object);
        }
        let is_directory =
            self.directories.contains(&object) || self.place.found(&object)? == Found::Directory;
        if !is_directory {
            return Ok(());
        }
        let mut found: Vec<Utf8PathBuf> = Vec::new();
        let wanted = |path: &&Utf8PathBuf| matches(permission, &object, path);
        if permission.files {
            found.extend(self.files.keys().filter(wanted).cloned());
            if !found.is_empty() {
                check_file_acl(permission)?;
            }
        }
        if permission.directories {
            found.extend(self.directories.iter().filter(wanted).cloned());
        }
        found
            .into_iter()
            .try_for_each(|path| self.permit(permission, path))
    }

    fn permit_file(&mut self, permission: &Permission, file: Utf8PathBuf) -> Done<()> {
        if !permission.files {
            return Ok(());
        }
        let (object, pattern) = (&permission.object, &permission.pattern);
        if pattern != ALL {
            return Err(errors::pattern_on_file(object, pattern));
        }
        if !permission.except.is_empty() {
            return Err(errors::except_on_file(object, &permission.except));
        }
        check_file_acl(permission)?;
        self.permit(permission, file)
    }

    fn permit(&mut self, permission: &Permission, file: Utf8PathBuf) -> Done<()> {
        if !self.permitted.insert(file.clone()) {
            return Err(errors::permission_twice(&file));
        }
        let mut all = Vec::new();
        all.extend(permission.mode.clone().map(|mode| Instruction::Chmod {
            mode,
            file: file.clone(),
        }));
        all.extend(permission.acls.clone().map(|acl| Instruction::Setfacl {
            acl,
            file: file.clone(),
        }));
        all.extend(
            permission
                .context
                .clone()
                .map(|context| Instruction::Semanage {
                    context,
                    file: file.clone(),
                }),
        );
        let (owner, group) = (permission.owner.clone(), permission.group.clone());
        if owner.is_some() || group.is_some() {
            all.push(Instruction::Chown { owner, group, file });
        }
        all.into_iter()
            .try_for_each(|instruction| self.add(instruction))
    }

    fn add(&mut self, instruction: Instruction) -> Done<()> {
        if self.instructions.len() >= MOST {
            let text = format!("The deployment has more than {MOST} files and folders to install");
            return Err(Fault::unknown(text));
        }
        self.instructions.push(instruction);
        Ok(())
    }
}

fn check_file_acl(permission: &Permission) -> Done<()> {
    match permission
        .acls
        .as_ref()
        .is_some_and(|acl| acl.has_default())
    {
        true => Err(errors::acl_default_on_file()),
        false => Ok(()),
    }
}

/// In the order of their names.
fn entries(folder: &Utf8Path) -> Done<Vec<Utf8PathBuf>> {
    let refused = |error: std::io::Error| Fault::file("read", folder, &error);
    let read = fs::read_dir(folder).map_err(refused)?;
    let mut paths = Vec::new();
    for entry in read {
        let path = Utf8PathBuf::from_path_buf(entry.map_err(refused)?.path());
        paths.push(path.map_err(|path| {
            Fault::unknown(format!(
                "cannot install {}: its name is not UTF-8",
                path.display()
            ))
        })?);
    }
    paths.sort();
    Ok(paths)
}
