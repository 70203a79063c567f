//! The traps of composite indicators: what other tools let slip is a named fault, a named policy or a warning here, and
//! nothing is ever infinite or no number.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "traps/aggregation.rs"]
mod aggregation;

use std::collections::{BTreeMap, BTreeSet};

use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, Row, assess};
use citygauge_indicators::{Cohort, Faults, IndicatorSet, Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

/// City, period and value of the only item.
type Observed<'a> = (&'a str, &'a str, Option<f64>);

/// A set of one leaf, `X`, over the item `x`.
fn one_leaf(indicator: Json) -> IndicatorSet {
    let mut leaf = json!({"formula": "x"});
    leaf.as_object_mut().unwrap().extend(indicator.as_object().unwrap().clone());
    let document = json!({
        "code": "trap", "version": "1", "title": {"en": "Trap"}, "items": [{"code": "x"}],
        "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": leaf}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn observations(set: &IndicatorSet, observed: &[Observed]) -> Observations {
    let observation = |&(city, period, value): &Observed| Observation {
        city: city.to_owned(),
        period: period.parse().unwrap(),
        item: "x".to_owned(),
        value: value.map(Value::Number),
        status: if value.is_some() { Status::Reported } else { Status::Missing },
    };
    let observations: Vec<Observation> = observed.iter().map(observation).collect();
    Observations::from_long(set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"))
}

fn assessed(set: &IndicatorSet, observed: &[Observed]) -> Result<Assessment, Faults> {
    match assess(set, &observations(set, observed), &Options::default()) {
        Ok(assessment) => Ok(assessment),
        Err(AssessmentError::Refused(faults)) => Err(faults),
        Err(other) => panic!("{other}"),
    }
}

/// The codes of the faults that refuse it.
fn refused(set: &IndicatorSet, observed: &[Observed]) -> Vec<&'static str> {
    let faults = assessed(set, observed).expect_err("it is refused");
    for fault in &faults.0 {
        assert!(fault.message.zh.is_some() && fault.message.en.is_some() && fault.hint.is_some(), "{fault:?}");
        assert_eq!(fault.node_or_item.as_deref(), Some("X"));
    }
    faults.0.iter().map(|fault| fault.code).collect()
}

/// The scores of the leaf by city and period; every number of the table is finite.
fn scores(set: &IndicatorSet, observed: &[Observed]) -> BTreeMap<(String, String), Option<f64>> {
    let assessment = assessed(set, observed).unwrap_or_else(|faults| panic!("{faults}"));
    for row in assessment.long() {
        let numbers = [row.value, row.score, row.points, row.coverage, row.low, row.high];
        assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{row:?}");
    }
    let leaf = assessment.long().filter(|row| row.node == "X");
    leaf.map(|row| ((row.city.to_owned(), row.period.to_string()), row.score)).collect()
}

fn scores_of(set: &IndicatorSet, observed: &[Observed]) -> Vec<Option<f64>> {
    scores(set, observed).into_values().collect()
}

fn with(mut rule: Json, member: &str, value: impl Into<Json>) -> IndicatorSet {
    rule[member] = value.into();
    one_leaf(json!({"scoring": rule}))
}

/// Under every policy but to refuse, where each of `observed` has a value.
fn every_policy(rule: &Json, observed: &[Observed], divides: impl Fn(&str) -> bool) {
    assert_eq!(refused(&one_leaf(json!({"scoring": rule})), observed), ["scoring.constant"], "{rule}");
    for (policy, score) in [("missing", None), ("half", Some(50.0)), ("full", Some(100.0))] {
        let scores = scores(&with(rule.clone(), "constant", policy), observed);
        for ((city, _), found) in scores.iter().filter(|((_, period), _)| !divides(period)) {
            assert_eq!(*found, score, "{city}, {rule}, {policy}");
        }
    }
}

const CONSTANT: [Observed; 3] = [("A", "2026", Some(5.0)), ("B", "2026", Some(5.0)), ("C", "2026", Some(5.0))];
const ALONE: [Observed; 1] = [("A", "2026", Some(5.0))];

fn never(_: &str) -> bool {
    false
}

#[test]
fn a_constant_indicator_is_refused_or_scored_by_policy() {
    for rule in [json!({"rule": "min_max"}), json!({"rule": "max_distance"}), json!({"rule": "z_score", "mean": 100, "sd": 15})] {
        every_policy(&rule, &CONSTANT, never);
    }
    every_policy(&json!({"rule": "reference_distance", "city": "B"}), &CONSTANT, never);
    every_policy(&json!({"rule": "target_distance", "target": 5}), &CONSTANT, never);
}

/// The scores of the only leaf, whose formula reads these items of these cities.
fn scores_by_formula(indicator: Json, observed: &[(&str, &str, f64)]) -> Vec<Option<f64>> {
    let items: BTreeSet<&str> = observed.iter().map(|(_, item, _)| *item).collect();
    let items: Vec<Json> = items.into_iter().map(|code| json!({"code": code})).collect();
    let document = json!({
        "code": "trap", "version": "1", "title": {"en": "Trap"}, "items": items,
        "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": indicator}]
    });
    let set = SetDocument::check_value(&document).unwrap();
    let observation = |&(city, item, value): &(&str, &str, f64)| Observation {
        city: city.to_owned(),
        period: "2026".parse().unwrap(),
        item: item.to_owned(),
        value: Some(Value::Number(value)),
        status: Status::Reported,
    };
    let observed: Vec<Observation> = observed.iter().map(observation).collect();
    let observations = Observations::from_long(&set, &observed, None).unwrap();
    assess(&set, &observations, &Options::default()).unwrap().of_node("X").map(|row| row.score).collect()
}

#[test]
fn a_constant_computed_value_is_recognised_although_its_doubles_differ() {
    // 0.1 x 3 is not 0.3 in doubles.
    let leaf = json!({"formula": "x * y", "scoring": {"rule": "z_score", "constant": "half"}});
    let scores = scores_by_formula(leaf, &[("A", "x", 0.1), ("A", "y", 3.0), ("B", "x", 0.3), ("B", "y", 1.0)]);
    assert_eq!(scores, [Some(50.0), Some(50.0)]);
}

#[test]
fn a_condition_that_is_zero_is_so_although_its_double_is_not() {
    // 0.1 + 0.2 - 0.3 is 5.6e-17 in doubles.
    let leaf = json!({"formula": "if(a + b - c, 10, 20)", "scoring": {"rule": "goalposts", "worst": 0, "best": 100}});
    let of = |city, c| [(city, "a", 0.1), (city, "b", 0.2), (city, "c", c)];
    assert_eq!(scores_by_formula(leaf, [of("A", 0.3), of("B", 0.4)].as_flattened()), [Some(20.0), Some(10.0)]);
}

#[test]
fn where_nothing_differs_ranks_are_shared_and_no_one_is_worse() {
    for (rule, score) in [
        (json!({"rule": "rank"}), 1.0),
        (json!({"rule": "rank", "ties": "mean"}), 2.0),
        (json!({"rule": "borda"}), 0.0),
        (json!({"rule": "percentile_rank"}), 0.0),
    ] {
        assert_eq!(scores_of(&one_leaf(json!({"scoring": rule})), &CONSTANT), [Some(score); 3]);
    }
}

#[test]
fn an_infinite_ratio_is_refused_or_scored_by_policy() {
    let zero_is_best = [("A", "2026", Some(-3.0)), ("B", "2026", Some(0.0))];
    every_policy(&json!({"rule": "max_fraction"}), &zero_is_best, never);
    let reference_is_worst = [("A", "2026", Some(7.0)), ("B", "2026", Some(3.0))];
    every_policy(&json!({"rule": "reference_distance", "city": "B"}), &reference_is_worst, never);
}

#[test]
fn a_target_equal_to_the_worst_value_is_refused_or_scored_by_policy() {
    let observed = [("A", "2026", Some(3.0)), ("B", "2026", Some(7.0))];
    every_policy(&json!({"rule": "target_distance", "target": 3}), &observed, never);
    // Where less is better the worst is the greatest.
    let lower = |constant: &str| {
        let rule = json!({"rule": "target_distance", "target": 7, "constant": constant});
        one_leaf(json!({"direction": "lower", "scoring": rule}))
    };
    assert_eq!(refused(&lower("refuse"), &observed), ["scoring.constant"]);
    assert_eq!(scores_of(&lower("full"), &observed), [Some(100.0); 2]);
}

#[test]
fn one_city_only_is_refused_or_scored_by_policy_and_has_the_first_rank() {
    for rule in [
        json!({"rule": "min_max"}),
        json!({"rule": "max_distance"}),
        json!({"rule": "z_score"}),
        json!({"rule": "percentile_rank"}),
        json!({"rule": "reference_distance", "city": "A"}),
    ] {
        every_policy(&rule, &ALONE, never);
    }
    for (rule, score) in [("rank", 1.0), ("borda", 0.0), ("max_fraction", 100.0)] {
        assert_eq!(scores_of(&one_leaf(json!({"scoring": {"rule": rule}})), &ALONE), [Some(score)]);
    }
}

#[test]
fn a_period_in_which_nothing_divides_is_named() {
    let observed = [("A", "2025", Some(1.0)), ("B", "2025", Some(2.0)), ("A", "2026", Some(5.0)), ("B", "2026", Some(5.0))];
    let faults = assessed(&one_leaf(json!({"scoring": {"rule": "z_score"}})), &observed).unwrap_err();
    assert_eq!(faults.0.iter().map(|fault| fault.period.as_deref()).collect::<Vec<_>>(), [Some("2026")]);
    every_policy(&json!({"rule": "z_score"}), &observed, |period| period == "2025");
}

#[test]
fn all_values_missing_leaves_every_city_without_a_score() {
    let observed = [("A", "2026", None), ("B", "2026", None)];
    for rule in ["min_max", "z_score", "rank", "borda", "percentile_rank", "max_distance", "max_fraction"] {
        let set = one_leaf(json!({"scoring": {"rule": rule}}));
        assert_eq!(scores_of(&set, &observed), [None, None], "{rule}");
        assert_eq!(assessed(&set, &observed).unwrap().fitted().parameters(&set), []);
    }
    let set = one_leaf(json!({"scoring": {"rule": "reference_distance", "city": "A"}}));
    assert_eq!(scores_of(&set, &observed), [None, None]);
}

#[test]
fn a_reference_city_without_a_value_and_a_base_period_without_values_are_named() {
    let observed =
        [("A", "2025", None), ("B", "2025", None), ("A", "2026", None), ("B", "2026", Some(1.0)), ("C", "2026", Some(2.0))];
    assert_eq!(
        refused(&one_leaf(json!({"scoring": {"rule": "reference_distance", "city": "A"}})), &observed),
        ["scoring.no_reference"]
    );
    for base in ["2025", "1999"] {
        let set = one_leaf(json!({"scoring": {"rule": "percentile_rank", "cohort": {"base": base}}}));
        assert_eq!(refused(&set, &observed), ["scoring.base_period"], "{base}");
    }
}

#[test]
fn ranks_cannot_be_frozen_on_a_base_period() {
    for rule in ["rank", "borda"] {
        let document = json!({
            "code": "trap", "version": "1", "title": {"en": "Trap"}, "items": [{"code": "x"}],
            "nodes": [{"code": "X", "title": {"en": "X"}, "indicator":
                {"formula": "x", "scoring": {"rule": rule, "cohort": {"base": "2020"}}}}]
        });
        let faults = SetDocument::check_value(&document).unwrap_err();
        assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["scoring.cohort"]);
        assert_eq!(faults.0[0].pointer.as_deref(), Some("/nodes/0/indicator/scoring/cohort"));
    }
}

