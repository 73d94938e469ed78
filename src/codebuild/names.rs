//! Names and ARNs: of projects and builds, where requests may use either, and of everything else, which has ARNs only.
//!
//! Source: contract, codebuild section 2.

use super::errors;
use crate::aws::{Arn, Scope};
use codebuild_api::error::InvalidInputException;
use codebuild_api::model::ServerType;

/// `arn:aws:codebuild:R:A:project/P`.
pub fn project_arn(scope: &Scope, name: &str) -> String {
    Arn::regional("codebuild", scope, format!("project/{name}")).to_string()
}

/// `arn:aws:codebuild:R:A:build/P:U`.
pub fn build_arn(scope: &Scope, id: &str) -> String {
    Arn::regional("codebuild", scope, format!("build/{id}")).to_string()
}

/// `arn:aws:codebuild:R:A:report-group/NAME`.
pub fn report_group_arn(scope: &Scope, name: &str) -> String {
    Arn::regional("codebuild", scope, format!("report-group/{name}")).to_string()
}

/// `arn:aws:codebuild:R:A:report/GROUP:U`.
pub fn report_arn(scope: &Scope, id: &str) -> String {
    Arn::regional("codebuild", scope, format!("report/{id}")).to_string()
}

/// `arn:aws:codebuild:R:A:fleet/NAME:U`.
pub fn fleet_arn(scope: &Scope, name: &str, uuid: &str) -> String {
    Arn::regional("codebuild", scope, format!("fleet/{name}:{uuid}")).to_string()
}

/// `arn:aws:codebuild:R:A:token/github`.
pub fn token_arn(scope: &Scope, server: &str) -> String {
    Arn::regional("codebuild", scope, format!("token/{server}")).to_string()
}

/// A provider's name in ARNs.
pub fn server(of: ServerType) -> String {
    of.as_str().to_ascii_lowercase()
}

/// What an ARN can be of: how its resource begins, and the word for people.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    prefix: &'static str,
    pub word: &'static str,
}

pub const PROJECT: Kind = Kind {
    prefix: "project/",
    word: "project",
};
pub const REPORT_GROUP: Kind = Kind {
    prefix: "report-group/",
    word: "report group",
};
pub const REPORT: Kind = Kind {
    prefix: "report/",
    word: "report",
};
pub const FLEET: Kind = Kind {
    prefix: "fleet/",
    word: "fleet",
};
pub const TOKEN: Kind = Kind {
    prefix: "token/",
    word: "source credential",
};

/// What an ARN of this kind names; `None` when it belongs to another account or region. Other texts are refused.
pub fn of_arn<'a>(
    scope: &Scope,
    text: &'a str,
    kind: Kind,
) -> Result<Option<&'a str>, InvalidInputException> {
    match scoped(text, kind) {
        Some((of, name)) => Ok((of == *scope).then_some(name)),
        None => Err(errors::invalid_arn(text, kind)),
    }
}

/// The scope of an ARN of this kind, and what it names.
pub fn scoped(text: &str, kind: Kind) -> Option<(Scope, &str)> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "codebuild")?;
    let scope = arn.scope()?;
    let name = arn.resource.strip_prefix(kind.prefix)?;
    (!name.is_empty()).then(|| (scope, &text[text.len() - name.len()..]))
}

/// The project's name, given as name or ARN; `None` for ARNs of other kinds, accounts and regions.
pub fn project_name<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "project/")
}

/// The build's id, given as id or ARN; `None` as above.
pub fn build_id<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "build/")
}

/// The batch's id, given as id or ARN; `None` as above.
pub fn batch_id<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "build-batch/")
}

/// The sandbox's id, given as id or ARN; `None` as above.
pub fn sandbox_id<'a>(scope: &Scope, text: &'a str) -> Option<&'a str> {
    named(scope, text, "sandbox/")
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

    /// Witness: contract, codebuild section 2.
    #[test]
    fn an_arn_says_what_it_names_or_whose_it_is_not() {
        let scope = scope();
        let of = |text: &str| {
            let name = of_arn(&scope, text, REPORT_GROUP);
            name.map(|name| name.map(str::to_owned)).map_err(|_| ())
        };
        assert_eq!(of(&report_group_arn(&scope, "g")), Ok(Some("g".to_owned())));
        let foreign = "arn:aws:codebuild:us-east-1:999999999999:report-group/g";
        assert_eq!(of(foreign), Ok(None));
        for broken in ["g", "arn:aws:codebuild:us-east-1:000000000000:report/g:u"] {
            assert_eq!(of(broken), Err(()), "{broken}");
        }
        assert_eq!(server(ServerType::GithubEnterprise), "github_enterprise");
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
