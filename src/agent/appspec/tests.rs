//! AppSpecs as tables of texts. Witness: contract codedeploy §8.5 unless said otherwise.

use super::*;

fn spec(rest: &str) -> Result<AppSpec, String> {
    parse(format!("version: 0.0\nos: linux\n{rest}").as_bytes()).map_err(|fault| fault.message)
}

fn refused(rest: &str) -> String {
    spec(rest).unwrap_err()
}

fn permission(rest: &str) -> Result<Permission, String> {
    let text = format!("permissions:\n  - object: /o\n    {rest}\n");
    spec(&text).map(|mut spec| spec.permissions.remove(0))
}

#[test]
fn a_whole_file_is_understood() {
    let spec = spec(
        "
files:
  - source: /
    destination: /srv/app
file_exists_behavior: RETAIN
permissions:
  - object: /srv/app
    pattern: '*.sh'
    except: [keep.sh]
    type: [file]
    owner: root
    group: staff
    mode: 755
    acls: ['u:web:rx', m:7]
    context: {name: u, type: t, range: s0-s1:c0.c2}
hooks:
  ApplicationStop:
    - location: stop.sh
  BeforeInstall:
    - location: before.sh
      timeout: 5
      runas: web
      sudo: true
  AfterInstall:
  ApplicationStart: []
",
    );
    let spec = spec.unwrap();
    assert_eq!(spec.files[0].source, "/");
    assert_eq!(spec.file_exists_behavior, Some(FileExistsBehavior::Retain));
    let permission = &spec.permissions[0];
    assert_eq!((permission.files, permission.directories), (true, false));
    assert_eq!(permission.except, ["keep.sh"]);
    let context = permission.context.as_ref().unwrap();
    assert_eq!(context.range.as_ref().unwrap().to_string(), "s0-s1:c0.c2");
    let names: Vec<&str> = spec.hooks.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ApplicationStop", "BeforeInstall"]);
    assert_eq!(spec.scripts("ApplicationStop")[0].timeout.as_secs(), 3600);
    let before = &spec.scripts("BeforeInstall")[0];
    assert_eq!(
        (
            before.timeout.as_secs(),
            before.runas.as_deref(),
            before.sudo
        ),
        (5, Some("web"), true)
    );
    assert!(spec.scripts("AfterInstall").is_empty());
}

/// The row `version`: the number 0.0, not the text (§10.4 10).
#[test]
fn the_version_is_a_number() {
    for given in ["0.0", "0", "0.00", "+0.0"] {
        assert!(
            parse(format!("version: {given}\nos: linux").as_bytes()).is_ok(),
            "{given}"
        );
    }
    for given in ["\"0.0\"", "'0.0'", "1.0", "", "zero", "[0.0]"] {
        let fault = parse(format!("version: {given}\nos: linux").as_bytes()).unwrap_err();
        assert!(
            fault
                .message
                .starts_with("The deployment failed because an invalid version value ("),
            "{given}: {fault}"
        );
    }
}

/// The row `os`.
#[test]
fn the_system_is_linux_in_lower_case() {
    for given in ["os: Linux", "os: windows", "os: ''", "x: y"] {
        let fault = parse(format!("version: 0.0\n{given}").as_bytes()).unwrap_err();
        assert!(
            fault
                .message
                .contains("specifies an unsupported operating system ("),
            "{given}: {fault}"
        );
    }
    let windows = "version: 0.0\nos: windows\npermissions: [{object: /x}]";
    let fault = parse(windows.as_bytes()).unwrap_err();
    assert!(
        fault
            .message
            .contains("targeting one or more Windows Server instances"),
        "{fault}"
    );
}

