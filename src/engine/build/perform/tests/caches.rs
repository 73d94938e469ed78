//! Caches: what one build leaves, a later one finds.

use super::house::House;
use super::plan;
use crate::engine::build::perform::BuildOptions;
use crate::engine::build::plan::{BuildPlan, Cache, CachePlace, CacheStore};
use crate::engine::build::state::BuildStatus;
use sha2::{Digest, Sha256};

/// Says what is there, and then leaves `text` in the source and at home.
fn leaving(text: &str, cache: &str) -> BuildPlan {
    let spec = format!(
        r#"
version: 0.2
env: {{variables: {{KIND: deps}}}}
phases:
  build:
    commands:
      - echo "found $(cat kept/file) $(cat $HOME/.m2/file) $(readlink kept/link)" || true
      - mkdir -p kept $HOME/.m2 && echo {text} > kept/file && echo home-{text} > $HOME/.m2/file
      - ln -sf file kept/link
cache:
  paths: ['kept/**/*', '/root/.m2/**/*']
{cache}
"#
    );
    plan(&spec)
}

async fn log_of(house: &House, mut plan: BuildPlan, store: &CacheStore) -> String {
    plan.cache = Cache::At(CachePlace {
        store: store.clone(),
        owner: "p".to_owned(),
    });
    let build = house.run(plan).await;
    let log = house.log();
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    log
}

fn bucket() -> CacheStore {
    CacheStore::S3 {
        location: "cache/of/p".to_owned(),
    }
}

// Witness: behaviour contract 5.6, 5.7, 9.1: downloaded in DOWNLOAD_SOURCE, uploaded at the end if content changed.
#[tokio::test]
async fn a_cache_in_s3_comes_back_and_is_written_when_it_changed() {
    let house = House::new();
    house.bucket("cache", &[]);
    let first = log_of(&house, leaving("one", ""), &bucket()).await;
    assert!(
        first.contains("[] Expanded cache path kept/**/*\n"),
        "{first}"
    );
    assert!(
        first.contains("[] Downloading S3 cache...\n[] No S3 cache found\n[] Registering"),
        "{first}"
    );
    assert!(first.contains("[] Uploading S3 cache...\n"), "{first}");
    let second = log_of(&house, leaving("one", ""), &bucket()).await;
    assert!(second.contains("[] Unarchiving cache...\n"), "{second}");
    assert!(second.contains("\nfound one home-one file\n"), "{second}");
    assert!(
        second.contains("[] Skip cache due to: the cache is unchanged\n"),
        "{second}"
    );
    log_of(&house, leaving("two", ""), &bucket()).await;
    let last = log_of(&house, leaving("two", ""), &bucket()).await;
    assert!(last.contains("\nfound two home-two file\n"), "{last}");
    let objects = house.objects("cache");
    assert_eq!(objects.len(), 1);
    assert!(objects[0].0.starts_with("of/p/"), "{objects:?}");
    // Witness: behaviour contract 9.1: encrypted with the project's key.
    let key = leaving("", "").encryption_key;
    let meta = house.object("cache", &objects[0].0).meta;
    assert_eq!(meta.kms_key, Some(key));
}

// Witness: behaviour contract 5.6: exact key, prefix match, a keyed cache is immutable, actions.
#[tokio::test]
async fn keys_are_evaluated_kept_as_they_are_and_found_by_prefix() {
    let house = House::new();
    house.bucket("cache", &[]);
    let keyed = |text: &str, key: &str, more: &str| leaving(text, &format!("  key: {key}\n{more}"));
    log_of(&house, keyed("one", "$KIND-1", ""), &bucket()).await;
    let again = log_of(&house, keyed("two", "deps-1", ""), &bucket()).await;
    assert!(again.contains("\nfound one home-one file\n"), "{again}");
    assert!(
        again.contains("[] Skip cache due to: the cache is unchanged\n"),
        "{again}"
    );
    let third = log_of(&house, keyed("three", "deps-1", ""), &bucket()).await;
    assert!(third.contains("\nfound one home-one file\n"), "{third}");
    let fallback = "  fallback-keys: [none-, deps-]\n  action: restore";
    let other = log_of(&house, keyed("four", "deps-2", fallback), &bucket()).await;
    assert!(other.contains("\nfound one home-one file\n"), "{other}");
    assert!(!other.contains("Uploading"), "{other}");
    let absent = log_of(&house, keyed("five", "deps-2", "  action: save"), &bucket()).await;
    assert!(!absent.contains("Downloading"), "{absent}");
    assert_eq!(house.objects("cache").len(), 2);
    let hashed = keyed("six", "h-$(codebuild-hash-files kept/file absent)", "");
    log_of(&house, hashed, &bucket()).await;
    let objects = house.objects("cache");
    assert_eq!(objects.len(), 3);
    // As the program of this name would print it.
    let line = format!("{}  kept/file\n", hex::encode(Sha256::digest("six\n")));
    let hash = hex::encode(Sha256::digest(line));
    assert!(
        objects.iter().any(|(key, ..)| key.ends_with(&hash)),
        "{hash}: {objects:?}"
    );
}

#[tokio::test]
async fn a_local_cache_is_a_folder_of_this_server() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::with(BuildOptions {
        caches: Some(folder.path().join("caches")),
        ..BuildOptions::default()
    });
    log_of(&house, leaving("one", ""), &CacheStore::Local).await;
    let second = log_of(&house, leaving("two", ""), &CacheStore::Local).await;
    assert!(second.contains("\nfound one home-one file\n"), "{second}");
}

// Witness: behaviour contract 5.6: failures never fail the build; they are logged.
#[tokio::test]
async fn a_cache_that_cannot_be_had_fails_no_build() {
    let house = House::new();
    let log = log_of(&house, leaving("one", ""), &bucket()).await;
    assert!(
        log.contains("[] Skip cache due to: no such bucket: cache\n"),
        "{log}"
    );
    house.bucket("cache", &[]);
    log_of(&house, leaving("one", ""), &bucket()).await;
    let key = house.objects("cache")[0].0.clone();
    house.bucket("cache", &[(&key, b"no archive".to_vec())]);
    let log = log_of(&house, leaving("one", ""), &bucket()).await;
    assert!(log.contains("[] Skip cache due to: "), "{log}");
}
