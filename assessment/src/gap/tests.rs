use serde_json::json;

use super::*;
use crate::testing::{assessed, leaf, period};

/// City A and its peers on two leaves, rounded to two places; X weighs 3, Y 7.
fn rounded(values: &[(&str, f64, f64)]) -> Assessment {
    let rounding = json!({"rounding": {"mode": "half_up", "places": 2, "depths": "all"}});
    let leaves = [leaf("X", json!({"weight": 3})), leaf("Y", json!({"weight": 7}))];
    let observed: Vec<_> = values.iter().flat_map(|&(city, x, y)| [(city, "2026", "x", x), (city, "2026", "y", y)]).collect();
    assessed(rounding, &leaves, &observed, None)
}

fn gaps(assessment: &Assessment, against: &str) -> GapAnalysis {
    analyse(assessment, "A", period("2026"), &against.parse().expect("a reference"), None).expect("sound")
}

#[test]
fn the_gap_of_two_published_decimals_is_their_difference() {
    let assessment = rounded(&[("A", 97.04, 50.01), ("B", 70.35, 80.2)]);
    let found = gaps(&assessment, "city:B");
    // In doubles 70.35 - 97.04 is -26.690000000000012, and 80.2 - 50.01 is 30.190000000000005.
    assert_eq!(found.gaps[1].gap_score, Some(-26.69));
    assert_eq!(found.gaps[2].gap_score, Some(30.19));
    assert_eq!((found.gaps[1].gap_points, found.gaps[2].gap_points), (Some(-8.007), Some(21.133)));
    assert_eq!(found.priorities, [Direction { node: 2, points_lost: 21.133, range: None }]);
    assert_eq!((found.gaps[2].target_value, found.gaps[2].gap_value), (Some(80.2), Some(30.19)));
}

#[test]
fn the_gap_to_a_median_is_the_difference_to_the_decimal_between_two_peers() {
    let assessment = rounded(&[("A", 10.1, 50.0), ("B", 70.36, 50.0), ("C", 70.37, 50.0)]);
    let gap = &gaps(&assessment, "peer_median").gaps[1];
    assert_eq!((gap.reference, gap.gap_score), (Some(70.365), Some(60.265)));
    assert_eq!(gaps(&assessment, "peer_median").gaps[2].gap_score, Some(0.0));
}

#[test]
fn every_gap_is_the_exact_difference_of_what_is_printed() {
    let values: Vec<(String, f64, f64)> =
        (0..60).map(|i| (format!("C{i}"), f64::from(i * 131 % 10_000) / 100.0, f64::from(i * 7919 % 10_000) / 100.0)).collect();
    let mut values: Vec<(&str, f64, f64)> = values.iter().map(|(city, x, y)| (city.as_str(), *x, *y)).collect();
    values.push(("A", 33.33, 66.67));
    let assessment = rounded(&values);
    for against in ["full_mark", "best", "peer_median", "peer_top_quartile", "city:C7"] {
        for gap in gaps(&assessment, against).gaps {
            let (reference, score) = (gap.reference.expect("all have one"), gap.score.expect("all have one"));
            let exact = number(reference) - number(score);
            assert_eq!(gap.gap_score, Some(nearest_double(&exact)), "{against}");
            // At most two places of the score and two more of a quartile.
            assert!(gap.gap_score.expect("given").to_string().split('.').nth(1).is_none_or(|places| places.len() <= 4));
        }
    }
}

#[test]
fn a_foundation_starts_exactly_at_four_fifths_of_the_full_mark() {
    let leaves = [leaf("X", json!({})), leaf("Y", json!({}))];
    // In doubles 0.8 x 7 is above 5.6.
    let observed = [("A", "2026", "x", 80.0), ("A", "2026", "y", 79.0)];
    let rounding = json!({"full_mark": 7, "rounding": {"mode": "half_up", "places": 2, "depths": "all"}});
    let assessment = assessed(rounding, &leaves, &observed, None);
    assert_eq!(gaps(&assessment, "full_mark").foundations, [1]);
}

