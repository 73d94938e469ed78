"""boto3 in every protocol the server speaks, through the same operations and errors."""

import json

import boto3
import botocore.config
import botocore.exceptions
import botocore.session
import pytest

from conftest import REGION

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codebuild.amazonaws.com", "AWS": "*"}}
        ],
    }
)


CONTENT_TYPES = {"json": "application/x-amz-json-1.1", "smithy-rpc-v2-cbor": "application/cbor"}


def client_speaking(server, service, protocol):
    """A client whose model lists one protocol only."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    model = loader.load_service_model(service, "service-2")
    assert protocol in model["metadata"]["protocols"]
    model["metadata"] |= {"protocols": [protocol], "protocol": protocol}
    load = loader.load_service_model
    loader.load_service_model = lambda name, kind, *rest, **more: (
        model if (name, kind) == (service, "service-2") else load(name, kind, *rest, **more)
    )
    return boto3.session.Session(botocore_session=session).client(
        service,
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id="000000000000",
        aws_secret_access_key="any",
        config=botocore.config.Config(retries={"max_attempts": 0}),
    )


def code(caught):
    return caught.value.response["Error"]["Code"]


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_outputs_errors_and_validation_come_back_in_both_protocols(shared, protocol):
    pipelines = client_speaking(shared, "codepipeline", protocol)
    sent = []
    pipelines.meta.events.register("before-send.*", lambda request, **_: sent.append(request.headers["Content-Type"]))
    assert "pipelines" in pipelines.list_pipelines()
    assert sent in ([CONTENT_TYPES[protocol]], [CONTENT_TYPES[protocol].encode()])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        pipelines.get_pipeline(name="absent")
    assert code(caught) == "PipelineNotFoundException"
    assert "'absent'" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["RequestId"]
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        pipelines.get_pipeline(name="not a name")
    assert code(caught) == "ValidationException"


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_an_operation_that_is_not_built_is_named(shared, protocol):
    client = client_speaking(shared, "cloudwatch", protocol)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.put_metric_data(Namespace="Builds", MetricData=[{"MetricName": "Lines", "Value": 1}])
    assert code(caught) == "NotImplementedException"
    assert "PutMetricData" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_role_is_made_read_attached_to_and_deleted(shared):
    iam = shared.client("iam")
    made = iam.create_role(
        RoleName="of-boto3", Path="/service-role/", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "team", "Value": "a"}]
    )["Role"]
    assert made["Arn"] == "arn:aws:iam::000000000000:role/service-role/of-boto3"
    assert made["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert made["CreateDate"].microsecond == 0
    arn = iam.create_policy(PolicyName="of-boto3", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="of-boto3", PolicyArn=arn)
    iam.attach_role_policy(RoleName="of-boto3", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    iam.put_role_policy(RoleName="of-boto3", PolicyName="inline", PolicyDocument=json.dumps({"Statement": []}))
    attached = iam.list_attached_role_policies(RoleName="of-boto3")["AttachedPolicies"]
    assert {policy["PolicyName"] for policy in attached} == {"of-boto3", "AmazonS3FullAccess"}
    assert iam.list_role_policies(RoleName="of-boto3")["PolicyNames"] == ["inline"]
    assert iam.list_instance_profiles_for_role(RoleName="of-boto3")["InstanceProfiles"] == []
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="of-boto3")
    for policy in attached:
        iam.detach_role_policy(RoleName="of-boto3", PolicyArn=policy["PolicyArn"])
    iam.delete_role_policy(RoleName="of-boto3", PolicyName="inline")
    iam.delete_role(RoleName="of-boto3")
    iam.delete_policy(PolicyArn=arn)
    with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
        iam.get_role(RoleName="of-boto3")
    assert caught.value.response["Error"]["Message"] == "The role with name of-boto3 cannot be found."


def test_lists_are_paged(shared):
    iam = shared.client("iam", account="111111111111")
    for number in range(5):
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=TRUST)
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["Roles"]) for page in pages] == [2, 2, 1]


def test_a_caller_is_known_by_account_and_by_the_session_of_an_assumed_role(shared):
    assert shared.client("sts", account="222222222222").get_caller_identity()["Account"] == "222222222222"
    shared.client("iam").create_role(RoleName="assumed", AssumeRolePolicyDocument=TRUST)
    session = shared.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/assumed", RoleSessionName="ci")
    keys = session["Credentials"]
    assumed = boto3.client(
        "sts",
        endpoint_url=shared.url,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).get_caller_identity()
    assert assumed["Arn"] == "arn:aws:sts::000000000000:assumed-role/assumed/ci"
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        shared.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/absent", RoleSessionName="ci")
    assert code(caught) == "AccessDenied"


def test_the_aws_cli_makes_and_reads_a_role(shared):
    shared.aws("iam", "create-role", "--role-name", "of-cli", "--assume-role-policy-document", TRUST)
    shown = json.loads(shared.aws("iam", "get-role", "--role-name", "of-cli"))
    assert shown["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert json.loads(shared.aws("sts", "get-caller-identity"))["Arn"] == "arn:aws:iam::000000000000:user/slipway"
