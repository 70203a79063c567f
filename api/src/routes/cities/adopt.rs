use actix_web::{post, web};
use citygauge_openapi as wire;

use crate::adoption::adopt;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::write::once;

/// Register the cities of a published scheme of codes.
///
/// Those that are registered already keep what is said of them. All have their former codes and names as aliases, so that
/// old files are read as of the city of today.
#[utoipa::path(
    tag = "cities",
    params(IdempotencyKeyHeader),
    request_body = wire::CityAdoption,
    security(("token" = [])),
    responses(
        (status = 200, description = "What became of the cities", body = wire::AdoptedCities),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/cities/adopt")]
pub async fn adopt_cities(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::WriteCities)?;
    let wanted: wire::CityAdoption = body.read()?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        Ok(Answer::ok(&adopt(transaction, &state, &caller, &wanted).await?))
    })
    .await
}
