use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, readable};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// Show a report: what it is of, and how far it is.
#[utoipa::path(
    tag = "reports",
    params(("id" = Id, Path, description = "The report"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The report", body = wire::Report),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/reports/{id}")]
pub async fn show_report(caller: Caller, state: web::Data<State>, language: Lang, id: web::Path<Id>) -> Result<Answer, Failure> {
    let report = readable(&state, &caller, &id).await?;
    Ok(Answer::ok(&present(report, language.0)))
}
