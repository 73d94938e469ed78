//! Labels of SELinux.

use super::scalar::{self, entries, find};
use crate::agent::errors::{self, Done};
use crate::engine::build::buildspec::yaml::Node;
use std::collections::BTreeSet;

/// What `semanage` is to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub user: Option<String>,
    pub kind: String,
    pub range: Option<Range>,
}

/// Sensitivities and categories: `s0-s3:c0.c2,c5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    low: u32,
    high: u32,
    categories: Option<BTreeSet<u32>>,
}

const HIGHEST_CATEGORY: u32 = 1023;

impl Context {
    /// The user is written `user` in AWS's guide and `name` in its agent.
    pub fn parse(node: &Node) -> Done<Self> {
        entries(node, "context of a permission")?;
        let text = |key: &str| {
            let found =
                find(node, key).map(|node| scalar::text(node, &format!("{key} of a context")));
            found.transpose()
        };
        let kind = text("type")?.ok_or_else(errors::context_type)?;
        let user = match text("name")? {
            Some(name) => Some(name),
            None => text("user")?,
        };
        Ok(Self {
            user,
            kind,
            range: text("range")?.as_deref().map(Range::parse).transpose()?,
        })
    }
}

impl Range {
    pub fn parse(text: &str) -> Done<Self> {
        Self::read(text).ok_or_else(|| errors::context_range(text))
    }

    fn read(text: &str) -> Option<Self> {
        let (levels, categories) = match text.split_once(':') {
            Some((levels, categories)) => (levels, Some(categories)),
            None => (text, None),
        };
        let (low, high) = levels.split_once('-').unwrap_or((levels, levels));
        let (low, high) = (number(low, 's')?, number(high, 's')?);
        let categories = match categories {
            Some(categories) => Some(read_categories(categories)?),
            None => None,
        };
        (low <= high).then_some(Self {
            low,
            high,
            categories,
        })
    }
}

/// No category may be named twice.
fn read_categories(text: &str) -> Option<BTreeSet<u32>> {
    let mut all = BTreeSet::new();
    for part in text.split(',') {
        let (low, high) = part.split_once('.').unwrap_or((part, part));
        let (low, high) = (number(low, 'c')?, number(high, 'c')?);
        if low > high || high > HIGHEST_CATEGORY {
            return None;
        }
        for category in low..=high {
            if !all.insert(category) {
                return None;
            }
        }
    }
    Some(all)
}

fn number(text: &str, letter: char) -> Option<u32> {
    let digits = text.strip_prefix(letter)?;
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s{}", self.low)?;
        if self.low != self.high {
            write!(f, "-s{}", self.high)?;
        }
        let Some(categories) = &self.categories else {
            return Ok(());
        };
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for category in categories {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *category => *last = *category,
                _ => runs.push((*category, *category)),
            }
        }
        let run = |(low, high): &(u32, u32)| match low == high {
            true => format!("c{low}"),
            false => format!("c{low}.c{high}"),
        };
        let runs: Vec<String> = runs.iter().map(run).collect();
        write!(f, ":{}", runs.join(","))
    }
}
