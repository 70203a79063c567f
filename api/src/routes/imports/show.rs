use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::present_with_faults;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::imports;

/// Show an import and its first faults.
#[utoipa::path(
    tag = "imports",
    params(("id" = Id, Path, description = "The import"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The import as it stands", body = wire::Import),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/imports/{id}")]
pub async fn show_import(caller: Caller, state: web::Data<State>, language: Lang, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ReadJobs)?;
    let import = imports::find(state.db(), id.as_str()).await?;
    caller.require_own(&import.request.created_by)?;
    Ok(Answer::ok(&present_with_faults(&state, import, language.0).await?))
}
