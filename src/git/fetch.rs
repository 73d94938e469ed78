//! From an address and a version to a working tree.
//!
//! The tree and everything git needed for it are in one temporary folder, which goes with `Fetched`.

use super::address::{Address, Login, Scheme};
use super::child::Child;
use super::error::GitError;
use super::refs::{Offered, Target};
use super::rewrite::Rewrites;
use super::settings::Settings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How repositories are fetched here.
#[derive(Clone, Debug)]
pub struct Git {
    /// The command, looked for in `PATH`.
    pub program: String,
    pub rewrites: Rewrites,
    /// For all of one repository.
    pub patience: Duration,
    /// Bytes of a file that git writes, at most.
    pub largest: u64,
}

impl Default for Git {
    fn default() -> Self {
        Self {
            program: "git".to_owned(),
            rewrites: Rewrites::default(),
            patience: Duration::from_secs(30 * 60),
            largest: 32 << 30,
        }
    }
}

/// What to fetch.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub address: String,
    /// As customers write it; `None`: the default branch.
    pub version: Option<String>,
    /// `None`: all of the history.
    pub depth: Option<u32>,
    pub submodules: bool,
    /// Certificates of hosts are not looked at.
    pub insecure: bool,
    pub login: Option<Login>,
    /// Certificates in PEM that the host of the repository is trusted by; `None`: the usual ones.
    pub certificates: Option<String>,
    /// A bare repository of this machine that spares what was fetched before; made when absent. Best effort.
    pub cache: Option<PathBuf>,
}

/// A working tree, as long as this lives.
#[derive(Debug)]
pub struct Fetched {
    /// The whole id of the commit that is checked out.
    pub commit: String,
    folder: TempDir,
}

impl Fetched {
    pub fn tree(&self) -> PathBuf {
        tree(self.folder.path())
    }
}

fn tree(folder: &Path) -> PathBuf {
    folder.join("tree")
}

impl Git {
    /// Whoever stops waiting ends git with it.
    pub async fn fetch(&self, wanted: &Wanted) -> Result<Fetched, GitError> {
        let fetch = Box::pin(self.fetch_patiently(wanted));
        let late = |_| GitError::TooSlow(self.patience);
        tokio::time::timeout(self.patience, fetch)
            .await
            .map_err(late)?
    }

    async fn fetch_patiently(&self, wanted: &Wanted) -> Result<Fetched, GitError> {
        let folder = tempfile::Builder::new().prefix("slipway-git-").tempdir()?;
        let commit = self.work(folder.path(), wanted)?.run().await?;
        Ok(Fetched { commit, folder })
    }

    /// Furnishes the folder for one repository.
    fn work<'a>(&'a self, folder: &'a Path, wanted: &'a Wanted) -> Result<Work<'a>, GitError> {
        let original = Address::parse(&wanted.address)?;
        let address = Address::parse(&self.rewrites.apply(&original.text))?;
        let login = wanted
            .login
            .clone()
            .or(original.login)
            .or(address.login.clone());
        let logged_in = self.furnish(folder, wanted, &address, login)?;
        Ok(Work {
            child: Child {
                program: &self.program,
                home: folder,
                protocols: protocols(&address),
                logged_in,
                largest: self.largest,
            },
            keeper: Child {
                program: &self.program,
                home: folder,
                protocols: Scheme::File.as_str().to_owned(),
                logged_in: false,
                largest: self.largest,
            },
            tree: tree(folder),
            wanted,
            url: original.text,
        })
    }

    /// Writes what git reads; says whether it has credentials.
    fn furnish(
        &self,
        folder: &Path,
        wanted: &Wanted,
        address: &Address,
        login: Option<Login>,
    ) -> Result<bool, GitError> {
        let credentials = folder.join("credentials");
        let line = login.and_then(|login| stored(address, &login));
        if let Some(line) = &line {
            private(&credentials, line)?;
        }
        let trusted = folder.join("certificates");
        if let Some(text) = &wanted.certificates {
            private(&trusted, text)?;
        }
        let origin = address.host.as_ref();
        let origin = origin.map(|host| format!("{}://{host}/", address.scheme.as_str()));
        let settings = Settings {
            rewrites: &self.rewrites,
            trusted: origin
                .as_deref()
                .filter(|_| wanted.certificates.is_some())
                .map(|origin| (origin, trusted.as_path())),
            credentials: line.is_some().then_some(credentials.as_path()),
            insecure: wanted.insecure,
        };
        private(&folder.join("settings"), &settings.text())?;
        fs::create_dir(tree(folder))?;
        Ok(line.is_some())
    }
}

