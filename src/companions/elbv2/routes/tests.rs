//! Rules and weights without sockets.

use super::*;
use crate::aws::{Account, Region};
use elbv2_api::model::{
    HostHeaderConditionConfig, HttpHeaderConditionConfig, HttpRequestMethodConditionConfig,
    PathPatternConditionConfig, QueryStringConditionConfig, QueryStringKeyValuePair,
    SourceIpConditionConfig,
};

fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("us-east-1").unwrap())
}

fn pool(name: &str) -> Arc<Pool> {
    Arc::new(Pool::new((scope(), name.to_owned())))
}

/// Whose turn it is, one letter each.
fn turns(weights: &[(&str, i64)], count: usize) -> String {
    let shares = weights.iter().map(|(name, weight)| (pool(name), *weight));
    let split = Split::new(shares.collect());
    let turns = (0..count).map(|_| {
        split
            .next()
            .map_or("-".to_owned(), |pool| pool.key.1.clone())
    });
    turns.collect()
}

#[test]
fn weights_hold_over_short_stretches_and_zero_gets_nothing() {
    assert_eq!(turns(&[("a", 1)], 3), "aaa");
    assert_eq!(turns(&[("a", 1), ("b", 1)], 4), "abab");
    assert_eq!(turns(&[("a", 3), ("b", 1)], 8), "aabaaaba");
    assert_eq!(turns(&[("a", 0), ("b", 5)], 3), "bbb");
    assert_eq!(turns(&[("a", 0), ("b", 0)], 2), "--");
    let tenth = turns(&[("a", 90), ("b", 10)], 100);
    assert_eq!(tenth.matches('b').count(), 10);
}

fn holds(given: RuleCondition) -> bool {
    let headers = |name: &str| match name.eq_ignore_ascii_case("x-team") {
        true => vec!["Delivery".to_owned()],
        false => Vec::new(),
    };
    let facts = Facts {
        method: "GET",
        host: "api.example.com",
        path: "/v1/orders",
        query: "version=Two&x=1",
        headers: &headers,
        source: IpAddr::from([127, 0, 0, 1]),
    };
    condition(&given).unwrap().holds(&facts)
}

fn texts(values: &[&str]) -> Option<Vec<String>> {
    Some(values.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn conditions_hold_as_aws_says() {
    // Witness: user guide, "Condition types for listener rules".
    let host = |values| RuleCondition {
        host_header_config: Some(HostHeaderConditionConfig {
            values: texts(values),
            regex_values: None,
        }),
        ..RuleCondition::default()
    };
    assert!(holds(host(&["other.example.com", "*.EXAMPLE.com"])));
    assert!(!holds(host(&["example.com"])));
    let path = |values, regexes| RuleCondition {
        path_pattern_config: Some(PathPatternConditionConfig {
            values,
            regex_values: regexes,
        }),
        ..RuleCondition::default()
    };
    assert!(holds(path(texts(&["/v?/*"]), None)));
    assert!(!holds(path(texts(&["/V1/*"]), None)));
    assert!(holds(path(None, texts(&["^/v[0-9]+/orders$"]))));
    let header = |name: &str, values| RuleCondition {
        http_header_config: Some(HttpHeaderConditionConfig {
            http_header_name: Some(name.to_owned()),
            values: texts(values),
            regex_values: None,
        }),
        ..RuleCondition::default()
    };
    assert!(holds(header("X-Team", &["deliver?"])));
    assert!(!holds(header("X-Other", &["*"])));
    let method = |values| RuleCondition {
        http_request_method_config: Some(HttpRequestMethodConditionConfig {
            values: texts(values),
        }),
        ..RuleCondition::default()
    };
    assert!(holds(method(&["HEAD", "GET"])) && !holds(method(&["POST"])));
    let query = |key: Option<&str>, value: &str| RuleCondition {
        query_string_config: Some(QueryStringConditionConfig {
            values: Some(vec![QueryStringKeyValuePair {
                key: key.map(str::to_owned),
                value: Some(value.to_owned()),
            }]),
        }),
        ..RuleCondition::default()
    };
    assert!(holds(query(Some("version"), "two")) && holds(query(None, "1")));
    assert!(!holds(query(Some("version"), "1")));
    let source = |values| RuleCondition {
        source_ip_config: Some(SourceIpConditionConfig {
            values: texts(values),
            ip_address_type: None,
        }),
        ..RuleCondition::default()
    };
    assert!(holds(source(&["127.0.0.0/8"])) && !holds(source(&["10.0.0.0/8"])));
}
