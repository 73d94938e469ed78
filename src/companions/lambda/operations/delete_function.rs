//! `DeleteFunction`: <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html>

use crate::companions::lambda::companion::version_key;
use crate::companions::lambda::errors;
use crate::companions::lambda::names::{self, LATEST};
use crate::companions::lambda::store::{FunctionKey, Tables};
use crate::server::Call;
use crate::store::Txn;
use lambda_api::error::DeleteFunctionError;
use lambda_api::input::DeleteFunctionInput;
use lambda_api::output::DeleteFunctionOutput;

/// The function with its versions and aliases, or one version that no alias points to.
pub async fn delete_function(
    input: DeleteFunctionInput,
    call: Call,
) -> Result<DeleteFunctionOutput, DeleteFunctionError> {
    let named =
        names::parse::<DeleteFunctionError>(&call.scope, &input.function_name, input.qualifier)?;
    let lambda = call.app.lambda.clone();
    let key = named.key.clone();
    let write = lambda.write(move |tables, tx| {
        let function = tx.get(&tables.functions, &named.key);
        if function.is_none() {
            let arn = names::arn(&named.key, named.qualifier.as_deref());
            return Err(DeleteFunctionError::from(errors::no_function(&arn)));
        }
        match named.qualifier.as_deref() {
            None => Ok(whole(tables, tx, &named.key)),
            Some(LATEST) => Err(errors::latest_stays().into()),
            Some(qualifier) => one(tables, tx, &named.key, qualifier),
        }
    });
    let files = write.await?;
    lambda.codes.remove(files).await;
    lambda.retire(&key);
    Ok(DeleteFunctionOutput {
        status_code: Some(204),
    })
}

fn whole(tables: &Tables, tx: &mut Txn, key: &FunctionKey) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for (key, version) in tables.versions_in(tx, key) {
        files.push(version.code.file.clone());
        tx.remove(&tables.versions, &key);
    }
    for (key, _) in tables.aliases_in(tx, key) {
        tx.remove(&tables.aliases, &key);
    }
    let function = tx.remove(&tables.functions, key);
    files.extend(function.map(|function| function.latest.code.file.clone()));
    files.sort();
    files.dedup();
    files
}

fn one(
    tables: &Tables,
    tx: &mut Txn,
    key: &FunctionKey,
    qualifier: &str,
) -> Result<Vec<String>, DeleteFunctionError> {
    let Some(number) = names::number(qualifier) else {
        return Err(errors::alias_in_place_of_version().into());
    };
    let aliases = tables.aliases_in(tx, key);
    let points = |alias: &crate::companions::lambda::store::Alias| {
        alias.version == qualifier || alias.weights.contains_key(qualifier)
    };
    if let Some(((.., name), _)) = aliases.iter().find(|(_, alias)| points(alias)) {
        return Err(errors::version_in_use(qualifier, name).into());
    }
    let Some(version) = tx.remove(&tables.versions, &version_key(key, number)) else {
        return Ok(Vec::new());
    };
    let file = version.code.file.clone();
    let gone = !tables.names_file(tx, key, &file);
    Ok(gone.then_some(file).into_iter().collect())
}
