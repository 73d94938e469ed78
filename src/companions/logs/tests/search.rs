//! FilterLogEvents: lines of many streams in one order.

use super::*;
use proptest::prelude::*;

fn all() -> FilterLogEventsInput {
    FilterLogEventsInput {
        log_group_name: Some("g".to_owned()),
        ..Default::default()
    }
}

async fn filter(desk: &Desk, input: FilterLogEventsInput) -> Vec<String> {
    let output = filter_log_events(input, desk.call()).await.unwrap();
    assert_eq!(output.searched_log_streams, Some(Vec::new()));
    assert_eq!(output.next_token, None);
    texts(&output)
}

fn texts(output: &FilterLogEventsOutput) -> Vec<String> {
    let events = output.events.iter().flatten();
    events.map(|event| event.message.clone().unwrap()).collect()
}

async fn three() -> Desk {
    let desk = Desk::new();
    desk.streams(&["x/1", "x/2", "y"]).await;
    desk.put("x/1", &[(DAY, "a ERROR"), (DAY + 30, "d")]).await;
    desk.put("x/2", &[(DAY + 10, "b"), (DAY + 40, "e ERROR")])
        .await;
    desk.put("y", &[(DAY + 20, "c ERROR")]).await;
    desk
}

#[tokio::test]
async fn lines_of_all_streams_are_merged_by_time() {
    let desk = three().await;
    assert_eq!(
        filter(&desk, all()).await,
        ["a ERROR", "b", "c ERROR", "d", "e ERROR"]
    );
    let output = filter_log_events(all(), desk.call()).await.unwrap();
    let first = &output.events.unwrap()[0];
    assert_eq!(first.log_stream_name.as_deref(), Some("x/1"));
    assert_eq!(
        (first.timestamp, first.ingestion_time),
        (Some(DAY), Some(DAY))
    );
    assert_eq!(first.event_id.as_ref().map(String::len), Some(56));
}

#[tokio::test]
async fn a_pattern_streams_and_times_narrow_the_search() {
    let desk = three().await;
    let pattern = FilterLogEventsInput {
        filter_pattern: Some("ERROR -c".to_owned()),
        ..all()
    };
    assert_eq!(filter(&desk, pattern).await, ["a ERROR", "e ERROR"]);
    let named = FilterLogEventsInput {
        log_stream_names: Some(vec!["y".to_owned(), "x/1".to_owned(), "y".to_owned()]),
        ..all()
    };
    assert_eq!(filter(&desk, named).await, ["a ERROR", "c ERROR", "d"]);
    let prefixed = FilterLogEventsInput {
        log_stream_name_prefix: Some("x/".to_owned()),
        ..all()
    };
    assert_eq!(
        filter(&desk, prefixed).await,
        ["a ERROR", "b", "d", "e ERROR"]
    );
    // Here the end is inside (documented with the operation).
    let timed = FilterLogEventsInput {
        start_time: Some(DAY + 10),
        end_time: Some(DAY + 30),
        ..all()
    };
    assert_eq!(filter(&desk, timed).await, ["b", "c ERROR", "d"]);
    // Our reading of the newest member of the request.
    let backward = FilterLogEventsInput {
        start_from_head: Some(false),
        ..all()
    };
    assert_eq!(
        filter(&desk, backward).await,
        ["e ERROR", "d", "c ERROR", "b", "a ERROR"]
    );
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused() {
    let desk = three().await;
    let refused = async |input| {
        filter_log_events(input, desk.call())
            .await
            .err()
            .unwrap()
            .to_string()
    };
    // Recorded answer.
    let token = FilterLogEventsInput {
        next_token: Some("invalid-token".to_owned()),
        ..all()
    };
    let text = "InvalidParameterException: The specified nextToken is invalid.";
    assert_eq!(refused(token).await, text);
    let missing = FilterLogEventsInput {
        log_stream_names: Some(vec!["z".to_owned()]),
        ..all()
    };
    let text = "ResourceNotFoundException: The specified log stream does not exist.";
    assert_eq!(refused(missing).await, text);
    let both = FilterLogEventsInput {
        log_stream_names: Some(vec!["y".to_owned()]),
        log_stream_name_prefix: Some("x".to_owned()),
        ..all()
    };
    assert!(refused(both).await.starts_with("InvalidParameterException"));
    let json = FilterLogEventsInput {
        filter_pattern: Some("{ $.level = \"error\" }".to_owned()),
        ..all()
    };
    assert!(refused(json).await.contains("slipway does not read JSON"));
}

/// Lines of three streams at few different times, so that they meet.
fn lines() -> impl Strategy<Value = Vec<Vec<i64>>> {
    let stream = prop::collection::vec(0..6_i64, 0..12);
    prop::collection::vec(stream, 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the pages: nothing is shown twice, nothing is left out, everything is in order.
    #[test]
    fn pages_of_any_size_show_every_line_once(streams in lines(), limit in 1..6_i32, forward: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_pages(streams, limit, forward));
    }
}

async fn check_pages(streams: Vec<Vec<i64>>, limit: i32, forward: bool) {
    let desk = Desk::new();
    let names = ["s0", "s1", "s2"];
    desk.streams(&names).await;
    let mut expected = Vec::new();
    for (stream, times) in streams.iter().enumerate() {
        for (line, time) in times.iter().enumerate() {
            let text = format!("{stream}-{line}");
            desk.put(names[stream], &[(DAY + time, &text)]).await;
            expected.push((*time, stream, line, text));
        }
    }
    expected.sort();
    if !forward {
        expected.reverse();
    }
    let expected: Vec<String> = expected.into_iter().map(|line| line.3).collect();
    let mut input = FilterLogEventsInput {
        limit: Some(limit),
        start_from_head: Some(forward),
        ..all()
    };
    let mut seen = Vec::new();
    loop {
        let output = filter_log_events(input.clone(), desk.call()).await.unwrap();
        assert!(texts(&output).len() <= limit as usize);
        seen.extend(texts(&output));
        let Some(token) = output.next_token else {
            break;
        };
        input.next_token = Some(token);
    }
    assert_eq!(seen, expected);
}
