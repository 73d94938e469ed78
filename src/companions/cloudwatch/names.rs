//! ARNs of alarms.

use super::rows::AlarmKey;
use crate::aws::{Arn, Scope};

pub fn alarm_arn(key: &AlarmKey) -> String {
    Arn::regional("cloudwatch", &key.0, format!("alarm:{}", key.1)).to_string()
}

/// The alarm of one's own that an ARN names.
pub fn alarm_key(scope: &Scope, arn: &str) -> Option<AlarmKey> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "cloudwatch")?;
    let name = arn.resource.strip_prefix("alarm:")?;
    let own = arn.scope().is_some_and(|found| found == *scope);
    (own && !name.is_empty()).then(|| (scope.clone(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    #[test]
    fn an_arn_leads_to_an_alarm_of_its_own_scope_only() {
        let account = Account::parse("000000000000").unwrap();
        let scope = Scope::new(account, Region::parse("us-east-1").unwrap());
        let key = (scope.clone(), "a:b c".to_owned());
        let arn = alarm_arn(&key);
        assert_eq!(arn, "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a:b c");
        assert_eq!(alarm_key(&scope, &arn), Some(key));
        for other in [
            "",
            "a",
            "arn:aws:cloudwatch:us-east-1:000000000000:alarm:",
            "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a",
            "arn:aws:cloudwatch::000000000000:dashboard/a",
            "arn:aws:sns:us-east-1:000000000000:alarm:a",
        ] {
            assert_eq!(alarm_key(&scope, other), None, "{other}");
        }
    }
}
