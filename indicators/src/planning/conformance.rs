//! How far a dossier does what a standard asks: clause by clause, and for the inputs and outputs of each activity.
//!
//! The list of clauses is data (`indicators/standards/<code>.json`): each has an identifier, a text of ours in both languages,
//! and a [`Rule`]. [`Standard::judge`] is a pure function from [`Facts`] to a verdict per clause.

mod facts;
mod judge;
mod rule;
mod standard;

pub use facts::{AssessmentFact, ElementFact, Facts, GoalPlanFacts, LinkFact, Measured, RoadmapFacts};
pub use judge::{ClauseStatus, Judgement, Proof};
pub use rule::{Rule, Select, Share};
pub use standard::{Clause, ClauseRole, STANDARDS, Standard};

#[cfg(test)]
mod tests;
