//! Good and bad buildspecs with what becomes of them.

use super::locate::absolute;
use super::spec::*;
use super::{Location, locate, parse};
use crate::engine::build::state::Phase;
use camino::{Utf8Path, Utf8PathBuf};
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn good(text: &str) -> Buildspec {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[track_caller]
fn bad(text: &str, message: &str) {
    let error = parse(text.as_bytes()).expect_err(text);
    assert_eq!(error.to_string(), message, "{text}");
}

fn check(text: &str, expected: Expect) {
    expected.assert_debug_eq(&good(text));
}

// Witness: behaviour contract 5.2, 5.5, 5.6.
// One snapshot of everything that a buildspec may say.
#[allow(clippy::too_many_lines)]
#[test]
fn a_full_buildspec_is_read() {
    check(
        r#"
version: 0.2
run-as: builder
unknown: [1, 2]
env:
  shell: bash
  variables: {PORT: 0080, EMPTY: , FLAG: yes, RATIO: 1.10}
  parameter-store: {PW: /app/pw}
  secrets-manager:
    KEY: "app/secret:key:AWSCURRENT"
  exported-variables: [PORT, FLAG]
  git-credential-helper: no
proxy: {upload-artifacts: yes, logs: no}
phases:
  build:
    run-as: other
    on-failure: CONTINUE
    commands:
      - make
      - |
        a
        b
    finally:
      - echo done
  install:
    runtime-versions: {python: 3.10, nodejs: latest}
reports:
  group: {files: ["**/*.xml"], file-format: junitxml}
artifacts:
  files: ["**/*", app.jar]
  name: app-$(date +%Y)
  base-directory: target*
  discard-paths: Yes
  exclude-paths: ["**/*.tmp"]
  enable-symlinks: yes
  s3-prefix: releases
  secondary-artifacts:
    docs: {files: ["docs/**"]}
cache: {paths: ["/root/.m2/**/*"], key: k, fallback-keys: [a, b], action: save}
"#,
        expect![[r#"
            Buildspec {
                version: V02,
                run_as: Some(
                    "builder",
                ),
                env: Env {
                    shell: Some(
                        "bash",
                    ),
                    variables: [
                        "PORT",
                        "EMPTY",
                        "FLAG",
                        "RATIO",
                    ],
                    parameter_store: [
                        (
                            "PW",
                            "/app/pw",
                        ),
                    ],
                    secrets_manager: [
                        (
                            "KEY",
                            "app/secret:key:AWSCURRENT",
                        ),
                    ],
                    exported: [
                        "PORT",
                        "FLAG",
                    ],
                },
                phases: [
                    PhaseSpec {
                        phase: Install,
                        run_as: None,
                        on_failure: None,
                        runtimes: [
                            (
                                "python",
                                "3.10",
                            ),
                            (
                                "nodejs",
                                "latest",
                            ),
                        ],
                        commands: [],
                        finally: [],
                    },
                    PhaseSpec {
                        phase: Build,
                        run_as: Some(
                            "other",
                        ),
                        on_failure: Some(
                            Continue,
                        ),
                        runtimes: [],
                        commands: [
                            "make",
                            "a\nb\n",
                        ],
                        finally: [
                            "echo done",
                        ],
                    },
                ],
                artifacts: Some(
                    ArtifactsBlock {
                        primary: ArtifactsSpec {
                            files: [
                                "**/*",
                                "app.jar",
                            ],
                            exclude: [
                                "**/*.tmp",
                            ],
                            name: Some(
                                "app-$(date +%Y)",
                            ),
                            base_directory: Some(
                                "target*",
                            ),
                            discard_paths: true,
                            enable_symlinks: true,
                            s3_prefix: Some(
                                "releases",
                            ),
                        },
                        secondary: [
                            (
                                "docs",
                                ArtifactsSpec {
                                    files: [
                                        "docs/**",
                                    ],
                                    exclude: [],
                                    name: None,
                                    base_directory: None,
                                    discard_paths: false,
                                    enable_symlinks: false,
                                    s3_prefix: None,
                                },
                            ),
                        ],
                    },
                ),
                reports: [
                    ReportSpec {
                        group: "group",
                        format: Junit,
                        files: [
                            "**/*.xml",
                        ],
                        base_directory: None,
                        discard_paths: false,
                    },
                ],
                cache: CacheSpec {
                    paths: [
                        "/root/.m2/**/*",
                    ],
                    key: Some(
                        "k",
                    ),
                    fallback_keys: [
                        "a",
                        "b",
                    ],
                    action: Save,
                },
            }
        "#]],
    );
}

// Witness: behaviour contract 5.2: literal strings.
#[test]
fn values_stay_as_they_are_written() {
    let spec = good(
        "version: 0.2\nenv:\n  variables: {A: 0080, B: , C: yes, D: 1.10, E: '$X', F: 0x10, G: ~}\nphases: {build: {commands: [c]}}\n",
    );
    let values: Vec<&str> = spec
        .env
        .variables
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(values, ["0080", "", "yes", "1.10", "$X", "0x10", ""]);
}

// Witness: behaviour contract 5.3.
#[test]
fn version_0_1_has_its_own_variables_and_no_run_as() {
    let spec = good(
        "version: 0.1\nrun-as: x\nenv: {variables: {A: b}}\nenvironment_variables: {plaintext: {C: d}}\nphases: {build: {run-as: y, commands: [c]}}\nartifacts: {type: zip, files: [f], secondary-artifacts: {x: {}}}\n",
    );
    assert_eq!(spec.version, Version::V01);
    assert_eq!(spec.run_as, None);
    assert_eq!(spec.phases[0].run_as, None);
    assert_eq!(spec.env.variables, [("C".to_owned(), "d".to_owned())]);
    assert!(spec.artifacts.unwrap().secondary.is_empty());
}

// Witness: behaviour contract 5.1: JSON is YAML too.
#[test]
fn json_is_a_buildspec_too() {
    let spec = good(r#"{"version": "0.2", "phases": {"build": {"commands": ["a: b", 1, true]}}}"#);
    assert_eq!(spec.phases[0].commands, ["a: b", "1", "true"]);
}

#[test]
fn anchors_and_merges_are_understood() {
    let spec = good(
        "version: 0.2\nx: &common {on-failure: ABORT, commands: [one]}\nphases:\n  build: {<<: *common, commands: [two]}\n  pre_build: *common\n",
    );
    assert_eq!(spec.phase(Phase::Build).unwrap().commands, ["two"]);
    assert_eq!(spec.phase(Phase::PreBuild).unwrap().commands, ["one"]);
    let rule = spec.phase(Phase::Build).unwrap().on_failure.clone();
    assert_eq!(rule, Some(FailureRule::Abort));
}

#[test]
fn phases_are_put_in_life_cycle_order_whatever_the_file_says() {
    let spec = good(
        "version: 0.2\nphases:\n  post_build: {commands: [d]}\n  build: {commands: [c]}\n  install: {commands: }\n  pre_build: {commands: }\n",
    );
    let phases: Vec<Phase> = spec.phases.iter().map(|spec| spec.phase).collect();
    let expected = [
        Phase::Install,
        Phase::PreBuild,
        Phase::Build,
        Phase::PostBuild,
    ];
    assert_eq!(phases, expected);
}

// Witness: behaviour contract 4.3.
#[test]
fn on_failure_has_all_its_forms() {
    let rule = |text: &str| {
        let spec = good(&format!(
            "version: 0.2\nphases: {{build: {{on-failure: '{text}', commands: [c]}}}}"
        ));
        spec.phases[0].on_failure.clone().unwrap()
    };
    let retry = |count, pattern: Option<&str>| FailureRule::Retry {
        count,
        pattern: pattern.map(str::to_owned),
    };
    assert_eq!(rule("ABORT"), FailureRule::Abort);
    assert_eq!(rule("CONTINUE"), FailureRule::Continue);
    assert_eq!(rule("RETRY"), retry(3, None));
    assert_eq!(rule("RETRY-100"), retry(100, None));
    assert_eq!(rule("RETRY-.*foo.*"), retry(3, Some(".*foo.*")));
    assert_eq!(rule("RETRY-2-a-b"), retry(2, Some("a-b")));
}

// Witness: behaviour contract 4.4; texts without an entry there are our reading.
#[test]
fn what_is_wrong_is_said_in_these_words() {
    let phases = "phases: {build: {commands: [c]}}\n";
    for version in ["1.0", "0.3", "latest", "0.20"] {
        bad(
            &format!("version: {version}\n{phases}"),
            &format!("invalid buildspec `version` specified: {version}, see documentation"),
        );
    }
    bad(
        phases,
        "invalid buildspec `version` specified: , see documentation",
    );
    bad("", "wrong number of container tags, expected 1");
    bad("- a\n", "wrong number of container tags, expected 1");
    bad("just text", "wrong number of container tags, expected 1");
    bad(
        "version: 0.2\n\nphases:\n  build:\n    commands:\n      - echo \"Hello: world\"\n",
        "Expected Commands[0] to be of string type: found subkeys instead at line 6, value of the key tag on line 5 might be empty",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    commands:\n      - ok\n      - a: b\n",
        "Expected Commands[1] to be of string type: found subkeys instead at line 6, value of the key tag on line 5 might be empty",
    );
    bad(
        "version: 0.2\nphases:\n  biuld:\n    commands: [c]\n",
        "Invalid buildspec phase name: biuld. Expecting: build,install,post_build,pre_build",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    commands: [a\n",
        "did not find expected ',' or ']' at line 4",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    commands: [a, b\n  post_build:\n    commands: [d]\n",
        "did not find expected ',' or ']' at line 5",
    );
    bad(
        "version: 0.2\nphases: {build: {commands: [c]}\n",
        "did not find expected ',' or '}' at line 2",
    );
    bad(
        "version: 0.2\nphases:\n\tbuild: 1\n",
        "found character that cannot start any token at line 3",
    );
    bad(
        "version: 0.2\nphases: @x\n",
        "found character that cannot start any token at line 2",
    );
    bad(
        "version: 0.2\na: b: c\n",
        "mapping values are not allowed in this context at line 2",
    );
    bad(
        "version: 0.2\na: *nobody\n",
        "unknown anchor referenced at line 2",
    );
    bad(
        "version: 0.2\nphases: \"x\n",
        "found unexpected end of stream at line 3",
    );
    bad(
        "version: 0.2\n",
        "phases: expected at least one of build,install,post_build,pre_build at line 1",
    );
    bad(
        "version: 0.2\nphases:\n",
        "phases: expected at least one of build,install,post_build,pre_build at line 2",
    );
    bad(
        "version: 0.2\nphases: [x]\n",
        "phases: expected subkeys, found a list at line 2",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n",
        "phases.build.commands is required at line 3",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    finally: [x]\n",
        "phases.build.commands is required at line 4",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    commands: make\n",
        "phases.build.commands: expected a list, found a single value at line 4",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    commands:\n      - [a]\n",
        "phases.build.commands[0]: expected a single value, found a list at line 5",
    );
    bad(
        "version: 0.2\nphases:\n  build:\n    on-failure: STOP\n    commands: [c]\n",
        "phases.build.on-failure: expected ABORT, CONTINUE, RETRY, RETRY-<0-100>, RETRY-<regex> or RETRY-<0-100>-<regex>, found STOP at line 4",
    );
    let spec = |rest: &str| format!("version: 0.2\n{phases}{rest}");
    bad(
        &spec("artifacts:\n  name: x\n"),
        "artifacts.files is required at line 4",
    );
    bad(
        &spec("artifacts:\n  files: '**/*'\n"),
        "artifacts.files: expected a list, found a single value at line 4",
    );
    bad(
        &spec("artifacts:\n  files: [x]\n  discard-paths: maybe\n"),
        "artifacts.discard-paths: expected yes or no, found maybe at line 5",
    );
    bad(
        &spec("artifacts:\n  files: [x]\n  secondary-artifacts:\n    a: {name: n}\n"),
        "artifacts.secondary-artifacts.a.files is required at line 6",
    );
    bad(
        &spec("env:\n  exported-variables: [A, 'B-C']\n"),
        "env.exported-variables: expected names of variables, found \"B-C\" at line 4",
    );
    bad(
        &spec("env:\n  variables:\n    A: {b: c}\n"),
        "env.variables.A: expected a single value, found subkeys at line 5",
    );
    bad(
        &spec("env: 5\n"),
        "env: expected subkeys, found a single value at line 3",
    );
    bad(
        &spec("cache: {action: none}\n"),
        "cache.action: expected restore or save, found none at line 3",
    );
    bad(
        &spec("cache:\n  fallback-keys: [1,2,3,4,5,6]\n"),
        "cache.fallback-keys: expected at most 5 keys, found 6 at line 4",
    );
    bad(
        &spec("reports:\n  r: {}\n"),
        "reports.r.files is required at line 4",
    );
    bad(
        &spec("reports:\n  r: {files: [f], file-format: XML}\n"),
        "reports.r.file-format: expected one of CLOVERXML,COBERTURAXML,CUCUMBERJSON,JACOCOXML,JUNITXML,NUNIT3XML,NUNITXML,SIMPLECOV,TESTNGXML,VISUALSTUDIOTRX, found XML at line 4",
    );
    bad(
        &spec(
            "reports: {a: {files: [f]}, b: {files: [f]}, c: {files: [f]}, d: {files: [f]}, e: {files: [f]}, f: {files: [f]}}\n",
        ),
        "reports: expected at most 5 report groups, found 6 at line 3",
    );
}

// Witness: behaviour contract 5.2: commands are required, but not of an install that only selects runtimes.
#[test]
fn an_install_without_commands_selects_runtimes() {
    for empty in ["{}", "{finally: [x]}", "{runtime-versions: {}}"] {
        bad(
            &format!("version: 0.2\nphases:\n  install: {empty}\n  build: {{commands: [c]}}\n"),
            "phases.install.commands is required at line 3",
        );
    }
    good("version: 0.2\nphases: {install: {runtime-versions: {python: 3.x}}}\n");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let error = parse(b"version: 0.2\nphases: \xff\n").unwrap_err();
    assert_eq!(error.to_string(), "invalid leading UTF-8 octet at line 2");
}

#[test]
fn a_byte_order_mark_is_no_text() {
    good("\u{feff}version: 0.2\nphases: {build: {commands: [c]}}\n");
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = "version: 0.2\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        let alias = format!("*a{before}");
        let list = [alias.as_str(); 10].join(",");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    bad(&text, "document contains excessive aliasing at line 6");
}

#[test]
fn an_anchor_inside_itself_is_refused() {
    bad(
        "version: 0.2\na: &a [*a]\n",
        "anchor contains itself at line 2",
    );
}

#[test]
fn deep_nesting_is_refused() {
    let flow = format!(
        "version: 0.2\na: {}{}\n",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    bad(&flow, "exceeded max depth at line 2");
    let block: String = (0..200)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    let error = parse(block.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("exceeded max depth at line"), "{error}");
}

#[test]
fn a_buildspec_that_is_too_large_is_refused() {
    let text = format!("version: 0.2\n# {}\n", "x".repeat(super::yaml::MAX_BYTES));
    bad(&text, "file is larger than 1048576 bytes at line 1");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn arbitrary_structure_never_panics(text in "[-a-z0-9:{}\\[\\],&*!|>'\" \t\n#.%@?~<]{0,200}") {
        let _ = parse(format!("version: 0.2\n{text}").as_bytes());
        let _ = locate(Some(&text));
    }
}

// Witness: behaviour contract 5.1.
#[test]
fn the_buildspec_is_found_where_the_project_says() {
    let file = |path: &str| Location::File(path.to_owned());
    assert_eq!(locate(None), file("buildspec.yml"));
    assert_eq!(locate(Some("")), file("buildspec.yml"));
    assert_eq!(locate(Some("ci/build.yaml")), file("ci/build.yaml"));
    assert_eq!(
        locate(Some("arn:aws:s3:::specs/team/b.yml")),
        Location::Object {
            bucket: "specs".to_owned(),
            key: "team/b.yml".to_owned()
        }
    );
    let inline = "{version: 0.2, phases: {build: {commands: [c]}}}";
    assert_eq!(locate(Some(inline)), Location::Inline(inline.to_owned()));
    let text = "version: 0.2\nphases:\n";
    assert_eq!(locate(Some(text)), Location::Inline(text.to_owned()));
}

// Witness: behaviour contract 5.1: paths are relative to the primary source and may reach secondary ones.
#[test]
fn a_path_is_taken_from_the_source_it_names() {
    let primary = Utf8Path::new("/codebuild/output/src1/src/s3/00");
    let secondary = [(
        "lib".to_owned(),
        Utf8PathBuf::from("/codebuild/output/src1/src/s3/01"),
    )];
    let at = |path: &str| absolute(path, primary, &secondary).into_string();
    assert_eq!(at("a/./b.yml"), "/codebuild/output/src1/src/s3/00/a/b.yml");
    assert_eq!(at("../01/b.yml"), "/codebuild/output/src1/src/s3/01/b.yml");
    assert_eq!(
        at("$CODEBUILD_SRC_DIR_lib/b.yml"),
        "/codebuild/output/src1/src/s3/01/b.yml"
    );
    assert_eq!(
        at("$CODEBUILD_SRC_DIR/b.yml"),
        "/codebuild/output/src1/src/s3/00/b.yml"
    );
    assert_eq!(at("/etc/b.yml"), "/etc/b.yml");
}
