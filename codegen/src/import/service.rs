//! One whole model: the service, its operations, its shapes.
//!
//! Invariant: shapes are printed by id; members, enum values, operations' errors keep the description's order, which
//! is the order in which violations are reported and members are numbered.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};

use super::counts::Counts;
use super::fields::Fields;
use super::json::Json;
use super::metadata::{self, Metadata};
use super::names::Names;
use super::shapes::with_traits;
use super::{operations, pagination, shapes};

/// botocore's description of a service.
#[derive(Debug, Clone)]
pub struct Description {
    /// botocore's folder of the service, such as `codebuild`.
    pub folder: String,
    /// `service-2.json`.
    pub service: Json,
    /// `paginators-1.json`, where there is one.
    pub paginators: Option<Json>,
}

/// A translated service.
#[derive(Debug)]
pub struct Model {
    pub ast: Json,
    pub counts: Counts,
    /// Shapes whose name had to change, old and new.
    pub renamed: Vec<(String, String)>,
}

/// What the translation of one shape or operation needs to know of the others.
#[derive(Debug)]
pub struct Context {
    pub names: Names,
    pub metadata: Metadata,
    /// Lists and maps that are flattened, with the element's name where it has one.
    pub flattened: BTreeMap<String, Option<String>>,
    /// Blobs that some member streams.
    pub streaming: BTreeSet<String>,
    shapes: BTreeMap<String, Json>,
    operations: BTreeMap<String, Json>,
}

/// Translates a description; fails naming the first thing that has no translation, and if a constraint got lost.
pub fn translate(description: Description) -> Result<Model> {
    let counted = Counts::of_description(&description.service);
    let mut fields = Fields::new("service", description.folder.as_str(), description.service)?;
    let metadata = metadata::read(
        fields
            .take("metadata")
            .context("service: metadata is missing")?,
    )?;
    let context = Context::new(
        &description.folder,
        metadata,
        fields.members("shapes")?,
        fields.members("operations")?,
    )?;
    fields.flag("deprecated")?;
    fields.finish()?;
    let ast = model(&context, paginators(description.paginators)?)?;
    let counts = Counts::of_model(&ast);
    counted.expect_equal(&counts)?;
    let renamed = context
        .names
        .renamed()
        .map(|(old, new)| (old.to_owned(), new.to_owned()))
        .collect();
    Ok(Model {
        ast,
        counts,
        renamed,
    })
}

fn paginators(file: Option<Json>) -> Result<BTreeMap<String, Json>> {
    let Some(file) = file else {
        return Ok(BTreeMap::new());
    };
    let mut fields = Fields::new("paginators", "of the service", file)?;
    let entries = fields.members("pagination")?.into_iter().collect();
    fields.take("version");
    fields.finish()?;
    Ok(entries)
}

fn model(context: &Context, mut paginators: BTreeMap<String, Json>) -> Result<Json> {
    pagination::check_names(paginators.keys().map(String::as_str), |name| {
        context.operations.contains_key(name)
    })?;
    let mut all = BTreeMap::from([(
        context.names.id(&context.metadata.shape_name),
        service_shape(context),
    )]);
    for (name, operation) in &context.operations {
        let shape =
            operations::translate(context, name, operation.clone(), paginators.remove(name))?;
        all.insert(context.names.id(name), shape);
    }
    for (name, shape) in &context.shapes {
        all.insert(
            context.names.shape(name)?,
            shapes::translate(context, name, shape.clone())?,
        );
    }
    Ok(Json::object([
        ("smithy", Json::from("2.0")),
        ("shapes", Json::object(all)),
    ]))
}

