//! ListActionTypes (contract codepipeline §3.3, §3.5, §6.1).

use super::sample::custom_type;
use crate::support::caller::{CODEPIPELINE, Caller, both, texts};
use serde_json::{Value, json};

fn ids(listed: &Value) -> Value {
    let types = listed["actionTypes"].as_array().unwrap();
    types.iter().map(|of| of["id"].clone()).collect()
}

fn find<'a>(listed: &'a Value, category: &str, provider: &str) -> &'a Value {
    let mut types = listed["actionTypes"].as_array().unwrap().iter();
    let wanted = |of: &&Value| of["id"]["category"] == category && of["id"]["provider"] == provider;
    types.find(wanted).unwrap()
}

#[tokio::test]
async fn a_built_in_type_has_its_counts_links_and_keys() {
    // contract codepipeline §3.3, §6.1; the descriptions are ours
    let shown = both(CODEPIPELINE, async |caller| {
        let listed = caller
            .ok("ListActionTypes", json!({"actionOwnerFilter": "AWS"}))
            .await;
        find(&listed, "Source", "CodeCommit").clone()
    });
    let key = |name: &str, required: bool, description: &str| json!({"name": name, "required": required, "key": required, "secret": false, "queryable": false, "description": description});
    let repository = "https://console.aws.amazon.com/codecommit/home?region=us-east-1#/repository/{Config:RepositoryName}";
    let expected = json!({
        "id": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
        "settings": {
            "entityUrlTemplate": format!("{repository}/browse/{{Config:BranchName}}/--/"),
            "revisionUrlTemplate": format!("{repository}/commit/{{RevisionId}}"),
        },
        "actionConfigurationProperties": [
            key("RepositoryName", true, "The repository"),
            key("BranchName", true, "The branch that is followed"),
            key("PollForSourceChanges", false, "Whether the source is looked at for changes"),
            key("OutputArtifactFormat", false, "Whether the artifact is a zip file or a reference for a full clone"),
        ],
        "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 0},
        "outputArtifactDetails": {"minimumCount": 1, "maximumCount": 1},
    });
    assert_eq!(shown.await, format!("{expected:#}\n"));
}

#[tokio::test]
async fn the_whole_catalogue_comes_in_one_page() {
    // contract codepipeline §3.3, F21: 28 AWS types; `settings` `{}` without links; a property never has a `type`
    let caller = Caller::new(CODEPIPELINE).await;
    let listed = caller
        .ok("ListActionTypes", json!({"actionOwnerFilter": "AWS"}))
        .await;
    assert_eq!(listed.as_object().unwrap().len(), 1, "no token");
    assert_eq!(ids(&listed).as_array().unwrap().len(), 28);
    for of in listed["actionTypes"].as_array().unwrap() {
        assert_eq!(of["id"]["version"], "1");
        for member in ["inputArtifactDetails", "outputArtifactDetails"] {
            assert_eq!(of[member].as_object().unwrap().len(), 2, "{of}");
        }
        for property in of["actionConfigurationProperties"].as_array().unwrap() {
            for member in [
                "name",
                "required",
                "key",
                "secret",
                "queryable",
                "description",
            ] {
                assert!(!property[member].is_null(), "{of}");
            }
            assert!(property["type"].is_null(), "{of}");
        }
    }
    assert_eq!(find(&listed, "Compute", "Commands")["settings"], json!({}));
    // The two literal templates.
    let lambda = "{Console}/lambda/home?region={Region}#/functions/{Config:FunctionName}";
    let settings = &find(&listed, "Deploy", "Lambda")["settings"];
    assert_eq!(settings["entityUrlTemplate"], lambda);
    assert_eq!(settings["executionUrlTemplate"], lambda);
}

#[tokio::test]
async fn without_a_filter_all_owners_are_there_and_each_filter_gives_its_own() {
    // contract codepipeline §3.3, §6.1
    let caller = Caller::new(CODEPIPELINE).await;
    let created = caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let mut sum = 0;
    for (owner, count) in [("AWS", 28), ("ThirdParty", 2), ("Custom", 1)] {
        let body = json!({"actionOwnerFilter": owner});
        let listed = caller.ok("ListActionTypes", body).await;
        assert_eq!(texts(&ids(&listed), "owner"), vec![owner; count]);
        sum += count;
    }
    let listed = caller.ok("ListActionTypes", json!({})).await;
    assert_eq!(ids(&listed).as_array().unwrap().len(), sum);
    assert_eq!(*find(&listed, "Build", "Forge"), created["actionType"]);
    let github = find(&listed, "Source", "GitHub");
    let token = &github["actionConfigurationProperties"][3];
    assert_eq!(
        *token,
        json!({"name": "OAuthToken", "required": true, "key": false, "secret": true, "queryable": false, "description": "The token that may read the repository"})
    );
}

#[tokio::test]
async fn the_filter_by_region_shows_that_regions_types() {
    // contract codepipeline §3.3 (our reading); links name the region
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Here"))
        .await;
    let elsewhere = caller.in_region("eu-west-1");
    elsewhere
        .ok("CreateCustomActionType", custom_type("There"))
        .await;
    let body = json!({"regionFilter": "eu-west-1"});
    let listed = caller.ok("ListActionTypes", body).await;
    assert_eq!(listed, elsewhere.ok("ListActionTypes", json!({})).await);
    let own: Vec<Value> = ids(&listed)
        .as_array()
        .unwrap()
        .iter()
        .filter(|id| id["owner"] == "Custom")
        .cloned()
        .collect();
    assert_eq!(texts(&json!(own), "provider"), ["There"]);
    let settings = &find(&listed, "Source", "S3")["settings"];
    assert_eq!(
        settings["entityUrlTemplate"],
        "https://console.aws.amazon.com/s3/home?region=eu-west-1#"
    );
}

#[tokio::test]
async fn no_token_is_good_and_filters_are_checked() {
    // contract codepipeline §3.5: the only page has no token; §1.4
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "The nextToken value 'x' is not valid. Specify a valid nextToken value, and then try again.";
    caller
        .expect_refusal(
            "ListActionTypes",
            json!({"nextToken": "x"}),
            "InvalidNextTokenException",
            said,
        )
        .await;
    let cases = [
        (
            json!({"nextToken": ""}),
            "1 validation error detected: Value at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            json!({"regionFilter": "a"}),
            "1 validation error detected: Value at 'regionFilter' failed to satisfy constraint: Member must have length greater than or equal to 4",
        ),
        (
            json!({"regionFilter": "Not a region"}),
            "'Not a region' is not the name of a region",
        ),
    ];
    for (body, said) in cases {
        caller
            .expect_refusal("ListActionTypes", body, "ValidationException", said)
            .await;
    }
}
