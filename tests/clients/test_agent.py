"""Revisions that are really installed: `slipway agent` as a process of its own, told what to do by the aws CLI, and `slipway deploy`."""

import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import zipfile

import pytest
from conftest import BINARY, ROOT, START_SECONDS
from test_deployments import ROLE, TRUST, answer, app_spec, prepared
from test_people import slipway
from waiting import until

EVENTS = ["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart", "ValidateService"]


def appspec(to, *, behavior="DISALLOW", **hooks):
    """An AppSpec that installs `web` to a folder; hooks are event=script."""
    scripts = {event: [{"location": script, "timeout": 20}] for event, script in hooks.items()}
    spec = {
        "version": 0.0,
        "os": "linux",
        "files": [{"source": "web", "destination": str(to)}],
        "file_exists_behavior": behavior,
        "permissions": [{"object": str(to), "pattern": "*.txt", "type": ["file"], "mode": "640"}],
        "hooks": scripts,
    }
    return json.dumps(spec)


def bundle(**files):
    """A zip; `__` in a name is a dot, `_SLASH_` a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name.replace("_SLASH_", "/").replace("__", "."), text)
    return buffer.getvalue()


class Host:
    """An agent and the folder that it installs to."""

    def __init__(self, server, folder):
        self.server, self.to, self.root = server, folder / "to", folder / "root"
        self.codedeploy, self.s3 = server.client("codedeploy"), server.client("s3")
        self.process, self.revisions = None, 0

    def start(self):
        command = [str(BINARY), "agent", "--instance-name", "web-1", "--register", "--tag", "env=test", "--root", str(self.root), "--json"]
        self.process = subprocess.Popen(
            command, env=self.server.shell(), cwd=self.server.folder, stdout=subprocess.PIPE, text=True
        )
        assert "arn:aws:iam::000000000000:user/web-1" in self.process.stdout.readline()
        return self

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=START_SECONDS)
        self.process.stdout.close()

    def deploy(self, content, *flags):
        """Uploads a revision and deploys it as a person would; the deployment's id."""
        self.revisions += 1
        key = f"app-{self.revisions}.zip"
        self.s3.put_object(Bucket="revisions", Key=key, Body=content)
        made = self.server.aws(
            *("deploy", "create-deployment", "--application-name", "app", "--deployment-group-name", "group"),
            *("--s3-location", f"bucket=revisions,key={key},bundleType=zip", *flags),
        )
        return json.loads(made)["deploymentId"]

    def ends(self, deployment):
        def probe():
            info = self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
            return info if "completeTime" in info else None

        return until(probe, what=f"the end of {deployment}")

    def events(self, deployment):
        [target] = self.codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
        got = self.codedeploy.get_deployment_target(deploymentId=deployment, targetId=target)
        return got["deploymentTarget"]["instanceTarget"]["lifecycleEvents"]

    def installed(self):
        return {path.name: path.read_text() for path in sorted(self.to.glob("*"))}


def group(server, **more):
    server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    server.client("s3").create_bucket(Bucket="revisions")
    codedeploy = server.client("codedeploy")
    codedeploy.create_application(applicationName="app", computePlatform="Server")
    codedeploy.create_deployment_group(
        applicationName="app",
        deploymentGroupName="group",
        serviceRoleArn=ROLE,
        deploymentConfigName="CodeDeployDefault.AllAtOnce",
        onPremisesInstanceTagFilters=[{"Key": "env", "Value": "test", "Type": "KEY_AND_VALUE"}],
        **more,
    )


@pytest.fixture
def host(server, tmp_path):
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    group(server, autoRollbackConfiguration=rollback)
    host = Host(server, tmp_path / "host")
    (tmp_path / "host").mkdir()
    yield host.start()
    host.end(signal.SIGKILL)


