//! `UpdateFunctionCode`: <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html>

use crate::companions::lambda::companion::{check_revision, function_in, new_revision};
use crate::companions::lambda::names;
use crate::companions::lambda::source::{self, Source};
use crate::companions::lambda::{errors, view};
use crate::server::Call;
use lambda_api::error::UpdateFunctionCodeError;
use lambda_api::input::UpdateFunctionCodeInput;
use lambda_api::output::UpdateFunctionCodeOutput;

/// The code of `$LATEST`; with `DryRun` only what it would be.
pub async fn update_function_code(
    input: UpdateFunctionCodeInput,
    call: Call,
) -> Result<UpdateFunctionCodeOutput, UpdateFunctionCodeError> {
    let key = names::unqualified::<UpdateFunctionCodeError>(&call.scope, &input.function_name)?;
    let lambda = call.app.lambda.clone();
    let found = lambda.function(&key)?;
    check_revision(input.revision_id.as_deref(), &found.latest.revision)?;
    if input.publish_to.is_some() {
        return Err(errors::not_offered("capacity providers").into());
    }
    let source = Source::of_change(&input)?;
    let code = source::keep::<UpdateFunctionCodeError>(&lambda, &call.scope, source).await?;
    let (file, changed) = (code.file.clone(), key.clone());
    let written = lambda.write(move |tables, tx| {
        let mut function = function_in(tables, tx, &changed)?;
        check_revision(input.revision_id.as_deref(), &function.latest.revision)?;
        let before = std::mem::replace(&mut function.latest.code, code);
        function.latest.modified = call.now;
        function.latest.revision = new_revision();
        if let Some(architectures) = &input.architectures {
            let names = architectures.iter().map(|one| one.as_str().to_owned());
            function.latest.settings.architectures = names.collect();
        }
        let latest = view::configuration(&changed, None, names::LATEST, &function.latest);
        if input.dry_run == Some(true) {
            return Ok::<_, UpdateFunctionCodeError>((latest, None));
        }
        let shown = match input.publish == Some(true) {
            true => function.publish(tables, tx, &changed, None, None),
            false => latest,
        };
        tx.put(&tables.functions, changed.clone(), function);
        let gone = !tables.names_file(tx, &changed, &before.file);
        Ok((shown, Some(gone.then_some(before.file))))
    });
    let written = written.await;
    let named = matches!(&written, Ok((_, Some(_))));
    lambda.codes.settle(&file, named).await;
    let (shown, gone) = written?;
    lambda.codes.remove(gone.flatten()).await;
    lambda.retire(&key);
    Ok(view::recoded(shown))
}