/// A line of `git credential-store`. Nobody logs in to a path; ssh has its agent.
fn stored(address: &Address, login: &Login) -> Option<String> {
    let host = address.host.as_ref()?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (user, password) = (encoded(&login.username), encoded(&login.password));
    let scheme = address.scheme.as_str();
    Some(format!("{scheme}://{user}:{password}@{host}\n"))
}

fn private(path: &Path, text: &str) -> Result<(), GitError> {
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

/// A repository on a path may have submodules on paths; one from elsewhere may not look around here.
fn protocols(address: &Address) -> String {
    let all = [Scheme::Https, Scheme::Http, Scheme::Ssh, Scheme::File];
    let allowed = all.into_iter().filter(|scheme| match scheme {
        Scheme::Https | Scheme::Ssh => true,
        other => *other == address.scheme,
    });
    let allowed: Vec<&str> = allowed.map(Scheme::as_str).collect();
    allowed.join(":")
}

/// The one name that a cache has.
const KEPT: &str = "refs/slipway/kept";

/// One repository on its way.
struct Work<'a> {
    child: Child<'a>,
    /// The same for what is kept on this machine.
    keeper: Child<'a>,
    tree: PathBuf,
    wanted: &'a Wanted,
    /// As customers write it, without a login: rewriting is git's.
    url: String,
}

