use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::roadmaps;

/// Show a roadmap as it was made.
#[utoipa::path(
    tag = "roadmaps",
    params(("id" = Id, Path, description = "The roadmap"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The roadmap", body = wire::Roadmap),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/roadmaps/{id}")]
pub async fn show_roadmap(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let stored = roadmaps::find(state.db(), id.as_str()).await?;
    caller.require_city(&stored.city)?;
    Ok(Answer::row(&present(stored)?, &tag(&id)))
}
