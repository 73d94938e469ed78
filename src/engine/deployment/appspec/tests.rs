//! AppSpecs as tables of texts. Witness: contract codedeploy §6.1 unless said otherwise.

use super::{LambdaSpec, MAX_BYTES, function_name, lambda};

const YAML: &str = "version: 0.0
Resources:
  - myLambda:
      Type: AWS::Lambda::Function
      Properties:
        Name: f
        Alias: live
        CurrentVersion: 1
        TargetVersion: \"2\"
Hooks:
  - BeforeAllowTraffic: before
  - AfterAllowTraffic: arn:aws:lambda:us-east-1:000000000000:function:after
";

const JSON: &str = "{\"version\": 0.0,\t\"resources\": [{\"x\": {\"type\": \"AWS::Lambda::Function\", \"properties\":
    {\"name\": \"f\", \"alias\": \"live\", \"currentversion\": \"1\", \"targetversion\": 2}}}],
    \"hooks\": [{\"beforeAllowTraffic\": \"before\"}, {\"afterAllowTraffic\": \"arn:aws:lambda:us-east-1:000000000000:function:after\"}]}";

#[test]
fn yaml_and_json_in_either_spelling_are_one_specification() {
    let expected = LambdaSpec {
        function: "f".to_owned(),
        alias: "live".to_owned(),
        current: "1".to_owned(),
        target: "2".to_owned(),
        before_allow_traffic: Some("before".to_owned()),
        after_allow_traffic: Some(
            "arn:aws:lambda:us-east-1:000000000000:function:after".to_owned(),
        ),
    };
    assert_eq!(lambda(YAML.as_bytes()).unwrap(), expected);
    assert_eq!(lambda(JSON.as_bytes()).unwrap(), expected);
    let bare = YAML.split("Hooks").next().unwrap();
    let bare = lambda(bare.as_bytes()).unwrap();
    assert_eq!(bare.before_allow_traffic, None);
    assert_eq!(bare.target_id(), "f:live");
}

#[test]
fn versions_of_the_format_are_a_number_or_a_text() {
    for given in ["0.0", "\"0.0\"", "'0.0'"] {
        let text = YAML.replace("version: 0.0", &format!("version: {given}"));
        assert!(lambda(text.as_bytes()).is_ok(), "{given}");
    }
}

#[track_caller]
fn refused(from: &str, to: &str, said: &str) {
    let text = YAML.replacen(from, to, 1);
    assert_ne!(text, YAML, "{from} is not there");
    let error = lambda(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, said);
}

#[test]
fn each_rule_says_what_is_wrong_and_where() {
    refused(
        "version: 0.0",
        "version: 0.1",
        "version: expected 0.0, found 0.1 at line 1",
    );
    refused(
        "version: 0.0",
        "x: 0.0",
        "the file: version is missing at line 1",
    );
    refused(
        "Resources",
        "Things",
        "the file: Resources is missing at line 1",
    );
    refused(
        "AWS::Lambda::Function",
        "AWS::ECS::Service",
        "Resources.0.myLambda.Type: expected AWS::Lambda::Function, found AWS::ECS::Service at line 4",
    );
    refused(
        "Properties",
        "Property",
        "Resources.0.myLambda: Properties is missing at line 4",
    );
    for key in ["Name", "Alias", "CurrentVersion", "TargetVersion"] {
        refused(
            &format!("{key}: "),
            "Other: ",
            &format!("Resources.0.myLambda.Properties: {key} is missing at line 6"),
        );
    }
    refused(
        "Name: f",
        "Name: ''",
        "Resources.0.myLambda.Properties.Name: the value is empty at line 6",
    );
    refused(
        "Name: f",
        "Name: [f]",
        "Resources.0.myLambda.Properties.Name: expected a single value, found a list at line 6",
    );
    for version in ["$LATEST", "0", "-1", "1.5", "live"] {
        refused(
            "\"2\"",
            version,
            &format!(
                "Resources.0.myLambda.Properties.TargetVersion: expected the number of a published version, found {version} at line 9"
            ),
        );
    }
    refused(
        "BeforeAllowTraffic",
        "BeforeInstall",
        "Hooks.0: BeforeInstall is none of BeforeAllowTraffic, AfterAllowTraffic at line 11",
    );
    refused(
        "AfterAllowTraffic",
        "BeforeAllowTraffic",
        "Hooks.1.BeforeAllowTraffic: the hook is given twice at line 12",
    );
    refused(
        "Type: AWS",
        "Kind: AWS",
        "Resources.0.myLambda: Type is missing at line 4",
    );
    refused(
        "  - myLambda:",
        "    myLambda:",
        "Resources: expected a list, found a mapping at line 3",
    );
    refused(
        "CurrentVersion: 1",
        "CurrentVersion: $LATEST",
        "Resources.0.myLambda.Properties.CurrentVersion: expected the number of a published version, found $LATEST at line 8",
    );
    refused(
        ": before\n",
        ": before\n    x: y\n",
        "Hooks.0: expected exactly one key, found 2 at line 11",
    );
    refused(
        ": before\n",
        ": ''\n",
        "Hooks.0.BeforeAllowTraffic: the value is empty at line 11",
    );
    refused(
        "  - BeforeAllowTraffic: before\n  - A",
        "  a: b\n  A",
        "Hooks: expected a list, found a mapping at line 11",
    );
}

#[test]
fn only_one_resource_is_deployed() {
    let two = "{\"version\": 0.0, \"Resources\": [{}, {}]}";
    assert_eq!(
        lambda(two.as_bytes()).unwrap_err().to_string(),
        "Resources: expected exactly one resource"
    );
    let none = "{\"version\": 0.0, \"Resources\": [{}]}";
    assert_eq!(
        lambda(none.as_bytes()).unwrap_err().to_string(),
        "Resources.0: expected exactly one key, found 0"
    );
}

// Witness: ours: limits on all outside input.
#[test]
fn any_bytes_are_answered() {
    let aliases = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
        d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    for bytes in [
        Vec::new(),
        vec![0xff, 0xfe],
        b"- a".to_vec(),
        b"version: [".to_vec(),
        vec![b'['; 10_000],
        vec![b'x'; MAX_BYTES + 1],
        aliases.as_bytes().to_vec(),
        vec![b'{'; 10_000],
    ] {
        assert!(lambda(&bytes).is_err());
    }
}

#[test]
fn functions_are_named_plainly() {
    for (text, name) in [
        ("f", "f"),
        ("arn:aws:lambda:us-east-1:000000000000:function:f", "f"),
        ("arn:aws:lambda:us-east-1:000000000000:function:f:live", "f"),
    ] {
        assert_eq!(function_name(text), name);
    }
}
