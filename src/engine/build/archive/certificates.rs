//! Certificates in PEM, as one file or as a zip of files.
//!
//! Invariant: what is no text, or has no certificate in it, is refused.

use std::fs::File;
use std::io::{self, Read, Seek};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// All of one zip together.
const LARGEST: u64 = 4 << 20;

/// The certificates of a file, one after the other.
pub fn read(mut file: File) -> io::Result<String> {
    let mut text = match zip::ZipArchive::new(&mut file) {
        Ok(zip) => zipped(zip)?,
        Err(_) => {
            file.rewind()?;
            let mut text = String::new();
            file.take(LARGEST).read_to_string(&mut text)?;
            text
        }
    };
    text.push('\n');
    match text.contains(BEGIN) {
        true => Ok(text),
        false => Err(io::Error::other("there is no certificate in it")),
    }
}

/// Files that hold something else are left out.
fn zipped(mut zip: zip::ZipArchive<&mut File>) -> io::Result<String> {
    let mut all = String::new();
    for index in 0..zip.len() {
        let left = LARGEST.saturating_sub(all.len() as u64);
        let mut text = String::new();
        let entry = zip.by_index(index).map_err(io::Error::other)?;
        if entry.take(left).read_to_string(&mut text).is_ok() && text.contains(BEGIN) {
            all.push_str(&text);
            all.push('\n');
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn stored(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    // Witness: behaviour contract 9.2: S3 ARN of `.pem` or `.zip`.
    #[test]
    fn certificates_come_as_a_text_or_as_a_zip_of_texts() {
        let one = format!("{BEGIN}\none\n-----END CERTIFICATE-----");
        let two = one.replace("one", "two");
        assert_eq!(read(stored(one.as_bytes())).unwrap(), format!("{one}\n"));
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, text) in [
            ("a.pem", one.as_str()),
            ("readme", "none"),
            ("b/c.crt", &two),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        let all = read(stored(&zip)).unwrap();
        assert!(
            all.contains(&one) && all.contains(&two) && !all.contains("none"),
            "{all}"
        );
        for wrong in [&b""[..], b"no certificate", b"\xff\xfe"] {
            assert!(read(stored(wrong)).is_err(), "{wrong:?}");
        }
    }
}
