//! CloudWatch alarms in each protocol of the model: rpcv2Cbor, awsJson 1.0 and awsQuery. Witness of shapes: the API reference; of the
//! header with query codes: Smithy's awsQueryCompatible.

use super::query::{Service, element, fault};
use crate::support::caller::plain;
use crate::support::server::signed;
use crate::support::{Answer, Server};
use serde_json::{Value, json};
use slipway::companions::{AlarmChanged, AlarmInfo, AlarmListener};
use slipway::server::Call;
use std::sync::{Arc, Mutex};

const QUERY: Service = Service("monitoring", "2010-08-01");
const TARGET: &str = "GraniteServiceVersion20100801";
const ARN: &str = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:";

#[derive(Clone, Copy, Debug)]
enum Protocol {
    Cbor,
    Json,
}

impl Protocol {
    async fn ask(self, server: &Server, operation: &str, body: &Value) -> (Answer, Value) {
        match self {
            Self::Cbor => {
                let answer = server.cbor(TARGET, operation, body).await;
                let value = match answer.body.is_empty() {
                    true => Value::Null,
                    false => plain(ciborium::from_reader(&*answer.body).unwrap()),
                };
                (answer, value)
            }
            Self::Json => {
                let request = server
                    .post("/")
                    .header("x-amz-target", format!("{TARGET}.{operation}"))
                    .header("content-type", "application/x-amz-json-1.0")
                    .header(
                        "authorization",
                        signed("000000000000", "us-east-1", "monitoring"),
                    );
                let answer = server
                    .send(request.body(body.to_string().into_bytes().into()).unwrap())
                    .await;
                let value = match answer.body.is_empty() {
                    true => Value::Null,
                    false => answer.json(),
                };
                (answer, value)
            }
        }
    }
}

async fn ok(server: &Server, operation: &str, body: Value) -> Value {
    let (answer, value) = Protocol::Cbor.ask(server, operation, &body).await;
    assert!(answer.status.is_success(), "{operation} {body}: {value}");
    value
}

/// Code, as clients know it, and message.
async fn refused(server: &Server, operation: &str, body: Value) -> (String, String) {
    let (answer, value) = Protocol::Cbor.ask(server, operation, &body).await;
    assert!(
        answer.status.is_client_error(),
        "{operation} {body}: {value}"
    );
    let header = answer.header("x-amzn-query-error").unwrap();
    let (code, fault) = header.split_once(';').unwrap();
    assert_eq!(fault, "Sender");
    (
        code.to_owned(),
        value["message"].as_str().unwrap().to_owned(),
    )
}

