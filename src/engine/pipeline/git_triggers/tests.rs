//! Each line of contract codepipeline §8.3, and L6.

use super::*;

fn patterns(includes: &[&str], excludes: &[&str]) -> Option<Patterns> {
    let globs = |list: &[&str]| list.iter().map(|text| Glob::parse(text).unwrap()).collect();
    Some(Patterns {
        includes: globs(includes),
        excludes: globs(excludes),
    })
}

fn source(trigger: Option<GitTrigger>) -> GitSource {
    GitSource {
        action: "Git".to_owned(),
        branch: "main".to_owned(),
        detects_changes: true,
        trigger,
    }
}

fn pushes(filters: Vec<PushFilter>) -> GitSource {
    source(Some(GitTrigger {
        push: filters,
        ..GitTrigger::default()
    }))
}

fn pulls(filters: Vec<PullRequestFilter>) -> GitSource {
    source(Some(GitTrigger {
        pull_request: filters,
        ..GitTrigger::default()
    }))
}

fn of_branches(includes: &[&str], excludes: &[&str]) -> PushFilter {
    PushFilter {
        branches: patterns(includes, excludes),
        ..PushFilter::default()
    }
}

fn push(branch: &str, files: &[&str]) -> GitEvent {
    GitEvent::Push(Push {
        reference: Reference::Branch(branch.to_owned()),
        created: false,
        commit: "c1".to_owned(),
        files: files.iter().map(|file| (*file).to_owned()).collect(),
    })
}

fn created(branch: &str, files: &[&str]) -> GitEvent {
    match push(branch, files) {
        GitEvent::Push(push) => GitEvent::Push(Push {
            created: true,
            ..push
        }),
        other => other,
    }
}

fn tag(name: &str) -> GitEvent {
    GitEvent::Push(Push {
        reference: Reference::Tag(name.to_owned()),
        created: true,
        commit: "c2".to_owned(),
        files: Vec::new(),
    })
}

fn pull(news: PullRequestNews, into: &str, files: &[&str]) -> GitEvent {
    GitEvent::PullRequest(PullRequest {
        news,
        source_branch: "topic".to_owned(),
        destination_branch: into.to_owned(),
        commit: "c3".to_owned(),
        files: files.iter().map(|file| (*file).to_owned()).collect(),
    })
}

fn starts(source: &GitSource, event: &GitEvent) -> bool {
    decide(source, event).is_some()
}

#[test]
fn without_a_trigger_any_push_to_the_configured_branch_starts() {
    // contract codepipeline §8.3, default trigger
    let plain = source(None);
    assert!(starts(&plain, &push("main", &[])));
    assert!(!starts(&plain, &push("main2", &[])));
    assert!(!starts(&plain, &tag("main")));
    assert!(!starts(&plain, &pull(PullRequestNews::Opened, "main", &[])));
    let still = GitSource {
        detects_changes: false,
        ..plain
    };
    assert!(!starts(&still, &push("main", &[])));
}

#[test]
fn a_trigger_without_filters_is_the_default() {
    // contract codepipeline §8.3, default trigger; our reading
    let empty = pushes(Vec::new());
    assert!(starts(&empty, &push("main", &[])));
    assert!(!starts(&empty, &push("topic", &[])));
}

#[test]
fn declared_triggers_replace_the_detection_of_changes() {
    // contract codepipeline §8.3, declared triggers
    let mut declared = pushes(vec![of_branches(&["release/*"], &[])]);
    assert!(!starts(&declared, &push("main", &[])));
    assert!(starts(&declared, &push("release/1", &[])));
    declared.detects_changes = false;
    assert!(starts(&declared, &push("release/1", &[])));
    let only_pulls = pulls(vec![PullRequestFilter::default()]);
    assert!(!starts(&only_pulls, &push("main", &[])));
}

#[test]
fn tags_branches_and_branches_with_files_are_three_kinds_of_push_filters() {
    // contract codepipeline §8.3, push filter kinds
    let tags = pushes(vec![PushFilter {
        tags: patterns(&["v*"], &["v*-rc"]),
        ..PushFilter::default()
    }]);
    assert!(starts(&tags, &tag("v1")));
    assert!(!starts(&tags, &tag("v1-rc")));
    assert!(!starts(&tags, &push("v1", &[])));
    let branches = pushes(vec![of_branches(&["v*"], &[])]);
    assert!(starts(&branches, &push("v1", &[])));
    assert!(!starts(&branches, &tag("v1")));
}

#[test]
fn a_push_starts_when_branch_and_file_filters_both_match() {
    // contract codepipeline §8.3, combination; L6
    let both = pushes(vec![PushFilter {
        branches: patterns(&["main", "release/**"], &[]),
        files: patterns(&["src/**"], &["**/*.md"]),
        ..PushFilter::default()
    }]);
    assert!(starts(&both, &push("main", &["src/a.rs"])));
    assert!(starts(&both, &push("release/1/2", &["src/a.rs"])));
    assert!(!starts(&both, &push("topic", &["src/a.rs"])));
    assert!(!starts(&both, &push("main", &["docs/a.rs"])));
    assert!(!starts(&both, &push("main", &["src/a.md"])));
    assert!(!starts(&both, &push("main", &[])));
}

