use std::collections::BTreeMap;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Id};

use super::{present_mark, readable};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::recheck;
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs;

/// List what is to be re-checked in a design because something that it rests on has changed.
///
/// A link remembers what it pointed to when it was made or confirmed: an element, a gap with the values behind it, an
/// observation. Where that has changed or is gone, the element is marked, and whatever rests on it in its own or a later
/// activity (GB/T 36333-2018, 5.1.3).
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The elements, in the order of the activities", body = wire::DesignRecheck),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/recheck")]
pub async fn list_design_rechecks(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &id).await?;
    let stored = designs::elements(state.db(), &design.id).await?;
    let marks = recheck::find(&state, &design, &stored).await?;
    let kinds: BTreeMap<&str, _> = stored.iter().map(|stored| (stored.element.code(), stored.element.kind())).collect();
    let items = marks.into_iter().filter_map(|mark| {
        let kind = *kinds.get(mark.code.as_str())?;
        Some(wire::ElementToRecheck { code: Code::trusted(&mark.code), kind, mark: present_mark(mark) })
    });
    Ok(Answer::ok(&wire::DesignRecheck { items: items.collect() }))
}
