"""Waiting for a condition that somebody else's client can only see by asking."""

import time

PAUSE = 0.05


def until(probe, seconds=60, what="the condition"):
    """The first true value of `probe()`; asks again until then, for at most `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not come true in {seconds} s"
        time.sleep(PAUSE)


def execution_ends(codepipeline, pipeline, execution, seconds=60):
    """The execution once it has ended."""

    def probe():
        got = codepipeline.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)
        got = got["pipelineExecution"]
        return got if got["status"] not in ("InProgress", "Stopping") else None

    return until(probe, seconds, f"the end of {pipeline} {execution}")


def build_ends(codebuild, build, seconds=60):
    """The build once it is complete."""

    def probe():
        got = codebuild.batch_get_builds(ids=[build])["builds"][0]
        return got if got["buildComplete"] else None

    return until(probe, seconds, f"the end of {build}")
