//! Which exception answers for which member (contract codedeploy §1.3), a line for each cell of the table.
//!
//! What an operation does beside refusing is told in the operation's own file.

mod applications;
mod configurations;
mod deployments;
mod groups;
mod instances;
mod limits;
mod revisions;

use super::deploying::merged;
use super::sample::{app, config, group};
use crate::support::caller::{CODEDEPLOY, Caller, ROLE, both};
use serde_json::{Value, json};

/// Operation, exception, request.
type Cell = (&'static str, &'static str, Value);

/// Asserts that each request is refused with its exception, in both protocols; `world` makes what the requests name.
async fn refused(world: impl AsyncFn(&Caller), cells: &[Cell]) {
    both(CODEDEPLOY, async |caller| {
        world(&caller).await;
        let mut wrong = Vec::new();
        for (operation, code, body) in cells {
            let said = caller.refused(operation, body.clone()).await;
            if said.code != *code {
                wrong.push(format!("{operation} {body}: not {code} but {said:?}"));
            }
        }
        assert_eq!(wrong, [""; 0]);
        json!(null)
    })
    .await;
}

/// Applications of the three platforms, `s`, `l` and `e`; the group `g` of `s`; the configuration `c`.
async fn house(caller: &Caller) {
    for (name, platform) in [("s", "Server"), ("l", "Lambda"), ("e", "ECS")] {
        app(caller, name, platform).await;
    }
    group(caller, "s", "g").await;
    config(caller, "c").await;
}

fn long(length: usize) -> String {
    "x".repeat(length)
}

fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("n{number}")).collect()
}

/// A request for a new group of `s`.
fn of(members: Value) -> Value {
    let body =
        json!({"applicationName": "s", "deploymentGroupName": "new", "serviceRoleArn": ROLE});
    merged(body, members)
}

fn update(members: Value) -> Value {
    let body = json!({"applicationName": "s", "currentDeploymentGroupName": "g"});
    merged(body, members)
}
