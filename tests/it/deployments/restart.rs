//! A server that ends in the middle of a deployment, and one that goes on.

use super::functions::Functions;
use super::house::{House, config, open};
use crate::codedeploy::deploying::{self, app_spec, merged, request, revision, rolls_back};
use crate::support::Server;
use crate::support::caller::{CODEDEPLOY, Caller};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;
use std::sync::Arc;

/// The same folder and the same functions, with another server.
pub async fn again(house: House, folder: &Utf8Path) -> House {
    again_after(house, folder, |_| {}).await
}

/// The same, and something happens while there is no server.
pub async fn again_after(
    house: House,
    folder: &Utf8Path,
    happens: impl FnOnce(&Functions),
) -> House {
    let functions: Arc<Functions> = house.functions.clone();
    house.caller.server.app.close().await.unwrap();
    drop(house);
    happens(&functions);
    let app = open(config(Some(folder)), &functions).await;
    app.resume().await;
    let caller = Caller::again(Server::of(app).await, CODEDEPLOY);
    House { caller, functions }
}

pub fn folder(temporary: &tempfile::TempDir) -> Utf8PathBuf {
    Utf8Path::from_path(temporary.path()).unwrap().join("data")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_goes_on_after_a_restart() {
    // contract codedeploy §10.1 F31; ours: nothing acknowledged is lost
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder(&temporary);
    let house = House::with(config(Some(&folder))).await;
    let members =
        json!({"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent15Minutes"});
    deploying::group(&house.caller, members).await;
    let id = house.create(request(1, 2)).await;
    house.functions.reaches("1+2:0.1").await;
    let before = house.shown(&id).await;
    let house = again(house, &folder).await;
    let after = house.shown(&id).await;
    assert_eq!(before["createTime"], after["createTime"]);
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(house.functions.alias(), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_is_still_waited_for_after_a_restart() {
    // ours: nothing acknowledged is lost
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder(&temporary);
    let house = House::with(config(Some(&folder))).await;
    deploying::group(
        &house.caller,
        json!({"autoRollbackConfiguration": rolls_back()}),
    )
    .await;
    let first = house.create(request(1, 2)).await;
    house.end(&first).await;
    let content = app_spec(2, 3, true);
    let body = merged(request(2, 3), json!({"revision": revision(&content)}));
    let id = house.create(body).await;
    let payload = house.functions.invoked("before", 1).await;
    let house = again(house, &folder).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HOOK_EXECUTION_FAILURE");
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap();
    let rollback = house.end(rollback).await;
    assert_eq!(rollback["status"], "Succeeded");
    assert_eq!(house.functions.alias(), "2");
}
