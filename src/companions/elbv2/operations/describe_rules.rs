//! `DescribeRules`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html>

use crate::companions::elbv2::{errors, view};
use crate::server::Call;
use elbv2_api::error::DescribeRulesError;
use elbv2_api::input::DescribeRulesInput;
use elbv2_api::output::DescribeRulesOutput;

/// All rules in one page: a listener has a hundred at most.
pub async fn describe_rules(
    input: DescribeRulesInput,
    call: Call,
) -> Result<DescribeRulesOutput, DescribeRulesError> {
    let elbv2 = &call.app.elbv2;
    let rows = elbv2.rows(&call.scope);
    let arns = input.rule_arns.unwrap_or_default();
    let found = match &input.listener_arn {
        Some(_) if !arns.is_empty() => {
            return Err(errors::invalid(
                "Listener ARN and rule ARNs cannot be specified at the same time",
            )
            .into());
        }
        Some(arn) => elbv2.tables.rules_of(&rows.listener(arn)?.0),
        None if arns.is_empty() => {
            return Err(
                errors::invalid("You must specify either listener ARN or rule ARNs").into(),
            );
        }
        None => {
            let found = arns.iter().map(|arn| rows.rule(arn));
            found.collect::<Result<Vec<_>, _>>()?
        }
    };
    let mut shown = Vec::new();
    for (key, row) in &found {
        let (_, owner) = rows.owner(&key.1)?;
        shown.push(view::shown_rule(key, row, &owner));
    }
    Ok(DescribeRulesOutput {
        rules: Some(shown),
        next_marker: None,
    })
}
