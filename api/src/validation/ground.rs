//! What is stored of what the rules look at, so that values can be laid over it and judged.
//!
//! Rules that look at one city are given that city only, and rules that compare cities only the periods in question; each
//! kind has a panel of its own, because what is not in a panel is missing to a rule.

use std::collections::HashMap;

use citygauge_assessment::validation::{Panel, validate_by};
use citygauge_indicators::{City, IndicatorSet, ItemIndex, Period, SetRule};
use futures_util::TryStreamExt;

use super::places::{Places, can_be_listed, items_of, looks_at_one_city};
use super::waived::{Judged, Waivers};
use crate::assessments::described;
use crate::state::State;
use crate::store::observations::{self, Filter, read_as_of};
use crate::store::waivers::{self, WaiverFilter};
use crate::store::{StoreError, Transaction};

/// Rules with what is stored of what they look at, and the waivers that hold.
pub struct Ground {
    parts: Vec<(Vec<SetRule>, Panel)>,
    /// The order of the rules, by code.
    order: HashMap<String, usize>,
    waivers: Waivers,
}

impl Ground {
    /// Loads what these rules need to judge these places; none where no rule reads one of their items. The observations
    /// and the waivers are those of `as_of_ms` where it is given.
    pub async fn load(
        state: &State,
        set: &IndicatorSet,
        mut rules: Vec<SetRule>,
        places: &Places,
        as_of_ms: Option<i64>,
    ) -> Result<Option<Self>, StoreError> {
        rules.retain(|rule| places.are_read_by(rule));
        if rules.is_empty() {
            return Ok(None);
        }
        let order = rules.iter().enumerate().map(|(place, rule)| (rule.rule.code.clone(), place)).collect();
        let held = WaiverFilter {
            set: Some(set.document().code.clone()),
            cities: places.own_cities(),
            held_at_ms: Some(as_of_ms.unwrap_or_else(|| state.now_ms())),
            ..WaiverFilter::default()
        };
        let waivers = Waivers::new(waivers::all(state.db(), &held).await?);
        let (alone, comparing): (Vec<SetRule>, Vec<SetRule>) =
            rules.into_iter().partition(|rule| looks_at_one_city(&rule.rule.check));
        let own = places.cities.as_ref().map(|cities| cities.iter().map(|code| named(code)).collect::<Vec<City>>());
        // Their attributes matter only where cities are compared.
        let every = if own.is_none() || !comparing.is_empty() { described(state).await? } else { Vec::new() };
        let reading = state.store().begin_reading().await?;
        let mut parts = Vec::new();
        for (rules, is_alone) in [(alone, true), (comparing, false)] {
            if rules.is_empty() {
                continue;
            }
            let cities = own.as_ref().filter(|_| is_alone).unwrap_or(&every);
            let mut panel = Panel::new(cities.clone());
            let items = items_of(&rules);
            let filter = Filter {
                items: if can_be_listed(items.len()) {
                    items.iter().map(|&item| set.items()[item].code.clone()).collect()
                } else {
                    Vec::new()
                },
                periods: places.periods_for(&rules),
                cities: if is_alone { places.own_cities() } else { Vec::new() },
                as_of_ms,
                ..Filter::default()
            };
            fill(&reading, &filter, set, &mut panel).await?;
            parts.push((rules, panel));
        }
        reading.rollback().await?;
        Ok(Some(Self { parts, order, waivers }))
    }

    /// What the rules find where these values are laid over what is stored, by city, period and the order of the rules.
    /// `None` takes a value away.
    pub fn judge<'v, I>(&self, set: &IndicatorSet, values: impl Fn() -> I) -> Vec<Judged>
    where
        I: Iterator<Item = (&'v str, Period, ItemIndex, Option<f64>)>,
    {
        let mut found = Vec::new();
        for (rules, stored) in &self.parts {
            let mut is_read = vec![false; set.items().len()];
            items_of(rules).into_iter().for_each(|item| is_read[item] = true);
            let mut panel = stored.clone();
            for (city, period, item, value) in values().filter(|(_, _, item, _)| is_read[*item]) {
                panel.put(city, period, item, value);
            }
            found.extend(validate_by(set, rules, &panel).into_iter().map(|finding| self.waivers.judge(finding)));
        }
        let place = |judged: &Judged| (judged.finding.period, self.order.get(&judged.finding.rule).copied());
        found.sort_by(|one, other| one.finding.city.cmp(&other.finding.city).then_with(|| place(one).cmp(&place(other))));
        found
    }
}

fn named(code: &str) -> City {
    City { code: code.to_owned(), ..City::default() }
}

async fn fill(reading: &Transaction, filter: &Filter, set: &IndicatorSet, panel: &mut Panel) -> Result<(), StoreError> {
    let found = read_as_of(reading, filter).await?;
    let mut found = std::pin::pin!(found);
    while let Some(row) = found.try_next().await? {
        let counts = row.status == observations::Status::Reported;
        let (Some(item), Ok(period)) = (set.item_index(&row.item), row.period.parse::<Period>()) else { continue };
        if counts && row.number.is_some() {
            panel.put(&row.city, period, item, row.number);
        }
    }
    Ok(())
}
