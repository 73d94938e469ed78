//! Operations: input, output, errors, and how they are called.
//!
//! Invariant: an operation of an RPC protocol is posted to `/`; anything else stops the import.

use anyhow::{Result, ensure};

use super::fields::Fields;
use super::json::Json;
use super::metadata::Traits;
use super::pagination;
use super::service::Context;
use super::shapes::{deprecated, with_traits};

/// Translates the operation `name`; `paginator` is botocore's entry for it.
pub fn translate(
    context: &Context,
    name: &str,
    value: Json,
    paginator: Option<Json>,
) -> Result<Json> {
    let mut fields = Fields::new("operation", name, value)?;
    ensure!(
        fields.required_text("name")? == name,
        "operation {name}: has another name inside"
    );
    let input = input(context, &mut fields)?;
    let output = output(context, name, &mut fields)?;
    let errors = fields.list("errors")?;
    let errors = errors
        .into_iter()
        .map(|error| reference(context, name, error))
        .collect::<Result<Vec<_>>>()?;
    let traits = traits(context, name, &mut fields, paginator)?;
    fields.finish()?;
    let mut shape = vec![
        ("type", "operation".into()),
        ("input", input),
        ("output", output),
    ];
    if !errors.is_empty() {
        shape.push(("errors", Json::Array(errors)));
    }
    Ok(with_traits(shape, traits))
}

fn input(context: &Context, fields: &mut Fields) -> Result<Json> {
    let Some(mut input) = fields.nested("input", "operation input")? else {
        return Ok(unit());
    };
    let target = context.names.shape(&input.required_text("shape")?)?;
    input.finish()?;
    Ok(Json::target(&target))
}

/// The output; a query result's wrapper needs no trait because awsQuery derives it, which is checked here.
fn output(context: &Context, name: &str, fields: &mut Fields) -> Result<Json> {
    let Some(mut output) = fields.nested("output", "operation output")? else {
        return Ok(unit());
    };
    let target = context.names.shape(&output.required_text("shape")?)?;
    if let Some(wrapper) = output.text("resultWrapper")? {
        ensure!(
            wrapper == format!("{name}Result"),
            "operation {name}: its result is wrapped in {wrapper}"
        );
    }
    output.finish()?;
    Ok(Json::target(&target))
}

fn unit() -> Json {
    Json::target("smithy.api#Unit")
}

fn reference(context: &Context, operation: &str, error: Json) -> Result<Json> {
    let mut error = Fields::new("operation error", operation, error)?;
    let target = context.names.shape(&error.required_text("shape")?)?;
    error.finish()?;
    Ok(Json::target(&target))
}

fn traits(
    context: &Context,
    name: &str,
    fields: &mut Fields,
    paginator: Option<Json>,
) -> Result<Traits> {
    let mut traits = Traits::new();
    deprecated(fields, &mut traits)?;
    http(context, name, fields, &mut traits)?;
    authentication(fields, &mut traits)?;
    flags(fields, &mut traits)?;
    if let Some(checksum) = fields.take("httpChecksum") {
        traits.insert("aws.protocols#httpChecksum", checksum);
    }
    if let Some(compression) = fields.take("requestcompression") {
        traits.insert("smithy.api#requestCompression", compression);
    }
    if let Some(endpoint) = fields.take("endpoint") {
        traits.insert("smithy.api#endpoint", endpoint);
    }
    if let Some(paginated) = paginator
        .map(|p| pagination::paginated(name, p))
        .transpose()?
        .flatten()
    {
        traits.insert("smithy.api#paginated", paginated);
    }
    Ok(traits)
}

fn flags(fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    for (key, id) in [
        ("idempotent", "smithy.api#idempotent"),
        ("readonly", "smithy.api#readonly"),
        ("httpChecksumRequired", "smithy.api#httpChecksumRequired"),
        ("unsignedPayload", "aws.auth#unsignedPayload"),
    ] {
        if fields.flag(key)? {
            traits.insert(id, Json::empty());
        }
    }
    Ok(())
}

/// Operations that anonymous callers may use, or that leave their body unsigned.
fn authentication(fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    let schemes = fields.texts("auth")?;
    match fields.text("authtype")?.as_deref() {
        Some("v4-unsigned-body") => drop(traits.insert("aws.auth#unsignedPayload", Json::empty())),
        Some("none") => drop(traits.insert("smithy.api#auth", Json::Array(Vec::new()))),
        _ => {}
    }
    if !schemes.is_empty() {
        let schemes = schemes
            .into_iter()
            .filter(|s| s != "smithy.api#noAuth")
            .map(Json::from)
            .collect();
        traits.insert("smithy.api#auth", Json::Array(schemes));
    }
    Ok(())
}

fn http(context: &Context, name: &str, fields: &mut Fields, traits: &mut Traits) -> Result<()> {
    let Some(mut http) = fields.nested("http", "operation http")? else {
        return Ok(());
    };
    let (method, uri) = (
        http.required_text("method")?,
        http.required_text("requestUri")?,
    );
    let code = http.take("responseCode");
    http.finish()?;
    if !context.metadata.rest {
        ensure!(
            method == "POST" && uri == "/",
            "operation {name}: {method} {uri} in an RPC protocol"
        );
        return Ok(());
    }
    let uri = with_member_labels(uri, &context.labels(name));
    let mut binding = vec![("method", method.into()), ("uri", uri.into())];
    binding.extend(code.map(|code| ("code", code)));
    traits.insert("smithy.api#http", Json::object(binding));
    Ok(())
}

/// Smithy's labels are member names; botocore's are names on the wire.
fn with_member_labels(uri: String, labels: &[(String, String)]) -> String {
    labels.iter().fold(uri, |uri, (wire, member)| {
        uri.replace(&format!("{{{wire}}}"), &format!("{{{member}}}"))
            .replace(&format!("{{{wire}+}}"), &format!("{{{member}+}}"))
    })
}
