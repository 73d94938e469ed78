//! Operations that are not built say so, and get fewer.

use crate::support::Server;
use serde_json::json;

/// A service: names, the model's operations, those that answer 501.
struct Listed {
    title: &'static str,
    target: &'static str,
    model: &'static [&'static str],
    not_built: &'static [&'static str],
}

const SERVICES: [Listed; 3] = [
    Listed {
        title: "CodePipeline",
        target: "CodePipeline_20150709",
        model: codepipeline_api::ALL_MODEL_OPERATIONS,
        not_built: slipway::codepipeline::NOT_BUILT,
    },
    Listed {
        title: "CodeBuild",
        target: "CodeBuild_20161006",
        model: codebuild_api::ALL_MODEL_OPERATIONS,
        not_built: slipway::codebuild::NOT_BUILT,
    },
    Listed {
        title: "CodeDeploy",
        target: "CodeDeploy_20141006",
        model: codedeploy_api::ALL_MODEL_OPERATIONS,
        not_built: slipway::codedeploy::NOT_BUILT,
    },
];

/// How many operations answer 501. These numbers only ever get smaller.
const NOT_BUILT: [usize; 3] = [0, 0, 0];

#[tokio::test]
async fn exactly_the_operations_named_as_not_built_answer_501_with_their_name() {
    let server = Server::start().await;
    for (service, count) in SERVICES.iter().zip(NOT_BUILT) {
        let mut unbuilt = Vec::new();
        for operation in service.model.iter().copied() {
            let target = format!("{}.{operation}", service.target);
            let answer = server.json(&target, &json!({})).await;
            if answer.status == http::StatusCode::NOT_IMPLEMENTED {
                assert!(answer.text().contains(operation), "{}", answer.text());
                unbuilt.push(operation);
            }
        }
        let mut named = service.not_built.to_vec();
        named.sort_unstable();
        unbuilt.sort_unstable();
        assert_eq!(unbuilt, named, "{}", service.title);
        assert_eq!(unbuilt.len(), count, "{}", service.title);
    }
}
