//! Numbers of users and groups by their names.

use super::super::errors::{Done, Fault};
use std::fs;
use std::process::Command;

pub fn user(name: &str) -> Done<u32> {
    let missing = || Fault::unknown(format!("can't find user for {name}"));
    find("/etc/passwd", "passwd", name).ok_or_else(missing)
}

pub fn group(name: &str) -> Done<u32> {
    let missing = || Fault::unknown(format!("can't find group for {name}"));
    find("/etc/group", "group", name).ok_or_else(missing)
}

/// In the file, else wherever else this system keeps names.
fn find(file: &str, database: &str, name: &str) -> Option<u32> {
    let text = fs::read_to_string(file).unwrap_or_default();
    number(&text, name).or_else(|| {
        let mut getent = Command::new("getent");
        let asked = getent.args([database, "--", name]).output().ok()?;
        number(&String::from_utf8_lossy(&asked.stdout), name)
    })
}

fn number(text: &str, name: &str) -> Option<u32> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: passwd(5), group(5).
    #[test]
    fn names_are_found_and_numbers_are_no_names() {
        assert_eq!(user("root"), Ok(0));
        assert_eq!(number("broken\nweb:x:33:44:\n", "web"), Some(33));
        assert_eq!(number("web:x:33:44:\n", "33"), None);
        let missing = group("no-such-group").unwrap_err().message;
        assert_eq!(missing, "can't find group for no-such-group");
    }
}