impl Work<'_> {
    async fn run(&self) -> Result<String, GitError> {
        let offered = self.offered().await?;
        let target = offered.target(self.wanted.version.as_deref());
        let target = target.ok_or(GitError::NoReference)?;
        self.begin().await?;
        self.recall().await;
        let found = self.bring(&target).await?;
        self.check_out(&target, &found).await?;
        self.remember().await;
        if self.wanted.submodules {
            self.bring_submodules().await?;
        }
        let head = self.git(&["rev-parse", "HEAD"]).await?;
        Ok(head.trim().to_owned())
    }

    async fn offered(&self) -> Result<Offered, GitError> {
        let asked = ["ls-remote", "--symref", "--", &self.url];
        Ok(Offered::read(&self.git(&asked).await?))
    }

    /// An empty repository that knows where the other one is.
    async fn begin(&self) -> Result<(), GitError> {
        self.git(&["init", "--quiet", "--template="]).await?;
        self.git(&["remote", "add", "origin", &self.url]).await?;
        Ok(())
    }

    /// Where objects are kept from one fetch to the next; a shallow repository has too few of them.
    fn cache(&self) -> Option<&str> {
        let cache = self.wanted.cache.as_deref()?.to_str()?;
        self.wanted.depth.is_none().then_some(cache)
    }

    /// Takes what is kept, so that the host need not send it again.
    async fn recall(&self) {
        if let Some(cache) = self
            .cache()
            .filter(|cache| Path::new(cache).join("HEAD").exists())
        {
            let refspec = format!("+{KEPT}:{KEPT}");
            let arguments = ["fetch", "--quiet", "--no-tags", "--", cache, &refspec];
            let _ = self.keeper.run(&self.tree, &arguments).await;
        }
    }

    /// Keeps what is checked out, and leaves no trace of it in the tree.
    async fn remember(&self) {
        let Some(cache) = self.cache() else {
            return;
        };
        let _ = self.git(&["update-ref", "-d", KEPT]).await;
        let made = self
            .git(&["init", "--quiet", "--bare", "--template=", "--", cache])
            .await;
        if made.is_ok() {
            let refspec = format!("+HEAD:{KEPT}");
            let _ = self
                .keeper
                .run(&self.tree, &["push", "--quiet", "--", cache, &refspec])
                .await;
        }
    }

    async fn git(&self, arguments: &[&str]) -> Result<String, GitError> {
        self.child.run(&self.tree, arguments).await
    }

    /// Fetches what is needed and yields what names the commit in the new repository.
    async fn bring(&self, target: &Target) -> Result<String, GitError> {
        let depth = self.wanted.depth.map(|depth| format!("--depth={depth}"));
        match (target, &depth) {
            (Target::Ref(name), Some(depth)) => {
                let local = local(name);
                let refspec = format!("+{name}:{local}");
                self.git(&["fetch", "--quiet", "--no-tags", depth, "origin", &refspec])
                    .await?;
                Ok(local)
            }
            (Target::Commit { id, .. }, Some(depth)) => {
                let direct = ["fetch", "--quiet", "--no-tags", depth, "origin", id];
                // Not every host gives a commit that no ref names.
                if self.git(&direct).await.is_err() {
                    return self.bring_all(target).await;
                }
                Ok(id.clone())
            }
            (Target::Short(_), _) | (_, None) => self.bring_all(target).await,
        }
    }

    /// All branches and tags, and the ref that is asked for.
    async fn bring_all(&self, target: &Target) -> Result<String, GitError> {
        let mut arguments = vec![
            "fetch",
            "--quiet",
            "--tags",
            "origin",
            "+refs/heads/*:refs/remotes/origin/*",
        ];
        let named = match target {
            Target::Ref(name) => Some(name),
            Target::Commit { on, .. } => on.as_ref(),
            Target::Short(_) => None,
        };
        let outside = named.filter(|name| !name.starts_with("refs/heads/"));
        let refspec = outside.map(|name| format!("+{name}:{}", local(name)));
        arguments.extend(refspec.as_deref());
        self.git(&arguments).await?;
        match target {
            Target::Ref(name) => Ok(local(name)),
            Target::Commit { id, .. } | Target::Short(id) => self.known(id).await,
        }
    }

    /// A commit that is there; one that no branch has is asked for by its id.
    async fn known(&self, id: &str) -> Result<String, GitError> {
        let commit = format!("{id}^{{commit}}");
        let verify = ["rev-parse", "--quiet", "--verify", commit.as_str()];
        if let Ok(found) = self.git(&verify).await {
            return Ok(found.trim().to_owned());
        }
        let whole = id.len() >= 40;
        if !whole || self.git(&["fetch", "--quiet", "origin", id]).await.is_err() {
            return Err(GitError::NoReference);
        }
        Ok(id.to_owned())
    }

    async fn check_out(&self, target: &Target, found: &str) -> Result<(), GitError> {
        let arguments = match target.branch() {
            Some(branch) => vec!["checkout", "--quiet", "-B", branch, "--track", found],
            None => vec!["checkout", "--quiet", "--detach", found],
        };
        self.git(&arguments).await.map(drop)
    }

    async fn bring_submodules(&self) -> Result<(), GitError> {
        let depth = self.wanted.depth.map(|depth| format!("--depth={depth}"));
        let mut arguments = vec!["submodule", "--quiet", "update", "--init", "--recursive"];
        arguments.extend(depth.as_deref());
        self.git(&arguments).await.map(drop)
    }
}

/// Where a ref of the other side is kept on this one.
fn local(name: &str) -> String {
    match (
        name.strip_prefix("refs/heads/"),
        name.strip_prefix("refs/tags/"),
    ) {
        (Some(branch), _) => format!("refs/remotes/origin/{branch}"),
        (None, Some(tag)) => format!("refs/tags/{tag}"),
        (None, None) => format!("refs/remotes/origin/{}", name.trim_start_matches("refs/")),
    }
}

mod compare;
#[cfg(test)]
mod tests;

pub use compare::Compared;
