//! What every sandbox does, whatever its kind. Each test runs in containers and on the host.

use super::archive::{Node, collect, file, raw_entry, read, streamed, tar};
use super::run::{Place, Running, WORK, argv, died, exec, nowhere, output, run, sh, until};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use slipway::sandbox::{Exit, FileSystem, SandboxError, SandboxSpec};
use std::time::Duration;
use tar::EntryType;

/// Makes a test of each case, in a place of the calling kind.
macro_rules! suite {
    ($place:path: $($case:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(place) = $place().await {
                $crate::sandbox::suite::$case(place).await;
            }
        })*
    };
    ($place:path) => {
        $crate::sandbox::suite::suite!($place:
            a_command_runs_with_its_arguments_environment_and_directory
            exit_codes_and_deaths_by_signal_are_told
            file_systems_outlive_sandboxes
            a_missing_command_and_a_missing_directory_are_told_apart
            builtins_of_a_shell_are_not_commands
            standard_input_is_empty
            output_keeps_its_order_and_its_bytes
            a_reader_that_does_not_read_slows_the_command_down
            a_reader_that_went_away_does_not_hold_up_the_command
            commands_share_files_one_after_the_other_and_side_by_side
            a_background_process_outlives_its_command_and_can_write
            stopping_ends_the_running_command_and_no_other_sandbox
            stopping_lets_a_polite_process_say_its_last_words
            stopping_kills_a_process_that_does_not_listen
            a_stopped_sandbox_runs_nothing_and_is_removed_twice
            preparing_again_removes_what_was_there
            an_id_may_hold_any_character
            the_first_directories_are_there
            trees_come_out_as_they_went_in
            copying_in_adds_to_what_is_there
            copying_out_what_is_not_there_is_an_error
            one_file_and_one_link_come_out_by_their_names
            big_files_pass_in_both_directions
            a_stream_that_breaks_fails_the_copy
            an_archive_without_entries_makes_the_directory
            entries_that_lead_outside_and_odd_ones_are_refused
        );
    };
}
pub(crate) use suite;

// Witness: sandbox/mod.rs, `Exec`.
pub async fn a_command_runs_with_its_arguments_environment_and_directory(place: Place) {
    let sandbox = place.prepare("arguments").await;
    let mut command = argv(&[
        "sh",
        "-c",
        "pwd; echo \"[$1] [$2]\"; echo \"$GREETING\"",
        "sh",
    ]);
    command.argv.extend(["two words".into(), "$HOME *".into()]);
    command.env = vec![("GREETING".into(), "it's \"quoted\"\nand long".into())];
    command.dir = "/codebuild/readonly".into();
    let (end, output) = exec(&sandbox, command).await;
    let dir = sandbox.path("/codebuild/readonly".into());
    assert_eq!(end.unwrap().code(), 0);
    assert_eq!(
        output,
        format!("{dir}\n[two words] [$HOME *]\nit's \"quoted\"\nand long\n")
    );
}

// Witness: contract §4.4, "exit status <n>", `signal: killed` in place of it.
pub async fn exit_codes_and_deaths_by_signal_are_told(place: Place) {
    let sandbox = place.prepare("codes").await;
    let end = async |script: &str| exec(&sandbox, sh(script)).await.0.unwrap();
    for code in [0, 1, 3, 126, 127, 137, 255] {
        assert_eq!(end(&format!("exit {code}")).await, Exit::Code(code));
    }
    assert_eq!(end("kill -9 $$").await, Exit::Signal(9));
    assert_eq!(end("kill -TERM $$").await, Exit::Signal(15));
    assert_eq!(end("sh -c 'kill -9 $$'; exit $?").await, Exit::Code(137));
}

