//! Shapes: one botocore shape to one Smithy shape.
//!
//! Invariant: one shape in, one shape out, with the same members in the same order and every constraint.

use anyhow::{Result, bail, ensure};

use super::errors;
use super::fields::Fields;
use super::json::Json;
use super::members;
use super::metadata::Traits;
use super::names::enum_members;
use super::service::Context;

/// Translates the shape `name`.
pub fn translate(context: &Context, name: &str, value: Json) -> Result<Json> {
    let mut fields = Fields::new("shape", name, value)?;
    let kind = fields.required_text("type")?;
    let mut traits = common_traits(&mut fields)?;
    let shape = match kind.as_str() {
        "structure" => structure(context, name, &mut fields, &mut traits)?,
        "list" => list(context, name, &mut fields, &mut traits)?,
        "map" => map(context, name, &mut fields, &mut traits)?,
        "string" => string(&mut fields, &mut traits)?,
        "blob" => blob(context, name, &mut fields, &mut traits)?,
        "timestamp" => timestamp(&mut fields, &mut traits)?,
        "integer" | "long" | "float" | "double" => number(&kind, &mut fields, &mut traits),
        "boolean" => vec![("type", "boolean".into())],
        other => bail!("shape {name}: no translation for the type {other}"),
    };
    fields.finish()?;
    Ok(with_traits(shape, traits))
}

