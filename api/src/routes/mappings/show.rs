use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::mappings;

/// Show a mapping.
#[utoipa::path(
    tag = "mappings",
    params(("code" = Code, Path, description = "The code of the mapping"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The mapping", body = wire::Mapping),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/mappings/{code}")]
pub async fn show_mapping(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadMappings)?;
    let mapping = mappings::find(state.db(), code.as_str()).await?;
    let tag = tag(&mapping);
    Ok(Answer::row(&present(mapping)?, &tag))
}
