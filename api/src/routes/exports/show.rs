use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, readable};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// Show an export: how far it is, and its file once it is there.
#[utoipa::path(
    tag = "exports",
    params(("id" = Id, Path, description = "The export"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The export as it stands", body = wire::Export),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/exports/{id}")]
pub async fn show_export(caller: Caller, state: web::Data<State>, language: Lang, id: web::Path<Id>) -> Result<Answer, Failure> {
    Ok(Answer::ok(&present(readable(&state, &caller, &id).await?, language.0)))
}
