use actix_web::{post, web};
use citygauge_indicators::planning::DesignHeader;
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, API_ROOT};
use serde_json::json;

use super::{document, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::cities;
use crate::store::designs::{self, Design};
use crate::write::{once, trail};

/// Begin a design of a city.
///
/// It holds nothing yet. A planning period of three to five years is usual (GB/T 36333-2018, 4.3); another one is taken, and
/// the conformance says so.
#[utoipa::path(
    tag = "designs",
    params(IdempotencyKeyHeader),
    request_body = DesignHeader,
    security(("token" = [])),
    responses((status = 201, description = "The design", body = wire::Design), Problems, BodyProblems, CreateProblems)
)]
#[post("/designs")]
pub async fn create_design(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let header: DesignHeader = document(&body)?;
    caller.require_city(&header.city)?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        if cities::find_by_code(transaction, &header.city).await?.is_none() {
            return Err(Failure::Invalid(unknown_city(&header.city)));
        }
        let design = Design {
            id: state.sources().id(),
            header: header.clone(),
            revision: 1,
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
            updated_at_ms: state.now_ms(),
        };
        designs::insert(transaction, &design).await?;
        let place = subject(&design.id);
        trail(transaction, &state, &caller, "create_design", &place, json!({ "city": header.city })).await?;
        let tag = tag(&design);
        Ok(Answer::created(&format!("{API_ROOT}/{place}"), &present(design), &tag))
    })
    .await
}

fn unknown_city(code: &str) -> Faults {
    Fault::error("design.unknown_city", format!("没有城市“{code}”"), format!("there is no city '{code}'"))
        .at("/city")
        .value(code)
        .hint("请先登记城市，或核对代码", "register the city, or check its code")
        .into()
}