fn alarm(name: &str) -> Value {
    json!({
        "AlarmName": name, "MetricName": "Errors", "Namespace": "App", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    match value.is_null() {
        true => drop(body.as_object_mut().unwrap().remove(member)),
        false => body[member] = value,
    }
    body
}

async fn put(server: &Server, body: Value) {
    ok(server, "PutMetricAlarm", body).await;
}

async fn set(server: &Server, name: &str, state: &str) {
    let body = json!({ "AlarmName": name, "StateValue": state, "StateReason": "test" });
    ok(server, "SetAlarmState", body).await;
}

fn names(described: &Value) -> Vec<&str> {
    let alarms = described["MetricAlarms"].as_array().unwrap().iter();
    alarms
        .map(|alarm| alarm["AlarmName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_alarm_is_made_shown_and_set_in_both_modern_protocols() {
    for protocol in [Protocol::Cbor, Protocol::Json] {
        let server = Server::start().await;
        let body = with(
            alarm("a"),
            "Dimensions",
            json!([{ "Name": "Host", "Value": "h" }]),
        );
        let (answer, value) = protocol.ask(&server, "PutMetricAlarm", &body).await;
        assert!(
            answer.status.is_success() && value.is_null(),
            "{protocol:?}: {value}"
        );
        let content_type = match protocol {
            Protocol::Cbor => "application/cbor",
            Protocol::Json => "application/x-amz-json-1.0",
        };
        let (answer, value) = protocol.ask(&server, "DescribeAlarms", &json!({})).await;
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(value["CompositeAlarms"], json!([]));
        let shown = &value["MetricAlarms"][0];
        assert_eq!(shown["AlarmArn"], format!("{ARN}a"));
        assert_eq!(shown["StateValue"], "INSUFFICIENT_DATA");
        assert_eq!(shown["StateReason"], "Unchecked: Initial alarm creation");
        assert_eq!(shown["Threshold"].as_f64(), Some(1.0));
        assert_eq!(shown["Period"], 60);
        assert_eq!(shown["ActionsEnabled"], true);
        assert_eq!(shown["Dimensions"][0]["Value"], "h");
        assert!(
            shown["StateUpdatedTimestamp"].is_number(),
            "{protocol:?}: {shown}"
        );

        let body = json!({ "AlarmName": "a", "StateValue": "ALARM", "StateReason": "r", "StateReasonData": "{}" });
        protocol.ask(&server, "SetAlarmState", &body).await;
        let named = json!({ "AlarmNames": ["a"] });
        let (_, value) = protocol.ask(&server, "DescribeAlarms", &named).await;
        assert_eq!(value["MetricAlarms"][0]["StateValue"], "ALARM");
        assert_eq!(value["MetricAlarms"][0]["StateReasonData"], "{}");

        let body = with(body, "AlarmName", json!("absent"));
        let (answer, value) = protocol.ask(&server, "SetAlarmState", &body).await;
        assert_eq!(answer.status.as_u16(), 404);
        assert_eq!(
            answer.header("x-amzn-query-error"),
            Some("ResourceNotFound;Sender")
        );
        assert_eq!(value["__type"], "com.amazonaws.cloudwatch#ResourceNotFound");
        assert_eq!(value["message"], "Alarm absent does not exist");
        let (answer, value) = protocol.ask(&server, "ListMetrics", &json!({})).await;
        assert_eq!(answer.status.as_u16(), 501);
        assert!(
            value["message"].as_str().unwrap().contains("ListMetrics"),
            "{value}"
        );
    }
}

#[tokio::test]
async fn an_alarm_is_made_shown_and_set_in_awsquery() {
    let server = Server::start().await;
    let fields = [
        ("AlarmName", "a"),
        ("MetricName", "Errors"),
        ("Namespace", "App"),
        ("Statistic", "Sum"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "1.5"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("Dimensions.member.1.Name", "Host"),
        ("Dimensions.member.1.Value", "h"),
    ];
    QUERY.ok(&server, "PutMetricAlarm", &fields).await;
    let state = [
        ("AlarmName", "a"),
        ("StateValue", "OK"),
        ("StateReason", "r"),
    ];
    QUERY.ok(&server, "SetAlarmState", &state).await;
    let shown = QUERY
        .ok(&server, "DescribeAlarms", &[("AlarmNames.member.1", "a")])
        .await;
    assert!(shown.starts_with(
        "<DescribeAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">"
    ));
    assert_eq!(element(&shown, "StateValue"), "OK");
    assert_eq!(element(&shown, "Threshold"), "1.5");
    let stamp = element(&shown, "StateUpdatedTimestamp");
    assert!(stamp.ends_with('Z') && stamp.contains('T'), "{stamp}");
    let state = [
        ("AlarmName", "b"),
        ("StateValue", "OK"),
        ("StateReason", "r"),
    ];
    let absent = fault(404, "ResourceNotFound", "Alarm b does not exist");
    assert_eq!(QUERY.error(&server, "SetAlarmState", &state).await, absent);
}

#[tokio::test]
async fn definitions_that_make_no_alarm_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let query = json!([{ "Id": "e", "Expression": "m+1" }]);
    for (member, value, said) in [
        ("MetricName", Value::Null, "One of MetricName, Metrics"),
        ("Metrics", query, "Only one of"),
        ("Namespace", Value::Null, "Namespace is required"),
        ("Statistic", Value::Null, "Exactly one of Statistic"),
        (
            "ExtendedStatistic",
            json!("p90"),
            "Exactly one of Statistic",
        ),
        ("Period", json!(70), "Period must be"),
        (
            "EvaluationPeriods",
            Value::Null,
            "EvaluationPeriods is required",
        ),
        ("EvaluationPeriods", json!(20_000), "seven days"),
        ("DatapointsToAlarm", json!(2), "DatapointsToAlarm"),
        ("Threshold", Value::Null, "Exactly one of Threshold"),
        (
            "ComparisonOperator",
            Value::Null,
            "ComparisonOperator is required",
        ),
        ("TreatMissingData", json!("maybe"), "TreatMissingData"),
        (
            "AlarmActions",
            json!(["topic"]),
            "Invalid arn syntax: topic",
        ),
        ("AlarmName", json!(""), "alarmName"),
    ] {
        let (code, message) =
            refused(&server, "PutMetricAlarm", with(alarm("a"), member, value)).await;
        assert_eq!(code, "ValidationError", "{member}: {message}");
        assert!(message.contains(said), "{member}: {message}");
    }
    assert_eq!(
        names(&ok(&server, "DescribeAlarms", json!({})).await),
        [""; 0]
    );
    let metrics = json!({ "AlarmName": "m", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold",
        "Metrics": [{ "Id": "e", "Expression": "m1 * 2" },
            { "Id": "m1", "ReturnData": false, "MetricStat": { "Metric": { "Namespace": "App", "MetricName": "Errors" }, "Period": 60, "Stat": "Sum" } }] });
    put(&server, metrics).await;
    let shown = ok(&server, "DescribeAlarms", json!({})).await;
    assert_eq!(
        shown["MetricAlarms"][0]["Metrics"][1]["MetricStat"]["Stat"],
        "Sum"
    );
}

#[tokio::test]
async fn a_new_definition_keeps_state_and_tags() {
    let server = Server::start().await;
    let tagged = with(alarm("a"), "Tags", json!([{ "Key": "k", "Value": "v" }]));
    put(&server, tagged).await;
    set(&server, "a", "ALARM").await;
    put(&server, with(alarm("a"), "Threshold", json!(9.0))).await;
    let shown = ok(&server, "DescribeAlarms", json!({})).await;
    let shown = &shown["MetricAlarms"][0];
    assert_eq!(shown["StateValue"], "ALARM");
    assert_eq!(shown["Threshold"].as_f64(), Some(9.0));
    let resource = json!({ "ResourceARN": format!("{ARN}a") });
    let tags = async || ok(&server, "ListTagsForResource", resource.clone()).await["Tags"].clone();
    assert_eq!(tags().await, json!([{ "Key": "k", "Value": "v" }]));
    let more = with(
        resource.clone(),
        "Tags",
        json!([{ "Key": "l", "Value": "w" }]),
    );
    ok(&server, "TagResource", more).await;
    ok(
        &server,
        "UntagResource",
        with(resource.clone(), "TagKeys", json!(["k"])),
    )
    .await;
    assert_eq!(tags().await, json!([{ "Key": "l", "Value": "w" }]));
    let absent = json!({ "ResourceARN": format!("{ARN}b") });
    let (code, _) = refused(&server, "ListTagsForResource", absent).await;
    assert_eq!(code, "ResourceNotFoundException");
}

#[tokio::test]
async fn alarms_are_found_by_name_prefix_state_action_and_metric_in_pages() {
    let server = Server::start().await;
    for name in ["b-1", "a-2", "a-1", "c"] {
        put(&server, alarm(name)).await;
    }
    let action = "arn:aws:sns:us-east-1:000000000000:t";
    put(
        &server,
        with(
            with(alarm("c"), "OKActions", json!([action])),
            "Period",
            json!(120),
        ),
    )
    .await;
    set(&server, "a-2", "OK").await;
    let describe = async |body| ok(&server, "DescribeAlarms", body).await;
    for (body, found) in [
        (json!({}), vec!["a-1", "a-2", "b-1", "c"]),
        (json!({ "AlarmNamePrefix": "a-" }), vec!["a-1", "a-2"]),
        (
            json!({ "AlarmNames": ["c", "a-1", "absent"] }),
            vec!["a-1", "c"],
        ),
        (json!({ "StateValue": "OK" }), vec!["a-2"]),
        (json!({ "ActionPrefix": "arn:aws:sns" }), vec!["c"]),
        (json!({ "AlarmTypes": ["CompositeAlarm"] }), vec![]),
        (
            json!({ "AlarmTypes": ["MetricAlarm"], "AlarmNamePrefix": "b" }),
            vec!["b-1"],
        ),
        (json!({ "ChildrenOfAlarmName": "c" }), vec![]),
    ] {
        assert_eq!(names(&describe(body.clone()).await), found, "{body}");
    }
    let first = describe(json!({ "MaxRecords": 3 })).await;
    assert_eq!(names(&first), ["a-1", "a-2", "b-1"]);
    let second = describe(json!({ "MaxRecords": 3, "NextToken": first["NextToken"] })).await;
    assert_eq!((names(&second), second.get("NextToken")), (vec!["c"], None));
    let (code, _) = refused(&server, "DescribeAlarms", json!({ "NextToken": "x" })).await;
    assert_eq!(code, "InvalidNextToken");
    let both = json!({ "AlarmNames": ["c"], "AlarmNamePrefix": "c" });
    assert_eq!(
        refused(&server, "DescribeAlarms", both).await.0,
        "ValidationError"
    );

    let metric = json!({ "MetricName": "Errors", "Namespace": "App", "Period": 120 });
    let found = ok(&server, "DescribeAlarmsForMetric", metric.clone()).await;
    assert_eq!(names(&found), ["c"]);
    let other = with(
        metric,
        "Dimensions",
        json!([{ "Name": "Host", "Value": "h" }]),
    );
    assert_eq!(
        names(&ok(&server, "DescribeAlarmsForMetric", other).await),
        [""; 0]
    );
}

#[tokio::test]
async fn all_named_alarms_are_deleted_or_none() {
    let server = Server::start().await;
    put(&server, alarm("a")).await;
    put(&server, alarm("b")).await;
    let some = json!({ "AlarmNames": ["a", "absent"] });
    let (code, message) = refused(&server, "DeleteAlarms", some).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("ResourceNotFound", "Alarm absent does not exist")
    );
    assert_eq!(
        names(&ok(&server, "DescribeAlarms", json!({})).await),
        ["a", "b"]
    );
    ok(&server, "DeleteAlarms", json!({ "AlarmNames": ["a", "b"] })).await;
    assert_eq!(
        names(&ok(&server, "DescribeAlarms", json!({})).await),
        [""; 0]
    );
    let history = ok(&server, "DescribeAlarmHistory", json!({ "AlarmName": "a" })).await;
    assert_eq!(
        history["AlarmHistoryItems"][0]["HistorySummary"],
        "Alarm \"a\" deleted"
    );
}

async fn journal(server: &Server) -> Vec<Value> {
    let path = "/_slipway/sns?topic=arn:aws:sns:us-east-1:000000000000:t";
    let text = server.get(path).await.text();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_topic_is_told_when_an_alarm_comes_into_another_state() {
    let server = Server::start().await;
    let sns = Service("sns", "2010-03-31");
    sns.ok(&server, "CreateTopic", &[("Name", "t")]).await;
    let topic = "arn:aws:sns:us-east-1:000000000000:t";
    let body = with(alarm("a"), "AlarmActions", json!([topic]));
    let body = with(body, "AlarmDescription", json!("too many"));
    put(
        &server,
        with(
            body,
            "Dimensions",
            json!([{ "Name": "Host", "Value": "h" }]),
        ),
    )
    .await;
    set(&server, "a", "OK").await;
    assert_eq!(journal(&server).await.len(), 0);
    set(&server, "a", "ALARM").await;
    set(&server, "a", "ALARM").await;
    let told = journal(&server).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["Subject"], "ALARM: \"a\" in US East (N. Virginia)");
    let message: Value = serde_json::from_str(told[0]["Message"].as_str().unwrap()).unwrap();
    for (member, value) in [
        ("AlarmName", json!("a")),
        ("AlarmDescription", json!("too many")),
        ("AWSAccountId", json!("000000000000")),
        ("NewStateValue", json!("ALARM")),
        ("NewStateReason", json!("test")),
        ("OldStateValue", json!("OK")),
        ("Region", json!("US East (N. Virginia)")),
        ("AlarmArn", json!(format!("{ARN}a"))),
        ("AlarmActions", json!([topic])),
        ("OKActions", json!([])),
    ] {
        assert_eq!(message[member], value, "{member}");
    }
    let trigger = &message["Trigger"];
    assert_eq!(trigger["Statistic"], "SUM");
    assert_eq!(
        trigger["Dimensions"],
        json!([{ "value": "h", "name": "Host" }])
    );
    let time = message["StateChangeTime"].as_str().unwrap();
    assert!(time.ends_with("+0000") && time.len() == 28, "{time}");
    let query = json!({ "AlarmName": "a", "HistoryItemType": "Action" });
    let history = ok(&server, "DescribeAlarmHistory", query).await;
    let summary = format!("Successfully executed action {topic}");
    assert_eq!(history["AlarmHistoryItems"][0]["HistorySummary"], summary);

    ok(
        &server,
        "DisableAlarmActions",
        json!({ "AlarmNames": ["a", "absent"] }),
    )
    .await;
    set(&server, "a", "OK").await;
    set(&server, "a", "ALARM").await;
    assert_eq!(journal(&server).await.len(), 1);
    ok(
        &server,
        "EnableAlarmActions",
        json!({ "AlarmNames": ["a"] }),
    )
    .await;
    set(&server, "a", "OK").await;
    set(&server, "a", "ALARM").await;
    assert_eq!(journal(&server).await.len(), 2);
}

#[tokio::test]
async fn actions_that_are_not_performed_are_said_to_have_failed() {
    let server = Server::start().await;
    let lambda = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let topic = "arn:aws:sns:us-east-1:000000000000:absent";
    put(
        &server,
        with(alarm("a"), "AlarmActions", json!([lambda, topic])),
    )
    .await;
    set(&server, "a", "ALARM").await;
    let query =
        json!({ "AlarmName": "a", "HistoryItemType": "Action", "ScanBy": "TimestampAscending" });
    let history = ok(&server, "DescribeAlarmHistory", query).await;
    let items = history["AlarmHistoryItems"].as_array().unwrap();
    let summaries: Vec<_> = items
        .iter()
        .map(|item| item["HistorySummary"].as_str().unwrap())
        .collect();
    assert_eq!(
        summaries,
        [
            format!(
                "Failed to execute action {lambda}. Received error: \"slipway performs actions that are SNS topics only\""
            ),
            format!(
                "Failed to execute action {topic}. Received error: \"the topic does not exist\""
            ),
        ]
    );
}

#[tokio::test]
async fn history_is_shown_by_alarm_kind_and_time_in_pages() {
    let server = Server::start().await;
    put(&server, alarm("a")).await;
    put(&server, alarm("b")).await;
    set(&server, "a", "OK").await;
    set(&server, "a", "ALARM").await;
    let summaries = async |body| {
        let history = ok(&server, "DescribeAlarmHistory", body).await;
        let items = history["AlarmHistoryItems"].as_array().unwrap().clone();
        let text = |item: &Value| item["HistorySummary"].as_str().unwrap().to_owned();
        (
            items.iter().map(text).collect::<Vec<_>>(),
            history.get("NextToken").cloned(),
        )
    };
    let (all, _) = summaries(json!({})).await;
    let expected = [
        "Alarm updated from OK to ALARM",
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm \"b\" created",
        "Alarm \"a\" created",
    ];
    assert_eq!(all, expected);
    let (of_b, _) = summaries(json!({ "AlarmName": "b" })).await;
    assert_eq!(of_b, ["Alarm \"b\" created"]);
    let forward = json!({ "AlarmName": "a", "HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending" });
    assert_eq!(summaries(forward).await.0, [expected[1], expected[0]]);
    let (first, token) = summaries(json!({ "MaxRecords": 3 })).await;
    let (rest, none) = summaries(json!({ "MaxRecords": 3, "NextToken": token.unwrap() })).await;
    assert_eq!([first, rest].concat(), expected);
    assert_eq!(none, None);
    let (late, _) = Protocol::Json
        .ask(
            &server,
            "DescribeAlarmHistory",
            &json!({ "StartDate": 4e9 }),
        )
        .await;
    assert_eq!(late.json()["AlarmHistoryItems"], json!([]));
    let bad =
        json!({ "AlarmName": "a", "StateValue": "OK", "StateReason": "r", "StateReasonData": "{" });
    assert_eq!(
        refused(&server, "SetAlarmState", bad).await.0,
        "InvalidFormat"
    );
}

#[derive(Default)]
struct Heard(Mutex<Vec<AlarmChanged>>);

impl AlarmListener for Heard {
    fn alarm_changed(&self, news: &AlarmChanged) {
        self.0.lock().unwrap().push(news.clone());
    }
}

#[tokio::test]
async fn engines_ask_for_states_and_hear_of_changes() {
    let server = Server::start().await;
    let companions = &server.app.companions;
    let heard = Arc::new(Heard::default());
    companions.listen_alarms(heard.clone());
    put(&server, alarm("a")).await;
    set(&server, "a", "ALARM").await;
    set(&server, "a", "ALARM").await;
    let scope = Call::new(&server.app).scope;
    let news = AlarmChanged {
        scope: scope.clone(),
        name: "a".to_owned(),
        old: "INSUFFICIENT_DATA".to_owned(),
        new: Some("ALARM".to_owned()),
    };
    assert_eq!(*heard.0.lock().unwrap(), std::slice::from_ref(&news));
    let asked = ["absent".to_owned(), "a".to_owned()];
    let info = AlarmInfo {
        name: "a".to_owned(),
        state: "ALARM".to_owned(),
    };
    assert_eq!(companions.alarms(&scope, &asked).await, [info]);
    let gone = json!({ "AlarmNames": ["a"] });
    ok(&server, "DeleteAlarms", gone).await;
    let gone = AlarmChanged {
        old: "ALARM".to_owned(),
        new: None,
        ..news.clone()
    };
    assert_eq!(*heard.0.lock().unwrap(), [news, gone]);
    assert_eq!(companions.alarms(&scope, &asked).await, []);
}
