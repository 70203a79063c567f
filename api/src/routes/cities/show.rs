use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::cities;

/// Show a city.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The city", body = wire::City),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/cities/{code}")]
pub async fn show_city(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadCities)?;
    let city = cities::find(state.db(), code.as_str()).await?;
    let tag = tag(&city);
    Ok(Answer::row(&present(city), &tag))
}
