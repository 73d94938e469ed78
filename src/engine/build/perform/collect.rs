//! Takes the files that a block of artifacts names out of the sandbox into a spool.
//!
//! Only the places before the first wildcard leave the sandbox. What a symbolic link leads to counts as lying in its place:
//! files from anywhere, directories of the build's own output.

use super::session::{Placed, Session, platform};
use super::streams;
use crate::engine::build::archive::spool::{Found, Visit, walk};
use crate::engine::build::archive::{ArchiveError, Limits, Spool};
use crate::engine::build::artifacts::{
    self, NOTHING_FOUND, Pattern, Selection, is_followed, no_base,
};
use crate::engine::build::buildspec::locate::normal;
use crate::engine::build::buildspec::spec::ArtifactsSpec;
use crate::engine::build::event::Failure;
use crate::engine::build::logs::Note;
use crate::sandbox::SandboxError;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Links that lead to links; also what stops a circle.
const MAX_DEPTH: usize = 4;

/// Links that are followed in one block.
const MAX_LINKS: usize = 20_000;

/// The files of one block whose texts were evaluated.
pub async fn collect(
    session: &Session,
    limits: Limits,
    spec: &ArtifactsSpec,
    zipped: bool,
) -> Result<Spool, Failure> {
    let placed = session.placed()?;
    let shown = spec.base_directory.as_deref().unwrap_or(".");
    session
        .note(Note::Expanding {
            base: shown.to_owned(),
            patterns: spec.files.clone(),
        })
        .await;
    let mut spool = Spool::new(limits).map_err(|error| Failure::platform(error.to_string()))?;
    for base in bases(placed, shown).await? {
        let mut one = Collecting::new(placed, spec, base, zipped)?;
        spool = one.run(session, spool).await?;
    }
    if spool.items().is_empty() {
        return Err(Failure::client(NOTHING_FOUND));
    }
    session.note(Note::FilesFound(spool.items().len())).await;
    Ok(spool)
}

/// The same files below one base that is there, quietly: nothing found is nothing wrong. For caches.
pub async fn gather(
    placed: &Placed,
    limits: Limits,
    spec: &ArtifactsSpec,
    base: &Utf8Path,
) -> Result<Spool, Failure> {
    let spool = Spool::new(limits).map_err(|error| Failure::platform(error.to_string()))?;
    Collecting::new(placed, spec, base.to_owned(), true)?
        .take(spool)
        .await
}

/// The base directories, as a container shows them.
async fn bases(placed: &Placed, text: &str) -> Result<Vec<Utf8PathBuf>, Failure> {
    let path = placed.shown(Utf8Path::new(text));
    let pattern = Pattern::new(path.as_str(), &placed.directories.primary)?;
    if pattern.literal {
        return Ok(vec![pattern.root]);
    }
    let found = list(placed, &pattern.root).await?;
    match artifacts::bases(&pattern, &found) {
        none if none.is_empty() => Err(no_base(text)),
        bases => Ok(bases),
    }
}

type Listing = Vec<(Utf8PathBuf, Found)>;

/// All directories below a place; nothing if it is not there.
async fn list(placed: &Placed, root: &Utf8Path) -> Result<Listing, Failure> {
    let spool = Spool::new(Limits::default()).map_err(|e| Failure::platform(e.to_string()))?;
    let found: Arc<Mutex<Listing>> = Arc::default();
    let list = found.clone();
    let visit = move |path: &Utf8Path, found: &Found| {
        if *found == Found::Directory {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            list.push((path.to_owned(), found.clone()));
        }
        Visit::Pass
    };
    tree(placed, root, root, spool, visit).await?;
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut found))
}

/// Walks what lies at `from` as if it lay at `place`. The flag says whether there was anything.
async fn tree(
    placed: &Placed,
    from: &Utf8Path,
    place: &Utf8Path,
    mut spool: Spool,
    visit: impl FnMut(&Utf8Path, &Found) -> Visit + Send + 'static,
) -> Result<(Spool, bool), Failure> {
    let tar = match placed.sandbox.copy_out(from).await {
        Ok(tar) => tar,
        Err(SandboxError::NoSuchPath(_)) => return Ok((spool, false)),
        Err(error) => return Err(platform(&error)),
    };
    let place = place.to_owned();
    let (spool, walked) = streams::blocking(tar, move |tar| {
        let walked = walk(tar, &place, &mut spool, visit);
        (spool, walked)
    })
    .await;
    match walked {
        Ok(()) => Ok((spool, true)),
        Err(ArchiveError::Io(error)) => Err(Failure::platform(format!(
            "Internal Service Error: {error}"
        ))),
        Err(limit) => Err(Failure::client(format!(
            "Failed to upload artifacts: {limit}"
        ))),
    }
}

/// A link that was met, at its own place and at the place it counts as.
#[derive(Clone, Debug)]
struct Met {
    real: Utf8PathBuf,
    place: Utf8PathBuf,
    target: String,
    depth: usize,
}

/// What a walk leaves for later.
#[derive(Default)]
struct Later {
    links: Vec<Met>,
    /// Second names of files; they are asked for by themselves.
    names: Vec<Utf8PathBuf>,
    directories: HashSet<Utf8PathBuf>,
    /// Links that are wanted and lead nowhere.
    missing: Vec<String>,
}

/// One block below one base directory.
struct Collecting<'a> {
    placed: &'a Placed,
    selection: Arc<Selection>,
    base: Utf8PathBuf,
    zipped: bool,
    later: Arc<Mutex<Later>>,
}

