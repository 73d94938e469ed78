"""A server that is killed while a build is in this or that phase: the build ends as a fault, and nothing of it is left."""

import pathlib
import socket
import subprocess
import threading
import time

import pytest
from conftest import need_docker
from test_pipeline import ROLE
from waiting import build_ends, until

COMMANDS = {"install": "INSTALL", "pre_build": "PRE_BUILD", "build": "BUILD", "post_build": "POST_BUILD"}


def project(server, source, artifacts=None):
    codebuild = server.client("codebuild")
    codebuild.create_project(
        name="app",
        source=source,
        artifacts=artifacts or {"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "slipway-test/busybox:latest", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=ROLE,
    )
    return codebuild


@pytest.fixture
def furnished(new_server):
    def make(*flags):
        server = new_server(*flags)
        trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        server.client("iam").create_role(RoleName=ROLE.split("/")[-1], AssumeRolePolicyDocument=trust)
        server.client("s3").create_bucket(Bucket="out")
        return server

    return make


def killed_in(server, codebuild, phase, seen=lambda: True):
    """Kills the server when the build is in the phase; the build after the restart."""
    id = codebuild.start_build(projectName="app")["build"]["id"]

    def there():
        build = codebuild.batch_get_builds(ids=[id])["builds"][0]
        assert build["currentPhase"] != "COMPLETED", build["phases"]
        return build["currentPhase"] == phase and seen()

    until(there, what=phase)
    server.kill()
    server.start()
    codebuild = server.client("codebuild")
    build = build_ends(codebuild, id)
    assert build["buildStatus"] == "FAULT", build
    broken = [of for of in build["phases"] if of.get("phaseStatus") not in (None, "SUCCEEDED")]
    assert [of["phaseType"] for of in broken] == [phase] and broken[0]["phaseStatus"] == "FAULT"
    assert "the server was restarted" in broken[0]["contexts"][0]["message"]
    assert build["phases"][-1]["phaseType"] == "COMPLETED"
    # The next build is not bothered.
    codebuild.update_project(name="app", source={"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: ['true']}}"})
    codebuild.update_project(name="app", artifacts={"type": "NO_ARTIFACTS"})
    again = build_ends(codebuild, codebuild.start_build(projectName="app")["build"]["id"])
    assert again["buildStatus"] == "SUCCEEDED", again
    until(lambda: list((server.folder / "data" / "builds").glob("*")) == [], what="no folder of a build")
    return id


def is_running(words):
    return subprocess.run(["pgrep", "-f", f"^{words}"], capture_output=True).returncode == 0


@pytest.mark.parametrize("phase", COMMANDS)
def test_a_kill_in_a_phase_of_commands_leaves_a_fault_and_no_process(furnished, tmp_path, phase):
    server = furnished("--builds", "host")
    mark, pause = tmp_path / "here", f"sleep 8642.{time.time_ns()}"
    text = f"version: 0.2\nphases: {{{phase}: {{commands: ['setsid {pause} & touch {mark}; {pause}']}}}}"
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": text})
    killed_in(server, codebuild, COMMANDS[phase], mark.exists)
    until(lambda: not is_running(pause), what="no process of the build")


def test_a_kill_in_a_container_leaves_a_fault_and_no_container(furnished):
    need_docker()
    server = furnished("--builds", "docker")
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [sleep 1000]}}"})
    id = killed_in(server, codebuild, "BUILD")
    listed = ["docker", "ps", "-aq", "--filter", f"label=slipway.sandbox={id.split(':')[1]}"]
    assert subprocess.run(listed, capture_output=True, text=True).stdout == ""


def test_a_kill_while_sources_are_fetched_leaves_a_fault(furnished):
    """The host of the repository takes the call and says nothing."""
    silent = socket.create_server(("127.0.0.1", 0))
    callers = []
    taking = threading.Thread(target=lambda: callers.append(silent.accept()), daemon=True)
    taking.start()
    server = furnished("--builds", "host")
    location = f"http://127.0.0.1:{silent.getsockname()[1]}/o/r.git"
    codebuild = project(server, {"type": "GITHUB_ENTERPRISE", "location": location})
    killed_in(server, codebuild, "DOWNLOAD_SOURCE", lambda: bool(callers))
    until(lambda: not is_running(f"git.*{location}"), what="no git")
    silent.close()


def test_a_kill_while_artifacts_are_packed_leaves_a_fault(furnished):
    server = furnished("--builds", "host")
    text = "version: 0.2\nphases: {build: {commands: [truncate -s 1G big]}}\nartifacts: {files: [big]}"
    target = {"type": "S3", "location": "out", "name": "packed", "packaging": "ZIP"}
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": text}, target)
    killed_in(server, codebuild, "UPLOAD_ARTIFACTS")
    assert server.client("s3").list_objects_v2(Bucket="out").get("Contents", []) == []
    temporary = pathlib.Path(server.folder / "data")
    assert sum(path.stat().st_size for path in temporary.rglob("*") if path.is_file()) < 200 << 20
