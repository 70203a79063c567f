use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Id};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::reports::{self, Wanted};

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedReports {
    /// Only those of this assessment.
    assessment: Option<Id>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the reports, the newest first.
///
/// A caller who is limited to cities sees those of its cities.
#[utoipa::path(
    tag = "reports",
    params(WantedReports, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of reports", body = wire::ReportPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/reports")]
pub async fn list_reports(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    query: Query<WantedReports>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let wanted = Wanted { assessment: query.assessment.as_ref().map(Id::as_str), cities: caller.cities() };
    let page = reports::page(state.db(), wanted, before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|report| present(report, language.0)).collect();
    Ok(Answer::page(&wire::ReportPage { items, next: next.clone() }, next.as_ref()))
}
