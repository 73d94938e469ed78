//! What a crash leaves, which no client can bring about.

use super::rows::Action;
use super::*;
use crate::server::Call;
use crate::store::Txn;
use std::convert::Infallible;

#[tokio::test]
async fn an_action_that_a_crash_has_left_is_performed_after_the_next_start() {
    let call = Call::test();
    let cloudwatch = call.app.cloudwatch.clone();
    let topic = "arn:aws:sns:us-east-1:000000000000:t";
    let action = Action {
        alarm: (call.scope.clone(), "a".to_owned()),
        target: topic.to_owned(),
        subject: "s".to_owned(),
        message: "m".to_owned(),
    };
    let tables = cloudwatch.tables.clone();
    let noted = cloudwatch.store.write(move |tx: &mut Txn| {
        tables.add_action(tx, action);
        Ok::<_, Infallible>(())
    });
    noted.await.unwrap();
    cloudwatch.resume().await;
    assert!(cloudwatch.tables.actions.is_empty());
    let query = history::Query {
        scope: call.scope.clone(),
        alarm: Some("a".to_owned()),
        kind: None,
        from: crate::aws::Time::from_millis(i64::MIN),
        to: crate::aws::Time::from_millis(i64::MAX),
        direction: crate::store::Direction::Forward,
    };
    let events = cloudwatch.events(&query, None, 10).unwrap();
    let expected =
        format!("Failed to execute action {topic}. Received error: \"the topic does not exist\"");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.summary, expected);
}
