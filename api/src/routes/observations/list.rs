use actix_web::{get, web};
use citygauge_indicators as indicators;
use citygauge_openapi::{self as wire, Code, Cursor, Moment, ObservationProvider, PeriodCode, QualityGrade};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{present, provider};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::observations::{self, Filter, Place};

/// Which observations, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only this city.
    city: Option<Code>,
    /// Only this data item.
    item: Option<Code>,
    /// Only this period.
    period: Option<PeriodCode>,
    /// Only what this provider delivered.
    #[param(inline)]
    provider: Option<ObservationProvider>,
    /// Only values of this quality grade.
    #[param(inline)]
    quality: Option<QualityGrade>,
    /// As they stood at this moment; now unless given.
    as_of: Option<Moment>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the observations, by city, period and item.
///
/// A reporter sees those of its own cities.
#[utoipa::path(
    tag = "observations",
    params(Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of observations", body = wire::ObservationPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations")]
pub async fn list_observations(caller: Caller, state: web::Data<State>, query: Query<Wanted>) -> Result<Answer, Failure> {
    caller.require(Right::ReadObservations)?;
    let wanted = query.into_inner();
    let after: Option<(String, String, String)> = position(wanted.cursor.as_ref())?;
    let after = after.map(|(city, period, item)| Place { city, period, item });
    let cities = match (&wanted.city, caller.cities()) {
        (Some(city), _) => {
            caller.require_city(city.as_str())?;
            vec![city.to_string()]
        }
        (None, Some(own)) => own.to_vec(),
        (None, None) => Vec::new(),
    };
    let filter = Filter {
        cities,
        items: wanted.item.into_iter().map(String::from).collect(),
        periods: wanted.period.into_iter().map(String::from).collect(),
        providers: wanted.provider.into_iter().map(provider).collect(),
        qualities: wanted.quality.into_iter().map(|grade| indicators::QualityGrade::from(grade).word().to_owned()).collect(),
        as_of_ms: wanted.as_of.map(Moment::as_ms),
    };
    let limit = PageLimit::or_configured(wanted.limit, &state);
    let page = observations::page(state.db(), &filter, after.as_ref(), limit).await?;
    let next = page.next.as_ref().map(|place| Cursor::after(&(&place.city, &place.period, &place.item)));
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::ObservationPage { items, next: next.clone() }, next.as_ref()))
}
