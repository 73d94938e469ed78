//! Tests of the import: small descriptions written here, and the models in the repository.

use super::counts::Counts;
use super::json::Json;
use super::names::enum_members;
use super::service::{Description, Model, translate};
use super::source::Source;
use super::trim::trim;

const RPC: &str = r##"{
  "version": "2.0",
  "metadata": {
    "apiVersion": "2020-01-02", "endpointPrefix": "kettles", "jsonVersion": "1.1", "protocol": "smithy-rpc-v2-cbor",
    "protocols": ["smithy-rpc-v2-cbor", "json"], "serviceFullName": "Kettle Service", "serviceId": "Kettles",
    "signatureVersion": "v4", "targetPrefix": "Kettles_20200102", "uid": "kettles-2020-01-02", "auth": ["aws.auth#sigv4"]
  },
  "operations": {
    "ListKettles": {
      "name": "ListKettles", "http": {"method": "POST", "requestUri": "/"}, "documentation": "prose",
      "input": {"shape": "ListKettlesInput"}, "output": {"shape": "ListKettlesOutput"},
      "errors": [{"shape": "TooHot"}, {"shape": "Broken"}],
      "deprecated": true, "deprecatedMessage": "use cups"
    },
    "Stop": {"name": "Stop", "http": {"method": "POST", "requestUri": "/"}}
  },
  "shapes": {
    "Broken": {"type": "structure", "members": {}, "exception": true, "fault": true},
    "Colour": {"type": "string", "enum": ["red", "light-blue", "4:ever", "RED"]},
    "Degrees": {"type": "integer", "box": true, "max": 100, "min": 0},
    "Kettle": {
      "type": "structure", "required": ["name"],
      "members": {
        "name": {"shape": "Name", "documentation": "prose"},
        "colour": {"shape": "Colour", "locationName": "color"},
        "inner": {"shape": "Kettle"},
        "secret": {"shape": "Secret", "deprecated": true},
        "made": {"shape": "When"}
      }
    },
    "KettleList": {"type": "list", "member": {"shape": "Kettle"}, "max": 5},
    "ListKettlesInput": {
      "type": "structure",
      "members": {
        "token": {"shape": "Name", "idempotencyToken": true}, "next": {"shape": "Name"}, "atMost": {"shape": "Degrees"}
      }
    },
    "ListKettlesOutput": {
      "type": "structure", "members": {"kettles": {"shape": "KettleList"}, "next": {"shape": "Name"}}
    },
    "Name": {"type": "string", "max": 10, "min": 1, "pattern": "[a-z\\-]+"},
    "Secret": {"type": "string", "sensitive": true},
    "Temperatures": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Degrees"}, "min": 1},
    "TooHot": {"type": "structure", "members": {"message": {"shape": "Name"}}, "exception": true,
      "error": {"httpStatusCode": 409}},
    "When": {"type": "timestamp", "timestampFormat": "iso8601"}
  }
}"##;

const RPC_PAGINATORS: &str = r#"{"pagination": {"ListKettles": {
  "input_token": "next", "output_token": "next", "limit_key": "atMost", "result_key": "kettles", "more_results": "more"}}}"#;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn describe(service: &str, paginators: Option<&str>) -> Description {
    Description {
        folder: "tea-things".into(),
        service: json(service),
        paginators: paginators.map(json),
    }
}

fn kettles() -> Model {
    translate(describe(RPC, Some(RPC_PAGINATORS))).unwrap()
}

fn shape(model: &Model, name: &str) -> String {
    let shapes = model.ast.get("shapes").unwrap();
    let shape = shapes
        .get(&format!("com.amazonaws.teathings#{name}"))
        .unwrap_or_else(|| panic!("no shape {name}"));
    let words: Vec<_> = shape
        .print()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    words
        .join(" ")
        .replace("com.amazonaws.teathings", "$")
        .replace("{ ", "{")
        .replace(" }", "}")
        .replace("[ ", "[")
        .replace(" ]", "]")
}

#[track_caller]
fn expect_shape(model: &Model, name: &str, expected: &str) {
    assert_eq!(shape(model, name), expected);
}

