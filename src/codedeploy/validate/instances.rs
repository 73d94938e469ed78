//! Rules of on-premises instances and their tags.
//!
//! Source: contract, codedeploy sections 1.3, 2.2 and 3.6.

use crate::aws::{Account, Arn};
use crate::codedeploy::errors;
use crate::codedeploy::instances::Iam;
use crate::codedeploy::tags::{LONGEST_KEY, LONGEST_VALUE};
use codedeploy_api::error::*;
use codedeploy_api::model::Tag;

/// Tags of one instance.
pub const MOST_TAGS: usize = 10;
/// Instances of one request.
pub const MOST_NAMES: usize = 25;

const LONGEST_NAME: usize = 100;

pub fn name<E>(text: &str) -> Result<(), E>
where
    E: From<InstanceNameRequiredException> + From<InvalidInstanceNameException>,
{
    if text.is_empty() {
        return Err(errors::instance_name_missing().into());
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    let is_name = text.len() <= LONGEST_NAME && text.bytes().all(allowed);
    if !is_name || text.starts_with("i-") {
        return Err(errors::invalid_instance_name(text).into());
    }
    Ok(())
}

/// At least one, and each of them a name.
pub fn names<E>(texts: &[String]) -> Result<(), E>
where
    E: From<InstanceNameRequiredException> + From<InvalidInstanceNameException>,
{
    if texts.is_empty() {
        return Err(errors::instance_name_missing().into());
    }
    texts.iter().try_for_each(|text| name(text))
}

/// What adding and removing tags say wrong by themselves, in order: what is missing, names, how many, tags.
pub fn tagging<E>(tags: &[Tag], instances: &[String], needs_values: bool) -> Result<(), E>
where
    E: From<InstanceNameRequiredException>
        + From<InvalidInstanceNameException>
        + From<InstanceLimitExceededException>
        + From<TagRequiredException>
        + From<InvalidTagException>,
{
    if tags.is_empty() {
        return Err(errors::tags_missing().into());
    }
    names::<E>(instances)?;
    if instances.len() > MOST_NAMES {
        return Err(errors::too_many_instances(instances.len(), MOST_NAMES).into());
    }
    for tag in tags {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref();
        let length = key.chars().count();
        let is_key = (1..=LONGEST_KEY).contains(&length);
        let is_value = value.map_or(!needs_values, |of| of.chars().count() <= LONGEST_VALUE);
        if !is_key || !is_value {
            return Err(errors::invalid_instance_tag(key).into());
        }
    }
    Ok(())
}

/// Exactly one of the two ARNs, empty ones being absent.
pub fn iam<E>(user: Option<String>, session: Option<String>) -> Result<Iam, E>
where
    E: From<IamArnRequiredException>
        + From<MultipleIamArnsProvidedException>
        + From<InvalidIamUserArnException>
        + From<InvalidIamSessionArnException>,
{
    let given = |arn: Option<String>| arn.filter(|arn| !arn.is_empty());
    match (given(user), given(session)) {
        (None, None) => Err(errors::iam_arn_missing().into()),
        (Some(_), Some(_)) => Err(errors::both_iam_arns().into()),
        (Some(user), None) => match is_arn(&user, "iam", "user/", 1) {
            true => Ok(Iam::User(user)),
            false => Err(errors::invalid_user_arn(&user).into()),
        },
        (None, Some(session)) => match is_arn(&session, "sts", "assumed-role/", 2) {
            true => Ok(Iam::Session(session)),
            false => Err(errors::invalid_session_arn(&session).into()),
        },
    }
}

/// Whether it is an ARN of IAM's with at least `parts` names after `prefix`.
fn is_arn(text: &str, service: &str, prefix: &str, parts: usize) -> bool {
    let arn = Arn::parse(text).filter(|arn| arn.service == service && arn.region.is_empty());
    let arn = arn.filter(|arn| Account::parse(&arn.account).is_some());
    let Some(name) = arn
        .as_ref()
        .and_then(|arn| arn.resource.strip_prefix(prefix))
    else {
        return false;
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/+=,.@_-".contains(&b);
    name.bytes().all(allowed)
        && name.split('/').count() >= parts
        && name.split('/').all(|part| !part.is_empty())
}
