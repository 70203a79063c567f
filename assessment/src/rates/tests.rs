//! Rates and verdicts by hand.

use serde_json::json;

use super::*;
use crate::testing::{assessed, leaf, period};

/// Cities A to F over 2020, 2021 and 2022; the slopes are 1, 2, 3, 4, 5 and 6 a year.
fn panel() -> Assessment {
    let cities = ["A", "B", "C", "D", "E", "F"];
    let observed: Vec<(&str, &str, &str, f64)> = cities
        .iter()
        .zip(1..)
        .flat_map(|(city, slope)| {
            ["2020", "2021", "2022"].iter().zip(0..).map(move |(at, year)| (*city, *at, "x", 10.0 + f64::from(slope * year)))
        })
        .collect();
    assessed(json!({}), &[leaf("X", json!({}))], &observed, None)
}

fn rates(assessment: &Assessment, city: &str, way: Way) -> Rates {
    let node = assessment.set().node_index("X").expect("a node");
    Rates::of(assessment, Quantity::Value, node, city, period("2022"), None, way)
}

#[test]
fn percentiles_are_those_of_the_others() {
    let assessment = panel();
    let rates = rates(&assessment, "A", Way::Up);
    assert_eq!((rates.own(), rates.own_periods(), rates.peers()), (Some(1.0), 3, 5));
    // 2, 3, 4, 5, 6: type 7.
    assert_eq!([0.5, 0.75, 0.9].map(|p| rates.percentile(p)), [Some(4.0), Some(5.0), Some(5.6)]);
}

#[test]
fn on_the_way_down_the_percentiles_are_those_of_falling() {
    let assessment = panel();
    let rates = rates(&assessment, "F", Way::Down);
    // The others rise by 1 to 5; falling at -1 is the fastest.
    assert_eq!([0.5, 0.75, 0.9].map(|p| rates.percentile(p)), [Some(3.0), Some(2.0), Some(1.4)]);
    assert_eq!(rates.verdict(&number(-0.5)), Verdict::Unprecedented);
    assert_eq!(rates.verdict(&number(0.5)), Verdict::Reached);
}

#[test]
fn a_verdict_owns_its_limit() {
    let assessment = panel();
    let rates = rates(&assessment, "A", Way::Up);
    let verdicts = [0.0, 1.0, 1.000_000_000_000_1, 5.0, 5.000_000_000_000_1, 5.6, 5.600_000_000_000_1];
    let expected = [
        Verdict::Reached,
        Verdict::OnTrack,
        Verdict::Attainable,
        Verdict::Attainable,
        Verdict::Stretch,
        Verdict::Stretch,
        Verdict::Unprecedented,
    ];
    assert_eq!(verdicts.map(|required| rates.verdict(&number(required))), expected);
}

#[test]
fn few_peers_are_no_evidence() {
    let assessment = panel();
    let node = assessment.set().node_index("X").expect("a node");
    let named = ["B", "C", "D", "E"].map(String::from);
    let rates = Rates::of(&assessment, Quantity::Value, node, "A", period("2022"), Some(&named), Way::Up);
    assert_eq!(
        (rates.peers(), rates.verdict(&number(2.0)), rates.verdict(&number(1.0))),
        (4, Verdict::NoEvidence, Verdict::OnTrack)
    );
    let early = Rates::of(&assessment, Quantity::Value, node, "A", period("2020"), None, Way::Up);
    assert_eq!((early.own(), early.own_periods(), early.peers(), early.percentile(0.5)), (None, 1, 0, None));
    assert_eq!(early.verdict(&number(1.0)), Verdict::NoEvidence);
}

#[test]
fn doubles_and_fractions_agree_on_slopes() {
    let series: Series =
        [("2020", 0.1), ("2021", 0.3), ("2023", 0.2), ("2026", 1.7)].map(|(at, value)| (period(at), value)).into();
    for length in 2..=4 {
        let exact = nearest_double(&median_slope(&series[..length]));
        assert!((slope(&series[..length]) - exact).abs() < 1e-15, "{length}");
    }
}
