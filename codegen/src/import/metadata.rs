//! The service's own traits: title, names, protocols, signing.
//!
//! Invariant: every protocol that the description lists is in the model, or the import stops.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::fields::Fields;
use super::json::Json;

/// Traits by their id, in the order in which they are printed.
pub type Traits = BTreeMap<&'static str, Json>;

/// What is known about a service from its metadata.
#[derive(Debug)]
pub struct Metadata {
    /// Name of the service shape: the target prefix where there is one, because awsJson targets and rpcv2 paths carry it.
    pub shape_name: String,
    pub version: String,
    pub traits: Traits,
    /// Names on the wire are XML names (query, restXml, ec2Query) rather than JSON names.
    pub xml: bool,
    /// Operations carry HTTP bindings.
    pub rest: bool,
    /// Errors have query codes.
    pub query_errors: bool,
}

/// Reads botocore's `metadata`.
pub fn read(value: Json) -> Result<Metadata> {
    let mut fields = Fields::new("metadata", "of the service", value)?;
    let protocols = protocols(&mut fields)?;
    let version = fields.required_text("apiVersion")?;
    let sdk_id = fields.required_text("serviceId")?;
    let endpoint_prefix = fields.required_text("endpointPrefix")?;
    let prefix = fields.text("targetPrefix")?;
    let compatible = fields.take("awsQueryCompatible").is_some();
    let mut traits = Traits::new();
    traits.insert(
        "smithy.api#title",
        fields.required_text("serviceFullName")?.into(),
    );
    signing(&mut fields, &endpoint_prefix, &mut traits)?;
    traits.insert("aws.api#service", service_trait(&sdk_id, endpoint_prefix));
    if let Some(uri) = fields.text("xmlNamespace")? {
        traits.insert(
            "smithy.api#xmlNamespace",
            Json::object([("uri", Json::from(uri))]),
        );
    }
    if compatible {
        traits.insert("aws.protocols#awsQueryCompatible", Json::empty());
    }
    traits.extend(protocols.iter().map(|(id, value)| (*id, value.clone())));
    fields.finish()?;
    let lists = |ids: &[&str]| protocols.iter().any(|(id, _)| ids.contains(id));
    Ok(Metadata {
        shape_name: prefix
            .unwrap_or_else(|| format!("{}_{}", sdk_id.replace(' ', ""), version.replace('-', ""))),
        version,
        traits,
        xml: lists(&[
            "aws.protocols#awsQuery",
            "aws.protocols#ec2Query",
            "aws.protocols#restXml",
        ]),
        rest: lists(&["aws.protocols#restJson1", "aws.protocols#restXml"]),
        query_errors: compatible || lists(&["aws.protocols#awsQuery"]),
    })
}

fn service_trait(sdk_id: &str, endpoint_prefix: String) -> Json {
    Json::object([
        ("sdkId", Json::from(sdk_id)),
        ("endpointPrefix", Json::from(endpoint_prefix)),
    ])
}

fn protocols(fields: &mut Fields) -> Result<Vec<(&'static str, Json)>> {
    let first = fields.required_text("protocol")?;
    let json_version = fields.text("jsonVersion")?;
    let mut listed = fields.texts("protocols")?;
    if !listed.contains(&first) {
        listed.push(first);
    }
    listed
        .iter()
        .map(|name| Ok((protocol(name, json_version.as_deref())?, Json::empty())))
        .collect()
}

fn protocol(name: &str, json_version: Option<&str>) -> Result<&'static str> {
    Ok(match (name, json_version) {
        ("smithy-rpc-v2-cbor", _) => "smithy.protocols#rpcv2Cbor",
        ("json", Some("1.0")) => "aws.protocols#awsJson1_0",
        ("json", Some("1.1")) => "aws.protocols#awsJson1_1",
        ("query", _) => "aws.protocols#awsQuery",
        ("ec2", _) => "aws.protocols#ec2Query",
        ("rest-json", _) => "aws.protocols#restJson1",
        ("rest-xml", _) => "aws.protocols#restXml",
        _ => bail!(
            "metadata of the service, protocols: no translation for {name} {}",
            json_version.unwrap_or_default()
        ),
    })
}

fn signing(fields: &mut Fields, endpoint_prefix: &str, traits: &mut Traits) -> Result<()> {
    fields.required_text("signatureVersion")?;
    let name = fields
        .text("signingName")?
        .unwrap_or_else(|| endpoint_prefix.to_owned());
    let mut schemes = fields.texts("auth")?;
    if schemes.is_empty() {
        schemes.push("aws.auth#sigv4".to_owned());
    }
    let ids = schemes
        .iter()
        .map(|scheme| auth_scheme(scheme))
        .collect::<Result<Vec<_>>>()?;
    for id in &ids {
        let signed = id.starts_with("aws.auth#");
        traits.insert(
            id,
            if signed {
                Json::object([("name", Json::from(name.as_str()))])
            } else {
                Json::empty()
            },
        );
    }
    traits.insert(
        "smithy.api#auth",
        Json::Array(ids.into_iter().map(Json::from).collect()),
    );
    Ok(())
}

/// The trait of an authentication scheme.
fn auth_scheme(name: &str) -> Result<&'static str> {
    [
        "aws.auth#sigv4",
        "aws.auth#sigv4a",
        "smithy.api#httpBearerAuth",
    ]
    .into_iter()
    .find(|id| *id == name)
    .with_context(|| format!("metadata of the service, auth: no translation for {name}"))
}
