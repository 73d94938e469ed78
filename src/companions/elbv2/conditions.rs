//! Conditions of rules: what may be asked for, and how it is shown.

use super::errors;
use super::pattern::{Net, Pattern};
use super::rows::Kind;
use elbv2_api::model::{
    HostHeaderConditionConfig, HttpHeaderConditionConfig, HttpRequestMethodConditionConfig,
    PathPatternConditionConfig, QueryStringConditionConfig, RuleCondition, RuleTransform,
    SourceIpConditionConfig,
};
use slipway_runtime::CommonError;

/// Values of all conditions of a rule together.
const MOST_VALUES: usize = 5;
const LONGEST: usize = 128;

/// Conditions as they are kept and shown.
pub fn accept(conditions: Vec<RuleCondition>) -> Result<Vec<RuleCondition>, CommonError> {
    if conditions.is_empty() {
        return Err(errors::invalid("A condition must be specified"));
    }
    for single in [
        "host-header",
        "path-pattern",
        "http-request-method",
        "source-ip",
    ] {
        let given = |condition: &&RuleCondition| field(condition) == Some(single);
        if conditions.iter().filter(given).count() > 1 {
            return Err(errors::invalid(format!(
                "A rule can only have one '{single}' condition"
            )));
        }
    }
    let mut values = 0;
    let accepted: Vec<RuleCondition> = conditions
        .into_iter()
        .map(|condition| complete(condition, &mut values))
        .collect::<Result<_, _>>()?;
    match values > MOST_VALUES {
        true => Err(errors::invalid("A rule can only have '5' condition values")),
        false => Ok(accepted),
    }
}

/// The field, told or seen from the one configuration that is there.
fn field(condition: &RuleCondition) -> Option<&str> {
    let by_config = || {
        let configs = [
            (condition.host_header_config.is_some(), "host-header"),
            (condition.path_pattern_config.is_some(), "path-pattern"),
            (condition.http_header_config.is_some(), "http-header"),
            (condition.query_string_config.is_some(), "query-string"),
            (
                condition.http_request_method_config.is_some(),
                "http-request-method",
            ),
            (condition.source_ip_config.is_some(), "source-ip"),
        ];
        configs
            .into_iter()
            .find(|(given, _)| *given)
            .map(|(_, field)| field)
    };
    condition.field.as_deref().or_else(by_config)
}

fn complete(given: RuleCondition, count: &mut usize) -> Result<RuleCondition, CommonError> {
    let name = field(&given).unwrap_or_default().to_owned();
    let mut texts = Texts { name: &name, count };
    let completed = match name.as_str() {
        "host-header" => host_header(given, &mut texts),
        "path-pattern" => path_pattern(given, &mut texts),
        "http-header" => http_header(given, &mut texts),
        "http-request-method" => method(given, &mut texts),
        "query-string" => query_string(given, &mut texts),
        "source-ip" => source_ip(given, &mut texts),
        odd => Err(errors::invalid(format!(
            "Condition field '{odd}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'"
        ))),
    };
    Ok(RuleCondition {
        field: Some(name),
        ..completed?
    })
}

type Completed = Result<RuleCondition, CommonError>;

/// Values of hosts and paths are shown at the top, too.
fn host_header(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let config = given.host_header_config.unwrap_or_default();
    let values = texts.plain(given.values.or(config.values))?;
    let regex_values = texts.regexes(given.regex_values.or(config.regex_values))?;
    texts.some(&values, &regex_values)?;
    Ok(RuleCondition {
        values: values.clone(),
        regex_values: regex_values.clone(),
        host_header_config: Some(HostHeaderConditionConfig {
            values,
            regex_values,
        }),
        ..RuleCondition::default()
    })
}

fn path_pattern(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let config = given.path_pattern_config.unwrap_or_default();
    let values = texts.plain(given.values.or(config.values))?;
    let regex_values = texts.regexes(given.regex_values.or(config.regex_values))?;
    texts.some(&values, &regex_values)?;
    Ok(RuleCondition {
        values: values.clone(),
        regex_values: regex_values.clone(),
        path_pattern_config: Some(PathPatternConditionConfig {
            values,
            regex_values,
        }),
        ..RuleCondition::default()
    })
}

fn http_header(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let config = given.http_header_config.unwrap_or_default();
    let header = config.http_header_name.filter(|name| !name.is_empty());
    let header = header
        .ok_or_else(|| errors::invalid("A 'http-header' condition must have a header name"))?;
    let values = texts.plain(config.values)?;
    let regex_values = texts.regexes(config.regex_values)?;
    texts.some(&values, &regex_values)?;
    Ok(RuleCondition {
        http_header_config: Some(HttpHeaderConditionConfig {
            http_header_name: Some(header),
            values,
            regex_values,
        }),
        ..RuleCondition::default()
    })
}

