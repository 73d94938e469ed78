"""How executions get along, stop, wait for people and go back, in both protocols.

Each test is a line of the contract's list of what other local servers cannot do (§10.1, L1 to L9). L5, job workers, is test_jobs.py.
L6, push triggers, needs a Git source.
"""

import contextlib
import json

import pytest
from test_pipeline import ROLE, TRUST, action, archive
from waiting import execution_ends, until

SOURCE = {"S3Bucket": "", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}


class Journey:
    """A pipeline Source → Gate → Deploy with a source, an approval and a deployment, and what is asked about it."""

    def __init__(self, server, protocol, name):
        self.name = name
        self.codepipeline = server.client("codepipeline", protocol=protocol)
        assert self.codepipeline.meta.service_model.resolved_protocol == protocol
        self.s3 = server.client("s3")
        iam = server.client("iam")
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
        for bucket in ("sources", "artifacts", "site"):
            self.s3.create_bucket(Bucket=f"{name}-{bucket}")
        self.s3.put_bucket_versioning(Bucket=f"{name}-sources", VersioningConfiguration={"Status": "Enabled"})

    def upload(self, text):
        """A new version of the source; gives its id."""
        return self.s3.put_object(Bucket=f"{self.name}-sources", Key="app.zip", Body=archive(name__txt=text))["VersionId"]

    def create(self, mode="SUPERSEDED", gate=True, deploy=None, **more):
        """Makes the pipeline; gives the execution that this begins."""
        source = SOURCE | {"S3Bucket": f"{self.name}-sources"}
        deploy = deploy or [self.publish("Publish", "site")]
        stages = [{"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"], namespace="Src")]}]
        if gate:
            look = {"CustomData": "#{variables.Word}"} if "variables" in more else {}
            stages.append({"name": "Gate", "actions": [action("Look", "Approval", "Manual", look)]})
        stages.append({"name": "Deploy", "actions": deploy})
        declaration = {
            "name": self.name,
            "roleArn": ROLE,
            "pipelineType": "V2",
            "executionMode": mode,
            "artifactStore": {"type": "S3", "location": f"{self.name}-artifacts"},
            "stages": stages,
        }
        self.codepipeline.create_pipeline(pipeline=declaration | more)
        return self.runs()[0]["pipelineExecutionId"]

    def publish(self, name, bucket):
        return action(name, "Deploy", "S3", {"BucketName": f"{self.name}-{bucket}", "ObjectKey": "www", "Extract": "true"}, ["App"])

    def start(self, **more):
        return self.codepipeline.start_pipeline_execution(name=self.name, **more)["pipelineExecutionId"]

    def ends(self, execution):
        """The status that the execution ends with."""
        return execution_ends(self.codepipeline, self.name, execution)["status"]

    def runs(self):
        return self.codepipeline.list_pipeline_executions(pipelineName=self.name)["pipelineExecutionSummaries"]

    def status(self, execution):
        return next(run["status"] for run in self.runs() if run["pipelineExecutionId"] == execution)

    def stages(self):
        return {stage["stageName"]: stage for stage in self.codepipeline.get_pipeline_state(name=self.name)["stageStates"]}

    def actions(self, execution):
        """What the execution has done, oldest first."""
        wanted = {"pipelineExecutionId": execution}
        listed = self.codepipeline.list_action_executions(pipelineName=self.name, filter=wanted)
        return listed["actionExecutionDetails"][::-1]

    def asked(self, execution):
        """The token of the execution's approval, as soon as the gate asks for it."""

        def probe():
            gate = self.stages()["Gate"]
            inside = gate.get("latestExecution", {}).get("pipelineExecutionId") == execution
            return inside and gate["actionStates"][0].get("latestExecution", {}).get("token")

        return until(probe, what="the question")

    def waiting(self, stage, *executions):
        """Comes back once exactly these wait in front of the stage, in this order."""
        wanted = list(executions)
        inbound = lambda: [each["pipelineExecutionId"] for each in self.stages()[stage]["inboundExecutions"]]
        until(lambda: inbound() == wanted, what=f"{wanted} in front of {stage}")

    def answer(self, token, status="Approved"):
        return self.codepipeline.put_approval_result(
            pipelineName=self.name,
            stageName="Gate",
            actionName="Look",
            result={"status": status, "summary": "seen"},
            token=token,
        )

    def site(self, bucket="site"):
        return self.s3.get_object(Bucket=f"{self.name}-{bucket}", Key="www/name.txt")["Body"].read().decode()


