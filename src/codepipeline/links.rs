//! Where a console shows what an action works with: links, made from the templates of action types.
//!
//! Source: contract, codepipeline sections 5.12 and 6.1. A link with a value that nobody has given is not shown.

use super::action_types::Types;
use super::view;
use crate::engine::pipeline::plan::{ActionKind, Category};
use std::collections::BTreeMap;

/// The templates of one action type: `{Config:<key>}`, `{ExternalExecutionId}`, `{RevisionId}`, `{Region}`, `{Console}` and
/// `<r>` (the region again) stand for values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    pub entity: Option<String>,
    pub execution: Option<String>,
    pub revision: Option<String>,
}

/// What a link is about.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub region: &'a str,
    pub configuration: &'a BTreeMap<String, String>,
}

impl Templates {
    /// The templates of that type; `types` has those of customers.
    pub fn of(kind: &ActionKind, types: &Types) -> Self {
        if kind.category == Category::Rule {
            return Self::default();
        }
        let known = types.find(&view::type_id(kind));
        let owned = |template: Option<&str>| template.map(str::to_owned);
        known.map_or_else(Self::default, |known| Self {
            entity: owned(known.entity_url()),
            execution: owned(known.execution_url()),
            revision: owned(known.revision_url()),
        })
    }

    /// What the action works on; shown before it ever ran.
    pub fn entity(&self, place: Place) -> Option<String> {
        fill(self.entity.as_deref()?, place, None, "")
    }

    /// What the action's provider runs; there is a link once that has an id.
    pub fn execution(&self, place: Place, id: &str) -> Option<String> {
        fill(self.execution.as_deref()?, place, Some(id), "")
    }

    /// The revision; shown without its id before a source ever ran.
    pub fn revision(&self, place: Place, id: &str) -> Option<String> {
        fill(self.revision.as_deref()?, place, None, id)
    }
}

/// Values that contain braces are not read again.
fn fill(template: &str, place: Place, execution: Option<&str>, revision: &str) -> Option<String> {
    let template = template.replace("<r>", place.region);
    let mut rest = template.as_str();
    let mut link = String::new();
    while let Some((before, name, after)) = placeholder(rest) {
        link.push_str(before);
        link.push_str(match name {
            "Region" => place.region,
            "Console" => "https://console.aws.amazon.com",
            "ExternalExecutionId" => execution?,
            "RevisionId" => revision,
            other => place.configuration.get(other.strip_prefix("Config:")?)?,
        });
        rest = after;
    }
    link.push_str(rest);
    Some(link).filter(|link| !link.is_empty())
}

/// The first `{name}`, with what stands before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(category: Category, provider: &str) -> ActionKind {
        ActionKind {
            category,
            owner: "AWS".to_owned(),
            provider: provider.to_owned(),
            version: "1".to_owned(),
        }
    }

    fn check(of: &ActionKind, configuration: &[(&str, &str)]) -> [Option<String>; 3] {
        let pairs = configuration.iter();
        let configuration = pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let place = Place {
            region: "eu-west-1",
            configuration: &configuration,
        };
        let of = Templates::of(of, &Types::default());
        [
            of.entity(place),
            of.execution(place, "x-1"),
            of.revision(place, "c0ffee"),
        ]
    }

    /// Witness: contract, codepipeline section 6.1.
    #[test]
    fn templates_are_filled_in() {
        let build = kind(Category::Build, "CodeBuild");
        let console = "https://console.aws.amazon.com";
        let [entity, execution, revision] = check(&build, &[("ProjectName", "hello")]);
        assert_eq!(
            entity,
            Some(format!(
                "{console}/codebuild/home?region=eu-west-1#/projects/hello/view"
            ))
        );
        assert_eq!(
            execution,
            Some(format!(
                "{console}/codebuild/home?region=eu-west-1#/builds/x-1/view/new"
            ))
        );
        assert_eq!(revision, None);
        let source = kind(Category::Source, "CodeCommit");
        let [_, _, revision] = check(&source, &[("RepositoryName", "r"), ("BranchName", "b")]);
        assert_eq!(
            revision,
            Some(format!(
                "{console}/codecommit/home?region=eu-west-1#/repository/r/commit/c0ffee"
            ))
        );
        let lambda = kind(Category::Deploy, "Lambda");
        let [entity, ..] = check(&lambda, &[("FunctionName", "f")]);
        assert_eq!(
            entity,
            Some(format!(
                "{console}/lambda/home?region=eu-west-1#/functions/f"
            ))
        );
    }

    /// Witness: contract, codepipeline section 5.12: an approval's entity is its link, if it has one.
    #[test]
    fn a_link_without_its_value_is_not_shown() {
        let approval = kind(Category::Approval, "Manual");
        assert_eq!(check(&approval, &[]), [None, None, None]);
        let [entity, ..] = check(&approval, &[("ExternalEntityLink", "https://a.b/{x}")]);
        assert_eq!(entity.as_deref(), Some("https://a.b/{x}"));
        let unknown = kind(Category::Deploy, "Nobody");
        assert_eq!(check(&unknown, &[]), [None, None, None]);
    }
}
