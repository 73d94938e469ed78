//! ListCuratedEnvironmentImages: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCuratedEnvironmentImages.html>

use crate::codebuild::images;
use crate::server::call::Call;
use codebuild_api::error::ListCuratedEnvironmentImagesError;
use codebuild_api::input::ListCuratedEnvironmentImagesInput;
use codebuild_api::output::ListCuratedEnvironmentImagesOutput;

/// The build images that AWS keeps, by platform and language.
pub async fn list_curated_environment_images(
    _input: ListCuratedEnvironmentImagesInput,
    _call: Call,
) -> Result<ListCuratedEnvironmentImagesOutput, ListCuratedEnvironmentImagesError> {
    Ok(ListCuratedEnvironmentImagesOutput {
        platforms: Some(images::platforms()),
    })
}
