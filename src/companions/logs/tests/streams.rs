//! Streams: made, listed by name and by last event, deleted.

use super::*;

async fn describe(desk: &Desk, input: DescribeLogStreamsInput) -> DescribeLogStreamsOutput {
    describe_log_streams(input, desk.call()).await.unwrap()
}

fn in_group() -> DescribeLogStreamsInput {
    DescribeLogStreamsInput {
        log_group_name: Some("g".to_owned()),
        ..Default::default()
    }
}

fn names(output: &DescribeLogStreamsOutput) -> Vec<String> {
    let streams = output.log_streams.iter().flatten();
    streams
        .map(|stream| stream.log_stream_name.clone().unwrap())
        .collect()
}

// Recorded answers of CreateLogStream and DescribeLogStreams.
#[tokio::test]
async fn a_new_stream_is_shown_as_aws_shows_it_and_exists_once() {
    let desk = Desk::new();
    desk.streams(&["b/1"]).await;
    let expected = LogStream {
        log_stream_name: Some("b/1".to_owned()),
        creation_time: Some(DAY),
        arn: Some("arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:b/1".to_owned()),
        stored_bytes: Some(0),
        ..Default::default()
    };
    let output = describe(&desk, in_group()).await;
    assert_eq!(output.log_streams, Some(vec![expected]));
    let again = create_log_stream(CreateLogStreamInput::new("g", "b/1"), desk.call()).await;
    let expected = ResourceAlreadyExistsException::new("The specified log stream already exists");
    assert_eq!(again, Err(expected.into()));
    let nowhere = create_log_stream(CreateLogStreamInput::new("x", "b/1"), desk.call()).await;
    let expected = ResourceNotFoundException::new("The specified log group does not exist.");
    assert_eq!(nowhere, Err(expected.into()));
}

#[tokio::test]
async fn a_stream_shows_the_times_of_its_events() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    desk.put("s", &[(DAY + 5, "b"), (DAY + 9, "c")]).await;
    desk.clone().at(DAY + 100).put("s", &[(DAY + 2, "a")]).await;
    let stream = describe(&desk, in_group())
        .await
        .log_streams
        .unwrap()
        .remove(0);
    assert_eq!(stream.first_event_timestamp, Some(DAY + 2));
    assert_eq!(stream.last_event_timestamp, Some(DAY + 9));
    assert_eq!(stream.last_ingestion_time, Some(DAY + 100));
}

#[tokio::test]
async fn streams_are_listed_by_name_in_pages_both_ways() {
    let desk = Desk::new();
    desk.streams(&["p/a", "p/b", "p/c", "p/d", "q"]).await;
    // The next group's streams are not among them.
    let next = CreateLogGroupInput::new("g0");
    create_log_group(next, desk.call()).await.unwrap();
    let other = CreateLogStreamInput::new("g0", "p/x");
    create_log_stream(other, desk.call()).await.unwrap();
    for (descending, expected) in [
        (false, ["p/a", "p/b", "p/c", "p/d"]),
        (true, ["p/d", "p/c", "p/b", "p/a"]),
    ] {
        let mut input = DescribeLogStreamsInput {
            log_stream_name_prefix: Some("p/".to_owned()),
            descending: Some(descending),
            limit: Some(3),
            ..in_group()
        };
        let first = describe(&desk, input.clone()).await;
        assert_eq!(names(&first), expected[..3]);
        input.next_token = first.next_token;
        let second = describe(&desk, input).await;
        assert_eq!(names(&second), expected[3..]);
        assert_eq!(second.next_token, None);
    }
    assert_eq!(names(&describe(&desk, in_group()).await).len(), 5);
}

// Documented with the operation: LastEventTime. Our reading: a stream without events is older than any other.
#[tokio::test]
async fn streams_are_listed_by_last_event_in_pages_both_ways() {
    let desk = Desk::new();
    desk.streams(&["a", "b", "c", "d"]).await;
    desk.put("a", &[(DAY + 30, "x")]).await;
    desk.put("c", &[(DAY + 10, "x")]).await;
    desk.put("d", &[(DAY + 10, "x")]).await;
    for (descending, expected) in [(true, ["a", "d", "c", "b"]), (false, ["b", "c", "d", "a"])] {
        let mut input = DescribeLogStreamsInput {
            order_by: Some(OrderBy::LastEventTime),
            descending: Some(descending),
            limit: Some(2),
            ..in_group()
        };
        let first = describe(&desk, input.clone()).await;
        assert_eq!(names(&first), expected[..2]);
        input.next_token = first.next_token;
        let second = describe(&desk, input).await;
        assert_eq!(
            (names(&second), second.next_token),
            (
                expected[2..].iter().map(|s| (*s).to_owned()).collect(),
                None
            )
        );
    }
}

// Recorded answers.
#[tokio::test]
async fn a_listing_that_cannot_be_is_refused() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let refused = async |input| {
        describe_log_streams(input, desk.call())
            .await
            .err()
            .unwrap()
            .to_string()
    };
    let by_time = DescribeLogStreamsInput {
        order_by: Some(OrderBy::LastEventTime),
        log_stream_name_prefix: Some("s".to_owned()),
        ..in_group()
    };
    assert_eq!(
        refused(by_time).await,
        "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix."
    );
    let both = DescribeLogStreamsInput {
        log_group_identifier: Some("g".to_owned()),
        ..in_group()
    };
    assert_eq!(
        refused(both).await,
        "ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters."
    );
    // Our reading.
    assert_eq!(
        refused(DescribeLogStreamsInput::default()).await,
        "ValidationException: Either LogGroup name or LogGroup ARN must be specified."
    );
    let missing = DescribeLogStreamsInput {
        log_group_name: Some("x".to_owned()),
        ..Default::default()
    };
    assert_eq!(
        refused(missing).await,
        "ResourceNotFoundException: The specified log group does not exist."
    );
}

// Recorded answers: an identifier is a name or an ARN.
#[tokio::test]
async fn a_group_is_found_by_its_arn() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    for identifier in [
        "g",
        "arn:aws:logs:us-east-1:000000000000:log-group:g",
        "arn:aws:logs:us-east-1:000000000000:log-group:g:*",
    ] {
        let input = DescribeLogStreamsInput {
            log_group_identifier: Some(identifier.to_owned()),
            ..Default::default()
        };
        assert_eq!(names(&describe(&desk, input).await), ["s"]);
    }
}

#[tokio::test]
async fn a_stream_that_is_made_again_is_empty() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    // More than one piece of removal.
    for batch in 0..3 {
        let lines: Vec<_> = (0..999).map(|n| (DAY + batch * 1000 + n, "line")).collect();
        desk.put("s", &lines).await;
    }
    let input = DeleteLogStreamInput::new("g", "s");
    delete_log_stream(input.clone(), desk.call()).await.unwrap();
    let again = delete_log_stream(input, desk.call()).await.err().unwrap();
    let expected = ResourceNotFoundException::new("The specified log stream does not exist.");
    assert_eq!(again, expected.into());
    let input = CreateLogStreamInput::new("g", "s");
    create_log_stream(input, desk.call()).await.unwrap();
    assert_eq!(desk.texts("s").await, [""; 0]);
    let tables = &desk.call.app.logs.tables;
    let lines = tables.lines.range(.., crate::store::Direction::Forward, 9);
    assert_eq!(lines.unwrap(), []);
    assert!(tables.doomed.is_empty());
}