#[test]
fn a_rule_on_a_cohort_that_changed_says_what_it_was_fitted_on() {
    let before = [("A", "2025", Some(10.0)), ("B", "2025", Some(20.0)), ("C", "2025", Some(30.0))];
    let after = [("A", "2025", Some(10.0)), ("B", "2025", Some(20.0)), ("D", "2025", Some(100.0)), ("E", "2025", Some(55.0))];
    for rule in ["min_max", "z_score", "rank", "borda", "percentile_rank", "max_distance", "max_fraction"] {
        let set = one_leaf(
            json!({"direction": if rule == "rank" || rule == "borda" { "lower" } else { "higher" }, "scoring": {"rule": rule}}),
        );
        let (one, other) = (assessed(&set, &before).unwrap(), assessed(&set, &after).unwrap());
        let of_b = |assessment: &Assessment| assessment.long().find(|row| row.city == "B" && row.node == "X").unwrap().score;
        assert_ne!(of_b(&one), of_b(&other), "{rule}: another cohort, another score");
        let fitted = |assessment: &Assessment| {
            let parameter = assessment.fitted().parameters(&set).remove(0);
            (parameter.cohort, parameter.count, parameter.largest)
        };
        assert_eq!(fitted(&one), (Cohort::Period, 3, 30.0), "{rule}");
        assert_eq!(fitted(&other), (Cohort::Period, 4, 100.0), "{rule}");
    }
}