// Witness: contract §9.2, "a named volume per file-system id".
pub async fn file_systems_outlive_sandboxes(place: Place) {
    let id = format!("fs {}", uuid::Uuid::new_v4());
    let file_system = |dir: &str, at: &str| FileSystem {
        id: id.clone(),
        dir: dir.into(),
        at: at.into(),
    };
    let whole = file_system("/", "/mnt/whole");
    let inner = file_system("/deep/../../inner", "/mnt/some where/inner");
    let with = async |name: &str, file_systems: Vec<FileSystem>| {
        let spec = SandboxSpec {
            file_systems,
            ..place.spec(name)
        };
        place.sandboxes.prepare(&spec, nowhere()).await.unwrap()
    };
    let first = with("writes", vec![whole.clone(), inner.clone()]).await;
    let (at, tree) = (first.path(&inner.at), first.path(&whole.at));
    let script = format!("cd '{at}' && echo kept > file && cat '{tree}'/inner/file");
    assert_eq!(output(&first, &script).await, "kept\n");
    first.remove().await;
    let second = with("reads", vec![inner.clone()]).await;
    let at = second.path(&inner.at);
    assert_eq!(output(&second, &format!("cat '{at}/file'")).await, "kept\n");
    // Without it, there is nothing of it.
    let third = with("has none", Vec::new()).await;
    assert_ne!(
        run(&third, &format!("ls '{}'", third.path(&inner.at)))
            .await
            .0,
        0
    );
}

// Witness: contract §5.4, the shell's own codes; a directory that is missing is the engine's mistake, not the command's.
pub async fn a_missing_command_and_a_missing_directory_are_told_apart(place: Place) {
    let sandbox = place.prepare("missing").await;
    let (end, output) = exec(&sandbox, argv(&["no-such-command", "x"])).await;
    assert_eq!(end.unwrap().code(), 127);
    assert!(output.contains("no-such-command: not found"), "{output:?}");

    let mut lost = sh("true");
    lost.dir = "/no/such/directory".into();
    match exec(&sandbox, lost).await.0 {
        Err(SandboxError::Failed(text)) => assert!(text.contains("/no/such/directory"), "{text}"),
        other => panic!("{other:?}"),
    }
}

// Witness: sandbox/mod.rs, `Exec`: an argument vector, never a shell string.
pub async fn builtins_of_a_shell_are_not_commands(place: Place) {
    let sandbox = place.prepare("builtins").await;
    for builtin in ["exit", "set", "shift", "export"] {
        let (end, _) = exec(&sandbox, argv(&[builtin, "0"])).await;
        assert_eq!(end.unwrap().code(), 127, "{builtin}");
    }
}

// Witness: contract §5.4, "stdin is empty (/dev/null); no TTY".
pub async fn standard_input_is_empty(place: Place) {
    let sandbox = place.prepare("stdin").await;
    let script = "cat; read x || echo end; [ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo no terminal";
    assert_eq!(output(&sandbox, script).await, "end\nno terminal\n");
}

// Witness: sandbox/mod.rs, `Output`: interleaved in arrival order.
pub async fn output_keeps_its_order_and_its_bytes(place: Place) {
    let sandbox = place.prepare("order").await;
    let script = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo out$i; echo err$i >&2; done";
    let expected: String = (1..=300).map(|i| format!("out{i}\nerr{i}\n")).collect();
    assert_eq!(output(&sandbox, script).await, expected);

    let binary = sh(r"printf '\000\001\002\003\036slipway\377\r\n\n'; printf 'no newline'");
    let (_, bytes) = Running::start(&sandbox, binary).finish().await;
    assert_eq!(bytes, b"\x00\x01\x02\x03\x1eslipway\xff\r\n\nno newline");
}

// Witness: sandbox/mod.rs, `Output`: a full channel slows the command down. 10 MiB are more than all buffers on the way.
pub async fn a_reader_that_does_not_read_slows_the_command_down(place: Place) {
    let sandbox = place.prepare("flood").await;
    let script = "echo begin; head -c 10485760 /dev/zero; echo x > done";
    let mut flood = Running::start(&sandbox, sh(script));
    let begin = flood.output.recv().await.unwrap();
    assert_ne!(run(&sandbox, "test -e done").await.0, 0);

    let (end, rest) = flood.finish().await;
    assert_eq!(end.unwrap().code(), 0);
    assert_eq!(begin.len() + rest.len(), "begin\n".len() + 10_485_760);
    assert_eq!(run(&sandbox, "test -e done").await.0, 0);
}

// Witness: our reading; whoever follows a build may leave.
pub async fn a_reader_that_went_away_does_not_hold_up_the_command(place: Place) {
    let sandbox = place.prepare("deaf").await;
    let exec = sh("head -c 1000000 /dev/zero; echo x > done");
    assert_eq!(sandbox.exec(&exec, nowhere()).await.unwrap().code(), 0);
    output(&sandbox, "test -e done").await;
}

