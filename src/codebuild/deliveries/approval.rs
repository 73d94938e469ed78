//! Whether a pull request may be built before somebody has looked at it, and what says that somebody has (contract, codebuild
//! sections 12.1 and 12.3).

use super::news::{Comment, News, Request};
use crate::aws::Time;
use codebuild_api::model::{self, PullRequestBuildCommentApproval as Approval};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Pull requests of one webhook that are remembered, so that somebody may approve them.
const REMEMBERED: usize = 100;

/// How a comment approves: with the newest commit, so that nothing comes in after somebody has looked.
const COMMAND: &str = "/codebuild_run(";

/// Shorter beginnings of a commit's id say too little.
const SHORTEST: usize = 7;

/// A pull request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub news: News,
    pub since: Time,
}

/// The pull requests of a webhook that wait, by their numbers.
pub type WaitingList = BTreeMap<String, Waiting>;

/// Who may write in the repository needs nobody's approval. Where the provider does not say who that is, it is whoever could push
/// the source branch to the repository itself.
pub fn is_needed(webhook: &model::Webhook, news: &News) -> bool {
    let Some(Request { from_fork, trusted }) = news.request else {
        return false;
    };
    let policy = webhook.pull_request_build_policy.as_ref();
    let asked = policy.map_or(Approval::AllPullRequests, |policy| {
        policy.requires_comment_approval
    });
    let covered = match asked {
        Approval::Disabled => false,
        Approval::AllPullRequests => true,
        Approval::ForkPullRequests => from_fork,
    };
    covered && !trusted.unwrap_or(!from_fork)
}

/// Remembers a pull request in place of what it was before; of too many, the one that waits longest is forgotten.
pub fn wait(list: &mut WaitingList, news: News, now: Time) {
    let Some(number) = news.number.clone() else {
        return;
    };
    list.insert(number, Waiting { news, since: now });
    if list.len() > REMEMBERED {
        let oldest = list.iter().min_by_key(|(_, waiting)| waiting.since);
        if let Some(number) = oldest.map(|(number, _)| number.clone()) {
            list.remove(&number);
        }
    }
}

/// The news that a comment lets go on, or why it does not.
// Differs from AWS: pull requests are approved by comments at GitHub only, of people who may write in the repository, whatever `approverRoles` says; payloads of others do not tell who may.
pub fn approved(list: &WaitingList, comment: &Comment) -> Result<News, String> {
    let Comment { number, text, .. } = comment;
    let Some(commit) = commit(text) else {
        return Err("the comment approves nothing".to_owned());
    };
    let Some(waiting) = list.get(number) else {
        return Err(format!("no pull request {number} waits for an approval"));
    };
    if !comment.trusted {
        return Err(format!(
            "the author of the comment may not approve pull request {number}"
        ));
    }
    let newest = waiting.news.commit.clone().unwrap_or_default();
    if !newest.starts_with(&commit) {
        return Err(format!(
            "{commit} is not the newest commit of pull request {number}"
        ));
    }
    // What has come since is not what somebody has looked at.
    let version = format!("{}^{{{newest}}}", waiting.news.version);
    Ok(News {
        version,
        ..waiting.news.clone()
    })
}

/// The commit in a comment's command.
fn commit(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(COMMAND)?;
    let (commit, _) = rest.split_once(')')?;
    let commit = commit.trim().to_ascii_lowercase();
    let fits = commit.len() >= SHORTEST && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: &str = "abcdef0123456789abcdef0123456789abcdef01";

    fn news(number: &str) -> News {
        News {
            number: Some(number.to_owned()),
            version: format!("pr/{number}"),
            commit: Some(NEWEST.to_owned()),
            ..News::default()
        }
    }

    fn comment(text: &str, trusted: bool) -> Comment {
        Comment {
            number: "5".to_owned(),
            text: text.to_owned(),
            trusted,
        }
    }

    // Witness: contract, codebuild 12.3 step 4; the AWS CodeBuild user guide, pull-request comment approval.
    #[test]
    fn a_comment_with_the_newest_commit_approves() {
        let mut list = WaitingList::default();
        let whole = format!("Looks good.\n/codebuild_run({NEWEST})\n");
        let refused = approved(&list, &comment(&whole, true)).unwrap_err();
        assert_eq!(refused, "no pull request 5 waits for an approval");
        wait(&mut list, news("5"), Time::from_millis(1));
        for text in [&whole, "/codebuild_run( ABCDEF0 )"] {
            let lets_go = approved(&list, &comment(text, true)).unwrap();
            assert_eq!(lets_go.version, format!("pr/5^{{{NEWEST}}}"), "{text}");
        }
        for (text, trusted, why) in [
            (
                &*whole,
                false,
                "the author of the comment may not approve pull request 5",
            ),
            (
                "/codebuild_run(1234567)",
                true,
                "1234567 is not the newest commit of pull request 5",
            ),
            (
                "/codebuild_run(abcdef)",
                true,
                "the comment approves nothing",
            ),
            ("/codebuild_run()", true, "the comment approves nothing"),
            (
                "/codebuild_run(abcdef0",
                true,
                "the comment approves nothing",
            ),
            ("Looks good.", true, "the comment approves nothing"),
        ] {
            assert_eq!(
                approved(&list, &comment(text, trusted)).unwrap_err(),
                why,
                "{text}"
            );
        }
    }

    // Witness: our reading.
    #[test]
    fn only_so_many_pull_requests_are_remembered() {
        let mut list = WaitingList::default();
        for number in 0..=REMEMBERED as i64 {
            wait(
                &mut list,
                news(&number.to_string()),
                Time::from_millis(number),
            );
        }
        wait(&mut list, news("5"), Time::from_millis(1000));
        assert_eq!(list.len(), REMEMBERED);
        assert!(!list.contains_key("0") && list.contains_key("100"));
    }
}