/// The row "empty document".
#[test]
fn nothing_is_not_an_appspec() {
    for text in ["", "# nothing\n", "---\n", "null"] {
        let fault = parse(text.as_bytes()).unwrap_err();
        assert!(
            fault.message.starts_with(
                "The deployment failed because the application specification file was empty."
            ),
            "{fault}"
        );
    }
    for text in [
        "- a",
        "text",
        "version: [",
        "\u{0}",
        "version: 0.0\nos: linux\nfiles: x",
    ] {
        let fault = parse(text.as_bytes()).unwrap_err();
        assert!(
            fault.message.starts_with("The deployment failed because"),
            "{text}: {fault}"
        );
    }
}

/// The row `files[]`.
#[test]
fn files_have_a_source_and_a_destination() {
    assert!(
        refused("files: [{destination: /x}]").contains("a destination file, but no source file")
    );
    assert!(
        refused("files: [{source: a}]")
            .contains("only a source file (a). Add the name of the destination")
    );
    assert!(refused("files: [{source: [a], destination: /x}]").contains("source of a file"));
    assert_eq!(spec("files:").unwrap().files, []);
}

/// The row `file_exists_behavior`.
#[test]
fn behaviors_are_three() {
    let behavior = |given: &str| spec(&format!("file_exists_behavior: {given}"));
    assert_eq!(
        behavior("OVERWRITE").unwrap().file_exists_behavior,
        Some(FileExistsBehavior::Overwrite)
    );
    assert_eq!(behavior("").unwrap().file_exists_behavior, None);
    assert!(
        behavior("REPLACE")
            .unwrap_err()
            .contains("invalid option was specified for fileExistsBehavior: REPLACE.")
    );
}

/// The row `hooks`: location and timeout.
#[test]
fn scripts_have_a_location_and_a_time() {
    let hook = |script: &str| spec(&format!("hooks:\n  ApplicationStop:\n    - {script}\n"));
    for given in ["{timeout: 3}", "{location: }", "{location: ' '}"] {
        assert!(
            hook(given)
                .unwrap_err()
                .contains("a script with no location value"),
            "{given}"
        );
    }
    for given in ["0", "-1", "abc", "''"] {
        let script = format!("{{location: a, timeout: {given}}}");
        assert!(
            hook(&script)
                .unwrap_err()
                .contains("an invalid timeout value"),
            "{given}"
        );
    }
    for (given, seconds) in [
        ("300", 300),
        ("'300'", 300),
        ("010", 8),
        ("1_000", 1000),
        ("2.5", 2),
        ("", 3600),
    ] {
        let script = format!("{{location: ' a ', timeout: {given}}}");
        let spec = hook(&script).unwrap();
        let script = &spec.scripts("ApplicationStop")[0];
        assert_eq!(
            (script.location.as_str(), script.timeout.as_secs()),
            ("a", seconds),
            "{given}"
        );
    }
    for (given, sudo) in [
        ("true", true),
        ("no", false),
        ("'no'", true),
        ("", false),
        ("1", true),
    ] {
        let spec = hook(&format!("{{location: a, sudo: {given}}}")).unwrap();
        assert_eq!(spec.scripts("ApplicationStop")[0].sudo, sudo, "{given}");
    }
}

/// The row `hooks`: unknown names are refused only where the specification lists the possible ones.
#[test]
fn unknown_events_are_refused_against_a_list_only() {
    let spec =
        spec("hooks: {Nonsense: [{location: a}], ApplicationStop: [{location: a}]}").unwrap();
    let known = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(
        spec.check_events(&known(&["ApplicationStop", "Nonsense"]))
            .is_ok()
    );
    let fault = spec.check_events(&known(&["ApplicationStop"])).unwrap_err();
    assert_eq!(
        fault.message,
        "appspec.yml file contains unknown lifecycle events: [\"Nonsense\"]"
    );
}

/// The row `permissions[]`: object, type, mode.
#[test]
fn permissions_name_an_object() {
    for given in [
        "permissions: [{mode: 755}]",
        "permissions: [{object: }]",
        "permissions: [{object: ' '}]",
    ] {
        assert!(refused(given).contains("has no object value"), "{given}");
    }
    let plain = permission("mode: 755").unwrap();
    assert_eq!(
        (plain.pattern.as_str(), plain.files, plain.directories),
        ("**", true, true)
    );
    assert!(
        permission("type: [link]")
            .unwrap_err()
            .contains("an object type not supported for permissions (link)")
    );
}

