//! Names of the model as Rust names.
//!
//! Invariant: every result is a valid identifier.

use proc_macro2::Ident;
use quote::format_ident;

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
/// Keywords that cannot be written `r#…`.
const PATH_KEYWORDS: &[&str] = &["self", "super", "crate", "Self"];

/// Types a glob import must not hide.
pub const PRELUDE: &[&str] = &[
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// `roleArn`, `AllowedIPRange`, `S3Location` → `role_arn`, `allowed_ip_range`, `s3_location`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            separate(&mut out);
            continue;
        }
        if starts_word(&chars, index) {
            separate(&mut out);
        }
        out.push(c.to_ascii_lowercase());
    }
    out.trim_matches('_').to_owned()
}

fn separate(out: &mut String) {
    if !out.is_empty() && !out.ends_with('_') {
        out.push('_');
    }
}

/// An upper-case letter starts a word after a lower-case letter or a digit, and at the end of a run of upper-case
/// letters (`IPRange`).
fn starts_word(chars: &[char], index: usize) -> bool {
    let Some(before) = index.checked_sub(1).map(|i| chars[i]) else {
        return false;
    };
    if !chars[index].is_ascii_uppercase() {
        return false;
    }
    let ends_run = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
    before.is_ascii_lowercase()
        || before.is_ascii_digit()
        || (before.is_ascii_uppercase() && ends_run)
}

/// `stage_name`, usable as a field or a module.
pub fn field(name: &str) -> Ident {
    let snake = snake(name);
    if PATH_KEYWORDS.contains(&snake.as_str()) {
        return format_ident!("{snake}_");
    }
    if KEYWORDS.contains(&snake.as_str()) {
        return format_ident!("r#{snake}");
    }
    ident(&snake)
}

/// The name of a file and its module.
pub fn module(name: &str) -> String {
    let snake = snake(name);
    let taken = KEYWORDS.contains(&snake.as_str()) || PATH_KEYWORDS.contains(&snake.as_str());
    // `mod` files lead their folder.
    if taken || snake == "mod" {
        format!("{snake}_")
    } else {
        snake
    }
}

/// `STAGE_NAME`, for statics.
pub fn constant(name: &str) -> Ident {
    ident(&snake(name).to_ascii_uppercase())
}

/// A type's name: the shape's, with an upper-case start.
pub fn type_name(shape: &str) -> String {
    let mut chars = shape.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(chars)
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// An enum's variant: `IN_PROGRESS`, `inProgress`, `in-progress` → `InProgress`.
pub fn variant(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let name: String = words.map(capitalised).collect();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("V{name}"),
        Some(_) if name == "Self" => "SelfValue".to_owned(),
        Some(_) => name,
    }
}

fn capitalised(word: &str) -> String {
    let shouted = !word.chars().any(|c| c.is_ascii_lowercase());
    let (first, rest) = word.split_at(1);
    let rest = if shouted {
        rest.to_ascii_lowercase()
    } else {
        rest.to_owned()
    };
    first.to_ascii_uppercase() + &rest
}

pub fn ident(name: &str) -> Ident {
    let safe = if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name.to_owned()
    };
    format_ident!("{safe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_names_become_rust_names() {
        let cases = [
            ("roleArn", "role_arn"),
            ("AllowedIPRange", "allowed_ip_range"),
            ("s3Location", "s3_location"),
            ("ec2TagFilters", "ec2_tag_filters"),
            ("NextToken", "next_token"),
            ("ECSServices", "ecs_services"),
            ("onPremisesTagSet", "on_premises_tag_set"),
        ];
        for (name, want) in cases {
            assert_eq!(snake(name), want);
        }
    }

    #[test]
    fn keywords_stay_usable() {
        assert_eq!(field("type").to_string(), "r#type");
        assert_eq!(field("self").to_string(), "self_");
        assert_eq!(module("type"), "type_");
    }

    #[test]
    fn enum_values_become_variants() {
        let cases = [
            ("KMS", "Kms"),
            ("InProgress", "InProgress"),
            ("BUILD_GENERAL1_SMALL", "BuildGeneral1Small"),
            ("aws/codebuild", "AwsCodebuild"),
            ("1.0", "V10"),
            ("SELF", "SelfValue"),
        ];
        for (text, want) in cases {
            assert_eq!(variant(text), want);
        }
    }
}
