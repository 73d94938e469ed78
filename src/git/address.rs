//! Where a repository is: https, http, ssh, or a path of this machine.
//!
//! Invariant: an address holds no secret, is no option and names no transport of another kind.

use super::error::GitError;
use std::fmt;

/// Characters of an address, at most.
const LONGEST: usize = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Https,
    Http,
    Ssh,
    File,
}

impl Scheme {
    /// As `GIT_ALLOW_PROTOCOL` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Https => "https",
            Scheme::Http => "http",
            Scheme::Ssh => "ssh",
            Scheme::File => "file",
        }
    }
}

/// Whom a host is asked as.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub username: String,
    pub password: String,
}

impl fmt::Debug for Login {
    /// The password stays out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub scheme: Scheme,
    /// Without user and password where it is http.
    pub text: String,
    /// Of http: with the port.
    pub host: Option<String>,
    /// What the text said of user and password.
    pub login: Option<Login>,
}

impl Address {
    pub fn parse(text: &str) -> Result<Self, GitError> {
        let odd = |letter: char| letter.is_control() || letter.is_whitespace();
        let is_bad = text.is_empty()
            || text.len() > LONGEST
            || text.starts_with('-')
            || text.contains("::")
            || text.chars().any(odd);
        let address = match text.split_once("://") {
            _ if is_bad => None,
            Some(("https", rest)) => http(Scheme::Https, rest),
            Some(("http", rest)) => http(Scheme::Http, rest),
            Some(("ssh", rest)) => named(rest).then(|| plain(Scheme::Ssh, text)),
            Some(("file", rest)) => rest.starts_with('/').then(|| plain(Scheme::File, text)),
            Some(_) => None,
            None if text.starts_with('/') => Some(plain(Scheme::File, text)),
            None => is_scp(text).then(|| plain(Scheme::Ssh, text)),
        };
        address.ok_or_else(|| GitError::BadAddress(shown(text)))
    }
}

fn plain(scheme: Scheme, text: &str) -> Address {
    Address {
        scheme,
        text: text.to_owned(),
        host: None,
        login: None,
    }
}

fn http(scheme: Scheme, rest: &str) -> Option<Address> {
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = match place.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, place),
    };
    let login = user.map(|user| {
        let (username, password) = user.split_once(':').unwrap_or((user, ""));
        Login {
            username: decoded(username),
            password: decoded(password),
        }
    });
    named(host).then(|| Address {
        scheme,
        text: format!("{}://{host}/{path}", scheme.as_str()),
        host: Some(host.to_owned()),
        login,
    })
}

/// Begins with a host, which no command takes for an option.
fn named(rest: &str) -> bool {
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
        && !rest.starts_with('-')
}

/// `user@host:path`.
fn is_scp(text: &str) -> bool {
    let Some((place, path)) = text.split_once(':') else {
        return false;
    };
    let host = place.split_once('@').map(|(_, host)| host);
    !path.is_empty() && !place.contains('/') && host.is_some_and(named) && named(place)
}

/// `%41` as `A`. What is not UTF-8 stays as it is.
fn decoded(text: &str) -> String {
    let bytes = percent_encoding::percent_decode_str(text).decode_utf8();
    bytes.map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

/// An address for people: without what may be a password.
pub fn shown(text: &str) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find('/').map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) if start > 0 => format!("{}{}", &text[..start], &text[start + at + 1..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn https_ssh_and_paths_are_addresses() {
        for (text, scheme) in [
            ("https://github.com/o/r.git", Scheme::Https),
            ("http://localhost:8080/o/r", Scheme::Http),
            ("ssh://git@host:22/o/r", Scheme::Ssh),
            ("git@github.com:o/r.git", Scheme::Ssh),
            ("file:///srv/r.git", Scheme::File),
            ("/srv/r.git", Scheme::File),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.scheme, address.text.as_str()), (scheme, text));
        }
    }

    #[test]
    fn other_transports_and_options_are_refused() {
        for text in [
            "",
            "--upload-pack=x",
            "ext::sh -c x",
            "ext::x",
            "git://host/r",
            "ftp://host/r",
            "ssh://-oProxyCommand=x/r",
            "-x@host:r",
            "u@-host:r",
            "https://-x/r",
            "https://",
            "file://host/r",
            "relative/path",
            "https://host/a b",
            "https://host/a\nb",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_leaves_the_address() {
        let address = Address::parse("https://me:p%40ss@host/o/r").unwrap();
        assert_eq!(address.text, "https://host/o/r");
        let login = address.login.unwrap();
        assert_eq!(
            (login.username.as_str(), login.password.as_str()),
            ("me", "p@ss")
        );
        assert!(!format!("{login:?}").contains("p@ss"));
        assert_eq!(shown("ftp://me:pass@host/r"), "ftp://host/r");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(!address.text.starts_with('-'));
                prop_assert!(!address.text.contains("::"));
            }
            let _ = shown(&text);
        }
    }
}
