//! Whether a `run-as` user is the one we are.
//!
//! Invariant: commands never run as somebody else than asked for.

use crate::sandbox::SandboxError;
use rustix::process::getuid;

/// `Ok` when `name` is the server's own user; processes cannot be given to another one without a container.
pub fn check(name: &str) -> Result<(), SandboxError> {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    match uid(name, &passwd) == Some(getuid().as_raw()) {
        true => Ok(()),
        false => Err(SandboxError::Failed(format!(
            "run-as: {name} cannot be honoured: builds on the host run as the server's own user. Use Docker for this build, or \
             remove run-as from the buildspec"
        ))),
    }
}

fn uid(name: &str, passwd: &str) -> Option<u32> {
    let named = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok())?
    });
    named.or_else(|| name.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract §5.4, "Process engine".
    #[test]
    fn another_user_is_refused_and_our_own_is_not() {
        check(&getuid().as_raw().to_string()).unwrap();
        let refused = check("no-such-user").unwrap_err().to_string();
        assert!(refused.starts_with("run-as: no-such-user cannot be honoured"));
    }

    // Witness: passwd(5).
    #[test]
    fn names_are_looked_up_before_numbers() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\nbuild:x:1000:1000::/:/bin/sh\nbroken\n7:x:8:8::/:/bin/sh\n";
        assert_eq!(uid("build", passwd), Some(1000));
        assert_eq!(uid("7", passwd), Some(8));
        assert_eq!(uid("9", passwd), Some(9));
        assert_eq!(uid("nobody", passwd), None);
    }
}
