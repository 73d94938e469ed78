//! What commands for people have to put on a server before something can run: buckets, objects, roles.
//!
//! Invariant: what is there already is taken as it is.

use super::caller::{CallError, Remote};
use crate::server::client::{self, Answer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// IAM is called by forms, and is nowhere in particular.
const FORM: &str = "application/x-www-form-urlencoded";

impl Remote {
    /// A bucket of the caller's.
    pub async fn create_bucket(&self, bucket: &str) -> Result<(), CallError> {
        let body = match self.region() {
            "us-east-1" => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{region}\
                 </LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        let answer = self.put(&format!("/{bucket}"), body.into_bytes()).await?;
        match answer.status {
            200 => Ok(()),
            409 if text(&answer).contains("BucketAlreadyOwnedByYou") => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    /// Stores an object; its ETag as S3 gives it.
    pub async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
    ) -> Result<String, CallError> {
        let path = format!("/{bucket}/{}", utf8_percent_encode(key, IN_PATH));
        let answer = self.put(&path, body).await?;
        match answer.status {
            200 => Ok(answer.header("etag").unwrap_or_default().to_owned()),
            _ => Err(refusal(&answer)),
        }
    }

    /// A role that the service may assume; its ARN.
    pub async fn create_role(&self, name: &str, service: &str) -> Result<String, CallError> {
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}]});
        let fields = [
            ("Version", "2010-05-08"),
            ("Action", "CreateRole"),
            ("RoleName", name),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ];
        let mut answer = self.iam(&fields).await?;
        if answer.status == 409 {
            let fields = [
                ("Version", "2010-05-08"),
                ("Action", "GetRole"),
                ("RoleName", name),
            ];
            answer = self.iam(&fields).await?;
        }
        let arn = between(text(&answer), "Arn").map(str::to_owned);
        match arn.filter(|_| answer.status == 200) {
            Some(arn) => Ok(arn),
            None => Err(refusal(&answer)),
        }
    }

    async fn put(&self, path: &str, body: Vec<u8>) -> Result<Answer, CallError> {
        let authorization = self.authorization("s3");
        let headers = [("authorization", authorization.as_str())];
        Ok(client::put(&format!("{}{path}", self.url()), &headers, body).await?)
    }

    async fn iam(&self, fields: &[(&str, &str)]) -> Result<Answer, CallError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let authorization = self.authorization("iam");
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", FORM),
        ];
        Ok(client::post(&format!("{}/", self.url()), &headers, form).await?)
    }
}

/// Answers are small XML documents.
fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap_or_default()
}

fn between<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    rest.split_once(&format!("</{tag}>"))
        .map(|(inner, _)| inner)
}

fn refusal(answer: &Answer) -> CallError {
    let part = |tag| between(text(answer), tag).map(str::to_owned);
    CallError::Refused {
        code: part("Code").unwrap_or_else(|| format!("status {}", answer.status)),
        message: part("Message").unwrap_or_else(|| "the server refused".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_s3_and_iam_are_told_in_their_words() {
        let body = "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>No role x.</Message></Error></ErrorResponse>";
        let answer = Answer {
            status: 404,
            headers: Vec::new(),
            body: body.into(),
        };
        assert_eq!(refusal(&answer).to_string(), "No role x. (NoSuchEntity)");
    }
}
