use actix_web::{get, web};
use citygauge_openapi::{self as wire, Moment, Note};

use super::{ElementPath, absent};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::routes::designs::readable;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs::{self, EventAction, NewEvent};

/// List what became of an element of a design, the newest first.
///
/// Every version that it ever had, its removal, and each confirmation with its reason; also of an element that was removed.
#[utoipa::path(
    tag = "designs",
    params(ElementPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "What became of it", body = wire::DesignElementHistory),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/elements/{code}/history")]
pub async fn list_design_element_history(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<ElementPath>,
) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &path.id).await?;
    let events = designs::history(state.db(), &design.id, path.code.as_str()).await?;
    if events.is_empty() {
        return Err(absent(&path.code));
    }
    Ok(Answer::ok(&wire::DesignElementHistory { items: events.into_iter().map(present).collect() }))
}

fn present(event: NewEvent) -> wire::DesignElementEvent {
    wire::DesignElementEvent {
        action: match event.action {
            EventAction::Put => wire::DesignElementEventAction::Put,
            EventAction::Removed => wire::DesignElementEventAction::Removed,
            EventAction::Rechecked => wire::DesignElementEventAction::Rechecked,
        },
        element: event.document,
        reason: event.reason.map(Note::trusted),
        at: Moment::from_ms(event.at_ms),
        by: event.by,
    }
}