@pytest.fixture(params=["json", "smithy-rpc-v2-cbor"])
def journey(request, shared):
    test = request.node.originalname.split("_")[1]
    journey = Journey(shared, request.param, f"{test}-{request.param[:4]}")
    journey.upload("first")
    return journey


def test_l1_queued_executions_run_one_after_the_other(journey):
    first = journey.create("QUEUED")
    token = journey.asked(first)
    second, third = journey.start(), journey.start()
    journey.waiting("Gate", second, third)
    state = journey.stages()
    assert state["Source"]["latestExecution"]["pipelineExecutionId"] == third, "a stage is locked, not the pipeline"
    assert [each["actionName"] for each in journey.actions(second)] == ["Zip"]
    journey.answer(token)
    for execution, behind in ((second, [third]), (third, [])):
        token = journey.asked(execution)
        journey.waiting("Gate", *behind)
        journey.answer(token)
    assert [journey.ends(each) for each in (first, second, third)] == ["Succeeded"] * 3


def test_l1b_parallel_executions_run_at_once_and_have_no_state(journey):
    both = [journey.create("PARALLEL"), journey.start()]

    def asking():
        looks = [next((each for each in journey.actions(run) if each["actionName"] == "Look"), None) for run in both]
        return all(looks) and looks

    looks = until(asking, what="both questions")
    assert [look["status"] for look in looks] == ["InProgress"] * 2
    assert journey.codepipeline.get_pipeline_state(name=journey.name)["stageStates"] == []
    for look in looks[::-1]:
        journey.answer(look["actionExecutionId"])
    assert [journey.ends(each) for each in both] == ["Succeeded"] * 2


def test_l2_a_newer_execution_supersedes_the_one_that_waits(journey):
    first = journey.create()
    token = journey.asked(first)
    second = journey.start()
    journey.waiting("Gate", second)
    third = journey.start()
    journey.waiting("Gate", third)
    assert journey.ends(second) == "Superseded" and journey.status(first) == "InProgress"
    journey.answer(token)
    journey.answer(journey.asked(third))
    assert [journey.ends(each) for each in (first, second, third)] == ["Succeeded", "Superseded", "Succeeded"]


def test_l3_a_stage_is_rolled_back_to_an_older_artifact(journey):
    first = journey.create(gate=False)
    assert journey.ends(first) == "Succeeded" and journey.site() == "first"
    journey.upload("second")
    second = journey.start()
    assert journey.ends(second) == "Succeeded" and journey.site() == "second"
    back = journey.codepipeline.rollback_stage(
        pipelineName=journey.name, stageName="Deploy", targetPipelineExecutionId=first
    )["pipelineExecutionId"]
    ended = execution_ends(journey.codepipeline, journey.name, back)
    assert ended["status"] == "Succeeded" and ended["executionType"] == "ROLLBACK"
    assert ended["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": first}
    assert ended["trigger"]["triggerType"] == "ManualRollback"
    assert journey.site() == "first"
    [done], [_, before] = journey.actions(back), journey.actions(first)
    assert done["actionName"] == "Publish" and done["input"]["inputArtifacts"] == before["input"]["inputArtifacts"]
    state = journey.stages()
    assert state["Source"]["latestExecution"]["pipelineExecutionId"] == second
    assert state["Deploy"]["latestExecution"] == {"pipelineExecutionId": back, "status": "Succeeded", "type": "ROLLBACK"}
    with pytest.raises(journey.codepipeline.exceptions.UnableToRollbackStageException):
        journey.codepipeline.rollback_stage(pipelineName=journey.name, stageName="Deploy", targetPipelineExecutionId=back)


