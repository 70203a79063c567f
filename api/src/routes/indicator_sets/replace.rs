use actix_web::{put, web};
use citygauge_indicators::{Fault, SetDocument};
use citygauge_openapi as wire;
use serde_json::json;

use super::body::SetBody;
use super::{Place, document, lineage, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, Lang};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::indicator_sets;
use crate::write::trail;

/// Replace the document of a draft.
///
/// The document is JSON or a workbook. A published version never changes: that is a conflict.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, IfMatchHeader),
    request_body(content(
        (SetDocument = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    security(("token" = [])),
    responses((status = 200, description = "The draft", body = wire::IndicatorSet), Problems, BodyProblems, ChangeProblems)
)]
#[put("/indicator-sets/{code}/versions/{version}")]
pub async fn replace_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    if_match: IfMatch,
    body: SetBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let key = place.key();
    let mut checked = document::check(&state, &body).await??;
    if checked.new.key != key {
        return Err(Failure::invalid(
            Fault::error(
                "set.other_key",
                "文档的代码或版本与路径不符",
                "the document is of another code or version than the path",
            )
            .at("")
            .value(checked.new.key.to_string())
            .expected(key.to_string())
            .hint("请改正文档，或新建草稿", "correct the document, or make a new draft"),
        ));
    }
    let transaction = state.store().begin().await?;
    let known = indicator_sets::find(&transaction, &key).await?;
    if_match.admit(&tag(&known.entry))?;
    checked.new.derived_from = lineage::stated(&transaction, checked.set.document()).await?.or(known.entry.derived_from);
    let entry = indicator_sets::replace(&transaction, &checked.new, known.entry.revision, state.now_ms()).await?;
    let detail = json!({ "digest": entry.digest, "before": known.entry.digest });
    trail(&transaction, &state, &caller, "replace_indicator_set", &subject(&key), detail).await?;
    transaction.commit().await?;
    let tag = tag(&entry);
    Ok(Answer::row(&present(entry, &checked.new.document, checked.set.warnings(), language.0)?, &tag))
}