fn method(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let config = given.http_request_method_config.unwrap_or_default();
    let values = texts.plain(given.values.or(config.values))?;
    texts.some(&values, &None)?;
    let allowed = |byte: u8| byte.is_ascii_uppercase() || b"-_".contains(&byte);
    let mut all = values.iter().flatten();
    if let Some(odd) = all.find(|value| !value.bytes().all(allowed)) {
        return Err(errors::invalid(format!(
            "The HTTP request method '{odd}' is not valid"
        )));
    }
    Ok(RuleCondition {
        http_request_method_config: Some(HttpRequestMethodConditionConfig { values }),
        ..RuleCondition::default()
    })
}

fn query_string(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let pairs = given.query_string_config.unwrap_or_default().values;
    let pairs = pairs.unwrap_or_default();
    texts.count(pairs.len());
    let whole = pairs.iter().all(|pair| pair.value.is_some());
    if pairs.is_empty() || !whole {
        return Err(errors::invalid(
            "A 'query-string' condition must have values",
        ));
    }
    Ok(RuleCondition {
        query_string_config: Some(QueryStringConditionConfig {
            values: Some(pairs),
        }),
        ..RuleCondition::default()
    })
}

fn source_ip(given: RuleCondition, texts: &mut Texts<'_>) -> Completed {
    let config = given.source_ip_config.unwrap_or_default();
    let values = texts.plain(given.values.or(config.values))?;
    texts.some(&values, &None)?;
    let mut all = values.iter().flatten();
    if let Some(odd) = all.find(|value| Net::parse(value).is_none()) {
        return Err(errors::invalid(format!(
            "'{odd}' is not a valid CIDR block"
        )));
    }
    Ok(RuleCondition {
        source_ip_config: Some(SourceIpConditionConfig {
            values,
            ip_address_type: config.ip_address_type,
        }),
        ..RuleCondition::default()
    })
}

/// Values of one condition on their way in.
struct Texts<'a> {
    name: &'a str,
    count: &'a mut usize,
}

impl Texts<'_> {
    fn count(&mut self, more: usize) {
        *self.count += more;
    }

    fn plain(&mut self, values: Option<Vec<String>>) -> Result<Option<Vec<String>>, CommonError> {
        let values = values.filter(|values| !values.is_empty());
        self.count(values.as_ref().map_or(0, Vec::len));
        let mut all = values.iter().flatten();
        match all.find(|value| value.is_empty() || value.chars().count() > LONGEST) {
            Some(odd) => Err(errors::invalid(format!(
                "The '{}' value '{odd}' must have 1 to {LONGEST} characters",
                self.name
            ))),
            None => Ok(values),
        }
    }

    fn regexes(&mut self, values: Option<Vec<String>>) -> Result<Option<Vec<String>>, CommonError> {
        let values = self.plain(values)?;
        for value in values.iter().flatten() {
            Pattern::regex(value).map_err(|error| {
                errors::invalid(format!(
                    "The regular expression '{value}' is not valid: {error}"
                ))
            })?;
        }
        Ok(values)
    }

    fn some(
        &self,
        values: &Option<Vec<String>>,
        regexes: &Option<Vec<String>>,
    ) -> Result<(), CommonError> {
        match values.is_some() || regexes.is_some() {
            true => Ok(()),
            false => Err(errors::invalid(format!(
                "A '{}' condition must have values",
                self.name
            ))),
        }
    }
}

/// A rule's place among those of its listener.
pub fn priority(given: i32) -> Result<u32, CommonError> {
    let number = u32::try_from(given).unwrap_or_default();
    match (1..=50_000).contains(&number) {
        true => Ok(number),
        false => Err(errors::invalid("Priority must be between 1 and 50000")),
    }
}

pub fn only_application(kind: Kind) -> Result<(), CommonError> {
    match kind {
        Kind::Application => Ok(()),
        Kind::Network => Err(errors::configuration(
            "Rules are not supported for listeners of Network Load Balancers",
        )),
    }
}

pub fn no_transforms(given: Option<&[RuleTransform]>) -> Result<(), CommonError> {
    match given.is_none_or(<[RuleTransform]>::is_empty) {
        true => Ok(()),
        false => Err(errors::configuration(
            "Transforms are not offered: slipway's load balancers forward requests as they are",
        )),
    }
}
