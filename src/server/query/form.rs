//! The fields of an awsQuery request as a tree: `Tags.member.1.Key=a` is four steps deep.
//!
//! Invariant: no deeper than [`DEEPEST`] steps and no more than [`MOST_VALUES`](crate::server::nesting::MOST_VALUES) of them, whatever
//! was sent; of a field sent twice the last one counts.

use crate::server::nesting::{DEEPEST, Malformed, Values};
use std::collections::BTreeMap;

/// One place in the tree. A field's text may stand beside fields below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub(super) text: Option<String>,
    pub(super) inner: BTreeMap<String, Form>,
}

impl Form {
    /// Fields of a query string or a form body, or of both: the body's count.
    pub fn parse(query: Option<&str>, body: &[u8]) -> Result<Self, Malformed> {
        let mut root = Self::default();
        let mut values = Values::default();
        for part in [query.unwrap_or_default().as_bytes(), body] {
            for (name, text) in form_urlencoded::parse(part) {
                root.put(&name, text.into_owned(), &mut values)?;
            }
        }
        Ok(root)
    }

    /// The text of a field of the request itself, such as `Action`.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.inner.get(name)?.text.as_deref()
    }

    /// The place below this one.
    pub(super) fn get(&self, name: &str) -> Option<&Form> {
        self.inner.get(name)
    }

    /// What is below this place and numbered, in the order of the numbers.
    pub(super) fn numbered(&self) -> Vec<&Form> {
        let number = |(name, form): (&'_ String, _)| Some((name.parse::<u64>().ok()?, form));
        let mut found: Vec<(u64, &Form)> = self.inner.iter().filter_map(number).collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, form)| form).collect()
    }

    fn put(&mut self, name: &str, text: String, values: &mut Values) -> Result<(), Malformed> {
        let mut place = self;
        for (depth, step) in name.split('.').enumerate() {
            if depth >= DEEPEST {
                return Err(Malformed::TooDeep);
            }
            values.add()?;
            place = place.inner.entry(step.to_owned()).or_default();
        }
        place.text = Some(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_from_the_query_string_and_the_body() {
        let form = Form::parse(Some("Action=A&Version=1"), b"Action=B&X.Y=%20z+").unwrap();
        assert_eq!(form.field("Action"), Some("B"));
        assert_eq!(form.field("Version"), Some("1"));
        assert_eq!(form.get("X").and_then(|x| x.field("Y")), Some(" z "));
    }

    #[test]
    fn numbered_places_come_in_the_order_of_their_numbers() {
        let form = Form::parse(None, b"10=c&2=b&1=a&x=d").unwrap();
        let texts: Vec<_> = form
            .numbered()
            .into_iter()
            .filter_map(|form| form.text.as_deref())
            .collect();
        assert_eq!(texts, ["a", "b", "c"]);
    }

    #[test]
    fn a_million_fields_are_refused() {
        let fields: String = (0..1_000_000).map(|number| format!("{number}&")).collect();
        assert_eq!(
            Form::parse(None, fields.as_bytes()),
            Err(Malformed::TooMany)
        );
        let steps = "a.b.c.d.e.f=x&".repeat(100_000);
        assert_eq!(Form::parse(None, steps.as_bytes()), Err(Malformed::TooMany));
    }

    #[test]
    fn a_name_of_a_million_steps_is_refused() {
        let name = "a.".repeat(1_000_000);
        assert_eq!(Form::parse(Some(&name), b""), Err(Malformed::TooDeep));
    }
}
