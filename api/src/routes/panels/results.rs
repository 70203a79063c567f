use actix_web::{HttpRequest, Responder, get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present_state;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{Cell as TableCell, Column, Format, Table};
use crate::extract::Query;
use crate::panels::results::{self, Cell};
use crate::panels::{looking, wrong_state};
use crate::routes::assessments::table::{self, PageOrCsv};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::panels::{self, Panel, PanelState};

/// How many results, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedResults {
    /// A page of JSON, or all rows as CSV; overrules `Accept`.
    #[param(inline)]
    format: Option<PageOrCsv>,
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
        (status = 200, description = "The results", content(
            (wire::PanelResults = "application/json"),
            (String = "text/csv"),
        )),
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
    request: HttpRequest,
    code: web::Path<Code>,
    query: Query<WantedResults>,
) -> Result<impl Responder, Failure> {
    caller.require(Right::ReadPanels)?;
    let form = table::form(&request, query.format)?;
    let panel = panels::find(state.db(), code.as_str()).await?;
    if looking(&caller, &panel)?.is_some() && panel.state == PanelState::Open {
        return Err(wrong_state(&panel, "查看结果", "its results are not shown yet"));
    }
    let all = results::cells(&panel);
    if form == Format::Csv {
        let cells = results::of(&state, state.db(), &panel, 0..all).await?;
        let bytes = table::csv(csv(&panel, &cells)).map_err(Failure::internal)?;
        return Ok(table::file(bytes, "panel-results.csv", &request));
    }
    let after: Option<(String, String)> = position(query.cursor.as_ref())?;
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let start = after.map_or(0, |(city, item)| results::after(&panel, &city, &item));
    let end = all.min(start.saturating_add(limit));
    let cells = results::of(&state, state.db(), &panel, start..end).await?;
    let next = cells.last().filter(|_| end < all).map(|cell| Cursor::after(&(&cell.city, &cell.item)));
    let items = cells.into_iter().map(|cell| present(&panel, cell)).collect();
    let shown = wire::PanelResults { state: present_state(panel.state), panel: code.into_inner(), items, next: next.clone() };
    Ok(Answer::page(&shown, next.as_ref()).respond_to(&request))
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

fn csv<'c>(panel: &Panel, cells: &'c [Cell]) -> Table<'c> {
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
