//! JSON paths as AWS's Java library writes them, evaluated by a library of RFC 9535.
//!
//! Differs from AWS: JSON paths of webhooks have no functions, at most one `..`, and no `$` inside a filter.
//!
//! The limits keep what a path costs in proportion to the body it reads, whoever sends that body. Invariant: what `parse`
//! accepts, `select` evaluates in time linear in the body (but for its depth).

use serde_json::Value;

/// A parsed path.
#[derive(Clone, Debug)]
pub struct JsonPath(serde_json_path::JsonPath);

/// Selectors separated by commas, in the whole path.
const MOST_COMMAS: usize = 4;

impl JsonPath {
    /// `$.ref`, `$.commits[0].id`, `$['head_commit']`, `$..name`, …; `ref` alone means `$.ref`. Errors say what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let standard = Translation::of(text.trim())?;
        let parsed = serde_json_path::JsonPath::parse(&standard);
        parsed.map(Self).map_err(|error| error.message().to_owned())
    }

    /// The values at the path; none when there is nothing.
    pub fn select<'a>(&self, body: &'a Value) -> Vec<&'a Value> {
        self.0.query(body).all()
    }
}

/// A path on its way from the Java dialect to the standard's.
struct Translation<'a> {
    rest: &'a str,
    out: String,
    descents: usize,
    commas: usize,
}

impl<'a> Translation<'a> {
    fn of(text: &'a str) -> Result<String, String> {
        let mut it = Self {
            rest: text,
            out: "$".to_owned(),
            descents: 0,
            commas: 0,
        };
        match text.strip_prefix('$') {
            Some(rest) => it.rest = rest,
            // The Java library puts `$.` before a path that does not begin at the root.
            None => it.name()?,
        }
        while let Some(first) = it.rest.chars().next() {
            match first {
                '.' => it.member()?,
                '[' => it.brackets()?,
                '(' => return Err("functions are not offered".to_owned()),
                other => return Err(format!("'{other}' is not expected here")),
            }
        }
        Ok(it.out)
    }

