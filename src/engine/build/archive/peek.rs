//! One small file of a zip, read without unpacking the rest.
//!
//! Invariant: what is found is what unpacking would leave under that name; when in doubt nothing is found.

use super::names::relative;
use camino::Utf8Path;
use std::io::{Read, Seek};
use zip::ZipArchive;

/// The contents of the plain file `name`, if it has at most `limit` bytes. `None` also for a link, for a name that several entries
/// have, and for a zip that is broken: who unpacks it says why.
pub fn peek(zip: impl Read + Seek, name: &Utf8Path, limit: u64) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(zip).ok()?;
    let mut found = zip.file_names().enumerate().filter(|(_, found)| {
        let found = found.as_ref().ok().and_then(|found| relative(found));
        found.is_some_and(|found| found == name)
    });
    let (index, None) = (found.next()?.0, found.next()) else {
        return None;
    };
    drop(found);
    let file = zip.by_index(index).ok()?;
    if file.is_symlink() || file.is_dir() || file.size() > limit {
        return None;
    }
    let size = file.size();
    let mut bytes = Vec::new();
    // One byte more than it says would be a broken archive.
    file.take(size + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == size).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip() -> Cursor<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        for (name, text) in [
            ("./a/spec.yml", "here"),
            ("b", "one"),
            ("./b", "two"),
            ("large", "12345678"),
        ] {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.add_symlink("link", "b", options).unwrap();
        zip.add_directory("dir", options).unwrap();
        let mut zip = zip.finish().unwrap();
        zip.set_position(0);
        zip
    }

    fn look(name: &str) -> Option<String> {
        let found = peek(zip(), Utf8Path::new(name), 7)?;
        Some(String::from_utf8(found).unwrap())
    }

    // Witness: invariant above.
    #[test]
    fn a_plain_file_is_found_and_nothing_doubtful() {
        assert_eq!(look("a/spec.yml").as_deref(), Some("here"));
        for name in ["b", "large", "link", "dir", "a", "missing", ""] {
            assert_eq!(look(name), None, "{name}");
        }
        let broken = peek(Cursor::new(b"no zip"), Utf8Path::new("b"), 9);
        assert_eq!(broken, None);
    }
}
