//! What builds know of Git: where a repository lies in the sandbox, how deep it is fetched, and whom its host is asked as.

use super::plan::GitHow;
use super::script::quote;
use crate::companions::SecretValue;
use crate::git::Login;
use crate::git::address::Address;
use camino::Utf8PathBuf;

/// What is stored for a provider, as the world tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceLogin {
    Token(SecretValue),
    Basic {
        username: String,
        password: SecretValue,
    },
    /// The ARN of the secret that has it.
    Secret(String),
    /// The ARN of a connection.
    Connection(String),
}

/// Whom a host is asked as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLogin {
    /// `https://host`.
    pub origin: String,
    pub login: Login,
}

/// Scheme and host of a repository that asks for a user and a password, and what its location says of them.
pub fn origin(location: &str) -> Option<(String, Option<Login>)> {
    let address = Address::parse(location).ok()?;
    let host = address.host?;
    Some((
        format!("{}://{host}", address.scheme.as_str()),
        address.login,
    ))
}

/// Lets `git` in commands find these logins, without a file and without a word on its command line. Who sets variables of the same
/// kind knows better.
pub fn offer(env: &mut Vec<(String, String)>, logins: &[HostLogin]) {
    const COUNT: &str = "GIT_CONFIG_COUNT";
    if logins.is_empty() || env.iter().any(|(name, _)| name == COUNT) {
        return;
    }
    env.push((COUNT.to_owned(), logins.len().to_string()));
    for (at, HostLogin { origin, login }) in logins.iter().enumerate() {
        let (user, password) = (quote(&login.username), quote(&login.password));
        let helper = format!(
            "!f() {{ test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' {user} {password}; }}; f"
        );
        env.push((
            format!("GIT_CONFIG_KEY_{at}"),
            format!("credential.{origin}.helper"),
        ));
        env.push((format!("GIT_CONFIG_VALUE_{at}"), helper));
    }
}

/// What of them the log must not show.
pub fn secrets(logins: &[HostLogin]) -> Vec<String> {
    logins
        .iter()
        .map(|known| known.login.password.clone())
        .collect()
}

/// The directory of a repository below `src`: host and path, such as `github.com/owner/repository`. Whatever the location
/// says, it stays below.
pub fn directory(location: &str) -> Utf8PathBuf {
    let bare = location.trim_end_matches('/');
    let bare = bare.strip_suffix(".git").unwrap_or(bare);
    let rest = match bare.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // `user@host:path`
        None => bare.replacen(':', "/", 1),
    };
    let (place, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let steps: Vec<String> = match host.is_empty() {
        // A path of this machine: where it lies there is nobody's business.
        true => path.rsplit('/').take(1).map(cleaned).collect(),
        false => [host]
            .into_iter()
            .chain(path.split('/'))
            .map(cleaned)
            .collect(),
    };
    let steps = steps.into_iter().filter(|step| !step.is_empty());
    let directory: Utf8PathBuf = steps.collect();
    match directory.as_str().is_empty() {
        true => Utf8PathBuf::from("source"),
        false => directory,
    }
}

/// A name that is neither empty nor climbs.
fn cleaned(step: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-~".contains(letter);
    let step: String = step
        .chars()
        .map(|letter| if allowed(letter) { letter } else { '_' })
        .take(200)
        .collect();
    match step.as_str() {
        "." | ".." => String::new(),
        _ => step,
    }
}

/// The depth to fetch; `None`: all of the history (contract 7.2).
pub fn depth(how: &GitHow) -> Option<u32> {
    Some(how.depth).filter(|depth| (1..=25).contains(depth))
}

/// A token as user and password: each provider has a user's name for tokens.
pub fn of_token(provider: &str, token: String) -> Login {
    let username = match provider {
        "BITBUCKET" => "x-token-auth",
        "GITLAB" | "GITLAB_SELF_MANAGED" => "oauth2",
        _ => "x-access-token",
    };
    Login {
        username: username.to_owned(),
        password: token,
    }
}

