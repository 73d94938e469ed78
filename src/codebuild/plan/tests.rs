//! Projects and what builds make of them, where it depends on more than one setting.

use super::*;
use crate::aws::{Account, Region};
use crate::codebuild::defaults;
use codebuild_api::input::CreateProjectInput;
use codebuild_api::model::*;

fn scope() -> Scope {
    let account = Account::parse("123456789012").expect("an account");
    Scope::new(account, Region::parse("us-east-1").expect("a region"))
}

fn input(kind: EnvironmentType, compute: ComputeType) -> CreateProjectInput {
    CreateProjectInput::new(
        "hello",
        ProjectSource {
            location: Some("https://github.com/o/r.git".to_owned()),
            ..ProjectSource::new(SourceType::Github)
        },
        ProjectArtifacts::new(ArtifactsType::NoArtifacts),
        ProjectEnvironment::new(kind, "image", compute),
        "arn:aws:iam::123456789012:role/build",
    )
}

/// `cache`: which of the project's caches the build sees.
fn planned(input: CreateProjectInput, cache: &str) -> BuildPlan {
    let now = Time::from_millis(0);
    let start = Start {
        scope: scope(),
        project: input.name.clone(),
        uuid: "u".to_owned(),
        number: 1,
        initiator: "me".to_owned(),
        now,
        cache: cache.to_owned(),
        public_alias: None,
        pipeline: None,
    };
    plan(
        start,
        &Settings::of(&defaults::created(&scope(), now, input)),
    )
}

fn linux() -> CreateProjectInput {
    input(
        EnvironmentType::LinuxContainer,
        ComputeType::BuildGeneral1Small,
    )
}

fn local() -> ProjectCache {
    ProjectCache {
        modes: Some(vec![
            CacheMode::LocalCustomCache,
            CacheMode::LocalSourceCache,
            CacheMode::LocalDockerLayerCache,
        ]),
        ..ProjectCache::new(CacheType::Local)
    }
}

fn vpc() -> VpcConfig {
    VpcConfig {
        vpc_id: Some("vpc-1".to_owned()),
        subnets: Some(vec!["subnet-1".to_owned()]),
        security_group_ids: Some(vec!["sg-1".to_owned()]),
    }
}

// Witness: behaviour contract 9.1: LOCAL not with VPC, ARM_CONTAINER, LINUX_GPU_CONTAINER, 2XLARGE; 9.4: Lambda has no cache.
#[test]
fn local_caches_are_not_everywhere() {
    let has = |mut input: CreateProjectInput| {
        input.cache = Some(local());
        let plan = planned(input, "1");
        let all = [
            matches!(plan.cache, Cache::At(_)),
            plan.source_cache.is_some(),
            plan.environment.layers.is_some(),
        ];
        assert!(all == [true; 3] || all == [false; 3], "{all:?}");
        all[0]
    };
    assert!(has(linux()));
    let small = ComputeType::BuildGeneral1Small;
    assert!(!has(input(EnvironmentType::ArmContainer, small)));
    assert!(!has(input(EnvironmentType::LinuxGpuContainer, small)));
    let large = ComputeType::BuildGeneral12xlarge;
    assert!(!has(input(EnvironmentType::LinuxContainer, large)));
    let lambda = ComputeType::BuildLambda1gb;
    assert!(!has(input(EnvironmentType::LinuxLambdaContainer, lambda)));
    assert!(!has(CreateProjectInput {
        vpc_config: Some(vpc()),
        ..linux()
    }));
}

