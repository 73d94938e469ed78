//! Policy documents: whether one is well-formed, and whom a trust policy lets assume its role.
//!
//! Invariant: a document that passed `check` can be asked; one that cannot be read trusts nobody.

use crate::aws::Account;
use serde_json::{Map, Value};

/// What a document is for; the rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who may assume a role.
    Trust,
    /// What a role may do.
    Permissions,
}

const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// Why a document is refused, in AWS's words.
pub fn check(kind: Kind, text: &str) -> Result<(), &'static str> {
    let document: Value =
        serde_json::from_str(text).map_err(|_| "This policy contains invalid Json")?;
    let document = document.as_object().ok_or("Syntax errors in policy.")?;
    if document
        .keys()
        .any(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement"))
    {
        return Err("Syntax errors in policy.");
    }
    match document.get("Version").map(Value::as_str) {
        None => {}
        Some(Some(version)) if VERSIONS.contains(&version) => {}
        Some(_) => return Err("Syntax errors in policy."),
    }
    let statements = document
        .get("Statement")
        .ok_or("Syntax errors in policy.")?;
    let statements = items(statements);
    if kind == Kind::Trust && statements.is_empty() {
        return Err("Could not parse the policy: Statement is empty!");
    }
    statements
        .into_iter()
        .try_for_each(|statement| check_statement(kind, statement))
}

fn check_statement(kind: Kind, statement: &Value) -> Result<(), &'static str> {
    let statement = statement.as_object().ok_or("Syntax errors in policy.")?;
    let has =
        |name: &str, other: &str| statement.contains_key(name) || statement.contains_key(other);
    if !matches!(
        statement.get("Effect").and_then(Value::as_str),
        Some("Allow" | "Deny")
    ) {
        return Err("Syntax errors in policy.");
    }
    if !has("Action", "NotAction") {
        return Err("Policy statement must contain actions.");
    }
    match kind {
        Kind::Trust if has("Resource", "NotResource") => Err("Has prohibited field Resource"),
        Kind::Trust if !has("Principal", "NotPrincipal") => Err("Missing required field Principal"),
        Kind::Permissions if has("Principal", "NotPrincipal") => {
            Err("Policy document should not specify a principal.")
        }
        Kind::Permissions if !has("Resource", "NotResource") => {
            Err("Policy statement must contain resources.")
        }
        _ => Ok(()),
    }
}

/// Whether the trust policy lets `who` assume the role: a service (`codebuild.amazonaws.com`), or the ARN of a user, a role or
/// a role's session.
///
/// Differs from AWS: conditions in trust policies are not evaluated; an Allow with conditions counts, a Deny with them does not.
pub fn trusts(document: &str, who: &str) -> bool {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let statements = document.get("Statement").map(items).unwrap_or_default();
    let about: Vec<&Map<String, Value>> = statements
        .into_iter()
        .filter_map(Value::as_object)
        .filter(|statement| is_about(statement, who))
        .collect();
    let says = |effect: &str| {
        about
            .iter()
            .any(|statement| statement.get("Effect").and_then(Value::as_str) == Some(effect))
    };
    let denied = about.iter().any(|statement| {
        statement.get("Effect").and_then(Value::as_str) == Some("Deny")
            && !statement.contains_key("Condition")
    });
    says("Allow") && !denied
}

fn is_about(statement: &Map<String, Value>, who: &str) -> bool {
    let action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(actions), _) => texts(actions).any(is_assume_role),
        (None, Some(actions)) => !texts(actions).any(is_assume_role),
        (None, None) => false,
    };
    let principal = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principals), _) => names(principals, who),
        (None, Some(principals)) => !names(principals, who),
        (None, None) => false,
    };
    action && principal
}

fn is_assume_role(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match action.strip_suffix('*') {
        Some(beginning) => "sts:assumerole".starts_with(beginning),
        None => action == "sts:assumerole",
    }
}

