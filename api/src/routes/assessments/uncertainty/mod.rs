//! Uncertainty analyses: how far the ranking of an assessment rests on choices.

mod create;
mod list;
mod show;
pub(in crate::routes) mod table;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id, Moment};

pub use create::create_uncertainty_analysis;
pub use list::list_uncertainty_analyses;
pub use show::show_uncertainty_analysis;
pub use table::list_uncertainty_table;

use crate::error::Failure;
use crate::jobs::message;
use crate::routes::jobs::present_state;
use crate::store::jobs::WorkState;
use crate::store::uncertainty_analyses::Analysis;

/// An analysis as it is answered.
fn present(stored: Analysis, language: Language) -> Result<wire::UncertaintyAnalysis, Failure> {
    let summary = stored.summary.map(serde_json::from_value).transpose().map_err(Failure::internal)?;
    let error = stored.job.error.as_ref().filter(|_| stored.job.state == WorkState::Failed);
    Ok(wire::UncertaintyAnalysis {
        assessment: Id::trusted(stored.asked.assessment_id),
        number: u64::try_from(stored.number).unwrap_or(0),
        state: present_state(stored.job.state),
        job: Id::trusted(stored.asked.job_id),
        request: stored.asked.request,
        engine_version: stored.asked.engine_version,
        summary,
        error: error.map(|error| message(error, language)),
        created_at: Moment::from_ms(stored.asked.created_at_ms),
        created_by: stored.asked.created_by,
        finished_at: stored.job.finished_at_ms.map(Moment::from_ms),
    })
}
