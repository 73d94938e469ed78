//! Pages of lists beside a long past: they cost what they cost beside a short one.

use super::house::House;
use super::{median, ms};
use codebuild_api::input::{ListBuildsForProjectInput, ListBuildsInput};
use slipway::codebuild::operations::{list_builds, list_builds_for_project};
use slipway::config::Builds;
use std::convert::Infallible;
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;
const SHORT: usize = 100;
/// Rows of one write.
const AT_ONCE: usize = 5_000;

pub async fn run(stored: usize) {
    let house = House::new(Builds::Host).await;
    house
        .project(
            "p",
            "version: 0.2\nphases: {build: {commands: ['true']}}\n",
            None,
        )
        .await;
    let first = house.start("p").await;
    house.end(&first).await;
    fill(&house, &first, 2..SHORT + 1).await;
    let short = pages(&house).await;
    fill(&house, &first, SHORT + 1..stored + 1).await;
    let long = pages(&house).await;
    for (name, short, long) in [
        ("ListBuilds", short.0, long.0),
        ("ListBuildsForProject", short.1, long.1),
    ] {
        println!(
            "listing: {name} beside {SHORT} builds {:.3} ms, beside {stored} {:.3} ms: {:.2} times",
            ms(short),
            ms(long),
            ms(long) / ms(short)
        );
    }
    house.close().await;
}

/// More builds like the first.
async fn fill(house: &House, first: &str, numbers: std::ops::Range<usize>) {
    let tables = house.app.codebuild.tables.clone();
    let key = (house.scope(), first.to_owned());
    let settings = tables
        .settings
        .get(&key)
        .expect("readable")
        .expect("its settings");
    let numbers: Vec<usize> = numbers.collect();
    for some in numbers.chunks(AT_ONCE) {
        let (some, tables, settings, scope) = (
            some.to_vec(),
            tables.clone(),
            settings.clone(),
            house.scope(),
        );
        let written = house.app.store.write(move |tx| {
            for number in some {
                let id = format!("p:{}", uuid::Uuid::new_v4());
                tx.put_record(
                    &tables.settings,
                    (scope.clone(), id.clone()),
                    settings.clone(),
                );
                tx.put_record(
                    &tables.numbers,
                    (scope.clone(), "p".to_owned(), number as u64),
                    id,
                );
            }
            Ok::<_, Infallible>(())
        });
        written.await.expect("written");
    }
}

/// The median of a page of each list, and of the one after it.
async fn pages(house: &House) -> (Duration, Duration) {
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let page = list_builds(ListBuildsInput::default(), house.call())
            .await
            .expect("a page");
        all.push(begin.elapsed());
        assert_eq!(page.ids.expect("ids").len(), 100);
        let begin = Instant::now();
        let input = ListBuildsForProjectInput::new("p");
        let page = list_builds_for_project(input, house.call())
            .await
            .expect("a page");
        own.push(begin.elapsed());
        assert_eq!(page.ids.expect("ids").len(), 100);
    }
    (median(all), median(own))
}