fn names(principals: &Value, who: &str) -> bool {
    let of = |kind: &str| {
        principals
            .get(kind)
            .map(|found| texts(found).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let everybody = principals.as_str() == Some("*");
    match who.starts_with("arn:") {
        true => everybody || of("AWS").into_iter().any(|named| is_principal(named, who)),
        false => everybody || of("Service").contains(&who),
    }
}

/// An account or its root stand for everybody in the account, a role for its sessions.
fn is_principal(named: &str, who: &str) -> bool {
    let account = who.split(':').nth(4).unwrap_or_default();
    let whole_account = Account::parse(named).is_some() && named == account
        || named == format!("arn:aws:iam::{account}:root");
    named == "*" || named == who || whole_account || is_session_of(named, who)
}

fn is_session_of(role: &str, session: &str) -> bool {
    let session_parts = session
        .split_once(":assumed-role/")
        .and_then(|(prefix, rest)| Some((prefix, rest.split_once('/')?.0)));
    let Some((prefix, name)) = session_parts else {
        return false;
    };
    let account = prefix.rsplit(':').next().unwrap_or_default();
    super::RoleArn::parse(role)
        .is_some_and(|role| role.account.as_str() == account && role.name == name)
}

/// One value or several: policies allow both forms everywhere.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    items(value).into_iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trust(principal: Value) -> String {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})
            .to_string()
    }

    #[test]
    fn a_service_is_trusted_when_it_is_named() {
        let codebuild = "codebuild.amazonaws.com";
        assert!(trusts(&trust(json!({"Service": codebuild})), codebuild));
        assert!(trusts(
            &trust(json!({"Service": ["codepipeline.amazonaws.com", codebuild]})),
            codebuild
        ));
        assert!(!trusts(
            &trust(json!({"Service": "ecs.amazonaws.com"})),
            codebuild
        ));
        assert!(!trusts(&trust(json!({"AWS": "*"})), codebuild));
        assert!(!trusts("{}", codebuild) && !trusts("nonsense", codebuild));
    }

    #[test]
    fn a_caller_is_trusted_by_arn_account_root_or_role() {
        let user = "arn:aws:iam::123456789012:user/slipway";
        let session = "arn:aws:sts::123456789012:assumed-role/r/s";
        for named in [user, "123456789012", "arn:aws:iam::123456789012:root", "*"] {
            assert!(trusts(&trust(json!({"AWS": named})), user), "{named}");
        }
        for named in [
            "arn:aws:iam::123456789012:user/other",
            "210987654321",
            "arn:aws:iam::210987654321:root",
        ] {
            assert!(!trusts(&trust(json!({"AWS": named})), user), "{named}");
        }
        assert!(trusts(
            &trust(json!({"AWS": "arn:aws:iam::123456789012:role/p/r"})),
            session
        ));
        assert!(!trusts(
            &trust(json!({"AWS": "arn:aws:iam::123456789012:role/q"})),
            session
        ));
    }

    #[test]
    fn a_deny_wins_over_an_allow() {
        let principal = json!({"Service": "codebuild.amazonaws.com"});
        let statement =
            |effect: &str| json!({"Effect": effect, "Action": ["sts:*"], "Principal": principal});
        let document = json!({"Statement": [statement("Allow"), statement("Deny")]}).to_string();
        assert!(!trusts(&document, "codebuild.amazonaws.com"));
    }

    #[test]
    fn an_action_other_than_assume_role_trusts_nobody() {
        let document =
            json!({"Statement": {"Effect": "Allow", "Action": "sts:TagSession", "Principal": "*"}})
                .to_string();
        assert!(!trusts(&document, "codebuild.amazonaws.com"));
    }

    #[test]
    fn malformed_documents_are_told_apart() {
        let permissions = |text: &str| check(Kind::Permissions, text).unwrap_err();
        assert_eq!(permissions("{"), "This policy contains invalid Json");
        assert_eq!(permissions("[]"), "Syntax errors in policy.");
        assert_eq!(
            permissions(r#"{"Statement":[{"Effect":"Allow","Resource":"*"}]}"#),
            "Policy statement must contain actions."
        );
        assert_eq!(
            permissions(r#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#),
            "Policy statement must contain resources."
        );
        assert_eq!(
            check(
                Kind::Trust,
                r#"{"Statement":[{"Effect":"Allow","Action":"*","Principal":"*","Resource":"*"}]}"#
            ),
            Err("Has prohibited field Resource")
        );
        assert_eq!(
            check(
                Kind::Permissions,
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
            ),
            Ok(())
        );
        assert_eq!(check(Kind::Trust, &trust(json!({"Service": "x"}))), Ok(()));
    }
}