    /// `.name`, `..name`, `.*`, `..[`.
    fn member(&mut self) -> Result<(), String> {
        self.rest = &self.rest[1..];
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.descend()?;
            self.rest = rest;
            self.out.push_str("..");
            if self.rest.starts_with('[') {
                return Ok(());
            }
        }
        self.name()
    }

    /// A name without quotes. The Java library takes more letters in it than the standard, which wants those in quotes.
    fn name(&mut self) -> Result<(), String> {
        let end = self.rest.find(['.', '[', '(', ' ']);
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if name.is_empty() {
            return Err("a name is missing".to_owned());
        }
        self.rest = rest;
        let descends = self.out.ends_with("..");
        if name == "*" {
            self.out.push_str(if descends { "*" } else { ".*" });
            return Ok(());
        }
        let name = name.replace('\\', "\\\\").replace('\'', "\\'");
        self.out.push_str(&format!("['{name}']"));
        Ok(())
    }

    /// Everything from `[` to its `]`, as it is.
    fn brackets(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        let mut quote = None;
        let mut before = ' ';
        let mut letters = self.rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            match (quote, letter) {
                (Some(_), '\\') => drop(letters.next()),
                (Some(open), _) if open == letter => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(letter),
                (None, '[') => depth += 1,
                (None, ']') => depth -= 1,
                (None, '$') => return Err("'$' inside a filter is not offered".to_owned()),
                (None, '(') if before.is_alphanumeric() || before == '_' => {
                    return Err("functions are not offered".to_owned());
                }
                (None, ',') => self.commas += 1,
                (None, '.') if before == '.' => self.descend()?,
                (None, _) => {}
            }
            before = letter;
            if depth == 0 {
                let (brackets, rest) = self.rest.split_at(at + letter.len_utf8());
                self.out.push_str(brackets);
                self.rest = rest;
                return self.check_commas();
            }
        }
        Err("a bracket is not closed".to_owned())
    }

    fn check_commas(&self) -> Result<(), String> {
        match self.commas > MOST_COMMAS {
            true => Err(format!("there are more than {MOST_COMMAS} commas")),
            false => Ok(()),
        }
    }

    fn descend(&mut self) -> Result<(), String> {
        self.descents += 1;
        match self.descents > 1 {
            true => Err("more than one '..' is not offered".to_owned()),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn push() -> Value {
        json!({
            "ref": "refs/heads/main",
            "deleted": false,
            "head-commit": {"id": "c2", "@type": "commit"},
            "commits": [{"id": "c1", "author": {"name": "ann"}}, {"id": "c2", "author": {"name": "ben"}}],
            "it's": {"a\\b": 1},
        })
    }

    fn selected(path: &str) -> Vec<Value> {
        let path = JsonPath::parse(path).unwrap_or_else(|why| panic!("{path}: {why}"));
        path.select(&push()).into_iter().cloned().collect()
    }

    #[test]
    fn paths_of_the_java_dialect_select_what_they_say() {
        // contract codepipeline §8.2 step 3
        for (path, expected) in [
            ("$.ref", json!(["refs/heads/main"])),
            ("ref", json!(["refs/heads/main"])),
            (" $.ref ", json!(["refs/heads/main"])),
            ("$['ref']", json!(["refs/heads/main"])),
            ("$[\"ref\"]", json!(["refs/heads/main"])),
            ("$.deleted", json!([false])),
            ("$.commits[0].id", json!(["c1"])),
            ("$.commits[-1].id", json!(["c2"])),
            ("$.commits[*].author.name", json!(["ann", "ben"])),
            ("$.commits.*.id", json!(["c1", "c2"])),
            ("$.commits[0,1].id", json!(["c1", "c2"])),
            ("$.commits[0:1].id", json!(["c1"])),
            ("$..name", json!(["ann", "ben"])),
            ("$..['name']", json!(["ann", "ben"])),
            ("$.commits[?(@.id == 'c2')].author.name", json!(["ben"])),
            ("$.head-commit.id", json!(["c2"])),
            ("$.head-commit.@type", json!(["commit"])),
            ("$.it's.a\\b", json!([1])),
            ("$.commits[7].id", json!([])),
            ("$.nothing", json!([])),
        ] {
            assert_eq!(json!(selected(path)), expected, "{path}");
        }
        assert_eq!(selected("$"), [push()]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        // contract codepipeline §8.1, InvalidWebhookFilterPatternException
        for path in [
            "",
            "$.",
            "$..",
            "$.a.",
            "$[",
            "$['a",
            "$[a]",
            "$a",
            "$.a b",
            "$[0",
            "$[?(@.a ==)]",
            "$[]",
        ] {
            assert!(JsonPath::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn paths_that_cost_more_than_their_body_are_refused() {
        // our reading: limits on outside input
        for (path, why) in [
            ("$..*..*", "more than one '..' is not offered"),
            ("$..[?@..a]", "more than one '..' is not offered"),
            ("$.a[?@.b == $.c]", "'$' inside a filter is not offered"),
            ("$[*,*][*,*][*,*][*,*][*,*]", "there are more than 4 commas"),
            ("$.commits.length()", "functions are not offered"),
            ("$[?match(@.a, @.b)]", "functions are not offered"),
        ] {
            assert_eq!(
                JsonPath::parse(path).map(drop),
                Err(why.to_owned()),
                "{path}"
            );
        }
        assert!(
            JsonPath::parse("$['a..b..c','$(x),,,,,']").is_ok(),
            "in quotes"
        );
    }

    proptest! {
        // Neither blanks nor control characters, which the standard refuses.
        #[test]
        fn any_name_without_quotes_finds_its_member(name in "[^.\\[($\\s\\p{Cc}]{1,20}") {
            prop_assume!(name != "*");
            let body = json!({ "a": { name.clone(): 7 } });
            let path = JsonPath::parse(&format!("$.a.{name}"));
            let path = path.map_err(TestCaseError::fail)?;
            let seven = json!(7);
            prop_assert_eq!(path.select(&body), vec![&seven]);
        }

        #[test]
        fn no_text_makes_it_panic(path in any::<String>()) {
            drop(JsonPath::parse(&path));
        }

        #[test]
        fn no_text_of_its_own_letters_makes_it_panic(path in "[$.*@?()\\[\\]'\",:0-9a-c\\\\ =-]{0,40}") {
            if let Ok(path) = JsonPath::parse(&path) {
                path.select(&push());
            }
        }
    }
}
