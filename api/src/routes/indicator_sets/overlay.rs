use actix_web::{post, web};
use citygauge_indicators::overlay::Overlay;
use citygauge_openapi as wire;
use serde_json::json;

use super::{Place, document, lineage, location, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets;
use crate::write::{once, trail};

/// Derive a draft from a published version by stated changes.
///
/// The result is a whole document that passes the check; its member `derived_from` names the version, its digest and its
/// ancestors. A draft cannot be derived from: that is a conflict. Faults point into the changes.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, IdempotencyKeyHeader),
    request_body = wire::SetOverlay,
    security(("token" = [])),
    responses((status = 201, description = "The draft", body = wire::IndicatorSet), Problems, BodyProblems, CreateProblems)
)]
#[post("/indicator-sets/{code}/versions/{version}/overlay")]
pub async fn overlay_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let overlay = Overlay::parse(&body.bytes)?;
    let key = place.key();
    // A published version never changes, so what is derived from now is what stands there in the transaction.
    lineage::base(state.db(), &key).await?;
    let (_, base) = sets::find(&state, &key).await?;
    let mut checked = document::keepable(&state, move || overlay.apply(&base)).await??;
    checked.new.derived_from = Some(key);
    once(&state, &caller, &request, &body.digest, async |transaction| {
        lineage::stated(transaction, checked.set.document()).await?;
        let entry = indicator_sets::insert(transaction, &checked.new, caller.id(), state.now_ms()).await?;
        let base = checked.new.derived_from.as_ref().map(subject);
        let detail = json!({ "digest": entry.digest, "base": base });
        trail(transaction, &state, &caller, "overlay_indicator_set", &subject(&entry.key), detail).await?;
        let (location, tag) = (location(&entry.key), tag(&entry));
        let set = present(entry, &checked.new.document, checked.set.warnings(), language.0)?;
        Ok(Answer::created(&location, &set, &tag))
    })
    .await
}
