//! Groups: made, listed, kept for so many days, deleted.

use super::*;

async fn describe(desk: &Desk, input: DescribeLogGroupsInput) -> DescribeLogGroupsOutput {
    describe_log_groups(input, desk.call()).await.unwrap()
}

fn names(output: &DescribeLogGroupsOutput) -> Vec<String> {
    let groups = output.log_groups.iter().flatten();
    groups
        .map(|group| group.log_group_name.clone().unwrap())
        .collect()
}

fn prefixed(prefix: &str) -> DescribeLogGroupsInput {
    DescribeLogGroupsInput {
        log_group_name_prefix: Some(prefix.to_owned()),
        ..Default::default()
    }
}

// Recorded answer of DescribeLogGroups after CreateLogGroup.
#[tokio::test]
async fn a_new_group_is_shown_as_aws_shows_it() {
    let desk = Desk::new();
    let input = CreateLogGroupInput {
        kms_key_id: Some("arn:aws:kms:us-east-1:000000000000:key/k".to_owned()),
        ..CreateLogGroupInput::new("/aws/codebuild/p")
    };
    create_log_group(input, desk.call()).await.unwrap();
    let output = describe(&desk, Default::default()).await;
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/p";
    let expected = LogGroup {
        log_group_name: Some("/aws/codebuild/p".to_owned()),
        creation_time: Some(DAY),
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        log_group_arn: Some(arn.to_owned()),
        log_group_class: Some(LogGroupClass::Standard),
        stored_bytes: Some(0),
        kms_key_id: Some("arn:aws:kms:us-east-1:000000000000:key/k".to_owned()),
        deletion_protection_enabled: Some(false),
        ..Default::default()
    };
    assert_eq!(output.log_groups, Some(vec![expected]));
    assert_eq!(output.next_token, None);
}

// Recorded answer.
#[tokio::test]
async fn a_group_exists_once() {
    let desk = Desk::new();
    desk.group("g").await;
    let again = create_log_group(CreateLogGroupInput::new("g"), desk.call()).await;
    let expected = ResourceAlreadyExistsException::new("The specified log group already exists");
    assert_eq!(again, Err(expected.into()));
    // Another region is another world (invariant 10).
    let far = desk.in_region("eu-west-1");
    far.group("g").await;
    assert_eq!(names(&describe(&far, Default::default()).await), ["g"]);
}

// Our reading: names in order of their characters, 50 to a page.
#[tokio::test]
async fn groups_are_listed_in_pages() {
    let desk = Desk::new();
    for number in 0..60 {
        desk.group(&format!("a/{number:02}")).await;
    }
    desk.group("b").await;
    let first = describe(&desk, prefixed("a/")).await;
    assert_eq!(names(&first).len(), 50);
    let input = DescribeLogGroupsInput {
        next_token: first.next_token,
        ..prefixed("a/")
    };
    let second = describe(&desk, input.clone()).await;
    assert_eq!(names(&second)[0], "a/50");
    assert_eq!((names(&second).len(), second.next_token), (10, None));
    // A token is good for its own list only.
    let other = DescribeLogGroupsInput {
        log_group_name_prefix: Some("b".to_owned()),
        ..input
    };
    let refused = describe_log_groups(other, desk.call()).await;
    let expected = InvalidParameterException::new("The specified nextToken is invalid.");
    assert_eq!(refused.err(), Some(expected.into()));
}

// Documented with the operation; the brief form is a recorded answer.
#[tokio::test]
async fn a_pattern_finds_names_that_contain_it_and_shows_them_briefly() {
    let desk = Desk::new();
    for name in ["DataLogs", "aws/DataLogs", "datalogs", "GroupDataLogs"] {
        desk.group(name).await;
    }
    let input = DescribeLogGroupsInput {
        log_group_name_pattern: Some("DataLogs".to_owned()),
        ..Default::default()
    };
    let output = describe(&desk, input.clone()).await;
    assert_eq!(
        names(&output),
        ["DataLogs", "GroupDataLogs", "aws/DataLogs"]
    );
    assert_eq!(output.log_groups.unwrap()[0].stored_bytes, None);
    let both = DescribeLogGroupsInput {
        log_group_name_prefix: Some("a".to_owned()),
        ..input
    };
    let refused = describe_log_groups(both, desk.call()).await.err().unwrap();
    let text = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
    assert_eq!(refused, InvalidParameterException::new(text).into());
}

#[tokio::test]
async fn groups_are_filtered_by_class_identifier_and_account() {
    let desk = Desk::new();
    let rare = CreateLogGroupInput {
        log_group_class: Some(LogGroupClass::InfrequentAccess),
        ..CreateLogGroupInput::new("rare")
    };
    create_log_group(rare, desk.call()).await.unwrap();
    desk.group("usual").await;
    let by_class = DescribeLogGroupsInput {
        log_group_class: Some(LogGroupClass::InfrequentAccess),
        ..Default::default()
    };
    assert_eq!(names(&describe(&desk, by_class).await), ["rare"]);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:usual".to_owned();
    let by_arn = DescribeLogGroupsInput {
        log_group_identifiers: Some(vec![arn]),
        ..Default::default()
    };
    assert_eq!(names(&describe(&desk, by_arn).await), ["usual"]);
    let elsewhere = DescribeLogGroupsInput {
        account_identifiers: Some(vec!["111111111111".to_owned()]),
        ..Default::default()
    };
    assert_eq!(names(&describe(&desk, elsewhere).await), [""; 0]);
}

