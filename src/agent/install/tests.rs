//! Installations into temporary folders. Witness: contract codedeploy §8.5 and §8.6 unless said otherwise.

use super::*;
use crate::agent::appspec;
use crate::agent::place::Host;
use camino::Utf8PathBuf;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

/// A revision, an agent's root and a folder to install to.
struct House {
    folder: tempfile::TempDir,
    revision: usize,
}

impl House {
    fn new() -> Self {
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
            revision: 0,
        };
        fs::create_dir_all(house.archive()).unwrap();
        house
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    fn archive(&self) -> Utf8PathBuf {
        self.path(&format!("revision-{}", self.revision))
    }

    fn to(&self, name: &str) -> Utf8PathBuf {
        self.path("to").join(name)
    }

    fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn next_revision(&mut self) -> &Self {
        self.revision += 1;
        fs::create_dir_all(self.archive()).unwrap();
        self
    }

    fn root(&self) -> Root {
        Root::new(self.path("root"))
    }

    /// `TO` in the text stands for the folder to install to.
    fn install_as(&self, text: &str, asked: FileExistsBehavior) -> Result<(), String> {
        let text = text.replace("TO", self.path("to").as_str());
        let text = format!("version: 0.0\nos: linux\n{text}");
        let spec = appspec::parse(text.as_bytes()).unwrap();
        let installed = install(&self.root(), "g", &self.archive(), &spec, asked, &Host);
        installed.map_err(|fault| fault.message)
    }

    fn install(&self, text: &str) -> Result<(), String> {
        self.install_as(text, FileExistsBehavior::Disallow)
    }

    fn cleanup(&self) -> String {
        let text = fs::read_to_string(self.root().cleanup_file("g")).unwrap();
        text.replace(self.path("").as_str(), "")
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.to(name)).ok()
    }
}

const ALL_OF_IT: &str = "files: [{source: /, destination: TO}]";

/// §8.5 `files[]`: `/` is the whole bundle, directories give their contents, files go by their names, missing parents are made.
#[test]
fn files_and_folders_go_where_they_are_sent() {
    let house = House::new();
    house
        .file("appspec.yml", "x")
        .file("web/index.html", "hello")
        .file("web/css/a.css", "c");
    house.install(ALL_OF_IT).unwrap();
    assert_eq!(house.read("web/css/a.css").as_deref(), Some("c"));
    assert_eq!(house.read("appspec.yml").as_deref(), Some("x"));

    let house = House::new();
    house.file("web/index.html", "hello").file("run.sh", "r");
    house
        .install(
            "files: [{source: web, destination: TO/a/b}, {source: run.sh, destination: TO/bin}]",
        )
        .unwrap();
    assert_eq!(house.read("a/b/index.html").as_deref(), Some("hello"));
    assert_eq!(house.read("bin/run.sh").as_deref(), Some("r"));
    assert_eq!(
        house.cleanup(),
        "to\nto/a\nto/a/b\nto/a/b/index.html\nto/bin\nto/bin/run.sh\n"
    );
    let missing = house
        .install("files: [{source: absent, destination: TO}]")
        .unwrap_err();
    assert!(
        missing.starts_with("No such file or directory"),
        "{missing}"
    );
}

/// §8.6: copy preserves mode and times; symlinks to files are re-created as links.
#[test]
fn modes_times_and_links_are_kept() {
    let house = House::new();
    house.file("bin/run", "r");
    let (source, then) = (
        house.archive().join("bin/run"),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000),
    );
    fs::set_permissions(&source, fs::Permissions::from_mode(0o4751)).unwrap();
    fs::File::open(&source).unwrap().set_modified(then).unwrap();
    symlink("bin/run", house.archive().join("link")).unwrap();
    symlink("bin", house.archive().join("folder")).unwrap();
    house.install(ALL_OF_IT).unwrap();
    let made = fs::metadata(house.to("bin/run")).unwrap();
    assert_eq!(made.mode() & 0o7777, 0o4751);
    assert_eq!(made.modified().unwrap(), then);
    assert_eq!(
        fs::read_link(house.to("link")).unwrap().to_str(),
        Some("bin/run")
    );
    // A link to a folder is followed.
    assert!(fs::symlink_metadata(house.to("folder")).unwrap().is_dir());
}

