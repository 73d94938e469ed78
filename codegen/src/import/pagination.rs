//! botocore's paginators as `smithy.api#paginated`.
//!
//! Invariant: what Smithy cannot say (several tokens, expressions, several lists) is left out, never approximated.

use anyhow::{Result, ensure};

use super::fields::Fields;
use super::json::Json;

/// The trait of the operation `name`; `None` where its tokens are several or expressions.
pub fn paginated(name: &str, paginator: Json) -> Result<Option<Json>> {
    let mut fields = Fields::new("paginator", name, paginator)?;
    let input = fields.take("input_token");
    let output = fields.take("output_token");
    let items = fields.take("result_key");
    let page_size = fields.take("limit_key");
    fields.finish()?;
    let (Some(input), Some(output)) = (input, output) else {
        return Ok(None);
    };
    if !is_path(&input) || !is_path(&output) {
        return Ok(None);
    }
    let optional = [("items", items), ("pageSize", page_size)];
    let mut members = vec![("inputToken", input), ("outputToken", output)];
    members.extend(
        optional
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.filter(is_path)?))),
    );
    Ok(Some(Json::object(members)))
}

/// Checks that the file names no operation that the service lacks.
pub fn check_names<'a>(
    names: impl Iterator<Item = &'a str>,
    known: impl Fn(&str) -> bool,
) -> Result<()> {
    for name in names {
        ensure!(
            known(name),
            "paginator {name}: the service has no such operation"
        );
    }
    Ok(())
}

fn is_path(value: &Json) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    value.as_str().is_some_and(|text| text.chars().all(plain))
}
