//! Names and ARNs of projects and builds; requests may use either.

use crate::aws::{Arn, Scope};

/// `arn:aws:codebuild:R:A:project/P`.
pub fn project_arn(scope: &Scope, name: &str) -> String {
    Arn::regional("codebuild", scope, format!("project/{name}")).to_string()
}

/// `arn:aws:codebuild:R:A:build/P:U`.
pub fn build_arn(scope: &Scope, id: &str) -> String {
    Arn::regional("codebuild", scope, format!("build/{id}")).to_string()
}

/// The project's name, given as name or ARN; `None` for ARNs of other kinds, accounts and regions.
pub fn project_name<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "project/")
}

/// The build's id, given as id or ARN; `None` as above.
pub fn build_id<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "build/")
}

/// Whether the text has the form `project:uuid`.
pub fn is_build_id(text: &str) -> bool {
    let parts = text.split_once(':');
    parts.is_some_and(|(project, uuid)| !project.is_empty() && uuid::Uuid::try_parse(uuid).is_ok())
}

fn named<'a>(scope: &Scope, text: &'a str, kind: &str) -> Option<&'a str> {
    if !text.starts_with("arn:") {
        return Some(text);
    }
    let arn = Arn::parse(text)?;
    let ours = arn.service == "codebuild" && arn.scope().as_ref() == Some(scope);
    let name = arn.resource.strip_prefix(kind)?;
    ours.then(|| &text[text.len() - name.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    fn scope() -> Scope {
        let account = Account::parse("000000000000").expect("an account");
        Scope::new(account, Region::parse("us-east-1").expect("a region"))
    }

    /// Witness: contract, codebuild section 2.
    #[test]
    fn a_name_and_its_arn_are_the_same() {
        let scope = scope();
        assert_eq!(project_name(&scope, &project_arn(&scope, "p")), Some("p"));
        assert_eq!(project_name(&scope, "p"), Some("p"));
        let id = "p:11111111-2222-3333-4444-555555555555";
        assert_eq!(build_id(&scope, &build_arn(&scope, id)), Some(id));
        assert!(is_build_id(id));
    }

    #[test]
    fn other_kinds_accounts_and_regions_are_not_ours() {
        let scope = scope();
        for arn in [
            "arn:aws:codebuild:us-east-1:000000000000:build/p:u",
            "arn:aws:codebuild:eu-west-1:000000000000:project/p",
            "arn:aws:codebuild:us-east-1:999999999999:project/p",
            "arn:aws:s3:::p",
            "arn:",
        ] {
            assert_eq!(project_name(&scope, arn), None, "{arn}");
        }
        assert!(!is_build_id("p") && !is_build_id("p:u") && !is_build_id(":"));
    }
}
