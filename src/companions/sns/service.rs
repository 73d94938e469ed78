//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = sns_api::SnsBuilder::new(Typed {
        dialect: fault::broken_query,
    })
    .confirm_subscription(confirm_subscription)
    .create_topic(create_topic)
    .delete_topic(delete_topic)
    .get_subscription_attributes(get_subscription_attributes)
    .get_topic_attributes(get_topic_attributes)
    .list_subscriptions(list_subscriptions)
    .list_subscriptions_by_topic(list_subscriptions_by_topic)
    .list_tags_for_resource(list_tags_for_resource)
    .list_topics(list_topics)
    .publish(publish)
    .set_subscription_attributes(set_subscription_attributes)
    .set_topic_attributes(set_topic_attributes)
    .subscribe(subscribe)
    .tag_resource(tag_resource)
    .unsubscribe(unsubscribe)
    .untag_resource(untag_resource)
    .build()?;
    let model = sns_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("sns", "sns", &sns_api::SERVICE, routes, model))
}