#[test]
fn a_frozen_base_scores_cities_that_were_not_in_it_and_is_not_moved_by_them() {
    let base = [("A", "2020", Some(10.0)), ("B", "2020", Some(20.0)), ("C", "2020", Some(30.0))];
    let later = [("A", "2025", Some(20.0)), ("D", "2025", Some(40.0)), ("E", "2025", Some(5.0))];
    let all: Vec<Observed> = base.iter().chain(&later).copied().collect();
    for (rule, d, e) in [
        (json!({"rule": "min_max"}), 150.0, -25.0),
        (json!({"rule": "z_score"}), 2.0, -1.5),
        (json!({"rule": "percentile_rank"}), 100.0, 0.0),
        (json!({"rule": "max_fraction"}), 40.0 / 0.3, 5.0 / 0.3),
    ] {
        let set = with(rule.clone(), "cohort", json!({"base": "2020"}));
        let scores = scores(&set, &all);
        let of = |city: &str, period: &str| scores[&(city.to_owned(), period.to_owned())].unwrap();
        assert!((of("D", "2025") - d).abs() < 1e-12 && (of("E", "2025") - e).abs() < 1e-12, "{rule}: {scores:?}");
        assert_eq!(of("A", "2025"), of("B", "2020"), "{rule}: the same value, the same score");
        let assessment = assessed(&set, &all).unwrap();
        let [parameter] = assessment.fitted().parameters(&set).try_into().unwrap();
        assert_eq!((parameter.period, parameter.cohort, parameter.count), (None, Cohort::Base("2020".into()), 3));
    }
}

