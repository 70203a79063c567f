//! Validation on demand: what the rules find in the stored observations.

use std::collections::BTreeSet;

use actix_web::{get, web};
use citygauge_indicators::{Fault, IndicatorSet, Language, Period};
use citygauge_openapi::{self as wire, Code, Cursor, FindingWaiver, Id, Line, Moment, Note, PeriodCode, RuleFinding, RuleHome};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::validation::ground::Ground;
use crate::validation::places::Places;
use crate::validation::rules;
use crate::validation::waived::Judged;

/// Mounts the operation.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list_findings);
}

/// What is to be judged.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedFindings {
    /// The set by whose rules the observations are judged.
    set_code: Code,
    /// Its version.
    set_version: Code,
    /// Only findings in these periods, separated by commas; 100 at most.
    #[param(max_length = 4000)]
    period: Option<String>,
    /// Only findings in these cities, separated by commas; 100 at most.
    #[param(max_length = 4000)]
    city: Option<String>,
    /// Only findings of these rules, separated by commas; 100 at most.
    #[param(max_length = 4000)]
    rule: Option<String>,
    /// Only errors, or only warnings, as the rules say.
    #[param(inline)]
    severity: Option<WantedSeverity>,
    /// Only findings that are waived, or only those that are not.
    waived: Option<bool>,
    /// Judges the observations as they stood at this moment, with the waivers that held then; now unless given.
    as_of: Option<Moment>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// The severity of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedSeverity {
    /// A finding refuses the data.
    Error,
    /// A finding is only reported.
    Warning,
}

/// Entries of a list in a query.
const MOST: usize = 100;
/// Characters of a list in a query.
const LONGEST: usize = 4_000;

/// The place of a finding in the list.
type Key = (String, Period, String, Vec<String>);

/// List what the validation rules find in the stored observations.
///
/// The rules of the set and those of the service are evaluated now, on the observations of now or of `as_of`. Waived
/// findings are among them, with who answers for them. Whoever is limited to cities sees the findings there; the cities that
/// a rule compares with are all of them nevertheless.
#[utoipa::path(
    tag = "validation",
    params(WantedFindings, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of findings", body = wire::RuleFindingPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/validation")]
pub async fn list_findings(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    query: Query<WantedFindings>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadObservations)?;
    let wanted = query.into_inner();
    let after: Option<(String, String, String, Vec<String>)> = position(wanted.cursor.as_ref())?;
    let key =
        |(city, at, rule, items): (String, String, String, Vec<String>)| Ok::<_, Failure>((city, period(&at)?, rule, items));
    let after: Option<Key> = after.map(key).transpose()?;
    let places = wanted.places(&caller)?;
    let key = SetKey { code: wanted.set_code.to_string(), version: wanted.set_version.to_string() };
    let (_, set) = sets::find(&state, &key).await?;
    let mut rules = rules::of_set(state.db(), &set).await?;
    let asked = listed("rule", wanted.rule.as_deref())?;
    rules.retain(|rule| asked.as_ref().is_none_or(|asked| asked.contains(&rule.rule.code)));
    let limit = PageLimit::or_configured(wanted.limit, &state);
    let as_of_ms = wanted.as_of.map(Moment::as_ms);
    let found = match Ground::load(&state, &set, rules, &places, as_of_ms).await? {
        None => Vec::new(),
        Some(ground) => {
            let of = set.clone();
            state.engine(move || ground.judge(&of, std::iter::empty)).await?
        }
    };
    let mut found: Vec<(Key, Judged)> = found
        .into_iter()
        .filter(|judged| wanted.are(judged) && is_in(&places, judged))
        .map(|judged| (place(&judged), judged))
        .filter(|(place, _)| after.as_ref().is_none_or(|after| place > after))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    let next = last.map(|((city, period, rule, items), _)| Cursor::after(&(city, period.to_string(), rule, items)));
    let items = found.into_iter().map(|(_, judged)| present(judged, &set, language.0)).collect();
    Ok(Answer::page(&wire::RuleFindingPage { items, next: next.clone() }, next.as_ref()))
}

impl WantedFindings {
    fn places(&self, caller: &Caller) -> Result<Places, Failure> {
        let mut cities = listed("city", self.city.as_deref())?;
        for city in cities.iter().flatten() {
            caller.require_city(city)?;
        }
        if let (None, Some(own)) = (&cities, caller.cities()) {
            cities = Some(own.iter().cloned().collect());
        }
        let periods = listed("period", self.period.as_deref())?;
        let periods = periods.map(|periods| periods.iter().map(|text| period(text)).collect::<Result<_, _>>()).transpose()?;
        Ok(Places { items: None, periods, cities })
    }

    fn are(&self, judged: &Judged) -> bool {
        let severity = self.severity.is_none_or(|severity| match severity {
            WantedSeverity::Error => judged.finding.severity == citygauge_indicators::Severity::Error,
            WantedSeverity::Warning => judged.finding.severity == citygauge_indicators::Severity::Warning,
        });
        severity && self.waived.is_none_or(|waived| judged.waiver.is_some() == waived)
    }
}

fn is_in(places: &Places, judged: &Judged) -> bool {
    places.periods.as_ref().is_none_or(|periods| periods.contains(&judged.finding.period))
        && places.cities.as_ref().is_none_or(|cities| cities.contains(&judged.finding.city))
}

fn place(judged: &Judged) -> Key {
    let finding = &judged.finding;
    (finding.city.clone(), finding.period, finding.rule.clone(), finding.items.clone())
}

/// The entries of a list in the query.
fn listed(parameter: &str, text: Option<&str>) -> Result<Option<BTreeSet<String>>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let entries: BTreeSet<String> = text.split(',').map(str::to_owned).collect();
    if entries.len() > MOST || entries.contains("") || text.chars().count() > LONGEST {
        let fault = Fault::error("query.list", format!("{parameter}：列表有误"), format!("{parameter}: the list is malformed"));
        let fault = fault.value(text).expected(format!("1..{MOST}"));
        return Err(Failure::malformed(
            fault.hint("请用逗号分隔 1 到 100 项", "separate 1 to 100 entries by commas").at(format!("/{parameter}")),
        ));
    }
    Ok(Some(entries))
}

fn period(text: &str) -> Result<Period, Failure> {
    text.parse().map_err(|fault: Fault| Failure::malformed(fault.at("/period")))
}

fn present(judged: Judged, set: &IndicatorSet, language: Language) -> RuleFinding {
    let Judged { finding, waiver } = judged;
    RuleFinding {
        home: if rules::is_own(set, &finding.rule) { RuleHome::Set } else { RuleHome::Service },
        rule: Code::trusted(finding.rule),
        severity: finding.severity.into(),
        city: Code::trusted(finding.city),
        since: PeriodCode::trusted(finding.since.to_string()),
        period: PeriodCode::trusted(finding.period.to_string()),
        items: finding.items.into_iter().map(Code::trusted).collect(),
        value: finding.value,
        expected: finding.expected,
        message: finding.message.get(language).to_owned(),
        hint: finding.hint.get(language).to_owned(),
        waiver: waiver.map(|waiver| FindingWaiver {
            id: Id::trusted(&*waiver.id),
            name: Line::trusted(&*waiver.name),
            reason: Note::trusted(&*waiver.reason),
        }),
    }
}

#[cfg(test)]
mod tests;
