//! What the validation rules say of a value that is reported.

use std::collections::BTreeSet;
use std::sync::Arc;

use citygauge_indicators::{Faults, IndicatorSet, Period};

use crate::error::Failure;
use crate::state::State;
use crate::store::observations::{NewObservation, Place, Status};
use crate::validation::ground::Ground;
use crate::validation::places::Places;
use crate::validation::rules;

/// What the rules find where the value takes part, laid over what is stored: an error that is not waived refuses it with
/// all that was found, the rest is given back.
pub(super) async fn judged(
    state: &State,
    set: &Arc<IndicatorSet>,
    place: &Place,
    new: &NewObservation,
) -> Result<Faults, Failure> {
    let (Some(item), Ok(period)) = (set.item_index(&place.item), place.period.parse::<Period>()) else {
        return Ok(Faults::default());
    };
    let rules = rules::of_set(state.db(), set).await?;
    let places = Places {
        items: Some(BTreeSet::from([item])),
        periods: Some(BTreeSet::from([period])),
        cities: Some(BTreeSet::from([place.city.clone()])),
    };
    let Some(ground) = Ground::load(state, set, rules, &places, None).await? else { return Ok(Faults::default()) };
    let number = if new.status == Status::Reported { new.number } else { None };
    let (set, city) = (Arc::clone(set), place.city.clone());
    let found = state.engine(move || ground.judge(&set, || std::iter::once((city.as_str(), period, item, number)))).await?;
    let takes_part = found.into_iter().filter(|judged| {
        let finding = &judged.finding;
        finding.city == place.city && (finding.since..=finding.period).contains(&period) && finding.items.contains(&place.item)
    });
    let faults = Faults(takes_part.map(|judged| judged.to_fault().at("/value")).collect());
    if faults.has_errors() { Err(Failure::Invalid(faults)) } else { Ok(faults) }
}