def test_a_revision_is_installed_and_its_scripts_run(host):
    script = f"#!/bin/sh\necho $LIFECYCLE_EVENT $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $BUNDLE_KEY >> {host.root}/said\n"
    spec = appspec(host.to, BeforeInstall="say.sh", ApplicationStart="say.sh")
    first = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="one", web_SLASH_old__txt="old", say__sh=script))
    info = host.ends(first)
    assert info["status"] == "Succeeded", info
    assert info["deploymentOverview"]["Succeeded"] == 1
    assert host.installed() == {"old.txt": "old", "page.txt": "one"}
    assert (host.to / "page.txt").stat().st_mode & 0o777 == 0o640
    events = host.events(first)
    assert [event["lifecycleEventName"] for event in events] == EVENTS
    assert {event["status"] for event in events} == {"Succeeded"}
    said = (host.root / "said").read_text().splitlines()
    assert said == ["BeforeInstall app group app-1.zip", "ApplicationStart app group app-1.zip"]

    # Contract codedeploy §8.6, "Layout", and the lines of `scripts.log`.
    shown = host.codedeploy.get_deployment_group(applicationName="app", deploymentGroupName="group")
    group_id = shown["deploymentGroupInfo"]["deploymentGroupId"]
    kept = host.root / group_id / first
    assert {path.name for path in kept.iterdir()} == {"bundle.tar", "deployment-archive", "logs"}
    assert (kept / "deployment-archive" / "web" / "page.txt").read_text() == "one"
    lines = (kept / "logs" / "scripts.log").read_text().splitlines()
    assert [line[20:] for line in lines] == [
        "LifecycleEvent - BeforeInstall",
        "Script - say.sh",
        "LifecycleEvent - ApplicationStart",
        "Script - say.sh",
    ]
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", line) for line in lines)
    files = {path.name: path.read_text() for path in (host.root / "deployment-instructions").iterdir()}
    assert set(files) == {group_id + end for end in ("-install.json", "-cleanup", "_last_successful_install", "_most_recent_install")}
    assert files[f"{group_id}_last_successful_install"] == files[f"{group_id}_most_recent_install"] == str(kept)

    # The next one takes the old one's files away, and stops it by the old one's script.
    (host.to / "by-hand").write_text("mine")
    spec = appspec(host.to, ApplicationStop="say.sh")
    second = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="two", say__sh=script))
    assert host.ends(second)["status"] == "Succeeded"
    assert host.installed() == {"by-hand": "mine", "page.txt": "two"}
    assert len((host.root / "said").read_text().splitlines()) == 2


def test_a_failing_script_is_told_and_rolled_back(host):
    good = host.deploy(bundle(appspec__yml=appspec(host.to), web_SLASH_page__txt="good"))
    assert host.ends(good)["status"] == "Succeeded"
    spec = appspec(host.to, AfterInstall="check.sh")
    bad = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="bad", check__sh="#!/bin/sh\necho no good\nexit 3\n"))
    info = host.ends(bad)
    assert info["status"] == "Failed" and info["errorInformation"]["code"] == "HEALTH_CONSTRAINTS"
    events = {event["lifecycleEventName"]: event for event in host.events(bad)}
    assert events["AfterInstall"]["status"] == "Failed" and events["ApplicationStart"]["status"] == "Skipped"
    diagnostics = events["AfterInstall"]["diagnostics"]
    assert diagnostics["errorCode"] == "ScriptFailed" and diagnostics["scriptName"] == "check.sh"
    assert diagnostics["message"] == "Script at specified location: check.sh failed with exit code 3"
    assert "[stdout]no good" in diagnostics["logTail"]
    back = until(
        lambda: host.codedeploy.get_deployment(deploymentId=bad)["deploymentInfo"].get("rollbackInfo", {}).get("rollbackDeploymentId"),
        what="the rollback",
    )
    assert host.ends(back)["status"] == "Succeeded"
    assert host.installed() == {"page.txt": "good"}


