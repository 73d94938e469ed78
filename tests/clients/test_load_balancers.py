"""A blue/green pair behind a load balancer, as boto3 and its waiters see it, with real servers behind it."""

import http.server
import threading
import urllib.request

import botocore.exceptions
import pytest


@pytest.fixture
def backend():
    """Starts HTTP servers that answer with a name."""
    started = []

    def start(name):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(name)))
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *_):
                pass

        started.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=started[-1].serve_forever, daemon=True).start()
        return started[-1].server_address[1]

    yield start
    for each in started:
        each.shutdown()


def test_weights_move_traffic_from_blue_to_green(server, backend):
    elbv2 = server.client("elbv2")
    [web] = elbv2.create_load_balancer(Name="web", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"]
    arns = {}
    for name in ("blue", "green"):
        [group] = elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")["TargetGroups"]
        arns[name] = group["TargetGroupArn"]

    def weights(green):
        groups = [{"TargetGroupArn": arns["blue"], "Weight": 100 - green}, {"TargetGroupArn": arns["green"], "Weight": green}]
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]

    [listener] = elbv2.create_listener(
        LoadBalancerArn=web["LoadBalancerArn"], Protocol="HTTP", Port=8088, DefaultActions=weights(0)
    )["Listeners"]
    for name, arn in arns.items():
        elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "127.0.0.1", "Port": backend(name)}])
        elbv2.get_waiter("target_in_service").wait(TargetGroupArn=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    elbv2.get_waiter("load_balancer_available").wait(Names=["web"])

    def answers(count):
        url = f"http://{web['DNSName']}:8088/"
        return [urllib.request.urlopen(url).read().decode() for _ in range(count)]

    assert set(answers(10)) == {"blue"}
    elbv2.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=weights(10))
    assert answers(20).count("green") == 2
    elbv2.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=weights(100))
    assert set(answers(10)) == {"green"}

    with pytest.raises(elbv2.exceptions.ResourceInUseException):
        elbv2.delete_target_group(TargetGroupArn=arns["blue"])
    elbv2.delete_load_balancer(LoadBalancerArn=web["LoadBalancerArn"])
    elbv2.get_waiter("load_balancers_deleted").wait(Names=["web"])
    with pytest.raises(botocore.exceptions.ClientError, match="LoadBalancerNotFound"):
        elbv2.describe_load_balancers(Names=["web"])
    shown = server.aws("elbv2", "describe-target-groups", "--query", "TargetGroups[].TargetGroupName", "--output", "text")
    assert set(shown.split()) == {"blue", "green"}
