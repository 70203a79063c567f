use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::{Value, json};

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::panels::check::{Ground, checked};
use crate::panels::{members_of, wrong_state};
use crate::routes::parameters::IfMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey, SetState};
use crate::store::panels::{self, NewPanel, Panel, PanelState, scores};
use crate::store::{StoreError, Transaction};
use crate::write::trail;

/// Make a panel, or change it while it is open.
///
/// A panel that exists already changes only for a caller who has seen it: `If-Match` is needed. Once there are scores, the
/// set, the period and the scale stay, and items and cities may only be added. What an expert said ceases to count where it
/// is no member any more, or where the city becomes its own; the history keeps it.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), IfMatchHeader),
    request_body = wire::PanelProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The panel was changed", body = wire::Panel),
        (status = 201, description = "The panel was made", body = wire::Panel),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/panels/{code}")]
pub async fn put_panel(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePanels)?;
    let profile: wire::PanelProfile = body.read()?;
    let key = SetKey { code: profile.set.code.to_string(), version: profile.set.version.to_string() };
    let stored = indicator_sets::find_by_key(state.db(), &key).await?;
    let set = match stored.filter(|stored| stored.entry.state != SetState::Draft) {
        Some(stored) => Some(sets::checked(&state, &stored).await?),
        None => None,
    };
    let transaction = state.store().begin().await?;
    let known = panels::find_by_code_to_change(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    if let Some(known) = known.as_ref().filter(|known| known.state == PanelState::Closed) {
        return Err(wrong_state(known, "修改", "it changes no more"));
    }
    let scored = known.is_some() && scores::any(&transaction, code.as_str()).await?;
    let ground = Ground { set: set.as_deref(), known: known.as_ref(), scored };
    let new = checked(&transaction, &code, &profile, &ground).await?;
    let was_there = known.is_some();
    let (panel, taken_out) = match known {
        Some(known) => {
            let taken_out = take_out(&transaction, &known, &new, state.now_ms()).await?;
            (panels::replace(&transaction, &Panel { profile: new, ..known }, state.now_ms()).await?, taken_out)
        }
        None => (panels::insert(&transaction, &new, caller.id(), state.now_ms()).await?, Vec::new()),
    };
    let (place, action) = (subject(code.as_str()), if was_there { "replace_panel" } else { "create_panel" });
    let members = members_of(&transaction, &panel).await?;
    let detail = json!({
        "set": profile.set, "period": profile.period, "experts": members.keys().collect::<Vec<_>>(),
        "scores_taken_out": taken_out,
    });
    trail(&transaction, &state, &caller, action, &place, detail).await?;
    transaction.commit().await?;
    let tag = tag(&panel);
    Ok(Answer::put(was_there, &place, &present(panel, members, None), &tag))
}

/// Takes out what experts said who are no members any more, and what they said of cities that are their own now.
async fn take_out(transaction: &Transaction, known: &Panel, new: &NewPanel, now_ms: i64) -> Result<Vec<Value>, StoreError> {
    let code = &new.code;
    let mut taken_out = Vec::new();
    for expert in &known.profile.experts {
        let member = new.experts.iter().find(|member| member.key == expert.key);
        let cities = member.map(|member| member.own_cities.as_slice());
        if cities.is_some_and(<[String]>::is_empty) {
            continue;
        }
        let count = scores::take_out(transaction, code, &expert.key, cities, now_ms).await?;
        if count > 0 {
            taken_out.push(json!({ "expert": expert.key, "count": count }));
        }
    }
    Ok(taken_out)
}
