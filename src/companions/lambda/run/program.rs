//! What runs a function: the interpreter and our bootstrap, or the function's own; on this machine, or in a container.
//!
//! Differs from AWS: Lambda functions run as processes of this machine unless `slipway.toml` names an image for their runtime (`"lambda/python3.12" = "…"` under `images`); they are not confined there, and their memory is not bounded.
//! Differs from AWS: Lambda runs the runtimes python3.x, nodejs and provided; functions of other runtimes are kept, and cannot be invoked.

use super::super::outside::Machines;
use crate::sandbox::Kind;
use std::path::Path;

/// Where a function's code is, as a container would show it.
pub const TASK: &str = "/var/task";
/// Where our bootstrap is.
pub const RUNTIME: &str = "/var/runtime";

const PYTHON: &str = include_str!("bootstrap.py");
const NODE: &str = include_str!("bootstrap.js");

/// Runs the bootstrap with the first interpreter that works: one of a version manager may be there and lead nowhere.
const CHOOSE: &str =
    r#"for each; do "$each" --version >/dev/null 2>&1 && exec "$each" "$0"; done; exit 127"#;

/// How a runtime's functions are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Python,
    Node,
    /// The code brings its own program.
    Provided,
}

/// What is to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub family: Family,
    pub kind: Kind,
    /// The image's name; `Images` has what the settings say for it.
    pub image: String,
    /// Interpreters, the best one first; none for a program that the code brings.
    pub interpreters: Vec<String>,
}

impl Family {
    pub fn of(runtime: &str) -> Option<Self> {
        match runtime {
            "python2.7" => None,
            _ if runtime.starts_with("python3") => Some(Self::Python),
            _ if runtime.starts_with("nodejs") => Some(Self::Node),
            _ if runtime.starts_with("provided") => Some(Self::Provided),
            _ => None,
        }
    }

    /// Our bootstrap: its file's name and text.
    pub fn bootstrap(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Python => Some(("bootstrap.py", PYTHON)),
            Self::Node => Some(("bootstrap.js", NODE)),
            Self::Provided => None,
        }
    }

    /// An image has the one version that it was named for.
    fn in_image(self) -> Vec<String> {
        let name = match self {
            Self::Python => Some("python3"),
            Self::Node => Some("node"),
            Self::Provided => None,
        };
        name.into_iter().map(str::to_owned).collect()
    }

    /// Interpreters, the best one first.
    fn interpreters(self, runtime: &str) -> Vec<String> {
        match self {
            Self::Python => vec![runtime.to_owned(), "python3".to_owned()],
            Self::Node => vec!["node".to_owned(), "nodejs".to_owned()],
            Self::Provided => Vec::new(),
        }
    }
}

impl Program {
    /// Why a function cannot run here is for people.
    pub fn of(runtime: &str, machines: &Machines) -> Result<Self, String> {
        let Some(family) = Family::of(runtime) else {
            return Err(format!(
                "slipway runs functions of the runtimes python3.x, nodejs and provided, not of {runtime}."
            ));
        };
        let image = format!("lambda/{runtime}");
        let names = family.interpreters(runtime);
        if machines.images.contains(&image) {
            if machines.containers.is_none() {
                return Err(format!(
                    "The settings name an image for {image}, and builds do not run in containers here. Start Docker, or take the image out."
                ));
            }
            return Ok(Self {
                interpreters: family.in_image(),
                family,
                kind: Kind::Docker,
                image,
            });
        }
        let found = names.iter().filter_map(|name| which(name, &machines.path));
        let interpreters: Vec<String> = found.collect();
        if interpreters.is_empty() && family != Family::Provided {
            return Err(format!(
                "slipway runs functions of {runtime} as processes of this machine, and finds no {} there. Install it, or name an image for \"{image}\" under [images] in slipway.toml.",
                names.last().map_or("program", String::as_str)
            ));
        }
        Ok(Self {
            family,
            kind: Kind::Host,
            image,
            interpreters,
        })
    }

    /// The command, with paths as the sandbox has them.
    pub fn argv(&self, place: impl Fn(&str) -> String) -> Vec<String> {
        let Some((file, _)) = self.family.bootstrap() else {
            return vec![place(&format!("{TASK}/bootstrap"))];
        };
        let bootstrap = place(&format!("{RUNTIME}/{file}"));
        if let [only] = &*self.interpreters {
            return vec![only.clone(), bootstrap];
        }
        let choose = ["/bin/sh", "-c", CHOOSE].map(str::to_owned);
        let all = [bootstrap].into_iter().chain(self.interpreters.clone());
        choose.into_iter().chain(all).collect()
    }
}

fn which(name: &str, path: &str) -> Option<String> {
    let folders = path.split(':').filter(|folder| folder.starts_with('/'));
    let mut files = folders.map(|folder| format!("{folder}/{name}"));
    files.find(|file| Path::new(file).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_belong_to_families() {
        assert_eq!(Family::of("python3.12"), Some(Family::Python));
        assert_eq!(Family::of("nodejs22.x"), Some(Family::Node));
        assert_eq!(Family::of("provided.al2023"), Some(Family::Provided));
        for other in ["python2.7", "java21", "ruby3.4", "go1.x"] {
            assert_eq!(Family::of(other), None, "{other}");
        }
    }

    #[test]
    fn a_program_is_found_on_the_path() {
        assert_eq!(
            which("sh", "relative:/absent:/bin").as_deref(),
            Some("/bin/sh")
        );
        assert_eq!(which("no-such-program", "/bin"), None);
    }
}
