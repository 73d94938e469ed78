//! Answers as snapshots: what differs from run to run is named by kind and order of appearance.
//!
//! | in the answer | in the snapshot |
//! |---|---|
//! | the n-th different UUID, also inside a text | `<id:n>` |
//! | the n-th different deployment id, also inside a text | `<deployment:n>` |
//! | seconds since 1970 | `<time>` |
//! | whole seconds that something took | `<seconds>` |
//! | the random end of an artifact's key | `<random>` |

use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

static UUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap()
});
static DEPLOYMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bd-[A-Z0-9]{9}\b").unwrap());
static ARTIFACT_KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([^/]+/[^/]+/)[A-Za-z0-9]{7}(\.zip)?$").unwrap());
/// Numbers from here on are times; nothing that is counted gets so far.
const TIMES: f64 = 1e9;

/// The answer, members in the order of their names.
pub fn normalised(answer: Value) -> String {
    let mut ids = Vec::new();
    let normal = value("", answer, &mut ids);
    format!("{normal:#}\n")
}

fn value(member: &str, of: Value, ids: &mut Vec<String>) -> Value {
    match of {
        Value::String(of) => Value::String(text(member, &of, ids)),
        Value::Number(_) if member == "durationInSeconds" => "<seconds>".into(),
        Value::Number(number) if number.as_f64().is_some_and(|number| number > TIMES) => {
            "<time>".into()
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| value(member, item, ids))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, of)| {
                let of = value(&name, of, ids);
                (name, of)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

fn text(member: &str, of: &str, ids: &mut Vec<String>) -> String {
    let named = UUID.replace_all(of, |found: &regex::Captures| {
        format!("<id:{}>", number(&found[0], ids))
    });
    let named = DEPLOYMENT.replace_all(&named, |found: &regex::Captures| {
        format!("<deployment:{}>", number(&found[0], ids))
    });
    match member {
        "key" => ARTIFACT_KEY.replace(&named, "$1<random>$2").into_owned(),
        _ => named.into_owned(),
    }
}

/// Which one it is among those of its kind, in the order of appearance.
fn number(id: &str, ids: &mut Vec<String>) -> usize {
    let is_deployment = id.starts_with("d-");
    if !ids.iter().any(|known| known == id) {
        ids.push(id.to_owned());
    }
    let alike = ids
        .iter()
        .filter(|known| known.starts_with("d-") == is_deployment);
    let place = alike.into_iter().position(|known| known == id);
    place.unwrap_or_default() + 1
}
