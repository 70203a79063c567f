use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::panels::members;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::keys::Role;
use crate::store::panels;

/// List the panels, by code.
///
/// An expert sees those that it is a member of.
#[utoipa::path(
    tag = "panels",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of panels", body = wire::PanelPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/panels")]
pub async fn list_panels(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPanels)?;
    let own = (caller.role() == Role::Expert).then(|| caller.id());
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = panels::page(state.db(), own, after.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let mut members = members(state.db(), &page.items).await?;
    let items = page.items.into_iter().map(|panel| {
        let members = members.remove(&panel.profile.code).unwrap_or_default();
        present(panel, members, own)
    });
    Ok(Answer::page(&wire::PanelPage { items: items.collect(), next: next.clone() }, next.as_ref()))
}
