//! Who may call a function, as `AddPermission` writes it.
//!
//! Invariant: each statement has an id of its own within its policy.

use super::companion::new_revision;
use super::errors;
use super::store::Policy;
use lambda_api::error::{ResourceConflictException, ResourceNotFoundException};
use lambda_api::input::AddPermissionInput;
use serde_json::{Map, Value, json};

impl Policy {
    /// Adds the statement of a request about the resource `arn`.
    pub fn add(
        &mut self,
        input: &AddPermissionInput,
        arn: &str,
    ) -> Result<Value, ResourceConflictException> {
        if self
            .statements
            .iter()
            .any(|one| one["Sid"] == *input.statement_id)
        {
            return Err(errors::statement_exists(&input.statement_id));
        }
        let statement = statement(input, arn);
        self.statements.push(statement.clone());
        self.revision = new_revision();
        Ok(statement)
    }

    pub fn remove(&mut self, sid: &str) -> Result<(), ResourceNotFoundException> {
        let before = self.statements.len();
        self.statements.retain(|one| one["Sid"] != *sid);
        if self.statements.len() == before {
            return Err(errors::no_statement(sid));
        }
        self.revision = new_revision();
        Ok(())
    }

    /// The document as `GetPolicy` shows it.
    pub fn document(&self) -> String {
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": self.statements })
            .to_string()
    }
}

fn statement(input: &AddPermissionInput, arn: &str) -> Value {
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), json!(input.statement_id));
    statement.insert("Effect".to_owned(), json!("Allow"));
    statement.insert("Principal".to_owned(), principal(&input.principal));
    statement.insert("Action".to_owned(), json!(input.action));
    statement.insert("Resource".to_owned(), json!(arn));
    let condition = condition(input);
    if !condition.is_empty() {
        statement.insert("Condition".to_owned(), Value::Object(condition));
    }
    Value::Object(statement)
}

fn principal(text: &str) -> Value {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "*" => json!("*"),
        account if is_account => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
        arn if arn.starts_with("arn:") => json!({ "AWS": arn }),
        service => json!({ "Service": service }),
    }
}

fn condition(input: &AddPermissionInput) -> Map<String, Value> {
    let mut equal = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            equal.insert(name.to_owned(), json!(value));
        }
    };
    put("AWS:SourceAccount", input.source_account.as_deref());
    put("aws:PrincipalOrgID", input.principal_org_id.as_deref());
    put(
        "lambda:EventSourceToken",
        input.event_source_token.as_deref(),
    );
    let auth = input.function_url_auth_type.map(|auth| auth.as_str());
    put("lambda:FunctionUrlAuthType", auth);
    let mut condition = Map::new();
    if !equal.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equal));
    }
    if let Some(arn) = &input.source_arn {
        condition.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": arn }));
    }
    condition
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: API reference, AddPermission; developer guide, "Resource-based policies", the shown statements.
    #[test]
    fn statements_are_written_as_aws_does() {
        let mut policy = Policy::default();
        let mut input =
            AddPermissionInput::new("f", "s1", "lambda:InvokeFunction", "s3.amazonaws.com");
        input.source_arn = Some("arn:aws:s3:::b".to_owned());
        input.source_account = Some("123456789012".to_owned());
        let written = policy.add(&input, "arn:f").unwrap();
        let expected = json!({
            "Sid": "s1", "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" },
            "Action": "lambda:InvokeFunction", "Resource": "arn:f",
            "Condition": {
                "StringEquals": { "AWS:SourceAccount": "123456789012" },
                "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::b" },
            },
        });
        assert_eq!(written, expected);
        assert!(policy.add(&input, "arn:f").is_err());
        assert_eq!(
            principal("123456789012"),
            json!({ "AWS": "arn:aws:iam::123456789012:root" })
        );
        policy.remove("s1").unwrap();
        assert!(policy.remove("s1").is_err());
    }
}
