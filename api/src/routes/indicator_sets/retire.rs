use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{Place, key, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, Lang, Once};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::{self, SetState};
use crate::write::{once, trail};

/// Retire a published version.
///
/// What was assessed with it stays; new assessments cannot use it. Retiring it again changes nothing, so no
/// `If-Match` is needed; one that is given must hold.
#[utoipa::path(
    tag = "indicator-sets",
    params(
        ("code" = Code, Path, description = "The code of the set"),
        ("version" = Code, Path, description = "Its version"),
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    security(("token" = [])),
    responses((status = 200, description = "The retired version", body = wire::IndicatorSet), Problems, ChangeProblems, CreateProblems)
)]
#[post("/indicator-sets/{code}/versions/{version}/retire")]
pub async fn retire_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: Place,
    if_match: IfMatch,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let key = key(&place);
    let (_, set) = sets::find(&state, &key).await?;
    once(&state, &caller, &request, "", async |transaction| {
        let mut known = indicator_sets::find(transaction, &key).await?;
        if_match.admit_if_given(&tag(&known.entry))?;
        if known.entry.state != SetState::Retired {
            known.entry = indicator_sets::retire(transaction, &key, known.entry.revision, state.now_ms()).await?;
            let detail = json!({ "digest": known.entry.digest });
            trail(transaction, &state, &caller, "retire_indicator_set", &subject(&key), detail).await?;
        }
        let tag = tag(&known.entry);
        Ok(Answer::row(&present(known.entry, &known.document, set.warnings(), language.0)?, &tag))
    })
    .await
}
