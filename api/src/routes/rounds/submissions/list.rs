use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{present, state_of};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::rounds;
use crate::store::submissions::{self, SubmissionFilter};

/// Which submissions, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedSubmissions {
    /// Only those of this city.
    city: Option<Code>,
    /// Only those of this department; the empty name is that of the items without one.
    #[param(max_length = 200)]
    department: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<wire::SubmissionState>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the submissions of a round, by city and department.
///
/// A caller who is limited to cities sees those.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), WantedSubmissions, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of submissions", body = wire::SubmissionPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/rounds/{code}/submissions")]
pub async fn list_submissions(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedSubmissions>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadRounds)?;
    let wanted = query.into_inner();
    let after: Option<(String, String)> = position(wanted.cursor.as_ref())?;
    let cities = match (&wanted.city, caller.cities()) {
        (Some(city), _) => {
            caller.require_city(city.as_str())?;
            vec![city.to_string()]
        }
        (None, own) => own.unwrap_or_default().to_vec(),
    };
    let filter = SubmissionFilter { cities, department: wanted.department, state: wanted.state.map(state_of) };
    let round = rounds::find(state.db(), code.as_str()).await?;
    let limit = PageLimit::or_configured(wanted.limit, &state);
    let page = submissions::page(state.db(), code.as_str(), &filter, after.as_ref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|submission| present(submission, &round)).collect();
    Ok(Answer::page(&wire::SubmissionPage { items, next: next.clone() }, next.as_ref()))
}
