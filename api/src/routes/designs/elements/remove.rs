use actix_web::{delete, web};
use citygauge_indicators::planning::dossier::{Placed, check};
use citygauge_indicators::planning::{ElementDocument, LinkTarget};
use serde_json::json;

use super::{Before, ElementPath, absent};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::change::{self, event};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::designs::writable;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::designs::{self, EventAction, StoredElement};
use crate::write::trail;

/// Remove an element of a draft; its history stays.
///
/// An element that others link to stays, and they are named.
#[utoipa::path(
    tag = "designs",
    params(ElementPath, IfMatchHeader),
    security(("token" = [])),
    responses(
        (status = 204, description = "The element was removed"),
        (status = 409, description = "Others link to it, or the design is no draft", body = citygauge_openapi::Problem, content_type = "application/problem+json"),
        Problems,
        ChangeProblems,
    )
)]
#[delete("/designs/{id}/elements/{code}")]
pub async fn remove_design_element(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<ElementPath>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    let design = writable(&state, &caller, &path.id).await?;
    let before = Before::of(&state, &design, &path.code).await?;
    let transaction = state.store().begin().await?;
    let design = designs::find_to_change(&transaction, path.id.as_str()).await?;
    let code = path.code.as_str();
    let stored = designs::elements(&transaction, &design.id).await?;
    let (removed, others): (Vec<StoredElement>, Vec<StoredElement>) =
        stored.into_iter().partition(|stored| stored.element.code() == code);
    let removed = removed.first().ok_or_else(|| absent(&path.code))?;
    if_match.admit(&before.tag(removed))?;
    change::require_draft(&design)?;
    let users: Vec<&str> = others.iter().filter(|other| uses(other, code)).map(|other| other.element.code()).collect();
    if !users.is_empty() {
        let named = users.iter().take(20).copied().collect::<Vec<_>>().join(", ");
        return Err(Failure::conflict(
            format!("要素“{code}”仍被引用：{named}"),
            format!("the element '{code}' is linked to by {named}"),
        ));
    }
    let placed: Vec<Placed<'_>> = others.iter().map(|stored| Placed { at: String::new(), element: &stored.element }).collect();
    let faults = check(&placed, (design.header.from, design.header.to));
    if faults.has_errors() {
        return Err(Failure::Invalid(faults));
    }
    designs::remove_elements(&transaction, &design.id, &[code]).await?;
    designs::note(&transaction, &design.id, &[event(&state, &caller, code, EventAction::Removed, None)]).await?;
    designs::replace(&transaction, &design, state.now_ms()).await?;
    let detail = json!({ "kind": removed.element.kind() });
    trail(&transaction, &state, &caller, "remove_design_element", &path.subject(), detail).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}

/// Whether an element links to another, stands below it, or waits for it.
fn uses(stored: &StoredElement, code: &str) -> bool {
    let links = stored.element.links.iter().any(|link| link.to == LinkTarget::Element(code.to_owned()));
    links
        || match &stored.element.document {
            ElementDocument::Architecture(document) => document.parent.as_deref() == Some(code),
            ElementDocument::Project(project) => project.depends_on.iter().any(|other| other == code),
            _ => false,
        }
}
