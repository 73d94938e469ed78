//! `ListPolicies`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::rows::is_aws_managed;
use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::ListPoliciesError;
use iam_api::input::ListPoliciesInput;
use iam_api::model::{Policy, PolicyScopeType, PolicyUsageType};
use iam_api::output::ListPoliciesOutput;
use std::collections::BTreeMap;

/// The account's policies. Of AWS's own, those that are attached are listed.
///
/// Differs from AWS: `ListPolicies` lists AWS's own policies only when a role of the account has them.
pub async fn list_policies(
    input: ListPoliciesInput,
    call: Call,
) -> Result<ListPoliciesOutput, ListPoliciesError> {
    let prefix = input.path_prefix.clone().unwrap_or_else(|| "/".to_owned());
    let mut all = BTreeMap::new();
    if input.scope != Some(PolicyScopeType::Aws) {
        all.extend(own(&call));
    }
    if input.scope != Some(PolicyScopeType::Local) {
        all.extend(of_aws(&call));
    }
    let attached_only = input.only_attached == Some(true);
    let boundaries = input.policy_usage_filter == Some(PolicyUsageType::PermissionsBoundary);
    all.retain(|_, policy| {
        let within = policy
            .path
            .as_ref()
            .is_some_and(|path| path.starts_with(&prefix));
        within && !boundaries && (!attached_only || policy.attachment_count.unwrap_or(0) > 0)
    });
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let list = format!(
        "ListPolicies/{:?}/{:?}/{prefix}",
        input.scope, input.only_attached
    );
    let page = wanted.cut(&list, all.into_iter())?;
    Ok(ListPoliciesOutput {
        policies: Some(page.items),
        is_truncated: page.truncated,
        marker: page.marker,
    })
}

fn own(call: &Call) -> impl Iterator<Item = (String, Policy)> {
    let policies = call.app.iam.policies_of(call.account()).into_iter();
    policies.filter_map(|(_, policy)| {
        let shown = view::listed_policy(call.account(), &policy, 0);
        let arn = shown.arn.clone()?;
        let attached = call.app.iam.attachments(call.account(), &arn);
        Some((arn, view::listed_policy(call.account(), &policy, attached)))
    })
}

fn of_aws(call: &Call) -> impl Iterator<Item = (String, Policy)> {
    let roles = call.app.iam.roles_of(call.account()).into_iter();
    let arns = roles
        .flat_map(|(_, role)| role.attached.clone())
        .filter(|arn| is_aws_managed(arn));
    arns.filter_map(|arn| {
        let attached = call.app.iam.attachments(call.account(), &arn);
        Some((arn.clone(), view::aws_policy(&arn, attached)?))
    })
}
