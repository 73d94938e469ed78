//! SNS in awsQuery, as the aws CLI and Terraform speak it, and its deliveries. Witness of shapes and texts: the API reference, the
//! developer guide's pages on HTTP endpoints, and recorded answers.

use super::query::{Service, element, entry, fault};
use crate::support::endpoint::Post;
use crate::support::{Endpoint, Server};
use serde_json::{Value, json};
use slipway::app::App;
use slipway::aws::{Region, Scope};
use slipway::companions::PublishError;
use slipway::config::{Builds, Config, Data};
use slipway::server::Call;
use std::collections::HashMap;

const SNS: Service = Service("sns", "2010-03-31");
const ARN: &str = "arn:aws:sns:us-east-1:000000000000:t";
const TOPIC: (&str, &str) = ("TopicArn", ARN);

/// A server with the topic `t`, on which waits take a thousandth of their time.
async fn with_topic() -> Server {
    let config = Config {
        time_scale: 1000.0,
        ..Config::in_memory()
    };
    let server = listening(App::start(config).await.unwrap()).await;
    let created = SNS.ok(&server, "CreateTopic", &[("Name", "t")]).await;
    assert_eq!(element(&created, "TopicArn"), ARN);
    server
}

async fn listening(app: std::sync::Arc<App>) -> Server {
    let server = Server::of(app).await;
    server.app.world.listens(server.address, HashMap::new());
    server
}