// Witness: sandbox/mod.rs, `Sandbox`: one after the other or side by side.
pub async fn commands_share_files_one_after_the_other_and_side_by_side(place: Place) {
    let sandbox = place.prepare("share").await;
    output(&sandbox, "echo hello > file").await;
    assert_eq!(output(&sandbox, "cat file").await, "hello\n");

    let waiting = Running::start(
        &sandbox,
        sh("until [ -e go ]; do sleep 0.01; done; echo went"),
    );
    output(&sandbox, "echo > go").await;
    let (end, output) = waiting.finish().await;
    assert_eq!((end.unwrap().code(), &*output), (0, &b"went\n"[..]));
}

// Witness: contract §5.4, "background processes: keep running until the container ends". Docker closes the output of a command two
// seconds after it; the process must survive that, so it is watched for longer.
pub async fn a_background_process_outlives_its_command_and_can_write(place: Place) {
    let sandbox = place.prepare("background").await;
    let script = "(while :; do echo noise; echo x >> ticks; sleep 0.05; done) & echo started";
    assert!(output(&sandbox, script).await.contains("started\n"));
    until(&sandbox, "[ $(grep -c x ticks) -gt 70 ]").await;
}

// Witness: contract §5.4, "the whole process tree dies, background jobs included"; each kind's own tests look at the processes.
pub async fn stopping_ends_the_running_command_and_no_other_sandbox(place: Place) {
    let sandbox = place.prepare("stop").await;
    let bystander = place.prepare("bystander").await;
    let mut other = Running::start(
        &bystander,
        sh("echo ready; until [ -e go ]; do sleep 0.01; done"),
    );
    let mut command = Running::start(&sandbox, sh("sleep 1000 & echo ready; sleep 1000"));
    command.until("ready").await;
    other.until("ready").await;

    sandbox.stop(Duration::ZERO).await;
    assert_eq!(died(command.finish().await.0), "The sandbox was stopped.");
    output(&bystander, "echo x > go").await;
    assert_eq!(other.finish().await.0.unwrap().code(), 0);
}

// Witness: issue, "stop politely then kill".
pub async fn stopping_lets_a_polite_process_say_its_last_words(place: Place) {
    let sandbox = place.prepare("polite").await;
    let script = "trap 'echo last words; exit 0' TERM; echo ready; while :; do sleep 0.02; done";
    let mut command = Running::start(&sandbox, sh(script));
    command.until("ready").await;
    let stopping = tokio::spawn(async move { sandbox.stop(Duration::from_secs(50)).await });
    command.until("last words").await;
    died(command.finish().await.0);
    stopping.await.unwrap();
}

// Witness: issue, "stop politely then kill".
pub async fn stopping_kills_a_process_that_does_not_listen(place: Place) {
    let sandbox = place.prepare("deaf").await;
    let script = "trap '' TERM; echo ready; while :; do sleep 0.02; done";
    let mut command = Running::start(&sandbox, sh(script));
    command.until("ready").await;
    let stopping = tokio::spawn(async move { sandbox.stop(Duration::from_millis(100)).await });
    died(command.finish().await.0);
    stopping.await.unwrap();
}

// Witness: sandbox/mod.rs, `Sandbox::remove`.
pub async fn a_stopped_sandbox_runs_nothing_and_is_removed_twice(place: Place) {
    let sandbox = place.prepare("over").await;
    sandbox.stop(Duration::ZERO).await;
    sandbox.stop(Duration::from_millis(1)).await;
    died(exec(&sandbox, sh("true")).await.0);
    sandbox.remove().await;
    sandbox.remove().await;
    died(exec(&sandbox, sh("true")).await.0);
    assert!(sandbox.copy_out(WORK.into()).await.is_err());
}

// Witness: sandbox/mod.rs, `SandboxSpec::id`.
pub async fn preparing_again_removes_what_was_there(place: Place) {
    let first = place.prepare("again").await;
    let mut command = Running::start(&first, sh("echo x > file; echo ready; sleep 1000"));
    command.until("ready").await;
    let second = place.prepare("again").await;
    assert!(command.finish().await.0.is_err());
    assert_eq!(run(&second, "test -e file").await.0, 1);

    first.remove().await;
    output(&second, "echo still here").await;
}

