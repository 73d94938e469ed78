//! What came of a build or of a batch of builds, as AWS shows it.

use camino::Utf8PathBuf;
use codebuild_api::model::{Build, BuildPhase, Report, TestCase};

/// What is told at the end.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub project: String,
    /// `Build` or `Batch`.
    pub kind: &'static str,
    pub id: String,
    pub status: String,
    pub succeeded: bool,
    /// One, or those of the batch.
    pub builds: Vec<Done>,
    /// How many artifacts are where.
    pub kept: Option<(usize, Utf8PathBuf)>,
}

/// One build that has ended.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its name in the batch.
    pub group: Option<String>,
    pub build: Build,
    /// With their test cases, failures first; empty until they are gathered.
    pub reports: Vec<(Report, Vec<TestCase>)>,
}

impl Outcome {
    /// For people.
    pub fn sentence(&self) -> String {
        let mut text = format!("{} {}", self.kind, self.status);
        for done in self.builds.iter().filter(|_| !self.succeeded) {
            if let Some((phase, why)) = done.failure() {
                let of = done
                    .group
                    .iter()
                    .map(|group| format!("{group}, "))
                    .collect::<String>();
                text.push_str(&format!(": {of}{phase}: {why}"));
                break;
            }
        }
        if let Some((count, out)) = &self.kept {
            text.push_str(&format!(". {count} artifacts in {out}"));
        }
        text
    }
}

impl Done {
    pub fn new(group: Option<String>, build: Build) -> Self {
        Self {
            group,
            build,
            reports: Vec::new(),
        }
    }

    /// The group, else the project.
    pub fn name(&self) -> &str {
        let project = self.build.project_name.as_deref();
        self.group.as_deref().or(project).unwrap_or_default()
    }

    pub fn status(&self) -> &str {
        self.build.build_status.map_or("", |status| status.as_str())
    }

    pub fn phases(&self) -> impl Iterator<Item = Ran<'_>> {
        self.build.phases.iter().flatten().filter_map(ran)
    }

    /// The first phase that did not succeed, and why.
    pub fn failure(&self) -> Option<(&str, String)> {
        let failed = self.phases().find(|phase| phase.status != "SUCCEEDED")?;
        Some((failed.name, failed.why()))
    }
}

/// A phase that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    pub name: &'a str,
    pub status: &'a str,
    pub seconds: f64,
    pub code: &'a str,
    pub message: &'a str,
}

impl Ran<'_> {
    /// Why it did not succeed.
    pub fn why(&self) -> String {
        match self.message {
            "" => self.status.to_owned(),
            message => message.to_owned(),
        }
    }
}

fn ran(phase: &BuildPhase) -> Option<Ran<'_>> {
    let (start, end) = (phase.start_time?, phase.end_time?);
    let context = phase.contexts.iter().flatten().next();
    let code = context.and_then(|of| of.status_code.as_deref());
    let message = context.and_then(|of| of.message.as_deref());
    let nanos = end.as_nanos().saturating_sub(start.as_nanos());
    Some(Ran {
        name: phase.phase_type?.as_str(),
        status: phase.phase_status?.as_str(),
        seconds: nanos as f64 / 1e9,
        code: code.unwrap_or_default(),
        message: message.unwrap_or_default(),
    })
}
