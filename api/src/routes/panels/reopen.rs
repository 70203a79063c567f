use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::panels::{members_of, wrong_state};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::panels::{self, Panel, PanelState};
use crate::write::{once, trail};

/// Open a closed panel again.
///
/// An administrator does, and says why. The observations that were written stay until it is closed again.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::PanelReopening,
    security(("token" = [])),
    responses(
        (status = 200, description = "The panel, open", body = wire::Panel),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/panels/{code}/reopen")]
pub async fn reopen_panel(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ReopenPanels)?;
    let wanted: wire::PanelReopening = body.read()?;
    if wanted.reason.as_str().trim().is_empty() {
        let fault = Fault::error("panel.reason_required", "重新打开须说明理由", "to open it again needs a reason").at("/reason");
        return Err(Failure::invalid(fault.hint("请填写 reason", "say why in `reason`")));
    }
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let panel = panels::find_to_change(transaction, code.as_str()).await?;
        if_match.admit(&tag(&panel))?;
        if panel.state == PanelState::Open {
            return Err(wrong_state(&panel, "重新打开", "there is nothing to open again"));
        }
        let opened = panels::replace(transaction, &Panel { state: PanelState::Open, ..panel }, state.now_ms()).await?;
        let detail = json!({ "reason": wanted.reason });
        trail(transaction, &state, &caller, "reopen_panel", &subject(code.as_str()), detail).await?;
        let (tag, members) = (tag(&opened), members_of(transaction, &opened).await?);
        Ok(Answer::row(&present(opened, members, None), &tag))
    })
    .await
}
