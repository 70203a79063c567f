//! An assessment made again from its release: the same input gives the same digits, so explanations and gap analyses
//! need nothing kept but what was read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use citygauge_assessment::{Assessment, Options as EngineOptions, assess};
use citygauge_indicators::{Fault, Period};

use super::kept::Manifest;
use super::{Options, input};
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::{assessments, releases};

/// Assessments that were made again lately. They never change, so nothing here can be outdated.
#[derive(Debug, Default)]
pub struct Recomputed(Mutex<VecDeque<(String, Arc<Assessment>)>>);

/// How many are remembered; each holds its observations and results in memory.
const CAPACITY: usize = 4;

impl Recomputed {
    fn get(&self, id: &str) -> Option<Arc<Assessment>> {
        let mut recent = self.locked();
        let place = recent.iter().position(|(known, _)| known == id)?;
        let found = recent.remove(place)?;
        let assessment = found.1.clone();
        recent.push_front(found);
        Some(assessment)
    }

    /// Remembers one.
    pub fn put(&self, id: &str, assessment: &Arc<Assessment>) {
        let mut recent = self.locked();
        recent.retain(|(known, _)| known != id);
        recent.push_front((id.to_owned(), assessment.clone()));
        recent.truncate(CAPACITY);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, VecDeque<(String, Arc<Assessment>)>> {
        self.0.lock().expect("nothing panics while it holds the assessments")
    }
}

/// What an assessment left, unless it has not succeeded yet.
pub fn manifest(stored: &assessments::Assessment) -> Result<Manifest, Failure> {
    let Some(result) = &stored.result else {
        return Err(Failure::conflict("该评估尚无结果", "the assessment has no result yet, or has failed"));
    };
    serde_json::from_value(result.clone()).map_err(Failure::internal)
}

/// Makes an assessment again.
pub async fn recompute(state: &State, stored: &assessments::Assessment) -> Result<Arc<Assessment>, Failure> {
    let manifest = manifest(stored)?;
    let id = &stored.request.id;
    if let Some(known) = state.recomputed().get(id) {
        return Ok(known);
    }
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let release = releases::find(state.db(), stored.request.release_id.as_deref().unwrap_or_default()).await?;
    let observations = state.artifacts().get(&release.digest).await.map_err(Failure::internal)?;
    let cities = state.artifacts().get(&manifest.cities).await.map_err(Failure::internal)?;
    let options: Options = serde_json::from_value(stored.request.options.clone()).map_err(Failure::internal)?;
    let made = state.engine(move || {
        let cities = input::cities_from_bytes(&cities)
            .map_err(|error| citygauge_assessment::AssessmentError::Engine(error.to_string()))?;
        let observations = input::observations(&set, observations, options.cities.as_deref(), &cities)?;
        let periods = periods(options.periods.as_deref())?;
        assess(&set, &observations, &EngineOptions { periods, ..EngineOptions::default() })
    });
    let assessment = Arc::new(made.await??);
    state.recomputed().put(id, &assessment);
    Ok(assessment)
}

/// The periods that were asked for.
pub fn periods(codes: Option<&[String]>) -> Result<Option<Vec<Period>>, Fault> {
    codes.map(|codes| codes.iter().map(|code| code.parse()).collect()).transpose()
}
