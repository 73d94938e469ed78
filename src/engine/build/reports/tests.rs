//! Fixtures of every format, and bytes that are none.
