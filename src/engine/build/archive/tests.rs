//! Zips and tars, honest and malicious.

use super::spool::{self, Content, Visit};
use super::tarball::{self, Single, Small};
use super::{ArchiveError, Limits, Spool, zip_to_tar, zipper};
use camino::{Utf8Path, Utf8PathBuf};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

type Zip = ZipWriter<Cursor<Vec<u8>>>;

fn zip_of(fill: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn file(zip: &mut Zip, name: &str, mode: u32, bytes: &[u8]) {
    let time = zip::DateTime::from_date_and_time(2021, 2, 3, 4, 5, 6).unwrap();
    let options = SimpleFileOptions::default()
        .unix_permissions(mode)
        .last_modified_time(time);
    zip.start_file(name, options).unwrap();
    zip.write_all(bytes).unwrap();
}

fn link(zip: &mut Zip, name: &str, target: &str) {
    zip.add_symlink(name, target, SimpleFileOptions::default())
        .unwrap();
}

fn convert(zip: &[u8], limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
    let mut tar = Vec::new();
    zip_to_tar(Cursor::new(zip), &mut tar, limits)?;
    Ok(tar)
}

/// `name kind mode contents` of each entry.
fn listing(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    entries
        .map(|entry| {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mode = entry.header().mode().unwrap();
            let kind = entry.header().entry_type();
            let target = entry
                .link_name()
                .unwrap()
                .map(|to| to.display().to_string());
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            match kind {
                tar::EntryType::Directory => format!("{path} dir {mode:o}"),
                tar::EntryType::Symlink => format!("{path} -> {}", target.unwrap()),
                _ => format!("{path} {mode:o} {text}"),
            }
        })
        .collect()
}

// Witness: behaviour contract 7.3, 14.32: modes and symbolic links survive.
#[test]
fn modes_links_and_times_survive() {
    let long = format!("{}/x", "d".repeat(200));
    let zip = zip_of(|zip| {
        file(zip, "gradlew", 0o755, b"#!/bin/sh\n");
        file(zip, "./a//b.txt", 0o4640, b"hello");
        zip.add_directory(
            "empty",
            SimpleFileOptions::default().unix_permissions(0o500),
        )
        .unwrap();
        link(zip, "current", "a/b.txt");
        file(zip, &long, 0o600, b"");
    });
    let tar = convert(&zip, &Limits::default()).unwrap();
    assert_eq!(
        listing(&tar),
        [
            "gradlew 755 #!/bin/sh\n",
            "a/b.txt 640 hello",
            "empty dir 700",
            "current -> a/b.txt",
            &format!("{long} 600 "),
        ]
    );
    let mut archive = tar::Archive::new(tar.as_slice());
    let first = archive.entries().unwrap().next().unwrap().unwrap();
    assert_eq!(first.header().mtime().unwrap(), 1_612_325_106);
}

#[test]
fn names_that_escape_are_refused_before_anything_is_written() {
    for name in ["../x", "a/../../x", "/etc/passwd", "a/..", "..", "a\0b"] {
        let zip = zip_of(|zip| {
            file(zip, "good", 0o644, b"x");
            file(zip, name, 0o644, b"x");
        });
        let mut tar = Vec::new();
        let error = zip_to_tar(Cursor::new(&zip), &mut tar, &Limits::default()).unwrap_err();
        assert!(
            matches!(error, ArchiveError::Escapes(_)),
            "{name:?}: {error}"
        );
        assert!(tar.is_empty(), "{name:?}");
    }
}

#[test]
fn writing_through_a_link_is_refused() {
    for (first, second) in [("a", "a/passwd"), ("a/b", "a/b/c/d")] {
        for swapped in [false, true] {
            let zip = zip_of(|zip| {
                if swapped {
                    file(zip, second, 0o644, b"x");
                }
                link(zip, first, "/etc");
                if !swapped {
                    file(zip, second, 0o644, b"x");
                }
            });
            let error = convert(&zip, &Limits::default()).unwrap_err();
            assert!(
                matches!(error, ArchiveError::Escapes(_)),
                "{first} {second}: {error}"
            );
        }
    }
}

#[test]
fn a_file_in_the_place_of_a_link_is_not_written_through_it() {
    let mut zip = zip_of(|zip| {
        link(zip, "name-1", "/etc/passwd");
        file(zip, "name-2", 0o644, b"x");
    });
    let places: Vec<usize> = zip
        .windows(6)
        .enumerate()
        .filter_map(|(at, word)| (word == b"name-2").then_some(at + 5))
        .collect();
    places.into_iter().for_each(|at| zip[at] = b'1');
    let tar = convert(&zip, &Limits::default()).unwrap();
    assert_eq!(
        listing(&tar),
        ["name-1 644 x"],
        "the last of two entries counts"
    );
}

#[test]
fn bombs_are_refused() {
    let limits = Limits {
        entries: 3,
        bytes: 10_000_000,
        ratio: 100,
        ratio_from: 100_000,
    };
    let zeros = vec![0; 1_000_000];
    let dense = zip_of(|zip| file(zip, "zeros", 0o644, &zeros));
    assert!(matches!(
        convert(&dense, &limits),
        Err(ArchiveError::TooDense(100))
    ));
    let many = zip_of(|zip| (0..4).for_each(|n| file(zip, &n.to_string(), 0o644, b"")));
    assert!(matches!(
        convert(&many, &limits),
        Err(ArchiveError::TooMany(3))
    ));
    let small = Limits {
        bytes: 10,
        ..Limits::default()
    };
    let large = zip_of(|zip| file(zip, "a", 0o644, b"more than ten"));
    assert!(matches!(
        convert(&large, &small),
        Err(ArchiveError::TooLarge(10))
    ));
}

/// A zip of one stored entry whose headers promise other contents.
fn forged(promised: u32, contents: &[u8]) -> Vec<u8> {
    let mut zip = zip_of(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("f", options).unwrap();
        zip.write_all(contents).unwrap();
    });
    let places: Vec<usize> = zip
        .windows(4)
        .enumerate()
        .filter_map(|(at, word)| match word {
            b"PK\x03\x04" => Some(at + 22),
            b"PK\x01\x02" => Some(at + 24),
            _ => None,
        })
        .collect();
    for at in places {
        zip[at..at + 4].copy_from_slice(&promised.to_le_bytes());
    }
    zip
}

