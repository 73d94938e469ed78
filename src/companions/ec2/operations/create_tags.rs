//! `CreateTags`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html>

use crate::companions::ec2::errors;
use crate::companions::ec2::rows::Tag;
use crate::server::Call;
use ec2_api::error::CreateTagsError;
use ec2_api::input::CreateTagsInput;
use ec2_api::output::CreateTagsOutput;
use std::collections::BTreeSet;

const MOST: usize = 50;

pub async fn create_tags(
    input: CreateTagsInput,
    call: Call,
) -> Result<CreateTagsOutput, CreateTagsError> {
    let instances = call.app.ec2.taggable(&call.scope, &input.resources).await?;
    if input.dry_run == Some(true) {
        return Err(errors::dry_run().into());
    }
    let mut tags = Vec::new();
    for tag in input.tags {
        let key = tag.key.unwrap_or_default();
        let value = tag.value.unwrap_or_default();
        let fits = (1..=127).contains(&key.chars().count()) && value.chars().count() <= 255;
        if !fits || key.starts_with("aws:") {
            return Err(errors::tag(format!("Tag key '{key}' or its value is not valid")).into());
        }
        tags.push((key, value));
    }
    for one in &instances {
        let mut all: BTreeSet<&String> = one.machine.tags.keys().collect();
        all.extend(tags.iter().map(|(key, _)| key));
        if all.len() > MOST {
            return Err(errors::tag("The maximum number of tags of a resource is 50").into());
        }
    }
    let scope = call.scope.clone();
    let write = call.app.ec2.write(move |tables, tx| {
        for one in &instances {
            for (key, value) in &tags {
                let at = (scope.clone(), one.machine.id.clone(), key.clone());
                tx.put(&tables.tags, at, Tag(Some(value.clone())));
            }
        }
        Ok(())
    });
    write.await?;
    Ok(CreateTagsOutput {})
}
