//! Editions that name a round: the assessment of its newest publication is taken when the benchmark is kept.

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{BenchmarkEdition, BenchmarkProfile, Code, Id};

use crate::error::Failure;
use crate::rounds::ranking::published;
use crate::state::State;
use crate::store::rounds::{self, Round};

/// Gives every edition that names a round the assessment that it takes; what cannot be is told. An edition that names both is of that
/// round; without its assessment, it takes the newest one again.
pub async fn resolve(state: &State, profile: &mut BenchmarkProfile) -> Result<Faults, Failure> {
    let mut faults = Faults::default();
    for (place, edition) in profile.editions.iter_mut().enumerate() {
        let at = format!("/editions/{place}");
        let Some(round) = edition.round.clone() else {
            unnamed(edition, &at, &mut faults);
            continue;
        };
        let Some(found) = rounds::find_by_code(state.db(), round.as_str()).await? else {
            let (zh, en) = ("没有这个评价批次", "there is no such round");
            faults.push(Fault::error("benchmark.round_absent", zh, en).at(format!("{at}/round")).value(round.as_str()));
            continue;
        };
        let Some(class) = class(&found, edition.class.as_ref(), &at, &mut faults) else { continue };
        match &edition.assessment {
            Some(given) => of_round(&found, class, given, &at, &mut faults),
            None => match published(state, &found, None, edition.class.as_ref().map(Code::as_str)).await {
                Ok(latest) => edition.assessment = latest.assessments.into_iter().next().map(|it| Id::trusted(it.request.id)),
                Err(Failure::Conflict(_)) => {
                    let (zh, en) = ("该批次尚无结果", "the round has no results yet");
                    let fault = Fault::error("benchmark.round_open", zh, en).at(format!("{at}/round")).value(round.as_str());
                    faults.push(fault.hint("请先发布该批次", "publish the round first"));
                }
                Err(failure) => return Err(failure),
            },
        }
    }
    Ok(faults)
}

/// An edition without a round names an assessment, and no class.
fn unnamed(edition: &BenchmarkEdition, at: &str, faults: &mut Faults) {
    if edition.class.is_some() {
        let (zh, en) = ("没有批次就没有类别", "there is a class without a round");
        faults
            .push(Fault::error("benchmark.class_alone", zh, en).at(format!("{at}/class")).hint("请给出 round", "give the round"));
    }
    if edition.assessment.is_none() {
        let (zh, en) = ("既没有评估也没有批次", "it names neither an assessment nor a round");
        faults.push(
            Fault::error("benchmark.unnamed", zh, en).at(at).hint("请给出 assessment 或 round", "give an assessment or a round"),
        );
    }
}

/// The place of the class in a round with classes, 0 in one without; none where it is at fault.
fn class(round: &Round, class: Option<&Code>, at: &str, faults: &mut Faults) -> Option<usize> {
    let known = &round.profile.classes;
    let place = match class {
        None if known.is_empty() => return Some(0),
        None => None,
        Some(class) => known.iter().position(|known| known.code == class.as_str()),
    };
    if place.is_none() {
        let codes: Vec<&str> = known.iter().map(|class| class.code.as_str()).collect();
        let (zh, en) = match class {
            None => ("该批次分类别：须指明类别", "the round has classes: one has to be named"),
            Some(_) => ("该批次没有这个类别", "the round has no such class"),
        };
        let fault = Fault::error("benchmark.class", zh, en).at(format!("{at}/class")).expected(codes.join(" | "));
        faults.push(match class {
            Some(class) => fault.value(class.as_str()),
            None => fault,
        });
    }
    place
}

/// What is named beside a round was published in it.
fn of_round(round: &Round, class: usize, given: &Id, at: &str, faults: &mut Faults) {
    if round.publications().any(|publication| publication.get(class).is_some_and(|id| id == given.as_str())) {
        return;
    }
    let (zh, en) = ("该评估不是这个批次（类别）发布的", "the assessment was not published in this round or class");
    let fault = Fault::error("benchmark.other_round", zh, en).at(format!("{at}/assessment")).value(given.as_str());
    faults.push(fault.hint("删去 assessment 即取最近一次发布", "leave it out to take the newest publication"));
}