// Witness: our reading; ids hold project names.
pub async fn an_id_may_hold_any_character(place: Place) {
    let mut sandboxes = Vec::new();
    for id in ["build:ä/../x y\n'\"$(id)", "..", "", &"long".repeat(100)] {
        let sandbox = place.prepare(id).await;
        output(&sandbox, "test ! -e mine && echo x > mine").await;
        sandboxes.push(sandbox);
    }
}

// Witness: contract §5.4, "Copy-in layout".
pub async fn the_first_directories_are_there(place: Place) {
    let sandbox = place.prepare("first").await;
    for dir in ["/codebuild/output/tmp", "/codebuild/readonly"] {
        let here = sandbox.path(dir.into());
        output(&sandbox, &format!("cd {here} && touch x && rm x")).await;
    }
}

// Witness: contract §5.4, "keep modes, symlinks, mtimes".
pub async fn trees_come_out_as_they_went_in(place: Place) {
    let sandbox = place.prepare("trees").await;
    let long = format!("tree/{}/{}", "d".repeat(90), "f".repeat(120));
    let nodes = [
        ("tree", Node::Directory { mode: 0o755 }),
        ("tree/script.sh", file(0o755, "#!/bin/sh\necho ran\n")),
        ("tree/secret", file(0o600, "s")),
        ("tree/closed", Node::Directory { mode: 0o555 }),
        ("tree/closed/inside", file(0o444, "")),
        ("tree/empty", Node::Directory { mode: 0o700 }),
        ("tree/link", Node::Link("closed/inside".into())),
        ("tree/dangling", Node::Link("nowhere".into())),
        ("tree/ünï cödé", file(0o644, "x")),
        (&long, file(0o644, "long")),
    ];
    let dir = "/codebuild/output/src1/src";
    sandbox
        .copy_in(dir.into(), streamed(tar(&nodes)))
        .await
        .unwrap();
    let here = sandbox.path(dir.into());
    assert_eq!(
        output(&sandbox, &format!("{here}/tree/script.sh")).await,
        "ran\n"
    );

    let out = sandbox
        .copy_out(format!("{dir}/tree").as_str().into())
        .await
        .unwrap();
    let mut found = read(out).await;
    for (name, node) in nodes {
        let (got, time) = found
            .remove(name)
            .unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(got, node, "{name}");
        if !matches!(node, Node::Link(_)) {
            assert_eq!(time, 1_000_000_000, "{name}");
        }
    }
    // Implied by the long name, never an entry.
    found.retain(|name, _| !name.ends_with(&"d".repeat(90)));
    assert!(found.is_empty(), "{found:?}");
    output(&sandbox, &format!("chmod -R u+w {here}")).await;
}

// Witness: sandbox/mod.rs, `Sandbox::copy_in`; modes of what exists are not changed.
pub async fn copying_in_adds_to_what_is_there(place: Place) {
    let sandbox = place.prepare("adds").await;
    output(
        &sandbox,
        "mkdir -m 700 dir; echo old > dir/kept; echo old > dir/replaced",
    )
    .await;
    let dir = format!("{WORK}/dir");
    let new = streamed(tar(&[
        ("replaced", file(0o644, "new")),
        ("added", file(0o644, "new")),
    ]));
    sandbox.copy_in(dir.as_str().into(), new).await.unwrap();
    let found = read(sandbox.copy_out(dir.as_str().into()).await.unwrap()).await;
    let found: Vec<_> = found
        .into_iter()
        .map(|(name, (node, _))| (name, node))
        .collect();
    assert_eq!(
        found,
        [
            ("dir".into(), Node::Directory { mode: 0o700 }),
            ("dir/added".into(), file(0o644, "new")),
            ("dir/kept".into(), file(0o644, "old\n")),
            ("dir/replaced".into(), file(0o644, "new")),
        ]
    );
}

// Witness: sandbox/mod.rs, `SandboxError::NoSuchPath`.
pub async fn copying_out_what_is_not_there_is_an_error(place: Place) {
    let sandbox = place.prepare("absent").await;
    for path in ["/codebuild/output/absent", "/codebuild/absent/deeper"] {
        match sandbox.copy_out(path.into()).await.map(|_| ()) {
            Err(SandboxError::NoSuchPath(named)) => assert_eq!(named, path),
            other => panic!("{other:?}"),
        }
    }
}

