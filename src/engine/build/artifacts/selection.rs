//! What one block of artifacts takes, and under which names.
//!
//! Invariant: a name is relative, and never has `..` in it.

use super::pattern::Pattern;
use crate::engine::build::archive::spool::Found;
use crate::engine::build::buildspec::locate::normal;
use crate::engine::build::buildspec::spec::ArtifactsSpec;
use crate::engine::build::event::Failure;
use camino::{Utf8Path, Utf8PathBuf};

/// Patterns of one block are bounded, as each is tried on each file.
const MAX_PATTERNS: usize = 1000;

/// One block of artifacts with its variables expanded and one of its base directories.
#[derive(Clone, Debug)]
pub struct Selection {
    base: Utf8PathBuf,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    discard_paths: bool,
    keep_links: bool,
}

impl Selection {
    /// `base` is absolute; patterns are relative to it.
    pub fn new(spec: &ArtifactsSpec, base: &Utf8Path) -> Result<Self, Failure> {
        let patterns = |texts: &[String]| -> Result<Vec<Pattern>, Failure> {
            texts.iter().map(|text| Pattern::new(text, base)).collect()
        };
        if spec.files.len() + spec.exclude.len() > MAX_PATTERNS {
            return Err(Failure::client(format!(
                "more than {MAX_PATTERNS} artifact paths"
            )));
        }
        Ok(Self {
            base: base.to_owned(),
            include: patterns(&spec.files)?,
            exclude: patterns(&spec.exclude)?,
            discard_paths: spec.discard_paths,
            keep_links: spec.enable_symlinks,
        })
    }

    /// Where to look, no place below another.
    pub fn roots(&self) -> Vec<Utf8PathBuf> {
        let mut roots: Vec<Utf8PathBuf> = self.include.iter().map(|p| p.root.clone()).collect();
        roots.sort();
        roots.dedup();
        let all = roots.clone();
        roots.retain(|root| {
            !all.iter()
                .any(|other| root != other && root.starts_with(other))
        });
        roots
    }

    /// Patterns that name one path.
    pub fn literals(&self) -> impl Iterator<Item = &Pattern> {
        self.include.iter().filter(|pattern| pattern.literal)
    }

    /// The name under which a file is kept, if it is.
    pub fn name(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        let wanted = self.include.iter().any(|pattern| pattern.matches(path));
        let unwanted = self.exclude.iter().any(|pattern| pattern.matches(path));
        (wanted && !unwanted).then(|| self.stored(path))
    }

    /// Relative to the base; what lies elsewhere keeps its whole path without the first slash.
    fn stored(&self, path: &Utf8Path) -> Utf8PathBuf {
        let root = Utf8Path::new("/");
        let name = path
            .strip_prefix(&self.base)
            .or_else(|_| path.strip_prefix(root));
        let name = name.unwrap_or(path);
        match name.file_name() {
            Some(file) if self.discard_paths => Utf8PathBuf::from(file),
            _ => name.to_owned(),
        }
    }

    /// The name under which a link is kept as one, if that is wanted: it has to stay below the base.
    pub fn kept_link(&self, path: &Utf8Path, target: &str) -> Option<Utf8PathBuf> {
        let dir = path.parent().unwrap_or(path);
        let relative = !Utf8Path::new(target).is_absolute();
        let inside = relative && normal(&dir.join(target)).starts_with(&self.base);
        let wanted = self.keep_links && inside && !self.discard_paths;
        self.name(path).filter(|_| wanted)
    }
}

/// Whether a directory may be taken in place of a link at `link`: it lies in the build's output and does not hold the link
/// itself.
pub fn is_followed(link: &Utf8Path, tree: &Utf8Path) -> bool {
    tree.starts_with("/codebuild/output") && !link.starts_with(tree)
}