#[test]
fn a_service_is_named_by_its_target_prefix_and_lists_both_protocols() {
    let expected = concat!(
        r##"{"type": "service", "version": "2020-01-02", "operations": [{"target": "$#ListKettles"}, {"target": "$#Stop"}], "##,
        r##""traits": {"aws.api#service": {"sdkId": "Kettles", "endpointPrefix": "kettles"}, "##,
        r##""aws.auth#sigv4": {"name": "kettles"}, "aws.protocols#awsJson1_1": {}, "smithy.api#auth": ["aws.auth#sigv4"], "##,
        r##""smithy.api#title": "Kettle Service", "smithy.protocols#rpcv2Cbor": {}}}"##
    );
    expect_shape(&kettles(), "Kettles_20200102", expected);
}

#[test]
fn an_operation_keeps_its_errors_in_order_and_its_paging() {
    let expected = concat!(
        r##"{"type": "operation", "input": {"target": "$#ListKettlesInput"}, "output": {"target": "$#ListKettlesOutput"}, "##,
        r##""errors": [{"target": "$#TooHot"}, {"target": "$#Broken"}], "##,
        r##""traits": {"smithy.api#deprecated": {"message": "use cups"}, "smithy.api#paginated": {"inputToken": "next", "##,
        r##""outputToken": "next", "items": "kettles", "pageSize": "atMost"}}}"##
    );
    expect_shape(&kettles(), "ListKettles", expected);
}

#[test]
fn an_operation_without_input_and_output_has_unit_for_both() {
    let expected = r##"{"type": "operation", "input": {"target": "smithy.api#Unit"}, "output": {"target": "smithy.api#Unit"}}"##;
    expect_shape(&kettles(), "Stop", expected);
}

#[test]
fn a_structure_keeps_its_members_in_order_with_their_traits() {
    let expected = concat!(
        r##"{"type": "structure", "members": {"name": {"target": "$#Name", "traits": {"smithy.api#required": {}}}, "##,
        r##""colour": {"target": "$#Colour", "traits": {"smithy.api#jsonName": "color"}}, "inner": {"target": "$#Kettle"}, "##,
        r##""secret": {"target": "$#Secret", "traits": {"smithy.api#deprecated": {}}}, "made": {"target": "$#When"}}}"##
    );
    expect_shape(&kettles(), "Kettle", expected);
}

#[test]
fn constraints_become_traits_of_the_shape() {
    let model = kettles();
    expect_shape(
        &model,
        "Name",
        r#"{"type": "string", "traits": {"smithy.api#length": {"min": 1, "max": 10}, "smithy.api#pattern": "[a-z\\-]+"}}"#,
    );
    expect_shape(
        &model,
        "Degrees",
        r#"{"type": "integer", "traits": {"smithy.api#range": {"min": 0, "max": 100}}}"#,
    );
    expect_shape(
        &model,
        "KettleList",
        r##"{"type": "list", "member": {"target": "$#Kettle"}, "traits": {"smithy.api#length": {"max": 5}}}"##,
    );
    expect_shape(
        &model,
        "Temperatures",
        concat!(
            r##"{"type": "map", "key": {"target": "$#Name"}, "value": {"target": "$#Degrees"}, "##,
            r##""traits": {"smithy.api#length": {"min": 1}}}"##
        ),
    );
    expect_shape(
        &model,
        "Secret",
        r#"{"type": "string", "traits": {"smithy.api#sensitive": {}}}"#,
    );
    expect_shape(
        &model,
        "When",
        r#"{"type": "timestamp", "traits": {"smithy.api#timestampFormat": "date-time"}}"#,
    );
}

#[test]
fn an_error_is_the_clients_unless_the_description_calls_it_a_fault() {
    let model = kettles();
    expect_shape(
        &model,
        "TooHot",
        concat!(
            r##"{"type": "structure", "members": {"message": {"target": "$#Name"}}, "##,
            r##""traits": {"smithy.api#error": "client", "smithy.api#httpError": 409}}"##
        ),
    );
    expect_shape(
        &model,
        "Broken",
        r#"{"type": "structure", "members": {}, "traits": {"smithy.api#error": "server"}}"#,
    );
}

#[test]
fn enum_values_get_member_names_that_differ_without_regard_to_case() {
    let values = ["red", "light-blue", "4:ever", "RED", "", "a.b", "a-b"].map(str::to_owned);
    assert_eq!(
        enum_members(&values),
        [
            "red",
            "light_blue",
            "_4_ever",
            "RED_2",
            "EMPTY",
            "a_b",
            "a_b_2"
        ]
    );
}

