"""What a person meets on the command line: the demo, a build of a folder, and the truth of their exit codes."""

import json
import subprocess

import pytest
from conftest import BINARY, ROOT, need_docker

IMAGE = "slipway-test/busybox:latest"


def slipway(*arguments, cwd=None):
    return subprocess.run([str(BINARY), *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)


def left_of(pid):
    """Containers and networks of a process, by the label that says who made them: `<boot>/<namespace>/<pid>/<start>`."""
    left = []
    for listed in (["ps", "-a"], ["network", "ls"]):
        shown = ["--filter", "label=slipway.owner", "--format", '{{.ID}} {{.Label "slipway.owner"}}']
        lines = subprocess.run(["docker", *listed, *shown], capture_output=True, text=True, check=True).stdout.splitlines()
        left += [line for line in lines if line.split("/")[-2] == str(pid)]
    return left


def test_the_demo_succeeds_on_the_host(tmp_path):
    done = slipway("demo", "--builds", "host", "--out", str(tmp_path / "site"))
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "index.html").read_text()
    assert "Hello!" in page and "Build number 1, started by codepipeline/hello-pipeline" in page
    for step in ("Source / Zip", "Build / Render", "Deploy / Publish"):
        assert f"{step}: succeeded" in done.stdout


def test_the_demo_succeeds_in_a_container_and_leaves_nothing(tmp_path):
    need_docker()
    command = [str(BINARY), "demo", "--builds", "docker", "--image", IMAGE, "--out", str(tmp_path / "site")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        seen = set()
        for line in demo.stdout:
            seen |= set(left_of(demo.pid))
            print(line, end="")
    assert demo.returncode == 0
    assert seen, "its container and its network were there"
    assert (tmp_path / "site" / "about.html").exists()
    assert left_of(demo.pid) == []


def test_a_demo_that_cannot_pull_its_image_says_so(tmp_path):
    need_docker()
    done = slipway("demo", "--builds", "docker", "--image", "slipway.invalid/no/such:image", "--quiet")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE" in done.stderr


def test_json_lines_are_json():
    done = slipway("demo", "--builds", "host", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["succeeded"] is True
    assert {"step": "Build / Render", "status": "succeeded", "detail": ""} in lines


def test_a_folder_is_built_here_and_now(tmp_path):
    done = slipway("build", str(ROOT / "examples" / "hello-pipeline"), "--host", "--out", str(tmp_path / "public"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == ["about.html", "index.html"]
    assert "Running command sh check.sh site" in done.stdout


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("version: 0.2\nphases: {build: {commands: [exit 3]}}", "Error while executing command: exit 3. Reason: exit status 3"),
        ("version: 0.2\nphases: {build: {commands: ['echo a: b': c]}}", "YAML_FILE_ERROR"),
        ("version: 9", "invalid buildspec `version` specified: 9, see documentation"),
        ("version: 0.2\nphases: [", "YAML_FILE_ERROR"),
    ],
)
def test_a_failing_build_fails_the_command(tmp_path, spec, said):
    (tmp_path / "buildspec.yml").write_text(spec)
    done = slipway("build", str(tmp_path), "--host")
    assert done.returncode == 1
    assert said in done.stdout + done.stderr


def test_a_folder_without_a_buildspec_is_refused(tmp_path):
    done = slipway("build", str(tmp_path), "--host")
    assert done.returncode == 1
    assert "buildspec.yml: no such file or directory" in done.stdout + done.stderr


def test_wrong_flags_exit_with_two():
    assert slipway("serve", "--listen", "nowhere").returncode == 2
    assert slipway("frobnicate").returncode == 2
