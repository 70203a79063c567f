//! Goals beyond a plain score: staged levels, gates on items and on numbers of nodes, adjustments, roundings.

use citygauge_assessment::path::{Goal, Outcome, Path, Request, Stop, find};
use citygauge_indicators::Observation;
use serde_json::{Value as Json, json};

use super::cases::{CITIES, assessed, checked, leaf, observed, period};

/// A stands at 40, 50 and 60 in x, y and z; the peers move them by 4, 2 and 1 a year (their 90th percentile is as all are).
fn observations() -> Vec<Observation> {
    let mut observations = Vec::new();
    for city in CITIES {
        for (at, back) in ["2020", "2021", "2022"].iter().zip([2.0, 1.0, 0.0]) {
            for (item, now, rate) in [("x", 40.0, 4.0), ("y", 50.0, 2.0), ("z", 60.0, 1.0)] {
                observations.push(observed(city, at, item, now - rate * back));
            }
        }
    }
    observations
}

fn document(members: &Json) -> Json {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let nodes = ["X", "Y", "Z"].map(|code| leaf(code, "TOTAL", 1.0, "siblings", scaled.clone(), "higher"));
    let mut document = json!({"code": "small", "version": "1", "title": {"en": "S"}, "nodes": nodes,
        "items": [{"code": "x"}, {"code": "y"}, {"code": "z"}]});
    for (key, value) in members.as_object().unwrap() {
        document[key] = value.clone();
    }
    document
}

fn path(document: &Json, goal: Goal) -> Path {
    let assessment = assessed(&checked(document), &observations());
    find(&assessment, &Request::new("A", period("2022"), goal, period("2027"))).unwrap_or_else(|error| panic!("{error}"))
}

/// The targets by leaf (1 is X), and the effort.
fn moved(path: &Path) -> (Vec<(usize, f64)>, f64) {
    let Outcome::Path { changes, effort, .. } = &path.outcome else { panic!("{:?}", path.outcome) };
    (changes.iter().map(|change| (change.leaves[0].node, change.target)).collect(), *effort)
}

#[test]
fn a_staged_level_is_reached_when_all_its_requirements_hold() {
    // X needs 15 more at 4 a year, and its item asks for 2 more of Y at 2 a year.
    let node = |node: &str, at_least: f64| json!({"node": node, "at_least": at_least});
    let stages = json!({"staged": [
        {"code": "1", "require": [node("X", 10.0)]},
        {"code": "2", "require": [node("X", 55.0), {"item": "y", "at_least": 52}]}
    ]});
    let found = path(&document(&json!({"levels": stages})), Goal::NextLevel);
    let (targets, effort) = moved(&found);
    assert_eq!(targets, [(1, 55.0), (2, 52.0)]);
    assert!((effort - (15.0 / 4.0 + 2.0 / 2.0)).abs() < 1e-9, "{effort}");
    let Outcome::Path { after, .. } = &found.outcome else { panic!() };
    assert_eq!(after.level.as_deref(), Some("2"));
}

#[test]
fn a_gate_on_a_number_of_nodes_picks_the_nodes() {
    let levels = json!({"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 50}, {"code": "top", "from": 59}],
        "gates": [{"level": "high", "require": [{"nodes": ["X", "Y", "Z"], "reach": "top", "count": 2}]}]});
    // Z stands at 60 and so counts; of the others X needs 19 at 4 a year, Y 9 at 2 a year.
    let found = path(&document(&json!({"levels": levels})), Goal::Level("high".into()));
    let (targets, effort) = moved(&found);
    assert_eq!(targets, [(2, 59.0)]);
    assert!((effort - 4.5).abs() < 1e-9, "{effort}");
}

#[test]
fn a_band_that_owns_its_upper_limit_has_to_be_passed() {
    let levels = json!({"edge": "upper_inclusive", "bands": [{"code": "low", "from": 0}, {"code": "high", "from": 55}]});
    for rounding in [json!({}), json!({"mode": "half_up", "places": 2, "depths": [0]})] {
        let mut document = document(&json!({"levels": levels}));
        if rounding != json!({}) {
            document["rounding"] = rounding.clone();
        }
        let found = path(&document, Goal::NextLevel);
        let Outcome::Path { after, effort, .. } = &found.outcome else { panic!("{:?}", found.outcome) };
        let score = after.score.unwrap();
        assert!(score > 55.0 && after.level.as_deref() == Some("high"), "{score}");
        // 5 of the total are 15 of X at 4 a year; rounded, 55.005 is 55.01.
        let least = if rounding == json!({}) { 15.0 / 4.0 } else { 15.015 / 4.0 };
        assert!((effort - least).abs() < 1e-8, "{effort} {least}");
    }
}

#[test]
fn adjustments_of_the_total_are_counted_and_stay() {
    let mut document = document(&json!({"rounding": {"mode": "half_up", "places": 1, "depths": [0]}}));
    document["items"].as_array_mut().unwrap().push(json!({"code": "fault"}));
    document["adjustments"] =
        json!([{"code": "D", "kind": "deduction", "formula": "fault", "points_per_unit": 2, "applies_to": "TOTAL"}]);
    let mut observations = observations();
    observations.extend(CITIES.map(|city| observed(city, "2022", "fault", 1.5)));
    let assessment = assessed(&checked(&document), &observations);
    let found = find(&assessment, &Request::new("A", period("2022"), Goal::Score(50.0), period("2027"))).unwrap();
    // 47 now; 52.95 before rounding and deducting is 50.0 after.
    let Outcome::Path { after, effort, .. } = &found.outcome else { panic!("{:?}", found.outcome) };
    assert_eq!((found.before.score, after.score), (Some(47.0), Some(50.0)));
    assert!((effort - 2.95 * 3.0 / 4.0).abs() < 1e-9, "{effort}");
}

#[test]
fn roundings_below_the_goal_are_confirmed_and_told() {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let mut nodes = vec![
        json!({"code": "G", "title": {"en": "G"}, "weight": 37, "weight_of": "total"}),
        json!({"code": "H", "title": {"en": "H"}, "weight": 63, "weight_of": "total"}),
    ];
    nodes.push(leaf("X", "G", 20.0, "total", scaled.clone(), "higher"));
    nodes.push(leaf("Y", "G", 17.0, "total", scaled.clone(), "higher"));
    nodes.push(leaf("Z", "H", 63.0, "total", scaled, "higher"));
    let document = json!({"code": "points", "version": "1", "title": {"en": "P"}, "arithmetic": "points", "nodes": nodes,
        "rounding": {"mode": "half_up", "places": 2, "depths": "all"}, "items": [{"code": "x"}, {"code": "y"}, {"code": "z"}]});
    // X is worth 20 x 4 a year, Y 17 x 2, Z 63 x 1: first X, all 20 of its five years, then Z.
    let found = path(&document, Goal::Score(59.0));
    let Outcome::Path { after, effort, least, changes } = &found.outcome else { panic!("{:?}", found.outcome) };
    assert_eq!((found.before.score, after.score), (Some(54.3), Some(59.0)));
    let expected = 5.0 + (58.995 - 54.3 - 4.0) / 0.63;
    assert!((least - expected).abs() < 1e-9 && *effort >= least - 1e-9 && *effort < least + 0.05, "{effort} {least} {expected}");
    assert_eq!((changes[0].stop, changes[1].stop), (Some(Stop::Peers), None));
    assert_eq!(found.notes.len(), 1);
}
