"""Terraform makes load balancers, plans nothing on the second look, moves weights in place, and removes it all."""

import urllib.request

from conftest import ROOT
from test_terraform import Terraform

BALANCERS = ROOT / "tests" / "clients" / "load_balancers.tf"


def test_load_balancers_are_made_changed_in_place_and_destroyed(server, tmp_path):
    terraform = Terraform(server, tmp_path / "terraform", BALANCERS.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 11 added" in said, said
    elbv2 = server.client("elbv2")
    [web] = elbv2.describe_load_balancers(Names=["web"])["LoadBalancers"]
    url = f"http://{web['DNSName']}:8090"
    request = urllib.request.Request(f"{url}/?v=1", headers={"X-Team": "delivery"})
    assert urllib.request.urlopen(request).read() == b"closed"

    said = terraform.apply(green=40, team="operations")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    listeners = elbv2.describe_listeners(LoadBalancerArn=web["LoadBalancerArn"])["Listeners"]
    [listener] = [each for each in listeners if each["Port"] == 8090]
    [action] = listener["DefaultActions"]
    weights = sorted(group["Weight"] for group in action["ForwardConfig"]["TargetGroups"])
    assert weights == [40, 60] and "TargetGroupArn" not in action
    [tags] = elbv2.describe_tags(ResourceArns=[web["LoadBalancerArn"]])["TagDescriptions"]
    assert tags["Tags"] == [{"Key": "Team", "Value": "operations"}]

    terraform.destroy()
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    assert elbv2.describe_target_groups()["TargetGroups"] == []
