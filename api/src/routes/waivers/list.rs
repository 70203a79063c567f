use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::waivers::{self, WaiverFilter};

/// Which waivers, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedWaivers {
    /// Only waivers of this rule.
    rule: Option<Code>,
    /// Only waivers of this set.
    set: Option<Code>,
    /// Only waivers of this city.
    city: Option<Code>,
    /// Only waivers of this period; those of every period are not among them.
    period: Option<PeriodCode>,
    /// Only waivers of this data item; those of every item are not among them.
    item: Option<Code>,
    /// Only waivers that hold now: neither withdrawn nor expired.
    #[serde(default)]
    #[param(required = false)]
    holding: bool,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the waivers, the newest first, with those that were withdrawn.
///
/// Whoever is limited to cities sees theirs.
#[utoipa::path(
    tag = "validation",
    params(WantedWaivers, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of waivers", body = wire::WaiverPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/waivers")]
pub async fn list_waivers(caller: Caller, state: web::Data<State>, query: Query<WantedWaivers>) -> Result<Answer, Failure> {
    caller.require(Right::ReadWaivers)?;
    let wanted = query.into_inner();
    let before: Option<String> = position(wanted.cursor.as_ref())?;
    let cities = match (&wanted.city, caller.cities()) {
        (Some(city), _) => {
            caller.require_city(city.as_str())?;
            vec![city.to_string()]
        }
        (None, Some(own)) => own.to_vec(),
        (None, None) => Vec::new(),
    };
    let filter = WaiverFilter {
        rule: wanted.rule.map(String::from),
        set: wanted.set.map(String::from),
        cities,
        period: wanted.period.map(String::from),
        item: wanted.item.map(String::from),
        held_at_ms: wanted.holding.then(|| state.now_ms()),
    };
    let limit = PageLimit::or_configured(wanted.limit, &state);
    let page = waivers::page(state.db(), &filter, before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|waiver| present(waiver, state.now_ms())).collect();
    Ok(Answer::page(&wire::WaiverPage { items, next: next.clone() }, next.as_ref()))
}