def test_files_in_the_way_fail_unless_they_may_be_replaced(host):
    host.to.mkdir()
    (host.to / "page.txt").write_text("mine")
    refused = host.deploy(bundle(appspec__yml=appspec(host.to), web_SLASH_page__txt="new"))
    assert host.ends(refused)["status"] == "Failed"
    [install] = [event for event in host.events(refused) if event["lifecycleEventName"] == "Install"]
    text = f"The deployment failed because a specified file already exists at this location: {host.to}/page.txt"
    assert install["diagnostics"]["message"] == text and install["diagnostics"]["errorCode"] == "UnknownError"
    replaced = host.deploy(bundle(appspec__yml=appspec(host.to, behavior="OVERWRITE"), web_SLASH_page__txt="new"))
    assert host.ends(replaced)["status"] == "Succeeded"
    assert host.installed() == {"page.txt": "new"}


def test_an_appspec_whose_version_is_a_text_fails_on_the_instance(host):
    """Witness: contract codedeploy §8.5 `version`, §10.4 check 10."""
    spec = appspec(host.to).replace('"version": 0.0', '"version": "0.0"')
    deployment = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="x"))
    assert host.ends(deployment)["status"] == "Failed"
    events = host.events(deployment)
    assert [event["status"] for event in events[:3]] == ["Succeeded", "Succeeded", "Failed"]
    diagnostics = events[2]["diagnostics"]
    assert diagnostics["errorCode"] == "UnknownError"
    assert diagnostics["message"].startswith("The deployment failed because an invalid version value (0.0)")
    assert host.installed() == {}


def test_an_agent_that_was_killed_fails_what_it_was_doing(host):
    going = host.root / "going"
    script = f"#!/bin/sh\ntouch {going}\nexec sleep 20\n"
    spec = appspec(host.to, BeforeInstall="wait.sh")
    deployment = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="x", wait__sh=script))
    until(going.exists, what="the script")
    host.end(signal.SIGKILL)
    host.start()
    assert host.ends(deployment)["status"] == "Failed"
    [event] = [event for event in host.events(deployment) if event["lifecycleEventName"] == "BeforeInstall"]
    assert event["diagnostics"]["message"] == "Failed: Failing in-progress lifecycle event after an agent restart."


def test_a_server_that_was_killed_hears_how_it_ended(host):
    going, go = host.root / "going", host.root / "go"
    script = f"#!/bin/sh\ntouch {going}\nwhile [ ! -e {go} ]; do sleep 0.1; done\ntouch {host.root}/gone\n"
    spec = appspec(host.to, BeforeInstall="wait.sh")
    deployment = host.deploy(bundle(appspec__yml=spec, web_SLASH_page__txt="x", wait__sh=script))
    until(going.exists, what="the script")
    host.server.kill()
    go.touch()
    until((host.root / "gone").exists, what="the end of the script")
    host.server.start()
    info = host.ends(deployment)
    assert info["status"] == "Succeeded", info
    assert host.installed() == {"page.txt": "x"}


@pytest.fixture
def project(tmp_path):
    """A folder to deploy."""
    project = tmp_path / "shop"
    (project / "web").mkdir(parents=True)
    (project / "web" / "page.txt").write_text("hello")
    (project / "appspec.yml").write_text(appspec(tmp_path / "to"))
    return project


def deploy(server, project, *flags, check=None, **environment):
    root = str(project.parent / "root")
    return slipway(server, "deploy", str(project), "--root", root, *flags, check=check, **environment)


def test_a_folder_is_deployed_to_this_host_without_a_server(shared, project):
    to, nowhere = project.parent / "to", {"AWS_ENDPOINT_URL": ""}
    done = deploy(shared, project, check=0, **nowhere)
    for event in EVENTS:
        assert f"/ {event}: succeeded" in done.stdout, done.stdout
    assert (to / "page.txt").read_text() == "hello" and "Succeeded" in done.stdout.splitlines()[-1]

    # The next server knows nothing of the first; the host does.
    (project / "web" / "page.txt").rename(project / "web" / "other.txt")
    deploy(shared, project, check=0, **nowhere)
    assert [path.name for path in to.glob("*")] == ["other.txt"]

    (project / "appspec.yml").write_text(appspec(to, ValidateService="check.sh"))
    (project / "check.sh").write_text("#!/bin/sh\necho not well\nexit 7\n")
    done = deploy(shared, project, check=1, **nowhere)
    assert "check.sh failed with exit code 7" in done.stderr and "[stdout]not well" in done.stdout