#[test]
fn any_of_several_filters_is_enough() {
    // contract codepipeline §8.3, combination
    let either = pushes(vec![
        of_branches(&["main"], &[]),
        of_branches(&["*"], &["dev"]),
        PushFilter {
            tags: patterns(&["v*"], &[]),
            ..PushFilter::default()
        },
    ]);
    assert!(starts(&either, &push("main", &[])));
    assert!(starts(&either, &push("other", &[])));
    assert!(starts(&either, &tag("v1")));
    assert!(!starts(&either, &push("dev", &[])));
}

#[test]
fn excludes_win_and_alone_let_everything_else_in() {
    // contract codepipeline §8.3, combination
    let wins = pushes(vec![of_branches(&["feature/*"], &["feature/x"])]);
    assert!(starts(&wins, &push("feature/y", &[])));
    assert!(!starts(&wins, &push("feature/x", &[])));
    let alone = pushes(vec![of_branches(&[], &["feature/*"])]);
    assert!(starts(&alone, &push("main", &[])));
    assert!(starts(&alone, &push("a/b/c", &[])));
    assert!(!starts(&alone, &push("feature/x", &[])));
}

#[test]
fn each_file_is_judged_alone_and_one_is_enough() {
    // contract codepipeline §8.3, file paths
    let filtered = pushes(vec![PushFilter {
        branches: patterns(&["main"], &[]),
        files: patterns(&["src/**"], &["src/gen/**"]),
        ..PushFilter::default()
    }]);
    assert!(starts(
        &filtered,
        &push("main", &["src/gen/a", "README", "src/b"])
    ));
    assert!(!starts(&filtered, &push("main", &["src/gen/a", "README"])));
}

#[test]
fn a_new_branch_does_not_fire_for_files() {
    // contract codepipeline §8.3, branch creation
    let branches = of_branches(&["**"], &[]);
    let files = PushFilter {
        files: patterns(&["**"], &[]),
        ..branches.clone()
    };
    assert!(!starts(&pushes(vec![files]), &created("topic", &["a"])));
    assert!(starts(&pushes(vec![branches]), &created("topic", &["a"])));
}

#[test]
fn pull_requests_are_judged_by_news_destination_and_files() {
    // contract codepipeline §8.3, pull request filter
    let filtered = pulls(vec![PullRequestFilter {
        events: vec![PullRequestNews::Opened, PullRequestNews::Updated],
        branches: patterns(&["main"], &[]),
        files: patterns(&["src/**"], &[]),
    }]);
    let files = &["src/a"];
    assert!(starts(
        &filtered,
        &pull(PullRequestNews::Opened, "main", files)
    ));
    assert!(starts(
        &filtered,
        &pull(PullRequestNews::Updated, "main", files)
    ));
    assert!(!starts(
        &filtered,
        &pull(PullRequestNews::Closed, "main", files)
    ));
    assert!(!starts(
        &filtered,
        &pull(PullRequestNews::Opened, "topic", files)
    ));
    assert!(!starts(
        &filtered,
        &pull(PullRequestNews::Opened, "main", &["docs/a"])
    ));
    let any = pulls(vec![PullRequestFilter {
        branches: patterns(&["main"], &[]),
        ..PullRequestFilter::default()
    }]);
    assert!(starts(&any, &pull(PullRequestNews::Closed, "main", &[])));
}

#[test]
fn the_execution_takes_the_commit_and_says_where_it_is_from() {
    // contract codepipeline §8.3, commit; pull request filter: the head of the source branch
    let all = source(Some(GitTrigger {
        push: vec![
            of_branches(&["**"], &[]),
            PushFilter {
                tags: patterns(&["**"], &[]),
                ..PushFilter::default()
            },
        ],
        pull_request: vec![PullRequestFilter::default()],
    }));
    let started = |commit: &str, reference: Reference| {
        Some(GitStart {
            action: "Git".to_owned(),
            commit: commit.to_owned(),
            reference,
        })
    };
    let branch = |name: &str| Reference::Branch(name.to_owned());
    assert_eq!(decide(&all, &push("x", &[])), started("c1", branch("x")));
    let tagged = started("c2", Reference::Tag("v1".to_owned()));
    assert_eq!(decide(&all, &tag("v1")), tagged);
    let pulled = decide(&all, &pull(PullRequestNews::Opened, "main", &[]));
    assert_eq!(pulled, started("c3", branch("topic")));
}

#[test]
fn a_merge_may_start_twice() {
    // contract codepipeline §8.3, merge
    let both = source(Some(GitTrigger {
        push: vec![of_branches(&["main"], &[])],
        pull_request: vec![PullRequestFilter {
            events: vec![PullRequestNews::Closed],
            branches: patterns(&["main"], &[]),
            files: None,
        }],
    }));
    let closed = pull(PullRequestNews::Closed, "main", &["a"]);
    assert!(starts(&both, &closed));
    assert!(starts(&both, &push("main", &["a"])));
}