fn service_shape(context: &Context) -> Json {
    let operations = context
        .operations
        .keys()
        .map(|name| Json::target(&context.names.id(name)))
        .collect();
    let shape = vec![
        ("type", Json::from("service")),
        ("version", Json::from(context.metadata.version.as_str())),
        ("operations", Json::Array(operations)),
    ];
    let mut traits = context.metadata.traits.clone();
    if context.metadata.query_errors && shares_codes(context) {
        // The description gives two errors one code; a server only ever writes codes, so nothing is ambiguous to it.
        let events = Json::Array(vec![Json::from("QueryErrorCode")]);
        traits.insert("smithy.api#suppress", events);
    }
    with_traits(shape, traits)
}

/// Whether two errors have the same query code.
fn shares_codes(context: &Context) -> bool {
    let code = |shape: &Json| {
        let code = shape.get("error")?.get("code")?;
        code.as_str().map(str::to_owned)
    };
    let codes: Vec<String> = context.shapes.values().filter_map(code).collect();
    codes.iter().collect::<BTreeSet<_>>().len() < codes.len()
}

impl Context {
    fn new(
        folder: &str,
        metadata: Metadata,
        shapes: Vec<(String, Json)>,
        operations: Vec<(String, Json)>,
    ) -> Result<Context> {
        let is_structure =
            |shape: &Json| shape.get("type").and_then(Json::as_str) == Some("structure");
        let (first, then): (Vec<_>, Vec<_>) =
            shapes.iter().partition(|(_, shape)| is_structure(shape));
        let taken = operations
            .iter()
            .map(|(name, _)| name.as_str())
            .chain([metadata.shape_name.as_str()]);
        let names = Names::new(
            folder,
            taken,
            first.into_iter().chain(then).map(|(name, _)| name.as_str()),
        )?;
        Ok(Context {
            names,
            metadata,
            flattened: flattened(&shapes),
            streaming: streaming(&shapes),
            shapes: shapes.into_iter().collect(),
            operations: operations.into_iter().collect(),
        })
    }

    /// The trait that names a member on the wire.
    pub fn wire_name_trait(&self) -> &'static str {
        if self.metadata.xml {
            "smithy.api#xmlName"
        } else {
            "smithy.api#jsonName"
        }
    }

    /// Whether the botocore shape `name` is a map.
    pub fn is_map(&self, name: &str) -> bool {
        self.shapes
            .get(name)
            .and_then(|shape| shape.get("type"))
            .and_then(Json::as_str)
            == Some("map")
    }

    /// The URI labels of an operation's input: name on the wire, member name.
    pub fn labels(&self, operation: &str) -> Vec<(String, String)> {
        let input = self
            .operations
            .get(operation)
            .and_then(|o| o.get("input")?.get("shape")?.as_str());
        let members = input
            .and_then(|name| self.shapes.get(name)?.get("members"))
            .map(Json::members)
            .unwrap_or_default();
        let label = |(name, member): &(String, Json)| {
            let in_uri = member.get("location").and_then(Json::as_str) == Some("uri");
            let wire = member
                .get("locationName")
                .and_then(Json::as_str)
                .unwrap_or(name);
            in_uri.then(|| (wire.to_owned(), name.clone()))
        };
        members.iter().filter_map(label).collect()
    }
}

fn flattened(shapes: &[(String, Json)]) -> BTreeMap<String, Option<String>> {
    let element_name = |shape: &Json| {
        shape
            .get("member")?
            .get("locationName")?
            .as_str()
            .map(str::to_owned)
    };
    let flat = |shape: &Json| shape.get("flattened") == Some(&Json::Bool(true));
    shapes
        .iter()
        .filter(|(_, shape)| flat(shape))
        .map(|(name, shape)| (name.clone(), element_name(shape)))
        .collect()
}

fn streaming(shapes: &[(String, Json)]) -> BTreeSet<String> {
    let members = shapes
        .iter()
        .filter_map(|(_, shape)| shape.get("members"))
        .flat_map(Json::members);
    let streamed = members.filter(|(_, member)| member.get("streaming") == Some(&Json::Bool(true)));
    streamed
        .filter_map(|(_, member)| member.get("shape")?.as_str().map(str::to_owned))
        .collect()
}
