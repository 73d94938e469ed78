//! People are told of approvals by a topic; alarms are read for rules.
//!
//! Source: contract, codepipeline section 5.10.

use super::{Performer, alarms};
use crate::aws::Time;
use crate::companions::PublishError;
use crate::engine::pipeline::Event;
use crate::engine::pipeline::effect::{NotifyApproval, Order};
use crate::engine::pipeline::run::{ActionError, ErrorCode};
use serde::Serialize;

/// Characters of a name that the subject of a message shows.
const SHOWN: usize = 24;

/// The message; keys in AWS's order, absent values as null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    region: &'a str,
    console_link: String,
    approval: Approval<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Approval<'a> {
    pipeline_name: &'a str,
    stage_name: &'a str,
    action_name: &'a str,
    token: &'a str,
    expires: String,
    external_entity_link: Option<&'a str>,
    approval_review_link: String,
    custom_data: Option<&'a str>,
}

impl Performer {
    pub(super) async fn notify(&self, job: &NotifyApproval) -> Result<(), ActionError> {
        let (scope, topic) = (&job.order.scope, &job.topic);
        let published = self
            .companions()
            .publish(scope, topic, &subject(job), &message(job))
            .await;
        published.map(drop).map_err(|error| match error {
            PublishError::NoSuchTopic => ActionError::configuration(format!(
                "No Amazon SNS topic with the ARN {topic} was found. Update your pipeline to use an existing topic, or create a new one to use in your pipeline."
            )),
            PublishError::InvalidTopic => ActionError::configuration(format!(
                "An invalid topic ARN ({topic}) was provided. Update your pipeline to use a valid topic, or create a new one to use in your pipeline."
            )),
            PublishError::Failed(what) => ActionError::new(
                ErrorCode::JobFailed,
                format!("The message could not be published to {topic}: {what}"),
            ),
        })
    }

    pub(super) async fn read_alarm(&self, order: Order, alarm: String) -> Event {
        let alarm = alarms::see(self.companions(), &order.scope, alarm).await;
        Event::AlarmSeen {
            token: order.token,
            alarm,
        }
    }
}

fn subject(job: &NotifyApproval) -> String {
    let (pipeline, action) = (cut(&job.pipeline), cut(&job.action));
    format!("APPROVAL NEEDED: AWS CodePipeline {pipeline} for action {action}")
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.to_owned(),
    }
}

fn message(job: &NotifyApproval) -> String {
    let region = job.order.scope.region.as_str();
    let (pipeline, stage, action) = (&job.pipeline, &job.stage, &job.action);
    let token = &job.order.token.0;
    let link = format!(
        "https://console.aws.amazon.com/codesuite/codepipeline/pipelines/{pipeline}/view?region={region}"
    );
    let message = Message {
        region,
        approval: Approval {
            pipeline_name: pipeline,
            stage_name: stage,
            action_name: action,
            token,
            expires: minute(job.expires),
            external_entity_link: job.link.as_deref(),
            approval_review_link: format!("{link}#/{stage}/{action}/approve/{token}"),
            custom_data: job.data.as_deref(),
        },
        console_link: link,
    };
    serde_json::to_string(&message).expect("texts make JSON")
}

/// `2026-10-05T20:21Z`.
fn minute(time: Time) -> String {
    let at = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region, Scope};
    use crate::engine::pipeline::ActionToken;
    use expect_test::expect;

    /// Witness: contract §5.10, SNS message.
    #[test]
    fn the_message_has_awss_keys_in_awss_order() {
        let account = Account::parse("000000000000").unwrap();
        let job = NotifyApproval {
            order: Order {
                token: ActionToken("token".to_owned()),
                scope: Scope::new(account, Region::parse("us-east-1").unwrap()),
                role_arn: "role".to_owned(),
                own_role_arn: None,
            },
            topic: "topic".to_owned(),
            pipeline: "p".to_owned(),
            stage: "Approve".to_owned(),
            action: "A-very-long-name-of-an-action".to_owned(),
            expires: Time::from_millis(1_791_231_665_000),
            link: None,
            data: Some("look".to_owned()),
        };
        let seen = format!("{}\n{}\n", subject(&job), message(&job));
        expect![[r##"
            APPROVAL NEEDED: AWS CodePipeline p for action A-very-long-name-of-an-a...
            {"region":"us-east-1","consoleLink":"https://console.aws.amazon.com/codesuite/codepipeline/pipelines/p/view?region=us-east-1","approval":{"pipelineName":"p","stageName":"Approve","actionName":"A-very-long-name-of-an-action","token":"token","expires":"2026-10-05T20:21Z","externalEntityLink":null,"approvalReviewLink":"https://console.aws.amazon.com/codesuite/codepipeline/pipelines/p/view?region=us-east-1#/Approve/A-very-long-name-of-an-action/approve/token","customData":"look"}}
        "##]]
        .assert_eq(&seen);
    }
}
