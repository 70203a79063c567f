//! The engine: observations in; scores, levels, ranks, explanations, gaps and statistics out.
//!
//! Pure and deterministic: no file, no clock, no network. A checked set compiles to Polars expressions
//! over a wide frame (a row per city, a column per item), one period at a time; what is fitted on the
//! cohort is a value of its own ([`Fitted`]); every decision that doubles leave open is made again in exact
//! arithmetic ([`exact`]). `ARCHITECTURE.md` tells the journey of a number.

#![warn(missing_docs)]

mod adjust;
mod aggregate;
mod assess;
mod assessment;
pub mod benchmark;
mod branch;
mod classify;
mod columns;
mod error;
pub mod exact;
pub mod explain;
mod fill;
mod fitted;
pub mod gap;
pub mod goals;
mod measure;
pub mod nearest;
mod normalise;
mod numbers;
mod observations;
pub mod panel;
mod parallel;
pub mod path;
mod plan;
mod prepare;
mod quantity;
mod rank;
pub mod rates;
pub mod roadmap;
mod round;
mod sample;
pub mod sql;
pub mod statistics;
#[cfg(test)]
mod testing;
mod tree;
pub mod uncertainty;
pub mod validation;
mod weigh;
mod what_if;
pub mod years;

pub use assess::{ENGINE_VERSION, Options, Outputs, assess, assess_parts};
pub use assessment::{Assessment, Measure, PeriodScores, Row};
pub use error::AssessmentError;
pub use fitted::{AppliedTreatment, Fitted, Parameter};
pub use observations::{Observations, Pivot, absent_period, periods_stand_apart};
pub use panel::{PanelScore, Trim};
pub use weigh::{Derivation, Statistic, Weight};
pub use what_if::{Change, Supposed, Supposition, suppose, what_if, what_if_values};
