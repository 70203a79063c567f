use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{Place, key, present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;

/// Show a version of a set with its document.
#[utoipa::path(
    tag = "indicator-sets",
    params(
        ("code" = Code, Path, description = "The code of the set"),
        ("version" = Code, Path, description = "Its version"),
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The version", body = wire::IndicatorSet),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/{code}/versions/{version}")]
pub async fn show_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: Place,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    let (stored, set) = sets::find(&state, &key(&place)).await?;
    let tag = tag(&stored.entry);
    Ok(Answer::row(&present(stored.entry, &stored.document, set.warnings(), language.0)?, &tag))
}
