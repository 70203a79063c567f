//! Validation of stored observations: the rules of the set and those kept beside it, and the waivers of what they find.

pub mod ground;
pub mod places;
pub mod rules;
#[cfg(test)]
mod tests;
pub mod waived;
