use std::collections::HashMap;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Id, Line, Moment};

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::panels::{looking, members_of};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::panels::{self, scores};

/// Show how far the experts of a panel are.
///
/// Counts what each has scored and what the panel asks of it: its cities without the expert's own, times its items. An
/// expert sees itself.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The counts", body = wire::PanelCompleteness),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/panels/{code}/completeness")]
pub async fn show_panel_completeness(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPanels)?;
    let panel = panels::find(state.db(), code.as_str()).await?;
    let own = looking(&caller, &panel)?;
    let progress = scores::progress(state.db(), code.as_str()).await?;
    let progress: HashMap<&str, _> = progress.iter().map(|progress| (progress.expert.as_str(), progress)).collect();
    let members = members_of(state.db(), &panel).await?;
    let seen = members.into_values().filter(|member| own.is_none_or(|own| own == member.key.id));
    let experts = seen.map(|member| {
        let progress = progress.get(member.key.id.as_str());
        wire::PanelProgress {
            given: progress.map_or(0, |progress| progress.given.unsigned_abs()),
            asked: member.asked(&panel),
            last_at: progress.map(|progress| Moment::from_ms(progress.last_at_ms)),
            key: Id::trusted(member.key.id),
            name: Line::trusted(member.key.name),
        }
    });
    Ok(Answer::ok(&wire::PanelCompleteness { panel: code.into_inner(), experts: experts.collect() }))
}
