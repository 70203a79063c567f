use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::subject;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::JsonBody;
use crate::panels::{looking, members_of, scoring, wrong_state};
use crate::state::State;
use crate::store::panels::{self, PanelState, scores};
use crate::write::trail;

/// Score cities and items, as an expert of the panel.
///
/// An expert writes its own scores only; what is not named stays as it is. Sending the same again changes nothing; another
/// score takes the place of the former, which the history keeps. Where anything is wrong nothing is kept: an unknown city or
/// item, a score outside the scale or between its steps, a city of the expert's own.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel")),
    request_body = wire::NewPanelScores,
    security(("token" = [])),
    responses(
        (status = 200, description = "What became of the scores", body = wire::PanelScored),
        (status = 409, description = "The panel is closed", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
#[put("/panels/{code}/scores")]
pub async fn score_panel(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ScorePanels)?;
    let sent: wire::NewPanelScores = body.read()?;
    let transaction = state.store().begin().await?;
    let panel = panels::find_to_change(&transaction, code.as_str()).await?;
    looking(&caller, &panel)?;
    if panel.state == PanelState::Closed {
        return Err(wrong_state(&panel, "评分", "nothing more is scored"));
    }
    let mut members = members_of(&transaction, &panel).await?;
    let member = members.remove(caller.id()).ok_or_else(|| Failure::internal("a member of the panel has no key"))?;
    let faults = scoring::faults(&panel, &member.own_cities, &sent.scores)?;
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let before = scores::of_expert(&transaction, code.as_str(), caller.id()).await?;
    let changes = scoring::changes(&before, sent.scores);
    let corrected = changes.replaced.len();
    let recorded = changes.new.len() - corrected;
    scores::record(&transaction, code.as_str(), caller.id(), &changes.new, &changes.replaced, state.now_ms()).await?;
    if !changes.new.is_empty() {
        let detail = json!({ "recorded": recorded, "corrected": corrected, "unchanged": changes.unchanged });
        trail(&transaction, &state, &caller, "score_panel", &subject(code.as_str()), detail).await?;
    }
    transaction.commit().await?;
    Ok(Answer::ok(&wire::PanelScored {
        recorded: recorded as u64,
        corrected: corrected as u64,
        unchanged: changes.unchanged,
        given: (before.len() + recorded) as u64,
        asked: member.asked(&panel),
    }))
}
