//! EC2 in ec2Query: labelled containers as instances, and their tags. Witness of shapes and texts: the API reference and recorded
//! answers.

use super::query::{Service, element, fault};
use crate::support::Server;
use slipway::companions::TagFilter;
use slipway::server::Call;
use std::process::Command;

const EC2: Service = Service("ec2", "2016-11-15");
const IMAGE: &str = "slipway-test/busybox:latest";

/// A container that is removed with its test.
struct Labelled(String);

impl Labelled {
    /// `None` where there is no Docker engine with the tests' image.
    fn run(labels: &[&str]) -> Option<Self> {
        let mut command = Command::new("docker");
        command.args(["run", "-d"]);
        for label in labels {
            command.args(["--label", label]);
        }
        let done = command.args([IMAGE, "sleep", "600"]).output().ok()?;
        let id = String::from_utf8(done.stdout).unwrap().trim().to_owned();
        if id.is_empty() && std::env::var_os("SLIPWAY_REQUIRE_DOCKER").is_none() {
            eprintln!("skipped: {}", String::from_utf8_lossy(&done.stderr));
            return None;
        }
        assert!(!id.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
        Some(Self(id))
    }

    fn instance(&self) -> String {
        format!("i-{}", &self.0[..17])
    }
}

impl Drop for Labelled {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "-f", &self.0]).output();
    }
}

#[tokio::test]
async fn labelled_containers_are_instances_with_tags() {
    let server = Server::start().await;
    let labels = [
        "slipway.ec2=true",
        "slipway.ec2.tag.Name=web-1",
        "slipway.ec2.tag.Test=shown",
        "slipway.ec2.zone=b",
    ];
    let Some(container) = Labelled::run(&labels) else {
        return;
    };
    let id = container.instance();
    let own = ("InstanceId.1", id.as_str());
    let shown = EC2.ok(&server, "DescribeInstances", &[own]).await;
    assert!(shown.starts_with("<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15\"><requestId>"), "{shown}");
    assert_eq!(element(&shown, "instanceId"), id);
    assert_eq!(
        element(&shown, "instanceState"),
        "<code>16</code><name>running</name>"
    );
    assert_eq!(element(&shown, "imageId"), IMAGE);
    let address: std::net::IpAddr = element(&shown, "privateIpAddress").parse().unwrap();
    assert!(
        shown.contains("<item><key>Name</key><value>web-1</value></item>"),
        "{shown}"
    );
    let filtered = |name, value| {
        [
            ("Filter.1.Name", name),
            ("Filter.1.Value.1", value),
            ("Filter.2.Name", "tag:Test"),
            ("Filter.2.Value.1", "shown"),
        ]
    };
    for (name, value) in [
        ("instance-id", id.as_str()),
        ("tag:Name", "web-*"),
        ("tag-key", "Name"),
        ("instance-state-name", "running"),
        ("availability-zone", "us-east-1b"),
        ("private-ip-address", &address.to_string()),
    ] {
        let shown = EC2
            .ok(&server, "DescribeInstances", &filtered(name, value))
            .await;
        assert!(shown.contains(&id), "{name}: {shown}");
        let shown = EC2
            .ok(&server, "DescribeInstances", &filtered(name, "other"))
            .await;
        assert!(!shown.contains(&id), "{name}: {shown}");
    }
    let shown = EC2.ok(&server, "DescribeInstanceStatus", &[own]).await;
    assert_eq!(
        element(&shown, "instanceStatus")
            .replace("<status>", "")
            .replace("</status>", ""),
        "ok"
    );
    let tag = [
        ("ResourceId.1", id.as_str()),
        ("Tag.1.Key", "Team"),
        ("Tag.1.Value", "delivery"),
    ];
    let done = EC2.ok(&server, "CreateTags", &tag).await;
    assert!(done.contains("<return>true</return>"), "{done}");
    let of = [
        ("Filter.1.Name", "resource-id"),
        ("Filter.1.Value.1", id.as_str()),
    ];
    let shown = EC2.ok(&server, "DescribeTags", &of).await;
    assert!(
        shown.contains("<key>Team</key>")
            && shown.contains("<resourceType>instance</resourceType>"),
        "{shown}"
    );
    let tag = [tag[0], ("Tag.1.Key", "Name")];
    EC2.ok(&server, "DeleteTags", &tag).await;
    let shown = EC2.ok(&server, "DescribeTags", &of).await;
    assert!(
        !shown.contains("<key>Name</key>") && shown.contains("<key>Test</key>"),
        "{shown}"
    );
    let zone = Some("us-east-1b".to_owned());
    let running = Some(("running".to_owned(), zone.clone()));
    assert_eq!(selected(&server, &id).await, running);
    let stop = ["stop", "--time", "0", &container.0];
    Command::new("docker").args(stop).output().unwrap();
    let stopped = Some(("stopped".to_owned(), zone));
    assert_eq!(selected(&server, &id).await, stopped);
    ends(&server, &id).await;
    assert_eq!(selected(&server, &id).await, None);
}

