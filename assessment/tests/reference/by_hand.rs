//! The reference scorer against numbers that were worked out by hand.

use std::collections::BTreeMap;

use citygauge_indicators::{City, IndicatorSet, Observation, RoundingMode, SetDocument, Status, Value};
use num_traits::Zero;
use serde_json::{Value as Json, json};

use super::irrational::{NoValue, exp, geometric_mean, ln, log10, power, sqrt};
use super::number::{Exact, decimal, nearest_double, round, whole};
use super::{Cell, Reference, Refusal, score};

/// A checked set of these members over numeric items `a`, `b`, `c` and boolean items `p`, `q`, `r`.
fn set(members: Json) -> IndicatorSet {
    let mut document = json!({
        "code": "by-hand", "version": "1", "title": {"en": "By hand"},
        "items": [
            {"code": "a"}, {"code": "b"}, {"code": "c"},
            {"code": "p", "kind": "boolean"}, {"code": "q", "kind": "boolean"}, {"code": "r", "kind": "boolean"},
            {"code": "s", "kind": "survey", "scale": [1, 5]}, {"code": "o", "kind": "choice", "options": ["low", "high"]}
        ]
    });
    for (key, value) in members.as_object().expect("members") {
        document[key] = value.clone();
    }
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A leaf whose raw value, 0 to 100, is its score.
fn plain(code: &str, formula: &str) -> Json {
    leaf(code, formula, json!({"rule": "scaled", "range": [0, 100]}))
}

fn leaf(code: &str, formula: &str, scoring: Json) -> Json {
    json!({"code": code, "title": {"en": code}, "indicator": {"formula": formula, "scoring": scoring}})
}

/// A node with further members.
fn with(mut node: Json, members: Json) -> Json {
    for (key, value) in members.as_object().expect("members") {
        node[key] = value.clone();
    }
    node
}

fn observed(city: &str, period: &str, item: &str, value: f64) -> Observation {
    Observation {
        city: city.into(),
        period: period.parse().expect("a period"),
        item: item.into(),
        value: Some(Value::Number(value)),
        status: Status::Reported,
    }
}

fn without_value(city: &str, period: &str, item: &str, status: Status) -> Observation {
    Observation { value: None, status, ..observed(city, period, item, 0.0) }
}

fn in_region(code: &str, region: &str) -> City {
    City { code: code.into(), attributes: BTreeMap::from([("region".into(), region.into())]), ..City::default() }
}

fn scored(set: &IndicatorSet, observations: &[Observation]) -> Reference {
    score(set, observations, None).expect("no rule refuses")
}

impl Reference {
    fn cell(&self, city: &str, period: &str, node: &str) -> &Cell {
        &self.cells[&(city.to_owned(), period.to_owned(), node.to_owned())]
    }

    /// The score of a node in city A in 2026.
    fn score_of(&self, node: &str) -> Option<f64> {
        self.cell("A", "2026", node).score.as_ref().map(nearest_double)
    }
}

fn one_row(values: &[(&str, f64)]) -> Vec<Observation> {
    values.iter().map(|(item, value)| observed("A", "2026", item, *value)).collect()
}

fn double(value: &Option<Exact>) -> Option<f64> {
    value.as_ref().map(nearest_double)
}

#[test]
fn rounding_follows_the_decimal_and_its_mode() {
    let rounded = |x: f64, mode| nearest_double(&round(&decimal(x), 2, mode));
    assert_eq!(rounded(2.675, RoundingMode::HalfUp), 2.68);
    assert_eq!(rounded(2.665, RoundingMode::HalfEven), 2.66);
    assert_eq!(rounded(-2.675, RoundingMode::HalfUp), -2.68);
    assert_eq!(rounded(1e21, RoundingMode::HalfUp), 1e21);
    let rounding = json!({"mode": "half_up", "places": 2});
    let rounded_set = set(json!({"rounding": rounding, "nodes": [plain("L", "a")]}));
    assert_eq!(scored(&rounded_set, &one_row(&[("a", 2.675)])).score_of("TOTAL"), Some(2.68));
}

#[test]
fn the_nearest_double_reads_back() {
    for x in [0.1, 47.57, -4.63, 1e-300, 5e-324, 1.7e308, 123_456_789.123_456_79] {
        assert_eq!(nearest_double(&decimal(x)), x);
    }
    assert_eq!(nearest_double(&(whole(1) / whole(3))), 1.0 / 3.0);
}

#[test]
fn irrational_operations_have_fifty_digits() {
    let digits = |value: Result<Exact, NoValue>| {
        let scaled = value.expect("it is defined") * super::number::ten_to(49);
        assert!(scaled.is_integer(), "more than 49 decimals");
        scaled.to_integer().to_string()
    };
    assert_eq!(digits(sqrt(&whole(2))), "14142135623730950488016887242096980785696718753769");
    assert_eq!(digits(exp(&whole(1))), "27182818284590452353602874713526624977572470937000");
    assert_eq!(digits(ln(&whole(10))), "23025850929940456840179914546843642076011014886288");
    assert_eq!(sqrt(&decimal(6.25)), Ok(decimal(2.5)));
    assert_eq!(log10(&whole(1000)), Ok(whole(3)));
    assert_eq!(ln(&whole(1)), Ok(Exact::zero()));
    assert_eq!(power(&whole(8), &decimal(-2.0)), Ok(decimal(1.0 / 64.0)));
    assert_eq!(power(&whole(0), &whole(0)), Ok(whole(1)));
    assert_eq!(power(&whole(-1), &whole(2_000_001)), Ok(whole(-1)));
    assert_eq!(power(&whole(4), &decimal(2.5)), Ok(whole(32)));
    assert_eq!(power(&whole(0), &whole(-1)), Err(NoValue::Domain));
    assert_eq!(power(&whole(-8), &decimal(0.5)), Err(NoValue::Domain));
    assert_eq!(exp(&whole(710)), Err(NoValue::Overflow));
    assert_eq!(exp(&whole(-2_000_000)), Ok(Exact::zero()));
    assert_eq!(geometric_mean(&[(whole(1), whole(4)), (whole(1), whole(9))]), whole(6));
    assert_eq!(geometric_mean(&[(whole(2), whole(10)), (whole(1), whole(80))]), whole(20));
}

#[test]
fn formulas_mean_what_the_language_says() {
    let value = |formula: &str| {
        let set = set(json!({"nodes": [plain("L", formula)]}));
        let result = scored(&set, &one_row(&[("a", 0.1), ("b", 0.2), ("p", 1.0)]));
        let warnings: Vec<String> = result.warnings.iter().map(|warning| warning.code.clone()).collect();
        (double(&result.cell("A", "2026", "L").value), warnings)
    };
    let is = |formula: &str, expected: f64| assert_eq!(value(formula), (Some(expected), vec![]), "{formula}");
    let warns = |formula: &str, code: &str| assert_eq!(value(formula), (None, vec![code.to_owned()]), "{formula}");
    is("-2^2", -4.0);
    is("2^3^2", 512.0);
    is("a + b == 0.3", 1.0);
    is("if(p, a, 1 / 0)", 0.1);
    is("coalesce(c, 1 / p, 1 / 0)", 1.0);
    is("sum(a, c, b)", 0.3);
    is("mean(a, c, 0.3)", 0.2);
    is("round(2.5) + round(2.675, 2)", 5.68);
    is("max(a, b) - min(a, b)", 0.1);
    assert_eq!(value("a + c"), (None, vec![]));
    assert_eq!(value("min(a, c)"), (None, vec![]));
    assert_eq!(value("if(c, a, b)"), (None, vec![]));
    assert_eq!(value("previous(a, 1)"), (None, vec![]));
    assert_eq!(value("coalesce(a / 0, 1)"), (Some(1.0), vec!["formula.division_by_zero".to_owned()]));
    warns("a / (b - 0.2)", "formula.division_by_zero");
    warns("sqrt(0 - a)", "formula.domain");
    warns("log10(b - a - a)", "formula.domain");
    warns("10 ^ 309", "formula.overflow");
    warns("1e200 * 1e200", "formula.overflow");
}

#[test]
fn the_value_some_periods_earlier_is_the_same_citys() {
    let set = set(json!({"nodes": [plain("L", "a - previous(a, 1)")]}));
    let observations =
        [observed("A", "2026-Q1", "a", 5.0), observed("A", "2025-Q4", "a", 3.0), observed("B", "2026-Q1", "a", 5.0)];
    let result = scored(&set, &observations);
    assert_eq!(double(&result.cell("A", "2026-Q1", "L").value), Some(2.0));
    assert_eq!(result.cell("B", "2026-Q1", "L").value, None);
}

#[test]
fn every_rule_that_looks_at_one_city_scores_as_its_formula_says() {
    let score_under = |formula: &str, scoring: Json, values: &[(&str, f64)]| {
        scored(&set(json!({"nodes": [leaf("L", formula, scoring)]})), &one_row(values)).score_of("L")
    };
    let a = |scoring: Json, value: f64| score_under("a", scoring, &[("a", value)]);
    assert_eq!(a(json!({"rule": "ratio"}), 0.475), Some(47.5));
    assert_eq!(a(json!({"rule": "ratio", "cap": 1.2}), 1.3), Some(120.0));
    assert_eq!(a(json!({"rule": "ratio"}), -0.1), Some(0.0));
    assert_eq!(a(json!({"rule": "goalposts", "worst": 50, "best": 10}), 20.0), Some(75.0));
    assert_eq!(a(json!({"rule": "goalposts", "worst": 0, "best": 10}), 11.0), Some(100.0));
    assert_eq!(a(json!({"rule": "goalposts", "worst": 0, "best": 10, "clamp": false}), 11.0), Some(110.0));
    let target = json!({"rule": "piecewise", "points": [[0, 0], [10, 100], [20, 100], [40, 20]]});
    assert_eq!([-1.0, 5.0, 15.0, 30.0, 50.0].map(|x| a(target.clone(), x)), [0.0, 50.0, 100.0, 60.0, 20.0].map(Some));
    let steps = |edge: &str| json!({"rule": "steps", "edge": edge, "otherwise": 5, "steps": [{"from": 1, "score": 40}, {"from": 2, "score": 80}]});
    assert_eq!([0.9, 1.0, 2.0, 2.1].map(|x| a(steps("lower_inclusive"), x)), [5.0, 40.0, 80.0, 80.0].map(Some));
    assert_eq!([0.9, 1.0, 2.0, 2.1].map(|x| a(steps("upper_inclusive"), x)), [5.0, 5.0, 40.0, 80.0].map(Some));
    let yes_or_no = json!({"rule": "choice", "scores": {"true": 90, "false": 10}});
    assert_eq!(score_under("p", yes_or_no.clone(), &[("p", 1.0)]), Some(90.0));
    assert_eq!(score_under("p", yes_or_no, &[("p", 0.0)]), Some(10.0));
    assert_eq!(score_under("s", json!({"rule": "survey", "scale": [1, 5]}), &[("s", 4.0)]), Some(75.0));
    assert_eq!(a(json!({"rule": "scaled", "range": [0, 10]}), 12.0), Some(120.0));
}

#[test]
fn nine_of_sixteen_benchmark_points_are_56_25_per_cent() {
    // U4SSC: four indicators of 1 to 4 points each; 30 %, 50 %, 65.9 % and 95 % of the benchmark are 1 + 2 + 2 + 4.
    let bands = json!([{"score": 25}, {"from": 0.33, "score": 50}, {"from": 0.66, "score": 75}, {"from": 0.95, "score": 100}]);
    let of = |code: &str, formula: &str| leaf(code, formula, json!({"rule": "benchmark_share", "benchmark": 40, "bands": bands}));
    let set = set(json!({"nodes": [of("K1", "12 * p"), of("K2", "20 * p"), of("K3", "26.36 * p"), of("K4", "38 * p")]}));
    let result = scored(&set, &one_row(&[("p", 1.0)]));
    assert_eq!(["K1", "K2", "K3", "K4"].map(|node| result.score_of(node)), [25.0, 50.0, 50.0, 100.0].map(Some));
    assert_eq!(result.score_of("TOTAL"), Some(56.25));
}

#[test]
fn a_checklist_scales_up_over_what_applies_and_counts_the_unreported_as_absent() {
    let scoring = json!({"rule": "checklist", "items": {"p": 2, "q": 1, "r": 1}});
    let set = set(json!({"nodes": [{"code": "L", "title": {"en": "L"}, "indicator": {"scoring": scoring}}]}));
    let mut observations = one_row(&[("p", 1.0)]);
    let result = scored(&set, &observations);
    assert_eq!((result.score_of("L"), double(&result.cell("A", "2026", "L").coverage)), (Some(50.0), Some(0.5)));
    observations.push(without_value("A", "2026", "q", Status::NotApplicable));
    let result = scored(&set, &observations);
    let cell = result.cell("A", "2026", "L");
    assert_eq!(cell.score, Some(whole(200) / whole(3)));
    assert_eq!(cell.coverage, Some(whole(2) / whole(3)));
    assert_eq!(cell.high, cell.score);
    let nothing = [without_value("A", "2026", "p", Status::NotApplicable)];
    let cell = scored(&set, &nothing).cell("A", "2026", "L").clone();
    assert_eq!(
        (cell.score, cell.coverage, cell.low, cell.high),
        (None, Some(Exact::zero()), Some(Exact::zero()), Some(whole(100)))
    );
}

#[test]
fn a_missing_score_is_left_out_or_counts_zero_or_takes_its_parent_with_it() {
    let total = |rule: &str| {
        let missing = with(plain("L2", "b"), json!({"missing": {"rule": rule}, "weight": 3}));
        let set = set(json!({"nodes": [plain("L1", "a"), missing]}));
        scored(&set, &one_row(&[("a", 60.0)])).cell("A", "2026", "TOTAL").clone()
    };
    assert_eq!(double(&total("skip").score), Some(60.0));
    assert_eq!(double(&total("zero").score), Some(15.0));
    assert_eq!(total("no_score").score, None);
    let cell = total("skip");
    assert_eq!([&cell.coverage, &cell.low, &cell.high].map(double), [0.25, 15.0, 90.0].map(Some));
}

#[test]
fn filling_uses_own_scores_of_the_peers_of_the_group_or_of_earlier_periods() {
    let filled = |rule: Json| {
        let set = set(json!({"nodes": [plain("L1", "a"), with(plain("L2", "b"), json!({"missing": rule}))]}));
        let mut observations =
            vec![observed("A", "2026", "a", 0.0), observed("A", "2024", "b", 70.0), observed("A", "2024", "a", 0.0)];
        for (city, b) in [("B", 10.0), ("C", 20.0), ("D", 90.0)] {
            observations.push(observed(city, "2026", "b", b));
        }
        let cities = [in_region("A", "north"), in_region("B", "north"), in_region("C", "north"), in_region("D", "south")];
        let result = score(&set, &observations, Some(&cities)).expect("no rule refuses");
        assert_eq!(result.cell("A", "2026", "L2").score, None, "a filled node shows no score");
        result.score_of("TOTAL")
    };
    assert_eq!(filled(json!({"rule": "peer_mean"})), Some(20.0));
    assert_eq!(filled(json!({"rule": "peer_median"})), Some(10.0));
    assert_eq!(filled(json!({"rule": "peer_mean", "group": "region"})), Some(7.5));
    assert_eq!(filled(json!({"rule": "peer_mean", "group": "province"})), Some(0.0));
    assert_eq!(filled(json!({"rule": "previous"})), Some(0.0));
    assert_eq!(filled(json!({"rule": "previous", "at_most": 2})), Some(35.0));
}

#[test]
fn a_zero_leaves_a_geometric_mean_without_a_score_unless_a_floor_raises_it() {
    let total = |aggregation: Json, a: f64| {
        let set = set(json!({"aggregation": aggregation, "nodes": [plain("L1", "a"), plain("L2", "b")]}));
        let result = scored(&set, &one_row(&[("a", a), ("b", 25.0)]));
        (result.score_of("TOTAL"), result.warnings.len())
    };
    assert_eq!(total(json!("geometric"), 4.0), (Some(10.0), 0));
    assert_eq!(total(json!("geometric"), 0.0), (None, 1));
    assert_eq!(total(json!({"method": "geometric", "floor": 1}), 0.0), (Some(5.0), 0));
}

#[test]
fn the_worked_example_of_points_arithmetic_comes_out_to_the_digit() {
    let result = score(&worked_example(), &worked_observations(), None).expect("no rule refuses");
    let cell = |node: &str| result.cell("A", "2026", node);
    assert_eq!(cell("L1P1-A1").score, Some(Exact::new(33_300.into(), 700.into())));
    assert_eq!(["L1P1-A1", "L1P1-A2", "L1P1-A3"].map(|node| double(&cell(node).mark)), [14.27, 12.5, 31.07].map(Some));
    assert_eq!([&cell("L1P1").score, &cell("L1P1").mark, &cell("L1P1").points].map(double), [57.84, 4.63, 4.63].map(Some));
    assert_eq!(double(&cell("L1P1-A1").points), Some(1.1416));
    assert_eq!([&cell("TOTAL").score, &cell("TOTAL").mark].map(double), [4.63; 2].map(Some));
}

/// The worked example of 4.4: L1P1 weighs 8 of the total, its first sub-item 30 % of L1P1.
pub fn worked_example() -> IndicatorSet {
    let of_parent = |code: &str, weight: u8, formula: &str| {
        with(leaf(code, formula, json!({"rule": "ratio"})), json!({"parent": "L1P1", "weight": weight, "weight_of": "parent"}))
    };
    let of_total = json!({"weight": 92, "weight_of": "total", "missing": {"rule": "zero"}});
    set(json!({
        "arithmetic": "points", "rounding": {"mode": "half_up", "places": 2},
        "nodes": [
            {"code": "L1P1", "title": {"en": "L1P1"}, "weight": 8, "weight_of": "total"},
            of_parent("L1P1-A1", 30, "a / b"), of_parent("L1P1-A2", 20, "0.625 * p"), of_parent("L1P1-A3", 50, "0.6214 * p"),
            with(plain("rest", "c"), of_total)
        ]
    }))
}

/// 333 of 700 items, and what makes the marks of the two sisters 12.50 and 31.07.
pub fn worked_observations() -> Vec<Observation> {
    one_row(&[("a", 333.0), ("b", 700.0), ("p", 1.0)])
}

#[test]
fn what_does_not_apply_leaves_and_the_marks_of_the_rest_are_scaled() {
    let nodes = json!([
        with(plain("L1", "a"), json!({"weight": 33.3, "weight_of": "total"})),
        with(plain("L2", "b"), json!({"weight": 33.3, "weight_of": "total", "missing": {"rule": "zero"}})),
        with(plain("L3", "c"), json!({"weight": 33.4, "weight_of": "total"}))
    ]);
    let set = set(json!({"arithmetic": "points", "rounding": {"places": 1}, "nodes": nodes}));
    let mut observations = one_row(&[("a", 50.0), ("c", 100.0)]);
    observations.push(without_value("A", "2026", "b", Status::NotApplicable));
    let result = scored(&set, &observations);
    // 16.65 is rounded to 16.7; (16.7 + 33.4) x 100 / 66.7 = 75.11...
    assert_eq!(double(&result.cell("A", "2026", "L1").mark), Some(16.7));
    assert_eq!(result.score_of("TOTAL"), Some(75.1));
    let left = result.cell("A", "2026", "L2");
    assert_eq!((&left.coverage, &left.low, &left.high), (&None, &None, &None));
    assert_eq!(double(&result.cell("A", "2026", "TOTAL").coverage), Some(1.0));
}

#[test]
fn a_gate_that_fails_caps_just_below_its_level() {
    let level = |require: Json, values: &[(&str, f64)]| {
        let levels = json!({
            "of": ["TOTAL", "L1"],
            "bands": [{"code": "start", "from": 20}, {"code": "grow", "from": 50}, {"code": "lead", "from": 80}],
            "gates": [{"level": "grow", "of": ["TOTAL"], "require": require}]
        });
        let set = set(json!({"levels": levels, "nodes": [plain("L1", "a"), plain("L2", "b")]}));
        let result = scored(&set, &one_row(values));
        ["TOTAL", "L1"].map(|node| result.cell("A", "2026", node).level.clone().unwrap_or_default())
    };
    let both = [("a", 100.0), ("b", 60.0)];
    assert_eq!(level(json!([{"node": "L2", "at_least": 60}]), &both), ["lead", "lead"]);
    assert_eq!(level(json!([{"node": "L2", "at_least": 60.1}]), &both), ["start", "lead"]);
    assert_eq!(level(json!([{"node": "L2", "at_least": 0}]), &both[..1]), ["start", "lead"]);
    assert_eq!(level(json!([{"item": "b", "at_least": 60}]), &both), ["lead", "lead"]);
    assert_eq!(level(json!([{"nodes": ["L1", "L2"], "reach": "lead", "count": 2}]), &both), ["start", "lead"]);
    assert_eq!(level(json!([{"nodes": ["L1", "L2"], "reach": "lead", "count": 1}]), &both), ["lead", "lead"]);
    assert_eq!(level(json!([{"node": "L1", "at_least": 0}]), &[("a", 19.9)]), ["", ""]);
}

#[test]
fn a_stage_is_reached_when_its_requirements_and_those_below_hold() {
    let levels = json!({
        "of": ["TOTAL", "D", "E", "F"],
        "staged": [
            {"code": "1", "require": [{"node": "D1", "at_least": 10}, {"node": "E", "at_least": 10}]},
            {"code": "2", "require": [{"item": "b", "at_least": 50}]},
            {"code": "3", "require": [{"nodes": ["D", "E"], "reach": "2", "count": 2}, {"node": "E", "at_least": 90}]}
        ]
    });
    let below = |parent: &str, node: Json| with(node, json!({"parent": parent}));
    let nodes = json!([
        {"code": "D", "title": {"en": "D"}}, below("D", plain("D1", "a")), below("D", plain("D2", "b")), plain("E", "c"),
        {"code": "F", "title": {"en": "F"}}, below("F", leaf("F1", "p", json!({"rule": "ratio"})))
    ]);
    let set = set(json!({"levels": levels, "nodes": nodes}));
    let level = |values: &[(&str, f64)]| {
        let result = scored(&set, &one_row(values));
        ["TOTAL", "D", "E", "F"].map(|node| result.cell("A", "2026", node).level.clone().unwrap_or_default())
    };
    // D has nothing more to show at stage 3, and E nothing at stage 2; of F nothing speaks, so it is read as the whole.
    assert_eq!(level(&[("a", 10.0), ("b", 50.0), ("c", 90.0)]), ["3", "3", "3", "3"]);
    assert_eq!(level(&[("a", 10.0), ("b", 49.9), ("c", 90.0)]), ["1", "1", "3", "1"]);
    assert_eq!(level(&[("a", 9.9), ("b", 50.0), ("c", 89.0)]), ["", "", "2", ""]);
    assert_eq!(level(&[("b", 50.0), ("c", 90.0)]), ["", "", "3", ""]);
}

#[test]
fn the_edge_says_which_band_owns_its_limit() {
    let level = |edge: &str, a: f64| {
        let levels = json!({"edge": edge, "bands": [{"code": "one", "from": 0}, {"code": "two", "from": 50}]});
        let set = set(json!({"levels": levels, "nodes": [plain("L", "a")]}));
        scored(&set, &one_row(&[("a", a)])).cell("A", "2026", "TOTAL").level.clone().unwrap_or_default()
    };
    assert_eq!([-0.1, 0.0, 50.0, 50.1].map(|a| level("lower_inclusive", a)), ["", "one", "two", "two"]);
    assert_eq!([-0.1, 0.0, 50.0, 50.1].map(|a| level("upper_inclusive", a)), ["", "one", "one", "two"]);
}

#[test]
fn adjustments_are_capped_limited_and_rounded_again() {
    let total = |limits: Json, values: &[(&str, f64)]| {
        let adjustments = json!([
            {"code": "X", "kind": "deduction", "formula": "b", "points_per_unit": 2, "cap": 10},
            {"code": "Y", "kind": "deduction", "formula": "c"},
            {"code": "Z", "kind": "bonus", "formula": "p", "points_per_unit": 0.25}
        ]);
        let set = set(
            json!({"rounding": {"places": 1}, "nodes": [plain("L", "a")], "adjustments": adjustments, "adjustment_limits": limits}),
        );
        scored(&set, &one_row(values)).score_of("TOTAL")
    };
    let none = json!({});
    assert_eq!(total(none.clone(), &[("a", 50.0), ("b", 3.0), ("c", 1.5)]), Some(42.5));
    assert_eq!(total(none.clone(), &[("a", 50.0), ("b", 7.0), ("c", 1.5)]), Some(38.5));
    assert_eq!(total(json!({"deduction": 4}), &[("a", 50.0), ("b", 7.0)]), Some(46.0));
    assert_eq!(total(none.clone(), &[("a", 50.0), ("p", 1.0)]), Some(50.3));
    assert_eq!(total(none.clone(), &[("a", 5.0), ("b", 7.0)]), Some(0.0));
    assert_eq!(total(json!({"result": [-20, 120]}), &[("a", 5.0), ("b", 7.0)]), Some(-5.0));
    assert_eq!(total(none, &[("b", 3.0)]), None);
}

#[test]
fn ranks_are_by_competition_and_cities_without_a_score_have_none() {
    let set = set(json!({"nodes": [plain("L", "a")]}));
    let values = [("A", 10.0), ("B", 30.0), ("C", 30.000_000_000_01), ("D", 20.0)];
    let mut observations: Vec<Observation> = values.iter().map(|(city, value)| observed(city, "2026", "a", *value)).collect();
    observations.push(without_value("E", "2026", "a", Status::Missing));
    let result = scored(&set, &observations);
    assert_eq!(
        ["A", "B", "C", "D", "E"].map(|city| result.cell(city, "2026", "TOTAL").rank),
        [Some(4), Some(1), Some(1), Some(3), None]
    );
}

#[test]
fn min_max_takes_the_direction_its_cohort_and_its_policy() {
    let run = |indicator: Json| {
        let set = set(json!({"nodes": [{"code": "L", "title": {"en": "L"}, "indicator": indicator}]}));
        let observations = [
            observed("A", "2025", "a", 10.0),
            observed("B", "2025", "a", 10.0),
            observed("A", "2026", "a", 20.0),
            observed("B", "2026", "a", 40.0),
            observed("C", "2026", "a", 30.0),
        ];
        score(&set, &observations, None).map(|result| {
            [("A", "2025"), ("A", "2026"), ("C", "2026")].map(|(city, period)| double(&result.cell(city, period, "L").score))
        })
    };
    let rule = |members: Json| with(json!({"rule": "min_max", "constant": "half"}), members);
    let of = |scoring: Json| json!({"formula": "a", "scoring": scoring});
    assert_eq!(run(of(rule(json!({})))), Ok([50.0, 0.0, 50.0].map(Some)));
    assert_eq!(run(of(rule(json!({"cohort": "pooled", "range": [10, 100]})))), Ok([10.0, 40.0, 70.0].map(Some)));
    assert_eq!(run(of(rule(json!({"cohort": {"base": "2026"}})))), Ok([-50.0, 0.0, 50.0].map(Some)));
    assert_eq!(run(with(of(rule(json!({"cohort": "pooled"}))), json!({"direction": "lower"}))).map(|s| s[0]), Ok(Some(100.0)));
    assert_eq!(run(of(rule(json!({"constant": "missing"})))).map(|s| s[0]), Ok(None));
    let refused = |code: &'static str, period: &str| Err(vec![Refusal { code, period: Some(period.into()), node: "L".into() }]);
    assert_eq!(run(of(rule(json!({"constant": "refuse"})))), refused(super::cohort::CONSTANT, "2025"));
    assert_eq!(run(of(rule(json!({"cohort": {"base": "2020"}})))), refused(super::cohort::BASE_PERIOD, "2020"));
}

#[test]
fn the_rules_of_distance_take_what_the_cohort_gives() {
    let run = |indicator: Json| {
        let set = set(json!({"nodes": [{"code": "L", "title": {"en": "L"}, "indicator": indicator}]}));
        let observations = [("A", 10.0), ("B", 20.0), ("C", 40.0)].map(|(city, value)| observed(city, "2026", "a", value));
        score(&set, &observations, None)
            .map(|result| ["A", "B", "C"].map(|city| double(&result.cell(city, "2026", "L").score).unwrap_or(-1.0)))
    };
    let higher = |scoring: Json| run(json!({"formula": "a", "scoring": scoring}));
    let lower = |scoring: Json| run(json!({"formula": "a", "direction": "lower", "scoring": scoring}));
    let third = 100.0 / 3.0;
    assert_eq!(higher(json!({"rule": "max_distance"})), Ok([0.0, third, 100.0]));
    assert_eq!(lower(json!({"rule": "max_distance"})), Ok([100.0, 200.0 / 3.0, 0.0]));
    assert_eq!(higher(json!({"rule": "max_fraction"})), Ok([25.0, 50.0, 100.0]));
    assert_eq!(lower(json!({"rule": "max_fraction"})), Ok([100.0, 200.0, 400.0]));
    assert_eq!(higher(json!({"rule": "target_distance", "target": 30})), Ok([0.0, 50.0, 150.0]));
    assert_eq!(higher(json!({"rule": "target_distance", "target": 30, "cap": true})), Ok([0.0, 50.0, 100.0]));
    assert_eq!(lower(json!({"rule": "target_distance", "target": 20})), Ok([150.0, 100.0, 0.0]));
    assert_eq!(higher(json!({"rule": "reference_distance", "city": "B"})), Ok([0.0, 100.0, 300.0]));
    assert_eq!(higher(json!({"rule": "reference_distance", "city": "B", "cap": true})), Ok([0.0, 100.0, 100.0]));
    let refused = |code: &'static str| Err(vec![Refusal { code, period: Some("2026".into()), node: "L".into() }]);
    assert_eq!(higher(json!({"rule": "target_distance", "target": 10})), refused(super::cohort::CONSTANT));
    assert_eq!(higher(json!({"rule": "reference_distance", "city": "A"})), refused(super::cohort::CONSTANT));
    assert_eq!(higher(json!({"rule": "reference_distance", "city": "X"})), refused(super::cohort::NO_REFERENCE));
    assert_eq!(higher(json!({"rule": "target_distance", "target": 10, "constant": "half"})), Ok([50.0; 3]));
}

#[test]
fn too_little_coverage_leaves_a_node_without_a_score() {
    let total = |min_coverage: Json| {
        let heavy = with(plain("L1", "a"), json!({"weight": 3}));
        let set = set(json!({"min_coverage": min_coverage, "nodes": [heavy, plain("L2", "b"), plain("L3", "c")]}));
        scored(&set, &one_row(&[("a", 60.0)])).score_of("TOTAL")
    };
    assert_eq!(total(json!({"at_least": 0.6})), Some(60.0));
    assert_eq!(total(json!({"at_least": 0.61})), None);
    assert_eq!(total(json!({"by": "count", "at_least": 0.34})), None);
}
