use actix_web::{put, web};
use citygauge_indicators::Fault;
use citygauge_indicators::planning::Element;
use citygauge_openapi as wire;
use serde_json::json;

use super::{Before, ElementPath, shown};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::change::{self, Given, Others, Wanted};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::designs::{document, writable};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::designs;
use crate::write::trail;

/// Put an element into a draft, or change the one with its code.
///
/// Its document names the same code. It is checked together with the others: links to elements that are not there, circles in
/// the business architecture, a need without an origin. A link remembers what it points to as it is now; one that was there
/// before keeps what it remembers, so that a change confirms nothing.
#[utoipa::path(
    tag = "designs",
    params(ElementPath, IfMatchHeader),
    request_body = Element,
    security(("token" = [])),
    responses(
        (status = 200, description = "The element was changed", body = wire::DesignElement),
        (status = 201, description = "The element was put", body = wire::DesignElement),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/designs/{id}/elements/{code}")]
pub async fn put_design_element(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<ElementPath>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    let design = writable(&state, &caller, &path.id).await?;
    let element: Element = document(&body)?;
    if element.code() != path.code.as_str() {
        let fault = Fault::error("design.other_code", "代码与路径不同", "the code is not that of the path");
        let fault = fault.at("/document/code").value(element.code()).expected(path.code.to_string());
        return Err(Failure::invalid(fault.hint("请改为路径中的代码", "write the code of the path")));
    }
    let given = [Given { at: String::new(), element }];
    let outside = change::looked_up(&state, &caller, &design.header.city, &given).await?;
    let before = Before::of(&state, &design, &path.code).await?;
    let transaction = state.store().begin().await?;
    let design = designs::find_to_change(&transaction, path.id.as_str()).await?;
    change::require_draft(&design)?;
    let known = designs::elements(&transaction, path.id.as_str()).await?;
    let known = known.iter().find(|stored| stored.element.code() == path.code.as_str()).map(|stored| before.tag(stored));
    if_match.admit_put(known.as_ref())?;
    let wanted = Wanted { header: None, given: &given, others: Others::Kept, outside: &outside };
    let changed = change::put(&transaction, &state, &caller, design, wanted).await?;
    let subject = path.subject();
    let action = if known.is_some() { "replace_design_element" } else { "create_design_element" };
    trail(&transaction, &state, &caller, action, &subject, json!({ "kind": given[0].element.kind() })).await?;
    transaction.commit().await?;
    let (element, tag) = shown(&state, &changed.design, &path.code).await?;
    Ok(Answer::put(known.is_some(), &subject, &element, &tag))
}
