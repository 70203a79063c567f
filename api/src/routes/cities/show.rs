use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use utoipa::IntoParams;

use super::valid_at::ValidAt;
use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::cities;

/// Which state of the city.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedCity {
    /// Shows the attributes as they were on this day, or on the last day of this period; today unless given.
    #[param(value_type = Option<String>, example = "2020", pattern = "^[0-9]{4}(-(S[12]|Q[1-4]|[0-9]{2}(-[0-9]{2})?))?$")]
    valid_at: Option<ValidAt>,
}

/// Show a city.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), WantedCity, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The city", body = wire::City),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/cities/{code}")]
pub async fn show_city(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedCity>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadCities)?;
    let mut city = cities::find(state.db(), code.as_str()).await?;
    let aliases = cities::aliases::of_city(state.db(), code.as_str()).await?;
    let history = cities::attributes::of_city(state.db(), code.as_str()).await?;
    let today = cities::day(state.now_ms());
    let day = query.valid_at.as_ref().map_or(today.as_str(), ValidAt::day);
    city.profile.attributes = cities::attributes::on(day, &city.profile.attributes, &history);
    match query.valid_at {
        // Another state of the row has another tag, which is good for no write.
        Some(_) => Ok(Answer::ok(&present(city, aliases))),
        None => {
            let tag = tag(&city);
            Ok(Answer::row(&present(city, aliases), &tag))
        }
    }
}
