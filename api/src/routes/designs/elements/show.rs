use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{ElementPath, shown};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::routes::designs::readable;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// Show an element of a design, and whether it is to be re-checked.
#[utoipa::path(
    tag = "designs",
    params(ElementPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The element", body = wire::DesignElement),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/elements/{code}")]
pub async fn show_design_element(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<ElementPath>,
) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &path.id).await?;
    let (element, tag) = shown(&state, &design, &path.code).await?;
    Ok(Answer::row(&element, &tag))
}
