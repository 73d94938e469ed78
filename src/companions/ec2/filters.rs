//! Filters of lists: all of them must hold, each by any of its values; `*` and `?` stand for anything and for one character.

use super::errors;
use super::instance::Instance;
use super::view;
use crate::aws::Scope;
use ec2_api::model::Filter;
use slipway_runtime::CommonError;

/// The instances for which all filters hold.
pub fn instances(
    scope: &Scope,
    all: Vec<Instance>,
    filters: &[Filter],
) -> Result<Vec<Instance>, CommonError> {
    let mut kept = all;
    for filter in filters {
        let name = filter.name.as_deref().unwrap_or_default();
        let values = filter.values.as_deref().unwrap_or_default();
        let looks = looks(scope, name)?;
        kept.retain(|one| looks(one).iter().any(|text| any(values, text)));
    }
    Ok(kept)
}

type Texts<'n> = Box<dyn Fn(&Instance) -> Vec<String> + 'n>;

/// What a filter of this name looks at.
fn looks<'n>(scope: &'n Scope, name: &'n str) -> Result<Texts<'n>, CommonError> {
    if let Some(key) = name.strip_prefix("tag:") {
        let tag = move |one: &Instance| one.machine.tags.get(key).cloned();
        return Ok(Box::new(move |one| tag(one).into_iter().collect()));
    }
    Ok(match name {
        "instance-id" => Box::new(|one| vec![one.machine.id.clone()]),
        "tag-key" => Box::new(|one| one.machine.tags.keys().cloned().collect()),
        "tag-value" => Box::new(|one| one.machine.tags.values().cloned().collect()),
        "instance-state-name" => Box::new(|one| vec![one.state.as_str().to_owned()]),
        "instance-state-code" => Box::new(|one| vec![one.state.code().to_string()]),
        "availability-zone" => Box::new(|one| vec![view::zone(scope, one)]),
        "private-ip-address" => Box::new(|one| {
            one.machine
                .address
                .iter()
                .map(ToString::to_string)
                .collect()
        }),
        "image-id" => Box::new(|one| vec![one.machine.image.clone()]),
        other => return Err(errors::no_filter(other)),
    })
}

/// A tag and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    pub id: String,
    pub key: String,
    pub value: String,
}

/// The tags for which all filters hold.
pub fn tags(tags: Vec<Tagged>, filters: &[Filter]) -> Result<Vec<Tagged>, CommonError> {
    let mut kept = tags;
    for filter in filters {
        let name = filter.name.as_deref().unwrap_or_default();
        let values = filter.values.as_deref().unwrap_or_default();
        let known = ["resource-id", "resource-type", "key", "value"];
        let of_key = name.strip_prefix("tag:");
        if !known.contains(&name) && of_key.is_none() {
            return Err(errors::no_filter(name));
        }
        kept.retain(|tag| match name {
            "resource-id" => any(values, &tag.id),
            "resource-type" => any(values, "instance"),
            "key" => any(values, &tag.key),
            "value" => any(values, &tag.value),
            _ => of_key == Some(&tag.key) && any(values, &tag.value),
        });
    }
    Ok(kept)
}

fn any(values: &[String], text: &str) -> bool {
    values
        .iter()
        .any(|value| wild(value.as_bytes(), text.as_bytes()))
}

/// Goes back to the last `*` only.
fn wild(pattern: &[u8], text: &[u8]) -> bool {
    let (mut piece, mut at) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(piece) {
            Some(b'*') => {
                back = Some((piece, at));
                piece += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[at] => (piece, at) = (piece + 1, at + 1),
            _ => match back {
                Some((star, begun)) => {
                    back = Some((star, begun + 1));
                    (piece, at) = (star + 1, begun + 1);
                }
                None => return false,
            },
        }
    }
    pattern[piece..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_have_wildcards() {
        // Witness: user guide, "Filter your resources".
        assert!(any(&["web*".to_owned()], "web-1"));
        assert!(any(&["db".to_owned(), "w?b-1".to_owned()], "web-1"));
        assert!(!any(&["web".to_owned()], "web-1"));
        assert!(!any(&[], "web-1"));
    }
}
