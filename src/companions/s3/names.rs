//! Rules for what customers write: bucket names, keys, metadata, tags.

use super::errors;
use s3s::S3Error;
use std::collections::BTreeMap;

/// Bytes of a key in UTF-8.
pub const KEY_LIMIT: usize = 1024;
/// Bytes of all names and values of user metadata together.
pub const METADATA_LIMIT: usize = 2048;
pub const OBJECT_TAGS: usize = 10;
pub const BUCKET_TAGS: usize = 50;

const RESERVED_STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Of an object or a bucket.
pub type Tags = BTreeMap<String, String>;

/// The rules for general purpose buckets.
pub fn is_bucket_name(name: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    (3..=63).contains(&name.len())
        && name.bytes().all(inside)
        && edge(name.bytes().next())
        && edge(name.bytes().last())
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        && !RESERVED_ENDS.iter().any(|end| name.ends_with(end))
}

pub fn check_key(key: &str) -> Result<(), S3Error> {
    match key.len() {
        0 => Err(errors::invalid_argument("The key must not be empty")),
        1..=KEY_LIMIT => Ok(()),
        _ => Err(errors::key_too_long()),
    }
}

pub fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), S3Error> {
    let size: usize = metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    match size {
        0..=METADATA_LIMIT => Ok(()),
        _ => Err(errors::metadata_too_large()),
    }
}

/// From the list of a tag set; refuses repeated keys.
pub fn tags_of(
    pairs: impl IntoIterator<Item = (String, String)>,
    most: usize,
) -> Result<Tags, S3Error> {
    let mut tags = Tags::new();
    for (key, value) in pairs {
        check_tag(&key, &value)?;
        if tags.insert(key, value).is_some() {
            return Err(errors::invalid_tag(
                "Cannot provide multiple Tags with the same key",
            ));
        }
    }
    if tags.len() > most {
        return Err(errors::too_many_tags(most));
    }
    Ok(tags)
}

/// From an `x-amz-tagging` header, encoded like a query.
pub fn tags_of_header(header: &str) -> Result<Tags, S3Error> {
    let pairs =
        form_urlencoded::parse(header.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned()));
    tags_of(pairs, OBJECT_TAGS)
}

fn check_tag(key: &str, value: &str) -> Result<(), S3Error> {
    if key.is_empty() || key.chars().count() > 128 || !key.chars().all(is_tag_char) {
        return Err(errors::invalid_tag(
            "The TagKey you have provided is invalid",
        ));
    }
    if key.starts_with("aws:") {
        return Err(errors::invalid_tag(
            "System tags cannot be added/updated by requester",
        ));
    }
    if value.chars().count() > 256 || !value.chars().all(is_tag_char) {
        return Err(errors::invalid_tag(
            "The TagValue you have provided is invalid",
        ));
    }
    Ok(())
}

fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: AWS, "General purpose bucket naming rules".
    #[test]
    fn bucket_names_follow_the_rules() {
        for name in ["abc", "my.bucket-1", "1-2", &"a".repeat(63)] {
            assert!(is_bucket_name(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "ab",
            "Abc",
            "a_b",
            "-ab",
            "ab-",
            "a..b",
            "192.168.0.1",
            "xn--ab",
            "ab-s3alias",
            &long,
        ] {
            assert!(!is_bucket_name(name), "{name}");
        }
    }

    /// Witness: AWS, "Categorizing your objects using tags": 10 tags, keys of 128 and values of 256 characters.
    #[test]
    fn tags_are_limited() {
        let code = |header: &str| tags_of_header(header).map_err(|e| e.code().as_str().to_owned());
        assert_eq!(code("a=1&b=%20x").unwrap().len(), 2);
        assert_eq!(code("a=1&a=2").unwrap_err(), "InvalidTag");
        assert_eq!(code("aws:x=1").unwrap_err(), "InvalidTag");
        assert_eq!(
            code(&format!("{}=1", "k".repeat(129))).unwrap_err(),
            "InvalidTag"
        );
        let eleven: Vec<String> = (0..11).map(|i| format!("k{i}=v")).collect();
        assert_eq!(code(&eleven.join("&")).unwrap_err(), "BadRequest");
    }

    /// Witness: AWS, "Creating object key names" (1,024 bytes) and "Working with object metadata" (2 KB).
    #[test]
    fn keys_and_metadata_are_limited() {
        assert!(check_key(&"é".repeat(512)).is_ok());
        assert_eq!(
            check_key(&"é".repeat(513)).unwrap_err().code().as_str(),
            "KeyTooLongError"
        );
        let metadata = |size: usize| BTreeMap::from([("n".to_owned(), "v".repeat(size - 1))]);
        assert!(check_metadata(&metadata(2048)).is_ok());
        assert_eq!(
            check_metadata(&metadata(2049)).unwrap_err().code().as_str(),
            "MetadataTooLarge"
        );
    }
}
