//! `CreateFunction`: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>

use crate::companions::lambda::companion::new_revision;
use crate::companions::lambda::names;
use crate::companions::lambda::settings::Settings;
use crate::companions::lambda::source::{self, Source};
use crate::companions::lambda::store::{Function, Version};
use crate::companions::lambda::{errors, tags, view};
use crate::server::Call;
use lambda_api::error::CreateFunctionError;
use lambda_api::input::CreateFunctionInput;
use lambda_api::output::CreateFunctionOutput;
use std::collections::BTreeMap;

/// The function with its code, ready to be called; its first version too, when it is to be published at once.
pub async fn create_function(
    input: CreateFunctionInput,
    call: Call,
) -> Result<CreateFunctionOutput, CreateFunctionError> {
    let named: names::Named =
        names::parse::<CreateFunctionError>(&call.scope, &input.function_name, None)?;
    let lambda = call.app.lambda.clone();
    let (source, publish) = (Source::of_new(&input.code)?, input.publish == Some(true));
    let mut kept = BTreeMap::new();
    tags::put(&mut kept, input.tags.clone().unwrap_or_default())?;
    let settings = Settings::new(input)?;
    lambda.check_role(&settings.role)?;
    let code = source::keep::<CreateFunctionError>(&lambda, &call.scope, source).await?;
    let function = Function {
        latest: Version {
            settings,
            code: code.clone(),
            modified: call.now,
            revision: new_revision(),
        },
        published: 0,
        tags: kept,
        policies: BTreeMap::new(),
        reserved: None,
    };
    let key = named.key.clone();
    let written = lambda.write(move |tables, tx| {
        if tx.contains(&tables.functions, &key) {
            return Err(CreateFunctionError::from(errors::function_exists(&key.1)));
        }
        let mut function = function;
        let shown = match publish {
            true => function.publish(tables, tx, &key, None, None),
            false => view::configuration(&key, None, names::LATEST, &function.latest),
        };
        tx.put(&tables.functions, key, function);
        Ok(shown)
    });
    let written = written.await;
    lambda.codes.settle(&code.file, written.is_ok()).await;
    Ok(view::created(written?))
}