/// A shape's object with its traits, which are left out when there are none.
pub fn with_traits(mut shape: Vec<(&'static str, Json)>, traits: Traits) -> Json {
    if !traits.is_empty() {
        shape.push(("traits", Json::object(traits)));
    }
    Json::object(shape)
}

/// Takes `deprecated`, its message and its date.
pub fn deprecated(fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    let deprecated = fields.flag("deprecated")?;
    let details = [
        ("message", fields.take("deprecatedMessage")),
        ("since", fields.take("deprecatedSince")),
    ];
    if deprecated {
        let details = details
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        traits.insert("smithy.api#deprecated", Json::object(details));
    }
    Ok(())
}

fn common_traits(fields: &mut Fields) -> Result<Traits> {
    let mut traits = Traits::new();
    if fields.flag("sensitive")? {
        traits.insert("smithy.api#sensitive", Json::empty());
    }
    deprecated(fields, &mut traits)?;
    Ok(traits)
}

fn structure(
    context: &Context,
    name: &str,
    fields: &mut Fields,
    traits: &mut Traits,
) -> Result<Vec<(&'static str, Json)>> {
    let (union, document, stream) = (
        fields.flag("union")?,
        fields.flag("document")?,
        fields.flag("eventstream")?,
    );
    errors::take(fields, context.metadata.query_errors, traits)?;
    if let Some(wire_name) = fields.text("locationName")? {
        traits.insert("smithy.api#xmlName", wire_name.into());
    }
    if let Some(namespace) = fields.take("xmlNamespace") {
        traits.insert("smithy.api#xmlNamespace", namespace);
    }
    if stream {
        traits.insert("smithy.api#streaming", Json::empty());
    }
    let members = structure_members(context, name, fields)?;
    if document {
        ensure!(
            members.is_empty(),
            "shape {name}: a document has no members"
        );
        return Ok(vec![("type", "document".into())]);
    }
    let kind = if union || stream {
        "union"
    } else {
        "structure"
    };
    Ok(vec![
        ("type", kind.into()),
        ("members", Json::Object(members)),
    ])
}

fn structure_members(
    context: &Context,
    name: &str,
    fields: &mut Fields,
) -> Result<Vec<(String, Json)>> {
    let required = fields.texts("required")?;
    let source = fields.members("members")?;
    for name_of_required in &required {
        let known = source.iter().any(|(member, _)| member == name_of_required);
        ensure!(
            known,
            "shape {name}: requires {name_of_required}, which is no member"
        );
    }
    let translate = |(member, value): (String, Json)| {
        let translated =
            members::of_structure(context, name, &member, value, required.contains(&member))?;
        Ok((member, translated))
    };
    let mut members = source
        .into_iter()
        .map(translate)
        .collect::<Result<Vec<_>>>()?;
    if let Some(payload) = fields.text("payload")? {
        members::mark_payload(name, &payload, &mut members)?;
    }
    Ok(members)
}

fn list(
    context: &Context,
    name: &str,
    fields: &mut Fields,
    traits: &mut Traits,
) -> Result<Vec<(&'static str, Json)>> {
    length(fields, traits);
    sparse(fields, traits)?;
    // Said on the members that target the list.
    fields.flag("flattened")?;
    fields.text("locationName")?;
    let member = members::of_collection(context, name, "member", required(fields, "member")?)?;
    Ok(vec![("type", "list".into()), ("member", member)])
}

fn map(
    context: &Context,
    name: &str,
    fields: &mut Fields,
    traits: &mut Traits,
) -> Result<Vec<(&'static str, Json)>> {
    length(fields, traits);
    sparse(fields, traits)?;
    fields.flag("flattened")?;
    let key = members::of_collection(context, name, "key", required(fields, "key")?)?;
    let value = members::of_collection(context, name, "value", required(fields, "value")?)?;
    Ok(vec![("type", "map".into()), ("key", key), ("value", value)])
}

fn string(fields: &mut Fields, traits: &mut Traits) -> Result<Vec<(&'static str, Json)>> {
    length(fields, traits);
    if let Some(pattern) = fields.text("pattern")? {
        traits.insert("smithy.api#pattern", pattern.into());
    }
    let values = fields.texts("enum")?;
    if values.is_empty() {
        return Ok(vec![("type", "string".into())]);
    }
    let member = |(name, value): (String, String)| (name, enum_member(value));
    let members = enum_members(&values)
        .into_iter()
        .zip(values)
        .map(member)
        .collect();
    Ok(vec![
        ("type", "enum".into()),
        ("members", Json::Object(members)),
    ])
}

fn enum_member(value: String) -> Json {
    let traits = Json::object([("smithy.api#enumValue", Json::from(value))]);
    Json::object([("target", "smithy.api#Unit".into()), ("traits", traits)])
}

fn blob(
    context: &Context,
    name: &str,
    fields: &mut Fields,
    traits: &mut Traits,
) -> Result<Vec<(&'static str, Json)>> {
    length(fields, traits);
    if fields.flag("streaming")? || context.streaming.contains(name) {
        traits.insert("smithy.api#streaming", Json::empty());
    }
    if fields.flag("requiresLength")? {
        traits.insert("smithy.api#requiresLength", Json::empty());
    }
    Ok(vec![("type", "blob".into())])
}

fn timestamp(fields: &mut Fields, traits: &mut Traits) -> Result<Vec<(&'static str, Json)>> {
    if let Some(format) = fields.text("timestampFormat")? {
        let format = match format.as_str() {
            "iso8601" => "date-time",
            "rfc822" => "http-date",
            "unixTimestamp" => "epoch-seconds",
            other => bail!("no translation for the timestamp format {other}"),
        };
        traits.insert("smithy.api#timestampFormat", format.into());
    }
    Ok(vec![("type", "timestamp".into())])
}

fn number(kind: &str, fields: &mut Fields, traits: &mut Traits) -> Vec<(&'static str, Json)> {
    bounds("smithy.api#range", fields, traits);
    vec![("type", kind.into())]
}

fn length(fields: &mut Fields, traits: &mut Traits) {
    bounds("smithy.api#length", fields, traits);
}

fn bounds(id: &'static str, fields: &mut Fields, traits: &mut Traits) {
    let bounds = [("min", fields.take("min")), ("max", fields.take("max"))];
    let bounds: Vec<_> = bounds
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    if !bounds.is_empty() {
        traits.insert(id, Json::object(bounds));
    }
}

fn sparse(fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    if fields.flag("sparse")? {
        traits.insert("smithy.api#sparse", Json::empty());
    }
    Ok(())
}

fn required(fields: &mut Fields, key: &str) -> Result<Json> {
    fields
        .take(key)
        .ok_or_else(|| anyhow::anyhow!("a collection without its {key}"))
}
