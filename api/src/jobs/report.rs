//! Making a report: gather what is known, fill the template, write the file, keep it.

use citygauge_indicators::Text;
use citygauge_openapi::API_ROOT;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Job, JobContext, JobError};
use crate::error::Failure;
use crate::reports::{self, ReportError};
use crate::store::gap_analyses;
use crate::store::reports as kept;
use crate::write::trail;

/// Makes the file of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeReport {
    /// The report.
    pub report: String,
}

impl Job for MakeReport {
    const NAME: &'static str = "report";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let asked = kept::find(state.db(), &self.report).await?.asked;
        let made = reports::make(state, &asked).await.map_err(refused)?;
        let size = i64::try_from(made.bytes.len()).unwrap_or(i64::MAX);
        let digest = state.artifacts().put(made.bytes.into()).await?.digest;
        let file = kept::File { template: made.template, digest, bytes: size };
        let transaction = state.store().begin_patiently().await?;
        let caller = context.caller();
        if let Some(analysis) = &made.analysis {
            gap_analyses::insert(&transaction, analysis).await?;
            let detail = json!({ "assessment": analysis.assessment_id });
            trail(&transaction, state, &caller, "create_gap_analysis", &format!("gap-analyses/{}", analysis.id), detail).await?;
        }
        kept::finish(&transaction, &self.report, &file).await?;
        let subject = format!("reports/{}", self.report);
        let detail = json!({ "sha256": file.digest, "bytes": file.bytes });
        trail(&transaction, state, &caller, "write_report", &subject, detail).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{subject}")))
    }
}

/// What will not go better another time is told; all else is tried again.
fn refused(error: ReportError) -> JobError {
    match error {
        ReportError::Refused { code, message: Text { zh, en } } => {
            JobError::give_up(code, zh.unwrap_or_default(), en.unwrap_or_default())
        }
        ReportError::Failed(Failure::Malformed(faults) | Failure::Invalid(faults)) => {
            JobError::refused("report-refused", &faults)
        }
        ReportError::Failed(Failure::Absent(Text { zh, en }) | Failure::Conflict(Text { zh, en })) => {
            JobError::give_up("report-refused", zh.unwrap_or_default(), en.unwrap_or_default())
        }
        ReportError::Failed(other) => JobError::Retry(Box::new(other)),
    }
}
