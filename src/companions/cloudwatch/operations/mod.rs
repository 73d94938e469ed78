//! One file per operation.

mod delete_alarms;
mod describe_alarm_history;
mod describe_alarms;
mod describe_alarms_for_metric;
mod disable_alarm_actions;
mod enable_alarm_actions;
mod list_tags_for_resource;
mod put_metric_alarm;
mod set_alarm_state;
mod tag_resource;
mod untag_resource;

pub use delete_alarms::delete_alarms;
pub use describe_alarm_history::describe_alarm_history;
pub use describe_alarms::describe_alarms;
pub use describe_alarms_for_metric::describe_alarms_for_metric;
pub use disable_alarm_actions::disable_alarm_actions;
pub use enable_alarm_actions::enable_alarm_actions;
pub use list_tags_for_resource::list_tags_for_resource;
pub use put_metric_alarm::put_metric_alarm;
pub use set_alarm_state::set_alarm_state;
pub use tag_resource::tag_resource;
pub use untag_resource::untag_resource;
