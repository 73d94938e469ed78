//! Generating from a model small enough to read here.

use std::path::Path;

use super::*;

const MODEL: &str = r##"{
  "smithy": "2.0",
  "shapes": {
    "ns#Tiny_2020": {
      "type": "service", "version": "2020-01-01",
      "operations": [{"target": "ns#PutThing"}, {"target": "ns#DropThing"}, {"target": "ns#Ping"}]
    },
    "ns#PutThing": {
      "type": "operation", "input": {"target": "ns#PutThingRequest"}, "output": {"target": "ns#PutThingRequest"},
      "errors": [{"target": "ns#ThingMissing"}, {"target": "ns#ThingBroken"}]
    },
    "ns#DropThing": {"type": "operation", "input": {"target": "ns#PutThingRequest"}, "output": {"target": "smithy.api#Unit"}},
    "ns#Ping": {"type": "operation", "input": {"target": "smithy.api#Unit"}, "output": {"target": "smithy.api#Unit"}},
    "ns#PutThingRequest": {
      "type": "structure",
      "members": {
        "zName": {"target": "ns#Name", "traits": {"smithy.api#required": {}}},
        "type": {"target": "ns#Result"},
        "aSecret": {"target": "ns#Secret"},
        "things": {"target": "ns#Things"},
        "byColour": {"target": "ns#ByColour"}
      }
    },
    "ns#Name": {"type": "string", "traits": {"smithy.api#length": {"min": 1, "max": 9}, "smithy.api#pattern": "[\\w-_]+"}},
    "ns#Secret": {"type": "string", "traits": {"smithy.api#sensitive": {}}},
    "ns#Result": {
      "type": "enum",
      "members": {
        "IN_PROGRESS": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "IN_PROGRESS"}},
        "in_progress": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "in-progress"}}
      }
    },
    "ns#Things": {"type": "list", "member": {"target": "ns#Thing"}, "traits": {"smithy.api#length": {"min": 1, "max": 3}}},
    "ns#Thing": {"type": "structure", "members": {"things": {"target": "ns#Things"}, "made": {"target": "smithy.api#Timestamp"}}},
    "ns#ByColour": {"type": "map", "key": {"target": "ns#Result"}, "value": {"target": "ns#Name"}},
    "ns#ThingMissing": {"type": "structure", "members": {}, "traits": {"smithy.api#error": "client", "smithy.api#httpError": 404}},
    "ns#ThingBroken": {
      "type": "structure",
      "members": {"Message": {"target": "smithy.api#String"}, "part": {"target": "smithy.api#Integer"}},
      "traits": {"smithy.api#error": "server"}
    }
  }
}"##;

const SERVICES: &str =
    "[services.tiny]\nname = \"Tiny\"\nprotocols = [\"aws.protocols#awsJson1_1\"]\n";

const RENAME: &str = r#"
[[rename]]
service = "tiny"
shape = "Result"
to = "Outcome"
section = "test"
"#;

/// A project whose only service is the tiny one.
fn project(services: &str, overrides: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for folder in ["model", "codegen/src"] {
        std::fs::create_dir_all(root.path().join(folder)).expect("a folder");
    }
    let write =
        |path: &str, text: &str| std::fs::write(root.path().join(path), text).expect("written");
    write("model/tiny.json", MODEL);
    write("codegen/services.toml", services);
    write("codegen/overrides.toml", overrides);
    root
}

fn text(root: &Path, path: &str) -> String {
    std::fs::read_to_string(root.join("generated/tiny").join(path)).expect(path)
}

fn generated(overrides: &str) -> tempfile::TempDir {
    let root = project(SERVICES, &format!("{RENAME}{overrides}"));
    generate(root.path()).expect("generates");
    root
}

fn refusal(services: &str, overrides: &str) -> String {
    let root = project(services, overrides);
    format!("{:#}", generate(root.path()).expect_err("refused"))
}

#[test]
fn members_keep_the_models_order_and_only_required_ones_are_plain() {
    let root = generated("");
    let input = text(root.path(), "src/input/put_thing.rs");
    let fields: Vec<&str> = input
        .lines()
        .filter(|line| line.starts_with("    pub ") && line.ends_with(','))
        .collect();
    assert_eq!(
        fields,
        [
            "    pub z_name: String,",
            "    pub r#type: Option<Outcome>,",
            "    pub a_secret: Option<String>,",
            "    pub things: Option<Vec<Thing>>,",
            "    pub by_colour: Option<BTreeMap<String, String>>,",
        ]
    );
    assert!(input.contains("pub fn new(z_name: impl Into<String>) -> Self"));
    assert!(input.contains("required: &[0]"));
    assert!(input.contains("/// `zName`: `Name`, 1 to 9 characters, `[\\w-_]+`"));
}