impl<'a> Collecting<'a> {
    fn new(
        placed: &'a Placed,
        spec: &ArtifactsSpec,
        base: Utf8PathBuf,
        zipped: bool,
    ) -> Result<Self, Failure> {
        let mut spec = spec.clone();
        for text in spec.files.iter_mut().chain(&mut spec.exclude) {
            *text = placed.shown(Utf8Path::new(text.as_str())).into_string();
        }
        Ok(Self {
            placed,
            selection: Arc::new(Selection::new(&spec, &base)?),
            base,
            zipped,
            later: Arc::default(),
        })
    }

    async fn run(&mut self, session: &Session, mut spool: Spool) -> Result<Spool, Failure> {
        let before = spool.items().len();
        spool = self.take(spool).await?;
        let missing = std::mem::take(&mut self.later().missing);
        for path in missing {
            session.note(Note::SkippingInvalidPath(path)).await;
        }
        if spool.items().len() == before {
            self.check_base().await?;
        }
        for literal in self.selection.literals() {
            let name = self.selection.name(&literal.root);
            if !name.is_some_and(|name| spool.items().contains_key(&name)) {
                session
                    .note(Note::SkippingInvalidPath(literal.text.clone()))
                    .await;
            }
        }
        Ok(spool)
    }

    /// What the patterns name; links that lead nowhere are left for the log.
    async fn take(&self, mut spool: Spool) -> Result<Spool, Failure> {
        for root in self.selection.roots() {
            spool = self.walk(&root, &root, 0, spool).await?.0;
        }
        spool = self.second_names(spool).await?;
        self.links(spool).await
    }

    async fn walk(
        &self,
        from: &Utf8Path,
        place: &Utf8Path,
        depth: usize,
        spool: Spool,
    ) -> Result<(Spool, bool), Failure> {
        let (selection, later) = (self.selection.clone(), self.later.clone());
        let (from, root) = (from.to_owned(), place.to_owned());
        let followed = depth == 0 || is_followed(place, &from);
        let real_root = from.clone();
        let visit = move |path: &Utf8Path, found: &Found| {
            let mut later = later.lock().unwrap_or_else(PoisonError::into_inner);
            match found {
                Found::File => return selection.name(path).map_or(Visit::Pass, Visit::Take),
                Found::Directory if !followed => return Visit::Stop,
                Found::Directory => {
                    later.directories.insert(path.to_owned());
                }
                Found::SecondName if depth == 0 => later.names.push(path.to_owned()),
                Found::SecondName => {}
                Found::Link(target) => later.links.push(Met {
                    real: moved(path, &root, &real_root),
                    place: path.to_owned(),
                    target: target.clone(),
                    depth,
                }),
            }
            Visit::Pass
        };
        tree(self.placed, &from, place, spool, visit).await
    }

    async fn second_names(&self, mut spool: Spool) -> Result<Spool, Failure> {
        let names = std::mem::take(&mut self.later().names);
        for path in names {
            if self.selection.name(&path).is_some() {
                spool = self.walk(&path, &path, 1, spool).await?.0;
            }
        }
        Ok(spool)
    }

    async fn links(&self, mut spool: Spool) -> Result<Spool, Failure> {
        let mut followed = 0;
        loop {
            let Some(link) = self.later().links.pop() else {
                return Ok(spool);
            };
            followed += 1;
            if followed > MAX_LINKS {
                let what = format!("more than {MAX_LINKS} symbolic links");
                return Err(Failure::client(format!(
                    "Failed to upload artifacts: {what}"
                )));
            }
            spool = self.link(link, spool).await?;
        }
    }

    async fn link(&self, link: Met, mut spool: Spool) -> Result<Spool, Failure> {
        let target = self.placed.shown(Utf8Path::new(&link.target));
        let kept = self.selection.kept_link(&link.place, target.as_str());
        if let Some(name) = kept.filter(|_| self.zipped && link.depth == 0) {
            let kept = spool.link(name, link.target);
            kept.map_err(|error| Failure::client(format!("Failed to upload artifacts: {error}")))?;
            return Ok(spool);
        }
        let tree = normal(&link.real.parent().unwrap_or(&link.real).join(target));
        let named = self.selection.name(&link.place).is_some();
        let is_root = self.selection.roots().contains(&link.place);
        let wanted = named || is_root || self.later().directories.contains(&tree);
        if !wanted || link.depth >= MAX_DEPTH {
            return Ok(spool);
        }
        let (spool, there) = self.walk(&tree, &link.place, link.depth + 1, spool).await?;
        if named && !there {
            self.later().missing.push(link.place.to_string());
        }
        Ok(spool)
    }

    /// A base directory that is not there has its own words.
    async fn check_base(&self) -> Result<(), Failure> {
        match self.placed.sandbox.copy_out(&self.base).await {
            Ok(_) => Ok(()),
            Err(SandboxError::NoSuchPath(_)) => {
                let primary = &self.placed.directories.primary;
                let shown = self.base.strip_prefix(primary).unwrap_or(&self.base);
                Err(no_base(shown.as_str()))
            }
            Err(error) => Err(platform(&error)),
        }
    }

    fn later(&self) -> std::sync::MutexGuard<'_, Later> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a path below `root` really lies when `root` stands for `real`.
fn moved(path: &Utf8Path, root: &Utf8Path, real: &Utf8Path) -> Utf8PathBuf {
    match path.strip_prefix(root) {
        Ok(rest) if rest.as_str().is_empty() => real.to_owned(),
        Ok(rest) => real.join(rest),
        Err(_) => path.to_owned(),
    }
}
