//! The reports part of UPLOAD_ARTIFACTS: takes the files of each group out of the sandbox, reads them, exports them, and tells the
//! build about each report as it is made.
//!
//! A group that cannot be served fails the phase, but only after the others were served. A failed test case fails nothing but its
//! report.

use super::collect::collect;
use super::expand::expand;
use super::session::{Session, Understood, platform};
use super::upload::contents;
use super::{Inner, streams};
use crate::aws::{Arn, ids};
use crate::companions::{ByteStream, ObjectError, ObjectMeta, ObjectRef};
use crate::engine::build::Build;
use crate::engine::build::archive::spool::{self, Content};
use crate::engine::build::archive::{Limits, Spool, zipper};
use crate::engine::build::artifacts::key_in_folder;
use crate::engine::build::buildspec::spec::{ArtifactsSpec, ReportSpec};
use crate::engine::build::event::{Blame, Event, Failure};
use crate::engine::build::logs::Note;
use crate::engine::build::plan::{BuildPlan, Purpose};
use crate::engine::build::reports::{
    Export, Findings, Format, MAX_BYTES, Report, ReportError, Wanted, discover, group_name,
    missing, parse, unfinished,
};
use crate::engine::build::script::printed;
use crate::engine::build::source::s3_words;
use crate::engine::driver::Mailbox;
use crate::sandbox::SandboxError;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Of all files of one group together.
const MOST_BYTES: u64 = 1 << 30;
/// Wrong files of one group that the log names.
const MOST_NAMED: usize = 20;

/// Looking for files of reports takes no longer, as AWS has it.
const DISCOVERED_WITHIN: Duration = Duration::from_secs(5);

/// The reports that the buildspec names, then those that are found without being named.
pub async fn report(
    house: &Inner,
    session: &Session,
    succeeding: bool,
    mailbox: &Mailbox<Build>,
) -> Result<(), Failure> {
    let Some(known) = session.understood() else {
        return Ok(());
    };
    let mut wrong = Vec::new();
    if !known.spec.reports.is_empty() {
        session.lay().await.map_err(|error| platform(&error))?;
    }
    let plan = &session.placed()?.plan;
    let job = |format| Job {
        house,
        session,
        plan,
        format,
        mailbox,
    };
    for spec in &known.spec.reports {
        if let Some(why) = told(session, job(spec.format).run(spec, succeeding).await).await? {
            wrong.push(why);
        }
    }
    if plan.purpose == Purpose::Project
        && !plan.reads_batchspec()
        && discover::is_wanted(&known.env)
    {
        for spec in discovered(house, session, known).await? {
            // Nobody asked for it: what is wrong with it is told, and that is all.
            told(session, job(spec.format).run(&spec, succeeding).await).await?;
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(unfinished(&wrong)),
    }
}

/// What the customer can mend is told to the log.
async fn told(session: &Session, result: Result<(), Failure>) -> Result<Option<String>, Failure> {
    match result {
        Ok(()) => Ok(None),
        Err(failure) if failure.blame == Blame::Platform => Err(failure),
        Err(failure) => {
            let why = failure.context.message;
            session.note(Note::ReportRefused(why.clone())).await;
            Ok(Some(why))
        }
    }
}

/// Groups of the files that look like reports, each format in one.
async fn discovered(
    house: &Inner,
    session: &Session,
    known: &Understood,
) -> Result<Vec<ReportSpec>, Failure> {
    session.note(Note::DiscoveringReports).await;
    let placed = session.placed()?;
    let base = discover::place(&known.env);
    let src = &placed.directories.primary;
    let begin = house.clock.now();
    let script = discover::script(placed.places().src.as_str(), base);
    let ask = async {
        match placed.sandbox.ask(&script).await {
            Some(answer) => Ok(printed(&answer)),
            None => session.ask(&script).await,
        }
    };
    let asked = tokio::time::timeout(DISCOVERED_WITHIN, ask).await;
    let answer = match asked {
        Ok(Err(error @ SandboxError::Died(_))) => return Err(platform(&error)),
        Ok(Ok(answers)) => answers.into_iter().next().unwrap_or_default(),
        // A shell that is not there, or too many files.
        Ok(Err(_)) | Err(_) => String::new(),
    };
    let groups = discover::found(&answer).into_values();
    let groups = groups.filter_map(|(format, files)| {
        discover::group(format, files, base, src, &known.spec.reports)
    });
    let groups: Vec<ReportSpec> = groups.collect();
    if groups.is_empty() {
        session.note(Note::NoReportsDiscovered).await;
    }
    let took = house.clock.now().since(begin);
    session.note(Note::DiscoveryTook(took)).await;
    Ok(groups)
}

/// One group.
struct Job<'a> {
    house: &'a Inner,
    session: &'a Session,
    plan: &'a BuildPlan,
    format: Format,
    mailbox: &'a Mailbox<Build>,
}

