use actix_web::{put, web};
use citygauge_indicators::planning::Dossier;
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::put::require_same_city;
use super::{document, present, subject, tag, writable};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::change::{self, Given, Others, Wanted};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::designs;
use crate::write::trail;

/// Put a whole dossier in place of the one that a draft has.
///
/// All or nothing: every fault is told at once. Elements that are not named are removed; those that are as they were keep what
/// they have seen of their links, so that an import confirms nothing.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfMatchHeader),
    request_body = Dossier,
    security(("token" = [])),
    responses((status = 200, description = "What was changed", body = wire::DesignImport), Problems, BodyProblems, ChangeProblems)
)]
#[put("/designs/{id}/dossier")]
pub async fn replace_design_dossier(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    let design = writable(&state, &caller, &id).await?;
    let dossier: Dossier = document(&body)?;
    let elements = dossier.elements.into_iter().enumerate();
    let given: Vec<Given> = elements.map(|(place, element)| Given { at: format!("/elements/{place}"), element }).collect();
    let outside = change::looked_up(&state, &caller, &design.header.city, &given).await?;
    let transaction = state.store().begin().await?;
    let design = designs::find_to_change(&transaction, id.as_str()).await?;
    if_match.admit(&tag(&design))?;
    require_same_city(&design, &dossier.header)?;
    change::require_draft(&design)?;
    let wanted = Wanted { header: Some(dossier.header), given: &given, others: Others::Removed, outside: &outside };
    let changed = change::put(&transaction, &state, &caller, design, wanted).await?;
    let detail = json!({ "put": changed.put, "unchanged": changed.unchanged, "removed": changed.removed });
    trail(&transaction, &state, &caller, "replace_design_dossier", &subject(id.as_str()), detail).await?;
    transaction.commit().await?;
    let tag = tag(&changed.design);
    let (put, unchanged, removed) = (changed.put, changed.unchanged, changed.removed);
    Ok(Answer::row(&wire::DesignImport { design: present(changed.design), put, unchanged, removed }, &tag))
}
