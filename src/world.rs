//! Joins launchers, companions and sandboxes into what engines may reach.