/// Base directories a pattern names among what was found, none below another.
pub fn bases(pattern: &Pattern, found: &[(Utf8PathBuf, Found)]) -> Vec<Utf8PathBuf> {
    let directories = found.iter().filter(|(_, found)| *found == Found::Directory);
    let mut bases: Vec<Utf8PathBuf> = directories
        .filter(|(path, _)| pattern.matches(path))
        .map(|(path, _)| path.clone())
        .collect();
    bases.sort();
    let all = bases.clone();
    bases.retain(|base| {
        !all.iter()
            .any(|other| base != other && base.starts_with(other))
    });
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "/codebuild/output/src1/src";

    fn spec(files: &[&str], exclude: &[&str]) -> ArtifactsSpec {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ArtifactsSpec {
            files: texts(files),
            exclude: texts(exclude),
            ..ArtifactsSpec::default()
        }
    }

    fn select(files: &[&str], exclude: &[&str]) -> Selection {
        Selection::new(&spec(files, exclude), Utf8Path::new(BASE)).unwrap()
    }

    /// Which of these files, relative to the base, the patterns take.
    #[track_caller]
    fn check(files: &[&str], exclude: &[&str], expected: &[&str]) {
        const TREE: [&str; 12] = [
            "app.jar",
            "b.jar",
            ".hidden",
            "dist/index.html",
            "dist/js/a.js",
            "dist/js/deep/b.js",
            "dist/.map/x",
            "node_modules/m/i.js",
            "src/[x]/y",
            "src/main.rs",
            "target-1/out",
            "target-2/sub/out",
        ];
        let selection = select(files, exclude);
        let base = Utf8Path::new(BASE);
        let taken: Vec<String> = TREE
            .iter()
            .filter_map(|file| selection.name(&base.join(file)))
            .map(Utf8PathBuf::into_string)
            .collect();
        assert_eq!(taken, expected, "{files:?} without {exclude:?}");
    }

    // Witness: behaviour contract 5.5; that a directory's name alone names no file is our reading.
    #[test]
    fn patterns_take_what_they_name() {
        check(&["app.jar"], &[], &["app.jar"]);
        check(&["./app.jar"], &[], &["app.jar"]);
        check(&["*.jar"], &[], &["app.jar", "b.jar"]);
        check(&["*"], &[], &["app.jar", "b.jar", ".hidden"]);
        check(&["dist"], &[], &[]);
        check(&["dist/*"], &[], &["dist/index.html"]);
        let dist = [
            "dist/index.html",
            "dist/js/a.js",
            "dist/js/deep/b.js",
            "dist/.map/x",
        ];
        check(&["dist/**/*"], &[], &dist);
        check(&["dist/**"], &[], &dist);
        check(
            &["**/*.js"],
            &[],
            &["dist/js/a.js", "dist/js/deep/b.js", "node_modules/m/i.js"],
        );
        check(&["dist/**/b.js"], &[], &["dist/js/deep/b.js"]);
        check(&["{app,b}.jar"], &[], &["app.jar", "b.jar"]);
        check(&["[ab]*.jar"], &[], &["app.jar", "b.jar"]);
        check(&["?.jar"], &[], &["b.jar"]);
        check(
            &["target-*/**/*"],
            &[],
            &["target-1/out", "target-2/sub/out"],
        );
        check(&["src/\\[x\\]/*"], &[], &["src/[x]/y"]);
        check(
            &["**/*"],
            &["**/*.js", "src/**"],
            &[
                "app.jar",
                "b.jar",
                ".hidden",
                "dist/index.html",
                "dist/.map/x",
                "target-1/out",
                "target-2/sub/out",
            ],
        );
        check(
            &["**/*"],
            &["*"],
            &[
                "dist/index.html",
                "dist/js/a.js",
                "dist/js/deep/b.js",
                "dist/.map/x",
                "node_modules/m/i.js",
                "src/[x]/y",
                "src/main.rs",
                "target-1/out",
                "target-2/sub/out",
            ],
        );
        check(&["**.*"], &[], &["app.jar", "b.jar", ".hidden"]);
        check(
            &["/codebuild/output/src1/src/src/*.rs"],
            &[],
            &["src/main.rs"],
        );
        check(&["dist/../app.jar"], &[], &["app.jar"]);
    }

    #[test]
    fn files_elsewhere_keep_their_path_without_the_first_slash() {
        let name = |files: &[&str], path: &str| select(files, &[]).name(Utf8Path::new(path));
        assert_eq!(
            name(&["/root/.m2/**/*"], "/root/.m2/a/b.jar").unwrap(),
            "root/.m2/a/b.jar"
        );
        let sibling = "/codebuild/output/src1/out/x";
        assert_eq!(
            name(&["../out/*"], sibling).unwrap(),
            "codebuild/output/src1/out/x"
        );
    }

    #[test]
    fn discarded_paths_leave_the_name_of_the_file() {
        let mut spec = spec(&["**/*"], &[]);
        spec.discard_paths = true;
        let selection = Selection::new(&spec, Utf8Path::new(BASE)).unwrap();
        let path = Utf8Path::new(BASE).join("a/b/c.txt");
        assert_eq!(selection.name(&path).unwrap(), "c.txt");
    }

    #[test]
    fn only_the_places_before_wildcards_are_looked_at() {
        let roots = |files: &[&str]| {
            let roots = select(files, &[]).roots().into_iter();
            roots.map(Utf8PathBuf::into_string).collect::<Vec<_>>()
        };
        assert_eq!(
            roots(&["a/b.jar", "dist/**/*"]),
            [
                "/codebuild/output/src1/src/a/b.jar",
                "/codebuild/output/src1/src/dist"
            ]
        );
        assert_eq!(roots(&["a/b.jar", "*.txt", "dist/**"]), [BASE]);
        assert_eq!(
            roots(&["src/\\[x\\]/*"]),
            ["/codebuild/output/src1/src/src/[x]"]
        );
        assert_eq!(roots(&["/"]), ["/"]);
        assert_eq!(roots(&["../../../../../etc/*"]), ["/etc"]);
    }

    #[test]
    fn a_base_with_wildcards_in_its_name_is_itself() {
        let base = Utf8Path::new("/codebuild/output/src1/src/[a]{b}");
        let selection = Selection::new(&spec(&["*.txt"], &[]), base).unwrap();
        assert_eq!(selection.name(&base.join("x.txt")).unwrap(), "x.txt");
        assert_eq!(selection.roots(), [base]);
    }

    #[test]
    fn base_directories_are_found_by_pattern() {
        let found = |path: &str, found: Found| (Utf8Path::new(BASE).join(path), found);
        let tree = [
            found("target-1", Found::Directory),
            found("target-2", Found::Directory),
            found("target-2/target-3", Found::Directory),
            found("target-file", Found::File),
        ];
        let pattern = Pattern::new("**/target*", Utf8Path::new(BASE)).unwrap();
        let expected = ["target-1", "target-2"].map(|dir| Utf8Path::new(BASE).join(dir));
        assert_eq!(bases(&pattern, &tree), expected);
    }

    // Witness: behaviour contract 5.5 (enable-symlinks); what counts as internal is our reading.
    #[test]
    fn links_are_kept_when_that_is_wanted_and_they_stay_inside() {
        let mut spec = spec(&["**/*"], &[]);
        let kept = |spec: &ArtifactsSpec, target: &str| {
            let base = Utf8Path::new(BASE);
            let selection = Selection::new(spec, base).unwrap();
            selection.kept_link(&base.join("bin/tool"), target)
        };
        assert_eq!(kept(&spec, "../lib/tool"), None);
        spec.enable_symlinks = true;
        assert_eq!(kept(&spec, "../lib/tool").unwrap(), "bin/tool");
        assert_eq!(kept(&spec, "../../../x"), None);
        assert_eq!(kept(&spec, "/etc/passwd"), None);
        spec.exclude.push("bin/*".to_owned());
        assert_eq!(kept(&spec, "../lib/tool"), None);
    }

    #[test]
    fn a_tree_that_holds_its_own_link_is_not_followed() {
        let link = Utf8Path::new("/codebuild/output/src1/src/a/link");
        let followed = |tree: &str| is_followed(link, Utf8Path::new(tree));
        assert!(followed("/codebuild/output/src1/src/b"));
        assert!(!followed("/codebuild/output/src1/src/a"));
        assert!(!followed("/codebuild/output/src1/src"));
        assert!(!followed("/usr"));
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        let error = Selection::new(&spec(&["a[b"], &[]), Utf8Path::new(BASE)).unwrap_err();
        assert_eq!(error.context.message, "syntax error in pattern: a[b");
    }
}
