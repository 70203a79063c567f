use std::collections::HashMap;

use actix_web::{get, web};
use citygauge_indicators::Period;
use citygauge_openapi::{self as wire, Code, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present_kind;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::peers::{Use, resolve};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::cities;
use crate::store::peer_groups::{self, GroupKind};

/// What the members are wanted for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedMembers {
    /// The city whose neighbours are wanted, where the group does not name it.
    city: Option<Code>,
    /// The period for which the members are wanted, where the group does not name it.
    period: Option<PeriodCode>,
}

/// Show the cities of a peer group as they are found now.
///
/// The members of a group by attribute or of the nearest cities follow from the register and the observations; what was
/// computed with them keeps the list it used.
#[utoipa::path(
    tag = "peer-groups",
    params(("code" = Code, Path, description = "The code of the group"), WantedMembers, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The members, with their distances", body = wire::PeerGroupCities),
        (status = 304, description = "The caller has it already"),
        (status = 422, description = "The members cannot be found", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/peer-groups/{code}/cities")]
pub async fn list_peer_group_cities(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    code: web::Path<Code>,
    query: Query<WantedMembers>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPeerGroups)?;
    let group = peer_groups::find(state.db(), code.as_str()).await?;
    if group.profile.kind == GroupKind::Nearest {
        // Distances tell something of the observations of every city.
        caller.require(Right::ReadScores)?;
    }
    let period = query.period.as_ref().map(|period| period.as_str().parse::<Period>()).transpose().map_err(Failure::invalid)?;
    let found = resolve(&state, &group, Use { city: query.city.as_ref().map(Code::as_str), period }).await?;
    let names: HashMap<String, String> = cities::all(state.db())
        .await?
        .into_iter()
        .map(|city| {
            let own = language.0.pick(city.profile.name_zh, city.profile.name_en);
            (city.profile.code, own.unwrap_or(city.profile.name))
        })
        .collect();
    let member = |member: crate::peers::Member| wire::PeerGroupMember {
        name: names.get(&member.code).cloned().unwrap_or_else(|| member.code.clone()),
        city: Code::trusted(member.code),
        distance: member.distance.map(|(distance, _)| distance),
        shared_items: member.distance.and_then(|(_, shared)| u32::try_from(shared).ok()),
    };
    Ok(Answer::ok(&wire::PeerGroupCities {
        group: code.into_inner(),
        kind: present_kind(group.profile.kind),
        city: found.city.map(Code::trusted),
        period: found.period.map(|period| PeriodCode::trusted(period.to_string())),
        attributes_at: found.attributes_at.and_then(|day| day.parse().ok()),
        items: found.members.into_iter().map(member).collect(),
    }))
}
