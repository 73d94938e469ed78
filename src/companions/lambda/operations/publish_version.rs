//! `PublishVersion`: <https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html>

use crate::companions::lambda::companion::{check_revision, function_in};
use crate::companions::lambda::names;
use crate::companions::lambda::{errors, view};
use crate::server::Call;
use lambda_api::error::PublishVersionError;
use lambda_api::input::PublishVersionInput;
use lambda_api::output::PublishVersionOutput;

/// What `$LATEST` is now, as a version of its own; the last one, when nothing has changed since.
pub async fn publish_version(
    input: PublishVersionInput,
    call: Call,
) -> Result<PublishVersionOutput, PublishVersionError> {
    let key = names::unqualified::<PublishVersionError>(&call.scope, &input.function_name)?;
    let write = call.app.lambda.write(move |tables, tx| {
        let mut function = function_in(tables, tx, &key)?;
        check_revision(input.revision_id.as_deref(), &function.latest.revision)?;
        let latest = &function.latest.code.sha256;
        if let Some(given) = input
            .code_sha256
            .filter(|given| !given.is_empty() && given != latest)
        {
            return Err(errors::other_code(&given, latest).into());
        }
        if input.publish_to.is_some() {
            return Err(errors::not_offered("capacity providers").into());
        }
        let shown = function.publish(tables, tx, &key, input.description, Some(call.now));
        tx.put(&tables.functions, key, function);
        Ok::<_, PublishVersionError>(shown)
    });
    Ok(view::published(write.await?))
}
