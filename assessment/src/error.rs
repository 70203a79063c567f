//! What keeps an assessment from being computed.

use citygauge_indicators::{Fault, Faults};
use polars::error::PolarsError;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum AssessmentError {
    /// The input is at fault: every fault is named.
    #[error("the input cannot be assessed:\n{0}")]
    Refused(Faults),
    /// The engine failed; this is a defect of the engine and not of the input.
    #[error("the engine failed: {0}")]
    Engine(String),
    /// The work was cancelled before it ended.
    #[error("the assessment was cancelled")]
    Cancelled,
}

impl From<PolarsError> for AssessmentError {
    fn from(error: PolarsError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<Fault> for AssessmentError {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<Faults> for AssessmentError {
    fn from(faults: Faults) -> Self {
        Self::Refused(faults)
    }
}

/// The result of a step of the engine.
pub(crate) type Result<T> = std::result::Result<T, AssessmentError>;