def test_the_example_is_deployed(shared, tmp_path):
    example, to = ROOT / "examples" / "hello-deploy", pathlib.Path("/tmp/slipway-hello")
    shutil.rmtree(to, ignore_errors=True)
    for _ in range(2):
        slipway(shared, "deploy", str(example), "--root", str(tmp_path / "root"), check=0, AWS_ENDPOINT_URL="")
        assert "Hello from this host!" in (to / "index.html").read_text()
    logs = [path.read_text() for path in tmp_path.glob("root/*/*/logs/scripts.log")]
    assert any("hello-deploy makes way for d-" in log for log in logs), logs
    shutil.rmtree(to)


def test_a_folder_is_deployed_with_a_running_server(server, project):
    done = deploy(server, project, "--json", check=0)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["succeeded"] and (project.parent / "to" / "page.txt").read_text() == "hello"
    [deployment] = [line["deploymentId"] for line in lines if "deploymentId" in line]
    info = server.client("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    assert (info["applicationName"], info["deploymentGroupName"], info["status"]) == ("shop", "slipway", "Succeeded")
    # A group that was made for this host is known again, by its name too.
    for flags in ([], ["--application", "shop", "--group", "slipway"]):
        assert "/ ValidateService: succeeded" in deploy(server, project, *flags, check=0).stdout
    done = deploy(server, project, "--no-wait", check=2)
    assert "this host is deployed to by this very command" in done.stderr


def test_what_cannot_be_deployed_is_said(shared, project, tmp_path):
    assert "has no appspec.yml" in slipway(shared, "deploy", str(tmp_path), check=2).stderr
    assert "cannot read the folder" in slipway(shared, "deploy", str(tmp_path / "absent"), check=2).stderr
    done = deploy(shared, project, "--no-wait", check=2, AWS_ENDPOINT_URL="")
    assert "--no-wait needs --endpoint" in done.stderr
    done = slipway(shared, "agent", "--instance-name", "nobody", "--root", str(tmp_path / "r"), check=2)
    assert "--register does it" in done.stderr
    done = slipway(shared, "agent", "--host-identifier", "arn:aws:iam::000000000000:user/nobody", "--root", str(tmp_path / "r"), "--once", check=2)
    assert "No on-premises instance is registered" in done.stderr
    done = slipway(shared, "agent", "--root", str(tmp_path / "r"), check=2)
    assert "--host-identifier" in done.stderr and os.path.exists(tmp_path)


def test_a_group_that_is_there_is_deployed_to_by_its_own_agents(host, project):
    done = deploy(host.server, project, "--application", "app", "--group", "group", check=0)
    assert "web-1 / Install: succeeded" in done.stdout
    assert (project.parent / "to" / "page.txt").read_text() == "hello"
    assert (host.root / "deployment-instructions").exists() and not (project.parent / "root").exists()


def test_a_function_is_deployed_from_a_folder(server, tmp_path):
    functions = functions_of(server)
    (tmp_path / "appspec.json").write_text(app_spec("1", "2"))
    flags = ["--application", "app", "--group", "group"]
    done = slipway(server, "deploy", str(tmp_path), *flags, check=0)
    assert "f:live / AllowTraffic: succeeded" in done.stdout and answer(functions) == 2
    # A version that the alias is not at.
    done = slipway(server, "deploy", str(tmp_path), "--application", "other", check=1)
    assert "Failed" in done.stderr
    (tmp_path / "appspec.json").write_text(app_spec("2", "1"))
    slipway(server, "deploy", str(tmp_path), "--application", "other", check=0)
    assert answer(functions) == 1
    done = slipway(server, "deploy", str(tmp_path), check=2, AWS_ENDPOINT_URL="")
    assert "name the server that has it with --endpoint" in done.stderr


def functions_of(server):
    """A client of Lambda, of a server with the function `f` at version 1."""
    return prepared(server).client("lambda")
