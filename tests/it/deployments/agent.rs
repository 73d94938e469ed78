//! An agent as AWS's own behaves: it polls, reads the specification, confirms, works, and tells of a failure twice.
//!
//! Witness: contract codedeploy §8.8.

use crate::support::caller::{COMMANDS, Caller};
use serde_json::{Value, json};
use slipway::codedeploy::agents::envelope;

/// The agent of one instance, on a server.
#[derive(Clone)]
pub struct Agent {
    caller: Caller,
    pub host: String,
}

/// A command that was fetched, with what the specification says.
#[derive(Debug)]
pub struct Command {
    pub id: String,
    pub name: String,
    pub execution: String,
    pub specification: Value,
}

impl Agent {
    /// Of the on-premises instance whose IAM user has its name.
    pub fn of(caller: &Caller, name: &str) -> Self {
        Self::at(caller, &format!("arn:aws:iam::000000000000:user/{name}"))
    }

    pub fn at(caller: &Caller, host: &str) -> Self {
        Self {
            caller: caller.to(COMMANDS),
            host: host.to_owned(),
        }
    }

    /// The next command, as soon as there is one.
    pub async fn fetch(&self) -> Command {
        let body = json!({"HostIdentifier": self.host});
        let polled = self.caller.ok("PollHostCommand", body).await;
        let command = &polled["HostCommand"];
        assert!(command.is_object(), "{polled}");
        let text = |name: &str| command[name].as_str().unwrap().to_owned();
        assert_eq!(text("HostIdentifier"), self.host);
        let execution = text("DeploymentExecutionId");
        assert_eq!(execution.split('/').count(), 4, "{execution}");
        assert!(execution.len() <= 129);
        Command {
            id: text("HostCommandIdentifier"),
            name: text("CommandName"),
            specification: self.specification(&execution).await,
            execution,
        }
    }

    async fn specification(&self, execution: &str) -> Value {
        let body = json!({"DeploymentExecutionId": execution, "HostIdentifier": self.host});
        let said = self.caller.ok("GetDeploymentSpecification", body).await;
        assert_eq!(said["DeploymentSystem"], "CodeDeploy");
        let envelope = &said["DeploymentSpecification"]["GenericEnvelope"];
        assert_eq!(envelope["Format"], "PKCS7/JSON");
        let payload = envelope["Payload"].as_str().unwrap();
        assert!(payload.starts_with("-----BEGIN PKCS7-----\n"));
        serde_json::from_slice(&envelope::open(payload).unwrap()).unwrap()
    }

    /// What the service says to a confirmation.
    pub async fn confirm(&self, id: &str) -> String {
        let body = json!({"HostCommandIdentifier": id,
            "Diagnostics": {"Format": "JSON", "Payload": "{\"IsCommandNoop\":false}"}});
        let said = self.caller.ok("PutHostCommandAcknowledgement", body).await;
        said["CommandStatus"].as_str().unwrap().to_owned()
    }

    pub async fn tell(&self, id: &str, status: &str, report: Value) {
        let body = json!({"HostCommandIdentifier": id, "CommandStatus": status,
            "Diagnostics": {"Format": "JSON", "Payload": report.to_string()}});
        let said = self.caller.ok("PutHostCommandComplete", body).await;
        assert_eq!(said, Value::Null);
    }

    /// Does well whatever comes next; its name.
    pub async fn works(&self) -> Command {
        let command = self.fetch().await;
        assert_eq!(self.confirm(&command.id).await, "InProgress");
        self.succeeds(&command.id).await;
        command
    }

    pub async fn succeeds(&self, id: &str) {
        let report =
            json!({"error_code": 0, "script_name": "", "message": "Succeeded: ", "log": ""});
        self.tell(id, "Succeeded", report).await;
    }

    /// Fails at whatever comes next, and says so twice.
    pub async fn fails(&self) -> Command {
        let command = self.fetch().await;
        assert_eq!(self.confirm(&command.id).await, "InProgress");
        let message = "Script at specified location: scripts/check.sh failed with exit code 3";
        for (code, log) in [(4, "[stderr]no\n"), (5, "")] {
            let report = json!({"error_code": code, "script_name": "scripts/check.sh", "message": message, "log": log});
            self.tell(&command.id, "Failed", report).await;
        }
        command
    }

    /// Does well at everything up to `last`; the names.
    pub async fn works_until(&self, last: &str) -> Vec<String> {
        let mut names = Vec::new();
        while names.last().is_none_or(|name| name != last) {
            names.push(self.works().await.name);
        }
        names
    }
}
