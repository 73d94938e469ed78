"""`slipway build`: variables, secrets, versions, phases, batches, reports, caches, and what is left when it is interrupted."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
import xml.etree.ElementTree as xml

import pytest
from conftest import BINARY, need_docker

IMAGE = "slipway-test/busybox:latest"
PLACES = [pytest.param(["--host"], id="host"), pytest.param(["--builds", "docker", "--image", IMAGE], id="docker")]
JUNIT = '<testsuite name="s"><testcase classname="c" name="good"/><testcase classname="c" name="bad"><failure message="why"/></testcase></testsuite>'


def build(*arguments, check=None, **environment):
    done = subprocess.run(
        [str(BINARY), "build", *map(str, arguments)], env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert check is None or done.returncode == check, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done


@pytest.fixture
def app(tmp_path):
    """A folder and what its buildspec says."""

    def written(spec, **files):
        folder = tmp_path / "app"
        folder.mkdir(exist_ok=True)
        (folder / "buildspec.yml").write_text(spec)
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder

    return written


def docker(*arguments):
    return subprocess.run(["docker", *arguments], capture_output=True, text=True).stdout.split()


class Traces:
    """What a build of the id that it prints as `id PROJECT:UUID` may leave behind: a container, a network, temporary folders."""

    def __init__(self, temporary):
        self.temporary, self.uuid, self.instance = temporary, "", ""
        temporary.mkdir()

    def learn(self, said):
        [self.uuid] = set(re.findall(r"id app:([0-9a-f-]{36})", said))
        found = docker("ps", "-aq", "--filter", f"label=slipway.sandbox={self.uuid}")
        if found:
            self.instance = docker("inspect", "-f", '{{index .Config.Labels "slipway.instance"}}', *found)[0]
        return found

    def are_gone(self):
        assert docker("ps", "-aq", "--filter", f"label=slipway.sandbox={self.uuid}") == []
        assert not self.instance or docker("network", "ls", "-q", "--filter", f"label=slipway.instance={self.instance}") == []
        assert list(self.temporary.iterdir()) == []


def test_variables_and_secrets_reach_the_commands_and_secrets_stay_out_of_the_log(app, tmp_path):
    spec = """
version: 0.2
env:
  secrets-manager: {KEY: '/app/db'}
  parameter-store: {SAME: '/app/db'}
phases:
  build:
    commands:
      - echo "plain $A $B"
      - test "$TOKEN $KEY $SAME" = "hushed silent silent" && echo "shown $TOKEN $KEY"
"""
    (tmp_path / "vars").write_text("# of the file\nA=from file\nB=overridden\n")
    (tmp_path / "token").write_text("hushed\n")
    (tmp_path / "db").write_text("silent\n")
    secrets = ["--secret", f"TOKEN={tmp_path / 'token'}", "--secret", f"/app/db={tmp_path / 'db'}"]
    done = build(app(spec), "--host", "--env-file", tmp_path / "vars", "--env", "B=from flag", *secrets, check=0)
    assert "\nplain from file from flag\n" in done.stdout
    assert "\nshown *** ***\n" in done.stdout
    assert "hushed" not in done.stdout + done.stderr and "silent" not in done.stdout + done.stderr
    done = build(app(spec), "--host", "--secret", "TOKEN=/absent", check=1)
    assert "cannot read the secret TOKEN in /absent" in done.stderr
    assert build(app(spec), "--host", "--env", "nothing").returncode == 2


def git(folder, *arguments):
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_a_version_of_the_repository_is_built(app):
    folder = app("version: 0.2\nphases: {build: {commands: ['cat word', 'echo is $CODEBUILD_RESOLVED_SOURCE_VERSION']}}", word="first\n")
    done = build(folder, "--host", "--source-version", "v1", check=1)
    assert "has no .git" in done.stderr
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "tag", "v1")
    first = git(folder, "rev-parse", "HEAD")
    (folder / "word").write_text("second\n")
    git(folder, "commit", "--quiet", "-am", "second")
    (folder / "word").write_text("not committed\n")
    done = build(folder, "--host", "--source-version", "v1", check=0)
    assert "\nfirst\n" in done.stdout and f"\nis {first}\n" in done.stdout
    assert "\nsecond\n" in build(folder, "--host", "--source-version", "main", check=0).stdout
    assert "\nnot committed\n" in build(folder, "--host", check=0).stdout
    done = build(folder, "--host", "--source-version", "absent", check=1)
    assert "absent" in done.stderr


def test_a_build_ends_after_the_phase_that_is_named(app, tmp_path):
    spec = """
