//! BatchGetApplicationRevisions (contract codedeploy §3.2).

use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn unknown_revisions_are_named_in_the_message_and_content_is_not_shown() {
    // contract codedeploy §3.2
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "l", "Lambda").await;
        let spec = |content: &str| json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": content}});
        caller
            .ok(
                "RegisterApplicationRevision",
                json!({"applicationName": "l", "revision": spec("x")}),
            )
            .await;
        let of = |revisions: &[serde_json::Value]| json!({"applicationName": "l", "revisions": revisions});
        let all = caller
            .ok("BatchGetApplicationRevisions", of(&[spec("x")]))
            .await;
        assert!(
            all["revisions"][0]["revisionLocation"]["appSpecContent"]
                .get("content")
                .is_none(),
            "{all}"
        );
        let some = caller
            .ok("BatchGetApplicationRevisions", of(&[spec("y")]))
            .await;
        assert_ne!(some["errorMessage"], "");
        let many = vec![spec("x"); 26];
        let cases = refusals(
            &caller,
            "BatchGetApplicationRevisions",
            [of(&[]), of(&many)],
        )
        .await;
        json!([all["errorMessage"], some["revisions"], cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "",
            [],
            ["RevisionRequiredException", "BatchLimitExceededException"]
        ]))
    );
}