#[test]
fn the_gap_in_points_of_a_mark_that_was_rounded_is_the_difference_of_the_marks() {
    let members = json!({"arithmetic": "points", "rounding": {"mode": "half_up", "places": 2, "depths": "all"}});
    let group = |code: &str, weight: u32| json!({"code": code, "title": {"en": code}, "weight": weight, "weight_of": "total"});
    let child =
        |code: &str, parent: &str, weight: u32| leaf(code, json!({"parent": parent, "weight": weight, "weight_of": "total"}));
    let nodes = [group("G", 37), group("H", 63), child("X", "G", 20), child("Y", "G", 17), child("Z", "H", 63)];
    let observed = |city, x, y, z| [(city, "2026", "x", x), (city, "2026", "y", y), (city, "2026", "z", z)];
    let observed = [observed("A", 60.0, 47.53, 10.0), observed("B", 60.0, 56.88, 10.0), observed("C", 70.0, 71.0, 10.0)];
    let assessment = assessed(members, &nodes, &observed.concat(), None);
    let marks = |city: &str| assessment.city(city, period("2026")).expect("it is there")[1].mark.expect("a mark");
    assert_eq!((marks("A"), marks("B"), marks("C")), (20.08, 21.67, 26.07));
    // The scores are 2008/37, 2167/37 and 2607/37, which no double is; their difference in points is that of the marks.
    assert_eq!(gaps(&assessment, "city:B").gaps[1].gap_points, Some(1.59));
    assert_eq!(gaps(&assessment, "peer_median").gaps[1].gap_points, Some(3.79));
    assert_eq!(gaps(&assessment, "full_mark").gaps[1].gap_points, Some(16.92));
}

/// The value of `x` that closes the gap of A to the median of its peers, and the change.
fn closing(rule: serde_json::Value, direction: &str, values: &[(&str, f64)]) -> (Option<f64>, Option<f64>) {
    let indicator = json!({"formula": "x", "direction": direction, "scoring": rule});
    let observed: Vec<_> = values.iter().map(|&(city, value)| (city, "2026", "x", value)).collect();
    let assessment = assessed(json!({}), &[leaf("X", json!({"indicator": indicator}))], &observed, None);
    let gap = &gaps(&assessment, "peer_median").gaps[1];
    (gap.target_value, gap.gap_value)
}

#[test]
fn a_gap_of_places_is_closed_by_the_worst_value_of_the_cohort_that_has_the_score() {
    let values = [("A", 10.0), ("B", 20.0), ("C", 30.0), ("D", 40.0)];
    for rule in [json!({"rule": "rank"}), json!({"rule": "borda"}), json!({"rule": "percentile_rank"})] {
        assert_eq!(closing(rule.clone(), "higher", &values), (Some(30.0), Some(20.0)), "{rule}");
        let costs = [("A", 40.0), ("B", 20.0), ("C", 30.0), ("D", 10.0)];
        assert_eq!(closing(rule.clone(), "lower", &costs), (Some(20.0), Some(-20.0)), "{rule}");
    }
    // The ranks of the two in the middle are shared: 1, 2.5, 2.5, 4.
    let shared = [("A", 10.0), ("B", 20.0), ("C", 20.0), ("D", 40.0)];
    assert_eq!(closing(json!({"rule": "rank", "ties": "mean"}), "higher", &shared), (Some(20.0), Some(10.0)));
}

#[test]
fn a_gap_of_standard_deviations_is_closed_on_a_line() {
    let values = [("A", 10.0), ("B", 20.0), ("C", 30.0)];
    let rule = json!({"rule": "z_score", "mean": 100, "sd": 15});
    assert_eq!(closing(rule.clone(), "higher", &values), (Some(25.0), Some(15.0)));
    let costs = [("A", 30.0), ("B", 20.0), ("C", 10.0)];
    assert_eq!(closing(rule, "lower", &costs), (Some(15.0), Some(-15.0)));
}

