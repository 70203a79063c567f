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
use crate::store::Transaction;
use crate::store::cities::aliases::{Alias, AliasKind};
use crate::store::cities::{self, NewCity};
use crate::write::trail;

/// Register a city, or change it.
///
/// A city that is registered already changes only for a caller who has seen it: `If-Match` is needed. What its attributes
/// were before `attributes_from` stays, and assessments of earlier periods read that.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), IfMatchHeader),
    request_body = wire::CityProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The city was changed", body = wire::City),
        (status = 201, description = "The city was registered", body = wire::City),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/cities/{code}")]
pub async fn put_city(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteCities)?;
    let mut said: wire::CityProfile = body.read()?;
    let aliases = said.aliases.take();
    let new = profile(&code, said);
    let place = format!("cities/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let aliases = checked(&transaction, &new, aliases, &cities::day(state.now_ms())).await?;
    let known = cities::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let city = match &known {
        Some(known) => cities::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => cities::insert(&transaction, &new, state.now_ms()).await?,
    };
    if let Some(aliases) = &aliases {
        cities::aliases::replace(&transaction, &new.code, aliases).await?;
    }
    let aliases = cities::aliases::of_city(&transaction, &new.code).await?;
    let action = if known.is_some() { "replace_city" } else { "create_city" };
    trail(&transaction, &state, &caller, action, &place, json!({})).await?;
    transaction.commit().await?;
    let tag = tag(&city);
    Ok(Answer::put(known.is_some(), &place, &present(city, aliases), &tag))
}

fn profile(code: &Code, profile: wire::CityProfile) -> NewCity {
    let text = |text: Option<wire::Line>| text.map(String::from);
    NewCity {
        code: code.to_string(),
        name: profile.name.into(),
        name_zh: text(profile.name_zh),
        name_en: text(profile.name_en),
        attributes_from: profile.attributes_from.map(|day| day.to_string()),
        attributes: profile.attributes.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        valid_from: profile.valid_from.map(|day| day.to_string()),
        valid_to: profile.valid_to.map(|day| day.to_string()),
    }
}

/// The aliases, each once and none of them the code of a city.
async fn checked(
    transaction: &Transaction,
    new: &NewCity,
    aliases: Option<Vec<wire::CityAlias>>,
    today: &str,
) -> Result<Option<Vec<Alias>>, Failure> {
    let mut faults = Faults::default();
    if new.attributes_from.as_deref().is_some_and(|day| day > today) {
        let fault = Fault::error("city.attributes_from_future", "该日期尚未到来", "this day has not come yet");
        let fault = fault.at("/attributes_from").expected(format!("<= {today}"));
        faults.push(fault.hint("请填写今天或更早的日期", "give today or an earlier day"));
    }
    if let (Some(from), Some(to)) = (&new.valid_from, &new.valid_to)
        && from > to
    {
        faults.push(turned_round().at("/valid_to"));
    }
    let Some(aliases) = aliases else {
        return if faults.is_empty() { Ok(None) } else { Err(Failure::Invalid(faults)) };
    };
    if aliases.len() > 1_000 {
        let fault = Fault::error("city.aliases", "别名过多", "too many aliases").at("/aliases").expected("0..1000");
        return Err(Failure::invalid(fault.hint("请减少别名", "give fewer of them")));
    }
    let registered: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    let mut seen = HashSet::new();
    let mut read = Vec::new();
    for (place, alias) in aliases.into_iter().enumerate() {
        let at = format!("/aliases/{place}");
        let kind = match alias.kind {
            wire::CityAliasKind::Code => AliasKind::Code,
            wire::CityAliasKind::Name => AliasKind::Name,
        };
        let word = alias.alias.as_str();
        if kind == AliasKind::Code && (registered.contains(word) || word == new.code) {
            let fault = Fault::error("city.alias_taken", "该代码属于已登记的城市", "a city is registered under this code");
            let fault = fault.at(format!("{at}/alias")).value(word);
            faults.push(fault.hint("别名只能是不再使用的代码", "an alias is a code that is no longer in use"));
        }
        if alias.valid_from.zip(alias.valid_to).is_some_and(|(from, to)| from > to) {
            faults.push(turned_round().at(format!("{at}/valid_to")));
        }
        if !seen.insert((kind, word.to_owned())) {
            let fault = Fault::error("city.alias_twice", "该别名出现了两次", "the alias stands twice");
            faults.push(fault.at(format!("{at}/alias")).value(word).hint("只保留一次", "name it once"));
        }
        let text = |day: Option<wire::Day>| day.map(|day| day.to_string());
        read.push(Alias { kind, alias: word.to_owned(), valid_from: text(alias.valid_from), valid_to: text(alias.valid_to) });
    }
    if faults.is_empty() { Ok(Some(read)) } else { Err(Failure::Invalid(faults)) }
}

fn turned_round() -> Fault {
    Fault::error("city.span", "结束日期早于开始日期", "the last day lies before the first")
        .hint("请交换两个日期，或留空其一", "exchange the days, or leave one out")
}
