use actix_web::{HttpRequest, Responder, get, web};
use citygauge_openapi::{self as wire, Code, CompletenessBy, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::submissions::present_state;
use super::visible;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{Cell, Column, Format, Table};
use crate::extract::Query;
use crate::rounds::completeness::{By, Row, rows};
use crate::routes::assessments::table::{self, PageOrCsv};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::Word;
use crate::store::rounds;
use crate::store::submissions::SubmissionState;

/// By what is counted, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedCompleteness {
    /// By city, department or data item; by city unless given.
    #[param(inline)]
    by: Option<CompletenessBy>,
    /// A page of JSON, or all rows as CSV; overrules `Accept`.
    #[param(inline)]
    format: Option<PageOrCsv>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// Show how complete a round is at this moment.
///
/// Counts what was reported, declared missing, does not apply, was rejected or is blank, and how many submissions are in
/// which state, by city, department or data item. A caller who is limited to cities sees those. Empty before the opening.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), WantedCompleteness, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The counts", content(
            (wire::Completeness = "application/json"),
            (String = "text/csv"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/rounds/{code}/completeness")]
pub async fn show_completeness(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    code: web::Path<Code>,
    query: Query<WantedCompleteness>,
) -> Result<impl Responder, Failure> {
    caller.require(Right::ReadRounds)?;
    let form = table::form(&request, query.format)?;
    let by = query.by.unwrap_or_default();
    let counted = match by {
        CompletenessBy::City => By::City,
        CompletenessBy::Department => By::Department,
        CompletenessBy::Item => By::Item,
    };
    let round = rounds::find(state.db(), code.as_str()).await?;
    let cities = visible(&caller, &round);
    if form == Format::Csv {
        let (all, _) = rows(state.db(), &round, &cities, counted, None, usize::MAX).await?;
        let bytes = table::csv(csv(by, &all)).map_err(Failure::internal)?;
        return Ok(table::file(bytes, "completeness.csv", &request));
    }
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let (page, more) = rows(state.db(), &round, &cities, counted, after.as_deref(), limit).await?;
    let next = page.last().filter(|_| more).map(|row| Cursor::after(&row.key));
    let items = page.into_iter().map(present_row).collect();
    let shown = wire::Completeness { round: code.into_inner(), by, items, next: next.clone() };
    Ok(Answer::page(&shown, next.as_ref()).respond_to(&request))
}

fn present_row(row: Row) -> wire::CompletenessRow {
    wire::CompletenessRow {
        blank: row.blank(),
        share: row.share(),
        reported: row.reported,
        missing: row.missing,
        not_applicable: row.not_applicable,
        rejected: row.rejected,
        total: row.total,
        submissions: row
            .submissions
            .values()
            .map(|(state, count)| wire::SubmissionCount { state: present_state(*state), count: *count })
            .collect(),
        key: row.key,
    }
}

const STATES: [SubmissionState; 11] = [
    SubmissionState::Draft,
    SubmissionState::Submitted,
    SubmissionState::Returned,
    SubmissionState::Accepted,
    SubmissionState::Reviewed,
    SubmissionState::Verified,
    SubmissionState::Provisional,
    SubmissionState::Objected,
    SubmissionState::Upheld,
    SubmissionState::Dismissed,
    SubmissionState::Final,
];

/// A column per count, then one per state of submissions.
fn csv(by: CompletenessBy, rows: &[Row]) -> Table<'_> {
    let key = match by {
        CompletenessBy::City => "city",
        CompletenessBy::Department => "department",
        CompletenessBy::Item => "item",
    };
    let mut columns = vec![Column::text(key)];
    for count in ["reported", "missing", "not_applicable", "rejected", "blank", "total"] {
        columns.push(Column::integer(count));
    }
    columns.push(Column::number("share"));
    columns.extend(STATES.map(|state| Column::integer(state.as_str())));
    let integer = |count: u64| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let cells = rows.iter().map(|row| {
        let mut cells = vec![Cell::Text(row.key.as_str().into())];
        let counts = [row.reported, row.missing, row.not_applicable, row.rejected, row.blank(), row.total];
        cells.extend(counts.map(integer));
        cells.push(Cell::Number(row.share()));
        cells.extend(STATES.map(|state| integer(row.submissions.get(state.as_str()).map_or(0, |(_, count)| *count))));
        cells
    });
    Table::new("completeness", columns, cells.collect())
}
