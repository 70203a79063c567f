use actix_web::get;
use citygauge_openapi::set_json_schema;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;

/// Show the JSON Schema of a set document.
///
/// Draft 2020-12, with everything it refers to inside. It describes the form; the check adds the meaning.
#[utoipa::path(
    tag = "indicator-sets",
    params(IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The schema", body = serde_json::Value),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/schema")]
pub async fn show_indicator_set_schema(caller: Caller) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    Ok(Answer::ok(&set_json_schema()))
}
