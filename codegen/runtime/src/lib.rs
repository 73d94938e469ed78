//! What generated servers call.
