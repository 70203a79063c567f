use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::panels::{closing, members_of};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::panels;
use crate::write::{once, trail};

/// Close a panel and write its results.
///
/// Each city and item with enough scores becomes an observation with the provider `expert`, the number of scores as its
/// sample size, and a method that names what was left out. Those with fewer are listed; where an earlier closing wrote one
/// of them, its value is declared missing.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::PanelClosing,
    security(("token" = [])),
    responses(
        (status = 200, description = "The panel, closed, and what became of its results", body = wire::PanelClosed),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/panels/{code}/close")]
pub async fn close_panel(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePanels)?;
    let wanted: wire::PanelClosing = body.read()?;
    let note = wanted.note.as_ref();
    // Computed before the transaction begins, in which nothing slow happens; a repeated request gets its answer there.
    let prepared = closing::prepare(&state, code.as_str(), note).await;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let panel = panels::find_to_change(transaction, code.as_str()).await?;
        if_match.admit(&tag(&panel))?;
        let closed = closing::close(transaction, &state, &caller, panel, prepared?, note).await?;
        let withdrawn = closed.not_written.iter().filter(|gap| gap.withdrawn).count();
        let detail = json!({
            "written": closed.written, "unchanged": closed.unchanged, "not_written": closed.not_written.len(),
            "withdrawn": withdrawn, "note": note,
        });
        trail(transaction, &state, &caller, "close_panel", &subject(code.as_str()), detail).await?;
        let (tag, members) = (tag(&closed.panel), members_of(transaction, &closed.panel).await?);
        let shown = wire::PanelClosed {
            panel: present(closed.panel, members, None),
            written: closed.written,
            unchanged: closed.unchanged,
            not_written: closed.not_written,
        };
        Ok(Answer::row(&shown, &tag))
    })
    .await
}
