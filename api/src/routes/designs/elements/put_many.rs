use actix_web::{post, web};
use citygauge_indicators::planning::DossierElements;
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::change::{self, Given, Others, Wanted};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::routes::designs::{document, present, subject, tag, writable};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::designs;
use crate::write::{once, trail};

/// Put many elements into a draft at once.
///
/// All or nothing: every fault is told at once. Elements with a code that is there already take its place; those that are not
/// named stay. The condition is the tag of the design.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = DossierElements,
    security(("token" = [])),
    responses(
        (status = 200, description = "What was changed", body = wire::DesignImport),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/designs/{id}/elements")]
pub async fn put_design_elements(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    let design = writable(&state, &caller, &id).await?;
    let given: DossierElements = document(&body)?;
    let elements = given.elements.into_iter().enumerate();
    let given: Vec<Given> = elements.map(|(place, element)| Given { at: format!("/elements/{place}"), element }).collect();
    let outside = change::looked_up(&state, &caller, &design.header.city, &given).await?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let design = designs::find_to_change(transaction, id.as_str()).await?;
        if_match.admit(&tag(&design))?;
        change::require_draft(&design)?;
        let wanted = Wanted { header: None, given: &given, others: Others::Kept, outside: &outside };
        let changed = change::put(transaction, &state, &caller, design, wanted).await?;
        let detail = json!({ "put": changed.put, "unchanged": changed.unchanged });
        trail(transaction, &state, &caller, "put_design_elements", &subject(id.as_str()), detail).await?;
        let tag = tag(&changed.design);
        let (put, unchanged, removed) = (changed.put, changed.unchanged, changed.removed);
        Ok(Answer::row(&wire::DesignImport { design: present(changed.design), put, unchanged, removed }, &tag))
    })
    .await
}
