//! Names of functions: plain, in part, or whole ARNs, with or without a qualifier.
//!
//! Invariant: what is parsed here has passed the model's pattern; a name that leads elsewhere is told apart from one that is wrong.

use super::errors;
use super::store::FunctionKey;
use crate::aws::{Arn, Scope};
use lambda_api::error::{InvalidParameterValueException, ResourceNotFoundException};
use slipway_runtime::CommonError;

/// Characters of a function's own name.
const LONGEST: usize = 64;

pub const LATEST: &str = "$LATEST";

/// A function as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub key: FunctionKey,
    pub qualifier: Option<String>,
}

/// Reads `name`, `name:qualifier`, `123456789012:function:name` and whole ARNs, and the qualifier that comes beside it.
pub fn parse<E>(scope: &Scope, text: &str, qualifier: Option<String>) -> Result<Named, E>
where
    E: From<ResourceNotFoundException> + From<InvalidParameterValueException> + From<CommonError>,
{
    let parts = Parts::of(text);
    if parts.name.len() > LONGEST {
        return Err(CommonError::from(errors::long_name(text, LONGEST)).into());
    }
    if let Some(region) = parts
        .region
        .filter(|region| *region != scope.region.as_str())
    {
        return Err(errors::other_region(region, scope).into());
    }
    if parts
        .account
        .is_some_and(|account| account != scope.account.as_str())
    {
        return Err(errors::no_function(text).into());
    }
    let within = parts.qualifier.map(str::to_owned);
    let qualifier = match (within, qualifier) {
        (Some(within), Some(beside)) if within != beside => {
            return Err(errors::other_qualifier().into());
        }
        (within, beside) => within.or(beside),
    };
    Ok(Named {
        key: (scope.clone(), parts.name.to_owned()),
        qualifier,
    })
}

/// The same for operations on the function as a whole: a qualifier is refused.
pub fn unqualified<E>(scope: &Scope, text: &str) -> Result<FunctionKey, E>
where
    E: From<ResourceNotFoundException> + From<InvalidParameterValueException> + From<CommonError>,
{
    let named: Named = parse::<E>(scope, text, None)?;
    match named.qualifier {
        None => Ok(named.key),
        Some(_) => Err(errors::qualified().into()),
    }
}

struct Parts<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut words: Vec<&str> = text.split(':').collect();
        let (mut region, mut account) = (None, None);
        if words.len() > 5 && words[0] == "arn" {
            (region, account) = (Some(words[3]), Some(words[4]));
            words.drain(..5);
        } else if let Some(at) = words.iter().position(|word| *word == "function")
            && at + 1 < words.len()
        {
            let before = &words[..at];
            account = before.iter().copied().rfind(|word| is_account(word));
            region = before.iter().copied().find(|word| !is_account(word));
            words.drain(..at);
        }
        if words.len() > 1 && words[0] == "function" {
            words.remove(0);
        }
        Self {
            region,
            account,
            name: words.first().copied().unwrap_or_default(),
            qualifier: words.get(1).copied(),
        }
    }
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// `arn:aws:lambda:us-east-1:000000000000:function:name`, with a qualifier after it where there is one.
pub fn arn(key: &FunctionKey, qualifier: Option<&str>) -> String {
    let resource = match qualifier {
        Some(qualifier) => format!("function:{}:{qualifier}", key.1),
        None => format!("function:{}", key.1),
    };
    Arn::regional("lambda", &key.0, resource).to_string()
}

/// The number of a published version.
pub fn number(qualifier: &str) -> Option<u64> {
    qualifier.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};
    use lambda_api::error::GetFunctionError;

    fn read(text: &str, qualifier: Option<&str>) -> Result<(String, Option<String>), String> {
        let account = Account::parse("123456789012").unwrap();
        let scope = Scope::new(account, Region::parse("us-east-1").unwrap());
        let named = parse::<GetFunctionError>(&scope, text, qualifier.map(str::to_owned));
        named
            .map(|named| (named.key.1, named.qualifier))
            .map_err(|error| error.to_string())
    }

    // Witness: API reference, CreateFunction, "Name formats".
    #[test]
    fn every_form_of_a_name_is_read() {
        let f = |qualifier: Option<&str>| Ok(("f".to_owned(), qualifier.map(str::to_owned)));
        assert_eq!(read("f", None), f(None));
        assert_eq!(read("f:live", None), f(Some("live")));
        assert_eq!(read("function:f", None), f(None));
        assert_eq!(read("123456789012:function:f", None), f(None));
        assert_eq!(read("123456789012:function:f:3", None), f(Some("3")));
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        assert_eq!(read(arn, Some("live")), f(Some("live")));
        assert_eq!(read(&format!("{arn}:$LATEST"), None), f(Some(LATEST)));
        assert_eq!(read("function", None), Ok(("function".to_owned(), None)));
    }

    #[test]
    fn names_that_lead_elsewhere_are_told_so() {
        let other = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        let said = read(other, None).unwrap_err();
        assert!(
            said.contains("Functions from 'eu-west-1' are not reachable"),
            "{said}"
        );
        assert!(read("111111111111:function:f", None).is_err());
        assert!(read("f:1", Some("2")).is_err());
        assert!(read(&"n".repeat(65), None).is_err());
    }
}
