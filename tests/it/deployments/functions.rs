//! Functions with aliases in memory, in front of a server's own companions.
//!
//! Invariant: every change of an alias is remembered with the time that users saw.

use super::services::Services;
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use slipway::aws::{Scope, Time};
use slipway::companions::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;

/// What outlives a server: aliases, and what happened to them.
#[derive(Default)]
pub struct Functions {
    pub services: Services,
    inner: Mutex<Inner>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    aliases: BTreeMap<String, AliasInfo>,
    versions: Vec<String>,
    /// Where the alias was from when on, such as `1+2:0.1`.
    shifts: Vec<(Time, String)>,
    invoked: Vec<(String, Value)>,
    /// Functions that cannot be invoked.
    refused: Vec<String>,
    /// Subjects.
    published: Vec<String>,
    /// Rights of a service role that were used.
    rights: Vec<String>,
    /// Of EC2.
    instances: Vec<InstanceInfo>,
    /// What became of instances' traffic, such as `Block i-1`.
    traffic: Vec<String>,
    /// Instances that were ended.
    terminated: Vec<String>,
    /// Instances that cannot be ended.
    lasting: Vec<String>,
}

impl Functions {
    /// The function `f` with versions 1 to 9 and the alias `live` at this version.
    pub fn at(version: &str) -> Arc<Self> {
        let functions = Self::default();
        let alias = AliasInfo {
            arn: "arn:aws:lambda:us-east-1:000000000000:function:f:live".to_owned(),
            version: version.to_owned(),
            weights: BTreeMap::new(),
            revision: "r0".to_owned(),
        };
        functions.inner().aliases.insert("f:live".to_owned(), alias);
        functions.inner().versions = (1..=9).map(|version| version.to_string()).collect();
        Arc::new(functions)
    }

    /// An instance of EC2 with the tag `role` of this value.
    pub fn boot(&self, id: &str, role: &str) {
        self.inner().instances.push(InstanceInfo {
            id: id.to_owned(),
            arn: format!("arn:aws:ec2:us-east-1:000000000000:instance/{id}"),
            state: "running".to_owned(),
            zone: Some("us-east-1a".to_owned()),
            tags: BTreeMap::from([("role".to_owned(), role.to_owned())]),
        });
    }

    /// What became of instances' traffic, such as `Block i-1`.
    pub fn traffic(&self) -> Vec<String> {
        self.inner().traffic.clone()
    }

    /// Instances that were ended.
    pub fn terminated(&self) -> Vec<String> {
        self.inner().terminated.clone()
    }

    /// From now on this instance cannot be ended.
    pub fn protect(&self, id: &str) {
        self.inner().lasting.push(id.to_owned());
    }

    /// Rights of a service role that were used, in their order.
    pub fn rights(&self) -> Vec<String> {
        self.inner().rights.clone()
    }

    pub fn refuse(&self, function: &str) {
        self.inner().refused.push(function.to_owned());
    }

    /// Where the alias is, such as `1+2:0.1`.
    pub fn alias(&self) -> String {
        shown(&self.inner().aliases["f:live"])
    }

    /// Somebody else changes the alias.
    pub fn meddle(&self, version: &str) {
        let mut inner = self.inner();
        let alias = inner.aliases.get_mut("f:live").unwrap();
        alias.version = version.to_owned();
        alias.weights.clear();
        alias.revision.push('x');
    }

    pub fn shifts(&self) -> Vec<(Time, String)> {
        self.inner().shifts.clone()
    }

    /// Waits until the hook's function has been invoked so often; its last payload.
    pub async fn invoked(&self, function: &str, times: usize) -> Value {
        let mut changed = self.changed.subscribe();
        loop {
            let payloads: Vec<Value> = {
                let inner = self.inner();
                let of = inner.invoked.iter().filter(|(name, _)| name == function);
                of.map(|(_, payload)| payload.clone()).collect()
            };
            if payloads.len() >= times {
                return payloads.last().unwrap().clone();
            }
            changed.changed().await.unwrap();
        }
    }

    /// Waits until so many messages were published; their subjects.
    pub async fn published(&self, count: usize) -> Vec<String> {
        let mut changed = self.changed.subscribe();
        loop {
            let published = self.inner().published.clone();
            if published.len() >= count {
                return published;
            }
            changed.changed().await.unwrap();
        }
    }

    /// Waits until the alias is there.
    pub async fn reaches(&self, place: &str) {
        let mut changed = self.changed.subscribe();
        while self.alias() != place {
            changed.changed().await.unwrap();
        }
    }

    fn shift(
        &self,
        function: &str,
        alias: &str,
        shift: AliasShift,
        now: Time,
    ) -> Result<AliasInfo, AliasError> {
        let mut inner = self.inner();
        let inner = &mut *inner;
        let name = format!("{function}:{alias}");
        let found = inner
            .aliases
            .get_mut(&name)
            .ok_or(AliasError::NoSuchAlias)?;
        if shift
            .revision
            .is_some_and(|revision| revision != found.revision)
        {
            return Err(AliasError::Changed);
        }
        found.version = shift.version;
        found.weights = shift.weights;
        found.revision = format!("r{}", inner.shifts.len() + 1);
        inner.shifts.push((now, shown(found)));
        self.changed.send_replace(());
        Ok(found.clone())
    }

