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
    assert_eq!(found.priorities, [(2, 21.133)]);
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
