//! Requests that break the model are refused in the service's dialect, and all that is broken is told at once.

use http::StatusCode;
use slipway::codedeploy::violations::first;

use super::dialect::expected;
use super::echo::{self, Book, Seen};
use super::models;
use super::wire::{Protocol, Refusal, refusal, send};
use crate::support::Server;
use crate::support::expected::{Violation, violations};
use crate::support::make::{Size, broken, make};
use crate::support::model::{Model, Operation};
use crate::support::server::Connection;
use crate::support::value::Value;

/// Sends a request and checks its answer against oracle and contract.
async fn check(
    connection: &mut Connection,
    book: &Book,
    protocol: Protocol,
    (model, operation): (&Model, Operation<'_>),
    input: &Value,
) {
    let id = operation
        .input()
        .expect("each operation of the three has an input");
    let found = violations(model, id, input);
    let answer = send(connection, protocol, model, operation, input).await;
    let seen = book.take();
    let context = format!("{}, {protocol:?}: {input:?}", operation.name);
    if found.is_empty() || is_deferred(model, &found) {
        assert_eq!(answer.status, StatusCode::OK, "{context}: {answer:?}");
        let seen = seen.unwrap_or_else(|| panic!("{context}: no handler was called"));
        expect_deferred(&found, &seen, &context);
        if !found.is_empty() {
            let refusal = Refusal::of(&first(operation.name, &seen.deferred));
            expected(model, operation, &found).check(&refusal, &context);
        }
        return;
    }
    assert!(seen.is_none(), "{context}: a handler was called");
    expected(model, operation, &found).check(&refusal(protocol, &answer), &context);
}

/// CodeDeploy's handlers look for what exists before anything below the request's own members matters (contract codedeploy
/// §1.5).
fn is_deferred(model: &Model, found: &[Violation]) -> bool {
    model.service == "codedeploy" && found.iter().all(Violation::is_nested)
}

/// The handler got these violations, and no others.
fn expect_deferred(found: &[Violation], seen: &Seen, context: &str) {
    let told = |v: &slipway_runtime::Violation| {
        (v.path.clone(), v.constraint.to_string(), v.value.clone())
    };
    let mut told: Vec<_> = seen.deferred.iter().map(told).collect();
    let mut wanted: Vec<_> = found
        .iter()
        .map(|v| (v.path.clone(), v.text.clone(), v.value.clone()))
        .collect();
    told.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(told, wanted, "{context}");
}

async fn each_constraint_is_reported(protocol: Protocol) {
    let book = Book::answering(Size::Minimal);
    let server = Server::serving(echo::services(&book)).await;
    let mut connection = server.connect().await;
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            for broken in broken(&model, id) {
                check(
                    &mut connection,
                    &book,
                    protocol,
                    (&model, operation),
                    &broken.value,
                )
                .await;
            }
        }
    }
}

#[tokio::test]
async fn every_constraint_is_reported_with_its_path_and_text_in_json() {
    each_constraint_is_reported(Protocol::Json).await;
}

#[tokio::test]
async fn every_constraint_is_reported_with_its_path_and_text_in_cbor() {
    each_constraint_is_reported(Protocol::Cbor).await;
}

/// For each operation: a request with something broken in as many of its members as possible.
fn broken_everywhere(model: &Model, id: &str, turn: usize) -> Value {
    let shape = model.shape(id);
    let mut members = Vec::new();
    for (name, member) in shape.members.iter() {
        let mut ways: Vec<Option<Value>> = broken(model, &member.target)
            .into_iter()
            .map(|broken| Some(broken.value))
            .collect();
        if member.is_required() {
            ways.push(None);
        }
        let good = || {
            member
                .is_required()
                .then(|| make(model, &member.target, Size::Minimal))
        };
        let chosen = if ways.is_empty() {
            good()
        } else {
            ways.swap_remove(turn % ways.len())
        };
        members.extend(chosen.map(|value| (name.clone(), value)));
    }
    Value::Structure(members)
}

/// Witness: as for absent members; contracts codepipeline §1.1, codebuild §1, codedeploy §1.3.
async fn null_is_reported_as_missing(protocol: Protocol) {
    let book = Book::answering(Size::Minimal);
    let server = Server::serving(echo::services(&book)).await;
    let mut connection = server.connect().await;
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            let required = model
                .shape(id)
                .members
                .iter()
                .filter(|(_, member)| member.is_required());
            let input = Value::Structure(
                required
                    .map(|(name, _)| (name.clone(), Value::Null))
                    .collect(),
            );
            check(
                &mut connection,
                &book,
                protocol,
                (&model, operation),
                &input,
            )
            .await;
        }
    }
}

#[tokio::test]
async fn required_members_that_are_null_are_reported_as_missing_in_json() {
    null_is_reported_as_missing(Protocol::Json).await;
}

#[tokio::test]
async fn required_members_that_are_null_are_reported_as_missing_in_cbor() {
    null_is_reported_as_missing(Protocol::Cbor).await;
}

async fn several_are_reported_together(protocol: Protocol) {
    let book = Book::answering(Size::Minimal);
    let server = Server::serving(echo::services(&book)).await;
    let mut connection = server.connect().await;
    let mut most = 0;
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            for turn in 0..7 {
                let input = broken_everywhere(&model, id, turn);
                most = most.max(violations(&model, id, &input).len());
                check(
                    &mut connection,
                    &book,
                    protocol,
                    (&model, operation),
                    &input,
                )
                .await;
            }
        }
    }
    assert!(most >= 10, "only {most} violations in one request");
}

#[tokio::test]
async fn several_violations_are_reported_together_in_json() {
    several_are_reported_together(Protocol::Json).await;
}

#[tokio::test]
async fn several_violations_are_reported_together_in_cbor() {
    several_are_reported_together(Protocol::Cbor).await;
}