#[test]
fn a_gap_in_a_treated_leaf_is_told_in_the_raw_unit() {
    let treated = |treatment: serde_json::Value| {
        let indicator = json!({"formula": "x", "scoring": {"rule": "min_max"}, "treatment": [treatment]});
        let node = json!({"code": "X", "title": {"en": "X"}, "indicator": indicator});
        let values = [("A", 10.0), ("B", 1.0), ("C", 100.0), ("D", 11.0), ("E", 12.0), ("F", 1000.0)];
        let observed: Vec<_> = values.iter().map(|&(city, value)| (city, "2026", "x", value)).collect();
        let assessment = assessed(json!({}), &[node], &observed, None);
        let gap = gaps(&assessment, "city:C").gaps.remove(1);
        (gap.score.expect("scored"), gap.target_value, gap.gap_value)
    };
    let (score, target, missing) = treated(json!({"method": "log"}));
    assert!((score - 100.0 / 3.0).abs() < 1e-9);
    assert!((target.expect("a raw value") - 100.0).abs() < 1e-9 && (missing.expect("raw") - 90.0).abs() < 1e-9);
    let (_, target, _) = treated(json!({"method": "box_cox", "lambda": 0.5}));
    assert!((target.expect("a raw value") - 100.0).abs() < 1e-9);
    // Where C has been moved to the upper end, the least raw value that scores as C does is that end.
    let winsorise = json!({"method": "winsorise", "at_most": 2, "skewness": 0.1, "kurtosis": -9});
    let (_, target, missing) = treated(winsorise);
    assert_eq!((target, missing), (Some(12.0), Some(2.0)));
}

#[test]
fn a_gap_of_an_imputed_leaf_has_a_target_but_no_distance_in_the_raw_unit() {
    let imputed = leaf("X", json!({}));
    let observed = [("A", "2026", "y", 1.0), ("B", "2026", "x", 40.0), ("C", "2026", "x", 80.0)];
    let assessment = assessed(json!({"imputation": {"method": "mean"}}), &[imputed, leaf("Y", json!({}))], &observed, None);
    let gap = gaps(&assessment, "city:C").gaps.remove(1);
    assert_eq!((gap.score, gap.gap_score, gap.value), (Some(60.0), Some(20.0), None));
    assert_eq!((gap.target_value, gap.gap_value), (Some(80.0), None));
}

#[test]
fn the_next_level_of_a_staged_model_is_what_it_requires_of_nodes() {
    let levels = json!({"staged": [
        {"code": "1", "require": [{"node": "X", "at_least": 30}]},
        {"code": "2", "require": [{"node": "X", "at_least": 50}, {"node": "Y", "at_least": 40}, {"item": "x", "at_least": 1}]},
        {"code": "3", "require": [{"node": "Y", "at_least": 90}]}
    ]});
    let observed = [("A", "2026", "x", 45.0), ("A", "2026", "y", 60.0)];
    let assessment = assessed(json!({"levels": levels}), &[leaf("X", json!({})), leaf("Y", json!({}))], &observed, None);
    let references = |against: &str| gaps(&assessment, against).gaps.iter().map(|gap| gap.reference).collect::<Vec<_>>();
    assert_eq!(references("level"), [None, Some(50.0), Some(40.0)]);
    assert_eq!(references("level:3"), [None, Some(50.0), Some(90.0)]);
    assert_eq!(gaps(&assessment, "level").gaps[1].target_value, Some(50.0));
    let refused = analyse(&assessment, "A", period("2026"), &Reference::Level(Some("9".into())), None).expect_err("unknown");
    assert_eq!((refused.0[0].code, refused.0[0].expected.as_deref()), ("gap.unknown_level", Some("1 | 2 | 3")));
}

/// Cities A to F over three years; the slopes of x are 1 to 6 a year from 10 on, those of y the same on the way down from 90.
fn moving() -> Assessment {
    let falling = json!({"indicator": {"formula": "y", "scoring": {"rule": "goalposts", "worst": 100, "best": 0}}});
    let leaves = [leaf("X", json!({"weight": 1})), leaf("Y", falling)];
    let cities = ["A", "B", "C", "D", "E", "F"];
    let observed: Vec<(&str, &str, &str, f64)> = cities
        .iter()
        .zip(1..)
        .flat_map(|(city, slope)| {
            ["2020", "2021", "2022"].iter().zip(0..).flat_map(move |(at, year)| {
                let moved = f64::from(slope * year);
                [(*city, *at, "x", 10.0 + moved), (*city, *at, "y", 90.0 - moved)]
            })
        })
        .collect();
    assessed(json!({}), &leaves, &observed, None)
}

fn asked<'p>(by: Option<&str>, rule: Rule) -> Asked<'p> {
    Asked { by: by.map(period), rule, ..Asked::default() }
}

