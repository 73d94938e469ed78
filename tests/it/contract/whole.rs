//! Requests that keep the model reach their handler with equal values, and equal values come back.

use super::echo::{self, Book};
use super::models;
use super::wire::{Protocol, output, send};
use crate::support::Server;
use crate::support::make::{Size, make};
use crate::support::value::{Value, from_json, sorted};

async fn every_operation_passes(size: Size, protocol: Protocol) {
    let book = Book::answering(size);
    let server = Server::serving(echo::services(&book)).await;
    let mut connection = server.connect().await;
    let mut passed = 0;
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            let input = make(&model, id, size);
            let answer = send(&mut connection, protocol, &model, operation, &input).await;
            let came_back = output(protocol, &model, operation, &answer);
            let seen = book
                .take()
                .unwrap_or_else(|| panic!("{}: no handler was called", operation.name));
            assert_eq!(seen.operation, operation.name);
            assert!(
                seen.deferred.is_empty(),
                "{}: {:?}",
                operation.name,
                seen.deferred
            );
            let arrived = from_json(&model, id, &seen.input);
            assert_eq!(sorted(arrived), sorted(input), "{}: input", operation.name);
            let sent_back = operation.output().map(|id| sorted(make(&model, id, size)));
            assert_eq!(
                came_back.map(sorted),
                sent_back,
                "{}: output",
                operation.name
            );
            passed += 1;
        }
    }
    assert_eq!(passed, 150);
}

#[tokio::test]
async fn a_minimal_request_of_every_operation_passes_in_json() {
    every_operation_passes(Size::Minimal, Protocol::Json).await;
}

#[tokio::test]
async fn a_minimal_request_of_every_operation_passes_in_cbor() {
    every_operation_passes(Size::Minimal, Protocol::Cbor).await;
}

#[tokio::test]
async fn a_maximal_request_of_every_operation_passes_in_json() {
    every_operation_passes(Size::Maximal, Protocol::Json).await;
}

#[tokio::test]
async fn a_maximal_request_of_every_operation_passes_in_cbor() {
    every_operation_passes(Size::Maximal, Protocol::Cbor).await;
}

/// Witness: contracts codepipeline §1.1, codebuild §1, codedeploy §1.1.
async fn null_and_unknown_members_count_as_absent(protocol: Protocol) {
    let book = Book::answering(Size::Minimal);
    let server = Server::serving(echo::services(&book)).await;
    let mut connection = server.connect().await;
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            let minimal = make(&model, id, Size::Minimal);
            let Value::Structure(mut members) = minimal.clone() else {
                panic!("{id} is no structure")
            };
            let optional = model
                .shape(id)
                .members
                .iter()
                .filter(|(_, member)| !member.is_required());
            members.extend(optional.map(|(name, _)| (name.clone(), Value::Null)));
            let foreign = Value::List(vec![Value::Map(vec![("a".to_owned(), Value::Integer(1))])]);
            members.insert(0, ("noSuchMember".to_owned(), foreign));
            let input = Value::Structure(members);
            let answer = send(&mut connection, protocol, &model, operation, &input).await;
            assert_eq!(answer.status, 200, "{}: {answer:?}", operation.name);
            let seen = book.take().expect("a handler was called");
            assert_eq!(
                sorted(from_json(&model, id, &seen.input)),
                sorted(minimal),
                "{}",
                operation.name
            );
        }
    }
}

#[tokio::test]
async fn null_and_unknown_members_count_as_absent_in_json() {
    null_and_unknown_members_count_as_absent(Protocol::Json).await;
}

#[tokio::test]
async fn null_and_unknown_members_count_as_absent_in_cbor() {
    null_and_unknown_members_count_as_absent(Protocol::Cbor).await;
}
