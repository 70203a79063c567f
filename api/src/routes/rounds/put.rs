use actix_web::{put, web};
use citygauge_indicators::Faults;
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::rounds::classes;
use crate::rounds::profile::{check, proposed};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::rounds::{self, Round, RoundState};
use crate::write::trail;

/// Make a round, or change it while it is a draft.
///
/// A round has one set, or classes of cities with a set each. A round that exists already changes only for a caller who has seen it:
/// `If-Match` is needed.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader),
    request_body = wire::RoundProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The round was changed", body = wire::Round),
        (status = 201, description = "The round was made", body = wire::Round),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/rounds/{code}")]
pub async fn put_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    let profile: wire::RoundProfile = body.read()?;
    let mut faults = Faults::default();
    let mut new = proposed(&code, &profile, &mut faults);
    if !new.classes.is_empty() {
        // What the classes stand for is only tried here: the cities are drawn up when the round opens.
        classes::draw_up(&state, &new, &mut faults).await?;
        new.set = new.classes[0].set.clone();
    }
    let transaction = state.store().begin().await?;
    let known = rounds::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    if known.as_ref().is_some_and(|known| known.state != RoundState::Draft) {
        return Err(Failure::conflict("批次已经打开，不能再改", "the round was opened and changes no more"));
    }
    check(&transaction, &profile, &new, faults).await?;
    let (was_there, action) = (known.is_some(), if known.is_some() { "replace_round" } else { "create_round" });
    let round = match known {
        Some(known) => rounds::replace(&transaction, &Round { profile: new, ..known }, state.now_ms()).await?,
        None => rounds::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let place = subject(code.as_str());
    let detail = json!({ "set": profile.set, "classes": profile.classes.len(), "periods": profile.periods });
    trail(&transaction, &state, &caller, action, &place, detail).await?;
    transaction.commit().await?;
    let tag = tag(&round);
    Ok(Answer::put(was_there, &place, &present(round)?, &tag))
}
