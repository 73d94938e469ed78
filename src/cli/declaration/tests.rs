//! Files in, declarations or complaints out.

use super::*;
use expect_test::{Expect, expect};

const BARE: &str = "name: hello
roleArn: arn:aws:iam::000000000000:role/r
stages:
  - name: Deploy
    actions:
      - name: Publish
        runOrder: 2
        actionTypeId: {category: Deploy, owner: AWS, provider: S3, version: 1}
        configuration: {BucketName: site, ObjectKey: 1.10, Extract: true}
";

fn refused(text: &str, expected: &Expect) {
    expected.assert_eq(&parse(text).unwrap_err());
}

#[test]
fn yaml_takes_the_types_of_the_members() {
    let action = parse(BARE).unwrap().pipeline.stages[0].actions[0].clone();
    assert_eq!(action.run_order, Some(2));
    assert_eq!(action.action_type_id.version, "1");
    let configuration = action.configuration.unwrap();
    assert_eq!(configuration["Extract"], "true");
    assert_eq!(configuration["ObjectKey"], "1.10");
}

#[test]
fn what_get_pipeline_prints_is_read_as_well() {
    let bare = parse(BARE).unwrap();
    let printed = serde_json::json!({
        "pipeline": bare.pipeline,
        "metadata": {"pipelineArn": "arn:aws:codepipeline:us-east-1:000000000000:hello", "created": 1.5},
        "tags": [{"key": "team", "value": "web"}],
    });
    let wrapped = parse(&serde_json::to_string_pretty(&printed).unwrap()).unwrap();
    assert_eq!(wrapped.pipeline, bare.pipeline);
    assert_eq!(wrapped.tags.unwrap()[0].key, "team");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    refused("{\n  \"name\": }", &expect![":2:11: expected value"]);
    refused(
        "{\"name\": \"x\", \"roleArn\": 5, \"stages\": []}",
        &expect![":1:26: invalid type: integer `5`, expected a string"],
    );
    refused("name: [x", &expect![":1:7: unclosed bracket '['"]);
    refused(
        "name: x\nroleArn: y\n",
        &expect![":1:1: 'stages': Member must not be null"],
    );
    refused(
        &BARE.replace("runOrder: 2", "runOrder: second"),
        &expect![":7:19: expected a whole number"],
    );
    refused(
        &BARE.replace("category: Deploy", "category: Deployment"),
        &expect![
            ":8:24: 'stages.1.member.actions.1.member.actionTypeId.category': Member must satisfy enum value set: [Source, Build, Deploy, Test, Invoke, Approval, Compute]"
        ],
    );
    refused(
        &BARE.replace("stages:", "stages: 3\nother:"),
        &expect![":3:9: expected sequence start"],
    );
    refused(
        "",
        &expect![": expected a pipeline's declaration: a map with name, roleArn and stages"],
    );
    refused(
        "- a\n- b\n",
        &expect![": expected a pipeline's declaration: a map with name, roleArn and stages"],
    );
}

#[test]
fn a_member_that_nobody_knows_is_named() {
    refused(
        &BARE.replace("configuration:", "configration:"),
        &expect![
            ":9:9: 'stages[0].actions[0].configration' is no member of a pipeline's declaration"
        ],
    );
    refused(
        &format!("artefactStore: {{}}\n{BARE}"),
        &expect![":1:1: 'artefactStore' is no member of a pipeline's declaration"],
    );
    refused(
        "pipline: {}\n",
        &expect![":1:1: 'name': Member must not be null"],
    );
}

#[test]
fn aliases_that_explode_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let last = level - 1;
        let many = vec![format!("*a{last}"); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{many}]\n"));
    }
    assert!(parse(&text).is_err());
}