version: 0.2
phases:
  install: {commands: ['echo in install']}
  pre_build: {commands: ['echo in pre']}
  build: {commands: ['echo in build', 'exit $CODE']}
  post_build: {commands: ['echo in post']}
artifacts: {files: ['absent']}
"""
    folder = app(spec)
    done = build(folder, "--host", "--phase", "pre_build", check=0)
    assert "\nin install\n" in done.stdout and "\nin pre\n" in done.stdout
    assert "in build\n" not in done.stdout.replace("echo in build\n", "") and "POST_BUILD" not in done.stdout.split("Phases found")[1].split("Entering")[1]
    done = build(folder, "--host", "--phase", "build", "--env", "CODE=3", check=1)
    assert "\nin build\n" in done.stdout and "UPLOAD_ARTIFACTS" not in done.stdout
    assert "Error while executing command: exit $CODE. Reason: exit status 3" in done.stderr
    assert build(folder, "--host", "--phase", "BUILD").returncode == 2


def test_a_batch_shows_each_of_its_builds(app, tmp_path):
    spec = """
version: 0.2
batch:
  build-graph:
    - {identifier: first, env: {variables: {WORD: one}}}
    - {identifier: second, depend-on: [first], env: {variables: {WORD: two}}}
phases: {build: {commands: ['echo "word $WORD"', 'echo $WORD > word.txt', 'test "$WORD" != "$BAD"']}}
artifacts: {files: [word.txt]}
"""
    folder = app(spec)
    out = tmp_path / "out"
    done = build(folder, "--host", "--batch", "--out", out, f"--json={tmp_path / 'sum.json'}", check=0)
    lines = [line.split(" | ", 1) for line in done.stdout.splitlines() if " | " in line]
    said = {(name.strip(), text) for name, text in lines}
    assert ("first", "word one") in said and ("second", "word two") in said
    assert "second: succeeded" in done.stdout and "Batch SUCCEEDED" in done.stdout
    assert sorted(path.read_text() for path in out.rglob("word.txt")) == ["one\n", "two\n"]
    summary = json.loads((tmp_path / "sum.json").read_text())
    assert [each["group"] for each in summary["builds"]] == ["DOWNLOAD_SOURCE", "first", "second"]
    done = build(folder, "--host", "--batch", "--env", "BAD=one", "--quiet", check=1)
    assert done.stdout == "" and "Batch FAILED: first, BUILD: Error while executing command" in done.stderr


@pytest.mark.parametrize("place", PLACES)
def test_reports_are_told_to_people_and_tools(app, tmp_path, place):
    if "docker" in place:
        need_docker()
    spec = """
version: 0.2
env: {exported-variables: [MADE]}
phases: {build: {commands: ['MADE=yes', 'true']}}
reports: {unit: {files: [junit.xml]}}
"""
    folder = app(spec, **{"junit.xml": JUNIT})
    done = build(folder, *place, "--report", "--junit", tmp_path / "out.xml", f"--json={tmp_path / 'out.json'}", check=0)
    assert "Report app-unit: FAILED, 2 test cases, 1 failed, 1 succeeded" in done.stdout and "✗ c.bad: why" in done.stdout
    suites = {suite.get("name"): suite for suite in xml.parse(tmp_path / "out.xml").getroot()}
    assert suites["app: app-unit"].get("failures") == "1" and suites["app"].get("failures") == "0"
    assert [case.get("name") for case in suites["app"]][4] == "INSTALL"
    summary = json.loads((tmp_path / "out.json").read_text())
    [made] = summary["builds"]
    assert summary["succeeded"] is True and made["exportedVariables"] == {"MADE": "yes"}
    assert made["reports"][0]["failed"] == [{"prefix": "c", "name": "bad", "message": "why"}]
    (folder / "junit.xml").unlink()
    done = build(app("version: 0.2\nphases: {build: {commands: [exit 7]}}"), *place, "--junit", tmp_path / "out.xml", "--report", check=1)
    assert "The build made no reports." in done.stdout
    [failed] = xml.parse(tmp_path / "out.xml").getroot().iter("failure")
    assert failed.get("type") == "COMMAND_EXECUTION_ERROR" and failed.get("message").endswith("Reason: exit status 7")


@pytest.mark.parametrize("place", PLACES)
def test_caches_last_from_one_run_to_the_next(app, tmp_path, place):
    if "docker" in place:
        need_docker()
    spec = """
