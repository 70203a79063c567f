use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::roadmaps::{self, Roadmap as Stored};

/// Which roadmaps, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRoadmaps {
    /// Only those of this city.
    city: Option<Code>,
    /// How many members a page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the roadmaps, the newest first.
///
/// A key of some cities sees theirs; a page may then be shorter than its limit although more follow.
#[utoipa::path(
    tag = "roadmaps",
    params(WantedRoadmaps, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of roadmaps", body = wire::RoadmapPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/roadmaps")]
pub async fn list_roadmaps(caller: Caller, state: web::Data<State>, query: Query<WantedRoadmaps>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    if let Some(city) = &query.city {
        caller.require_city(city.as_str())?;
    }
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = roadmaps::page(state.db(), query.city.as_ref().map(|city| city.as_str()), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let readable = page.items.into_iter().filter(|stored| caller.may_touch(&stored.city));
    let items = readable.map(entry).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::RoadmapPage { items, next: next.clone() }, next.as_ref()))
}

fn entry(stored: Stored) -> Result<wire::RoadmapEntry, Failure> {
    let roadmap = present(stored)?;
    let title = serde_json::from_value(roadmap.plan.document["title"].clone()).map_err(Failure::internal)?;
    Ok(wire::RoadmapEntry {
        id: roadmap.id,
        assessment: roadmap.assessment,
        city: roadmap.plan.city,
        title,
        points: roadmap.plan.points,
        optimal: roadmap.plan.optimal,
        created_at: roadmap.created_at,
        created_by: roadmap.created_by,
    })
}
