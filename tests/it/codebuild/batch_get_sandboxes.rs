//! BatchGetSandboxes (contract codebuild §3.8).

use super::sample::{NOBODY, created};
use super::sandboxed::{sandbox_arn, start};
use crate::support::caller::{CODEBUILD, both};
use serde_json::json;

#[tokio::test]
async fn each_is_shown_once_and_what_is_missing_comes_back_as_it_was_written() {
    // contract codebuild §3 "Conventions"; §2: ids or ARNs
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        let asked = json!({"ids": [sandbox_arn(&id), id, NOBODY]});
        let got = caller.ok("BatchGetSandboxes", asked).await;
        assert_eq!(got["sandboxes"].as_array().unwrap().len(), 1);
        assert_eq!(got["sandboxes"][0]["arn"], sandbox_arn(&id));
        got["sandboxesNotFound"].clone()
    });
    let expected = json!([NOBODY]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}
