//! Gaps of published data: what a gap asks for, applied, brings the score that it promises; rates and verdicts are those of a
//! computation in whole numbers.

mod panel;

use citygauge_assessment::gap::{GapAnalysis, Reference, analyse};
use citygauge_assessment::{Assessment, Observations, Options, assess, what_if, what_if_values};
use citygauge_indicators::{NodeIndex, Period, Value};

use crate::reference::published::{Spain, spain};

fn assessed(spain: &Spain) -> Assessment {
    let observations = Observations::from_long(&spain.set, &spain.observations, Some(&spain.cities)).unwrap();
    assess(&spain.set, &observations, &Options::default()).unwrap()
}

/// What a gap promises: leaf, target value, the score that it brings, and the reference's.
struct Promise {
    node: NodeIndex,
    value: f64,
    score: f64,
    reference: f64,
}

fn promises(assessment: &Assessment, found: &GapAnalysis, city: &str) -> Vec<Promise> {
    let leaves = found.gaps.iter().filter(|gap| assessment.set().nodes()[gap.node].leaf().is_some());
    let behind = leaves.filter(|gap| gap.gap_score.is_some_and(|gap| gap > 0.0));
    behind
        .map(|gap| {
            let code = &assessment.set().nodes()[gap.node].code;
            let value = gap.target_value.unwrap_or_else(|| panic!("{city} {code}: every score has a value"));
            Promise { node: gap.node, value, score: gap.target_score.unwrap(), reference: gap.reference.unwrap() }
        })
        .collect()
}

/// On the data of 100 Spanish cities the target values of every indicator bring exactly the score that is promised, alone and all at
/// once, on scales of either direction and at their ends.
#[test]
fn a_gap_that_is_closed_brings_exactly_the_promised_score() {
    let Some(spain) = spain() else { return };
    let assessment = assessed(&spain);
    let set = assessment.set();
    let period: Period = "2018".parse().unwrap();
    let (mut promised, mut exact, mut rising, mut falling, mut ends) = (0, 0, 0, 0, 0);
    for city in spain.cities.iter().step_by(10).map(|city| city.code.as_str()) {
        for against in [Reference::PeerTopQuartile, Reference::FullMark, Reference::Best] {
            let found = analyse(&assessment, city, period, &against, None).unwrap();
            let promises = promises(&assessment, &found, city);
            assert!(promises.len() > 10, "{city} {against}: only {} gaps", promises.len());
            for promise in &promises {
                let at = format!("{city} {} {against}", set.nodes()[promise.node].code);
                let one = what_if_values(&assessment, city, period, &[(promise.node, promise.value)]).unwrap();
                assert_eq!(one[promise.node].score, Some(promise.score), "{at}");
                assert!(promise.score >= promise.reference, "{at}: the reference is attained");
                // No value short of it attains the reference, unless that is the end at which scores are cut off.
                let before = found.gaps[promise.node].value.unwrap();
                let short = if before < promise.value { promise.value.next_down() } else { promise.value.next_up() };
                let short = what_if_values(&assessment, city, period, &[(promise.node, short)]).unwrap()[promise.node].score;
                assert!(short <= Some(promise.score), "{at}");
                if promise.score > promise.reference {
                    assert!(short < Some(promise.reference), "{at}: {short:?} would do for {}", promise.reference);
                }
                promised += 1;
                exact += usize::from(promise.score == promise.reference);
                rising += usize::from(before < promise.value);
                falling += usize::from(before > promise.value);
                ends += usize::from(promise.reference == 100.0);
            }
            // All at once, by items as somebody would who reports them.
            let codes: Vec<(&str, Option<Value>)> = promises
                .iter()
                .map(|promise| (set.nodes()[promise.node].code.as_str(), Some(Value::Number(promise.value))))
                .collect();
            let all = what_if(&assessment, city, period, &codes).unwrap();
            for promise in &promises {
                assert_eq!(all[promise.node].score, Some(promise.score), "{city} {against}");
            }
            // The parents are those of an assessment of data that say so.
            let changed: Vec<_> = spain
                .observations
                .iter()
                .map(|observation| {
                    let mut changed = observation.clone();
                    if let Some((_, value)) = codes.iter().find(|(code, _)| observation.city == city && observation.item == *code)
                    {
                        changed.value.clone_from(value);
                    }
                    changed
                })
                .collect();
            if against == Reference::PeerTopQuartile {
                let observations = Observations::from_long(&spain.set, &changed, Some(&spain.cities)).unwrap();
                let after = assess(&spain.set, &observations, &Options::default()).unwrap();
                for (supposed, row) in all.iter().zip(after.city(city, period).unwrap()) {
                    match (supposed.score, row.score) {
                        (Some(supposed), Some(score)) => assert!((supposed - score).abs() < 1e-9, "{city} {}", row.node),
                        (supposed, score) => assert_eq!(supposed, score, "{city} {}", row.node),
                    }
                }
            }
        }
    }
    eprintln!("{promised} gaps, {exact} bring exactly the reference; {rising} rise, {falling} fall, {ends} reach the full mark");
    assert!(promised > 1_000 && rising > 200 && falling > 200 && ends > 200);
    // Raw values and scores have as many digits; few references lie between the scores of two neighbouring raw values.
    assert!(exact * 100 >= promised * 90, "{exact} of {promised}");
}
