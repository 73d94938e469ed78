//! Many builds asked for at once, beside a loop of `docker run`.

use super::house::House;
use super::overhead::docker_run;
use slipway::config::Builds;
use std::time::Instant;

const SPEC: &str = "version: 0.2\nphases: {build: {commands: ['true']}}\n";

pub async fn run(builds: usize) {
    let house = House::new(Builds::Docker).await;
    house.project("p", SPEC, None).await;
    let first = house.start("p").await;
    house.end(&first).await;
    let begin = Instant::now();
    let mut ids = Vec::new();
    for _ in 0..builds {
        ids.push(house.start("p").await);
    }
    let asked = begin.elapsed();
    for id in &ids {
        house.end(id).await;
    }
    let ours = builds as f64 / begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    for _ in 0..builds {
        docker_run("true");
    }
    let theirs = builds as f64 / begin.elapsed().as_secs_f64();
    println!(
        "queue: {builds} builds asked for in {:.0} ms, {ours:.1} builds/s; a loop of docker run {theirs:.1}/s: {:.2} of it",
        super::ms(asked),
        ours / theirs
    );
    house.close().await;
}
