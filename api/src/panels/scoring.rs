//! What makes a score one: a city and item of the panel, on its scale, of a city that is not the expert's own.

use std::collections::{BTreeSet, HashMap, HashSet};

use citygauge_assessment::panel::{OffScale, Scale};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::NewPanelScore;

use super::CELLS_LIMIT;
use crate::error::Failure;
use crate::store::panels::Panel;
use crate::store::panels::scores::{NewScore, Score};

/// What is to be written of what an expert sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// Scores to be kept, of what was not scored before and of what was.
    pub new: Vec<NewScore>,
    /// The numbers of those that they replace.
    pub replaced: Vec<i64>,
    /// How many said nothing new.
    pub unchanged: u64,
}

/// Everything that is wrong with scores that an expert sent.
pub fn faults(panel: &Panel, own_cities: &BTreeSet<String>, sent: &[NewPanelScore]) -> Result<Faults, Failure> {
    let profile = &panel.profile;
    let scale = Scale::new(profile.least, profile.greatest, profile.step);
    let scale =
        scale.map_err(|fault| Failure::internal(format!("the scale of the panel {} is none: {fault:?}", profile.code)))?;
    let mut faults = Faults::default();
    if sent.is_empty() || sent.len() > CELLS_LIMIT {
        let fault = Fault::error("panel.scores", "评分数量不合适", "too few or too many scores").at("/scores");
        let fault = fault.value(sent.len().to_string()).expected(format!("1..{CELLS_LIMIT}"));
        faults.push(fault.hint("请分几次提交", "send them in parts"));
        return Ok(faults);
    }
    let mut seen = HashSet::new();
    for (i, score) in sent.iter().enumerate() {
        let (city, item) = (score.city.as_str(), score.item.as_str());
        let mut push = |member: &str, fault: Fault| {
            faults.push(fault.at(format!("/scores/{i}{member}")).city(city).period(&profile.period).of(item));
        };
        if profile.cities.binary_search_by(|known| known.as_str().cmp(city)).is_err() {
            let (zh, en) = (format!("本专家组不评城市“{city}”"), format!("the panel does not score the city '{city}'"));
            push(
                "/city",
                Fault::error("panel.unknown_city", zh, en).value(city).hint("请填写本专家组的城市", "name a city of the panel"),
            );
        } else if own_cities.contains(city) {
            let (zh, en) =
                (format!("“{city}”是您本人的城市，须回避"), format!("'{city}' is a city of your own, which you do not score"));
            push("/city", Fault::error("panel.own_city", zh, en).value(city).hint("请删去该城市的评分", "leave the city out"));
        }
        if profile.items.binary_search_by(|known| known.as_str().cmp(item)).is_err() {
            let (zh, en) = (format!("本专家组不评数据项“{item}”"), format!("the panel does not score the item '{item}'"));
            push(
                "/item",
                Fault::error("panel.unknown_item", zh, en)
                    .value(item)
                    .hint("请填写本专家组的数据项", "name an item of the panel"),
            );
        }
        if !seen.insert((city, item)) {
            let fault = Fault::error("panel.duplicate_score", "同一城市和数据项出现了两次", "this city and item stand twice");
            push("", fault.hint("只保留一处", "keep one of them"));
        }
        if let Err(off) = scale.check(score.score) {
            push("/score", off_scale(off, panel, score.score));
        }
    }
    Ok(faults)
}

fn off_scale(off: OffScale, panel: &Panel, score: f64) -> Fault {
    let (least, greatest, step) = (panel.profile.least, panel.profile.greatest, panel.profile.step);
    let fault = match off {
        OffScale::Outside => Fault::error("panel.outside_scale", "评分超出范围", "the score lies outside the scale"),
        OffScale::BetweenSteps => {
            Fault::error("panel.off_step", "评分不在步长上", "the score lies between two steps of the scale")
        }
    };
    let fault = fault.value(score.to_string()).expected(format!("{least}..{greatest}, +{step}"));
    fault.hint(
        format!("请给出 {least} 到 {greatest}、步长 {step} 的分数"),
        format!("give a score from {least} to {greatest} in steps of {step}"),
    )
}

/// What of sound scores is new to what the expert said before.
pub fn changes(before: &[Score], sent: Vec<NewPanelScore>) -> Changes {
    let before: HashMap<(&str, &str), &Score> =
        before.iter().map(|score| ((score.said.city.as_str(), score.said.item.as_str()), score)).collect();
    let mut changes = Changes::default();
    for score in sent {
        let comment = score.comment.map(String::from).filter(|comment| !comment.is_empty());
        let new = NewScore { city: score.city.into_string(), item: score.item.into_string(), score: score.score, comment };
        match before.get(&(new.city.as_str(), new.item.as_str())) {
            Some(known) if known.said == new => {
                changes.unchanged += 1;
                continue;
            }
            Some(known) => changes.replaced.push(known.id),
            None => {}
        }
        changes.new.push(new);
    }
    changes
}
