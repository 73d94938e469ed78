//! Raw requests against the whole of S3 in process: wire texts, statuses, and what is stored afterwards.

mod bad_input;
mod buckets;
mod client;
mod multipart;
mod objects;
mod versions;