/// The row `permissions[]`: mode; "a YAML-octal such as 0644 unquoted goes wrong".
#[test]
fn modes_are_octal_digits_and_numbers_are_decimal() {
    for (given, mode) in [
        ("755", "755"),
        ("'0644'", "0644"),
        ("0644", "420"),
        ("7", "007"),
        ("4755", "4755"),
        ("'4'", "004"),
    ] {
        assert_eq!(
            permission(&format!("mode: {given}"))
                .unwrap()
                .mode
                .as_deref(),
            Some(mode),
            "{given}"
        );
    }
    assert!(
        permission("mode: '00755'")
            .unwrap_err()
            .contains("the length of a permissions mode (00755)")
    );
    assert!(permission("mode: 788").unwrap_err().contains(
        "mode (788) in the application specification file contains an invalid character (8)"
    ));
    assert!(
        permission("mode: rwx")
            .unwrap_err()
            .contains("invalid character (r)")
    );
}

/// The row `permissions[]`: acls; entries as setfacl(1) writes them.
#[test]
fn access_lists_are_completed_from_the_mode() {
    let acl = |list: &str| permission(&format!("acls: {list}")).map(|of| of.acls.unwrap());
    let complete = |list: &str| acl(list).unwrap().complete(0o754).join(",");
    assert_eq!(
        complete("['u:web:rw']"),
        "user:web:rw-,user::rwx,group::r-x,other::r--,mask::r-x"
    );
    assert_eq!(
        complete("['web:5', 'm:rwx']"),
        "user:web:r-x,mask::rwx,user::rwx,group::r-x,other::r--"
    );
    assert_eq!(
        complete("['d:g:staff:7']"),
        "default:group:staff:rwx,user::rwx,group::r-x,other::r--,default:user::rwx,default:group::r-x,default:other::r--,default:mask::r-x"
    );
    for given in ["a", "a:b:c:d:e", "x:web:r", "m:web:r", "q:u:web:r"] {
        assert!(
            acl(&format!("['{given}']"))
                .unwrap_err()
                .contains(&format!("Invalid acl entry ({given})")),
            "{given}"
        );
    }
    for given in ["u::rw", "g::7", ":7"] {
        assert!(
            acl(&format!("['{given}']"))
                .unwrap_err()
                .contains("Use mode to set the base acl entry"),
            "{given}"
        );
    }
    assert!(
        acl("['u:web:rz']")
            .unwrap_err()
            .contains("contains an invalid character (z)")
    );
}

/// The row `permissions[]`: context.
#[test]
fn labels_have_a_type_and_ranges_are_in_order() {
    assert!(
        permission("context: {user: u}")
            .unwrap_err()
            .contains("an invalid context type")
    );
    for (given, shown) in [
        ("s0", "s0"),
        ("s0-s0", "s0"),
        ("s1-s3", "s1-s3"),
        ("s0:c1,c2,c3,c7", "s0:c1.c3,c7"),
    ] {
        assert_eq!(Range::parse(given).unwrap().to_string(), shown);
    }
    for given in [
        "", "s", "s3-s1", "x0", "s0:", "s0:c1,c1", "s0:c2.c1", "s0:c1024", "s0-",
    ] {
        assert!(Range::parse(given).is_err(), "{given}");
    }
}

#[test]
fn any_bytes_may_come() {
    let bomb = format!("a: &a [{}]\nb: [{}]", "x,".repeat(1000), "*a,".repeat(1000));
    for bytes in [
        bomb.as_bytes(),
        &[0xff, 0xfe][..],
        &[b'['; 5000][..],
        &vec![b' '; 2 << 20][..],
    ] {
        assert!(parse(bytes).is_err());
    }
}