#[test]
fn entries_that_hold_more_or_less_than_they_promise_are_refused() {
    for promised in [1, 500] {
        let error = convert(&forged(promised, &[7; 100]), &Limits::default()).unwrap_err();
        assert!(
            matches!(error, ArchiveError::Broken { .. }),
            "{promised}: {error}"
        );
    }
}

#[test]
fn broken_contents_are_named() {
    let mut zip = zip_of(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file("dir/f", options).unwrap();
        zip.write_all(b"0123456789").unwrap();
    });
    let at = zip.windows(4).position(|word| word == b"0123").unwrap();
    zip[at] = b'9';
    let error = convert(&zip, &Limits::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("zip: the entry \"dir/f\" is broken: "),
        "{error}"
    );
}

#[test]
fn what_is_no_zip_is_called_so() {
    for bytes in [&b""[..], b"hello", b"PK\x03\x04 and so on", &[0; 1000]] {
        let error = convert(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "zip: not a valid zip file");
    }
}

#[test]
fn a_truncated_zip_is_refused() {
    let zip = zip_of(|zip| file(zip, "a", 0o644, &[1; 5000]));
    for length in [zip.len() - 1, zip.len() / 2, 10] {
        assert!(convert(&zip[..length], &Limits::default()).is_err());
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = convert(&bytes, &Limits::default());
        let _ = tarball::single(bytes.as_slice(), 100);
    }

    #[test]
    fn a_zip_with_a_wrong_byte_never_panics(at in 0_usize..400, byte: u8) {
        let mut zip = zip_of(|zip| {
            file(zip, "a/b", 0o755, &[3; 100]);
            link(zip, "l", "a");
        });
        let place = at % zip.len();
        zip[place] = byte;
        let _ = convert(&zip, &Limits::default());
    }
}

#[test]
fn single_files_are_taken_out_of_a_tar() {
    let small = Small::file("buildspec.yml", 0o644, "version: 0.2");
    let tar = tarball::of(&[small]).unwrap();
    let taken = |limit| tarball::single(tar.as_slice(), limit).unwrap();
    assert_eq!(taken(100), Single::File(b"version: 0.2".to_vec()));
    assert_eq!(taken(5), Single::TooLarge);
    assert!(tarball::single(tarball::empty().as_slice(), 5).is_err());
}

#[test]
fn directories_and_files_go_into_a_tar() {
    let entries = [Small::directory("a/b"), Small::file("a/c", 0o666, "x")];
    let tar = tarball::of(&entries).unwrap();
    assert_eq!(listing(&tar), ["a/b/ dir 755", "a/c 666 x"]);
}

#[test]
fn a_tar_can_be_written_piece_by_piece() {
    let long = format!("{}/file", "x".repeat(150));
    let mut tar = Vec::new();
    for (name, bytes) in [("a", &b"12345"[..]), (&long, &[b'z'; 512]), ("empty", b"")] {
        let size = bytes.len() as u64;
        tar.extend(tarball::header(name, 0o644, size, 5).unwrap());
        tar.extend(bytes);
        tar.extend(vec![0; tarball::padding(size)]);
    }
    tar.extend(tarball::empty());
    let zs = "z".repeat(512);
    assert_eq!(
        listing(&tar),
        ["a 644 12345", &format!("{long} 644 {zs}"), "empty 644 "]
    );
}

