//! An assessment made again from its release: the same input gives the same digits, so explanations and gap analyses
//! need nothing kept but what was read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use citygauge_assessment::{Assessment, AssessmentError, Observations, Options as EngineOptions, assess};
use citygauge_indicators::{Fault, IndicatorSet, Period};

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
    let id = &stored.request.id;
    if let Some(known) = state.recomputed().get(id) {
        return Ok(known);
    }
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let basis = basis(state, stored).await?;
    let made = state.engine(move || {
        let observations = basis.observations(&set)?;
        assess(&set, &observations, &EngineOptions { periods: basis.periods()?, ..EngineOptions::default() })
    });
    let assessment = Arc::new(made.await??);
    state.recomputed().put(id, &assessment);
    Ok(assessment)
}

/// What an assessment was computed from, as it was kept.
pub struct Basis {
    release: Bytes,
    cities: Bytes,
    options: Options,
}

/// What an assessment that has succeeded was computed from.
pub async fn basis(state: &State, stored: &assessments::Assessment) -> Result<Basis, Failure> {
    let manifest = manifest(stored)?;
    let release = releases::find(state.db(), stored.request.release_id.as_deref().unwrap_or_default()).await?;
    let release = state.artifacts().get(&release.digest).await.map_err(Failure::internal)?;
    let cities = state.artifacts().get(&manifest.cities).await.map_err(Failure::internal)?;
    let options: Options = serde_json::from_value(stored.request.options.clone()).map_err(Failure::internal)?;
    Ok(Basis { release, cities, options })
}

impl Basis {
    /// The observations of the release, read for a set: its own, or another one.
    pub fn observations(&self, set: &IndicatorSet) -> Result<Observations, AssessmentError> {
        let cities = input::cities_from_bytes(&self.cities).map_err(|error| AssessmentError::Engine(error.to_string()))?;
        Ok(input::observations(set, self.release.clone(), self.options.cities.as_deref(), &cities)?)
    }

    /// The periods that were asked for.
    pub fn periods(&self) -> Result<Option<Vec<Period>>, Fault> {
        periods(self.options.periods.as_deref())
    }
}

/// The periods that were asked for.
pub fn periods(codes: Option<&[String]>) -> Result<Option<Vec<Period>>, Fault> {
    codes.map(|codes| codes.iter().map(|code| code.parse()).collect()).transpose()
}
