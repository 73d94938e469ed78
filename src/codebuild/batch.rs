//! How operations that ask for many things at once answer: what was found, and what was not.

use std::collections::BTreeSet;

/// Looks up each thing once, in the order asked for. What is not found is listed as it was written.
///
/// `id` gives what a name or ARN stands for, `None` when it cannot be one of ours.
pub fn get<T>(
    asked: Vec<String>,
    id: impl for<'a> Fn(&'a str) -> Option<&'a str>,
    find: impl Fn(&str) -> Option<T>,
) -> (Vec<T>, Vec<String>) {
    let (mut found, mut missing, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for text in asked {
        let id = id(&text);
        // What is none of ours is not the thing whose name it happens to be.
        if !seen.insert((id.is_some(), id.unwrap_or(&text).to_owned())) {
            continue;
        }
        match id.and_then(&find) {
            Some(thing) => found.push(thing),
            None => missing.push(text),
        }
    }
    (found, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract, codebuild section 3, "Conventions".
    #[test]
    fn each_is_looked_up_once_and_what_is_missing_comes_back_as_it_was_written() {
        let asked = ["arn:a", "arn:a", "arn:b", "a", "arn:b", "a"].map(str::to_owned);
        let (found, missing) = get(
            asked.to_vec(),
            |text| text.strip_prefix("arn:"),
            |id| (id == "a").then(|| id.to_owned()),
        );
        assert_eq!(found, ["a"]);
        assert_eq!(missing, ["arn:b", "a"]);
    }
}