#[test]
fn a_deadline_asks_for_a_rate_and_the_rates_of_the_peers_judge_it() {
    let assessment = moving();
    let with = |against: &str, by: Option<&str>| {
        let against = against.parse().expect("a reference");
        analyse_with(&assessment, "A", period("2022"), &against, asked(by, Rule::PointsLost)).expect("sound")
    };
    // A has 12 in 2022 and rises by 1 a year, F has 22: by 2032 it takes exactly 1 a year; the others' rates are 2 to 6.
    for (by, required, verdict) in
        [("2032", 1.0, Verdict::OnTrack), ("2024", 5.0, Verdict::Attainable), ("2023", 10.0, Verdict::Unprecedented)]
    {
        let found = with("city:F", Some(by));
        let gap = &found.gaps[1];
        let outlook = &gap.outlook;
        assert_eq!((gap.value, gap.target_value, gap.gap_value), (Some(12.0), Some(22.0), Some(10.0)));
        assert_eq!((outlook.of, outlook.required, outlook.own), (Quantity::Value, Some(required), Some(1.0)));
        assert_eq!((outlook.percentiles, outlook.peers, outlook.own_periods), ([Some(4.0), Some(5.0), Some(5.6)], 5, 3));
        assert_eq!(gap.verdict(), Some(verdict), "{by}");
        // The same on the way down, where less is better.
        let gap = &found.gaps[2];
        assert_eq!((gap.target_value, gap.gap_value, gap.outlook.required), (Some(78.0), Some(-10.0), Some(-required)));
        assert_eq!((gap.outlook.own, gap.outlook.percentiles), (Some(-1.0), [Some(-4.0), Some(-5.0), Some(-5.6)]));
        assert_eq!(gap.verdict(), Some(verdict), "{by}");
        // TOTAL in points of the score.
        assert_eq!((found.gaps[0].outlook.of, found.gaps[0].outlook.required), (Quantity::Score, Some(required)));
        assert_eq!((found.by, found.gaps[0].verdict()), (Some(period(by)), Some(verdict)));
    }
    // Without a deadline there are rates and no verdict; what is reached is reached.
    let gap = &with("city:F", None).gaps[1];
    assert_eq!((gap.outlook.required, gap.outlook.own, gap.verdict()), (None, Some(1.0), None));
    let found = with("previous", None);
    assert_eq!((found.reference_period, found.gaps[2].reference), (Some(period("2021")), Some(11.0)));
    assert_eq!((found.gaps[2].gap_score, found.gaps[2].verdict()), (Some(-1.0), Some(Verdict::Reached)));
    // The indicator's direction where there is no gap: Y improves downwards.
    assert_eq!((found.gaps[2].outlook.of, found.gaps[2].outlook.percentiles[0]), (Quantity::Value, Some(-4.0)));
}

