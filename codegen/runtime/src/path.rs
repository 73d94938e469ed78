//! Where in a request the reader is, as AWS prints it: `pipeline.stages.1.member.name`.
//!
//! Invariant: a path lives on the stack and is rendered only for a violation, so a good request allocates nothing
//! for it.

use std::fmt;

/// One step from a container to a value in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The request itself; prints nothing.
    Root,
    /// A structure's member.
    Member(&'a str),
    /// A list's element, counted from one.
    Element(usize),
    /// A map's value.
    Entry(&'a str),
}

/// A step and the steps before it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

impl<'a> Path<'a> {
    /// The request itself.
    pub const ROOT: Path<'static> = Path {
        parent: None,
        step: Step::Root,
    };

    /// The place one step further.
    pub fn then(&'a self, step: Step<'a>) -> Path<'a> {
        Path {
            parent: Some(self),
            step,
        }
    }

    /// The first step from the request towards this place.
    pub fn first(&self) -> Option<Step<'a>> {
        let parent = self.parent?;
        parent.first().or(Some(self.step))
    }

    /// How many members lie between the request and this place: 1 for a member of the request and what its lists
    /// and maps contain, more inside the structures below it.
    pub fn depth(&self) -> usize {
        let before = self.parent.map_or(0, Path::depth);
        before + usize::from(matches!(self.step, Step::Member(_)))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return Ok(());
        };
        parent.fmt(f)?;
        if parent.parent.is_some() {
            f.write_str(".")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Member(name) => f.write_str(name),
            Step::Element(number) => write!(f, "{number}.member"),
            Step::Entry(key) => write!(f, "{key}.member"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_counted_from_one_and_marked_as_members() {
        // contract codepipeline §1.4
        let pipeline = Path::ROOT.then(Step::Member("pipeline"));
        let stages = pipeline.then(Step::Member("stages"));
        let stage = stages.then(Step::Element(2));
        assert_eq!(
            stage.then(Step::Member("name")).to_string(),
            "pipeline.stages.2.member.name"
        );
        assert_eq!(stage.depth(), 2);
    }
}