impl Job<'_> {
    async fn run(&self, spec: &ReportSpec, succeeding: bool) -> Result<(), Failure> {
        let files = expand(self.session, &files(spec), succeeding).await?;
        let key = files.name.clone().unwrap_or_default();
        let (scope, kind) = (&self.plan.scope, self.format.kind());
        let refused = |why: String| Failure::client(format!("{key}: [{why}]"));
        let (name, must_exist) = group_name(scope, &self.plan.project, &key)
            .map_err(|error| refused(error.to_string()))?;
        let uuid = ids::uuid();
        let arn = Arn::regional("codebuild", scope, format!("report/{name}:{uuid}"));
        let arn = arn.to_string();
        self.session.note(Note::CopyingReport { kind, arn }).await;
        let spool = Arc::new(self.collect(&name, &files).await?);
        let wanted = Wanted {
            name: name.clone(),
            kind,
            make: !must_exist,
            now: self.house.clock.now(),
        };
        let asked = self.house.world.report_group(scope, wanted);
        let group = asked.await.map_err(|error| refused(error.to_string()))?;
        let (findings, whole) = self.read(spool.clone()).await?;
        let exported = match &group.export {
            Some(export) => self.export(export, &name, &uuid, spool).await?,
            None => Ok(()),
        };
        let whole = whole && exported.is_ok();
        let now = self.house.clock.now();
        let report = Report::new(&name, uuid, kind, now, findings, whole);
        self.mailbox.send(Event::Reported(Box::new(report))).await;
        exported.map_err(refused)
    }

    async fn collect(&self, name: &str, files: &ArtifactsSpec) -> Result<Spool, Failure> {
        let limits = Limits {
            bytes: MOST_BYTES.min(self.house.options.limits.bytes),
            ..self.house.options.limits
        };
        let collected = collect(self.session, limits, files, false).await;
        let placed = self.session.placed()?;
        collected.map_err(|failure| match failure.blame {
            Blame::Platform => failure,
            Blame::Customer => {
                let dir = placed.sandbox.path(&placed.directories.primary);
                let base = files.base_directory.as_deref().unwrap_or_default();
                let dir = if base.is_empty() { dir } else { dir.join(base) };
                Failure::client(missing(name, dir.as_str(), &files.files))
            }
        })
    }

    /// What the files hold; the flag says whether all of them were understood.
    async fn read(&self, spool: Arc<Spool>) -> Result<(Findings, bool), Failure> {
        let format = self.format;
        let read = streams::on_thread(move || read(format, &spool)).await;
        let (findings, wrong) = read.map_err(|error| Failure::platform(error.to_string()))?;
        let whole = wrong.is_empty();
        for (path, error) in wrong.into_iter().take(MOST_NAMED) {
            let path = path.into_string();
            self.session
                .note(Note::ReportFileRefused { path, error })
                .await;
        }
        Ok((findings, whole))
    }

    /// Copies the files; the inner error is for people.
    async fn export(
        &self,
        export: &Export,
        group: &str,
        uuid: &str,
        spool: Arc<Spool>,
    ) -> Result<Result<(), String>, Failure> {
        if let Err(why) = self.check_bucket(export).await {
            return Ok(Err(why));
        }
        let folder = export.folder(group, uuid);
        if export.zipped {
            let zipped = streams::on_thread(move || zipper::zip(&spool)).await;
            let zipped = zipped.map_err(|error| Failure::platform(error.to_string()))?;
            let key = format!("{folder}/{group}.zip");
            return Ok(self.write(export, key, streams::of_file(zipped.file)).await);
        }
        let items = spool.items().clone();
        for (file, item) in items {
            let key = key_in_folder(&folder, &file);
            let body = contents(spool.clone(), item);
            if let Err(why) = self.write(export, key, body).await {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    async fn check_bucket(&self, export: &Export) -> Result<(), String> {
        let info = self.house.world.companions().bucket(&export.bucket).await;
        let info = info.map_err(|error| self.words(&error, &export.bucket))?;
        let owner = export.owner.as_ref().unwrap_or(&self.plan.scope.account);
        match info.owner == *owner {
            true => Ok(()),
            false => Err(
                "AccessDenied: The bucket owner for the report group does not match the owner of the S3 bucket"
                    .to_owned(),
            ),
        }
    }

    async fn write(&self, export: &Export, key: String, body: ByteStream) -> Result<(), String> {
        let location = format!("{}/{key}", export.bucket);
        let at = ObjectRef {
            bucket: export.bucket.clone(),
            key,
            version: None,
        };
        let meta = ObjectMeta {
            kms_key: export.kms_key.clone(),
            ..ObjectMeta::default()
        };
        let companions = self.house.world.companions();
        let written = companions.write_object(&self.plan.scope, &at, meta, body);
        match written.await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.words(&error, &location)),
        }
    }

    fn words(&self, error: &ObjectError, location: &str) -> String {
        let what = s3_words(error, &ids::uuid());
        format!("{what} for {}", self.plan.s3_arn(location))
    }
}

/// Report files are found as artifacts are; the name is the group's.
fn files(spec: &ReportSpec) -> ArtifactsSpec {
    ArtifactsSpec {
        files: spec.files.clone(),
        name: Some(spec.group.clone()),
        base_directory: spec.base_directory.clone(),
        discard_paths: spec.discard_paths,
        ..ArtifactsSpec::default()
    }
}

type Wrong = Vec<(Utf8PathBuf, ReportError)>;

fn read(format: Format, spool: &Spool) -> std::io::Result<(Findings, Wrong)> {
    let (mut findings, mut wrong) = (Findings::default(), Vec::new());
    for (path, item) in spool.items() {
        match read_one(format, spool, item)? {
            Ok(found) => findings.add(path.as_str(), found),
            Err(error) => wrong.push((Utf8Path::new(path).to_owned(), error)),
        }
    }
    Ok((findings, wrong))
}

fn read_one(
    format: Format,
    spool: &Spool,
    item: &spool::Item,
) -> std::io::Result<Result<Findings, ReportError>> {
    let length = match item.content {
        Content::Bytes { length, .. } => length,
        Content::Link(_) => 0,
    };
    // One byte more than is allowed is enough to be refused.
    let mut bytes = vec![0; usize::try_from(length.min(MAX_BYTES + 1)).unwrap_or(0)];
    let mut filled = 0;
    while filled < bytes.len() {
        match spool.read_at(item, filled as u64, &mut bytes[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok(parse(format, &bytes))
}