#[test]
fn a_deadline_that_is_none_is_a_named_fault_and_so_is_a_city_without_a_past() {
    let assessment = moving();
    let refused = |at: &str, against: &str, by: Option<&str>| {
        let against = against.parse().expect("a reference");
        let refused = analyse_with(&assessment, "A", period(at), &against, asked(by, Rule::PointsLost)).expect_err("refused");
        for fault in &refused.0 {
            assert!(fault.hint.as_ref().is_some_and(|hint| hint.zh.is_some() && hint.en.is_some()), "{fault:?}");
        }
        refused.0.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert_eq!(refused("2022", "best", Some("2022")), ["gap.deadline_past"]);
    assert_eq!(refused("2022", "best", Some("2019")), ["gap.deadline_past"]);
    assert_eq!(refused("2022", "best", Some("2030-Q1")), ["gap.deadline_kind"]);
    assert_eq!(refused("2020", "previous", None), ["gap.no_previous"]);
    assert_eq!(refused("2020", "previous", Some("2020")), ["gap.deadline_past", "gap.no_previous"]);
    assert_eq!(refused("2019", "best", Some("2018")), ["gap.deadline_past", "gap.unknown_city"]);
}

#[test]
fn u4ssc_ranks_by_the_part_of_the_reference_that_is_attained() {
    let leaves = ["P", "Q", "R", "S", "T"].map(|code| leaf(code, json!({})));
    // Of the full mark: 33 %, 32.9 %, 95 %, 66 %, 65 %.
    let observed: Vec<_> = [("p", 33.0), ("q", 32.9), ("r", 95.0), ("s", 66.0), ("t", 65.0)]
        .iter()
        .map(|&(item, value)| ("A", "2026", item, value))
        .collect();
    let assessment = assessed(json!({}), &leaves, &observed, None);
    let found =
        |rule| analyse_with(&assessment, "A", period("2026"), &Reference::FullMark, asked(None, rule)).expect("sound").priorities;
    let ranges: Vec<_> = found(Rule::U4ssc).iter().map(|direction| (direction.node, direction.range)).collect();
    let expected =
        [(2, Range::Below33), (1, Range::From33To66), (5, Range::From33To66), (4, Range::From66To95), (3, Range::From95)];
    assert_eq!(ranges, expected.map(|(node, range)| (node, Some(range))));
    assert_eq!(found(Rule::PointsLost).iter().map(|direction| direction.node).collect::<Vec<_>>(), [2, 1, 5, 4, 3]);
    assert_eq!("u4ssc".parse::<Rule>(), Ok(Rule::U4ssc));
    assert_eq!("worst".parse::<Rule>().expect_err("unknown").code, "gap.unknown_rule");
}

#[test]
fn a_target_value_attains_the_reference_also_where_its_nearest_double_would_not() {
    // Rounded half to even 70.365 is 70.36: the least decimal that attains it is 70.37 or a hair more than 70.365.
    let rounding = json!({"rounding": {"mode": "half_even", "places": 2, "depths": "all"}});
    let observed = [("A", 10.0), ("B", 70.36), ("C", 70.37)].map(|(city, value)| (city, "2026", "x", value));
    let assessment = assessed(rounding, &[leaf("X", json!({}))], &observed, None);
    let gap = gaps(&assessment, "peer_median").gaps.remove(1);
    assert_eq!((gap.reference, gap.target_score), (Some(70.365), Some(70.37)));
    assert_eq!(
        gap.note.as_ref().and_then(|note| note.en.as_deref()),
        Some("the target value scores 70.37; no raw value scores exactly the reference")
    );
    let value = gap.target_value.expect("a value");
    assert!(value > 70.365 && value <= 70.37, "{value}");
    // A narrow scale far from 0: doubles of the raw value lie 2.3e-10 apart, scores of it 2.3e-8.
    let narrow = json!({"indicator": {"formula": "x", "scoring": {"rule": "goalposts", "worst": 1_000_000, "best": 1_000_001}}});
    let observed = [("A", 1e6), ("B", 1_000_000.3), ("C", 1_000_000.6), ("D", 1_000_000.7), ("E", 1_000_000.123_456)];
    let observed = observed.map(|(city, value)| (city, "2026", "x", value));
    let assessment = assessed(json!({}), &[leaf("X", narrow)], &observed, None);
    for against in ["best", "peer_median", "peer_top_quartile", "full_mark", "city:E"] {
        let gap = gaps(&assessment, against).gaps.remove(1);
        let (value, reference) = (gap.target_value.expect("a value"), gap.reference.expect("a reference"));
        let score = |value| crate::what_if_values(&assessment, "A", period("2026"), &[(1, value)]).expect("sound")[1].score;
        assert_eq!(score(value), gap.target_score, "{against}");
        assert!(
            gap.target_score >= Some(reference) && (against == "full_mark" || score(value.next_down()) < Some(reference)),
            "{against}"
        );
    }
}

#[test]
fn a_target_beyond_what_the_item_admits_is_none() {
    let nodes = [
        leaf("X", json!({})),
        json!({"code": "B", "title": {"en": "B"}, "indicator": {"formula": "b", "scoring": {"rule": "ratio"}}}),
    ];
    let items = json!({"items": [{"code": "x", "min": 0, "max": 50}, {"code": "b", "kind": "boolean"}]});
    let observed = [
        ("A", "2026", "x", 10.0),
        ("A", "2026", "b", 0.0),
        ("B", "2026", "x", 20.0),
        ("B", "2026", "b", 1.0),
        ("C", "2026", "b", 0.0),
    ];
    let assessment = assessed(items, &nodes, &observed, None);
    let gap = gaps(&assessment, "full_mark").gaps.remove(1);
    assert_eq!((gap.target_value, gap.note.is_some(), gap.outlook.of), (None, true, Quantity::Score));
    // Half of the peers say yes: the only value that attains one half is yes.
    let gap = gaps(&assessment, "peer_median").gaps.remove(2);
    assert_eq!((gap.reference, gap.target_value, gap.target_score), (Some(50.0), Some(1.0), Some(100.0)));
}
