//! Folders to zip archives, with Unix modes and symbolic links.
//!
//! The archive is written to a file, not to memory, and read back as a stream.

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::io::{Seek, Write};
use std::os::unix::fs::PermissionsExt;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Files in one archive.
const MOST: usize = 100_000;

/// Everything below `folder`, except what is in `without`; ready to be read from its beginning.
pub fn of_folder(folder: &Utf8Path, without: &[Utf8PathBuf]) -> anyhow::Result<File> {
    let mut zip = ZipWriter::new(tempfile::tempfile()?);
    let mut count = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in entries(&next)? {
            if without.contains(&path) {
                continue;
            }
            count += 1;
            if count > MOST {
                bail!("{folder} has more than {MOST} files");
            }
            let name = path
                .strip_prefix(folder)
                .expect("it is below the folder")
                .to_owned();
            if add(&mut zip, &path, &name).with_context(|| format!("cannot pack {path}"))? {
                folders.push(path);
            }
        }
    }
    let mut file = zip.finish()?;
    file.rewind()?;
    Ok(file)
}

/// Files with their contents.
pub fn of_files(files: &[(&str, &str)]) -> anyhow::Result<File> {
    let mut zip = ZipWriter::new(tempfile::tempfile()?);
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default().unix_permissions(0o644))?;
        zip.write_all(text.as_bytes())?;
    }
    let mut file = zip.finish()?;
    file.rewind()?;
    Ok(file)
}

/// In the order of their names, so that the same folder gives the same archive.
fn entries(folder: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let read = folder
        .read_dir_utf8()
        .with_context(|| format!("cannot read {folder}"))?;
    let mut paths = Vec::new();
    for entry in read {
        paths.push(
            entry
                .with_context(|| format!("cannot read {folder}"))?
                .into_path(),
        );
    }
    paths.sort();
    Ok(paths)
}

/// Whether the entry is a folder, whose entries are to follow.
fn add(zip: &mut ZipWriter<File>, path: &Utf8Path, name: &Utf8Path) -> anyhow::Result<bool> {
    let about = path.symlink_metadata()?;
    let options = SimpleFileOptions::default()
        .unix_permissions(about.permissions().mode() & 0o7777)
        .large_file(about.len() > u64::from(u32::MAX));
    if about.is_symlink() {
        zip.add_symlink(name.as_str(), path.read_link_utf8()?.as_str(), options)?;
    } else if about.is_dir() {
        zip.add_directory(name.as_str(), options)?;
        return Ok(true);
    } else if about.is_file() {
        zip.start_file(name.as_str(), options)?;
        std::io::copy(&mut File::open(path)?, zip)?;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_links_are_kept_and_the_exception_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir(root.join("bin")).unwrap();
        std::fs::write(root.join("bin/run"), "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(root.join("bin/run"), std::fs::Permissions::from_mode(0o755))
            .unwrap();
        std::os::unix::fs::symlink("bin/run", root.join("link")).unwrap();
        std::fs::create_dir(root.join("out")).unwrap();
        std::fs::write(root.join("out/old"), "").unwrap();

        let file = of_folder(root, &[root.join("out")]).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        let names: Vec<String> = zip
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(names, ["bin/", "link", "bin/run"]);
        assert_eq!(
            zip.by_name("bin/run").unwrap().unix_mode().unwrap() & 0o777,
            0o755
        );
        assert!(zip.by_name("link").unwrap().is_symlink());
    }
}
