//! The vocabulary of CityGauge: the indicator set document, its formula language, the check that
//! turns a draft into an [`IndicatorSet`], and the catalog of ready sets.
//!
//! Nothing here reads a file, a clock or a database. A [`SetDocument`] is what somebody wrote; only
//! [`SetDocument::check`] makes an [`IndicatorSet`] of it, and it names every fault at once.

#![warn(missing_docs)]

pub mod ahp;
pub mod bounds;
pub mod canonical;
pub mod catalog;
mod check;
pub mod codes;
pub mod crosswalk;
pub mod diff;
mod document;
pub mod exact;
mod fault;
pub mod formula;
pub mod json;
mod observation;
pub mod overlay;
mod period;
pub mod planning;
pub mod population;
mod quality;
mod read;
mod set;
mod text;

pub use document::adjustment::{Adjustment, AdjustmentKind, AdjustmentLimits};
pub use document::aggregation::{Aggregation, CopelandScale, FuzzyOperator, Ideals, Method, Norm, Penalty, Spread, Standardise};
pub use document::imputation::{Ends, Imputation, Within};
pub use document::indicator::{Direction, Display, Indicator};
pub use document::item::{Item, ItemKind, Provider};
pub use document::level::{Band, Edge, Gate, Levels, Requirement, Stage};
pub use document::lineage::DerivedFrom;
pub use document::missing::{CoverageBy, MinCoverage, MissingRule};
pub use document::node::{Confidence, Node, Provenance, WeightOf};
pub use document::rounding::{Depths, NodeRounding, Rounding, RoundingMode};
pub use document::rule::{ChangeMeasure, DigitsOver, PeerMeasure, RepeatedOver, Rule, RuleCheck};
pub use document::scoring::{BenchmarkBand, Cohort, Constant, Scoring, Step, Ties};
pub use document::treatment::{LogVariant, Treatment};
pub use document::uncertainty::{Choice, ChoiceKind, UncertaintyRequest};
pub use document::weighting::{Aim, Combination, Evidence, MixPart, Weighting};
pub use document::{Arithmetic, Basis, SetDocument};
pub use fault::{Fault, Faults, Severity, excerpt, found_and_expected};
pub use json::parse_strict;
pub use observation::{AttributeChange, City, Observation, Status, Value};
pub use period::{Period, PeriodKind};
pub use quality::QualityGrade;
pub use set::{IndicatorSet, ItemIndex, Leaf, NodeIndex, NodeKind, Places, SetNode, SetRule};
pub use text::{Language, Text};

/// The code of the root of every tree.
pub const TOTAL: &str = "TOTAL";
