//! Calls in awsQuery, and what their XML says.

use crate::support::Server;
use http::StatusCode;

/// A query service: its signing name and the version of its API.
#[derive(Clone, Copy, Debug)]
pub struct Service(pub &'static str, pub &'static str);

pub type Fields<'a> = &'a [(&'a str, &'a str)];

impl Service {
    pub async fn ask(
        self,
        server: &Server,
        action: &str,
        fields: Fields<'_>,
    ) -> (StatusCode, String) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action)
            .append_pair("Version", self.1);
        let form = form.extend_pairs(fields).finish();
        let answer = server.query(self.0, &form).await;
        (answer.status, answer.text())
    }

    pub async fn ok(self, server: &Server, action: &str, fields: Fields<'_>) -> String {
        let (status, text) = self.ask(server, action, fields).await;
        assert_eq!(status, StatusCode::OK, "{action}: {text}");
        text
    }

    /// Status, code and message.
    pub async fn error(
        self,
        server: &Server,
        action: &str,
        fields: Fields<'_>,
    ) -> (u16, String, String) {
        let (status, text) = self.ask(server, action, fields).await;
        let (code, message) = (element(&text, "Code"), element(&text, "Message"));
        (status.as_u16(), code, message)
    }
}

pub fn fault(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

/// The text of the first element of this name.
pub fn element(text: &str, name: &str) -> String {
    let inner = text
        .split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    let inner = inner.unwrap_or_else(|| panic!("no {name} in {text}")).0;
    inner.replace("&quot;", "\"").replace("&amp;", "&")
}

/// The value of an entry of a map of attributes.
pub fn entry(text: &str, key: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<key>{key}</key>"))?;
    Some(element(rest, "value"))
}
