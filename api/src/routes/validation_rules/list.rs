use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::validation_rules;

/// Which rules, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRules {
    /// Only rules that are bound to this set.
    set: Option<Code>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the validation rules that are kept in the service, by code.
#[utoipa::path(
    tag = "validation",
    params(WantedRules, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of rules", body = wire::ServiceRulePage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/validation-rules")]
pub async fn list_validation_rules(
    caller: Caller,
    state: web::Data<State>,
    query: Query<WantedRules>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadRules)?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let set = query.set.as_ref().map(Code::as_str);
    let page = validation_rules::page(state.db(), set, after.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::ServiceRulePage { items, next: next.clone() }, next.as_ref()))
}
