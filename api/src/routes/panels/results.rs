use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present_state;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{Cell as TableCell, Column, Table};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::panels::results::{self, Cell};
use crate::panels::{looking, wrong_state};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::panels::{self, Panel, PanelState};
use crate::tables::Prepared;

/// How many results, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedResults {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the results of a panel, by city and item.
///
/// How many scores there are and are left out, the trimmed mean, and the spread of all scores. While the panel is open,
/// whoever runs it sees the counts only, and an expert none: nobody is led by what others said.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), WantedResults, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of results", body = wire::PanelResults),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "The panel is open", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/panels/{code}/results")]
pub async fn list_panel_results(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: HttpRequest,
    code: web::Path<Code>,
    query: Query<WantedResults>,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, language.0).await?.answer(&state, form, &request).await;
    }
    let panel = shown(&state, &caller, &code).await?;
    let all = results::cells(&panel);
    let after: Option<(String, String)> = position(query.cursor.as_ref())?;
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let start = after.map_or(0, |(city, item)| results::after(&panel, &city, &item));
    let end = all.min(start.saturating_add(limit));
    let cells = results::of(&state, state.db(), &panel, start..end).await?;
    let next = cells.last().filter(|_| end < all).map(|cell| Cursor::after(&(&cell.city, &cell.item)));
    let items = cells.into_iter().map(|cell| present(&panel, cell)).collect();
    let page = wire::PanelResults { state: present_state(panel.state), panel: code.into_inner(), items, next: next.clone() };
    Ok(Answer::page(&page, next.as_ref()).respond_to(&request))
}

/// The table of the results.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    language: Language,
) -> Result<Prepared, Failure> {
    let panel = shown(state, caller, code).await?;
    let cells = results::of(state, state.db(), &panel, 0..results::cells(&panel)).await?;
    Ok(Prepared::at_hand("panel-results", language, (panel, cells), |(panel, cells)| table(panel, cells))?)
}

/// The panel, where the caller may see its results.
async fn shown(state: &State, caller: &Caller, code: &Code) -> Result<Panel, Failure> {
    caller.require(Right::ReadPanels)?;
    let panel = panels::find(state.db(), code.as_str()).await?;
    if looking(caller, &panel)?.is_some() && panel.state == PanelState::Open {
        return Err(wrong_state(&panel, "查看结果", "its results are not shown yet"));
    }
    Ok(panel)
}

fn present(panel: &Panel, cell: Cell) -> wire::PanelResult {
    let score = cell.score.as_ref();
    wire::PanelResult {
        mean: cell.mean(panel),
        least: score.map(|score| score.least),
        median: score.map(|score| score.median),
        greatest: score.map(|score| score.greatest),
        standard_deviation: score.and_then(|score| score.standard_deviation),
        count: cell.count as u64,
        left_out: cell.left_out as u64,
        enough: cell.enough,
        city: Code::trusted(cell.city),
        item: Code::trusted(cell.item),
    }
}

fn table<'c>(panel: &Panel, cells: &'c [Cell]) -> Table<'c> {
    let texts = ["city", "item"].map(Column::text);
    let counts = ["count", "left_out"].map(Column::integer);
    let numbers = ["mean", "least", "median", "greatest", "standard_deviation"].map(Column::number);
    let columns = texts.into_iter().chain(counts).chain([Column::text("enough")]).chain(numbers);
    let number = |value: Option<f64>| value.map_or(TableCell::Empty, TableCell::Number);
    let integer = |count: usize| TableCell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = cells.iter().map(|cell| {
        let score = cell.score.as_ref();
        vec![
            TableCell::from(&cell.city),
            TableCell::from(&cell.item),
            integer(cell.count),
            integer(cell.left_out),
            TableCell::from(if cell.enough { "true" } else { "false" }),
            number(cell.mean(panel)),
            number(score.map(|score| score.least)),
            number(score.map(|score| score.median)),
            number(score.map(|score| score.greatest)),
            number(score.and_then(|score| score.standard_deviation)),
        ]
    });
    Table::new("results", columns.collect(), rows.collect())
}
