//! The servers of the three services against their models: requests made from the model, in both protocols.
//!
//! | file | subject |
//! |---|---|
//! | `made` | the requests themselves: they keep, or break, what they should |
//! | `whole` | requests that keep the model |
//! | `broken` | requests that break it, once or in several places |
//! | `dialect` | what the contracts say about the answers to these |
//! | `wire` | requests and answers in both protocols |
//! | `echo` | handlers that note and answer |

mod broken;
mod dialect;
mod echo;
mod made;
mod whole;
mod wire;

use crate::support::model::Model;

const SERVICES: [(&str, usize); 3] = [("codebuild", 59), ("codedeploy", 47), ("codepipeline", 44)];

fn models() -> impl Iterator<Item = Model> {
    SERVICES
        .into_iter()
        .map(|(service, _)| Model::read(service))
}
