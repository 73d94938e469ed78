//! Where a function's code comes from: the request itself, or an object in S3.
//!
//! Invariant: what is kept has been read to its end and unpacks within its bounds.

use super::code::{self, Bad, MOST_UNPACKED};
use super::companion::Lambda;
use super::errors;
use super::store::Code;
use crate::aws::Scope;
use crate::companions::{ObjectError, ObjectRef};
use bytes::Bytes;
use futures::TryStreamExt;
use lambda_api::error::{InvalidParameterValueException, ServiceException};
use lambda_api::input::UpdateFunctionCodeInput;
use lambda_api::model::FunctionCode;

/// Code as a request names it.
#[derive(Debug)]
pub enum Source {
    Zip(Bytes),
    Object(ObjectRef),
}

/// What a request says of it.
struct Said<'a> {
    zip: Option<&'a [u8]>,
    bucket: Option<&'a String>,
    key: Option<&'a String>,
    version: Option<&'a String>,
    image: bool,
}

impl Source {
    pub fn of_new(code: &FunctionCode) -> Result<Self, InvalidParameterValueException> {
        Self::of(Said {
            zip: code.zip_file.as_ref().map(AsRef::as_ref),
            bucket: code.s3_bucket.as_ref(),
            key: code.s3_key.as_ref(),
            version: code.s3_object_version.as_ref(),
            image: code.image_uri.is_some(),
        })
    }

    pub fn of_change(
        input: &UpdateFunctionCodeInput,
    ) -> Result<Self, InvalidParameterValueException> {
        Self::of(Said {
            zip: input.zip_file.as_ref().map(AsRef::as_ref),
            bucket: input.s3_bucket.as_ref(),
            key: input.s3_key.as_ref(),
            version: input.s3_object_version.as_ref(),
            image: input.image_uri.is_some(),
        })
    }

    fn of(said: Said<'_>) -> Result<Self, InvalidParameterValueException> {
        if said.image {
            return Err(errors::not_offered("container images"));
        }
        match (said.zip, said.bucket, said.key) {
            (Some(zip), None, None) => Ok(Self::Zip(Bytes::copy_from_slice(zip))),
            (None, Some(bucket), Some(key)) => Ok(Self::Object(ObjectRef {
                bucket: bucket.clone(),
                key: key.clone(),
                version: said.version.cloned(),
            })),
            (Some(_), ..) => Err(errors::two_codes()),
            (None, ..) => Err(errors::no_code()),
        }
    }
}

/// Gets the code, checks it and keeps it; it is still to be settled.
pub async fn keep<E>(lambda: &Lambda, scope: &Scope, source: Source) -> Result<Code, E>
where
    E: From<InvalidParameterValueException> + From<ServiceException>,
{
    let zip = match source {
        Source::Zip(zip) => zip,
        Source::Object(at) => read(lambda, scope, &at).await?,
    };
    let looked_over = zip.clone();
    let checked = tokio::task::spawn_blocking(move || code::check(&looked_over)).await;
    match checked {
        Ok(Ok(())) => {}
        Ok(Err(Bad::Empty)) => return Err(errors::empty_zip().into()),
        Ok(Err(Bad::TooLarge)) => return Err(errors::large_zip(MOST_UNPACKED).into()),
        Ok(Err(Bad::Malformed)) => return Err(errors::bad_zip().into()),
        Err(lost) => return Err(errors::failed(&lost.to_string()).into()),
    }
    let kept = lambda.codes.keep(zip).await;
    kept.map_err(|error| errors::failed(&format!("the code cannot be kept: {error}")).into())
}

async fn read(
    lambda: &Lambda,
    scope: &Scope,
    at: &ObjectRef,
) -> Result<Bytes, InvalidParameterValueException> {
    let now = (lambda.outside.now)();
    let opened = lambda.outside.s3.read_object(scope, at, now);
    let (info, body) = opened.map_err(|error| unreadable(&error))?;
    if info.size > MOST_UNPACKED {
        return Err(errors::large_zip(MOST_UNPACKED));
    }
    let chunks: Result<Vec<Bytes>, _> = body.try_collect().await;
    let chunks = chunks.map_err(|error| unreadable(&ObjectError::Failed(error.to_string())))?;
    Ok(chunks.concat().into())
}

fn unreadable(error: &ObjectError) -> InvalidParameterValueException {
    match error {
        ObjectError::NoSuchBucket(_) => {
            errors::no_object("NoSuchBucket", "The specified bucket does not exist")
        }
        ObjectError::NoSuchKey(_) => {
            errors::no_object("NoSuchKey", "The specified key does not exist.")
        }
        ObjectError::AccessDenied(_) => errors::no_object("AccessDenied", "Access Denied"),
        ObjectError::Failed(why) => errors::no_object("InternalError", why),
    }
}
