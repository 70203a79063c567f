use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, readable, tag};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// Show a design, without its elements.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The design", body = wire::Design),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}")]
pub async fn show_design(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &id).await?;
    let tag = tag(&design);
    Ok(Answer::row(&present(design), &tag))
}
