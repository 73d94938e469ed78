//! Whether a pull request may be built before somebody has looked at it (contract, codebuild sections 12.1 and 12.3).

use super::news::{News, Request};
use codebuild_api::model::{self, PullRequestBuildCommentApproval as Approval};

/// Who may write in the repository needs nobody's approval. Where the provider does not say who that is, it is whoever could push
/// the source branch to the repository itself.
// Differs from AWS: a pull request that needs an approval is not built; comments that approve it are not listened to.
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
