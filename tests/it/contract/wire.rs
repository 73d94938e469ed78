//! Requests of one operation in both protocols, and their answers as values.
//!
//! Invariant: bodies are written and read by the tests' own code (`support/value.rs`).

use http::StatusCode;
use slipway_runtime::smithy::HttpModeledError;

use crate::support::model::{Model, Operation};
use crate::support::server::{Answer, Connection};
use crate::support::value::{Value, from_cbor, from_json};

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Json,
    Cbor,
}

/// An error as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: String,
    pub message: String,
}

impl Refusal {
    /// What a handler would answer.
    pub fn of(error: &dyn HttpModeledError) -> Refusal {
        let text = error.to_string();
        let (code, message) = text.split_once(": ").expect("code and message");
        Refusal {
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// Sends the operation's input.
pub async fn send(
    connection: &mut Connection,
    protocol: Protocol,
    model: &Model,
    operation: Operation<'_>,
    input: &Value,
) -> Answer {
    match protocol {
        Protocol::Json => {
            let target = format!("{}.{}", model.shape_name, operation.name);
            connection.json(&target, input.to_json()).await
        }
        Protocol::Cbor => {
            connection
                .cbor(&model.shape_name, operation.name, input.to_cbor())
                .await
        }
    }
}

/// The output in a successful answer; `None` where the operation has none, and then the body has to be empty.
pub fn output(
    protocol: Protocol,
    model: &Model,
    operation: Operation<'_>,
    answer: &Answer,
) -> Option<Value> {
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{}: {answer:?}",
        operation.name
    );
    let Some(id) = operation.output() else {
        assert!(answer.body.is_empty(), "{}: {answer:?}", operation.name);
        return None;
    };
    Some(match protocol {
        Protocol::Json => from_json(model, id, &serde_json::from_slice(&answer.body).unwrap()),
        Protocol::Cbor => from_cbor(model, id, &ciborium::from_reader(&*answer.body).unwrap()),
    })
}

/// The error in an answer with status 400.
pub fn refusal(protocol: Protocol, answer: &Answer) -> Refusal {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
    let body: serde_json::Value = match protocol {
        Protocol::Json => serde_json::from_slice(&answer.body).unwrap(),
        Protocol::Cbor => ciborium::from_reader(&*answer.body).unwrap(),
    };
    let text = |key: &str| {
        body[key]
            .as_str()
            .unwrap_or_else(|| panic!("no {key}: {answer:?}"))
    };
    // rpcv2Cbor sends the absolute id.
    let code = text("__type")
        .rsplit('#')
        .next()
        .expect("one part at least");
    Refusal {
        code: code.to_owned(),
        message: text("message").to_owned(),
    }
}
