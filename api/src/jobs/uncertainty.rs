//! Making an uncertainty analysis: compute the assessment again, vary its choices, keep the tables.

use citygauge_assessment::AssessmentError;
use citygauge_assessment::uncertainty::{Run, Uncertainty, uncertainty};
use citygauge_indicators::{Fault, Faults, UncertaintyRequest};
use citygauge_openapi::API_ROOT;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Job, JobContext, JobError, defect};
use crate::assessments::recompute::recompute;
use crate::assessments::uncertainty::{files, keep, summary};
use crate::store::{assessments, uncertainty_analyses};
use crate::write::trail;

/// Makes an uncertainty analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalyseUncertainty {
    /// The analysis.
    pub analysis: String,
}

impl Job for AnalyseUncertainty {
    const NAME: &'static str = "uncertainty";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let stored = uncertainty_analyses::find(state.db(), &self.analysis).await?;
        let request = UncertaintyRequest::from_value(&stored.asked.request).map_err(|faults| refused(&faults))?;
        let of = assessments::find(state.db(), &stored.asked.assessment_id).await?;
        let assessment = recompute(state, &of).await.map_err(defect)?;
        context.progress(0.1);
        let reporting = context.clone();
        let made = state.engine(move || {
            let progress = |done: f64| {
                reporting.progress(0.1 + 0.8 * done);
                !reporting.is_stopping()
            };
            let result = uncertainty(&assessment, &request, &Run { progress: Some(&progress), ..Run::default() })?;
            told_apart(&result)?;
            let drawn = if request.sobol { 2 * request.replications as usize } else { result.replications() };
            Ok((files(&result), summary(&result, drawn)))
        });
        let (files, summary) = match made.await? {
            Ok((files, summary)) => (files?, summary),
            Err(AssessmentError::Refused(faults)) => return Err(refused(&faults)),
            Err(AssessmentError::Cancelled) => return Err(JobError::give_up("cancelled", "已取消", "it was cancelled")),
            Err(error @ AssessmentError::Engine(_)) => return Err(JobError::Retry(Box::new(error))),
        };
        let manifest = keep(state, files).await?;
        context.progress(0.95);
        let transaction = state.store().begin_patiently().await?;
        uncertainty_analyses::finish(&transaction, &self.analysis, &json!(manifest), &json!(summary)).await?;
        let subject = format!("assessments/{}/uncertainty/{}", stored.asked.assessment_id, stored.number);
        let detail = json!({ "replications": summary.replications });
        trail(&transaction, state, &context.caller(), "compute_uncertainty_analysis", &subject, detail).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{subject}")))
    }
}

/// A file has no two columns of one name, which names of choices can lead to.
fn told_apart(result: &Uncertainty) -> Result<(), AssessmentError> {
    let columns = &result.parameters.columns;
    let twice = columns.iter().enumerate().find(|(i, column)| columns[..*i].contains(column));
    let Some((_, column)) = twice else { return Ok(()) };
    let (zh, en) = (format!("参数表中有两列同名“{column}”"), format!("two columns of the parameters are named '{column}'"));
    let fault = Fault::error("uncertainty.column_twice", zh, en).at("/choices").value(column);
    Err(fault.hint("为选择另起 name", "give the choice another name").into())
}

fn refused(faults: &Faults) -> JobError {
    JobError::refused("uncertainty-refused", faults)
}
