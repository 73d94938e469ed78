//! What a description says of what it did not find.

use ecs_api::model::Failure;

pub fn missing(arn: String) -> Failure {
    Failure {
        arn: Some(arn),
        reason: Some("MISSING".to_owned()),
        detail: None,
    }
}