#[test]
fn what_was_fitted_is_shown() {
    let observed = [("A", "2026", Some(10.0)), ("B", "2026", Some(20.0)), ("C", "2026", Some(30.0)), ("D", "2026", None)];
    let set = one_leaf(json!({"scoring": {"rule": "z_score"}}));
    let assessment = assessed(&set, &observed).unwrap();
    let explained = assessment.explain("A", "2026".parse().unwrap(), "X", 0).unwrap();
    let fitted = explained.fitted.unwrap();
    assert_eq!((fitted.count, fitted.mean, fitted.sd), (3, Some(20.0), Some(10.0)));
    assert_eq!(explained.unrounded, Some(-1.0));
}

#[test]
fn an_explanation_shows_the_arithmetic_of_the_rule() {
    let observed = [("A", "2026", Some(10.0)), ("B", "2026", Some(20.0)), ("C", "2026", Some(20.0)), ("D", "2026", Some(40.0))];
    let told = |rule: Json, direction: &str| {
        let set = one_leaf(json!({"direction": direction, "scoring": rule}));
        let assessment = assessed(&set, &observed).unwrap();
        let explained = assessment.explain("B", "2026".parse().unwrap(), "X", 0).unwrap();
        let text = explained.operations.last().unwrap().text.clone();
        assert!(text.zh.is_some_and(|zh| zh.contains('：')));
        text.en.unwrap().split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(told(json!({"rule": "min_max"}), "higher"), "(20 - 10) / (40 - 10) x (100 - 0) + 0");
    assert_eq!(
        told(json!({"rule": "target_distance", "target": 30, "cap": true}), "higher"),
        "(20 - 10) / (30 - 10) x (100 - 0) + 0 <= 100"
    );
    assert!(told(json!({"rule": "z_score", "sd": 15}), "lower").starts_with("(22.5 - 20) / 12.583"));
    assert_eq!(told(json!({"rule": "rank"}), "lower"), "of 4 values 1 are worse and 2 equal, itself among them");
    let same = told(json!({"rule": "target_distance", "target": 10, "constant": "half"}), "higher");
    assert_eq!(same, "the divisor is zero; constant says half of the full mark");
}

/// The codes of the warnings, and what the rule of the leaf scores.
fn treated(treatment: Json, observed: &[Observed]) -> (Vec<&'static str>, Vec<Option<f64>>) {
    let rule = json!({"rule": "min_max", "constant": "half"});
    let set = one_leaf(json!({"scoring": rule, "treatment": [treatment]}));
    let assessment = assessed(&set, observed).unwrap_or_else(|faults| panic!("{faults}"));
    scores(&set, observed);
    let warnings = assessment.warnings();
    assert!(
        warnings.iter().all(|warning| warning.message.zh.is_some() && warning.message.en.is_some() && warning.hint.is_some())
    );
    let prepared = |row: Row| assessment.prepared(row.city, row.period, row.node);
    let prepared = assessment.long().filter(|row| row.node == "X").map(prepared).collect();
    (warnings.iter().map(|warning| warning.code).collect(), prepared)
}

fn every_treatment() -> [Json; 9] {
    let log = |variant: &str| json!({"method": "log", "variant": variant});
    [
        log("plain"),
        log("ct"),
        log("ct_plus"),
        log("ct_orig"),
        log("gii"),
        json!({"method": "box_cox", "lambda": 0}),
        json!({"method": "box_cox", "lambda": -0.5}),
        json!({"method": "winsorise", "at_most": 5}),
        json!({"method": "two_stage", "second": {"method": "box_cox", "lambda": 0}}),
    ]
}

#[test]
fn a_constant_indicator_a_single_city_and_no_value_at_all_pass_through_every_treatment() {
    for treatment in every_treatment() {
        let needs_scale = ["ct", "ct_plus", "gii"].iter().any(|variant| treatment["variant"] == **variant);
        let expected: &[&str] = if needs_scale { &["treatment.constant"] } else { &[] };
        for observed in [CONSTANT.as_slice(), ALONE.as_slice()] {
            let (warnings, values) = treated(treatment.clone(), observed);
            assert_eq!(warnings, expected, "{treatment}");
            assert!(values.iter().all(|value| *value == values[0] && value.is_some_and(f64::is_finite)), "{treatment}");
        }
        let (warnings, values) = treated(treatment.clone(), &[("A", "2026", None), ("B", "2026", None)]);
        assert_eq!((warnings.len(), values), (0, vec![None, None]), "{treatment}");
    }
}

#[test]
fn the_logarithm_of_what_is_not_positive_is_missing_with_a_warning() {
    let observed = [("A", "2026", Some(-1.0)), ("B", "2026", Some(0.0)), ("C", "2026", Some(1.0)), ("D", "2026", Some(2.0))];
    let (warnings, values) = treated(json!({"method": "log"}), &observed);
    assert_eq!(warnings, ["treatment.domain", "treatment.domain"]);
    assert_eq!(values, [None, None, Some(0.0), Some(std::f64::consts::LN_2)]);
    let set = one_leaf(json!({"scoring": {"rule": "min_max"}, "treatment": [{"method": "log"}]}));
    let assessment = assessed(&set, &observed).unwrap();
    let row = assessment.city("A", "2026".parse().unwrap()).unwrap().pop().unwrap();
    assert_eq!((row.value, row.score, row.coverage, row.high), (Some(-1.0), None, Some(0.0), Some(100.0)));
    // The other variants shift the values and have a logarithm of each.
    for variant in ["ct", "ct_plus", "ct_orig", "gii"] {
        let (warnings, values) = treated(json!({"method": "log", "variant": variant}), &observed);
        assert_eq!(warnings, [""; 0], "{variant}");
        assert!(values.iter().all(Option::is_some), "{variant}");
    }
}

#[test]
fn a_power_that_leaves_the_range_of_numbers_is_missing_with_a_warning() {
    let observed = [("A", "2026", Some(0.0)), ("B", "2026", Some(1.0)), ("C", "2026", Some(1e200))];
    let (warnings, values) = treated(json!({"method": "box_cox", "lambda": 2}), &observed);
    assert_eq!((warnings, values), (vec!["treatment.overflow"], vec![Some(0.0), Some(1.5), None]));
}

#[test]
fn box_cox_of_a_lambda_of_zero_is_the_logarithm() {
    let observed = [("A", "2026", Some(3.0)), ("B", "2026", Some(5.0)), ("C", "2026", Some(12.0))];
    let (warnings, values) = treated(json!({"method": "box_cox", "lambda": 0}), &observed);
    assert_eq!((warnings, values), (vec![], vec![Some(0.0), Some(3.0_f64.ln()), Some(10.0_f64.ln())]));
    // A lambda next to it is next to it, however little is left of 1 by the power.
    let (_, near) = treated(json!({"method": "box_cox", "lambda": 1e-14}), &observed);
    assert!((near[2].unwrap() - 10.0_f64.ln()).abs() < 1e-12, "{near:?}");
}

#[test]
fn tied_extremes_are_winsorised_together_and_the_number_moved_is_told() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 90.0, 90.0, 90.0];
    let names: Vec<String> = (0..values.len()).map(|city| format!("C{city}")).collect();
    let observed: Vec<Observed> = names.iter().zip(values).map(|(name, value)| (name.as_str(), "2026", Some(value))).collect();
    let treatment = json!({"method": "winsorise", "at_most": 1, "skewness": 0.1, "kurtosis": -9});
    let set = one_leaf(json!({"scoring": {"rule": "min_max"}, "treatment": [treatment]}));
    let assessment = assessed(&set, &observed).unwrap();
    let [applied] = assessment.fitted().treatments(&set).try_into().unwrap();
    assert_eq!((applied.method, applied.moved, applied.formula.as_str()), ("winsorise", 3, "- .. 7"));
    let explained = assessment.explain("C8", "2026".parse().unwrap(), "X", 0).unwrap();
    assert_eq!((explained.row.value, explained.prepared, explained.unrounded), (Some(90.0), Some(7.0), Some(100.0)));
    let told: Vec<&str> = explained.operations.iter().filter_map(|operation| operation.text.en.as_deref()).collect();
    assert_eq!(told[0], "winsorised from 90 to 7");
}

