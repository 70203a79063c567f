use actix_web::{post, web};
use citygauge_openapi as wire;

use super::Place;
use super::step::Step;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, Lang, Once};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;

/// Retire a published version.
///
/// What was assessed with it stays; new assessments cannot use it. Retiring it again changes nothing, so no
/// `If-Match` is needed; one that is given must hold.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, IfMatchHeader, IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 200, description = "The retired version", body = wire::IndicatorSet), Problems, ChangeProblems, CreateProblems)
)]
#[post("/indicator-sets/{code}/versions/{version}/retire")]
pub async fn retire_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    if_match: IfMatch,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    Step::Retire.take(&caller, &state, language, &place, &if_match, &request).await
}
