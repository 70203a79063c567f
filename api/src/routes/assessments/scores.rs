use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi::{self as wire, API_ROOT, Code, Cursor, Id, PeriodCode, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{data, kpi};
use crate::answer::Answer;
use crate::assessments::kept::{self, Manifest, PeriodResult};
use crate::assessments::reading::{node_of, period_of};
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{About, Format, Table, scores_columns};
use crate::extract::{Lang, Query};
use crate::negotiate::{DataFormat, form};
use crate::results;
use crate::rounds::visibility::{self, Operation, Sight};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;
use crate::store::assessments::Assessment;
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
    format: Option<DataFormat>,
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
/// with `rel="describedby"`. Where a round is for its participants, a city sees the others under pseudonyms, and of them only nodes with
/// two indicators or more; where it is public, no key is needed.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedScores, IfNoneMatchHeader),
    security((), ("token" = [])),
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
    reader: Reader,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedScores>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &reader, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let found = Found::open(&state, &reader, &id, &query, language.0).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let items = found.cells.iter().skip(start).take(limit).filter_map(|&cell| found.row(cell)).collect();
    let next = (found.cells.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let page = wire::Scores { set: found.about.set().clone(), items, next: next.clone() };
    Ok(Answer::page(&page, next.as_ref()).with(SET_HEADER, &found.about.header()).respond_to(&request))
}

/// The table of the scores.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedScores,
    language: Language,
) -> Result<Prepared, Failure> {
    let found = Found::open(state, reader, id, query, language).await?;
    let cities = kept::cities(state, &found.manifest).await?;
    let (code, version) = (found.about.set().code.as_str(), found.about.set().version.as_str());
    // A name that keeps the set version with the file.
    let name = format!("scores-{}@{}-{id}", path_segment(code), path_segment(version));
    let content = format!("scores {:?}", (id.as_str(), &query.node, &query.city, &query.period, found.sight.tag()));
    let size = (found.cells.len(), results::SCORES + usize::from(found.set.imputes()));
    let about = found.about.clone();
    let written = Prepared::new(name, language, size, move |to| match to.format() {
        Format::SdmxCsv | Format::SdmxJson => {
            let structure = data::structure(&found.stored, &found.sight, &found.set, &cities);
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
    pub sight: Sight,
    pub set: Arc<IndicatorSet>,
    pub about: About,
    pub manifest: Manifest,
    pub periods: Vec<PeriodResult>,
    /// Period, row and node of every row of the answer.
    pub cells: Vec<(usize, usize, usize)>,
}

impl Found {
    async fn open(state: &State, reader: &Reader, id: &Id, query: &WantedScores, language: Language) -> Result<Self, Failure> {
        let (stored, sight) = visibility::open(state, reader, id.as_str(), Operation::Scores).await?;
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let nodes: Vec<usize> = match &query.node {
            Some(code) => vec![node_of(&set, Some(code))?],
            None => (0..set.nodes().len()).collect(),
        };
        let manifest = manifest(&stored)?;
        let asked = query.period.as_ref().map(|period| period_of(&manifest, Some(period))).transpose()?;
        let periods = kept::open(state, &manifest, |period| asked.as_deref().is_none_or(|asked| asked == period)).await?;
        if let Some(city) = &query.city {
            sight.require_city(city.as_str())?;
            let has_it = |period: &PeriodResult| period.row_of(city.as_str()).is_some();
            if !periods.iter().any(has_it) {
                return Err(Failure::absent("该评估中没有这个城市", "the assessment has no such city"));
            }
        }
        let cells = cells(&set, &sight, &periods, query.city.as_ref(), &nodes);
        let about = About::new(&set, stored.request.engine_version.clone(), language);
        Ok(Self { stored, sight, set, about, manifest, periods, cells })
    }

    /// The rows, in the order of time, of the city codes and of the set.
    pub fn rows(&self) -> impl Iterator<Item = wire::ScoreRow> {
        self.cells.iter().filter_map(|&cell| self.row(cell))
    }

    /// A row as it is seen.
    pub fn row(&self, (period, row, node): (usize, usize, usize)) -> Option<wire::ScoreRow> {
        self.sight.row(self.periods[period].row(&self.set, row, node), (&self.set, node))
    }
}

/// Period, row and node of every row of the answer that is seen; what is seen under a pseudonym stands in the order of these.
fn cells(
    set: &IndicatorSet,
    sight: &Sight,
    periods: &[PeriodResult],
    city: Option<&Code>,
    nodes: &[usize],
) -> Vec<(usize, usize, usize)> {
    let mut cells = Vec::new();
    for (place, period) in periods.iter().enumerate() {
        let rows: Vec<usize> = match city {
            Some(code) => period.row_of(code.as_str()).into_iter().collect(),
            None => (0..period.cities.len()).collect(),
        };
        cells.extend(rows.into_iter().flat_map(|row| nodes.iter().map(move |&node| (place, row, node))));
    }
    if !sight.is_all() {
        let name = |&(period, row, node): &(usize, usize, usize)| sight.city(&periods[period].cities[row], (set, node));
        cells.retain(|cell| name(cell).is_some());
        cells.sort_by_cached_key(|cell| (cell.0, name(cell).map(|seen| (seen.is_pseudonym, seen.code)), cell.2));
    }
    cells
}

fn table(found: &Found) -> Table<'_> {
    let imputes = found.set.imputes();
    Table::streamed("scores", scores_columns(results::places(&found.set), imputes), move |emit| {
        let columns = results::SCORES + usize::from(imputes);
        found.rows().try_for_each(|row| emit(&results::row_cells(&row)[..columns]))
    })
}
