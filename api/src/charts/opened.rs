//! The results of a period of an assessment, as somebody sees them: what most charts are read off.

use std::collections::HashMap;
use std::sync::Arc;

use citygauge_indicators::{IndicatorSet, Language, NodeIndex};
use citygauge_openapi::{Code, PeriodCode, ScoreRow};

use super::draw::{Shown, State as Cell};
use crate::assessments::kept::{self, Manifest, PeriodResult};
use crate::assessments::reading::{names, period_of, shown};
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::Failure;
use crate::rounds::visibility::{self, Operation, Sight};
use crate::sets;
use crate::state::State;
use crate::store::assessments::Assessment;

/// A period of an assessment, opened for a reader.
#[derive(Debug)]
pub struct Opened {
    /// The assessment.
    pub stored: Assessment,
    /// Its set.
    pub set: Arc<IndicatorSet>,
    /// Where its results are.
    pub manifest: Manifest,
    /// The period.
    pub period: String,
    /// The results of the period.
    pub result: PeriodResult,
    /// What the reader sees of them.
    pub sight: Sight,
    /// The language of titles and names.
    pub language: Language,
    names: HashMap<String, String>,
}

impl Opened {
    /// Opens the period that was asked for, or else the latest one.
    pub async fn find(
        state: &State,
        reader: &Reader,
        (id, operation): (&str, Operation),
        period: Option<&PeriodCode>,
        language: Language,
    ) -> Result<Self, Failure> {
        let (stored, sight) = visibility::open(state, reader, id, operation).await?;
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let manifest = manifest(&stored)?;
        let period = period_of(&manifest, period)?;
        let result = kept::open(state, &manifest, |known| known == period).await?.remove(0);
        let cities = kept::cities(state, &manifest).await?;
        // A map once: charts of very many cities ask for every name.
        let names = names(&cities, language).into_iter().map(|(code, name)| (code.to_owned(), name.to_owned())).collect();
        Ok(Self { stored, set, manifest, period, result, sight, language, names })
    }

    /// The name of a city, or its code; a pseudonym is both.
    #[must_use]
    pub fn name(&self, code: &str) -> String {
        self.names.get(code).filter(|name| !name.is_empty()).map_or(code, String::as_str).to_owned()
    }

    /// The title of a node.
    #[must_use]
    pub fn title(&self, node: NodeIndex) -> String {
        self.set.nodes()[node].title.get(self.language).to_owned()
    }

    /// The title of a level, or its code where nothing calls it anything.
    #[must_use]
    pub fn level(&self, code: &Code) -> String {
        let levels = self.set.levels();
        let bands = levels.iter().flat_map(|levels| levels.bands.iter().map(|band| (&band.code, &band.title)));
        let stages = levels.iter().flat_map(|levels| levels.staged.iter().map(|stage| (&stage.code, &stage.title)));
        let title = bands.chain(stages).find(|(known, _)| known.as_str() == code.as_str());
        let title = title.map(|(_, title)| title.get(self.language)).filter(|title| !title.is_empty());
        title.unwrap_or(code.as_str()).to_owned()
    }

    /// A score of a node with the places of the set.
    #[must_use]
    pub fn shown(&self, node: NodeIndex, score: f64) -> Shown {
        Shown { value: score, text: shown(&self.set, node, Some(score)).unwrap_or_default() }
    }

    /// What a row says of its node.
    #[must_use]
    pub fn cell(&self, node: NodeIndex, row: &ScoreRow) -> Cell {
        match (row.score, row.coverage) {
            (Some(score), _) => Cell::Scored(self.shown(node, score)),
            (None, Some(_)) => Cell::Missing,
            // What is not applicable is left out of every coverage, and so has none.
            (None, None) => Cell::NotApplicable,
        }
    }

    /// A row as it is seen, if at all.
    #[must_use]
    pub fn row(&self, row: usize, node: NodeIndex) -> Option<ScoreRow> {
        self.sight.row(self.result.row(&self.set, row, node), (&self.set, node))
    }

    /// The row of a city that is seen under its name.
    ///
    /// # Errors
    /// A city that is not seen, or that is not in the assessment.
    pub fn place(&self, city: &str) -> Result<usize, Failure> {
        self.sight.require_city(city)?;
        self.result.row_of(city).ok_or_else(|| Failure::absent("评估中没有这个城市", "the assessment has no such city"))
    }

    /// The dimensions: the children of TOTAL.
    #[must_use]
    pub fn dimensions(&self) -> &[NodeIndex] {
        &self.set.nodes()[0].children
    }

    /// What the chart is about: the title of the set and the period.
    #[must_use]
    pub fn heading(&self) -> String {
        format!("{} · {}", self.set.document().title.get(self.language), self.period)
    }
}
