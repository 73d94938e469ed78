//! Several zips as one, entries copied as they are packed.
//!
//! Of two entries with one name the one of the later zip stays; entries whose names leave their directory are refused.

use super::limits::{ArchiveError, Limits};
use super::names::relative;
use super::zipper::{Zipped, finished};
use std::collections::BTreeMap;
use std::fs::File;
use zip::{ZipArchive, ZipWriter};

/// All entries of `zips`, in the order of their names.
pub fn merge(zips: Vec<File>, limits: Limits) -> Result<Zipped, ArchiveError> {
    let mut archives = Vec::new();
    for file in zips {
        archives.push(ZipArchive::new(file).map_err(|_| ArchiveError::NotAZip)?);
    }
    let mut chosen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut counted = (0, 0);
    for (number, archive) in archives.iter_mut().enumerate() {
        for index in 0..archive.len() {
            let entry = archive
                .by_index_raw(index)
                .map_err(|_| ArchiveError::NotAZip)?;
            let name = entry
                .name()
                .map_err(|_| ArchiveError::NotAZip)?
                .into_owned();
            limits.count(&mut counted, entry.size())?;
            if relative(&name).is_none() {
                return Err(ArchiveError::Escapes(name));
            }
            chosen.insert(name, (number, index));
        }
    }
    let mut merged = ZipWriter::new(tempfile::tempfile()?);
    for (name, (number, index)) in chosen {
        let broken = |error: zip::result::ZipError| ArchiveError::Broken {
            name: name.clone(),
            what: error.to_string(),
        };
        let entry = archives[number].by_index_raw(index).map_err(broken)?;
        merged.raw_copy_file(entry).map_err(broken)?;
    }
    let file = merged.finish().map_err(std::io::Error::from)?;
    Ok(finished(file)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use zip::write::SimpleFileOptions;

    fn zip(entries: &[(&str, &str)]) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, text) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap()
    }

    fn texts(zip: File) -> Vec<(String, String)> {
        let mut zip = ZipArchive::new(zip).unwrap();
        let read = |index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            (entry.name().unwrap().into_owned(), text)
        };
        (0..2).map(read).collect()
    }

    // Witness: our reading of "the same location": files lie side by side, and the later one stays.
    #[test]
    fn files_of_all_zips_lie_side_by_side_and_the_later_one_stays() {
        let zips = vec![zip(&[("a", "1"), ("b", "1")]), zip(&[("a", "2")])];
        let merged = merge(zips, Limits::default()).unwrap();
        assert_eq!(merged.sha256.len(), 64);
        let expected = [("a", "2"), ("b", "1")];
        assert_eq!(
            texts(merged.file),
            expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }

    // Witness: ours: what is put together is bounded, and no name climbs.
    #[test]
    fn what_is_too_much_or_climbs_is_refused() {
        let limits = Limits {
            entries: 1,
            ..Limits::default()
        };
        let two = vec![zip(&[("a", "")]), zip(&[("b", "")])];
        assert!(matches!(merge(two, limits), Err(ArchiveError::TooMany(1))));
        let climbs = vec![zip(&[("../a", "")])];
        assert!(matches!(
            merge(climbs, Limits::default()),
            Err(ArchiveError::Escapes(_))
        ));
    }
}