/// What a secret says: `{"ServerType":…,"AuthType":…,"Token":…,"Username":…}`.
pub fn of_secret(provider: &str, text: &str) -> Option<Login> {
    let object: serde_json::Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| object.get(name)?.as_str().map(str::to_owned);
    let token = member("Token")?;
    Some(match member("Username") {
        Some(username) if !username.is_empty() => Login {
            username,
            password: token,
        },
        _ => of_token(provider, token),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Witness: behaviour contract 7.3.
    #[test]
    fn a_repository_lies_at_its_host_and_path() {
        for (location, expected) in [
            ("https://github.com/owner/repo.git", "github.com/owner/repo"),
            ("https://github.com/owner/repo", "github.com/owner/repo"),
            (
                "https://user@bitbucket.org/owner/repo.git",
                "bitbucket.org/owner/repo",
            ),
            ("https://gitlab.com/a/b/c.git", "gitlab.com/a/b/c"),
            (
                "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/r",
                "git-codecommit.us-east-1.amazonaws.com/v1/repos/r",
            ),
            ("https://h:8443/o/r/", "h/o/r"),
            ("git@github.com:o/r.git", "github.com/o/r"),
            ("file:///srv/git/r.git", "r"),
            ("/srv/git/r.git", "r"),
            ("https://h/../../etc", "h/etc"),
            ("", "source"),
            ("/", "source"),
        ] {
            assert_eq!(directory(location), expected, "{location}");
        }
    }

    // Witness: behaviour contract 5.2, `git-credential-helper`.
    #[test]
    fn git_in_commands_finds_the_logins_of_its_hosts() {
        let known = |origin: &str, password: &str| HostLogin {
            origin: origin.to_owned(),
            login: of_token("GITHUB", password.to_owned()),
        };
        let logins = [
            known("https://a.example", "it's $x \"y\""),
            known("https://b.example:8443", "two"),
        ];
        let mut env = Vec::new();
        offer(&mut env, &logins);
        let filled = |origin: &str| {
            let mut git = std::process::Command::new("git");
            let mut git = git
                .args(["credential", "fill"])
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("HOME", "/nowhere")
                .env("GIT_TERMINAL_PROMPT", "0")
                .envs(env.iter().cloned())
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            let (scheme, host) = origin.split_once("://").unwrap();
            let asked = format!("protocol={scheme}\nhost={host}\n\n");
            std::io::Write::write_all(&mut git.stdin.take().unwrap(), asked.as_bytes()).unwrap();
            String::from_utf8(git.wait_with_output().unwrap().stdout).unwrap()
        };
        assert!(filled("https://a.example").contains("password=it's $x \"y\"\n"));
        assert!(
            filled("https://b.example:8443").contains("username=x-access-token\npassword=two\n")
        );
        assert!(!filled("https://c.example").contains("password"));
        let mut own = vec![("GIT_CONFIG_COUNT".to_owned(), "0".to_owned())];
        offer(&mut own, &logins);
        assert_eq!(own.len(), 1);
    }

    #[test]
    fn only_hosts_that_ask_have_an_origin() {
        let origin = |location| origin(location).unwrap_or_default().0;
        assert_eq!(
            origin("https://me:pw@github.com/o/r.git"),
            "https://github.com"
        );
        assert_eq!(origin("http://h:8080/o/r"), "http://h:8080");
        for location in ["git@github.com:o/r.git", "/srv/r.git", "ssh://h/r", ""] {
            assert_eq!(origin(location), "");
        }
    }

    // Witness: behaviour contract 7.2, gitCloneDepth.
    #[test]
    fn depths_from_one_to_twenty_five_are_shallow() {
        let at = |given| {
            depth(&GitHow {
                depth: given,
                ..GitHow::default()
            })
        };
        assert_eq!(
            [at(0), at(1), at(25), at(26)],
            [None, Some(1), Some(25), None]
        );
    }

    #[test]
    fn a_secret_is_a_token_or_a_user_with_a_password() {
        let token = of_secret("GITHUB", r#"{"ServerType":"GITHUB","Token":"t"}"#).unwrap();
        assert_eq!(token.username, "x-access-token");
        let basic = of_secret("BITBUCKET", r#"{"Token":"t","Username":"me"}"#).unwrap();
        assert_eq!(basic.username, "me");
        assert_eq!(of_secret("GITHUB", "plain"), None);
    }

    proptest! {
        #[test]
        fn a_directory_never_climbs(location in ".{0,80}") {
            let directory = directory(&location);
            prop_assert!(directory.is_relative());
            prop_assert!(!directory.as_str().is_empty());
            prop_assert!(directory.components().all(|step| matches!(step, camino::Utf8Component::Normal(_))));
        }
    }
}
