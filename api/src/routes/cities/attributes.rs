use actix_web::{get, web};
use citygauge_openapi::{self as wire, CityAttribute, CityAttributes, Code, Day};

use super::day;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::cities;

/// Show every value that the attributes of a city have had.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The attributes through time", body = wire::CityAttributes),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/cities/{code}/attributes")]
pub async fn show_city_attributes(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadCities)?;
    let city = cities::find(state.db(), code.as_str()).await?;
    let history = cities::attributes::of_city(state.db(), code.as_str()).await?;
    let mut items: Vec<CityAttribute> = Vec::new();
    let unchanged = city.profile.attributes.into_iter().filter(|(name, _)| history.iter().all(|change| change.name != *name));
    items.extend(unchanged.map(|(name, value)| CityAttribute { name, value: Some(value), valid_from: None, valid_to: None }));
    for (place, change) in history.iter().enumerate() {
        let next = history.get(place + 1).filter(|next| next.name == change.name);
        let valid_to = next.and_then(|next| next.from.parse::<Day>().ok()).and_then(Day::before);
        if change.value.is_none() && change.from.is_empty() {
            continue;
        }
        let (name, value) = (change.name.clone(), change.value.clone());
        items.push(CityAttribute { name, value, valid_from: day(Some(change.from.clone())), valid_to });
    }
    items.sort_by(|one, other| (&one.name, one.valid_from).cmp(&(&other.name, other.valid_from)));
    Ok(Answer::ok(&CityAttributes { city: code.into_inner(), items }))
}
