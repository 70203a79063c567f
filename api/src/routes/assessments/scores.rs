use actix_web::http::header::{ETAG, HeaderName};
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::IndicatorSet;
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode, path_segment};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{node_of, period_of};
use crate::answer::{Answer, Tag, is_known};
use crate::assessments::kept::{self, PeriodResult};
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{self, About, Cell, ExportError, Format, Options, Table, scores_columns};
use crate::extract::{Lang, Query};
use crate::negotiate::wanted;
use crate::results;
use crate::rounds::visibility::{self, Operation, Sight};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;

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
    /// How many members a page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// The forms in which scores are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoresFormat {
    /// A page.
    Json,
    /// All of them as CSV.
    Csv,
    /// All of them as a workbook.
    Xlsx,
    /// All of them as Parquet.
    Parquet,
}

/// Names the set version in every answer with scores, because CSV has no room for it.
pub(super) const SET_HEADER: HeaderName = HeaderName::from_static("citygauge-set");

const OFFERED: [Format; 4] = [Format::Json, Format::Csv, Format::Xlsx, Format::Parquet];

/// List the scores of an assessment.
///
/// One row per period, city and node, in the order of time, of the city codes and of the set. Every answer names the set
/// version: in the header `CityGauge-Set`, in `set` of the page, in the sheet `about` of a workbook, in the metadata of
/// Parquet (keys `citygauge.set`, `citygauge.title`, `citygauge.basis` and so on). Where a round is for its participants, a city sees
/// the others under pseudonyms, and of them only nodes with two indicators or more; where it is public, no key is needed.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedScores, IfNoneMatchHeader),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "A page of scores, or all of them as a file", content(
            (wire::Scores = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"),
        ), headers(("CityGauge-Set" = String, description =
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
    let asked = query.format.map(|format| match format {
        ScoresFormat::Json => Format::Json,
        ScoresFormat::Csv => Format::Csv,
        ScoresFormat::Xlsx => Format::Xlsx,
        ScoresFormat::Parquet => Format::Parquet,
    });
    let format = wanted(&request, asked, &OFFERED)?;
    let (stored, sight) = visibility::open(&state, &reader, id.as_str(), Operation::Scores).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let nodes: Vec<usize> = match &query.node {
        Some(code) => vec![node_of(&set, Some(code))?],
        None => (0..set.nodes().len()).collect(),
    };
    let manifest = manifest(&stored)?;
    let asked = query.period.as_ref().map(|period| period_of(&manifest, Some(period))).transpose()?;
    let periods = kept::open(&state, &manifest, |period| asked.as_deref().is_none_or(|asked| asked == period)).await?;
    if let Some(city) = &query.city {
        sight.require_city(city.as_str())?;
        let has_it = |period: &PeriodResult| period.row_of(city.as_str()).is_some();
        if !periods.iter().any(has_it) {
            return Err(Failure::absent("该评估中没有这个城市", "the assessment has no such city"));
        }
    }
    let cells = cells(&set, &sight, &periods, query.city.as_ref(), &nodes);
    let about = About::new(&set, stored.request.engine_version, language.0);
    if format == Format::Json {
        let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
        let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
        let page = cells.iter().skip(start).take(limit);
        let items =
            page.filter_map(|&(period, row, node)| sight.row(periods[period].row(&set, row, node), (&set, node))).collect();
        let next = (cells.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
        let page = wire::Scores { set: about.set().clone(), items, next: next.clone() };
        return Ok(Answer::page(&page, next.as_ref()).with(SET_HEADER, &about.header()).respond_to(&request));
    }
    // An assessment never changes, so what is asked for names the bytes; another version may write them in another way.
    let asked = (&query.node, &query.city, &query.period, language.0, sight.tag());
    let tag = Tag::of_name(&format!("{:?}", (id.as_str(), asked, format.extension(), env!("CARGO_PKG_VERSION"))));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let (said, name) = (about.header(), file_name(&about, &id, format));
    let written = state.engine(move || file(&set, &sight, &periods, &cells, format, &about));
    let bytes = written.await?.map_err(too_large)?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", format.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .insert_header((SET_HEADER, said))
        .body(bytes))
}

/// A name that keeps the set version with the file.
fn file_name(about: &About, id: &Id, format: Format) -> String {
    let (code, version) = (path_segment(about.set().code.as_str()), path_segment(about.set().version.as_str()));
    format!("scores-{code}@{version}-{id}.{}", format.extension())
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

fn file(
    set: &IndicatorSet,
    sight: &Sight,
    periods: &[PeriodResult],
    cells: &[(usize, usize, usize)],
    format: Format,
    about: &About,
) -> Result<Vec<u8>, ExportError> {
    let table = Table::streamed("scores", scores_columns(results::places(set), set.imputes()), |emit| {
        let columns = results::SCORES + usize::from(set.imputes());
        cells.iter().try_for_each(|&(period, row, node)| {
            let Some(row) = sight.row(periods[period].row(set, row, node), (set, node)) else { return Ok(()) };
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
    });
    let mut bytes = Vec::new();
    export::write(&[table], format, &Options { about: Some(about), ..Options::default() }, &mut bytes)?;
    Ok(bytes)
}

/// A workbook holds 1,048,576 rows; what does not fit is the caller's choice to change.
fn too_large(error: ExportError) -> Failure {
    match error {
        ExportError::TooManyRows { .. } => Failure::invalid(
            citygauge_indicators::Fault::error("export.too_many_rows", "行数超出工作表上限", error.to_string())
                .hint("请改用 CSV 或 Parquet，或加筛选条件", "ask for CSV or Parquet, or for fewer rows"),
        ),
        other => Failure::internal(other),
    }
}
