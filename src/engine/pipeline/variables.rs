//! Variables: references such as `#{variables.X}` in configuration values, and what they stand for.
//!
//! Values are put in once: a reference inside a value stays as it is. A reference to what is not there is an error, never
//! an empty text.

use super::execution::{ActionError, Execution};
use super::plan::{Plan, VariablePlan};
use std::collections::BTreeMap;

/// The most that all values of a resolved configuration may have together, in bytes.
const MAX_RESOLVED: usize = 100 * 1024;

/// The configuration of an action with all references resolved.
pub(super) fn resolve(
    configuration: &BTreeMap<String, String>,
    plan: &Plan,
    execution: &Execution,
) -> Result<BTreeMap<String, String>, ActionError> {
    let mut resolved = BTreeMap::new();
    let mut size = 0;
    for (key, value) in configuration {
        let value = resolve_text(key, value, plan, execution)?;
        size += key.len() + value.len();
        if size > MAX_RESOLVED {
            return Err(ActionError::configuration(format!(
                "The resolved configuration of the action is larger than {MAX_RESOLVED} bytes."
            )));
        }
        resolved.insert(key.clone(), value);
    }
    Ok(resolved)
}

/// One text with all references resolved; `key` says in errors where it stands.
pub(super) fn resolve_text(
    key: &str,
    text: &str,
    plan: &Plan,
    execution: &Execution,
) -> Result<String, ActionError> {
    let filled = fill(text, |namespace, name| {
        look_up(namespace, name, plan, execution)
    });
    filled.map_err(|reference| unresolved(key, &reference))
}

/// The values of the pipeline's variables for one execution, or the names of those that have none.
pub(super) fn bind(
    declared: &[VariablePlan],
    given: &[(String, String)],
) -> Result<BTreeMap<String, String>, Vec<String>> {
    let value = |variable: &VariablePlan| {
        let given = given.iter().find(|(name, _)| *name == variable.name);
        let given = given.map(|(_, value)| value.clone());
        given.or_else(|| variable.default.clone())
    };
    let missing = declared.iter().filter(|variable| value(variable).is_none());
    let missing: Vec<String> = missing.map(|variable| variable.name.clone()).collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let bound = declared
        .iter()
        .filter_map(|variable| Some((variable.name.clone(), value(variable)?)));
    Ok(bound.collect())
}

fn look_up<'a>(
    namespace: &str,
    name: &str,
    plan: &Plan,
    execution: &'a Execution,
) -> Option<&'a str> {
    if namespace == "codepipeline" {
        return (name == "PipelineExecutionId").then_some(execution.id.as_str());
    }
    if namespace == "variables" && !plan.variables.is_empty() {
        let bound = execution.variables.as_ref()?;
        return bound.get(name).map(String::as_str);
    }
    let outputs = execution.outputs.get(namespace)?;
    outputs.get(name).map(String::as_str)
}

fn unresolved(key: &str, reference: &str) -> ActionError {
    ActionError::configuration(format!(
        "The configuration value '{key}' refers to the variable '{reference}', which no earlier action of this execution has set."
    ))
}

/// Puts values in place of references; the error is the reference that has none. What only looks like a reference stays.
fn fill<'a>(text: &str, value: impl Fn(&str, &str) -> Option<&'a str>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("#{") {
        let (before, after) = rest.split_at(start);
        filled.push_str(before);
        let Some((reference, namespace, name)) = reference(after) else {
            filled.push_str("#{");
            rest = &after[2..];
            continue;
        };
        filled.push_str(value(namespace, name).ok_or(reference)?);
        rest = &after[reference.len() + 3..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Takes `#{namespace.name}` apart, from the front of `text`.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let inner = text.strip_prefix("#{")?;
    let inner = &inner[..inner.find('}')?];
    let (namespace, name) = inner.split_once('.')?;
    let word = |word: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_');
        !word.is_empty() && word.chars().all(letter)
    };
    (word(namespace) && word(name)).then_some((inner, namespace, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(namespace: &str, name: &str) -> Option<&'a str> {
        match (namespace, name) {
            ("a", "x") => Some("1"),
            ("a", "nested") => Some("#{a.x}"),
            _ => None,
        }
    }

    /// Witness: contract §5.5, syntax and literal values.
    #[test]
    fn references_are_replaced_wherever_they_stand_and_once() {
        assert_eq!(fill("#{a.x}-#{a.x}!", value).unwrap(), "1-1!");
        assert_eq!(fill("<#{a.nested}>", value).unwrap(), "<#{a.x}>");
        assert_eq!(fill("nothing", value).unwrap(), "nothing");
        assert_eq!(fill("a#{a.X}", value).unwrap_err(), "a.X");
        assert_eq!(fill("#{b.x}", value).unwrap_err(), "b.x");
    }

    /// Witness: our reading; admission refuses what is not of the form `namespace.key`.
    #[test]
    fn what_only_looks_like_a_reference_stays() {
        for text in ["#{", "#{a", "#{a}", "#{.x}", "#{a b.x}", "$#{}", "#{#{a"] {
            assert_eq!(fill(text, value).unwrap(), text);
        }
        assert_eq!(fill("#{#{a.x}", value).unwrap(), "#{1");
    }

    /// Witness: contract §5.5 order of precedence, §5.2 missing required variables, §3.2 undeclared names ignored.
    #[test]
    fn a_variable_takes_the_given_value_then_the_default() {
        let declared = |name: &str, default: Option<&str>| VariablePlan {
            name: name.to_owned(),
            default: default.map(str::to_owned),
        };
        let plan = [
            declared("A", Some("1")),
            declared("B", None),
            declared("C", None),
        ];
        let given = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(bind(&plan, &[]), Err(vec!["B".to_owned(), "C".to_owned()]));
        let bound = bind(&plan, &[given("B", "2"), given("C", "3"), given("b", "4")]).unwrap();
        assert_eq!(
            bound,
            [given("A", "1"), given("B", "2"), given("C", "3")].into()
        );
        let bound = bind(&plan[..1], &[given("A", "")]).unwrap();
        assert_eq!(bound["A"], "");
    }
}
