//! ECS over the wire, with scripted pods where tasks are to run, and with a container engine where one answers.

mod clusters;
mod definitions;
mod docker;
mod house;
mod rolling;
mod services;
mod tags;
mod task_sets;
mod tasks;
