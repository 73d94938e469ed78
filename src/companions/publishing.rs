//! Topics as engines see them.

use crate::aws::Scope;
use async_trait::async_trait;

/// Why a message was not published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("the topic does not exist")]
    NoSuchTopic,
    /// Such as a FIFO topic where a message of this kind cannot go.
    #[error("the topic cannot take the message")]
    InvalidTopic,
    #[error("{0}")]
    Failed(String),
}

/// Publishes to topics.
#[async_trait]
pub trait Publisher: Send + Sync + 'static {
    /// Durable when it returns the message's id; deliveries to subscribers follow. An empty subject is none.
    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError>;
}
