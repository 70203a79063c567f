use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi::{self as wire, API_ROOT, Code, Cursor, Id, PeriodCode, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{data, kpi, node_of, period_of};
use crate::answer::Answer;
use crate::assessments::kept::{self, Manifest, PeriodResult};
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{About, Cell, Format, Table, scores_columns};
use crate::extract::{Lang, Query};
use crate::negotiate::{ScoresFormat, form};
use crate::results;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, Assessment};
use crate::tables::Prepared;
use crate::tables::answer::SET_HEADER;

/// Which scores, how many, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedScores {
    /// Only those of this node.
    node: Option<Code>,
    /// Only those of this city.
    city: Option<Code>,
    /// Only those of this period.
    period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<ScoresFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// How many members a page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the scores of an assessment.
///
/// One row per period, city and node, in the order of time, of the city codes and of the set. Every answer names the set
/// version: in the header `CityGauge-Set`, in `set` of the page, in the sheet `about` of a workbook, in the metadata of
/// Parquet and Arrow (keys `citygauge.set`, `citygauge.title`, `citygauge.basis` and so on). SDMX names its structure in a `Link`
/// with `rel="describedby"`.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedScores, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of scores", body = wire::Scores, headers(("CityGauge-Set" = String, description =
            "The set version: `CODE@VERSION; digest=SHA256; title*=UTF-8'LANGUAGE'TITLE`, percent-encoded; the title says where the set is a reconstruction"
        ))),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/scores")]
pub async fn list_scores(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedScores>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let found = Found::open(&state, &caller, &id, &query, language.0).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let page = found.cells.iter().skip(start).take(limit);
    let items = page.map(|&(period, row, node)| found.periods[period].row(&found.set, row, node)).collect();
    let next = (found.cells.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let page = wire::Scores { set: found.about.set().clone(), items, next: next.clone() };
    Ok(Answer::page(&page, next.as_ref()).with(SET_HEADER, &found.about.header()).respond_to(&request))
}

/// The table of the scores.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    id: &Id,
    query: &WantedScores,
    language: Language,
) -> Result<Prepared, Failure> {
    let found = Found::open(state, caller, id, query, language).await?;
    let cities = data::cities(state, &found.manifest).await?;
    let (code, version) = (found.about.set().code.as_str(), found.about.set().version.as_str());
    // A name that keeps the set version with the file.
    let name = format!("scores-{}@{}-{id}", path_segment(code), path_segment(version));
    let content = format!("scores {:?}", (id.as_str(), &query.node, &query.city, &query.period));
    let size = (found.cells.len(), results::SCORES + usize::from(found.set.imputes()));
    let about = found.about.clone();
    let written = Prepared::new(name, language, size, move |to| match to.format() {
        Format::SdmxCsv | Format::SdmxJson => {
            let structure = data::structure(&found.stored, &found.set, &cities);
            to.data(&data::table(&found, &structure), &structure)
        }
        Format::NgsiLd => kpi::write(&found, &cities, language, to.writer()),
        _ => to.table(table(&found)),
    });
    Ok(written.about(about).known_by(content).structured_by(format!("{API_ROOT}/assessments/{id}/structure")))
}

/// Scores that were asked for.
pub(super) struct Found {
    pub stored: Assessment,
    pub set: Arc<IndicatorSet>,
    pub about: About,
    pub manifest: Manifest,
    pub periods: Vec<PeriodResult>,
    /// Period, row and node of every row of the answer.
    pub cells: Vec<(usize, usize, usize)>,
}

impl Found {
    async fn open(state: &State, caller: &Caller, id: &Id, query: &WantedScores, language: Language) -> Result<Self, Failure> {
        caller.require(Right::ReadScores)?;
        let stored = assessments::find(state.db(), id.as_str()).await?;
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let nodes: Vec<usize> = match &query.node {
            Some(code) => vec![node_of(&set, Some(code))?],
            None => (0..set.nodes().len()).collect(),
        };
        let manifest = manifest(&stored)?;
        let asked = query.period.as_ref().map(|period| period_of(&manifest, Some(period))).transpose()?;
        let periods = kept::open(state, &manifest, |period| asked.as_deref().is_none_or(|asked| asked == period)).await?;
        if let Some(city) = &query.city {
            let has_it = |period: &PeriodResult| period.row_of(city.as_str()).is_some();
            if !periods.iter().any(has_it) {
                return Err(Failure::absent("该评估中没有这个城市", "the assessment has no such city"));
            }
        }
        let cells = cells(&periods, query.city.as_ref(), &nodes);
        let about = About::new(&set, stored.request.engine_version.clone(), language);
        Ok(Self { stored, set, about, manifest, periods, cells })
    }

    /// The rows, in the order of time, of the city codes and of the set.
    pub fn rows(&self) -> impl Iterator<Item = wire::ScoreRow> {
        self.cells.iter().map(|&(period, row, node)| self.periods[period].row(&self.set, row, node))
    }
}

/// Period, row and node of every row of the answer.
fn cells(periods: &[PeriodResult], city: Option<&Code>, nodes: &[usize]) -> Vec<(usize, usize, usize)> {
    let mut cells = Vec::new();
    for (place, period) in periods.iter().enumerate() {
        let rows: Vec<usize> = match city {
            Some(code) => period.row_of(code.as_str()).into_iter().collect(),
            None => (0..period.cities.len()).collect(),
        };
        cells.extend(rows.into_iter().flat_map(|row| nodes.iter().map(move |&node| (place, row, node))));
    }
    cells
}

fn table(found: &Found) -> Table<'_> {
    let imputes = found.set.imputes();
    Table::streamed("scores", scores_columns(results::places(&found.set), imputes), move |emit| {
        let columns = results::SCORES + usize::from(imputes);
        found.rows().try_for_each(|row| {
            let cells = [
                Cell::from(row.city.as_str()),
                row.period.as_str().into(),
                row.node.as_str().into(),
                row.value.into(),
                row.score.into(),
                row.mark.into(),
                row.points.into(),
                row.coverage.into(),
                row.low.into(),
                row.high.into(),
                row.rank.and_then(|rank| i64::try_from(rank).ok()).into(),
                row.level.as_ref().map(|level| level.as_str()).into(),
                u32::from(row.imputed).into(),
            ];
            emit(&cells[..columns])
        })
    })
}
