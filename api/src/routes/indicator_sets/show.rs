use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{Place, present, tag};
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
    params(Place, IfNoneMatchHeader),
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
    place: web::Path<Place>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    let (stored, set) = sets::find(&state, &place.key()).await?;
    let tag = tag(&stored.entry);
    Ok(Answer::row(&present(stored.entry, &stored.document, set.warnings(), language.0)?, &tag))
}
