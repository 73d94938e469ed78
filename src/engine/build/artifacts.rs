//! Which files a block of the buildspec names, and under which names and keys they are stored.
//!
//! Pure: paths come in as texts. `*` and `?` stay within one directory, `**` does not; hidden files are files.

use super::archive::spool::Found;
use super::buildspec::locate::normal;
use super::buildspec::spec::ArtifactsSpec;
use super::event::Failure;
use super::plan::S3Artifacts;
use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobMatcher};

/// Patterns of one block are bounded, as each is tried on each file.
const MAX_PATTERNS: usize = 1000;

/// A path with wildcards, absolute and without `.` and `..`.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written in the buildspec.
    pub text: String,
    /// The part before the first wildcard: where to look. The whole path, if there is no wildcard.
    pub root: Utf8PathBuf,
    /// Whether the text names exactly one path.
    pub literal: bool,
    matcher: GlobMatcher,
}

impl Pattern {
    /// `text` is relative to `base` unless it is absolute.
    pub fn new(text: &str, base: &Utf8Path) -> Result<Self, Failure> {
        let path = normal(&Utf8Path::new(&escape(base)).join(text));
        let (root, literal) = root(&path);
        Ok(Self {
            matcher: matcher(path.as_str()).map_err(|_| bad_pattern(text))?,
            text: text.to_owned(),
            root,
            literal,
        })
    }

    pub fn matches(&self, path: &Utf8Path) -> bool {
        self.matcher.is_match(path)
    }
}

fn bad_pattern(text: &str) -> Failure {
    Failure::client(format!("syntax error in pattern: {text}"))
}

fn matcher(path: &str) -> Result<GlobMatcher, globset::Error> {
    let glob = GlobBuilder::new(path)
        .literal_separator(true)
        .backslash_escape(true)
        .build()?;
    Ok(glob.compile_matcher())
}

const WILD: [char; 4] = ['*', '?', '[', '{'];

/// A directory that is really called `a[b]` must not be read as a pattern.
fn escape(base: &Utf8Path) -> String {
    let mut text = String::new();
    for letter in base.as_str().chars() {
        if WILD.contains(&letter) || matches!(letter, ']' | '}' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

/// The components before the first with a wildcard, without escapes, and whether they are all.
fn root(path: &Utf8Path) -> (Utf8PathBuf, bool) {
    let mut root = Utf8PathBuf::new();
    for part in path.components() {
        match plain(part.as_str()) {
            Some(part) => root.push(part),
            None => return (root, false),
        }
    }
    (root, true)
}

/// The component a text without wildcards means.
fn plain(part: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = part.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            letter if WILD.contains(&letter) => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}

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

/// The name an S3 artifact is stored under: the buildspec's, evaluated, if the project wants that.
pub fn stored_name<'a>(
    target: &'a S3Artifacts,
    evaluated: Option<&'a str>,
) -> Result<&'a str, Failure> {
    let Some(name) = evaluated.filter(|_| target.override_name) else {
        return Ok(&target.name);
    };
    let valid = !name.trim().is_empty() && name.len() <= 1024 && !name.contains(char::is_control);
    if valid {
        return Ok(name);
    }
    Err(Failure::client(format!(
        "Failed to upload artifacts: invalid artifact name {name:?}"
    )))
}

/// The key of one file of a folder; `folder` ends where the file's own name begins.
pub fn key_in_folder(folder: &str, file: &Utf8Path) -> String {
    match folder.trim_end_matches('/') {
        "" => file.to_string(),
        folder => format!("{folder}/{file}"),
    }
}

/// Nothing matched.
pub const NOTHING_FOUND: &str = "no matching artifact paths found";

/// The base directory is not there.
pub fn no_base(dir: &str) -> Failure {
    Failure::client(format!("no matching base directory path found for {dir}"))
}

/// An identifier that the project has no artifacts for.
pub fn no_counterpart(identifier: &str) -> Failure {
    Failure::client(format!(
        "no secondary artifact with the identifier {identifier} is configured in the project"
    ))
}

/// What S3 said, with the whole location.
pub fn upload_failed(what: &str, location: &str) -> Failure {
    Failure::client(format!("Failed to upload artifacts: {what} for {location}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::build::plan::{BucketOwnerAccess, Packaging};

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

    fn target(path: &str, folder: bool, name: &str) -> S3Artifacts {
        S3Artifacts {
            bucket: "out".to_owned(),
            path: path.to_owned(),
            build_id_folder: folder,
            name: name.to_owned(),
            packaging: Packaging::Folder,
            override_name: true,
            encryption_disabled: false,
            bucket_owner_access: BucketOwnerAccess::Unset,
        }
    }

    // Witness: behaviour contract 8.
    #[test]
    fn keys_are_put_together_as_the_project_says() {
        let key = |path: &str, folder: bool, name: &str| target(path, folder, name).key("U", name);
        assert_eq!(key("", false, "app"), "app");
        assert_eq!(key("/a/b/", false, "app"), "a/b/app");
        assert_eq!(key("a", true, "app.zip"), "a/U/app.zip");
        assert_eq!(key("", true, "app"), "U/app");
        assert_eq!(key("a", true, "/"), "a/U/");
        assert_eq!(key("", false, "/"), "");
        let file = Utf8Path::new("x/y.txt");
        assert_eq!(key_in_folder("a/U/app", file), "a/U/app/x/y.txt");
        assert_eq!(key_in_folder("a/U/", file), "a/U/x/y.txt");
        assert_eq!(key_in_folder("", file), "x/y.txt");
    }

    // Witness: behaviour contract 5.5, 8: overrideArtifactName.
    #[test]
    fn the_name_of_the_buildspec_counts_when_the_project_wants_it() {
        let mut target = target("", false, "app");
        assert_eq!(stored_name(&target, Some("app-7")).unwrap(), "app-7");
        assert_eq!(stored_name(&target, None).unwrap(), "app");
        assert!(stored_name(&target, Some("  ")).is_err());
        assert!(stored_name(&target, Some("a\u{7}")).is_err());
        target.override_name = false;
        assert_eq!(stored_name(&target, Some("app-7")).unwrap(), "app");
    }
}