// Witness: behaviour contract 9.1: each mode is a cache of its own.
#[test]
fn a_local_cache_has_the_modes_it_was_given() {
    let with = |mode: CacheMode| {
        let cache = ProjectCache {
            modes: Some(vec![mode]),
            ..local()
        };
        let plan = planned(
            CreateProjectInput {
                cache: Some(cache),
                ..linux()
            },
            "1",
        );
        (
            plan.cache != Cache::Off,
            plan.source_cache.is_some(),
            plan.environment.layers.is_some(),
        )
    };
    assert_eq!(with(CacheMode::LocalCustomCache), (true, false, false));
    assert_eq!(with(CacheMode::LocalSourceCache), (false, true, false));
    assert_eq!(with(CacheMode::LocalDockerLayerCache), (false, false, true));
}

fn owner(name: &str, namespace: Option<&str>, seen: &str) -> String {
    let cache = ProjectCache {
        location: Some("bucket/prefix".to_owned()),
        cache_namespace: namespace.map(str::to_owned),
        ..ProjectCache::new(CacheType::S3)
    };
    let input = CreateProjectInput {
        name: name.to_owned(),
        cache: Some(cache),
        ..linux()
    };
    match planned(input, seen).cache {
        Cache::At(place) => place.owner,
        other => panic!("{other:?}"),
    }
}

// Witness: behaviour contract 5.6, sharing between projects; 9.1, InvalidateProjectCache makes caches invisible.
#[test]
fn a_cache_is_a_projects_until_it_is_invalidated_or_a_namespaces() {
    assert_eq!(owner("a", None, "1"), owner("a", None, "1"));
    assert_ne!(owner("a", None, "1"), owner("a", None, "2"));
    assert_ne!(owner("a", None, "1"), owner("b", None, "1"));
    assert_eq!(owner("a", Some("n"), "1"), owner("b", Some("n"), "1"));
    assert_ne!(owner("a", Some("n"), "1"), owner("a", Some("m"), "1"));
}

// Witness: behaviour contract 9.1: InvalidateProjectCache makes LOCAL caches invisible too.
#[test]
fn local_caches_are_other_ones_after_they_were_invalidated() {
    let of = |seen: &str| {
        let plan = planned(
            CreateProjectInput {
                cache: Some(local()),
                ..linux()
            },
            seen,
        );
        (plan.cache, plan.source_cache, plan.environment.layers)
    };
    let (before, after) = (of("1"), of("2"));
    assert_ne!(before.0, after.0);
    assert_ne!(before.1, after.1);
    assert_ne!(before.2, after.2);
}

// Witness: behaviour contract 7.2: `sourceVersion` is never applied to secondaries; they have their own.
#[test]
fn secondary_sources_have_versions_of_their_own() {
    let secondary = |id: &str| ProjectSource {
        source_identifier: Some(id.to_owned()),
        location: Some("https://github.com/o/other.git".to_owned()),
        ..ProjectSource::new(SourceType::Github)
    };
    let plan = planned(
        CreateProjectInput {
            source_version: Some("main".to_owned()),
            secondary_sources: Some(vec![secondary("a"), secondary("b")]),
            secondary_source_versions: Some(vec![ProjectSourceVersion::new("b", "v1")]),
            ..linux()
        },
        "1",
    );
    let versions = plan.secondary_sources.iter();
    let versions: Vec<_> = versions.map(|of| of.version.as_deref()).collect();
    assert_eq!(versions, [None, Some("v1")]);
    assert_eq!(plan.source_version.as_deref(), Some("main"));
}

// Witness: behaviour contract 9.4: Lambda has no Docker, and 15 minutes.
#[test]
fn builds_on_lambda_are_short_and_without_docker() {
    let mut lambda = input(
        EnvironmentType::ArmLambdaContainer,
        ComputeType::BuildLambda2gb,
    );
    lambda.environment.privileged_mode = Some(true);
    let plan = planned(lambda, "1");
    assert_eq!(plan.timeout_minutes, 15);
    assert!(!plan.environment.privileged);
    let mut other = linux();
    other.environment.privileged_mode = Some(true);
    let plan = planned(other, "1");
    assert_eq!(plan.timeout_minutes, 60);
    assert!(plan.environment.privileged);
}
