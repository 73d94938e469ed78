//! `DeleteTags`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html>

use crate::companions::ec2::errors;
use crate::companions::ec2::rows::Tag;
use crate::server::Call;
use ec2_api::error::DeleteTagsError;
use ec2_api::input::DeleteTagsInput;
use ec2_api::output::DeleteTagsOutput;

/// A tag with a value is deleted only if it has that value; without tags, all are.
pub async fn delete_tags(
    input: DeleteTagsInput,
    call: Call,
) -> Result<DeleteTagsOutput, DeleteTagsError> {
    let instances = call.app.ec2.taggable(&call.scope, &input.resources).await?;
    if input.dry_run == Some(true) {
        return Err(errors::dry_run().into());
    }
    let (scope, given) = (call.scope.clone(), input.tags);
    let write = call.app.ec2.write(move |tables, tx| {
        for one in &instances {
            for (key, value) in &one.machine.tags {
                let meant = given.as_ref().is_none_or(|tags| {
                    let meant = |tag: &ec2_api::model::Tag| {
                        tag.key.as_ref() == Some(key)
                            && tag.value.as_ref().is_none_or(|given| given == value)
                    };
                    tags.iter().any(meant)
                });
                if meant {
                    let at = (scope.clone(), one.machine.id.clone(), key.clone());
                    tx.put(&tables.tags, at, Tag(None));
                }
            }
        }
        Ok(())
    });
    write.await?;
    Ok(DeleteTagsOutput {})
}
