//! `Invoke`: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use crate::companions::lambda::names;
use crate::companions::lambda::run::{
    Done, Invocation, MOST_EVENT, MOST_PAYLOAD, Patience, Refused,
};
use crate::companions::lambda::{Lambda, errors};
use crate::server::Call;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use lambda_api::error::{InvokeError, ResourceNotFoundException};
use lambda_api::input::InvokeInput;
use lambda_api::model::{InvocationType, LogType};
use lambda_api::output::InvokeOutput;
use serde::de::IgnoredAny;
use slipway_runtime::smithy::Blob;

/// Runs the function and answers what it does; or notes an event for it; or only looks whether that could be done.
pub async fn invoke(input: InvokeInput, call: Call) -> Result<InvokeOutput, InvokeError> {
    if input.tenant_id.is_some() || input.durable_execution_name.is_some() {
        return Err(errors::not_offered("tenancy or durable executions").into());
    }
    let named = names::parse::<InvokeError>(&call.scope, &input.function_name, input.qualifier)?;
    let lambda = call.app.lambda.clone();
    lambda.find(&named)?;
    let kind = input
        .invocation_type
        .unwrap_or(InvocationType::RequestResponse);
    let payload = payload(input.payload, kind)?;
    match kind {
        InvocationType::DryRun => Ok(status(204)),
        InvocationType::Event => {
            let noted = lambda.enqueue(named, payload, Some(call.request_id)).await;
            noted.map_err(refused)?;
            Ok(status(202))
        }
        InvocationType::RequestResponse => {
            let invocation = Invocation {
                named,
                payload,
                client_context: input.client_context.and_then(|context| decoded(&context)),
                request_id: call.request_id,
            };
            run(&lambda, invocation, input.log_type == Some(LogType::Tail)).await
        }
    }
}

async fn run(
    lambda: &Lambda,
    invocation: Invocation,
    tail: bool,
) -> Result<InvokeOutput, InvokeError> {
    let Done {
        number,
        payload,
        error,
        tail: log,
    } = lambda
        .call(invocation, Patience::Refuse)
        .await
        .map_err(refused)?;
    Ok(InvokeOutput {
        function_error: error.map(str::to_owned),
        log_result: tail.then(|| STANDARD.encode(log)),
        payload: Some(Blob::new(payload)),
        executed_version: Some(number),
        ..status(200)
    })
}

fn status(code: i32) -> InvokeOutput {
    InvokeOutput {
        status_code: Some(code),
        ..InvokeOutput::default()
    }
}

/// Any JSON; nothing is an empty object.
fn payload(given: Option<Blob>, kind: InvocationType) -> Result<Bytes, InvokeError> {
    let most = match kind {
        InvocationType::Event => MOST_EVENT,
        _ => MOST_PAYLOAD,
    };
    let bytes = given.map(Blob::into_inner).unwrap_or_default();
    if bytes.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    if bytes.len() > most {
        return Err(errors::large_payload(most).into());
    }
    match serde_json::from_slice::<IgnoredAny>(&bytes) {
        Ok(_) => Ok(bytes.into()),
        Err(error) => Err(errors::bad_payload(&error.to_string()).into()),
    }
}

/// Clients send their context in base64; functions get it plain.
fn decoded(context: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(context).ok()?).ok()
}

fn refused(refused: Refused) -> InvokeError {
    match refused {
        Refused::NoFunction(message) => ResourceNotFoundException {
            r#type: Some("User".to_owned()),
            ..ResourceNotFoundException::new(message)
        }
        .into(),
        Refused::Throttled(reserved) => errors::throttled(reserved).into(),
        Refused::Runtime(why) => errors::cannot_run(&why).into(),
        Refused::Failed(why) => errors::failed(&why).into(),
    }
}
