use actix_web::{put, web};
use citygauge_indicators::{Faults, IndicatorSet};
use citygauge_openapi::{self as wire, Fault, ObservationReport};
use serde_json::json;

use super::judge::judged;
use super::show::{current, replaced};
use super::{PlacePath, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Lang};
use crate::intake::Format;
use crate::intake::observations::{CityRegister, ObservationOptions, read};
use crate::jobs::recorded_form;
use crate::rounds::locks::Locks;
use crate::routes::parameters::IfMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::observations::{NewObservation, Place, Recorded, insert_batch};
use crate::store::{ConnectionTrait, cities};
use crate::write::trail;

/// Report an observation, or correct it.
///
/// The value is checked against the item of the set, and by the validation rules of the set and of the service: an error
/// refuses it unless it is waived, a warning is told of in the answer. An earlier value stays in the history; it is corrected
/// only by a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "observations",
    params(PlacePath, IfMatchHeader),
    request_body = wire::ObservationReport,
    security(("token" = [])),
    responses(
        (status = 200, description = "The observation was corrected", body = wire::Observation),
        (status = 201, description = "The observation was reported", body = wire::Observation),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/observations/{city}/{period}/{item}")]
pub async fn report_observation(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<PlacePath>,
    if_match: IfMatch,
    language: Lang,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteObservations)?;
    caller.require_city(path.city.as_str())?;
    let report: ObservationReport = body.read()?;
    let key = SetKey { code: report.set.code.to_string(), version: report.set.version.to_string() };
    let (_, set) = sets::find(&state, &key).await?;
    let place = path.place();
    within_scope(&caller, &set, &place)?;
    let new = checked(state.db(), &set, &place, &report).await?;
    if_match.admit_put(current(state.db(), &place).await?.as_ref().map(tag).as_ref())?;
    // The rules may look at many values, which takes too long for a transaction.
    let warnings = judged(&state, &set, &place, &new).await?;
    let transaction = state.store().begin().await?;
    let locks = Locks::hold(&transaction, &[&place.city]).await?;
    unlocked(&locks, &caller, &place, new.note.as_deref())?;
    let recorded = Recorded { at_ms: state.now_ms(), by: caller.id(), import_id: None };
    let counts = insert_batch(&transaction, &[new], recorded).await?;
    let (known, now) = replaced(&transaction, &place, counts).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let action = if known.is_some() { "correct_observation" } else { "report_observation" };
    trail(&transaction, &state, &caller, action, &subject(&place), json!({ "set": report.set })).await?;
    transaction.commit().await?;
    let tag = tag(&now);
    let answer = wire::Observation { warnings: Fault::list(&warnings, language.0), ..present(now) };
    Ok(Answer::put(known.is_some(), &subject(&place), &answer, &tag))
}

/// Refuses a value that was submitted, and a correction of a verified one without a reason.
fn unlocked(locks: &Locks, caller: &Caller, place: &Place, note: Option<&str>) -> Result<(), Failure> {
    match locks.fault(&caller.scope(), (&place.city, &place.period, &place.item), note) {
        Some((_, fault)) => Err(Failure::invalid(fault.at(""))),
        None => Ok(()),
    }
}

/// Refuses an item that the caller may not report.
fn within_scope(caller: &Caller, set: &IndicatorSet, place: &Place) -> Result<(), Failure> {
    let item = set.items().iter().find(|item| item.code == place.item);
    match item.and_then(|item| caller.scope().item_fault(item)) {
        Some(fault) => Err(Failure::invalid(fault.at(""))),
        None => Ok(()),
    }
}

/// The report as it is recorded. It is read as a file of one row would be, so both know the same faults.
async fn checked(
    conn: &impl ConnectionTrait,
    set: &IndicatorSet,
    place: &Place,
    report: &ObservationReport,
) -> Result<NewObservation, Failure> {
    let city = cities::find_by_code(conn, &place.city).await?;
    let known: CityRegister = city.into_iter().map(|city| city.profile.code).collect();
    let row = json!([{
        "city": place.city, "period": place.period, "item": place.item, "value": report.value,
        "status": report.status, "quality": report.quality, "source": report.source, "note": report.note,
        "method": report.method, "provider": report.provider, "as_of": report.as_of, "unit": report.unit,
        "sample_size": report.sample_size, "margin": report.margin,
    }]);
    let options = ObservationOptions { known_cities: Some(&known), ..ObservationOptions::default() };
    let reading = read(row.to_string().as_bytes(), Format::Json, set, &options);
    match reading.rows.first() {
        Some(row) if reading.is_sound() => Ok(recorded_form(row, set)),
        _ => Err(Failure::Invalid(in_report(reading.faults))),
    }
}

/// The faults with pointers into the report instead of a file of one row.
fn in_report(mut faults: Faults) -> Faults {
    for fault in &mut faults.0 {
        let member = fault.pointer.as_deref().and_then(|pointer| pointer.rsplit('/').next());
        fault.pointer = member.map(|member| if member == "0" { String::new() } else { format!("/{member}") });
    }
    faults
}
