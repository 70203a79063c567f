//! Computing an assessment: freeze what it reads, score, keep the result.

use std::sync::Arc;

use citygauge_assessment::{Assessment, AssessmentError, Options as EngineOptions, assess};
use citygauge_indicators::{City, IndicatorSet};
use citygauge_openapi::{API_ROOT, AssessmentSummary, Code, LevelCount, PeriodCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Job, JobContext, JobError};
use crate::assessments::recompute::periods;
use crate::assessments::{Options, described, input, kept};
use crate::error::Failure;
use crate::release::freeze;
use crate::sets;
use crate::store::assessments::{self, Computed};
use crate::store::observations::Filter;
use crate::store::releases;
use crate::write::trail;

/// Computes an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputeAssessment {
    /// The assessment.
    pub assessment: String,
}

impl Job for ComputeAssessment {
    const NAME: &'static str = "assessment";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let stored = assessments::find(state.db(), &self.assessment).await?;
        let options: Options =
            serde_json::from_value(stored.request.options.clone()).map_err(|error| JobError::Retry(Box::new(error)))?;
        let turn = state.store().turn().await;
        assessments::start(state.db(), &self.assessment).await?;
        drop(turn);
        let (_, set) = sets::find(state, &stored.request.set).await.map_err(defect)?;
        let digest = release(context, &stored, &options, &set).await?;
        context.progress(0.2);
        let described = described(state).await?;
        let observations = state.artifacts().get(&digest).await?;
        let assessment = compute(context, &set, observations, &options, described).await?;
        let manifest = kept::keep(state, &assessment).await.map_err(|error| JobError::Retry(Box::new(error)))?;
        context.progress(0.95);
        let computed = Computed {
            result: json!(manifest),
            summary: json!(summary(&assessment)),
            warnings_total: i64::try_from(assessment.warnings().len()).unwrap_or(i64::MAX),
        };
        state.recomputed().put(&self.assessment, &assessment);
        let transaction = state.store().begin_patiently().await?;
        assessments::finish(&transaction, &self.assessment, &computed, state.now_ms()).await?;
        let subject = format!("assessments/{}", self.assessment);
        trail(&transaction, state, &context.caller(), "compute_assessment", &subject, json!({ "release": digest })).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{subject}")))
    }
}

/// The digest of the release that is read: the one asked for, or one frozen now. A second attempt reads what the first
/// one froze.
async fn release(
    context: &JobContext,
    stored: &assessments::Assessment,
    options: &Options,
    set: &IndicatorSet,
) -> Result<String, JobError> {
    let state = context.state();
    if let Some(id) = &stored.request.release_id {
        return Ok(releases::find(state.db(), id).await?.digest);
    }
    let filter = Filter {
        cities: options.cities.clone().unwrap_or_default(),
        items: set.items().iter().map(|item| item.code.clone()).collect(),
        as_of_ms: options.as_of_ms,
        ..Filter::default()
    };
    let frozen = freeze(state, &filter, &context.caller()).await?;
    let transaction = state.store().begin_patiently().await?;
    releases::insert(&transaction, &frozen.release).await?;
    assessments::freeze(&transaction, &stored.request.id, &frozen.release.id).await?;
    let subject = format!("releases/{}", frozen.release.id);
    trail(&transaction, state, &context.caller(), "create_release", &subject, json!({ "digest": frozen.release.digest })).await?;
    transaction.commit().await?;
    Ok(frozen.release.digest)
}

async fn compute(
    context: &JobContext,
    set: &Arc<IndicatorSet>,
    release: bytes::Bytes,
    options: &Options,
    described: Vec<City>,
) -> Result<Arc<Assessment>, JobError> {
    let (set, listed, wanted) = (set.clone(), options.cities.clone(), options.periods.clone());
    let reporting = context.clone();
    let made = context.state().engine(move || {
        let observations = input::observations(&set, release, listed.as_deref(), &described)?;
        let progress = |done: f64| {
            reporting.progress(0.2 + 0.6 * done);
            !reporting.is_stopping()
        };
        assess(
            &set,
            &observations,
            &EngineOptions { periods: periods(wanted.as_deref())?, progress: Some(&progress), ..EngineOptions::default() },
        )
    });
    match made.await? {
        Ok(assessment) => Ok(Arc::new(assessment)),
        Err(AssessmentError::Refused(faults)) => Err(JobError::refused("assessment-refused", &faults)),
        Err(AssessmentError::Cancelled) => Err(JobError::give_up("cancelled", "已取消", "it was cancelled")),
        Err(error @ AssessmentError::Engine(_)) => Err(JobError::Retry(Box::new(error))),
    }
}

fn summary(assessment: &Assessment) -> AssessmentSummary {
    let set = assessment.set();
    let bands = set.levels().map(|levels| levels.bands.as_slice()).unwrap_or_default();
    let mut summary = AssessmentSummary {
        periods: assessment.periods().map(|period| PeriodCode::trusted(period.to_string())).collect(),
        cities: assessment.cities().len() as u64,
        nodes: set.nodes().len() as u64,
        scored: 0,
        levels: bands
            .iter()
            .map(|band| LevelCount { level: Some(Code::trusted(band.code.clone())), title: Some(band.title.clone()), count: 0 })
            .collect(),
    };
    let mut below = 0;
    for row in assessment.long().filter(|row| row.node == citygauge_indicators::TOTAL && row.score.is_some()) {
        summary.scored += 1;
        match row.level.and_then(|level| bands.iter().position(|band| band.code == level)) {
            Some(place) => summary.levels[place].count += 1,
            None => below += 1,
        }
    }
    if !bands.is_empty() && below > 0 {
        summary.levels.insert(0, LevelCount { level: None, title: None, count: below });
    }
    summary
}

/// The set was found when the assessment was asked for, and a published set stays.
fn defect(failure: Failure) -> JobError {
    JobError::Retry(format!("{failure:?}").into())
}
