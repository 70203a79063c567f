use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present_summary;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::indicator_sets::{self, SetFilter, SetKey, SetState};

/// Which versions, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only versions of this set.
    code: Option<Code>,
    /// Only versions in this state.
    state: Option<wire::SetState>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the versions of sets, by code and version.
#[utoipa::path(
    tag = "indicator-sets",
    params(Filter, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of versions, without their documents", body = wire::IndicatorSetPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets")]
pub async fn list_indicator_sets(caller: Caller, state: web::Data<State>, query: Query<Filter>) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    let query = query.into_inner();
    let after: Option<(String, String)> = position(query.cursor.as_ref())?;
    let after = after.map(|(code, version)| SetKey { code, version });
    let wanted = query.state.map(|state| match state {
        wire::SetState::Draft => SetState::Draft,
        wire::SetState::Published => SetState::Published,
        wire::SetState::Retired => SetState::Retired,
    });
    let filter = SetFilter { code: query.code.map(String::from), state: wanted };
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = indicator_sets::page(state.db(), &filter, after.as_ref(), limit).await?;
    let next = page.next.as_ref().map(|key| Cursor::after(&(&key.code, &key.version)));
    let items = page.items.into_iter().map(present_summary).collect();
    Ok(Answer::page(&wire::IndicatorSetPage { items, next: next.clone() }, next.as_ref()))
}
