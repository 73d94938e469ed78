//! ListCuratedEnvironmentImages (contract codebuild §3.9, §12.6).

use crate::support::caller::{CODEBUILD, both};
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn images_are_listed_by_platform_and_language() {
    // contract codebuild §12.6, §14 41: platforms within the enum; each version is the image's name with a suffix
    let shown = both(CODEBUILD, async |caller| {
        let got = caller.ok("ListCuratedEnvironmentImages", json!({})).await;
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for platform in got["platforms"].as_array().unwrap() {
            for language in platform["languages"].as_array().unwrap() {
                let place = format!(
                    "{} {}",
                    platform["platform"].as_str().unwrap(),
                    language["language"].as_str().unwrap()
                );
                for image in language["images"].as_array().unwrap() {
                    let name = image["name"].as_str().unwrap();
                    assert!(!image["description"].as_str().unwrap().is_empty());
                    for version in image["versions"].as_array().unwrap() {
                        assert!(version.as_str().unwrap().starts_with(&format!("{name}-")));
                    }
                    names
                        .entry(place.clone())
                        .or_default()
                        .push(name.to_owned());
                }
            }
        }
        json!(names)
    });
    let shown: BTreeMap<String, Vec<String>> = serde_json::from_str(&shown.await).unwrap();
    let places: Vec<&str> = shown.keys().map(String::as_str).collect();
    let expected = [
        "AMAZON_LINUX BASE",
        "AMAZON_LINUX DOTNET",
        "AMAZON_LINUX GOLANG",
        "AMAZON_LINUX JAVA",
        "AMAZON_LINUX NODE_JS",
        "AMAZON_LINUX PYTHON",
        "AMAZON_LINUX RUBY",
        "UBUNTU BASE",
        "WINDOWS_SERVER BASE",
    ];
    assert_eq!(places, expected);
    let standard = ["5.0", "6.0", "7.0", "8.0"].map(|tag| format!("aws/codebuild/standard:{tag}"));
    assert_eq!(shown["UBUNTU BASE"], standard);
    assert!(
        shown["AMAZON_LINUX JAVA"]
            .contains(&"aws/codebuild/amazonlinux-aarch64-lambda-standard:corretto21".to_owned())
    );
}
