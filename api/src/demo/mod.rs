//! The demonstration: a sample goes through the service's own API and comes back as a page for a terminal.

pub mod page;
mod sample;
#[cfg(test)]
mod tests;
pub mod tour;

pub use sample::Sample;
