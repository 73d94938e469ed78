//! ListBuildBatches (contract codebuild §3.3).

use super::batched::{created, failed, start};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use serde_json::{Value, json};

#[tokio::test]
async fn the_newest_batch_comes_first_and_an_order_is_one_of_ids() {
    // contract codebuild §3.3: sortOrder by identifier; default newest first (unconfirmed)
    let shown = both(CODEBUILD, async |caller| {
        let empty = caller.ok("ListBuildBatches", json!({})).await;
        assert_eq!(empty, json!({"ids": []}));
        let mut ids = Vec::new();
        for name in ["bb", "cc", "aa"] {
            created(&caller, name).await;
            ids.push(start(&caller, name).await);
        }
        let listed = async |body: Value| caller.ok("ListBuildBatches", body).await["ids"].clone();
        assert_eq!(listed(json!({})).await, json!([ids[2], ids[1], ids[0]]));
        let down = listed(json!({"sortOrder": "DESCENDING"})).await;
        assert_eq!(down, json!([ids[1], ids[0], ids[2]]));
        listed(json!({"sortOrder": "ASCENDING"})).await
    });
    let expected = json!(["aa:<id:1>", "bb:<id:2>", "cc:<id:3>"]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_status_picks_and_pages_are_as_long_as_asked() {
    // contract codebuild §3.3: filter, maxResults; §3: a bad token is refused
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let bad = failed(&caller, "hello").await;
    for _ in 0..3 {
        start(&caller, "hello").await;
    }
    let status = |status: &str| json!({"filter": {"status": status}});
    let listed = async |body: Value| caller.ok("ListBuildBatches", body).await["ids"].clone();
    assert_eq!(listed(status("FAILED")).await, json!([bad]));
    assert_eq!(listed(status("STOPPED")).await, json!([]));
    assert_eq!(
        listed(status("IN_PROGRESS"))
            .await
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let two = json!({"maxResults": 2, "sortOrder": "ASCENDING"});
    let all = pages(&caller, "ListBuildBatches", two, "ids").await;
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let said = "Invalid next token provided: garbage";
    let input = json!({"nextToken": "garbage"});
    caller
        .expect_refusal("ListBuildBatches", input, "InvalidInputException", said)
        .await;
}
