//! From the image a project names to the image a Docker engine can pull.
//!
//! Invariant: an override always wins; a name that is neither overridden nor AWS's own passes through untouched, but with a tag.

use std::collections::BTreeMap;

/// Families of images that AWS owns, and where the same images are public. The tag stays as it is.
const PUBLIC: &[(&str, &str)] = &[("aws/codebuild/", "public.ecr.aws/codebuild/")];

/// The table of image names; overrides come from the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    overrides: BTreeMap<String, String>,
}

impl Images {
    /// `overrides` maps names as projects write them to names that are pulled; exact names only.
    pub fn new(overrides: BTreeMap<String, String>) -> Images {
        Images { overrides }
    }

    /// The name to ask the engine for. Always has a tag or a digest: without one an engine would pull every tag.
    pub fn resolve(&self, image: &str) -> String {
        with_tag(match self.overrides.get(image) {
            Some(other) => other.clone(),
            None => public_name(image),
        })
    }
}

fn public_name(image: &str) -> String {
    PUBLIC
        .iter()
        .find_map(|(own, public)| Some(format!("{public}{}", image.strip_prefix(own)?)))
        .unwrap_or_else(|| image.to_owned())
}

fn with_tag(image: String) -> String {
    let last = image.rsplit('/').next().unwrap_or_default();
    match last.contains([':', '@']) {
        true => image,
        false => format!("{image}:latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(image: &str) -> String {
        let overrides = [
            ("aws/codebuild/standard:5.0", "registry:5000/standard5"),
            ("mine", "busybox:1.36"),
        ];
        Images::new(overrides.map(|(a, b)| (a.into(), b.into())).into()).resolve(image)
    }

    // Witness: contract §9.3 (curated names are public under public.ecr.aws/codebuild) and §12.6 (the curated list).
    #[test]
    fn curated_names_become_public_ones() {
        for name in [
            "standard:7.0",
            "standard:8.0",
            "amazonlinux-x86_64-standard:5.0",
            "amazonlinux2-aarch64-standard:3.0",
            "amazonlinux-x86_64-lambda-standard:python3.12",
            "standard:7.0-24.10.29",
        ] {
            let public = format!("public.ecr.aws/codebuild/{name}");
            assert_eq!(resolve(&format!("aws/codebuild/{name}")), public);
        }
    }

    // Witness: product.md §2, "overridable in configuration".
    #[test]
    fn an_override_wins_over_the_table() {
        assert_eq!(
            resolve("aws/codebuild/standard:5.0"),
            "registry:5000/standard5:latest"
        );
        assert_eq!(resolve("mine"), "busybox:1.36");
    }

    // Witness: Docker API, ImageCreate: without a tag all tags are pulled.
    #[test]
    fn other_names_pass_and_get_a_tag() {
        assert_eq!(resolve("alpine"), "alpine:latest");
        assert_eq!(resolve("host:5000/team/tool"), "host:5000/team/tool:latest");
        assert_eq!(resolve("alpine:3.21"), "alpine:3.21");
        assert_eq!(resolve("alpine@sha256:00"), "alpine@sha256:00");
    }
}