#[test]
fn a_value_without_a_donor_stays_missing_with_a_warning() {
    let observed = [("A", "2025", None), ("B", "2025", None), ("A", "2026", Some(4.0)), ("B", "2026", None)];
    for (imputation, warned) in [
        (json!({"method": "mean"}), 2),
        (json!({"method": "median", "group": "region"}), 3),
        (json!({"method": "previous", "at_most": 4_294_967_295_u32}), 3),
        (json!({"method": "interpolate"}), 3),
        (json!({"method": "interpolate", "ends": "constant"}), 2),
        (json!({"method": "row_mean", "within": "all"}), 3),
    ] {
        let set = one_leaf(json!({"scoring": {"rule": "scaled", "range": [0, 10]}, "imputation": imputation}));
        let assessment = assessed(&set, &observed).unwrap();
        let codes: Vec<&str> = assessment.warnings().iter().map(|warning| warning.code).collect();
        assert_eq!(codes, vec!["imputation.no_donor"; warned], "{imputation}");
        assert!(assessment.warnings().iter().all(|warning| warning.city.is_some() && warning.hint.is_some()));
        scores(&set, &observed);
    }
}

#[test]
fn an_imputed_value_is_scored_and_marked_and_counts_as_not_observed() {
    let observed = [("A", "2026", Some(2.0)), ("B", "2026", None), ("C", "2026", Some(8.0))];
    let rule = json!({"rule": "scaled", "range": [0, 10]});
    let set = one_leaf(json!({"scoring": rule, "imputation": {"method": "mean"}}));
    let assessment = assessed(&set, &observed).unwrap();
    for (city, imputed) in [("A", false), ("B", true)] {
        let row = assessment.city(city, "2026".parse().unwrap()).unwrap().pop().unwrap();
        let score = if imputed { 50.0 } else { 20.0 };
        assert_eq!((row.imputed, row.value.is_none(), row.score), (imputed, imputed, Some(score)), "{city}");
        let bracket = if imputed { (0.0, 0.0, 100.0) } else { (1.0, score, score) };
        assert_eq!((row.coverage, row.low, row.high), (Some(bracket.0), Some(bracket.1), Some(bracket.2)), "{city}");
    }
    let explained = assessment.explain("B", "2026".parse().unwrap(), "X", 0).unwrap();
    let told: Vec<&str> = explained.operations.iter().filter_map(|operation| operation.text.en.as_deref()).collect();
    assert_eq!(told, ["imputed: mean, 2 cities", "rule scaled turns the prepared value 5 into a score"]);
}

#[test]
fn what_does_not_apply_is_never_imputed() {
    let set = one_leaf(json!({"scoring": {"rule": "scaled", "range": [0, 10]}, "imputation": {"method": "mean"}}));
    let observation = |city: &str, value: Option<f64>, status: Status| Observation {
        city: city.to_owned(),
        period: "2026".parse().unwrap(),
        item: "x".to_owned(),
        value: value.map(Value::Number),
        status,
    };
    let observed = [observation("A", Some(5.0), Status::Reported), observation("B", None, Status::NotApplicable)];
    let observations = Observations::from_long(&set, &observed, None).unwrap();
    let assessment = assess(&set, &observations, &Options::default()).unwrap();
    let row = assessment.city("B", "2026".parse().unwrap()).unwrap().pop().unwrap();
    assert_eq!((row.imputed, row.score, row.coverage, assessment.warnings().len()), (false, None, None, 0));
}