// Witness: sandbox/mod.rs, `Sandbox::copy_out`.
pub async fn one_file_and_one_link_come_out_by_their_names(place: Place) {
    let sandbox = place.prepare("one").await;
    output(
        &sandbox,
        "printf content > file; ln -s file link; chmod 640 file",
    )
    .await;
    let one = async |name: &str| {
        let path = format!("{WORK}/{name}");
        let found = read(sandbox.copy_out(path.as_str().into()).await.unwrap()).await;
        found
            .into_iter()
            .map(|(name, (node, _))| (name, node))
            .collect::<Vec<_>>()
    };
    assert_eq!(one("file").await, [("file".into(), file(0o640, "content"))]);
    assert_eq!(
        one("link").await,
        [("link".into(), Node::Link("file".into()))]
    );
}

// Witness: sandbox/mod.rs: streams, never collected. 64 MiB are made on the way in and counted on the way out.
pub async fn big_files_pass_in_both_directions(place: Place) {
    const SIZE: usize = 64 << 20;
    let sandbox = place.prepare("big").await;
    let mut header = tar::Header::new_gnu();
    header.set_path("big").unwrap();
    header.set_mode(0o644);
    header.set_size(SIZE as u64);
    header.set_cksum();
    let head = Bytes::copy_from_slice(header.as_bytes());
    let content = stream::iter((0..SIZE >> 16).map(|_| Bytes::from_static(&[7; 1 << 16])));
    let tail = Bytes::from_static(&[0; 1024]);
    let whole = stream::iter([head])
        .chain(content)
        .chain(stream::iter([tail]))
        .map(Ok);
    sandbox.copy_in(WORK.into(), whole.boxed()).await.unwrap();

    assert_eq!(
        output(&sandbox, "wc -c < big").await.trim(),
        SIZE.to_string()
    );
    let out = sandbox
        .copy_out(format!("{WORK}/big").as_str().into())
        .await
        .unwrap();
    let count = async |all: usize, chunk: Bytes| Ok(all + chunk.len());
    let length = out.try_fold(0, count).await.unwrap();
    assert!((SIZE + 512..SIZE + 20_000).contains(&length), "{length}");
}

// Witness: our reading; the other end of a copy is a download.
pub async fn a_stream_that_breaks_fails_the_copy(place: Place) {
    let sandbox = place.prepare("broken").await;
    let begin = collect(streamed(tar(&[("file", file(0o644, &"x".repeat(5000)))]))).await;
    let begin = Bytes::from(begin[..1024].to_vec());
    let broken = stream::iter([Ok(begin), Err(std::io::Error::other("the bucket is gone"))]);
    match sandbox.copy_in(WORK.into(), broken.boxed()).await {
        Err(SandboxError::Failed(text)) => assert!(text.contains("the bucket is gone"), "{text}"),
        other => panic!("{other:?}"),
    }
    output(&sandbox, "true").await;
}

// Witness: sandbox/mod.rs, `Sandbox::copy_in`: created when absent, and left alone when there.
pub async fn an_archive_without_entries_makes_the_directory(place: Place) {
    let sandbox = place.prepare("empty").await;
    let dir = format!("{WORK}/new/deep");
    for mode in ["drwxr-xr-x", "drwx------"] {
        sandbox
            .copy_in(dir.as_str().into(), streamed(tar(&[])))
            .await
            .unwrap();
        let listing = output(&sandbox, "ls -ld new/deep; chmod 700 new/deep").await;
        assert!(listing.starts_with(mode), "{listing}");
    }
}

// Witness: issue, "zip entries that escape".
pub async fn entries_that_lead_outside_and_odd_ones_are_refused(place: Place) {
    let sandbox = place.prepare("hostile").await;
    for (kind, name, why) in [
        (EntryType::Regular, "../escaped", "leads outside"),
        (EntryType::Directory, "a/../../escaped", "leads outside"),
        (EntryType::Regular, "/codebuild/escaped", "leads outside"),
        (EntryType::Char, "device", "is neither a file"),
        (EntryType::Fifo, "pipe", "is neither a file"),
    ] {
        let mut hostile = raw_entry(kind, name, "", b"");
        hostile.extend([0; 1024]);
        let dir = format!("{WORK}/in");
        match sandbox
            .copy_in(dir.as_str().into(), streamed(hostile))
            .await
        {
            Err(SandboxError::Failed(text)) => {
                assert!(text.contains(name) && text.contains(why), "{text}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(
        output(&sandbox, "ls -A . in 2>/dev/null | grep escaped; true").await,
        ""
    );
}