    fn invoke(&self, function: &str, payload: &[u8]) -> Result<(), FunctionError> {
        let mut inner = self.inner();
        if inner.refused.iter().any(|refused| refused == function) {
            return Err(FunctionError::NoSuchFunction);
        }
        let payload = serde_json::from_slice(payload).unwrap();
        inner.invoked.push((function.to_owned(), payload));
        self.changed.send_replace(());
        Ok(())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

fn shown(alias: &AliasInfo) -> String {
    let weights = alias.weights.iter();
    let weights = weights.map(|(version, share)| format!("+{version}:{share}"));
    format!("{}{}", alias.version, weights.collect::<String>())
}

/// A server's companions with these functions before them.
pub struct With {
    pub functions: Arc<Functions>,
    pub rest: Arc<dyn Companions>,
    pub now: Box<dyn Fn() -> Time + Send + Sync>,
}

#[async_trait]
impl Companions for With {
    async fn function_alias(
        &self,
        _: &Scope,
        function: &str,
        alias: &str,
    ) -> Result<AliasInfo, AliasError> {
        self.functions.services.call("lambda:GetAlias");
        if function != "f" {
            return Err(AliasError::NoSuchFunction);
        }
        let inner = self.functions.inner();
        let found = inner.aliases.get(&format!("{function}:{alias}"));
        found.cloned().ok_or(AliasError::NoSuchAlias)
    }

    async fn check_function_version(
        &self,
        _: &Scope,
        _: &str,
        version: &str,
    ) -> Result<(), AliasError> {
        let action = "lambda:GetProvisionedConcurrencyConfig";
        self.functions.services.call(action);
        let inner = self.functions.inner();
        match inner.versions.iter().any(|known| known == version) {
            true => Ok(()),
            false => Err(AliasError::NoSuchVersion),
        }
    }

    async fn shift_alias(
        &self,
        _: &Scope,
        function: &str,
        alias: &str,
        shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        self.functions.services.call("lambda:UpdateAlias");
        let shifted = self.functions.shift(function, alias, shift, (self.now)())?;
        self.functions.services.silence.keep().await;
        Ok(shifted)
    }

    async fn invoke_function(
        &self,
        _: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        self.functions.services.call("lambda:InvokeFunction");
        self.functions.invoke(function, &payload)?;
        self.functions.services.silence.keep().await;
        Ok(())
    }

    async fn instances(
        &self,
        _: &Scope,
        filters: &[Vec<TagFilter>],
    ) -> Result<Vec<InstanceInfo>, String> {
        let inner = self.functions.inner();
        let matches = |one: &&InstanceInfo| {
            let mut groups = filters.iter();
            !filters.is_empty() && groups.all(|group| group.iter().any(|of| of.matches(&one.tags)))
        };
        Ok(inner.instances.iter().filter(matches).cloned().collect())
    }

    async fn terminate_instance(&self, _: &Scope, id: &str) -> Result<(), String> {
        let mut inner = self.functions.inner();
        if inner.lasting.iter().any(|lasting| lasting == id) {
            return Err("it is protected".to_owned());
        }
        inner.instances.retain(|one| one.id != id);
        inner.terminated.push(id.to_owned());
        Ok(())
    }

    async fn block_instance(
        &self,
        _: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        let groups = balancers.target_groups.join(",");
        let moved = format!("block {instance} in {groups}");
        self.functions.inner().traffic.push(moved);
        Ok(())
    }

    async fn allow_instance(
        &self,
        _: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        let groups = balancers.target_groups.join(",");
        let moved = format!("allow {instance} in {groups}");
        self.functions.inner().traffic.push(moved);
        Ok(())
    }

    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        self.rest.bucket(name).await
    }

    async fn stat_object(&self, who: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        self.rest.stat_object(who, at).await
    }

    async fn read_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let action = match at.version {
            Some(_) => "s3:GetObjectVersion",
            None => "s3:GetObject",
        };
        self.functions.services.call(action);
        self.rest.read_object(who, at).await
    }

    async fn write_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        self.rest.write_object(who, at, meta, body).await
    }

    async fn list_objects(
        &self,
        who: &Scope,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        self.rest
            .list_objects(who, bucket, prefix, after, limit)
            .await
    }

    fn listen_objects(&self, listener: Arc<dyn ObjectListener>) {
        self.rest.listen_objects(listener);
    }

    async fn open_log_stream(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
    ) -> Result<(), ObjectError> {
        self.rest.open_log_stream(scope, group, stream).await
    }

    async fn append_log(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
        lines: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        self.rest.append_log(scope, group, stream, lines).await
    }

    async fn check_role(&self, role_arn: &str, service: &str) -> Result<(), RoleError> {
        self.rest.check_role(role_arn, service).await
    }

    async fn assume_role(&self, wish: SessionWish) -> Result<SessionCredentials, RoleError> {
        self.rest.assume_role(wish).await
    }

    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError> {
        self.functions.services.call("sns:Publish");
        let sent = self.rest.publish(scope, topic_arn, subject, message).await;
        if sent.is_ok() {
            let subject = subject.to_owned();
            self.functions.inner().published.push(subject);
            self.functions.changed.send_replace(());
        }
        sent
    }

    async fn alarms(&self, scope: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        self.functions.services.call("cloudwatch:DescribeAlarms");
        self.rest.alarms(scope, names).await
    }

    fn listen_alarms(&self, listener: Arc<dyn AlarmListener>) {
        self.rest.listen_alarms(listener);
    }

    fn asked_by_role(&self, _: &Scope, right: &str) {
        self.functions.inner().rights.push(right.to_owned());
    }

    fn containers(&self) -> &dyn Containers {
        &self.functions.services
    }

    fn balancers(&self) -> &dyn Balancers {
        &self.functions.services
    }
}
