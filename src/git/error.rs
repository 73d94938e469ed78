//! Why a repository cannot be had, and how what git says tells it.

use std::io;
use std::time::Duration;

/// Texts are for people and hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error(
        "the command git is not installed on the machine that slipway runs on: install git, or use another type of source"
    )]
    NotInstalled,
    #[error(
        "{0} is not the address of a repository: https, http, ssh and absolute paths are fetched"
    )]
    BadAddress(String),
    /// The host wants to know who asks.
    #[error("authentication required")]
    AuthenticationRequired,
    /// The host knows who asks and refuses.
    #[error("authorization failed")]
    AuthorizationFailed,
    #[error("repository not found")]
    NoRepository,
    #[error("reference not found")]
    NoReference,
    #[error("git took longer than {} seconds", .0.as_secs())]
    TooSlow(Duration),
    #[error("git said more than {0} bytes")]
    TooMuch(usize),
    /// What git says.
    #[error("{0}")]
    Failed(String),
    /// Not git's fault.
    #[error("git cannot be run: {0}")]
    Io(#[from] io::Error),
}

/// Longest text of git that is told.
const LONGEST: usize = 500;

/// What the last words of a failed run mean. `logged_in`: it had somebody's credentials.
pub fn understood(words: &str, logged_in: bool) -> GitError {
    let lower = words.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let refused = match logged_in {
        true => GitError::AuthorizationFailed,
        false => GitError::AuthenticationRequired,
    };
    if says(&[
        "could not read username",
        "could not read password",
        "terminal prompts disabled",
    ]) {
        return refused;
    }
    if says(&[
        "authentication failed",
        "error: 401",
        "error: 403",
        "permission denied (publickey",
    ]) {
        return refused;
    }
    if says(&[
        "repository not found",
        "does not appear to be a git repository",
        "not found",
        "does not exist",
    ]) && !says(&["remote ref", "command not found"])
    {
        return GitError::NoRepository;
    }
    if says(&[
        "couldn't find remote ref",
        "not our ref",
        "unadvertised object",
        "did not match any",
    ]) {
        return GitError::NoReference;
    }
    GitError::Failed(told(words))
}

/// The lines that say what is wrong, or the last one.
fn told(words: &str) -> String {
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let (wrong, others): (Vec<&str>, Vec<&str>) =
        lines.partition(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let text = match (wrong.is_empty(), others.last()) {
        (false, _) => wrong.join(" "),
        (true, Some(last)) => (*last).to_owned(),
        (true, None) => "git failed and said nothing".to_owned(),
    };
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: texts of git 2.39 and of hosts; the meanings are those of behaviour contract, codebuild 4.4.
    #[test]
    fn what_git_says_is_told_in_awss_words() {
        for (words, logged_in, expected) in [
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                false,
                "authentication required",
            ),
            (
                "fatal: Authentication failed for 'https://h/r/'",
                true,
                "authorization failed",
            ),
            (
                "remote: Repository not found.\nfatal: repository 'https://h/r/' not found",
                true,
                "repository not found",
            ),
            (
                "fatal: '/srv/x' does not appear to be a git repository",
                false,
                "repository not found",
            ),
            (
                "fatal: couldn't find remote ref refs/heads/x",
                false,
                "reference not found",
            ),
            (
                "error: Server does not allow request for unadvertised object aaaa",
                false,
                "reference not found",
            ),
            (
                "warning: w\nfatal: unable to access 'https://h/': Could not resolve host: h",
                false,
                "fatal: unable to access 'https://h/': Could not resolve host: h",
            ),
            ("", false, "git failed and said nothing"),
        ] {
            assert_eq!(understood(words, logged_in).to_string(), expected);
        }
    }
}
