//! An assessment made again from its release: the same input gives the same digits, so explanations and gap analyses
//! need nothing kept but what was read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use citygauge_assessment::{Assessment, AssessmentError, Observations, Options as EngineOptions, assess};
use citygauge_indicators::{Fault, IndicatorSet, Period};

use super::kept::Manifest;
use super::{CELLS_AT_ONCE, Options, input};
use crate::error::Failure;
use crate::release::ReleaseFile;
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

/// Rows times items of an assessment that is made again as a whole, for what looks at several periods or at all cities at once:
/// some 4 GB.
const CELLS_HELD: usize = 60_000_000;

/// Makes an assessment again, unless it is too large to be held in memory.
pub async fn recompute(state: &State, stored: &assessments::Assessment) -> Result<Arc<Assessment>, Failure> {
    let id = &stored.request.id;
    if let Some(known) = state.recomputed().get(id) {
        return Ok(known);
    }
    let made = remade(state, stored, |observations, _| match observations.cells() {
        cells if cells <= CELLS_HELD => Ok(observations),
        cells => Err(too_large(cells).into()),
    });
    let assessment = made.await?;
    state.recomputed().put(id, &assessment);
    Ok(assessment)
}

/// As [`recompute`], of a very large one only the periods around this one that are assessed together.
pub async fn recompute_period(
    state: &State,
    stored: &assessments::Assessment,
    period: Period,
) -> Result<Arc<Assessment>, Failure> {
    let (id, of_period) = (&stored.request.id, format!("{}/{period}", stored.request.id));
    if let Some(known) = state.recomputed().get(id).or_else(|| state.recomputed().get(&of_period)) {
        return Ok(known);
    }
    let made = remade(state, stored, move |observations, set| {
        let mut parts = observations.parts(set, CELLS_AT_ONCE);
        let place = parts.iter().position(|part| part.periods().any(|known| known == period));
        // What it does not have, it does not explain.
        Ok(parts.swap_remove(place.unwrap_or_default()))
    });
    let assessment = made.await?;
    let is_whole = assessment.periods().count() == manifest(stored)?.periods.len();
    state.recomputed().put(if is_whole { id } else { &of_period }, &assessment);
    Ok(assessment)
}

/// Assesses what `choose` takes of the observations that an assessment has read.
async fn remade(
    state: &State,
    stored: &assessments::Assessment,
    choose: impl FnOnce(Observations, &IndicatorSet) -> Result<Observations, AssessmentError> + Send + 'static,
) -> Result<Arc<Assessment>, Failure> {
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let basis = basis(state, stored).await?;
    let made = state.engine(move || {
        let observations = choose(basis.observations(&set)?, &set)?;
        let wanted = basis.periods()?;
        let periods = wanted.map(|wanted| observations.periods().filter(|period| wanted.contains(period)).collect());
        assess(&set, &observations, &EngineOptions { periods, ..EngineOptions::default() })
    });
    Ok(Arc::new(made.await??))
}

fn too_large(cells: usize) -> Fault {
    let most = CELLS_HELD;
    let fault = Fault::error(
        "assessment.too_large",
        format!("该评估有 {cells} 个单元格（城市 × 时期 × 数据项），超出一次计算所能容纳的 {most} 个"),
        format!(
            "the assessment has {cells} cells (cities x periods x items), more than the {most} that are computed with at once"
        ),
    );
    fault.hint(
        "请对较少的时期或城市另做评估；得分、排名、得分卡与逐期说明不受此限",
        "make an assessment of fewer periods or cities; scores, rankings, score cards and explanations are not limited by this",
    )
}

/// What an assessment was computed from, as it was kept.
pub struct Basis {
    release: ReleaseFile,
    cities: Bytes,
    options: Options,
}

/// What an assessment that has succeeded was computed from.
pub async fn basis(state: &State, stored: &assessments::Assessment) -> Result<Basis, Failure> {
    let manifest = manifest(stored)?;
    let release = releases::find(state.db(), stored.request.release_id.as_deref().unwrap_or_default()).await?;
    let release = ReleaseFile::File(state.artifacts().file(&release.digest).await?);
    let cities = state.artifacts().get(&manifest.cities).await?;
    let options: Options = serde_json::from_value(stored.request.options.clone()).map_err(Failure::internal)?;
    Ok(Basis { release, cities, options })
}

impl Basis {
    /// The observations of the release, read for a set: its own, or another one.
    pub fn observations(&self, set: &IndicatorSet) -> Result<Observations, AssessmentError> {
        let cities = input::cities_from_bytes(&self.cities).map_err(|error| AssessmentError::Engine(error.to_string()))?;
        Ok(input::observations(set, &self.release, self.options.cities.as_deref(), &cities)?)
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