#[test]
fn a_query_service_has_query_codes_and_xml_names_and_derives_its_result_wrapper() {
    let query = r#"{
      "metadata": {"apiVersion": "2020-01-02", "endpointPrefix": "cups", "protocol": "query", "serviceFullName": "Cups",
        "serviceId": "Cup Store", "signatureVersion": "v4", "xmlNamespace": "https://cups/"},
      "operations": {"Drink": {"name": "Drink", "http": {"method": "POST", "requestUri": "/"}, "authtype": "none",
        "output": {"shape": "Cup", "resultWrapper": "DrinkResult"}, "errors": [{"shape": "EmptyException"}]}},
      "shapes": {
        "Cup": {"type": "structure", "members": {"Sip": {"shape": "Sips", "locationName": "Sip"}, "cup": {"shape": "Size", "locationName": "c"}}},
        "EmptyException": {"type": "structure", "members": {}, "exception": true,
          "error": {"code": "Empty", "httpStatusCode": 404, "senderFault": true}},
        "Sips": {"type": "list", "flattened": true, "member": {"shape": "Size", "locationName": "sip"}},
        "Size": {"type": "long"}, "size": {"type": "long"}
      }}"#;
    let model = translate(describe(query, None)).unwrap();
    assert_eq!(model.renamed, [("size".to_owned(), "sizeShape".to_owned())]);
    expect_shape(
        &model,
        "EmptyException",
        concat!(
            r#"{"type": "structure", "members": {}, "traits": {"aws.protocols#awsQueryError": {"code": "Empty", "#,
            r#""httpResponseCode": 404}, "smithy.api#error": "client", "smithy.api#httpError": 404}}"#
        ),
    );
    expect_shape(
        &model,
        "Cup",
        concat!(
            r##"{"type": "structure", "members": {"Sip": {"target": "$#Sips", "##,
            r##""traits": {"smithy.api#xmlFlattened": {}, "smithy.api#xmlName": "sip"}}, "##,
            r##""cup": {"target": "$#Size", "traits": {"smithy.api#xmlName": "c"}}}}"##
        ),
    );
    assert!(
        shape(&model, "CupStore_20200102")
            .contains(r#""smithy.api#xmlNamespace": {"uri": "https://cups/"}"#)
    );
    assert!(shape(&model, "Drink").ends_with(r#""traits": {"smithy.api#auth": []}}"#));
    let shared = query.replace(
        r#""Size": {"type": "long"}"#,
        r#""Other": {"type": "structure", "members": {}, "exception": true, "error": {"code": "Empty"}}, "Size": {"type": "long"}"#,
    );
    let suppressed = r#""smithy.api#suppress": ["QueryErrorCode"]"#;
    let service = |model: &Model| shape(model, "CupStore_20200102");
    assert!(!service(&model).contains(suppressed));
    let shared = translate(describe(&shared, None)).unwrap();
    assert!(service(&shared).contains(suppressed));
    let wrapped = query.replace("DrinkResult", "Glass");
    let error = translate(describe(&wrapped, None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "operation Drink: its result is wrapped in Glass"
    );
}

#[test]
fn a_rest_service_has_http_bindings() {
    let rest = r#"{
      "metadata": {"apiVersion": "2020-01-02", "endpointPrefix": "pots", "protocol": "rest-json", "serviceFullName": "Pots",
        "serviceId": "Pots", "signatureVersion": "v4", "signingName": "potsign"},
      "operations": {"Pour": {"name": "Pour", "http": {"method": "PUT", "requestUri": "/pots/{pot-name}/{Path+}", "responseCode": 201},
        "input": {"shape": "PourInput"}, "idempotent": true, "endpoint": {"hostPrefix": "hot-"}}},
      "shapes": {
        "PourInput": {"type": "structure", "required": ["PotName", "Path"], "payload": "Tea", "members": {
          "PotName": {"shape": "Text", "location": "uri", "locationName": "pot-name"},
          "Path": {"shape": "Text", "location": "uri"},
          "Speed": {"shape": "Text", "location": "querystring", "locationName": "speed"},
          "Who": {"shape": "Text", "location": "header", "locationName": "x-who"},
          "Tea": {"shape": "Tea", "streaming": true}}},
        "Tea": {"type": "blob"}, "Text": {"type": "string"}
      }}"#;
    let model = translate(describe(rest, None)).unwrap();
    expect_shape(
        &model,
        "PourInput",
        concat!(
            r##"{"type": "structure", "members": {"##,
            r##""PotName": {"target": "$#Text", "traits": {"smithy.api#httpLabel": {}, "smithy.api#required": {}}}, "##,
            r##""Path": {"target": "$#Text", "traits": {"smithy.api#httpLabel": {}, "smithy.api#required": {}}}, "##,
            r##""Speed": {"target": "$#Text", "traits": {"smithy.api#httpQuery": "speed"}}, "##,
            r##""Who": {"target": "$#Text", "traits": {"smithy.api#httpHeader": "x-who"}}, "##,
            r##""Tea": {"target": "$#Tea", "traits": {"smithy.api#httpPayload": {}}}}}"##
        ),
    );
    expect_shape(
        &model,
        "Tea",
        r#"{"type": "blob", "traits": {"smithy.api#streaming": {}}}"#,
    );
    let pour = shape(&model, "Pour");
    assert!(
        pour.contains(
            r#""smithy.api#http": {"method": "PUT", "uri": "/pots/{PotName}/{Path+}", "code": 201}"#
        ),
        "{pour}"
    );
    assert!(
        pour.contains(r#""smithy.api#endpoint": {"hostPrefix": "hot-"}"#),
        "{pour}"
    );
    assert!(shape(&model, "Pots_20200102").contains(r#""aws.auth#sigv4": {"name": "potsign"}"#));
}

#[test]
fn unions_documents_and_event_streams_have_their_own_kinds() {
    let union = RPC
        .replace(r#""Broken": {"type": "structure", "members": {}, "exception": true, "fault": true}"#, concat!(
            r#""Broken": {"type": "structure", "members": {}, "document": true}, "#,
            r#""Stream": {"type": "structure", "eventstream": true, "members": {"one": {"shape": "TooHot"}}}, "#,
            r#""Either": {"type": "structure", "union": true, "members": {"one": {"shape": "Name"}}}"#
        ));
    let model = translate(describe(&union, None)).unwrap();
    expect_shape(&model, "Broken", r#"{"type": "document"}"#);
    expect_shape(
        &model,
        "Either",
        r##"{"type": "union", "members": {"one": {"target": "$#Name"}}}"##,
    );
    let stream = r##"{"type": "union", "members": {"one": {"target": "$#TooHot"}}, "traits": {"smithy.api#streaming": {}}}"##;
    expect_shape(&model, "Stream", stream);
}

#[test]
fn every_constraint_is_counted_on_both_sides() {
    let model = kettles();
    let counts = Counts::of_description(&json(RPC));
    assert_eq!(counts, model.counts);
    let figures = [
        "shapes",
        "operations",
        "length bounds",
        "range bounds",
        "patterns",
        "enum values",
        "required members",
    ];
    assert_eq!(figures.map(|what| counts.get(what)), [12, 2, 4, 2, 1, 4, 1]);
}

#[test]
fn a_lost_constraint_stops_the_import() {
    let fewer = json(&RPC.replace(r#""max": 10, "#, ""));
    let error = Counts::of_description(&json(RPC))
        .expect_equal(&Counts::of_description(&fewer))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the translation lost something: length bounds: 4 described, 3 translated"
    );
}

#[track_caller]
fn expect_refusal(from: &str, to: &str, message: &str) {
    let changed = RPC.replace(from, to);
    assert_ne!(changed, RPC, "the description has {from}");
    let error = translate(describe(&changed, Some(RPC_PAGINATORS))).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn what_has_no_translation_is_refused_by_name() {
    expect_refusal(
        r#""max": 5"#,
        r#""most": 5"#,
        "shape KettleList: no translation for most",
    );
    expect_refusal(
        r#""type": "timestamp""#,
        r#""type": "hour""#,
        "shape When: no translation for the type hour",
    );
    expect_refusal(
        r#"{"shape": "When"}"#,
        r#"{"shape": "Then"}"#,
        "shape Then: is referred to but not described",
    );
    expect_refusal(
        r#"{"shape": "When"}"#,
        r#"{"shape": "When", "hot": 1}"#,
        "member Kettle.made: no translation for hot",
    );
    expect_refusal(
        r#""required": ["name"]"#,
        r#""required": ["size"]"#,
        "shape Kettle: requires size, which is no member",
    );
    expect_refusal(
        r#""uid""#,
        r#""guid""#,
        "metadata of the service: no translation for guid",
    );
    expect_refusal(
        r#""Stop": {"name""#,
        r#""Stop": {"cost": 1, "name""#,
        "operation Stop: no translation for cost",
    );
    expect_refusal(
        r#""jsonVersion": "1.1""#,
        r#""jsonVersion": "7""#,
        "metadata of the service, protocols: no translation for json 7",
    );
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    assert_eq!(kettles().ast.print(), kettles().ast.print());
    assert_eq!(json(&kettles().ast.print()), kettles().ast);
}

#[test]
fn a_wheel_with_other_bytes_is_refused() {
    let source: Source =
        toml::from_str("package = 'p'\nversion = '1'\nsha256 = 'aa'\n[services]\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wheel = folder.path().join("p.whl");
    std::fs::write(&wheel, "x").unwrap();
    let error = source.checked(&wheel).unwrap_err().to_string();
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    assert_eq!(
        error,
        format!(
            "{}: sha256 is {digest}, but model/source.toml wants aa (p 1)",
            wheel.display()
        )
    );
}

fn repository() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../model")
}

fn stored(service: &str) -> String {
    std::fs::read_to_string(repository().join(format!("{service}.json"))).unwrap()
}

#[test]
fn the_models_in_the_repository_have_all_operations_and_are_printed_as_the_import_prints() {
    let expected = [
        ("cloudwatch", 59),
        ("codebuild", 59),
        ("codedeploy", 47),
        ("codepipeline", 44),
        ("ec2", 6),
        ("ecs", 88),
        ("elbv2", 51),
        ("iam", 180),
        ("lambda", 91),
        ("logs", 118),
        ("secretsmanager", 26),
        ("sns", 42),
        ("ssm", 154),
        ("sts", 11),
    ];
    let source = Source::read(&repository().join("source.toml")).unwrap();
    assert_eq!(
        source.services.keys().collect::<Vec<_>>(),
        expected
            .map(|(service, _)| service)
            .iter()
            .collect::<Vec<_>>()
    );
    for (service, operations) in expected {
        let text = stored(service);
        let model = json(&text);
        assert_eq!(
            Counts::of_model(&model).get("operations"),
            operations,
            "{service}"
        );
        assert_eq!(model.print(), text, "{service}: edited by hand?");
    }
}

#[test]
fn the_readme_names_the_package_and_everything_left_out() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let source = Source::read(&repository().join("source.toml")).unwrap();
    assert!(readme.contains(&format!("{} {}", source.package, source.version)));
    for skipped in super::skipped::SKIPPED {
        let line = format!(
            "| `{}` | {} | {} |",
            skipped.key,
            skipped.places.join(", "),
            skipped.reason
        );
        assert!(
            readme.contains(&line),
            "model/README.md lacks the line\n{line}"
        );
    }
}

#[test]
fn what_is_trimmed_keeps_its_operations_and_what_they_reach() {
    let trimmed = |kept: &str| {
        let mut description = describe(RPC, Some(RPC_PAGINATORS));
        trim(&mut description, &[kept.to_owned()]).map(|()| description)
    };
    let names = |value: &Json, key: &str| {
        let members = value.get(key).unwrap().members();
        let mut names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names.join(" ")
    };
    let listing = trimmed("ListKettles").unwrap();
    assert_eq!(names(&listing.service, "operations"), "ListKettles");
    // Errors too, and shapes that lead to themselves; nobody asks for temperatures.
    assert_eq!(
        names(&listing.service, "shapes"),
        "Broken Colour Degrees Kettle KettleList ListKettlesInput ListKettlesOutput Name Secret TooHot When"
    );
    assert_eq!(
        names(&listing.paginators.unwrap(), "pagination"),
        "ListKettles"
    );
    let stop = trimmed("Stop").unwrap();
    assert_eq!(names(&stop.service, "shapes"), "");
    assert_eq!(names(&stop.paginators.unwrap(), "pagination"), "");
    let unknown = trimmed("BoilKettles").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "tea-things: there is no operation BoilKettles"
    );
}