#[test]
fn every_operation_has_its_own_input_and_output() {
    let root = generated("");
    // The model shares one shape; DropThing and Ping have no output, Ping no input.
    for (folder, original) in [("input", true), ("output", true)] {
        let put = text(root.path(), &format!("src/{folder}/put_thing.rs"));
        assert_eq!(
            put.contains(".with_original_name(\"PutThingRequest\")"),
            original
        );
    }
    let drop = text(root.path(), "src/output/drop_thing.rs");
    assert!(drop.contains("pub struct DropThingOutput {}"));
    assert!(!drop.contains("with_original_name"));
    assert!(
        text(root.path(), "src/operation/drop_thing.rs")
            .contains("const UNIT_OUTPUT: bool = true;")
    );
    assert!(text(root.path(), "src/input/ping.rs").contains("pub struct PingInput {}"));
}

#[test]
fn constraints_become_tables_and_patterns_are_kept_as_written() {
    let root = generated("");
    let rules = text(root.path(), "src/rules.rs");
    assert!(rules.contains("min: Some(1),\n    max: Some(9),\n    pattern: Some(&P0),"));
    assert!(rules.contains(r#"Pattern::new("[\\w-_]+", "[[0-9A-Za-z_]\\-_]+")"#));
    assert!(rules.contains("values: Some(model::Outcome::VALUES)"));
    let input = text(root.path(), "src/input/put_thing.rs");
    assert!(
        input
            .contains(r#"member!("ns", "PutThingRequest", "aSecret", 2, String).with_sensitive()"#)
    );
}

#[test]
fn enum_values_with_the_same_name_get_numbers() {
    let root = generated("");
    let outcome = text(root.path(), "src/model/outcome.rs");
    assert!(
        outcome
            .contains("accepted : [InProgress = \"IN_PROGRESS\", InProgress2 = \"in-progress\"]"),
        "{outcome}"
    );
}

#[test]
fn every_error_has_a_message_in_lower_case() {
    let root = generated("");
    let broken = text(root.path(), "src/error/thing_broken.rs");
    assert!(broken.contains("pub message: String,"));
    assert!(broken.contains("pub part: Option<i32>,"));
    assert!(broken.contains(r#"member!("ns", "ThingBroken", "message", 0, String)"#));
    let list = text(root.path(), "src/error/mod.rs");
    assert!(list.contains("\"ThingMissing\", 404,"), "{list}");
}

#[test]
fn overrides_lift_constraints_add_answers_and_set_statuses() {
    let root = generated(
        r#"
[[lift]]
service = "tiny"
shape = "Name"
constraint = "min"
section = "test"

[[lift]]
service = "tiny"
shape = "PutThingRequest"
constraint = "required:zName"
section = "test"

[[answered]]
service = "tiny"
shape = "Result"
values = ["LOST"]
section = "test"

[[member]]
service = "tiny"
shape = "ThingBroken"
members = ["cause"]
section = "test"

[[defer]]
service = "tiny"
section = "test"

[[status]]
service = "tiny"
status = 400
section = "test"

[[sensitive]]
service = "tiny"
members = ["ByColour$value"]
section = "test"
"#,
    );
    let schema = text(root.path(), "src/schema.rs");
    let (_, value) = schema
        .split_once("BY_COLOUR_VALUE")
        .expect("the map's value");
    assert!(value.contains(".with_sensitive()"), "{schema}");
    assert!(text(root.path(), "src/rules.rs").contains("NAME: Rules = Rules {\n    max: Some(9),"));
    assert!(text(root.path(), "src/input/put_thing.rs").contains("pub z_name: Option<String>,"));
    assert!(text(root.path(), "src/model/outcome.rs").contains("answered : [Lost = \"LOST\"]"));
    let broken = text(root.path(), "src/error/thing_broken.rs");
    assert!(broken.contains("pub cause: Option<String>,"), "{broken}");
    assert!(
        text(root.path(), "src/operation/ping.rs").contains("const DEFERS_NESTED: bool = true;")
    );
    assert!(text(root.path(), "src/error/mod.rs").contains("\"ThingMissing\", 400,"));
}

#[test]
fn a_subset_knows_the_other_operations_by_name_and_reaches_fewer_shapes() {
    let root = project(&format!("{SERVICES}operations = [\"Ping\"]\n"), "");
    generate(root.path()).expect("generates");
    let service = text(root.path(), "src/service.rs");
    assert!(service.contains("OPERATIONS: &[&str] = &[\"Ping\"]"));
    assert!(
        service
            .contains("ALL_MODEL_OPERATIONS: &[&str] = &[\"DropThing\", \"Ping\", \"PutThing\"]")
    );
    assert!(
        !root
            .path()
            .join("generated/tiny/src/model/thing.rs")
            .exists()
    );
}

#[test]
fn what_would_generate_wrongly_is_refused() {
    let hides = refusal(SERVICES, "");
    assert!(hides.contains("would hide Rust's Result"), "{hides}");
    let unknown = refusal(&format!("{SERVICES}operations = [\"Pong\"]\n"), "");
    assert!(unknown.contains("no operation Pong"), "{unknown}");
    let stray = refusal(SERVICES, &RENAME.replace("\"Result\"", "\"Results\""));
    assert!(stray.contains("no shape ns#Results"), "{stray}");
    let absent =
        "[[sensitive]]\nservice = \"tiny\"\nmembers = [\"Thing$colour\"]\nsection = \"test\"\n";
    let unknown = refusal(SERVICES, &format!("{RENAME}{absent}"));
    assert!(unknown.contains("no Thing$colour"), "{unknown}");
    let unjustified = refusal(SERVICES, &RENAME.replace("\"test\"", "\"\""));
    assert!(unjustified.contains("without its section"), "{unjustified}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, two) = (generated(""), generated(""));
    let files = files(one.path()).expect("generates");
    assert!(
        files
            .differences(&two.path().join("generated"))
            .expect("readable")
            .is_empty()
    );
}

#[test]
fn check_names_files_that_differ_are_missing_or_too_many() {
    let root = generated("");
    check(root.path()).expect("fresh");
    let folder = root.path().join("generated/tiny/src");
    std::fs::write(folder.join("lib.rs"), "edited").expect("written");
    std::fs::remove_file(folder.join("rules.rs")).expect("removed");
    std::fs::write(folder.join("stray.rs"), "").expect("written");
    let error = check(root.path()).expect_err("differs").to_string();
    let named: Vec<&str> = error.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        named,
        [
            "generated/tiny/src/lib.rs",
            "generated/tiny/src/rules.rs",
            "generated/tiny/src/stray.rs"
        ]
    );
    generate(root.path()).expect("generates");
    check(root.path()).expect("repaired");
}

#[test]
fn the_digest_changes_with_the_model_and_not_with_the_importer() {
    let root = project(SERVICES, RENAME);
    let before = digest::digest(root.path()).expect("readable");
    std::fs::create_dir_all(root.path().join("codegen/src/import")).expect("a folder");
    std::fs::write(root.path().join("codegen/src/import/mod.rs"), "//").expect("written");
    assert_eq!(digest::digest(root.path()).expect("readable"), before);
    std::fs::write(root.path().join("model/tiny.json"), "{}").expect("written");
    assert_ne!(digest::digest(root.path()).expect("readable"), before);
}

/// The tiny model with HTTP bindings, served in restJson1.
fn rest() -> tempfile::TempDir {
    let root = project(
        "[services.tiny]\nname = \"Tiny\"\nprotocols = [\"aws.protocols#restJson1\"]\noperations = [\"PutThing\"]\n",
        RENAME,
    );
    let mut model: serde_json::Value = serde_json::from_str(MODEL).expect("the model is JSON");
    let shapes = &mut model["shapes"];
    for (operation, uri) in [
        ("PutThing", "/things/{zName}"),
        ("DropThing", "/things/{zName}/drop"),
        ("Ping", "/ping"),
    ] {
        shapes[format!("ns#{operation}")]["traits"] = serde_json::json!({
            "smithy.api#http": { "method": "POST", "uri": uri, "code": 201 }
        });
    }
    let members = &mut shapes["ns#PutThingRequest"]["members"];
    members["zName"]["traits"]["smithy.api#httpLabel"] = serde_json::json!({});
    members["aSecret"]["traits"] = serde_json::json!({ "smithy.api#httpQuery": "secret" });
    std::fs::write(root.path().join("model/tiny.json"), model.to_string()).expect("written");
    generate(root.path()).expect("generates");
    root
}

#[test]
fn a_rest_service_knows_where_its_operations_and_members_are() {
    let root = rest();
    let input = text(root.path(), "src/input/put_thing.rs");
    assert!(input.contains(".with_http_label()") && input.contains(".with_http_query(\"secret\")"));
    assert!(input.contains("HttpTrait::new(\"POST\", \"/things/{zName}\", Some(201))"));
    // Those that are not generated are known by their path too.
    let service = text(root.path(), "src/service.rs");
    for path in ["/things/{zName}", "/things/{zName}/drop", "/ping"] {
        assert!(service.contains(&format!("uri: \"{path}\"")), "{service}");
    }
    // Clients match the message's name to the letter.
    let broken = text(root.path(), "src/error/thing_broken.rs");
    assert!(broken.contains(".with_json_name(\"Message\")"), "{broken}");
    let rpc = generated("");
    assert!(!text(rpc.path(), "src/error/thing_broken.rs").contains("with_json_name"));
    assert!(!text(rpc.path(), "src/service.rs").contains("ALL_MODEL_ROUTES"));
}
