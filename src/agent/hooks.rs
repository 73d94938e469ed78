//! The scripts of a lifecycle event: which revision's they are, and how they run one after the other.
//!
//! Source: contract, codedeploy sections 8.6 and 8.8, "Which revision a hook uses".

use super::appspec::{self, AppSpec, Script};
use super::errors::{self, Done, Fault};
use super::place::{Place, Run};
use super::root::{DeploymentFolder, Root};
use super::script::{self, SharedLog};
use super::script_log::ScriptLog;
use super::specification::{Revision, Specification};
use camino::Utf8Path;
use rustix::fs::{Access, access};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex, PoisonError};

/// The events whose scripts the agent runs.
pub const EVENTS: [&str; 9] = [
    "ApplicationStop",
    "BeforeInstall",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
];

/// An event of a deployment, with the revision whose scripts it runs.
#[derive(Clone, Debug)]
pub struct Hook {
    event: String,
    folder: DeploymentFolder,
    scripts: Vec<Script>,
    environment: Vec<(String, String)>,
}

impl Hook {
    /// `None`: there is no revision whose scripts could run, as before the first installation.
    pub fn find(root: &Root, spec: &Specification, event: &str) -> Done<Option<Self>> {
        let Some(folder) = folder(root, spec, event) else {
            return Ok(None);
        };
        let appspec = read_appspec(&folder.archive(), &spec.appspec_name)?;
        if let Some(possible) = &spec.possible_events {
            appspec.check_events(possible)?;
        }
        Ok(Some(Self {
            event: event.to_owned(),
            folder,
            scripts: appspec.scripts(event).to_vec(),
            environment: environment(spec, event),
        }))
    }

    pub fn has_scripts(&self) -> bool {
        !self.scripts.is_empty()
    }

    /// Runs the scripts until one fails.
    pub async fn run(&self, place: &dyn Place) -> Done<()> {
        if !self.has_scripts() {
            return Ok(());
        }
        let log = ScriptLog::open(&self.folder.script_log())?;
        let log: SharedLog = Arc::new(Mutex::new(log));
        script::write(&log, &format!("LifecycleEvent - {}", self.event));
        for script in &self.scripts {
            let ran = self.run_script(script, place, &log).await;
            ran.map_err(|fault| with_log(fault, &log))?;
        }
        Ok(())
    }

    async fn run_script(&self, script: &Script, place: &dyn Place, log: &SharedLog) -> Done<()> {
        let location = script.location.trim_start_matches('/');
        let path = self.folder.archive().join(location);
        let path = super::place::expand(Utf8Path::new("/"), path.as_str());
        if !path.exists() {
            return Err(errors::script_missing(&script.location, &path));
        }
        if access(path.as_std_path(), Access::EXEC_OK).is_err() {
            let made = make_executable(&path);
            made.map_err(|_| errors::script_not_executable(&script.location))?;
        }
        let run = Run {
            script,
            environment: &self.environment,
            log,
        };
        place.script(&self.folder.archive(), &path, run).await
    }
}

fn with_log(fault: Fault, log: &SharedLog) -> Fault {
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    Fault {
        log: log.tail(),
        ..fault
    }
}

fn make_executable(path: &Utf8Path) -> std::io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(mode | 0o111))
}

/// The AppSpec of an unpacked revision, by exactly this name.
pub fn read_appspec(archive: &Utf8Path, name: &str) -> Done<AppSpec> {
    let path = archive.join(name);
    match fs::read(&path) {
        Ok(bytes) => appspec::parse(&bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(errors::appspec_missing(archive, name))
        }
        Err(error) => Err(Fault::file("read", &path, &error)),
    }
}

/// What stops the old revision is the old revision's business, unless the new one is here already.
fn folder(root: &Root, spec: &Specification, event: &str) -> Option<DeploymentFolder> {
    let current = root.deployment(&spec.group_id, &spec.deployment_id);
    let is_here = current.archive().exists();
    let (last, recent) = (
        || root.last_successful(&spec.group_id),
        || root.most_recent(&spec.group_id),
    );
    match event {
        _ if is_here => Some(current),
        "BeforeBlockTraffic" | "AfterBlockTraffic" if spec.is_blue_green_rollback() => recent(),
        "BeforeAllowTraffic" | "AfterAllowTraffic" if spec.is_blue_green_rollback() => last(),
        "ApplicationStop" | "BeforeBlockTraffic" | "AfterBlockTraffic" => last(),
        _ => Some(current),
    }
}

fn environment(spec: &Specification, event: &str) -> Vec<(String, String)> {
    let mut all = vec![
        ("LIFECYCLE_EVENT", event),
        ("DEPLOYMENT_ID", &spec.deployment_id),
        ("APPLICATION_NAME", &spec.application),
        ("DEPLOYMENT_GROUP_NAME", &spec.group_name),
        ("DEPLOYMENT_GROUP_ID", &spec.group_id),
    ];
    match &spec.revision {
        Revision::S3 {
            bucket,
            key,
            version,
            etag,
            ..
        } => {
            all.extend([("BUNDLE_BUCKET", bucket.as_str()), ("BUNDLE_KEY", key)]);
            all.extend(
                version
                    .as_deref()
                    .map(|version| ("BUNDLE_VERSION", version)),
            );
            all.extend(etag.as_deref().map(|etag| ("BUNDLE_ETAG", etag)));
        }
        Revision::GitHub { commit, .. } => all.push(("BUNDLE_COMMIT", commit)),
    }
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    all.into_iter().map(owned).collect()
}

#[cfg(test)]
mod tests;