def test_l4_a_retry_runs_what_failed_again(journey):
    run = journey.create(gate=False, deploy=[journey.publish("Publish", "site"), journey.publish("Copy", "later")])
    assert journey.ends(run) == "Failed"
    before = {each["actionName"]: each for each in journey.actions(run)}
    assert {name: each["status"] for name, each in before.items()} == {"Zip": "Succeeded", "Publish": "Succeeded", "Copy": "Failed"}
    journey.s3.create_bucket(Bucket=f"{journey.name}-later")
    retried = journey.codepipeline.retry_stage_execution(
        pipelineName=journey.name, stageName="Deploy", pipelineExecutionId=run, retryMode="FAILED_ACTIONS"
    )
    assert retried["pipelineExecutionId"] == run
    assert journey.ends(run) == "Succeeded" and journey.site("later") == "first"
    after = journey.actions(run)
    assert sorted(each["actionName"] for each in after) == ["Copy", "Copy", "Publish", "Zip"]
    assert before["Copy"]["actionExecutionId"] in {each["actionExecutionId"] for each in after}
    assert journey.stages()["Deploy"]["retryStageMetadata"] == {
        "manualStageRetryAttempt": 1,
        "latestRetryTrigger": "ManualStageRetry",
    }
    with pytest.raises(journey.codepipeline.exceptions.StageNotRetryableException):
        journey.codepipeline.retry_stage_execution(
            pipelineName=journey.name, stageName="Deploy", pipelineExecutionId=run, retryMode="FAILED_ACTIONS"
        )


def test_l7_a_disabled_transition_holds_an_execution(journey):
    first = journey.create(gate=False)
    assert journey.ends(first) == "Succeeded"
    transition = {"pipelineName": journey.name, "stageName": "Deploy", "transitionType": "Inbound"}
    journey.codepipeline.disable_stage_transition(**transition, reason="a holiday")
    journey.upload("second")
    second = journey.start()
    journey.waiting("Deploy", second)
    shown = journey.stages()["Deploy"]
    assert shown["inboundTransitionState"]["enabled"] is False
    assert shown["inboundTransitionState"]["disabledReason"] == "a holiday"
    assert shown["latestExecution"]["pipelineExecutionId"] == first and journey.site() == "first"
    journey.codepipeline.enable_stage_transition(**transition)
    assert journey.ends(second) == "Succeeded" and journey.site() == "second"
    assert journey.stages()["Deploy"]["inboundExecutions"] == []


def test_l8_a_person_holds_and_decides(journey):
    rejected = journey.create()
    token = journey.asked(rejected)
    assert token == journey.actions(rejected)[1]["actionExecutionId"]
    assert journey.status(rejected) == "InProgress" and "latestExecution" not in journey.stages()["Deploy"]
    assert journey.answer(token, "Rejected")["approvedAt"]
    assert journey.ends(rejected) == "Failed"
    latest = journey.stages()["Gate"]["actionStates"][0]["latestExecution"]
    assert latest["status"] == "Failed" and latest["summary"] == "seen" and "token" not in latest
    assert latest["lastUpdatedBy"].startswith("arn:aws:iam::000000000000:")
    with pytest.raises(journey.codepipeline.exceptions.ApprovalAlreadyCompletedException):
        journey.answer(token)
    approved = journey.start()
    journey.answer(journey.asked(approved))
    assert journey.ends(approved) == "Succeeded" and journey.site() == "first"


def test_l9_what_is_given_at_the_start_reaches_the_actions(journey):
    variables = [{"name": "Word", "defaultValue": "hello"}]
    run = journey.create(variables=variables)
    journey.answer(journey.asked(run))
    assert journey.ends(run) == "Succeeded"
    old = journey.actions(run)[0]["output"]["outputVariables"]["VersionId"]
    journey.upload("second")
    run = journey.start(
        variables=[{"name": "Word", "value": "#{Src.VersionId}"}],
        sourceRevisions=[{"actionName": "Zip", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": old}],
    )
    journey.answer(journey.asked(run))
    ended = execution_ends(journey.codepipeline, journey.name, run)
    assert ended["status"] == "Succeeded" and ended["artifactRevisions"][0]["revisionId"] == old
    assert ended["variables"] == [{"name": "Word", "resolvedValue": "#{Src.VersionId}"}]
    look = journey.actions(run)[1]["input"]
    assert look["configuration"] == {"CustomData": "#{variables.Word}"}
    assert look["resolvedConfiguration"] == {"CustomData": "#{Src.VersionId}"}, "a given value is not expanded again"
    assert journey.site() == "first"
