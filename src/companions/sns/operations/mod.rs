//! One file per operation.

mod confirm_subscription;
mod create_topic;
mod delete_topic;
mod get_subscription_attributes;
mod get_topic_attributes;
mod list_subscriptions;
mod list_subscriptions_by_topic;
mod list_tags_for_resource;
mod list_topics;
mod publish;
mod set_subscription_attributes;
mod set_topic_attributes;
mod subscribe;
mod tag_resource;
mod unsubscribe;
mod untag_resource;

pub use confirm_subscription::confirm_subscription;
pub use create_topic::create_topic;
pub use delete_topic::delete_topic;
pub use get_subscription_attributes::get_subscription_attributes;
pub use get_topic_attributes::get_topic_attributes;
pub use list_subscriptions::list_subscriptions;
pub use list_subscriptions_by_topic::list_subscriptions_by_topic;
pub use list_tags_for_resource::list_tags_for_resource;
pub use list_topics::list_topics;
pub use publish::publish;
pub use set_subscription_attributes::set_subscription_attributes;
pub use set_topic_attributes::set_topic_attributes;
pub use subscribe::subscribe;
pub use tag_resource::tag_resource;
pub use unsubscribe::unsubscribe;
pub use untag_resource::untag_resource;