version: 0.2
phases: {build: {commands: ['echo "found $(cat kept/file)"', 'mkdir -p kept && echo earlier > kept/file']}}
cache: {paths: ['kept/**/*']}
"""
    folder, cache = app(spec), tmp_path / "cache"
    assert "\nfound \n" in build(folder, *place, "--cache", cache, check=0).stdout
    assert "\nfound earlier\n" in build(folder, *place, "--cache", cache, check=0).stdout
    assert "\nfound \n" in build(folder, *place, check=0).stdout
    assert "\nfound earlier\n" in build(folder, *place, check=0, SLIPWAY_BUILD_CACHE=str(cache)).stdout


class Terminal:
    """A command with a terminal of its own."""

    def __init__(self, *arguments, **environment):
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.execve(str(BINARY), [str(BINARY), "build", *map(str, arguments)], os.environ | environment)
        self.seen = ""

    def sees(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < end, f"no {text!r} in {self.seen!r}"
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.screen, 65536).decode(errors="replace")
                except OSError:
                    break
        assert text in self.seen, f"no {text!r} in {self.seen!r}"

    def plain(self):
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.seen).replace("\r", "\n")

    def types(self, text):
        self.seen = ""
        os.write(self.screen, text.encode())

    def ends(self):
        while True:
            try:
                more = os.read(self.screen, 65536).decode(errors="replace")
            except OSError:
                break
            if not more:
                break
            self.seen += more
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize("place", PLACES)
def test_a_shell_opens_where_a_command_failed(app, tmp_path, place):
    if "docker" in place:
        need_docker()
    traces = Traces(tmp_path / "tmp")
    spec = """
version: 0.2
phases:
  build: {commands: ['printf "\\nid $CODEBUILD_BUILD_ID\\n"; mkdir sub && cd sub && WORD=known', 'touch here; false']}
  post_build: {commands: ['echo after $(cat fixed)']}
"""
    folder = app(spec)
    done = build(folder, *place, "--shell-on-failure", check=1)
    assert "--shell-on-failure needs a terminal" in done.stderr
    terminal = Terminal(folder, *place, "--shell-on-failure", TMPDIR=str(traces.temporary))
    terminal.sees("This is a shell where it ran")
    assert bool(traces.learn(terminal.plain())) == ("docker" in place)
    terminal.types('echo "$WORD-$(ls)-${PWD##*/}"; test -t 0 && echo a"-"tty\n')
    terminal.sees("known-here-sub")
    terminal.sees("a-tty")
    terminal.types("echo repaired > fixed; exit 5\n")
    terminal.sees("after repaired")
    assert terminal.ends() == 1
    traces.are_gone()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(app, tmp_path, place, how):
    if "docker" in place:
        need_docker()
    traces = Traces(tmp_path / "tmp")
    pause = f"7531.{os.getpid()}{int(how)}{len(place)}"
    folder = app(f"version: 0.2\nphases: {{build: {{commands: ['echo id $CODEBUILD_BUILD_ID; trap : TERM INT; echo running; sleep {pause}']}}}}")
    started = subprocess.Popen(
        [str(BINARY), "build", str(folder), *place], env=os.environ | {"TMPDIR": str(traces.temporary)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said = ""
    while not said.endswith("\nrunning\n"):
        said += started.stdout.readline()
    assert bool(traces.learn(said)) == ("docker" in place)
    started.send_signal(how)
    _, error = started.communicate(timeout=60)
    assert started.returncode == 130 and "interrupted" in error
    assert subprocess.run(["pgrep", "-f", f"^sleep {pause}"], capture_output=True).returncode == 1
    traces.are_gone()
