"""The README's examples, executed word for word; only the port is another one."""

import re
import shutil

import pytest
from conftest import BINARY, ROOT, Server
from waiting import build_ends, until

EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```\w+\n(.*?)```", re.S)


def examples(port):
    text = (ROOT / "README.md").read_text()
    found = [(kind, body.replace(":4566", f":{port}")) for kind, body in EXAMPLE.findall(text)]
    assert [kind for kind, _ in found] == ["shell", "shell", "python", "shell", "shell", "shell"]
    return [body for _, body in found]


class Reader:
    """Types what the README says, in one folder that has the examples."""

    def __init__(self, server, work):
        self.server, self.work = server, work
        self.setup, self.look, self.python, self.ask, self.answer, self.copy = examples(server.port)
        self.codepipeline = server.client("codepipeline")
        work.mkdir()
        shutil.copytree(ROOT / "examples", work / "examples")
        self.type(self.setup)
        until(lambda: self.statuses("hello") == ["Succeeded"], what="the README's pipeline")

    def type(self, text):
        exports = self.setup.split("\n\n")[0]
        return self.server.run("bash", "-euo", "pipefail", "-c", exports + "\n" + text, cwd=self.work).stdout

    def statuses(self, pipeline):
        """The newest execution's first; none has failed."""
        runs = self.codepipeline.list_pipeline_executions(pipelineName=pipeline)["pipelineExecutionSummaries"]
        assert all(run["status"] in ("InProgress", "Succeeded") for run in runs), runs
        return [run["status"] for run in runs]

    def site(self, prefix):
        s3 = self.server.client("s3")
        return {each["Key"]: each["LastModified"] for each in s3.list_objects_v2(Bucket="hello-site", Prefix=prefix).get("Contents", [])}


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """The server that the README's first example has filled; what comes after it stands alone."""
    folder = tmp_path_factory.mktemp("readme")
    server = Server(folder, "--builds", "host").start()
    yield Reader(server, folder / "clone")
    server.kill()


def test_the_readme_does_what_it_says(reader):
    server = reader.server
    shown = reader.type(reader.look)
    assert "www/index.html" in shown and "www/about.html" in shown
    assert "Rendered 2 pages" in shown

    page = server.client("s3").get_object(Bucket="hello-site", Key="www/index.html")["Body"].read().decode()
    assert "Hello!" in page and "started by codepipeline/hello" in page

    printed = server.run("python", "-c", reader.python, cwd=reader.work).stdout.split()
    assert printed[0].startswith("hello:") and printed[1] == "IN_PROGRESS"
    build = build_ends(server.client("codebuild"), printed[0])
    assert build["buildStatus"] == "SUCCEEDED"


def test_the_readmes_pipeline_asks_a_person(reader):
    reader.type(reader.ask)
    deployed = reader.site("www/")

    def asked():
        stage = reader.codepipeline.get_pipeline_state(name="hello")["stageStates"][2]
        assert stage["stageName"] == "Ask"
        return stage["actionStates"][0].get("latestExecution", {}).get("token")

    until(asked, what="the README's question")
    assert "Publish the pages?" in reader.server.run(str(BINARY), "status").stdout
    assert reader.statuses("hello") == ["InProgress", "Succeeded"] and reader.site("www/") == deployed, "it waits"
    reader.type(reader.answer)
    until(lambda: reader.statuses("hello") == ["Succeeded"] * 2, what="the end after the answer")
    again = reader.site("www/")
    assert set(again) == set(deployed) and all(again[key] > deployed[key] for key in again), "deployed anew"


def test_the_readmes_pipeline_without_a_build(reader):
    reader.type(reader.copy)
    until(lambda: reader.statuses("copy") == ["Succeeded"], what="the copy")
    s3 = reader.server.client("s3")
    wanted = (ROOT / "examples" / "hello-pipeline" / "render.sh").read_bytes()
    assert s3.get_object(Bucket="hello-site", Key="copy/render.sh")["Body"].read() == wanted
    assert "copy/site/index.html" in reader.site("copy/")
