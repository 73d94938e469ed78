"""The README's examples, executed word for word; only the port is another one."""

import re
import shutil

from conftest import ROOT
from waiting import build_ends, until

EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```\w+\n(.*?)```", re.S)


def examples(port):
    text = (ROOT / "README.md").read_text()
    found = [(kind, body.replace(":4566", f":{port}")) for kind, body in EXAMPLE.findall(text)]
    assert [kind for kind, _ in found] == ["shell", "shell", "python"]
    return [body for _, body in found]


def test_the_readme_does_what_it_says(server, tmp_path):
    setup, look, python = examples(server.port)
    work = tmp_path / "clone"
    work.mkdir()
    shutil.copytree(ROOT / "examples", work / "examples")
    server.run("bash", "-euo", "pipefail", "-c", setup, cwd=work)

    codepipeline = server.client("codepipeline")

    def succeeded():
        runs = codepipeline.list_pipeline_executions(pipelineName="hello")["pipelineExecutionSummaries"]
        assert all(run["status"] in ("InProgress", "Succeeded") for run in runs), runs
        return any(run["status"] == "Succeeded" for run in runs)

    until(succeeded, what="the README's pipeline")
    exports = setup.split("\n\n")[0]
    shown = server.run("bash", "-euo", "pipefail", "-c", exports + "\n" + look, cwd=work).stdout
    assert "www/index.html" in shown and "www/about.html" in shown
    assert "Rendered 2 pages" in shown

    page = server.client("s3").get_object(Bucket="hello-site", Key="www/index.html")["Body"].read().decode()
    assert "Hello!" in page and "started by codepipeline/hello" in page

    printed = server.run("python", "-c", python, cwd=work).stdout.split()
    assert printed[0].startswith("hello:") and printed[1] == "IN_PROGRESS"
    build = build_ends(server.client("codebuild"), printed[0])
    assert build["buildStatus"] == "SUCCEEDED"