/// §8.6 Install: what was installed goes first, in reverse, folders only when empty; what scripts made stays.
#[test]
fn the_old_installation_goes_and_what_others_made_stays() {
    let mut house = House::new();
    house
        .file("a/old", "1")
        .file("b/old", "1")
        .file("same", "1");
    house.install(ALL_OF_IT).unwrap();
    fs::write(house.to("a/by-a-script"), "s").unwrap();
    house.next_revision().file("same", "2").file("new", "2");
    house.install(ALL_OF_IT).unwrap();
    assert_eq!(house.read("a/old"), None);
    assert_eq!(house.read("a/by-a-script").as_deref(), Some("s"));
    assert!(!house.to("b").exists());
    assert_eq!(
        (house.read("same").as_deref(), house.read("new").as_deref()),
        (Some("2"), Some("2"))
    );
}

/// §8.6 Install: DISALLOW fails before anything is copied; the message is §8.7's.
#[test]
fn what_is_in_the_way_is_found_before_anything_is_copied() {
    let house = House::new();
    house.file("a", "new").file("z", "new");
    fs::create_dir_all(house.path("to")).unwrap();
    fs::write(house.to("z"), "mine").unwrap();
    let refused = house.install(ALL_OF_IT).unwrap_err();
    let expected =
        "The deployment failed because a specified file already exists at this location: ";
    assert_eq!(refused, format!("{expected}{}", house.to("z")));
    assert_eq!(
        (house.read("a"), house.read("z").as_deref()),
        (None, Some("mine"))
    );
    assert!(!house.root().install_file("g").exists());
}

/// §8.6 Install: the old installation is gone before that is found.
#[test]
fn what_is_in_the_way_is_found_after_the_old_installation_is_gone() {
    let mut house = House::new();
    house.file("a", "old");
    house.install(ALL_OF_IT).unwrap();
    fs::write(house.to("z"), "mine").unwrap();
    house.next_revision().file("a", "new").file("z", "new");
    assert!(house.install(ALL_OF_IT).is_err());
    assert_eq!(
        (house.read("a"), house.read("z").as_deref()),
        (None, Some("mine"))
    );
    assert!(!house.root().cleanup_file("g").exists());
}

/// §8.5 `file_exists_behavior`: OVERWRITE replaces, RETAIN keeps and does not record; the AppSpec wins over the deployment.
#[test]
fn what_is_in_the_way_may_be_replaced_or_kept() {
    let mut house = House::new();
    house.file("a", "new").file("z", "new");
    fs::create_dir_all(house.path("to")).unwrap();
    fs::write(house.to("z"), "mine").unwrap();
    house
        .install_as(ALL_OF_IT, FileExistsBehavior::Retain)
        .unwrap();
    assert_eq!(house.read("z").as_deref(), Some("mine"));
    assert_eq!(house.cleanup(), "to/a\n");
    house.next_revision().file("z", "newer");
    let overwrite = format!("{ALL_OF_IT}\nfile_exists_behavior: OVERWRITE");
    house
        .install_as(&overwrite, FileExistsBehavior::Retain)
        .unwrap();
    assert_eq!(
        (house.read("z").as_deref(), house.read("a")),
        (Some("newer"), None)
    );
    house.next_revision();
    house.install(ALL_OF_IT).unwrap();
    // What was replaced belongs to the deployment, and goes with it.
    assert_eq!(house.read("z"), None);
}

/// §8.5 `files[]`: two sources for one destination.
#[test]
fn a_destination_has_one_source() {
    let house = House::new();
    house.file("a/x", "1").file("b/x", "2").file("c/x/y", "3");
    let refused = |files: &str| house.install(&format!("files: [{files}]")).unwrap_err();
    let (a, b, c) = (
        "{source: a, destination: TO}",
        "{source: b, destination: TO}",
        "{source: c, destination: TO}",
    );
    assert!(refused(&format!("{a}, {b}")).contains("specifies two source files named "));
    assert!(refused(&format!("{c}, {a}")).contains("calls for installing the file "));
    assert!(refused(&format!("{a}, {c}")).contains("includes an mkdir command more than once"));
    assert!(!house.path("to").exists());
}

