use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::sources;

/// Show a source.
///
/// A secret is shown by its name only.
#[utoipa::path(
    tag = "sources",
    params(("code" = Code, Path, description = "The code of the source"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The source", body = wire::Source),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/sources/{code}")]
pub async fn show_source(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadSources)?;
    let source = sources::find(state.db(), code.as_str()).await?;
    let tag = tag(&source);
    Ok(Answer::row(&present(source)?, &tag))
}
