"""A server that is killed while a build is in this or that phase: the build ends as a fault, and nothing of it is left.

Only a build in the queue has lost nothing: it is run by the server that comes next.
"""

import pathlib
import socket
import subprocess
import threading
import time

import pytest
from conftest import need_docker
from test_pipeline import ROLE
from waiting import build_ends, until

ENVIRONMENT = {"type": "LINUX_CONTAINER", "image": "slipway-test/busybox:latest", "computeType": "BUILD_GENERAL1_SMALL"}
# As many builds run at the same time.
AT_ONCE = 20
COMMANDS = {"install": "INSTALL", "pre_build": "PRE_BUILD", "build": "BUILD", "post_build": "POST_BUILD"}


def project(server, source, artifacts=None, **environment):
    codebuild = server.client("codebuild")
    codebuild.create_project(
        name="app",
        source=source,
        artifacts=artifacts or {"type": "NO_ARTIFACTS"},
        environment=ENVIRONMENT | environment,
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
    the_next_build_is_not_bothered(server, codebuild)
    return id


def the_next_build_is_not_bothered(server, codebuild):
    codebuild.update_project(name="app", source={"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: ['true']}}"})
    codebuild.update_project(name="app", artifacts={"type": "NO_ARTIFACTS"}, environment=ENVIRONMENT)
    again = build_ends(codebuild, codebuild.start_build(projectName="app")["build"]["id"])
    assert again["buildStatus"] == "SUCCEEDED", again
    until(lambda: list((server.folder / "data" / "builds").glob("*")) == [], what="no folder of a build")


def is_running(words):
    return subprocess.run(["pgrep", "-f", f"^{words}"], capture_output=True).returncode == 0


def test_a_build_in_the_queue_is_run_after_a_kill_and_those_before_it_are_faults(furnished, tmp_path):
    """Witness: product.md §1, builds "resume or end in a truthful state after a restart"."""
    server = furnished("--builds", "host")
    pause = f"sleep 8641.{time.time_ns()}"
    held = f"if [ -e {tmp_path}/free ]; then echo free; else {pause}; fi"
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": f"version: 0.2\nphases: {{build: {{commands: ['{held}']}}}}"})
    ids = [codebuild.start_build(projectName="app")["build"]["id"] for _ in range(AT_ONCE + 1)]

    def phases():
        builds = codebuild.batch_get_builds(ids=ids)["builds"]
        return sorted(build["currentPhase"] for build in builds)

    until(lambda: phases() == ["BUILD"] * AT_ONCE + ["QUEUED"], what="one build that waits")
    [waits] = [build["id"] for build in codebuild.batch_get_builds(ids=ids)["builds"] if build["currentPhase"] == "QUEUED"]
    server.kill()
    (tmp_path / "free").touch()
    server.start()
    codebuild = server.client("codebuild")
    ends = {id: build_ends(codebuild, id) for id in ids}
    assert ends[waits]["buildStatus"] == "SUCCEEDED", ends[waits]
    assert {end["buildStatus"] for id, end in ends.items() if id != waits} == {"FAULT"}
    assert [of["phaseStatus"] for of in ends[waits]["phases"][:-1]] == ["SUCCEEDED"] * 10
    assert sorted(end["buildNumber"] for end in ends.values()) == list(range(1, AT_ONCE + 2))
    the_next_build_is_not_bothered(server, codebuild)
    until(lambda: not is_running(pause), what="no process of the builds")


def test_a_kill_while_an_image_is_pulled_leaves_a_fault_and_no_container(furnished):
    """The registry takes the call and says nothing."""
    need_docker()
    silent = socket.create_server(("127.0.0.1", 0))
    callers = []
    taking = threading.Thread(target=lambda: callers.append(silent.accept()), daemon=True)
    taking.start()
    server = furnished("--builds", "docker")
    image = f"127.0.0.1:{silent.getsockname()[1]}/never/there:1"
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: ['true']}}"}, image=image)
    id = killed_in(server, codebuild, "PROVISIONING", lambda: bool(callers))
    silent.close()
    listed = ["docker", "ps", "-aq", "--filter", f"label=slipway.sandbox={id.split(':')[1]}"]
    assert subprocess.run(listed, capture_output=True, text=True).stdout == ""


def test_a_kill_in_finalizing_leaves_a_fault_and_no_process(furnished, tmp_path):
    """The last command puts a pipe that nobody writes to in place of the variables it leaves: who reads them waits."""
    server = furnished("--builds", "host")
    variables = "../../tmp/env.sh"
    pipe = f"cd $CODEBUILD_SRC_DIR; rm {variables} && mkfifo {variables} && touch {tmp_path}/here; exit 0"
    text = f"""version: 0.2
env: {{exported-variables: [A], variables: {{CODEBUILD_CONFIG_AUTO_DISCOVER: "false"}}}}
phases: {{build: {{commands: ['echo made > made']}}, post_build: {{commands: ['{pipe}']}}}}
artifacts: {{files: [made]}}
"""
    target = {"type": "S3", "location": "out", "name": "whole", "packaging": "ZIP"}
    codebuild = project(server, {"type": "NO_SOURCE", "buildspec": text}, target)
    killed_in(server, codebuild, "FINALIZING", (tmp_path / "here").exists)
    # What was uploaded before is there, whole: the build that made it tells of it.
    assert [each["Key"] for each in server.client("s3").list_objects_v2(Bucket="out")["Contents"]] == ["whole"]


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
