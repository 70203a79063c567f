//! Computing an assessment: freeze what it reads, score, keep the result.

use std::sync::Arc;

use citygauge_assessment::{Assessment, AssessmentError, Options as EngineOptions, assess_parts};
use citygauge_indicators::{Band, City, Fault, Faults, IndicatorSet, TOTAL};
use citygauge_openapi::{API_ROOT, AssessmentSummary, Code, LevelCount, PeriodCode};
use futures_util::join;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::{Done, Job, JobContext, JobError, defect};
use crate::assessments::kept::{self, Beside, Keeping, KeptError};
use crate::assessments::recompute::periods;
use crate::assessments::{CELLS_AT_ONCE, Options, described, input};
use crate::release::{ReleaseFile, freeze};
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
        let observations = ReleaseFile::File(state.artifacts().file(&digest).await?);
        let (computed, whole) = compute(context, &set, observations, &options, described).await?;
        context.progress(0.95);
        if let Some(whole) = whole {
            state.recomputed().put(&self.assessment, &whole);
        }
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

/// Scores, and keeps each artifact of the result while the next is being made. The assessment itself comes along where it is one part.
async fn compute(
    context: &JobContext,
    set: &Arc<IndicatorSet>,
    release: ReleaseFile,
    options: &Options,
    described: Vec<City>,
) -> Result<(Computed, Option<Arc<Assessment>>), JobError> {
    let (set, listed, wanted) = (set.clone(), options.cities.clone(), options.periods.clone());
    let (reporting, state) = (context.clone(), context.state());
    let (pieces, mut arriving) = mpsc::channel(1);
    let making = state.engine(move || -> Result<_, Failed> {
        let observations = input::observations(&set, &release, listed.as_deref(), &described)?;
        let progress = |done: f64| {
            reporting.progress(0.2 + 0.7 * done);
            !reporting.is_stopping()
        };
        let options =
            EngineOptions { periods: periods(wanted.as_deref())?, progress: Some(&progress), ..EngineOptions::default() };
        let (mut beside, mut summing, mut whole) = (Beside::default(), Summing::new(&set), None);
        assess_parts(&set, &observations, &options, CELLS_AT_ONCE, |part| -> Result<(), Failed> {
            beside.add(&part)?;
            summing.add(&part);
            kept::each_piece(&part, |piece| pieces.blocking_send(piece).map_err(|_| Failed::NobodyKeeps))?;
            whole = (part.periods().count() == summing.summary.periods.len()).then(|| Arc::new(part));
            Ok(())
        })?;
        Ok((beside, summing.end(), whole))
    });
    // It owns the receiving end: where it fails, the computation can send nothing more and ends, too.
    let keeping = async move {
        let mut keeping = Keeping::default();
        while let Some(piece) = arriving.recv().await {
            keeping.keep(state, piece).await?;
        }
        Ok::<_, KeptError>(keeping)
    };
    let (made, kept) = join!(making, keeping);
    // Where keeping failed, the computation broke off for that reason.
    let kept = kept?;
    let (beside, summary, whole) = made??;
    let warnings_total = i64::try_from(beside.warnings()).unwrap_or(i64::MAX);
    let manifest = kept.finish(state, beside).await?;
    Ok((Computed { result: json!(manifest), summary: json!(summary), warnings_total }, whole))
}

/// Why an assessment was not made.
enum Failed {
    Engine(AssessmentError),
    Kept(KeptError),
    /// What keeps the artifacts has stopped, and says why.
    NobodyKeeps,
}

impl From<AssessmentError> for Failed {
    fn from(error: AssessmentError) -> Self {
        Self::Engine(error)
    }
}

impl From<Faults> for Failed {
    fn from(faults: Faults) -> Self {
        Self::Engine(faults.into())
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Engine(AssessmentError::Refused(fault.into()))
    }
}

impl From<KeptError> for Failed {
    fn from(error: KeptError) -> Self {
        Self::Kept(error)
    }
}

impl From<Failed> for JobError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Engine(AssessmentError::Refused(faults)) => Self::refused("assessment-refused", &faults),
            Failed::Engine(AssessmentError::Cancelled) => Self::give_up("cancelled", "已取消", "it was cancelled"),
            Failed::Engine(error @ AssessmentError::Engine(_)) => Self::Retry(Box::new(error)),
            Failed::Kept(error) => error.into(),
            Failed::NobodyKeeps => Self::Retry("the artifacts were no longer kept".into()),
        }
    }
}

/// A summary while its parts come in.
struct Summing {
    summary: AssessmentSummary,
    below: u64,
}

impl Summing {
    fn new(set: &IndicatorSet) -> Self {
        let bands = set.levels().map(|levels| levels.bands.as_slice()).unwrap_or_default();
        let count =
            |band: &Band| LevelCount { level: Some(Code::trusted(band.code.clone())), title: Some(band.title.clone()), count: 0 };
        let levels = bands.iter().map(count).collect();
        Self { summary: AssessmentSummary { nodes: set.nodes().len() as u64, levels, ..AssessmentSummary::default() }, below: 0 }
    }

    fn add(&mut self, part: &Assessment) {
        let Self { summary, below } = self;
        summary.periods.extend(part.periods().map(|period| PeriodCode::trusted(period.to_string())));
        summary.cities = part.cities().len() as u64;
        for row in part.of_node(TOTAL).filter(|row| row.score.is_some()) {
            summary.scored += 1;
            let reached = |count: &&mut LevelCount| count.level.as_ref().map(Code::as_str) == row.level;
            match row.level.and_then(|_| summary.levels.iter_mut().find(reached)) {
                Some(level) => level.count += 1,
                None => *below += 1,
            }
        }
    }

    fn end(mut self) -> AssessmentSummary {
        if !self.summary.levels.is_empty() && self.below > 0 {
            self.summary.levels.insert(0, LevelCount { level: None, title: None, count: self.below });
        }
        self.summary
    }
}
