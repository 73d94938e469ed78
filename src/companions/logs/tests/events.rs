//! PutLogEvents and GetLogEvents: what is taken in, and how clients page through it.

use super::*;

fn page(limit: i32, token: Option<&String>) -> GetLogEventsInput {
    GetLogEventsInput {
        limit: Some(limit),
        ..from_head("s", token.map(String::as_str))
    }
}

fn tail(limit: i32, token: Option<&String>) -> GetLogEventsInput {
    GetLogEventsInput {
        start_from_head: None,
        ..page(limit, token)
    }
}

async fn ten() -> Desk {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let texts: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    let lines: Vec<_> = (0..10)
        .map(|n| (DAY + n, texts[n as usize].as_str()))
        .collect();
    desk.put("s", &lines).await;
    desk
}

#[tokio::test]
async fn lines_come_back_in_order_of_time_with_their_times() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    desk.put("s", &[(DAY + 5, "late"), (DAY + 5, "later")])
        .await;
    desk.clone()
        .at(DAY + 50)
        .put("s", &[(DAY + 1, "🙀 early"), (DAY + 5, "latest")])
        .await;
    assert_eq!(
        desk.texts("s").await,
        ["🙀 early", "late", "later", "latest"]
    );
    let output = desk.get(page(1, None)).await;
    let expected = OutputLogEvent {
        timestamp: Some(DAY + 1),
        message: Some("🙀 early".to_owned()),
        ingestion_time: Some(DAY + 50),
    };
    assert_eq!(output.events, Some(vec![expected]));
}

// Documented: "If you have reached the end of the stream, it returns the same token you passed in."
#[tokio::test]
async fn the_forward_token_stays_the_same_at_the_end() {
    let desk = ten().await;
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let output = desk.get(page(4, token.as_ref())).await;
        seen.extend(messages(&output));
        if output.next_forward_token == token {
            assert_eq!(messages(&output), [""; 0]);
            break;
        }
        token = output.next_forward_token;
    }
    assert_eq!(seen.concat(), "0123456789");
    let form = regex::Regex::new("^f/[0-9]{56}/s$").unwrap();
    assert!(form.is_match(&token.clone().unwrap()), "{token:?}");
    // New lines are what the same token shows next.
    desk.put("s", &[(DAY + 9, "x"), (DAY + 20, "y")]).await;
    assert_eq!(
        messages(&desk.get(page(9, token.as_ref())).await),
        ["x", "y"]
    );
}

#[tokio::test]
async fn without_startfromhead_the_last_lines_come_first_and_the_backward_token_goes_on() {
    let desk = ten().await;
    let mut pages = Vec::new();
    let mut token = None;
    loop {
        let output = desk.get(tail(4, token.as_ref())).await;
        if output.next_backward_token == token {
            assert_eq!(messages(&output), [""; 0]);
            break;
        }
        pages.push(messages(&output).concat());
        token = output.next_backward_token;
    }
    assert_eq!(pages, ["6789", "2345", "01"]);
    assert!(token.clone().unwrap().starts_with("b/"));
    // Turning round at an end shows the page at that end.
    let end = desk.get(tail(4, token.as_ref())).await;
    let forward = desk.get(page(3, end.next_forward_token.as_ref())).await;
    assert_eq!(messages(&forward), ["0", "1", "2"]);
}

#[tokio::test]
async fn pages_turn_round() {
    let desk = ten().await;
    let first = desk.get(page(3, None)).await;
    let second = desk.get(page(3, first.next_forward_token.as_ref())).await;
    let back = desk.get(page(3, second.next_backward_token.as_ref())).await;
    assert_eq!(messages(&second), ["3", "4", "5"]);
    assert_eq!(messages(&back), ["0", "1", "2"]);
    let last = desk.get(tail(3, None)).await;
    let end = desk.get(page(3, last.next_forward_token.as_ref())).await;
    let back = desk.get(page(3, end.next_backward_token.as_ref())).await;
    assert_eq!(messages(&back), ["7", "8", "9"]);
}

// The start is inside, the end is not (documented with the operation).
#[tokio::test]
async fn a_window_of_time_bounds_every_page() {
    let desk = ten().await;
    let window = |input: GetLogEventsInput| GetLogEventsInput {
        start_time: Some(DAY + 3),
        end_time: Some(DAY + 7),
        ..input
    };
    assert_eq!(
        messages(&desk.get(window(page(9, None))).await).concat(),
        "3456"
    );
    let last = desk.get(window(tail(3, None))).await;
    assert_eq!(messages(&last).concat(), "456");
    let first = desk
        .get(window(tail(3, last.next_backward_token.as_ref())))
        .await;
    assert_eq!(messages(&first).concat(), "3");
    let after = desk
        .get(window(page(3, last.next_forward_token.as_ref())))
        .await;
    assert_eq!(messages(&after), [""; 0]);
    // Nothing but emptiness, not an error.
    let nothing = GetLogEventsInput {
        start_time: Some(DAY + 7),
        end_time: Some(DAY + 3),
        ..page(9, None)
    };
    assert_eq!(messages(&desk.get(nothing).await), [""; 0]);
}

#[tokio::test]
async fn an_empty_stream_has_tokens_that_wait_for_its_first_line() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let empty = desk.get(tail(9, None)).await;
    assert_eq!(empty.events, Some(Vec::new()));
    desk.put("s", &[(DAY, "first")]).await;
    let output = desk.get(page(9, empty.next_forward_token.as_ref())).await;
    assert_eq!(messages(&output), ["first"]);
}