/// State and zone, if a deployment would find it by its tags. Witness: contract codedeploy §8.1, "EC2 states".
async fn selected(server: &Server, id: &str) -> Option<(String, Option<String>)> {
    let is = |value: &str| TagFilter::Both("Test".to_owned(), value.to_owned());
    let groups = [
        vec![is("other"), is("shown")],
        vec![TagFilter::Key("Test".to_owned())],
    ];
    let scope = Call::new(&server.app).scope;
    let found = server.app.companions.instances(&scope, &groups);
    let mut found = found.await.unwrap().into_iter();
    let found = found.find(|one| one.id == id)?;
    Some((found.state, found.zone))
}

async fn ends(server: &Server, id: &str) {
    let own = ("InstanceId.1", id);
    let ended = EC2.ok(server, "TerminateInstances", &[own]).await;
    assert_eq!(
        element(&ended, "currentState"),
        "<code>48</code><name>terminated</name>"
    );
    let shown = EC2.ok(server, "DescribeInstances", &[own]).await;
    assert_eq!(element(&shown, "name"), "terminated", "for a while");
    let status = EC2.ok(server, "DescribeInstanceStatus", &[own]).await;
    assert!(!status.contains(id), "{status}");
    let tag = [("ResourceId.1", id), ("Tag.1.Key", "Team")];
    let gone = fault(
        400,
        "InvalidInstanceID.NotFound",
        &format!("The instance ID '{id}' does not exist"),
    );
    assert_eq!(EC2.error(server, "CreateTags", &tag).await, gone);
    let again = EC2.ok(server, "TerminateInstances", &[own]).await;
    assert_eq!(
        element(&again, "previousState"),
        "<code>48</code><name>terminated</name>"
    );
}

#[tokio::test]
async fn what_is_no_instance_is_refused_in_aws_words() {
    let server = Server::start().await;
    let (status, code, text) = EC2
        .error(&server, "DescribeInstances", &[("InstanceId.1", "x")])
        .await;
    assert_eq!(
        (status, code.as_str(), text.as_str()),
        (400, "InvalidInstanceID.Malformed", "Invalid id: \"x\"")
    );
    let odd = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    let (_, code, text) = EC2.error(&server, "DescribeInstances", &odd).await;
    assert_eq!(
        (code.as_str(), text.as_str()),
        ("InvalidParameterValue", "The filter 'colour' is invalid")
    );
    let tag = [
        ("ResourceId.1", "vpc-1"),
        ("Tag.1.Key", "a"),
        ("Tag.1.Value", "b"),
    ];
    let (_, code, _) = EC2.error(&server, "CreateTags", &tag).await;
    assert_eq!(code, "InvalidID");
    let (_, code, _) = EC2.error(&server, "TerminateInstances", &[]).await;
    assert_eq!(code, "ValidationError");
}