/// §8.5 `permissions[]`: patterns, exceptions, types; only what this deployment makes.
#[test]
fn permissions_reach_what_the_deployment_makes() {
    let house = House::new();
    house
        .file("one.sh", "")
        .file("two.sh", "")
        .file("three.txt", "")
        .file("sub/four.sh", "");
    fs::create_dir_all(house.path("to")).unwrap();
    fs::write(house.to("other.sh"), "").unwrap();
    let mode = |name: &str| fs::metadata(house.to(name)).unwrap().mode() & 0o777;
    let before = mode("other.sh");
    let text =
        "permissions: [{object: TO, pattern: '*.sh', except: [two.sh], type: [file], mode: 711},
        {object: TO, type: [directory], mode: 750}, {object: /no/such/object, mode: 700}]";
    house.install(&format!("{ALL_OF_IT}\n{text}")).unwrap();
    assert_eq!((mode("one.sh"), mode("sub")), (0o711, 0o750));
    assert_eq!(
        (mode("two.sh"), mode("three.txt"), mode("sub/four.sh")),
        (before, before, before)
    );
    assert_eq!(mode("other.sh"), before);
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(house.root().install_file("g")).unwrap()).unwrap();
    let chmod = serde_json::json!({"type": "chmod", "mode": "711", "file": house.to("one.sh")});
    assert!(
        written["instructions"].as_array().unwrap().contains(&chmod),
        "{written}"
    );
}

/// §8.5 `permissions[]`: the usual pattern is everything at any depth, but not the object itself; numbers and texts are modes.
#[test]
fn without_a_pattern_all_below_the_object_is_meant() {
    let house = House::new();
    house.file("a", "").file("sub/deep/b", "");
    let text = "permissions: [{object: TO, mode: '0711'}]";
    house.install(&format!("{ALL_OF_IT}\n{text}")).unwrap();
    let mode = |name: &str| fs::metadata(house.to(name)).unwrap().mode() & 0o777;
    for name in ["a", "sub", "sub/deep", "sub/deep/b"] {
        assert_eq!(mode(name), 0o711, "{name}");
    }
    let house = House::new();
    house.file("a", "");
    fs::create_dir_all(house.path("to")).unwrap();
    let before = fs::metadata(house.path("to")).unwrap().mode();
    house.install(&format!("{ALL_OF_IT}\n{text}")).unwrap();
    assert_eq!(fs::metadata(house.path("to")).unwrap().mode(), before);
}

/// §8.5 `permissions[]`: an object that is a file; twice for one object.
#[test]
fn permissions_of_files_take_no_patterns_and_come_once() {
    let house = House::new();
    house.file("a", "").file("b", "");
    let install =
        |permissions: &str| house.install(&format!("{ALL_OF_IT}\npermissions: [{permissions}]"));
    assert!(
        install("{object: TO/a, pattern: '*', mode: 700}")
            .unwrap_err()
            .contains("with an invalid pattern (*)")
    );
    assert!(
        install("{object: TO/a, except: [b], mode: 700}")
            .unwrap_err()
            .contains("the except parameter for a pattern")
    );
    assert!(
        install("{object: TO/a, mode: 700}, {object: TO, mode: 700}")
            .unwrap_err()
            .contains("is specified more than once")
    );
    assert!(
        install("{object: TO/a, acls: ['d:u:web:7']}")
            .unwrap_err()
            .contains("the -d parameter has been specified")
    );
    assert!(
        install("{object: TO, acls: ['d:u:web:7']}")
            .unwrap_err()
            .contains("the -d parameter has been specified")
    );
    install("{object: TO/a, type: [directory], mode: 700}, {object: TO/b, mode: 600}").unwrap();
    assert_eq!(fs::metadata(house.to("b")).unwrap().mode() & 0o777, 0o600);
}

/// §8.5 `permissions[]`: owner and group by name.
#[test]
fn owners_are_looked_up_by_name() {
    let house = House::new();
    house.file("a", "");
    let install =
        |permission: &str| house.install(&format!("{ALL_OF_IT}\npermissions: [{permission}]"));
    let refused = install("{object: TO, owner: no-such-user-here}").unwrap_err();
    assert_eq!(refused, "can't find user for no-such-user-here");
    // §8.6: the clean-up file is written while files are copied.
    assert_eq!(house.cleanup(), "to\nto/a\n");
    if rustix::process::getuid().is_root() {
        install("{object: TO, owner: daemon, group: daemon}").unwrap();
        assert_eq!(fs::metadata(house.to("a")).unwrap().uid(), 1);
    }
}

