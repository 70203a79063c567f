use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::waivers;

/// Show a waiver, withdrawn or not.
#[utoipa::path(
    tag = "validation",
    params(("id" = Id, Path, description = "The waiver"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The waiver", body = wire::Waiver),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/waivers/{id}")]
pub async fn show_waiver(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ReadWaivers)?;
    let waiver = waivers::find(state.db(), id.as_str()).await?;
    caller.require_city(&waiver.city)?;
    // It ends by itself: its tag is not that of the row.
    Ok(Answer::ok(&present(waiver, state.now_ms())))
}
