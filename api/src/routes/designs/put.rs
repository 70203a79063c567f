use actix_web::{put, web};
use citygauge_indicators::planning::DesignHeader;
use citygauge_indicators::planning::dossier::{Placed, check};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::{document, present, subject, tag, writable};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::designs::{self, Design};
use crate::write::trail;

/// Change the title, the period, the members or the state of a design.
///
/// The city stays. Stages that would lie outside the period are faults. Elements change only while the design is a draft.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfMatchHeader),
    request_body = DesignHeader,
    security(("token" = [])),
    responses((status = 200, description = "The design", body = wire::Design), Problems, BodyProblems, ChangeProblems)
)]
#[put("/designs/{id}")]
pub async fn update_design(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    writable(&state, &caller, &id).await?;
    let header: DesignHeader = document(&body)?;
    let transaction = state.store().begin().await?;
    let design = designs::find_to_change(&transaction, id.as_str()).await?;
    if_match.admit(&tag(&design))?;
    require_same_city(&design, &header)?;
    let stored = designs::elements(&transaction, id.as_str()).await?;
    let placed: Vec<Placed<'_>> = stored.iter().map(|stored| Placed { at: String::new(), element: &stored.element }).collect();
    let faults = check(&placed, (header.from, header.to));
    if faults.has_errors() {
        return Err(Failure::Invalid(faults));
    }
    let detail = json!({ "state": header.state, "from": header.from.to_string(), "to": header.to.to_string() });
    let design = designs::replace(&transaction, &Design { header, ..design }, state.now_ms()).await?;
    trail(&transaction, &state, &caller, "update_design", &subject(id.as_str()), detail).await?;
    transaction.commit().await?;
    let tag = tag(&design);
    Ok(Answer::row(&present(design), &tag))
}

/// Refuses to move a design to another city: its links would point to what is another's.
pub(super) fn require_same_city(design: &Design, header: &DesignHeader) -> Result<(), Failure> {
    if header.city == design.header.city {
        return Ok(());
    }
    let fault = Fault::error("design.other_city", "设计的城市不可更改", "the city of a design stays as it is")
        .at("/city")
        .value(&header.city)
        .expected(design.header.city.clone())
        .hint("请为另一城市新建设计", "begin another design for the other city");
    Err(Failure::Invalid(Faults::from(fault)))
}
