//! The build images that AWS keeps, as ListCuratedEnvironmentImages lists them.
//!
//! Source: contract, codebuild section 12.6.

use codebuild_api::model::{
    EnvironmentImage, EnvironmentLanguage, EnvironmentPlatform, LanguageType, PlatformType,
};

/// Every platform with its languages and images.
pub fn platforms() -> Vec<EnvironmentPlatform> {
    let platform = |(platform, languages): &(PlatformType, &[Language])| EnvironmentPlatform {
        platform: Some(*platform),
        languages: Some(languages.iter().map(language).collect()),
    };
    PLATFORMS.iter().map(platform).collect()
}

type Language = (LanguageType, &'static [&'static str]);

const PLATFORMS: [(PlatformType, &[Language]); 3] = [
    (
        PlatformType::AmazonLinux,
        &[
            (
                LanguageType::Base,
                &[
                    "amazonlinux-x86_64-standard:5.0",
                    "amazonlinux-x86_64-standard:6.0",
                    "amazonlinux-aarch64-standard:3.0",
                    "amazonlinux-aarch64-standard:4.0",
                    "amazonlinux2-x86_64-standard:3.0",
                    "amazonlinux2-x86_64-standard:4.0",
                    "amazonlinux2-x86_64-standard:5.0",
                ],
            ),
            (
                LanguageType::Java,
                &[
                    "amazonlinux-x86_64-lambda-standard:corretto11",
                    "amazonlinux-x86_64-lambda-standard:corretto17",
                    "amazonlinux-x86_64-lambda-standard:corretto21",
                    "amazonlinux-aarch64-lambda-standard:corretto11",
                    "amazonlinux-aarch64-lambda-standard:corretto17",
                    "amazonlinux-aarch64-lambda-standard:corretto21",
                ],
            ),
            (
                LanguageType::Dotnet,
                &[
                    "amazonlinux-x86_64-lambda-standard:dotnet6",
                    "amazonlinux-x86_64-lambda-standard:dotnet8",
                    "amazonlinux-aarch64-lambda-standard:dotnet6",
                    "amazonlinux-aarch64-lambda-standard:dotnet8",
                ],
            ),
            (
                LanguageType::Golang,
                &[
                    "amazonlinux-x86_64-lambda-standard:go1.21",
                    "amazonlinux-aarch64-lambda-standard:go1.21",
                ],
            ),
            (
                LanguageType::NodeJs,
                &[
                    "amazonlinux-x86_64-lambda-standard:nodejs18",
                    "amazonlinux-x86_64-lambda-standard:nodejs20",
                    "amazonlinux-aarch64-lambda-standard:nodejs18",
                    "amazonlinux-aarch64-lambda-standard:nodejs20",
                ],
            ),
            (
                LanguageType::Python,
                &[
                    "amazonlinux-x86_64-lambda-standard:python3.11",
                    "amazonlinux-x86_64-lambda-standard:python3.12",
                    "amazonlinux-aarch64-lambda-standard:python3.11",
                    "amazonlinux-aarch64-lambda-standard:python3.12",
                ],
            ),
            (
                LanguageType::Ruby,
                &[
                    "amazonlinux-x86_64-lambda-standard:ruby3.2",
                    "amazonlinux-aarch64-lambda-standard:ruby3.2",
                ],
            ),
        ],
    ),
    (
        PlatformType::Ubuntu,
        &[(
            LanguageType::Base,
            &[
                "standard:5.0",
                "standard:6.0",
                "standard:7.0",
                "standard:8.0",
            ],
        )],
    ),
    (
        PlatformType::WindowsServer,
        &[(
            LanguageType::Base,
            &["windows-base:2019-3.0", "windows-base:2022-1.0"],
        )],
    ),
];

fn language((language, images): &Language) -> EnvironmentLanguage {
    EnvironmentLanguage {
        language: Some(*language),
        images: Some(images.iter().copied().map(image).collect()),
    }
}

fn image(short: &str) -> EnvironmentImage {
    let name = format!("aws/codebuild/{short}");
    EnvironmentImage {
        description: Some(format!("AWS CodeBuild's image {short}")),
        versions: Some(vec![format!("{name}-1.0.0")]),
        name: Some(name),
    }
}
