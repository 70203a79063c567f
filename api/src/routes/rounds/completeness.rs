use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, CompletenessBy, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::submissions::present_state;
use super::visible;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{Cell, Column, Table};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::rounds::completeness::{By, Row, rows};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::Word;
use crate::store::rounds::{self, Round};
use crate::store::submissions::SubmissionState;
use crate::tables::Prepared;

/// By what is counted, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedCompleteness {
    /// By city, department or data item; by city unless given.
    #[param(inline)]
    by: Option<CompletenessBy>,
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

/// Show how complete a round is at this moment.
///
/// Counts what was reported, declared missing, does not apply, was rejected or is blank, and how many submissions are in
/// which state, by city, department or data item. A caller who is limited to cities sees those. Empty before the opening.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), WantedCompleteness, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of counts", body = wire::Completeness),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/rounds/{code}/completeness")]
pub async fn show_completeness(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: HttpRequest,
    code: web::Path<Code>,
    query: Query<WantedCompleteness>,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let counting = Counting::open(&state, &caller, &code, &query).await?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let (page, more) = counting.rows(&state, after.as_deref(), limit).await?;
    let next = page.last().filter(|_| more).map(|row| Cursor::after(&row.key));
    let items = page.into_iter().map(present_row).collect();
    let shown = wire::Completeness { round: code.into_inner(), by: counting.by, items, next: next.clone() };
    Ok(Answer::page(&shown, next.as_ref()).respond_to(&request))
}

/// The table of the counts.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedCompleteness,
    language: Language,
) -> Result<Prepared, Failure> {
    let counting = Counting::open(state, caller, code, query).await?;
    let (all, _) = counting.rows(state, None, usize::MAX).await?;
    Ok(Prepared::at_hand("completeness", language, (counting.by, all), |(by, rows)| table(*by, rows))?)
}

/// What is counted of a round, by what, and for whom.
struct Counting {
    round: Round,
    cities: Vec<String>,
    by: CompletenessBy,
}

impl Counting {
    async fn open(state: &State, caller: &Caller, code: &Code, query: &WantedCompleteness) -> Result<Self, Failure> {
        caller.require(Right::ReadRounds)?;
        let round = rounds::find(state.db(), code.as_str()).await?;
        Ok(Self { cities: visible(caller, &round), round, by: query.by.unwrap_or_default() })
    }

    async fn rows(&self, state: &State, after: Option<&str>, limit: usize) -> Result<(Vec<Row>, bool), Failure> {
        let by = match self.by {
            CompletenessBy::City => By::City,
            CompletenessBy::Department => By::Department,
            CompletenessBy::Item => By::Item,
        };
        rows(state.db(), &self.round, &self.cities, by, after, limit).await
    }
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
fn table(by: CompletenessBy, rows: &[Row]) -> Table<'_> {
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
