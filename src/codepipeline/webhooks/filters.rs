//! Whether a delivery is meant: all filters of its webhook must match (contract codepipeline §8.2 step 3).

use super::json_path::JsonPath;
use codepipeline_api::model::WebhookFilterRule;
use serde_json::Value;
use std::collections::BTreeMap;

/// Configuration of the target action.
pub type Configuration = BTreeMap<String, String>;

/// The path of the first filter that does not match; `None` when all do, as when there are none.
pub fn first_mismatch<'a>(
    filters: &'a [WebhookFilterRule],
    configuration: &Configuration,
    body: &Value,
) -> Option<&'a str> {
    let mut mismatches = filters
        .iter()
        .filter(|filter| !matches(filter, configuration, body));
    mismatches.next().map(|filter| filter.json_path.as_str())
}

fn matches(filter: &WebhookFilterRule, configuration: &Configuration, body: &Value) -> bool {
    // PutWebhook lets in nothing else.
    let Ok(path) = JsonPath::parse(&filter.json_path) else {
        return false;
    };
    let found = path.select(body);
    match &filter.match_equals {
        None => !found.is_empty(),
        Some(expected) => {
            let expected = filled(expected, configuration);
            found.into_iter().any(|value| text(value) == expected)
        }
    }
}

/// Texts as they are, everything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `{Key}` becomes the value of that key in the target action's configuration; keys that are not there stay as they are.
/// Values are put in as they are, also where they hold braces.
fn filled(expected: &str, configuration: &Configuration) -> String {
    let mut out = String::new();
    let mut rest = expected;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = after.split_once('}').and_then(|(key, after)| {
            let value = configuration.get(key)?;
            Some((value, after))
        });
        match value {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn configuration() -> Configuration {
        let pairs = [("Branch", "main"), ("Repo", "{Branch}"), ("Owner", "o")];
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn filter(path: &str, equals: Option<&str>) -> WebhookFilterRule {
        WebhookFilterRule {
            match_equals: equals.map(str::to_owned),
            ..WebhookFilterRule::new(path)
        }
    }

    fn mismatch(filters: &[(&str, Option<&str>)]) -> Option<String> {
        let body = json!({
            "ref": "refs/heads/main", "repository": {"full_name": "o/r", "id": 7, "private": false, "topic": null},
            "commits": [{"id": "c1"}, {"id": "c2"}],
        });
        let filters: Vec<_> = filters
            .iter()
            .map(|(path, equals)| filter(path, *equals))
            .collect();
        first_mismatch(&filters, &configuration(), &body).map(str::to_owned)
    }

    #[test]
    fn without_filters_everything_matches() {
        // contract codepipeline §8.2 step 3
        assert_eq!(mismatch(&[]), None);
    }

    #[test]
    fn values_are_compared_with_the_configuration_filled_in() {
        // contract codepipeline §8.2 step 3
        assert_eq!(mismatch(&[("$.ref", Some("refs/heads/{Branch}"))]), None);
        assert_eq!(mismatch(&[("$.ref", Some("refs/heads/main"))]), None);
        let no = [("$.ref", Some("refs/heads/{Owner}"))];
        assert_eq!(mismatch(&no).as_deref(), Some("$.ref"));
        assert!(mismatch(&[("$.ref", Some("refs/heads/mai"))]).is_some());
        assert!(mismatch(&[("$.ref", Some("REFS/HEADS/MAIN"))]).is_some());
    }

    #[test]
    fn all_filters_must_match() {
        // contract codepipeline §8.2 step 3
        let (yes, no) = (("$.ref", None), ("$.nothing", None));
        assert_eq!(mismatch(&[yes, yes]), None);
        assert_eq!(mismatch(&[yes, no]).as_deref(), Some("$.nothing"));
        assert_eq!(mismatch(&[no, yes]).as_deref(), Some("$.nothing"));
    }

    #[test]
    fn without_a_value_the_path_must_only_be_there() {
        // contract codepipeline §8.2 step 3
        assert_eq!(mismatch(&[("$.repository.topic", None)]), None);
        assert_eq!(mismatch(&[("$.commits[1].id", None)]), None);
        assert!(mismatch(&[("$.commits[2].id", None)]).is_some());
    }

    #[test]
    fn values_that_are_no_texts_are_compared_as_json() {
        // our reading
        assert_eq!(mismatch(&[("$.repository.id", Some("7"))]), None);
        assert_eq!(mismatch(&[("$.repository.private", Some("false"))]), None);
        assert_eq!(mismatch(&[("$.repository.topic", Some("null"))]), None);
        assert_eq!(mismatch(&[("$.commits[0]", Some(r#"{"id":"c1"}"#))]), None);
        assert_eq!(mismatch(&[("$.commits[*].id", Some("c2"))]), None);
    }

    #[test]
    fn braces_that_name_no_key_stay_and_values_are_not_looked_into() {
        // our reading
        for (expected, becomes) in [
            ("{Branch}-{Branch}", "main-main"),
            ("{branch}", "{branch}"),
            ("{", "{"),
            ("{{Branch}", "{main"),
            ("{Branch", "{Branch"),
            ("{Nope}{Branch}", "{Nope}main"),
            ("{Repo}", "{Branch}"),
            ("}", "}"),
        ] {
            assert_eq!(filled(expected, &configuration()), becomes);
        }
    }
}
