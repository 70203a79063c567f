use std::collections::HashSet;

use actix_web::{put, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::peer_groups::{self, NewPeerGroup};
use crate::store::{Transaction, cities};
use crate::write::trail;

/// Make a peer group, or change it.
///
/// A group that exists already changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "peer-groups",
    params(("code" = Code, Path, description = "The code of the group"), IfMatchHeader),
    request_body = wire::PeerGroupProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The group was changed", body = wire::PeerGroup),
        (status = 201, description = "The group was made", body = wire::PeerGroup),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/peer-groups/{code}")]
pub async fn put_peer_group(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePeerGroups)?;
    let profile: wire::PeerGroupProfile = body.read()?;
    let place = format!("peer-groups/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let new = checked(&transaction, &code, profile).await?;
    let known = peer_groups::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let group = match &known {
        Some(known) => peer_groups::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => peer_groups::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_peer_group" } else { "create_peer_group" };
    trail(&transaction, &state, &caller, action, &place, json!({ "cities": new.cities.len() })).await?;
    transaction.commit().await?;
    let tag = tag(&group);
    Ok(Answer::put(known.is_some(), &place, &present(group), &tag))
}

/// The group with its cities sorted, each of them registered and named once.
async fn checked(transaction: &Transaction, code: &Code, profile: wire::PeerGroupProfile) -> Result<NewPeerGroup, Failure> {
    let known: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    let mut faults = Faults::default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        let fault = Fault::error("peer_group.no_title", "没有标题", "there is no title");
        faults.push(fault.at("").hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
    }
    if profile.cities.is_empty() || profile.cities.len() > 5_000 {
        let fault = Fault::error("peer_group.size", "城市数量不合适", "too few or too many cities");
        faults.push(fault.at("/cities").expected("1..5000").hint("请列出 1 到 5000 个城市", "name 1 to 5000 cities"));
    }
    let mut seen = HashSet::new();
    for (place, city) in profile.cities.iter().enumerate() {
        let fault = if !known.contains(city.as_str()) {
            Fault::error("peer_group.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
                .hint("请先登记该城市", "register the city first")
        } else if !seen.insert(city) {
            Fault::error(
                "peer_group.duplicate_city",
                format!("城市“{city}”出现了两次"),
                format!("the city '{city}' stands twice"),
            )
            .hint("只保留一次", "name it once")
        } else {
            continue;
        };
        faults.push(fault.at(format!("/cities/{place}")).city(city.as_str()));
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let mut cities: Vec<String> = profile.cities.into_iter().map(String::from).collect();
    cities.sort_unstable();
    let text = |text: Option<wire::Line>| text.map(String::from);
    Ok(NewPeerGroup { code: code.to_string(), title_zh: text(profile.title_zh), title_en: text(profile.title_en), cities })
}