/// §8.6: ownership is the agent's unless it is set, of what is replaced as well.
#[test]
fn what_is_installed_belongs_to_the_agent() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let house = House::new();
    house.file("a", "new").file("z", "new");
    fs::create_dir_all(house.path("to")).unwrap();
    fs::write(house.to("z"), "old").unwrap();
    for path in [house.archive().join("a"), house.to("z")] {
        std::os::unix::fs::chown(path, Some(1), Some(1)).unwrap();
    }
    house
        .install_as(ALL_OF_IT, FileExistsBehavior::Overwrite)
        .unwrap();
    for name in ["a", "z"] {
        let found = fs::metadata(house.to(name)).unwrap();
        assert_eq!((found.uid(), found.gid()), (0, 0), "{name}");
        assert_eq!(house.read(name).as_deref(), Some("new"));
    }
}

/// §8.5: acls and contexts go through setfacl, semanage and restorecon as argument vectors.
#[test]
fn access_lists_and_labels_are_set_by_the_systems_programs() {
    use std::sync::Mutex;

    #[derive(Default)]
    struct Watched(Mutex<Vec<String>>);

    #[async_trait::async_trait]
    impl Place for Watched {
        fn base(&self) -> Utf8PathBuf {
            Host.base()
        }
        fn found(&self, path: &Utf8Path) -> Done<crate::agent::place::Found> {
            Host.found(path)
        }
        fn mode(&self, _: &Utf8Path) -> Done<u32> {
            Ok(0o640)
        }
        fn copy(&self, source: &Utf8Path, destination: &Utf8Path) -> Done<()> {
            Host.copy(source, destination)
        }
        fn make(&self, directory: &Utf8Path) -> Done<()> {
            Host.make(directory)
        }
        fn set_mode(&self, path: &Utf8Path, mode: u32) -> Done<()> {
            Host.set_mode(path, mode)
        }
        fn set_owner(&self, path: &Utf8Path, owner: Option<&str>, group: Option<&str>) -> Done<()> {
            Host.set_owner(path, owner, group)
        }
        fn real(&self, path: &Utf8Path) -> Done<Utf8PathBuf> {
            Host.real(path)
        }
        fn run(&self, argv: &[String]) -> Result<(), String> {
            self.0.lock().unwrap().push(argv.join(" "));
            match argv[0] == "restorecon" {
                true => Err("3".to_owned()),
                false => Ok(()),
            }
        }
        fn remove(&self, path: &Utf8Path) -> Done<()> {
            Host.remove(path)
        }
        async fn script(
            &self,
            archive: &Utf8Path,
            path: &Utf8Path,
            run: crate::agent::place::Run<'_>,
        ) -> Done<()> {
            Host.script(archive, path, run).await
        }
    }

    let house = House::new();
    house.file("a b", "");
    let text = format!(
        "version: 0.0\nos: linux\nfiles: [{{source: /, destination: {to}}}]\npermissions: [{{object: {to}, acls: ['u:web:r'], context: {{name: u, type: t, range: s0}}}}]",
        to = house.path("to")
    );
    let spec = appspec::parse(text.as_bytes()).unwrap();
    let watched = Watched::default();
    let installed = install(
        &house.root(),
        "g",
        &house.archive(),
        &spec,
        FileExistsBehavior::Disallow,
        &watched,
    );
    let message = installed.unwrap_err().message;
    assert!(
        message.contains("an error in the settings for the context parameter")
            && message.ends_with("Exit code: 3"),
        "{message}"
    );
    let real = house.to("a b").canonicalize_utf8().unwrap();
    let ran = watched.0.into_inner().unwrap();
    assert_eq!(
        ran,
        [
            format!(
                "setfacl --set user:web:r--,user::rw-,group::r--,other::---,mask::r-- -- {}",
                house.to("a b")
            ),
            format!("semanage fcontext -a -s u -t t -r s0 -- {real}"),
            format!("restorecon -v -- {real}"),
        ]
    );
}

/// §8.6: a record whose last line was cut off by a crash; names with line ends cannot be recorded.
#[test]
fn a_line_without_its_end_does_not_count() {
    let house = House::new();
    fs::create_dir_all(house.root().instructions()).unwrap();
    fs::create_dir_all(house.path("to")).unwrap();
    for name in ["first", "second"] {
        fs::write(house.to(name), "").unwrap();
    }
    let record = house.root().cleanup_file("g");
    fs::write(
        &record,
        format!("{}\n{}", house.to("first"), house.to("second")),
    )
    .unwrap();
    cleanup::remove_old(&record, &Host).unwrap();
    assert!(!house.to("first").exists() && house.to("second").exists() && !record.exists());
    house.file("a\nb", "");
    assert!(
        house
            .install(ALL_OF_IT)
            .unwrap_err()
            .contains("its name holds a line's end")
    );
}
