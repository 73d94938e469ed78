//! `DescribeAlarmHistory`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html>

use crate::aws::{Time, page};
use crate::companions::cloudwatch::history::Query;
use crate::companions::cloudwatch::rows::Moment;
use crate::companions::cloudwatch::{errors, view};
use crate::server::Call;
use crate::store::Direction;
use aws_smithy_types::DateTime;
use cloudwatch_api::error::DescribeAlarmHistoryError;
use cloudwatch_api::input::DescribeAlarmHistoryInput;
use cloudwatch_api::model::{AlarmType, ScanBy};
use cloudwatch_api::output::DescribeAlarmHistoryOutput;

/// Events per page, at most and by default.
const PAGE: usize = 100;

/// What happened, newest first unless asked otherwise; also of alarms that are gone.
pub async fn describe_alarm_history(
    input: DescribeAlarmHistoryInput,
    call: Call,
) -> Result<DescribeAlarmHistoryOutput, DescribeAlarmHistoryError> {
    let size = input
        .max_records
        .and_then(|most| usize::try_from(most).ok());
    let size = size.unwrap_or(PAGE);
    let binding = format!(
        "DescribeAlarmHistory {} {} {:?} {:?} {:?}",
        call.scope.account,
        call.scope.region,
        input.alarm_name,
        input.history_item_type,
        input.scan_by
    );
    let token = input.next_token.as_deref();
    let after = token
        .map(|token| page::position::<Moment>(&binding, token).ok_or_else(errors::invalid_token));
    let after = after.transpose()?;
    let types = input.alarm_types.as_ref().filter(|types| !types.is_empty());
    let others = types.is_some_and(|types| !types.contains(&AlarmType::MetricAlarm));
    let found = match others || input.alarm_contributor_id.is_some() {
        true => Vec::new(),
        false => {
            let query = query(input, &call);
            let found = call.app.cloudwatch.events(&query, after, size + 1);
            found.unwrap_or_else(|error| error.raise())
        }
    };
    let (found, last) = page::cut(found, size, |found| found.moment);
    Ok(DescribeAlarmHistoryOutput {
        alarm_history_items: Some(found.into_iter().map(view::event).collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

fn query(input: DescribeAlarmHistoryInput, call: &Call) -> Query {
    let time = |time: Option<DateTime>, other: i64| {
        let millis = time.and_then(|time| time.to_millis().ok());
        Time::from_millis(millis.unwrap_or(other))
    };
    Query {
        scope: call.scope.clone(),
        alarm: input.alarm_name,
        kind: input.history_item_type,
        from: time(input.start_date, i64::MIN),
        to: time(input.end_date, i64::MAX),
        direction: match input.scan_by {
            Some(ScanBy::TimestampAscending) => Direction::Forward,
            _ => Direction::Backward,
        },
    }
}