/// A tree as a sandbox hands it out.
fn tree() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |kind, name: &str, mode, target: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_mtime(1_600_000_000);
        header.set_size(bytes.len() as u64);
        if !target.is_empty() {
            header.set_link_name(target).unwrap();
        }
        tar.append_data(&mut header, name, bytes).unwrap();
    };
    add(tar::EntryType::Directory, "src/", 0o755, "", b"");
    add(tar::EntryType::Regular, "src/run.sh", 0o755, "", b"#!");
    add(
        tar::EntryType::Regular,
        "src/d/x.txt",
        0o640,
        "",
        b"contents",
    );
    add(tar::EntryType::Symlink, "src/link", 0o777, "d/x.txt", b"");
    add(tar::EntryType::Link, "src/second", 0o755, "src/run.sh", b"");
    add(tar::EntryType::Fifo, "src/pipe", 0o644, "", b"");
    tar.into_inner().unwrap()
}

fn spooled(limits: Limits) -> Result<(Spool, Vec<String>), ArchiveError> {
    let root = Utf8Path::new("/codebuild/output/src1/src");
    let mut spool = Spool::new(limits)?;
    let mut seen = Vec::new();
    spool::walk(tree().as_slice(), root, &mut spool, |path, found| {
        seen.push(format!("{path} {found:?}"));
        let name = path.strip_prefix(root).unwrap();
        Visit::Take(name.to_owned())
    })?;
    Ok((spool, seen))
}

#[test]
fn a_tree_is_walked_and_its_files_are_spooled() {
    let (spool, seen) = spooled(Limits::default()).unwrap();
    assert_eq!(
        seen,
        [
            "/codebuild/output/src1/src Directory",
            "/codebuild/output/src1/src/run.sh File",
            "/codebuild/output/src1/src/d/x.txt File",
            "/codebuild/output/src1/src/link Link(\"d/x.txt\")",
            "/codebuild/output/src1/src/second SecondName",
        ]
    );
    let names: Vec<&str> = spool.items().keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["d/x.txt", "run.sh"]);
}

#[test]
fn what_is_spooled_is_bounded() {
    let small = Limits {
        bytes: 5,
        ..Limits::default()
    };
    assert!(matches!(spooled(small), Err(ArchiveError::TooLarge(5))));
    let few = Limits {
        entries: 2,
        ..Limits::default()
    };
    assert!(matches!(spooled(few), Err(ArchiveError::TooMany(2))));
}

// Witness: behaviour contract 8: keep modes; checksums are those of the object.
#[test]
fn a_spool_becomes_a_zip_with_modes_links_and_checksums() {
    let (mut spool, _) = spooled(Limits::default()).unwrap();
    spool.link("kept".into(), "d/x.txt".to_owned()).unwrap();
    let mut zipped = zipper::zip(&spool).unwrap();
    let mut bytes = Vec::new();
    zipped.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, zipped.size);
    assert_eq!(zipped.md5.len(), 32);
    use sha2::Digest;
    assert_eq!(zipped.sha256, hex::encode(sha2::Sha256::digest(&bytes)));
    let mut zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut entries = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mode = entry.unix_mode().unwrap();
        let year = entry.last_modified().unwrap().year();
        entries.push(format!("{name} {mode:o} {year} {text}"));
    }
    assert_eq!(
        entries,
        [
            "d/x.txt 100640 2020 contents",
            "kept 120777 1980 d/x.txt",
            "run.sh 100755 2020 #!",
        ]
    );
    // And back into a source.
    let tar = convert(&bytes, &Limits::default()).unwrap();
    assert_eq!(
        listing(&tar),
        ["d/x.txt 640 contents", "kept -> d/x.txt", "run.sh 755 #!"]
    );
}

#[test]
fn of_two_files_with_one_name_the_last_one_wins() {
    let mut spool = Spool::new(Limits::default()).unwrap();
    for text in ["first", "second"] {
        let tar = tarball::of(&[Small::file("r/f", 0o644, text)]).unwrap();
        spool::walk(tar.as_slice(), Utf8Path::new("/r"), &mut spool, |_, _| {
            Visit::Take(Utf8PathBuf::from("f"))
        })
        .unwrap();
    }
    let item = &spool.items()[Utf8Path::new("f")];
    let mut out = Vec::new();
    spool::copy(&spool, item, &mut out).unwrap();
    assert_eq!(out, b"second");
    assert!(matches!(
        item.content,
        Content::Bytes { from: 5, length: 6 }
    ));
}