// The documented values; the text is Coral's for a value outside a set.
#[tokio::test]
async fn only_documented_days_of_retention_are_taken() {
    let desk = Desk::new();
    desk.group("g").await;
    let set = |days| put_retention_policy(PutRetentionPolicyInput::new("g", days), desk.call());
    let error = set(8).await.err().unwrap().to_string();
    let expected = "InvalidParameterException: 1 validation error detected: Value '8' at 'retentionInDays' failed to satisfy \
                    constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, \
                    731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]";
    assert_eq!(error, expected);
    set(7).await.unwrap();
    let days = |output: DescribeLogGroupsOutput| output.log_groups.unwrap()[0].retention_in_days;
    assert_eq!(days(describe(&desk, Default::default()).await), Some(7));
    let input = DeleteRetentionPolicyInput::new("g");
    delete_retention_policy(input, desk.call()).await.unwrap();
    assert_eq!(days(describe(&desk, Default::default()).await), None);
    let missing = put_retention_policy(PutRetentionPolicyInput::new("x", 7), desk.call()).await;
    let expected = ResourceNotFoundException::new("The specified log group does not exist.");
    assert_eq!(missing.err(), Some(expected.into()));
}

// Our reading: expired lines are gone at once; AWS takes up to three days.
#[tokio::test]
async fn lines_past_retention_are_gone() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    desk.put("s", &[(DAY, "old"), (DAY + HOUR, "young")]).await;
    let input = PutRetentionPolicyInput::new("g", 1);
    put_retention_policy(input, desk.call()).await.unwrap();
    assert_eq!(desk.texts("s").await, ["old", "young"]);
    let later = desk.clone().at(DAY + 24 * HOUR + 1);
    assert_eq!(later.texts("s").await, ["young"]);
    // After a start they are gone from the disk as well, and deleting the policy does not bring them back.
    let logs = later.call.app.logs.clone();
    logs.resume(later.call.now).await.unwrap();
    let input = DeleteRetentionPolicyInput::new("g");
    delete_retention_policy(input, later.call()).await.unwrap();
    assert_eq!(later.texts("s").await, ["young"]);
}

#[tokio::test]
async fn a_deleted_group_takes_its_streams_and_lines_along() {
    let desk = Desk::new();
    desk.streams(&["s", "t"]).await;
    desk.put("s", &[(DAY, "a")]).await;
    let input = DeleteLogGroupInput::new("g");
    delete_log_group(input.clone(), desk.call()).await.unwrap();
    assert_eq!(names(&describe(&desk, Default::default()).await), [""; 0]);
    let again = delete_log_group(input, desk.call()).await.err().unwrap();
    let expected = ResourceNotFoundException::new("The specified log group does not exist.");
    assert_eq!(again, expected.into());
    let tables = &desk.call.app.logs.tables;
    let lines = tables.lines.range(.., crate::store::Direction::Forward, 9);
    assert_eq!(lines.unwrap(), []);
    assert!(tables.streams.is_empty() && tables.doomed.is_empty() && tables.usage.is_empty());
    // A group of the same name begins anew.
    desk.streams(&["s"]).await;
    assert_eq!(desk.texts("s").await, [""; 0]);
}

// Our reading of deletion protection.
#[tokio::test]
async fn a_protected_group_is_not_deleted() {
    let desk = Desk::new();
    let input = CreateLogGroupInput {
        deletion_protection_enabled: Some(true),
        ..CreateLogGroupInput::new("g")
    };
    create_log_group(input, desk.call()).await.unwrap();
    let refused = delete_log_group(DeleteLogGroupInput::new("g"), desk.call()).await;
    assert!(matches!(
        refused,
        Err(DeleteLogGroupError::ValidationException(_))
    ));
    assert_eq!(names(&describe(&desk, Default::default()).await), ["g"]);
}

// AWS counts 26 bytes for each line besides its text.
#[tokio::test]
async fn a_group_says_how_much_it_stores() {
    let desk = Desk::new();
    desk.streams(&["s", "t"]).await;
    desk.put("s", &[(DAY, "four"), (DAY, "é")]).await;
    desk.put("t", &[(DAY, "x")]).await;
    let stored = |output: DescribeLogGroupsOutput| output.log_groups.unwrap()[0].stored_bytes;
    let all = stored(describe(&desk, Default::default()).await);
    assert_eq!(all, Some(4 + 2 + 1 + 3 * 26));
    let input = DeleteLogStreamInput::new("g", "s");
    delete_log_stream(input, desk.call()).await.unwrap();
    assert_eq!(
        stored(describe(&desk, Default::default()).await),
        Some(1 + 26)
    );
}
