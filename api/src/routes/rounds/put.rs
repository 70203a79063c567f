use std::collections::HashSet;

use actix_web::{put, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Code, Cohort, Moment};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey, SetState};
use crate::store::rounds::{self, NewRound, Round, RoundState};
use crate::store::{Transaction, cities, peer_groups};
use crate::write::trail;

/// Make a round, or change it while it is a draft.
///
/// A round that exists already changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader),
    request_body = wire::RoundProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The round was changed", body = wire::Round),
        (status = 201, description = "The round was made", body = wire::Round),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/rounds/{code}")]
pub async fn put_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    let profile: wire::RoundProfile = body.read()?;
    let transaction = state.store().begin().await?;
    let known = rounds::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    if known.as_ref().is_some_and(|known| known.state != RoundState::Draft) {
        return Err(Failure::conflict("批次已经打开，不能再改", "the round was opened and changes no more"));
    }
    let new = checked(&transaction, &code, &profile).await?;
    let (was_there, action) = (known.is_some(), if known.is_some() { "replace_round" } else { "create_round" });
    let round = match known {
        Some(known) => rounds::replace(&transaction, &Round { profile: new, ..known }, state.now_ms()).await?,
        None => rounds::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let place = subject(code.as_str());
    trail(&transaction, &state, &caller, action, &place, json!({ "set": profile.set, "periods": profile.periods })).await?;
    transaction.commit().await?;
    let tag = tag(&round);
    Ok(Answer::put(was_there, &place, &present(round)?, &tag))
}

/// The round as it is kept, with everything that is wrong with it told at once.
async fn checked(transaction: &Transaction, code: &Code, profile: &wire::RoundProfile) -> Result<NewRound, Failure> {
    let set = SetKey { code: profile.set.code.to_string(), version: profile.set.version.to_string() };
    let mut faults = Faults::default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        let fault = Fault::error("round.no_title", "没有标题", "there is no title");
        faults.push(fault.at("").hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
    }
    match indicator_sets::find_by_key(transaction, &set).await? {
        Some(stored) if stored.entry.state != SetState::Draft => {}
        found => {
            let (zh, en) = match found {
                Some(_) => (format!("指标体系“{set}”尚未发布"), format!("the set '{set}' is not published")),
                None => (format!("没有指标体系“{set}”"), format!("there is no set '{set}'")),
            };
            let fault = Fault::error("round.set", zh, en).at("/set").value(set.to_string());
            faults.push(fault.hint("请选用已发布的版本", "take a published version"));
        }
    }
    periods(profile, &mut faults);
    calendar(profile, &mut faults);
    cohort(transaction, profile, &mut faults).await?;
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    Ok(NewRound {
        code: code.to_string(),
        title_zh: profile.title_zh.clone().map(String::from),
        title_en: profile.title_en.clone().map(String::from),
        set,
        periods: profile.periods.iter().map(ToString::to_string).collect(),
        cohort: json!(profile.cohort),
        province_review: profile.province_review,
        opens_at_ms: profile.opens_at.map(Moment::as_ms),
        due_at_ms: profile.due_at.map(Moment::as_ms),
        closes_at_ms: profile.closes_at.map(Moment::as_ms),
    })
}

fn periods(profile: &wire::RoundProfile, faults: &mut Faults) {
    if profile.periods.is_empty() || profile.periods.len() > 40 {
        let fault = Fault::error("round.periods", "时期数量不合适", "too few or too many periods").at("/periods");
        faults.push(fault.expected("1..40").hint("请列出 1 到 40 个时期", "name 1 to 40 periods"));
    }
    for (i, period) in profile.periods.iter().enumerate() {
        if profile.periods[..i].contains(period) {
            let fault = Fault::error(
                "round.duplicate_period",
                format!("时期“{period}”出现了两次"),
                format!("the period '{period}' stands twice"),
            );
            faults.push(fault.at(format!("/periods/{i}")).period(period.as_str()).hint("只保留一次", "name it once"));
        }
    }
}

fn calendar(profile: &wire::RoundProfile, faults: &mut Faults) {
    let moments = [("/opens_at", profile.opens_at), ("/due_at", profile.due_at), ("/closes_at", profile.closes_at)];
    let given: Vec<(&str, Moment)> = moments.into_iter().filter_map(|(at, moment)| Some((at, moment?))).collect();
    for pair in given.windows(2) {
        let ((_, earlier), (at, later)) = (pair[0], pair[1]);
        if later < earlier {
            let fault = Fault::error("round.calendar", "日期先后有误", "the moments are not in order").at(at);
            let fault = fault.value(later.to_string()).expected(format!(">= {earlier}"));
            faults.push(fault.hint("应为 opens_at ≤ due_at ≤ closes_at", "opens_at, due_at, closes_at follow each other"));
        }
    }
}

async fn cohort(transaction: &Transaction, profile: &wire::RoundProfile, faults: &mut Faults) -> Result<(), Failure> {
    let codes = match &profile.cohort {
        Cohort::Every(_) => return Ok(()),
        Cohort::PeerGroup { peer_group } => {
            if peer_groups::find_by_code(transaction, peer_group.as_str()).await?.is_none() {
                let (zh, en) = (format!("没有对标组“{peer_group}”"), format!("there is no peer group '{peer_group}'"));
                let fault = Fault::error("round.unknown_peer_group", zh, en).at("/cohort/peer_group");
                faults.push(fault.hint("请先建立该对标组", "make the group first"));
            }
            return Ok(());
        }
        Cohort::Cities(codes) => codes,
    };
    let known: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    if codes.is_empty() || codes.len() > 5_000 {
        let fault = Fault::error("round.cohort", "城市数量不合适", "too few or too many cities").at("/cohort");
        faults.push(fault.expected("1..5000").hint("请列出 1 到 5000 个城市", "name 1 to 5000 cities"));
    }
    let mut seen = HashSet::new();
    for (i, city) in codes.iter().enumerate() {
        let fault = if !known.contains(city.as_str()) {
            Fault::error("observation.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
                .hint("先登记该城市", "register the city first")
        } else if !seen.insert(city) {
            Fault::error("city.duplicate", format!("城市“{city}”重复"), format!("the city '{city}' stands twice"))
                .hint("删除一处", "remove one")
        } else {
            continue;
        };
        faults.push(fault.at(format!("/cohort/{i}")).city(city.as_str()));
    }
    Ok(())
}
