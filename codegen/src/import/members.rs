//! Members of structures, lists and maps: what they target and where they travel.
//!
//! Invariant: a member's name on the wire is a JSON name or an XML name by the service's protocol, never both.

use anyhow::{Context as _, Result, bail};

use super::fields::Fields;
use super::json::Json;
use super::metadata::Traits;
use super::service::Context;
use super::shapes::deprecated;

/// A structure's member `name` of the shape `owner`.
pub fn of_structure(
    context: &Context,
    owner: &str,
    name: &str,
    value: Json,
    required: bool,
) -> Result<Json> {
    let mut fields = Fields::new("member", format!("{owner}.{name}"), value)?;
    let target = fields.required_text("shape")?;
    let mut traits = Traits::new();
    if required {
        traits.insert("smithy.api#required", Json::empty());
    }
    let location = fields.text("location")?;
    let wire_name = fields.text("locationName")?;
    located(
        context,
        name,
        location.as_deref(),
        wire_name,
        &target,
        &mut traits,
    )?;
    flattened(context, fields.flag("flattened")?, &target, &mut traits);
    flags(&mut fields, &mut traits)?;
    if let Some(namespace) = fields.take("xmlNamespace") {
        traits.insert("smithy.api#xmlNamespace", namespace);
    }
    if let Some(query) = fields.text("queryName")? {
        traits.insert("aws.protocols#ec2QueryName", query.into());
    }
    deprecated(&mut fields, &mut traits)?;
    // Said on the blob's own shape, where Smithy wants it.
    fields.flag("streaming")?;
    fields.finish()?;
    member(context, &target, traits)
}

/// The member of a list, or the key or value of a map.
pub fn of_collection(
    context: &Context,
    owner: &str,
    key: &'static str,
    value: Json,
) -> Result<Json> {
    let mut fields = Fields::new("member", format!("{owner}.{key}"), value)?;
    let target = fields.required_text("shape")?;
    let mut traits = Traits::new();
    if let Some(name) = fields.text("locationName")?.filter(|name| name != key) {
        traits.insert(context.wire_name_trait(), name.into());
    }
    fields.finish()?;
    member(context, &target, traits)
}

fn member(context: &Context, target: &str, traits: Traits) -> Result<Json> {
    let mut members = vec![("target", Json::from(context.names.shape(target)?))];
    if !traits.is_empty() {
        members.push(("traits", Json::object(traits)));
    }
    Ok(Json::object(members))
}

/// HTTP binding and name on the wire.
fn located(
    context: &Context,
    name: &str,
    location: Option<&str>,
    wire_name: Option<String>,
    target: &str,
    traits: &mut Traits,
) -> Result<()> {
    let bound = || wire_name.clone().unwrap_or_else(|| name.to_owned());
    match location {
        None => {
            if let Some(wire_name) = wire_name.filter(|wire_name| wire_name != name) {
                traits.insert(context.wire_name_trait(), wire_name.into());
            }
        }
        Some("uri") => drop(traits.insert("smithy.api#httpLabel", Json::empty())),
        Some("querystring") if context.is_map(target) => {
            drop(traits.insert("smithy.api#httpQueryParams", Json::empty()))
        }
        Some("querystring") => drop(traits.insert("smithy.api#httpQuery", bound().into())),
        Some("header") => drop(traits.insert("smithy.api#httpHeader", bound().into())),
        Some("headers") => drop(traits.insert("smithy.api#httpPrefixHeaders", bound().into())),
        Some("statusCode") => drop(traits.insert("smithy.api#httpResponseCode", Json::empty())),
        Some(other) => bail!("member {name}: no translation for the location {other}"),
    }
    Ok(())
}

/// Smithy flattens members where botocore flattens lists; the list's element name then is the member's.
fn flattened(context: &Context, here: bool, target: &str, traits: &mut Traits) {
    let list = context.flattened.get(target);
    if here || list.is_some() {
        traits.insert("smithy.api#xmlFlattened", Json::empty());
    }
    if let Some(name) = list.cloned().flatten() {
        traits.insert("smithy.api#xmlName", name.into());
    }
}

fn flags(fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    for (key, id) in [
        ("idempotencyToken", "smithy.api#idempotencyToken"),
        ("hostLabel", "smithy.api#hostLabel"),
        ("xmlAttribute", "smithy.api#xmlAttribute"),
        ("eventpayload", "smithy.api#eventPayload"),
        ("eventheader", "smithy.api#eventHeader"),
    ] {
        if fields.flag(key)? {
            traits.insert(id, Json::empty());
        }
    }
    Ok(())
}

/// Marks the member that travels as the HTTP body.
pub fn mark_payload(owner: &str, payload: &str, members: &mut [(String, Json)]) -> Result<()> {
    let found = members.iter_mut().find(|(name, _)| name == payload);
    let (_, member) =
        found.with_context(|| format!("shape {owner}: its payload {payload} is no member"))?;
    let mut traits = member
        .get("traits")
        .map(|t| t.members().to_vec())
        .unwrap_or_default();
    traits.push(("smithy.api#httpPayload".to_owned(), Json::empty()));
    traits.sort_by(|a, b| a.0.cmp(&b.0));
    let target = member
        .get("target")
        .cloned()
        .context("a member has a target")?;
    *member = Json::object([("target", target), ("traits", Json::Object(traits))]);
    Ok(())
}
