"""SNS and CloudWatch alarms through boto3, the aws CLI and Terraform."""

import http.server
import json
import pathlib
import threading
import urllib.request

import botocore.exceptions
import pytest
from test_terraform import mirrors
from waiting import until

ALARM = {
    "MetricName": "Errors",
    "Namespace": "App",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


def journal(server, topic):
    with urllib.request.urlopen(f"{server.url}/_slipway/sns?topic={topic}") as answer:
        return [json.loads(line) for line in answer]


@pytest.fixture
def endpoint():
    """A subscriber that confirms as the developer guide says: by visiting the link."""
    posts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            post = json.loads(body)
            posts.append((self.headers["x-amz-sns-message-type"], post))
            if "SubscribeURL" in post:
                urllib.request.urlopen(post["SubscribeURL"]).read()

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    listener.posts = posts
    listener.url = f"http://127.0.0.1:{listener.server_port}/hook"
    yield listener
    listener.shutdown()


def test_boto3_publishes_to_an_endpoint_that_has_confirmed(shared, endpoint):
    sns = shared.client("sns")
    topic = sns.create_topic(Name="of-boto3", Attributes={"DisplayName": "d"}, Tags=[{"Key": "k", "Value": "v"}])["TopicArn"]
    assert sns.create_topic(Name="of-boto3")["TopicArn"] == topic
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "d"
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "k", "Value": "v"}]
    arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url, ReturnSubscriptionArn=True)["SubscriptionArn"]

    def confirmed():
        return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "false"

    until(confirmed, what="the confirmation")
    attributes = {"n": {"DataType": "Number", "StringValue": "7"}, "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}}
    published = sns.publish(TopicArn=topic, Subject="About", Message="text", MessageAttributes=attributes)
    kind, post = until(lambda: endpoint.posts[1:], what="the notification")[0]
    assert kind == "Notification" and post["MessageId"] == published["MessageId"]
    assert post["MessageAttributes"]["n"] == {"Type": "Number", "Value": "7"}
    assert journal(shared, topic)[0]["Message"] == "text"
    assert [s["SubscriptionArn"] for s in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]] == [arn]
    sns.unsubscribe(SubscriptionArn=arn)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_subscription_attributes(SubscriptionArn=arn)
    with pytest.raises(sns.exceptions.InvalidParameterException) as caught:
        sns.publish(TopicArn=topic, Message="")
    assert caught.value.response["Error"]["Message"] == "Invalid parameter: Empty message"
    sns.delete_topic(TopicArn=topic)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_topic_attributes(TopicArn=topic)


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_boto3_makes_alarms_in_every_protocol(shared, protocol):
    name = f"of-{protocol}"
    topic = shared.client("sns").create_topic(Name=name)["TopicArn"]
    cloudwatch = shared.client("cloudwatch", protocol=protocol)
    sent = []
    cloudwatch.meta.events.register("before-send.*", lambda request, **_: sent.append(request.headers.get("Content-Type")))
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmActions=[topic], Dimensions=[{"Name": "h", "Value": "1"}], **ALARM)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="because", StateReasonData="{}")
    kinds = {"smithy-rpc-v2-cbor": "application/cbor", "json": "application/x-amz-json-1.0"}
    assert kinds.get(protocol, "application/x-www-form-urlencoded") in str(sent[0])
    shown = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert (shown["StateValue"], shown["Threshold"], shown["Period"]) == ("ALARM", 1.0, 60)
    assert shown["StateUpdatedTimestamp"].tzinfo and shown["Dimensions"] == [{"Name": "h", "Value": "1"}]
    told = json.loads(journal(shared, topic)[0]["Message"])
    assert (told["NewStateValue"], told["OldStateValue"]) == ("ALARM", "INSUFFICIENT_DATA")
    history = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert history[0]["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    cloudwatch.tag_resource(ResourceARN=shown["AlarmArn"], Tags=[{"Key": "k", "Value": "v"}])
    assert cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"] == [{"Key": "k", "Value": "v"}]
    with pytest.raises(cloudwatch.exceptions.ResourceNotFound):
        cloudwatch.delete_alarms(AlarmNames=[name, "absent"])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloudwatch.put_metric_alarm(AlarmName=name, **(ALARM | {"Period": 70}))
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=[name])
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


def test_the_aws_cli_makes_a_topic_and_an_alarm_that_tells_it(shared):
    topic = json.loads(shared.aws("sns", "create-topic", "--name", "of-cli"))["TopicArn"]
    shared.aws(
        *"cloudwatch put-metric-alarm --alarm-name of-cli --metric-name Errors --namespace App --statistic Sum --period 60".split(),
        *"--evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold --alarm-actions".split(),
        topic,
    )
    shared.aws(*"cloudwatch set-alarm-state --alarm-name of-cli --state-value ALARM --state-reason because".split())
    shared.aws("sns", "publish", "--topic-arn", topic, "--message", "by hand")
    assert [line["Message"] for line in journal(shared, topic)][1] == "by hand"
    shown = json.loads(shared.aws("cloudwatch", "describe-alarms", "--alarm-names", "of-cli"))["MetricAlarms"][0]
    assert shown["StateReason"] == "because"
    failed = shared.run("aws", "cloudwatch", "set-alarm-state", "--alarm-name", "absent", "--state-value", "OK", "--state-reason", "r", check=False)
    assert failed.returncode != 0 and "ResourceNotFound" in failed.stderr


TERRAFORM = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

resource "aws_sns_topic" "news" {
  name         = "news"
  display_name = "News"
  tags         = { Team = "delivery" }
}

resource "aws_sns_topic" "orders" {
  name                        = "orders.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

resource "aws_sns_topic_policy" "news" {
  arn = aws_sns_topic.news.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "all", Effect = "Allow", Action = "SNS:Publish", Resource = aws_sns_topic.news.arn, Principal = { AWS = "*" } }]
  })
}

resource "aws_sns_topic_subscription" "hook" {
  topic_arn              = aws_sns_topic.news.arn
  protocol               = "http"
  endpoint               = "ENDPOINT"
  endpoint_auto_confirms = true
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  namespace           = "App"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  alarm_actions       = [aws_sns_topic.news.arn]
  dimensions          = { Host = "h" }
  tags                = { Team = "delivery" }
}
"""


def test_terraform_makes_topics_a_subscription_and_an_alarm(server, tmp_path, monkeypatch, endpoint):
    folder = pathlib.Path(tmp_path / "terraform")
    folder.mkdir()
    (folder / "main.tf").write_text(TERRAFORM.replace("ENDPOINT", endpoint.url))
    (folder / "terraformrc").write_text("")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(folder / "terraformrc"))
    plugins = [f"-plugin-dir={root}" for root in mirrors()]
    try:
        done = server.run("terraform", "init", "-input=false", *plugins, cwd=folder, check=False)
    except FileNotFoundError:
        pytest.skip("terraform is not installed")
    if done.returncode != 0:
        pytest.skip(f"terraform has no aws provider here: {done.stderr.strip().splitlines()[-1:]}")
    flags = ("-input=false", "-no-color")
    server.run("terraform", "apply", "-auto-approve", *flags, cwd=folder)
    again = server.run("terraform", "plan", "-detailed-exitcode", *flags, cwd=folder, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    server.client("cloudwatch").set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="r")
    until(lambda: [post for kind, post in endpoint.posts if kind == "Notification"], what="the notification")
    server.run("terraform", "destroy", "-auto-approve", *flags, cwd=folder)
    assert server.client("sns").list_topics()["Topics"] == []
    assert server.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
