//! ListApplicationRevisions: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListApplicationRevisions.html>

use crate::aws::{Scope, page};
use crate::codedeploy::errors;
use crate::codedeploy::pages::{self, LOOKED_AT};
use crate::codedeploy::revisions::{self, Revision, RevisionKey, TimeKey, times_of};
use crate::codedeploy::store::names_below;
use crate::server::call::Call;
use crate::store::{Committed, Direction};
use codedeploy_api::error::ListApplicationRevisionsError;
use codedeploy_api::input::ListApplicationRevisionsInput;
use codedeploy_api::model::{
    ApplicationRevisionSortBy, ListStateFilterAction, RevisionLocation, SortOrder,
};
use codedeploy_api::output::ListApplicationRevisionsOutput;
use std::ops::RangeInclusive;

/// Locations of an application's revisions, by identity unless a time is asked for; a hundred on a page.
pub async fn list_application_revisions(
    input: ListApplicationRevisionsInput,
    call: Call,
) -> Result<ListApplicationRevisionsOutput, ListApplicationRevisionsError> {
    let tables = &call.app.codedeploy.tables;
    let application = tables.find_application(&Committed, &call.scope, &input.application_name)?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let wanted = Wanted {
        bucket: given(input.s3_bucket),
        prefix: given(input.s3_key_prefix),
        deployed: input.deployed.unwrap_or(ListStateFilterAction::Ignore),
    };
    wanted.check()?;
    let direction = match input.sort_order {
        Some(SortOrder::Descending) => Direction::Backward,
        None | Some(SortOrder::Ascending) => Direction::Forward,
    };
    let id = &application.id;
    let binding = format!(
        "ListApplicationRevisions/{:?}/{id}/{wanted:?}/{:?}/{direction:?}",
        call.scope, input.sort_by
    );
    let token = input.next_token.as_deref();
    let table = &tables.revisions;
    let (revisions, next) = match input.sort_by {
        None => {
            let after = pages::position::<RevisionKey>(&binding, token)?;
            let (first, last) = wanted.range(&call.scope, id).into_inner();
            let range = page::after(first, last, after, direction);
            let rows = table.range(range, direction, LOOKED_AT);
            pages::kept(rows, &binding, |_, row| wanted.shown(&row))
        }
        Some(by) => {
            let index = match by {
                ApplicationRevisionSortBy::RegisterTime => &table.by_registration,
                ApplicationRevisionSortBy::FirstUsedTime => &table.by_first_use,
                ApplicationRevisionSortBy::LastUsedTime => &table.by_last_use,
            };
            let after = pages::position::<(TimeKey, RevisionKey)>(&binding, token)?;
            let all = times_of(&call.scope, id);
            let rows = match &after {
                Some(after) => index.range_after(all, after, direction, LOOKED_AT),
                None => index.range(all, direction, LOOKED_AT),
            };
            let rows = rows.into_iter().map(|at| (at.clone(), at.1)).collect();
            pages::kept(rows, &binding, |_, key| {
                table.get(&key).and_then(|row| wanted.shown(&row))
            })
        }
    };
    Ok(ListApplicationRevisionsOutput {
        revisions: Some(revisions),
        next_token: next,
    })
}

const LONGEST_BUCKET: usize = 255;
const LONGEST_PREFIX: usize = 1024;

/// Which revisions are listed.
#[derive(Debug)]
struct Wanted {
    bucket: Option<String>,
    prefix: Option<String>,
    deployed: ListStateFilterAction,
}

impl Wanted {
    fn check(&self) -> Result<(), ListApplicationRevisionsError> {
        match (&self.bucket, &self.prefix) {
            (None, Some(_)) => Err(errors::bucket_missing().into()),
            (Some(bucket), _) if bucket.len() > LONGEST_BUCKET || bucket.contains('/') => {
                Err(errors::invalid_bucket(bucket).into())
            }
            (_, Some(prefix)) if prefix.len() > LONGEST_PREFIX => {
                Err(errors::invalid_prefix().into())
            }
            _ => Ok(()),
        }
    }

    /// Where they are in the order of identities.
    fn range(&self, scope: &Scope, application: &str) -> RangeInclusive<RevisionKey> {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        match &self.bucket {
            Some(bucket) => revisions::in_bucket(scope, application, bucket, prefix),
            None => names_below(scope, application),
        }
    }

    /// The location of a revision that is wanted.
    fn shown(&self, row: &Revision) -> Option<RevisionLocation> {
        let is_target = !row.target_of.is_empty();
        let state = match self.deployed {
            ListStateFilterAction::Include => is_target,
            ListStateFilterAction::Exclude => !is_target,
            ListStateFilterAction::Ignore => true,
        };
        let s3 = row.location.s3_location.as_ref();
        let bucket = s3.and_then(|s3| s3.bucket.as_ref());
        let key = s3.and_then(|s3| s3.key.as_deref()).unwrap_or_default();
        let place = self.bucket.is_none() || self.bucket.as_ref() == bucket;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let wanted = state && place && key.starts_with(prefix);
        wanted.then(|| revisions::without_content(row.location.clone()))
    }
}