async fn journal(server: &Server, arn: &str) -> Vec<Value> {
    let text = server
        .get(&format!("/_slipway/sns?topic={arn}"))
        .await
        .text();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn subscribe(server: &Server, endpoint: &Endpoint) {
    let fields = [TOPIC, ("Protocol", "http"), ("Endpoint", &endpoint.url)];
    let answer = SNS.ok(server, "Subscribe", &fields).await;
    assert_eq!(element(&answer, "SubscriptionArn"), "pending confirmation");
}

/// Subscribes the endpoint and confirms with the token it was sent; gives the ARN.
async fn confirmed(server: &Server, endpoint: &Endpoint) -> String {
    subscribe(server, endpoint).await;
    let asked = endpoint.wait_for(1).await.remove(0).json();
    let token = asked["Token"].as_str().unwrap();
    let fields = [TOPIC, ("Token", token)];
    let answer = SNS.ok(server, "ConfirmSubscription", &fields).await;
    element(&answer, "SubscriptionArn")
}

async fn publish(server: &Server, text: &str) -> String {
    let answer = SNS.ok(server, "Publish", &[TOPIC, ("Message", text)]).await;
    element(&answer, "MessageId")
}

/// Waits until nothing is to be delivered any more: the next start would find no pending delivery.
async fn settled(server: &Server, endpoint: &Endpoint, count: usize) -> Vec<Post> {
    let posts = endpoint.wait_for(count).await;
    server.app.sns.halt().await;
    server.app.sns.resume();
    posts
}

#[tokio::test]
async fn a_topic_is_created_shown_changed_listed_and_deleted() {
    let server = with_topic().await;
    let shown = SNS.ok(&server, "GetTopicAttributes", &[TOPIC]).await;
    assert_eq!(entry(&shown, "TopicArn").unwrap(), ARN);
    assert_eq!(entry(&shown, "Owner").unwrap(), "000000000000");
    assert_eq!(entry(&shown, "SubscriptionsConfirmed").unwrap(), "0");
    let policy: Value = serde_json::from_str(&entry(&shown, "Policy").unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Resource"], ARN);
    for (name, value) in [
        ("DisplayName", "My topic"),
        ("Policy", r#"{"Statement":[]}"#),
        ("KmsMasterKeyId", "alias/aws/sns"),
    ] {
        let fields = [TOPIC, ("AttributeName", name), ("AttributeValue", value)];
        SNS.ok(&server, "SetTopicAttributes", &fields).await;
        let shown = SNS.ok(&server, "GetTopicAttributes", &[TOPIC]).await;
        assert_eq!(entry(&shown, name).as_deref(), Some(value));
    }
    let listed = SNS.ok(&server, "ListTopics", &[]).await;
    assert!(listed.contains(&format!("<member><TopicArn>{ARN}</TopicArn></member>")));
    SNS.ok(&server, "DeleteTopic", &[TOPIC]).await;
    SNS.ok(&server, "DeleteTopic", &[TOPIC]).await;
    let absent = fault(404, "NotFound", "Topic does not exist");
    for (action, more) in [
        ("GetTopicAttributes", ("X", "")),
        ("ListSubscriptionsByTopic", ("X", "")),
        ("Publish", ("Message", "m")),
    ] {
        assert_eq!(SNS.error(&server, action, &[TOPIC, more]).await, absent);
    }
}

#[tokio::test]
async fn creating_a_topic_again_gives_it_unless_it_would_be_another_one() {
    let server = with_topic().await;
    let shown = ("Attributes.entry.1.key", "DisplayName");
    let (status, text) = SNS.ask(&server, "CreateTopic", &[("Name", "t")]).await;
    assert!(status.is_success() && text.contains(ARN));
    let named = [("Name", "t"), shown, ("Attributes.entry.1.value", "other")];
    let (_, text) = SNS.ask(&server, "CreateTopic", &named).await;
    assert_eq!(
        element(&text, "Message"),
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
    );
    let tagged = [
        ("Name", "t"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ];
    let (_, text) = SNS.ask(&server, "CreateTopic", &tagged).await;
    assert_eq!(
        element(&text, "Message"),
        "Invalid parameter: Tags Reason: Topic already exists with different tags"
    );
    for name in ["", "a b", "x.fifo"] {
        let refused = SNS.error(&server, "CreateTopic", &[("Name", name)]).await;
        let expected = fault(400, "InvalidParameter", "Invalid parameter: Topic Name");
        assert_eq!(refused, expected, "{name}");
    }
}

#[tokio::test]
async fn wrong_attributes_and_arns_are_refused_by_name() {
    let server = with_topic().await;
    let set = async |name, value| {
        let fields = [TOPIC, ("AttributeName", name), ("AttributeValue", value)];
        let refused = SNS.error(&server, "SetTopicAttributes", &fields).await;
        assert_eq!((refused.0, refused.1.as_str()), (400, "InvalidParameter"));
        refused.2
    };
    assert_eq!(
        set("Nothing", "1").await,
        "Invalid parameter: AttributeName"
    );
    assert_eq!(
        set("FifoTopic", "true").await,
        "Invalid parameter: AttributeName"
    );
    assert_eq!(
        set("Policy", "{").await,
        "Invalid parameter: Policy: failed to parse JSON."
    );
    assert!(
        set("TracingConfig", "Yes")
            .await
            .contains("PassThrough or Active")
    );
    let refused = SNS.error(&server, "GetTopicAttributes", &[("TopicArn", "t")]);
    assert_eq!(
        refused.await.2,
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
    );
}

#[tokio::test]
async fn an_http_endpoint_is_asked_to_confirm_and_then_told_every_message() {
    let server = with_topic().await;
    let endpoint = Endpoint::answering(&[]).await;
    subscribe(&server, &endpoint).await;
    let asked = endpoint.wait_for(1).await.remove(0);
    assert_eq!(asked.path, "/hook?a=b");
    assert_eq!(
        asked.header("x-amz-sns-message-type"),
        "SubscriptionConfirmation"
    );
    assert_eq!(asked.header("x-amz-sns-topic-arn"), ARN);
    assert_eq!(asked.header("content-type"), "text/plain; charset=UTF-8");
    assert_eq!(
        asked.header("user-agent"),
        "Amazon Simple Notification Service Agent"
    );
    let body = asked.json();
    assert_eq!(body["Type"], "SubscriptionConfirmation");
    assert_eq!(body["MessageId"], asked.header("x-amz-sns-message-id"));
    assert_eq!(
        (&body["SignatureVersion"], &body["Signature"]),
        (&json!("1"), &json!(""))
    );

    // Nothing is told to somebody who has not agreed.
    publish(&server, "before").await;
    let listed = SNS.ok(&server, "ListSubscriptionsByTopic", &[TOPIC]).await;
    assert_eq!(element(&listed, "SubscriptionArn"), "PendingConfirmation");

    let link = body["SubscribeURL"].as_str().unwrap();
    let own = format!("http://{}", server.address);
    let visited = server.get(link.strip_prefix(&own).unwrap()).await;
    let arn = element(&visited.text(), "SubscriptionArn");
    assert!(arn.starts_with(&format!("{ARN}:")), "{arn}");

    let attribute = [
        TOPIC,
        ("Message", r#"{"default":"all","http":"an \"http\" text"}"#),
        ("MessageStructure", "json"),
        ("Subject", "About"),
        ("MessageAttributes.entry.1.Name", "kind"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", "x"),
    ];
    let id = element(&SNS.ok(&server, "Publish", &attribute).await, "MessageId");
    let told = endpoint.wait_for(2).await.remove(1);
    assert_eq!(told.header("x-amz-sns-message-type"), "Notification");
    assert_eq!(told.header("x-amz-sns-subscription-arn"), arn);
    let body = told.json();
    assert_eq!(body["MessageId"], id.as_str());
    assert_eq!(body["Message"], "an \"http\" text");
    assert_eq!(body["Subject"], "About");
    assert_eq!(
        body["MessageAttributes"],
        json!({ "kind": { "Type": "String", "Value": "x" } })
    );
    let stamp = body["Timestamp"].as_str().unwrap();
    assert_eq!((stamp.len(), stamp.as_bytes()[23]), (24, b'Z'), "{stamp}");

    let link = body["UnsubscribeURL"].as_str().unwrap();
    assert!(
        server
            .get(link.strip_prefix(&own).unwrap())
            .await
            .status
            .is_success()
    );
    publish(&server, "after").await;
    let listed = SNS.ok(&server, "ListSubscriptions", &[]).await;
    assert!(!listed.contains("<SubscriptionArn>"), "{listed}");
    settled(&server, &endpoint, 2).await;
    assert_eq!(endpoint.posts().len(), 2);
    let texts: Vec<_> = journal(&server, ARN)
        .await
        .iter()
        .map(|m| m["Message"].clone())
        .collect();
    assert_eq!(texts.len(), 3);
    assert_eq!((&texts[0], &texts[2]), (&json!("before"), &json!("after")));
}

#[tokio::test]
async fn subscribing_again_gives_the_same_subscription_and_asks_again_while_it_is_pending() {
    let server = with_topic().await;
    let endpoint = Endpoint::answering(&[]).await;
    subscribe(&server, &endpoint).await;
    endpoint.wait_for(1).await;
    subscribe(&server, &endpoint).await;
    let posts = endpoint.wait_for(2).await;
    assert_eq!(posts[0].json()["Token"], posts[1].json()["Token"]);
    let arn = confirmed(&server, &endpoint).await;
    let fields = [TOPIC, ("Protocol", "http"), ("Endpoint", &endpoint.url)];
    let again = SNS.ok(&server, "Subscribe", &fields).await;
    assert_eq!(element(&again, "SubscriptionArn"), arn);
    for token in ["nonsense".to_owned(), "0".repeat(160)] {
        let fields = [TOPIC, ("Token", token.as_str())];
        let refused = SNS.error(&server, "ConfirmSubscription", &fields).await;
        assert_eq!(refused, fault(400, "InvalidParameter", "Invalid token"));
    }
}

#[tokio::test]
async fn a_message_that_is_not_taken_is_sent_again_up_to_four_times() {
    let server = with_topic().await;
    let endpoint = Endpoint::answering(&[200, 500, 429, 200, 503, 503, 503, 503]).await;
    confirmed(&server, &endpoint).await;
    let first = publish(&server, "one").await;
    let posts = endpoint.wait_for(4).await;
    let ids = posts[1..]
        .iter()
        .map(|post| post.json()["MessageId"].clone());
    assert_eq!(ids.collect::<Vec<_>>(), [first.as_str(); 3]);
    let second = publish(&server, "two").await;
    endpoint.wait_for(8).await;
    // Given up: what comes next is another message.
    let third = publish(&server, "three").await;
    let posts = endpoint.wait_for(9).await;
    assert_eq!(posts[7].json()["MessageId"], second.as_str());
    assert_eq!(posts[8].json()["MessageId"], third.as_str());
    settled(&server, &endpoint, 9).await;
    assert_eq!(endpoint.posts().len(), 9);
}

#[tokio::test]
async fn redirects_are_not_followed_and_refusals_not_repeated() {
    let server = with_topic().await;
    let endpoint = Endpoint::answering(&[200, 302, 404]).await;
    confirmed(&server, &endpoint).await;
    publish(&server, "one").await;
    endpoint.wait_for(2).await;
    publish(&server, "two").await;
    endpoint.wait_for(3).await;
    publish(&server, "three").await;
    let posts = settled(&server, &endpoint, 4).await;
    assert!(posts.iter().all(|post| post.path == "/hook?a=b"));
    let texts: Vec<_> = posts[1..]
        .iter()
        .map(|post| post.json()["Message"].clone())
        .collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn raw_delivery_sends_the_text_alone() {
    let server = with_topic().await;
    let endpoint = Endpoint::answering(&[]).await;
    let arn = confirmed(&server, &endpoint).await;
    let subscription = ("SubscriptionArn", arn.as_str());
    let set = async |name, value| {
        let fields = [
            subscription,
            ("AttributeName", name),
            ("AttributeValue", value),
        ];
        SNS.ask(&server, "SetSubscriptionAttributes", &fields).await
    };
    assert!(set("RawMessageDelivery", "true").await.0.is_success());
    let shown = SNS
        .ok(&server, "GetSubscriptionAttributes", &[subscription])
        .await;
    assert_eq!(entry(&shown, "RawMessageDelivery").unwrap(), "true");
    assert_eq!(entry(&shown, "PendingConfirmation").unwrap(), "false");
    assert_eq!(entry(&shown, "Endpoint").unwrap(), endpoint.url);
    for (name, value, said) in [
        ("RawMessageDelivery", "yes", "Must be true or false."),
        (
            "FilterPolicy",
            r#"{"a":["b"]}"#,
            "slipway does not filter messages",
        ),
        (
            "RedrivePolicy",
            r#"{"deadLetterTargetArn":"x"}"#,
            "no dead-letter queues",
        ),
        ("Other", "x", "AttributeName"),
    ] {
        let (status, text) = set(name, value).await;
        assert!(status.as_u16() == 400 && text.contains(said), "{text}");
    }
    publish(&server, "raw").await;
    let told = endpoint.wait_for(2).await.remove(1);
    assert_eq!(told.header("x-amz-sns-rawdelivery"), "true");
    assert_eq!(&told.body[..], b"raw");
    SNS.ok(&server, "Unsubscribe", &[subscription]).await;
    SNS.ok(&server, "Unsubscribe", &[subscription]).await;
    let absent = SNS
        .error(&server, "GetSubscriptionAttributes", &[subscription])
        .await;
    assert_eq!(
        absent,
        fault(404, "NotFound", "Subscription does not exist")
    );
}

#[tokio::test]
async fn deliveries_that_the_server_leaves_are_made_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let config = Config {
        data: Data::Folder(path),
        builds: Builds::Host,
        ..Config::in_memory()
    };
    // The second try would come in twenty seconds.
    let endpoint = Endpoint::answering(&[200, 500]).await;
    let server = listening(App::start(config.clone()).await.unwrap()).await;
    SNS.ok(&server, "CreateTopic", &[("Name", "t")]).await;
    confirmed(&server, &endpoint).await;
    let id = publish(&server, "kept").await;
    endpoint.wait_for(2).await;
    let app = server.app.clone();
    server.stop().await;
    app.close().await.unwrap();
    drop(app);
    let server = listening(App::start(config).await.unwrap()).await;
    let posts = endpoint.wait_for(3).await;
    assert_eq!(posts[2].json()["MessageId"], id.as_str());
    server.app.close().await.unwrap();
}

#[tokio::test]
async fn only_endpoints_that_are_reached_or_asked_by_mail_are_subscribed() {
    let server = with_topic().await;
    let subscribe = async |protocol, endpoint| {
        let fields = [TOPIC, ("Protocol", protocol), ("Endpoint", endpoint)];
        SNS.ask(&server, "Subscribe", &fields).await
    };
    let (status, text) = subscribe("email", "a@b.example").await;
    assert!(status.is_success());
    assert_eq!(element(&text, "SubscriptionArn"), "pending confirmation");
    for (protocol, endpoint, said) in [
        ("email", "nobody", "Email address"),
        (
            "http",
            "https://a.example/",
            "Endpoint must match the specified protocol",
        ),
        (
            "https",
            "https://a.example/",
            "it has no TLS of its own yet",
        ),
        ("http", "http://", "Endpoint Reason"),
        (
            "sqs",
            "arn:aws:sqs:us-east-1:000000000000:q",
            "http endpoints only, not to sqs",
        ),
        (
            "lambda",
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "not to lambda",
        ),
        (
            "carrier-pigeon",
            "x",
            "does not support this protocol string: carrier-pigeon",
        ),
    ] {
        let (status, text) = subscribe(protocol, endpoint).await;
        assert_eq!(status.as_u16(), 400, "{protocol} {endpoint}");
        assert_eq!(element(&text, "Code"), "InvalidParameter");
        assert!(element(&text, "Message").contains(said), "{text}");
    }
    let shown = SNS.ok(&server, "GetTopicAttributes", &[TOPIC]).await;
    assert_eq!(entry(&shown, "SubscriptionsPending").unwrap(), "1");
}

#[tokio::test]
async fn what_cannot_be_published_is_refused_and_leaves_no_trace() {
    let server = with_topic().await;
    let long = "m".repeat(256 * 1024 + 1);
    let (message, json) = (("Message", "m"), ("MessageStructure", "json"));
    let structured = |text| vec![TOPIC, ("Message", text), json];
    for (fields, said) in [
        (
            vec![message],
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
        ),
        (
            vec![TOPIC, ("Message", "")],
            "Invalid parameter: Empty message",
        ),
        (
            vec![TOPIC, ("Message", &long)],
            "Invalid parameter: Message too long",
        ),
        (
            vec![TOPIC, message, ("Subject", "a\nb")],
            "Invalid parameter: Subject",
        ),
        (
            structured("x"),
            "Invalid parameter: Message Structure - JSON message body failed to parse",
        ),
        (
            structured("{}"),
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
        (
            vec![("PhoneNumber", "+1"), message],
            "Invalid parameter: PhoneNumber Reason: slipway sends no text messages",
        ),
    ] {
        let refused = SNS.error(&server, "Publish", &fields).await;
        assert_eq!(refused, fault(400, "InvalidParameter", said));
    }
    let attribute = [
        TOPIC,
        message,
        ("MessageAttributes.entry.1.Name", "kind"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
    ];
    let refused = SNS.error(&server, "Publish", &attribute).await;
    assert_eq!(refused.1, "ParameterValueInvalid");
    assert!(journal(&server, ARN).await.is_empty());
    let most = "m".repeat(256 * 1024);
    publish(&server, &most).await;
    assert_eq!(journal(&server, ARN).await.len(), 1);
}

#[tokio::test]
async fn engines_publish_and_the_newest_thousand_messages_are_kept() {
    let server = with_topic().await;
    let (companions, scope) = (&server.app.companions, Call::new(&server.app).scope);
    for number in 0..1003 {
        let text = number.to_string();
        let published = companions.publish(&scope, ARN, "subject", &text).await;
        assert_eq!(published.unwrap().len(), 36);
    }
    let lines = journal(&server, ARN).await;
    assert_eq!(lines.len(), 1000);
    assert_eq!(
        (&lines[0]["Message"], &lines[999]["Message"]),
        (&json!("3"), &json!("1002"))
    );
    assert_eq!(lines[0]["Subject"], "subject");

    let absent = format!("{ARN}2");
    let refused = companions.publish(&scope, &absent, "", "m").await;
    assert_eq!(refused, Err(PublishError::NoSuchTopic));
    let refused = companions.publish(&scope, "t", "", "m").await;
    assert_eq!(refused, Err(PublishError::InvalidTopic));
    let elsewhere = Scope::new(scope.account.clone(), Region::parse("eu-west-1").unwrap());
    let refused = companions.publish(&elsewhere, ARN, "", "m").await;
    assert_eq!(refused, Err(PublishError::NoSuchTopic));
    let refused = companions.publish(&scope, ARN, "", "").await;
    assert!(
        matches!(refused, Err(PublishError::Failed(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_fifo_topic_numbers_its_messages_and_takes_none_twice_in_five_minutes() {
    let server = with_topic().await;
    let create = [
        ("Name", "t.fifo"),
        ("Attributes.entry.1.key", "FifoTopic"),
        ("Attributes.entry.1.value", "true"),
    ];
    let arn = element(&SNS.ok(&server, "CreateTopic", &create).await, "TopicArn");
    let (topic, message) = (("TopicArn", arn.as_str()), ("Message", "m"));
    let group = ("MessageGroupId", "g");
    let refused = SNS.error(&server, "Publish", &[topic, message]).await;
    assert!(refused.2.contains("MessageGroupId parameter is required"));
    let refused = SNS
        .error(&server, "Publish", &[topic, message, group])
        .await;
    assert!(
        refused.2.contains("ContentBasedDeduplication"),
        "{}",
        refused.2
    );
    let fields = [topic, message, group, ("MessageDeduplicationId", "d")];
    let first = SNS.ok(&server, "Publish", &fields).await;
    let again = SNS.ok(&server, "Publish", &fields).await;
    assert_eq!(element(&first, "MessageId"), element(&again, "MessageId"));
    assert_eq!(element(&first, "SequenceNumber"), "10000000000000000001");
    assert_eq!(journal(&server, &arn).await.len(), 1);
    let fields = [
        topic,
        ("Protocol", "http"),
        ("Endpoint", "http://127.0.0.1:1/"),
    ];
    let refused = SNS.error(&server, "Subscribe", &fields).await;
    assert!(
        refused
            .2
            .contains("FIFO SNS topics can not be subscribed by http")
    );
    let scope = Call::new(&server.app).scope;
    let refused = server.app.companions.publish(&scope, &arn, "", "m").await;
    assert_eq!(refused, Err(PublishError::InvalidTopic));
}

#[tokio::test]
async fn topics_are_tagged() {
    let server = with_topic().await;
    let resource = ("ResourceArn", ARN);
    let tag = [
        resource,
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
    ];
    SNS.ok(&server, "TagResource", &tag).await;
    let listed = SNS.ok(&server, "ListTagsForResource", &[resource]).await;
    assert!(
        listed.contains("<member><Key>team</Key><Value>a</Value></member>"),
        "{listed}"
    );
    SNS.ok(
        &server,
        "UntagResource",
        &[resource, ("TagKeys.member.1", "team")],
    )
    .await;
    let listed = SNS.ok(&server, "ListTagsForResource", &[resource]).await;
    assert!(!listed.contains("<Key>"), "{listed}");
    let absent = [("ResourceArn", "arn:aws:sns:us-east-1:000000000000:absent")];
    let refused = SNS.error(&server, "ListTagsForResource", &absent).await;
    assert_eq!(
        refused,
        fault(404, "ResourceNotFound", "Resource does not exist")
    );
}

#[tokio::test]
async fn topics_are_listed_in_pages_and_the_journal_names_what_is_wrong() {
    let server = with_topic().await;
    for number in 0..101 {
        let name = format!("a{number:03}");
        SNS.ok(&server, "CreateTopic", &[("Name", &name)]).await;
    }
    let first = SNS.ok(&server, "ListTopics", &[]).await;
    assert_eq!(first.matches("<TopicArn>").count(), 100);
    let token = element(&first, "NextToken");
    let second = SNS
        .ok(&server, "ListTopics", &[("NextToken", &token)])
        .await;
    assert_eq!(second.matches("<TopicArn>").count(), 2);
    let refused = SNS
        .error(&server, "ListTopics", &[("NextToken", "x")])
        .await;
    assert_eq!(refused.1, "InvalidParameter");
    assert_eq!(server.get("/_slipway/sns").await.status.as_u16(), 400);
    assert_eq!(
        server.get("/_slipway/sns?topic=x").await.status.as_u16(),
        404
    );
    server.app.reset().await.unwrap();
    let listed = SNS.ok(&server, "ListTopics", &[]).await;
    assert!(!listed.contains("<TopicArn>"));
}