// Recorded answer; a token of another stream is as invalid.
#[tokio::test]
async fn tokens_of_others_are_refused() {
    let desk = ten().await;
    let input = CreateLogStreamInput::new("g", "t");
    create_log_stream(input, desk.call()).await.unwrap();
    let other = desk
        .get(from_head("t", None))
        .await
        .next_forward_token
        .unwrap();
    let expected = InvalidParameterException::new("The specified nextToken is invalid.");
    for token in [
        "invalid-token",
        "f/12/s",
        &format!("f/{}/s", "9".repeat(56)),
        &format!("x/{}/s", "0".repeat(56)),
        &other,
    ] {
        let refused = get_log_events(from_head("s", Some(token)), desk.call()).await;
        assert_eq!(refused.err(), Some(expected.clone().into()), "{token}");
    }
}

// Documented: as many events as fit in 1 MB.
#[tokio::test]
async fn a_page_has_a_megabyte_at_most_and_one_line_at_least() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let half = "x".repeat(500_000);
    desk.put("s", &[(DAY, &half), (DAY + 1, &half)]).await;
    desk.put("s", &[(DAY + 2, &half)]).await;
    let whole = "y".repeat(1_048_576 - 26);
    desk.put("s", &[(DAY + 3, &whole)]).await;
    let mut counts = Vec::new();
    let mut token = None;
    loop {
        let output = desk.get(from_head("s", token.as_deref())).await;
        let Some(count) = Some(messages(&output).len()).filter(|count| *count > 0) else {
            break;
        };
        counts.push(count);
        token = output.next_forward_token;
    }
    assert_eq!(counts, [2, 1, 1]);
}

// Recorded answers, and the documented limits of a batch.
#[tokio::test]
async fn a_batch_that_breaks_a_rule_is_refused_whole() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let refused =
        async |lines: &[(i64, &str)]| desk.try_put("s", lines).await.err().unwrap().to_string();
    assert_eq!(
        refused(&[(DAY, "0"), (DAY - 1, "1")]).await,
        "InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order."
    );
    assert_eq!(
        refused(&[(DAY - 24 * HOUR - 1, "0"), (DAY, "1")]).await,
        "InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
    );
    let large = "x".repeat(600_000);
    assert_eq!(
        refused(&[(DAY, &large), (DAY, &large)]).await,
        "InvalidParameterException: Upload too large: 1200052 bytes exceeds limit of 1048576"
    );
    assert_eq!(desk.texts("s").await, [""; 0]);
    desk.put("s", &[(DAY - 24 * HOUR, "0"), (DAY, "1")]).await;
    assert_eq!(desk.texts("s").await, ["0", "1"]);
}

// Documented: 14 days back, 2 hours ahead, and the group's retention; the indexes are those of RejectedLogEventsInfo.
#[tokio::test]
async fn lines_too_old_expired_or_too_new_are_rejected_one_by_one() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let now = desk.clone().at(DAY + 2 * HOUR);
    let fortnight = 14 * 24 * HOUR;
    let old = desk
        .put(
            "s",
            &[(DAY - fortnight - 1, "too old"), (DAY - fortnight, "just")],
        )
        .await;
    let info = RejectedLogEventsInfo {
        too_old_log_event_end_index: Some(1),
        ..Default::default()
    };
    assert_eq!(old.rejected_log_events_info, Some(info));
    let new = desk
        .put(
            "s",
            &[(DAY, "a"), (DAY + 2 * HOUR, "b"), (DAY + 2 * HOUR + 1, "c")],
        )
        .await;
    let info = RejectedLogEventsInfo {
        too_new_log_event_start_index: Some(2),
        ..Default::default()
    };
    assert_eq!(new.rejected_log_events_info, Some(info));
    assert_eq!(desk.texts("s").await, ["just", "a", "b"]);
    let input = PutRetentionPolicyInput::new("g", 1);
    put_retention_policy(input, now.call()).await.unwrap();
    let expired = now
        .put("s", &[(DAY - 23 * HOUR, "gone"), (DAY - 22 * HOUR, "kept")])
        .await;
    let info = RejectedLogEventsInfo {
        expired_log_event_end_index: Some(1),
        ..Default::default()
    };
    assert_eq!(expired.rejected_log_events_info, Some(info));
    let none = now.put("s", &[(DAY, "d")]).await;
    assert_eq!(none.rejected_log_events_info, None);
    assert_eq!(now.texts("s").await, ["kept", "a", "d", "b"]);
}

// Documented: since 2023 sequence tokens are ignored and still given.
#[tokio::test]
async fn sequence_tokens_are_ignored_and_given() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let input = PutLogEventsInput {
        sequence_token: Some("anything".to_owned()),
        ..PutLogEventsInput::new("g", "s", vec![InputLogEvent::new(DAY, "a")])
    };
    let first = put_log_events(input, desk.call())
        .await
        .unwrap()
        .next_sequence_token
        .unwrap();
    let second = desk
        .put("s", &[(DAY, "b")])
        .await
        .next_sequence_token
        .unwrap();
    assert_eq!((first.len(), second.len()), (56, 56));
    assert_ne!(first, second);
}

// Recorded answers.
#[tokio::test]
async fn what_does_not_exist_is_said_to_be_missing() {
    let desk = Desk::new();
    let get = async || {
        get_log_events(from_head("s", None), desk.call())
            .await
            .err()
            .unwrap()
    };
    let group = ResourceNotFoundException::new("The specified log group does not exist.");
    let stream = ResourceNotFoundException::new("The specified log stream does not exist.");
    assert_eq!(get().await, group.clone().into());
    assert_eq!(
        desk.try_put("s", &[(DAY, "a")]).await.err(),
        Some(group.into())
    );
    desk.group("g").await;
    assert_eq!(get().await, stream.clone().into());
    assert_eq!(
        desk.try_put("s", &[(DAY, "a")]).await.err(),
        Some(stream.into())
    );
}
