use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::panels::{looking, members_of};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::panels;

/// Show a panel.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The panel", body = wire::Panel),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/panels/{code}")]
pub async fn show_panel(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPanels)?;
    let panel = panels::find(state.db(), code.as_str()).await?;
    let own = looking(&caller, &panel)?;
    let members = members_of(state.db(), &panel).await?;
    let tag = tag(&panel);
    Ok(Answer::row(&present(panel, members, own), &tag))
}
