//! Looks at aliases and changes them; what is decided is in `deployment::alias`.

use crate::aws::Scope;
use crate::companions::{AliasError, Companions};
use crate::engine::deployment::alias;
use crate::engine::deployment::effect::Way;
use crate::engine::deployment::fault::Fault;

/// How often an alias that somebody else changes at the same moment is looked at again.
const TRIES: usize = 5;

/// Whether the alias is where the deployment may begin, and the version it goes to is there.
pub async fn check(companions: &dyn Companions, scope: &Scope, way: &Way) -> Result<(), Fault> {
    let refused = |error| alias::refused(way, &error);
    let seen = companions
        .function_alias(scope, &way.function, &way.alias)
        .await
        .map_err(refused)?;
    alias::check(way, &seen)?;
    let there = companions.check_function_version(scope, &way.function, &way.target);
    there.await.map_err(refused)
}

/// Gives the target its share. An alias that has it already stays as it is.
pub async fn shift(
    companions: &dyn Companions,
    scope: &Scope,
    way: &Way,
    to: u32,
) -> Result<(), Fault> {
    let Way {
        function,
        alias: name,
        ..
    } = way;
    for _ in 0..TRIES {
        let seen = companions.function_alias(scope, function, name).await;
        let seen = seen.map_err(|error| alias::refused(way, &error))?;
        let Some(shift) = alias::shift(way, to, &seen)? else {
            return Ok(());
        };
        match companions.shift_alias(scope, function, name, shift).await {
            Ok(_) => return Ok(()),
            Err(AliasError::Changed) => {}
            Err(error) => return Err(alias::refused(way, &error)),
        }
    }
    Err(alias::refused(way, &AliasError::Changed))
}
