//! FINALIZING and what follows the end: exported variables, the log in S3, the sandbox.

use super::session::Session;
use super::{Inner, streams};
use crate::companions::{ObjectMeta, ObjectRef};
use crate::engine::build::logs;
use crate::engine::build::plan::{BuildPlan, S3Logs};

/// The exported variables, if the buildspec has any; then the log is complete.
pub async fn finalize(house: &Inner, session: &Session) -> Option<Vec<(String, String)>> {
    let exported = exported(session).await;
    if let Some(log) = session.log.get() {
        log.close().await;
    }
    write_log_object(house, session).await;
    exported
}

/// Unset variables, `AWS_…` and what is secret are not exported.
async fn exported(session: &Session) -> Option<Vec<(String, String)>> {
    let known = session.understood()?;
    let placed = session.placed().ok()?;
    let names = known.spec.env.exported.iter();
    let names: Vec<String> = names
        .filter(|name| !name.starts_with("AWS_") && !known.confined.contains(name))
        .cloned()
        .collect();
    if names.is_empty() {
        return None;
    }
    let script = placed.places().print_variables(&names);
    let values = match session.ask(&script).await {
        Ok(values) => values,
        Err(error) => {
            tracing::warn!(%error, "exported variables of a build cannot be read");
            return None;
        }
    };
    let pairs = names.into_iter().zip(values);
    Some(
        pairs
            .filter_map(|(name, value)| Some((name, value.strip_prefix('x')?.to_owned())))
            .collect(),
    )
}

/// Writes the log to S3, once, if the project wants that. A log that cannot be written does not fail the build.
pub async fn write_log_object(house: &Inner, session: &Session) {
    let (Some(log), Ok(placed)) = (session.log.get(), session.placed()) else {
        return;
    };
    let plan = &placed.plan;
    let locations = logs::locations(plan);
    let (Some(location), Some(s3)) = (locations.s3, &plan.logs.s3) else {
        return;
    };
    log.close().await;
    let Some(file) = log.object() else {
        return;
    };
    let (bucket, key) = location.split_once('/').unwrap_or((&location, ""));
    let at = ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    };
    let companions = house.world.companions();
    let body = streams::of_file(file);
    let written = companions
        .write_object(&plan.scope, &at, meta(plan, s3), body)
        .await;
    if let Err(error) = written {
        tracing::warn!(location, %error, "a build's log cannot be written to S3");
    }
}

fn meta(plan: &BuildPlan, s3: &S3Logs) -> ObjectMeta {
    let key = (!s3.encryption_disabled).then(|| plan.encryption_key.clone());
    ObjectMeta {
        content_type: Some("application/gzip".to_owned()),
        canned_acl: s3.bucket_owner_access.canned_acl().map(str::to_owned),
        kms_key: key,
        ..ObjectMeta::default()
    }
}
