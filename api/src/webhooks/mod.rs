//! Tells others of what happens, as Standard Webhooks 1.0.0 says.
//!
//! ```text
//! trail (or the end of a job) -> outbox, with a delivery per webhook, in the same transaction -> sender -> receiver
//! ```
//!
//! An event is written where the line of the trail is ([`crate::write::trail`]); [`types`] says which line makes which event. A
//! delivery is claimed as a job is, by any process, for a while; so it is made at least once, and by one process at a time.
//!
//! To add an event: a line in [`types::TYPES`]; what an event says is [`types::facts`] and nothing of content.

pub mod message;
pub mod pauses;
pub mod secret;
pub mod sender;
pub mod settle;
#[cfg(test)]
mod tests;
pub mod types;
