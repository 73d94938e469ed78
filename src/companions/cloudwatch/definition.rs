//! What an alarm may be, beyond what the model says of each member.
//!
//! Invariant: an alarm that passes `check` says what it watches in exactly one way.

use super::errors::invalid;
use crate::aws::Arn;
use cloudwatch_api::input::PutMetricAlarmInput;
use slipway_runtime::CommonError;

type Checked = Result<(), CommonError>;

/// Alarms on metrics may look back this long.
const LONGEST_LOOK: i64 = 7 * 86_400;

pub fn check(input: &PutMetricAlarmInput) -> Checked {
    let watched = [
        input.metric_name.is_some(),
        input.metrics.is_some(),
        input.evaluation_criteria.is_some(),
    ];
    match watched.iter().filter(|given| **given).count() {
        1 => {}
        0 => {
            return Err(invalid(
                "One of MetricName, Metrics and EvaluationCriteria must be given.",
            ));
        }
        _ => {
            return Err(invalid(
                "Only one of MetricName, Metrics and EvaluationCriteria may be given.",
            ));
        }
    }
    check_metric(input)?;
    check_queries(input)?;
    if input.evaluation_criteria.is_none() {
        check_evaluation(input)?;
    }
    check_words(input)?;
    check_actions(input)
}

fn check_metric(input: &PutMetricAlarmInput) -> Checked {
    if input.metric_name.is_none() {
        let alone = input.namespace.is_none()
            && input.statistic.is_none()
            && input.extended_statistic.is_none()
            && input.dimensions.as_ref().is_none_or(Vec::is_empty);
        return rule(
            alone,
            "Namespace, Dimensions, Statistic and ExtendedStatistic belong to an alarm with MetricName.",
        );
    }
    rule(
        input.namespace.is_some(),
        "Namespace is required with MetricName.",
    )?;
    rule(
        input.period.is_some(),
        "Period is required with MetricName.",
    )?;
    rule(
        input.statistic.is_some() != input.extended_statistic.is_some(),
        "Exactly one of Statistic and ExtendedStatistic must be given with MetricName.",
    )
}

fn check_queries(input: &PutMetricAlarmInput) -> Checked {
    let Some(queries) = &input.metrics else {
        return Ok(());
    };
    rule(
        input.period.is_none(),
        "Period must not be given with Metrics.",
    )?;
    let returned = queries.iter().filter(|q| q.return_data != Some(false));
    let returned = returned.count();
    let banded = input.threshold_metric_id.is_some();
    rule(
        returned == 1 || (banded && returned == 2),
        "Exactly one element of Metrics must return data.",
    )?;
    for query in queries {
        rule(
            query.metric_stat.is_some() != query.expression.is_some(),
            "Each element of Metrics has either MetricStat or Expression.",
        )?;
        let period = query.metric_stat.as_ref().map(|stat| stat.period);
        period.or(query.period).map_or(Ok(()), check_period)?;
    }
    Ok(())
}

fn check_evaluation(input: &PutMetricAlarmInput) -> Checked {
    rule(
        input.comparison_operator.is_some(),
        "ComparisonOperator is required.",
    )?;
    rule(
        input.threshold.is_some() != input.threshold_metric_id.is_some(),
        "Exactly one of Threshold and ThresholdMetricId must be given.",
    )?;
    rule(
        input.threshold.is_none_or(f64::is_finite),
        "Threshold must be a finite number.",
    )?;
    let Some(periods) = input.evaluation_periods else {
        return Err(invalid("EvaluationPeriods is required."));
    };
    rule(
        input
            .datapoints_to_alarm
            .is_none_or(|points| points <= periods),
        "DatapointsToAlarm must not be greater than EvaluationPeriods.",
    )?;
    input.period.map_or(Ok(()), check_period)?;
    let look = i64::from(periods) * i64::from(input.period.unwrap_or(1));
    rule(
        look <= LONGEST_LOOK,
        "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period).",
    )
}

fn check_period(period: i32) -> Checked {
    rule(
        matches!(period, 10 | 20 | 30) || period % 60 == 0,
        "Period must be 10, 20, 30 or a multiple of 60.",
    )
}

fn check_words(input: &PutMetricAlarmInput) -> Checked {
    let missing = ["breaching", "notBreaching", "ignore", "missing"];
    let low = ["evaluate", "ignore"];
    let known = |value: &Option<String>, words: &[&str]| {
        value.as_deref().is_none_or(|value| words.contains(&value))
    };
    rule(
        known(&input.treat_missing_data, &missing),
        "TreatMissingData must be breaching, notBreaching, ignore or missing.",
    )?;
    rule(
        known(&input.evaluate_low_sample_count_percentile, &low),
        "EvaluateLowSampleCountPercentile must be evaluate or ignore.",
    )
}

fn check_actions(input: &PutMetricAlarmInput) -> Checked {
    let lists = [
        &input.ok_actions,
        &input.alarm_actions,
        &input.insufficient_data_actions,
    ];
    for target in lists.into_iter().flatten().flatten() {
        if Arn::parse(target).is_none() {
            return Err(invalid(format!("Invalid arn syntax: {target}")));
        }
    }
    Ok(())
}

fn rule(kept: bool, text: &str) -> Checked {
    match kept {
        true => Ok(()),
        false => Err(invalid(text)),
    }
}
