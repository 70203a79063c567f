//! Bad requests: each a named fault; and what stays, with its reason.

use citygauge_assessment::path::{Bound, Cost, Goal, Limits, Outcome, Request, Stuck, find};
use citygauge_assessment::{Assessment, AssessmentError};
use serde_json::{Value as Json, json};

use super::cases::{CITIES, Draws, assessed, checked, leaf, observed, panel, period};

/// X and Y as they are scored, Z without data of A, V of weight 0, K a choice, R by rank.
fn document() -> Json {
    let scaled = || json!({"rule": "scaled", "range": [0, 100]});
    let mut nodes = vec![
        leaf("X", "TOTAL", 1.0, "siblings", scaled(), "higher"),
        leaf("Y", "TOTAL", 1.0, "siblings", scaled(), "higher"),
        leaf("Z", "TOTAL", 1.0, "siblings", scaled(), "higher"),
        leaf("V", "TOTAL", 0.0, "siblings", scaled(), "higher"),
        leaf("R", "TOTAL", 1.0, "siblings", json!({"rule": "percentile_rank"}), "higher"),
    ];
    nodes.push(leaf("K", "TOTAL", 1.0, "siblings", json!({"rule": "choice", "scores": {"true": 100, "false": 0}}), "higher"));
    json!({"code": "small", "version": "1", "title": {"en": "S"}, "nodes": nodes,
        "items": [{"code": "x", "max": 99}, {"code": "y"}, {"code": "z"}, {"code": "v"}, {"code": "r"}, {"code": "k", "kind": "boolean"}],
        "levels": {"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 60}]}})
}

fn assessment() -> Assessment {
    let mut observations = panel(&mut Draws(3), &["x", "y", "z", "v", "r"], (30, 55), &[true; 5]);
    observations.retain(|seen| seen.city != "A" || seen.item != "z");
    for city in CITIES {
        observations.push(observed(city, "2022", "k", 0.0));
    }
    assessed(&checked(&document()), &observations)
}

fn request(goal: Goal) -> Request {
    Request::new("A", period("2022"), goal, period("2025"))
}

fn faults(request: &Request) -> Vec<(String, String)> {
    match find(&assessment(), request) {
        Err(AssessmentError::Refused(faults)) => {
            let told = |fault: &citygauge_indicators::Fault| {
                assert!(fault.hint.is_some(), "{}", fault.code);
                (fault.code.to_owned(), fault.pointer.clone().unwrap_or_default())
            };
            faults.0.iter().map(told).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn one(request: &Request, code: &str, pointer: &str) {
    assert_eq!(faults(request), [(code.to_owned(), pointer.to_owned())]);
}

#[test]
fn every_bad_request_is_a_named_fault() {
    let score = || request(Goal::Score(60.0));
    one(&Request { city: "nowhere".into(), ..score() }, "path.unknown_city", "");
    one(&Request { period: period("2019"), ..score() }, "path.unknown_city", "");
    one(&Request { by: period("2022"), ..score() }, "path.deadline", "/by");
    one(&Request { by: period("2021"), ..score() }, "path.deadline", "/by");
    one(&Request { node: Some("N".into()), ..score() }, "path.unknown_node", "/node");
    one(&Request { node: Some("Z".into()), ..score() }, "path.no_data", "/node");
    one(&request(Goal::Level("summit".into())), "path.unknown_level", "/goal");
    one(&Request { node: Some("X".into()), ..request(Goal::NextLevel) }, "path.not_levelled", "/node");
    one(&Request { fixed: vec!["N".into()], ..score() }, "path.unknown_node", "/fixed/0");
    one(&Request { fixed: vec!["TOTAL".into()], ..score() }, "path.not_an_indicator", "/fixed/0");
    one(&Request { fixed: vec!["X".into(), "X".into()], ..score() }, "path.named_twice", "/fixed/1");
    one(
        &Request { limits: Limits { percentile: 0.2, ..Limits::default() }, ..score() },
        "path.out_of_range",
        "/limits/percentile",
    );
    let bound = |node: &str, least, greatest| vec![Bound { node: node.into(), least, greatest }];
    one(&Request { bounds: bound("X", Some(70.0), Some(60.0)), ..score() }, "path.contradictory_limits", "/bounds/0");
    one(&Request { bounds: bound("X", Some(99.0), None), ..score() }, "path.contradictory_limits", "/bounds/0");
    one(&Request { bounds: bound("Z", None, Some(60.0)), ..score() }, "path.no_data", "/bounds/0");
    let fixed = Request { fixed: vec!["X".into()], bounds: bound("X", None, Some(90.0)), ..score() };
    one(&fixed, "path.contradictory_limits", "/bounds/0");
    let cost = |node: &str, per_unit| vec![Cost { node: node.into(), per_unit }];
    one(&Request { costs: cost("X", 0.0), ..score() }, "path.out_of_range", "/costs/0/per_unit");
    one(&Request { costs: cost("Z", 1.0), ..score() }, "path.no_data", "/costs/0");
    one(&Request { peers: Some(Vec::new()), ..request(Goal::Percentile(0.5)) }, "path.no_peers", "/goal");
    // All at once.
    let several = Request { by: period("2020"), fixed: vec!["N".into()], ..request(Goal::Level("summit".into())) };
    let codes: Vec<String> = faults(&several).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["path.deadline", "path.unknown_node", "path.unknown_level"]);
}

#[test]
fn what_stays_is_listed_with_its_reason() {
    let assessment = assessment();
    let path = find(&assessment, &Request { fixed: vec!["Y".into()], ..request(Goal::Score(40.0)) }).unwrap();
    let reasons: Vec<(&str, Stuck)> =
        path.unmoved.iter().map(|stays| (assessment.set().nodes()[stays.node].code.as_str(), stays.reason)).collect();
    let expected =
        [("Y", Stuck::Fixed), ("Z", Stuck::NoData), ("V", Stuck::NotCounted), ("R", Stuck::ByPlace), ("K", Stuck::NoScale)];
    assert_eq!(reasons, expected);
    assert_eq!(path.movable, 1);
    // With four peers nobody has evidence, but for what the caller says.
    let peers = Some(["B", "C", "D", "E"].map(String::from).to_vec());
    let few = Request { peers: peers.clone(), ..request(Goal::Score(99.0)) };
    let path = find(&assessment, &few).unwrap();
    assert!(path.unmoved.iter().any(|stays| stays.node == 1 && stays.reason == Stuck::NoEvidence));
    assert_eq!((path.movable, matches!(path.outcome, Outcome::Unreachable(_))), (0, true));
    let bounds = vec![Bound { node: "X".into(), least: None, greatest: Some(80.0) }];
    let path = find(&assessment, &Request { bounds, ..few }).unwrap();
    assert_eq!((path.movable, path.furthest.score > path.before.score), (1, true));
}

#[test]
fn what_is_reached_costs_nothing_and_what_cannot_be_reached_says_when_or_never() {
    let assessment = assessment();
    let now = assessment.city("A", period("2022")).unwrap()[0].score.unwrap();
    assert_eq!(find(&assessment, &request(Goal::Score(now))).unwrap().outcome, Outcome::Reached);
    assert_eq!(find(&assessment, &request(Goal::Rank(8))).unwrap().outcome, Outcome::Reached);
    let path = find(&assessment, &request(Goal::Score(now + 14.0))).unwrap();
    let Outcome::Unreachable(unreachable) = path.outcome else { panic!("{:?}", path.outcome) };
    let earliest = unreachable.earliest.expect("some year");
    assert!(path.furthest.score.unwrap() < now + 14.0 && earliest > period("2025") && !unreachable.never);
    let by = |by| find(&assessment, &Request { by, ..request(Goal::Score(now + 14.0)) }).unwrap().outcome;
    assert!(matches!(by(earliest), Outcome::Path { .. }), "it can be reached by {earliest}");
    assert!(matches!(by(earliest.earlier(1)), Outcome::Unreachable(_)), "and not a year earlier");
    let Outcome::Unreachable(unreachable) = find(&assessment, &request(Goal::Score(99.0))).unwrap().outcome else { panic!() };
    assert_eq!((unreachable.earliest, unreachable.never), (None, true));
}

#[test]
fn a_rank_is_reached_when_the_engine_says_so_ties_included() {
    let assessment = assessment();
    let rank = assessment.city("A", period("2022")).unwrap()[0].rank.unwrap();
    for wanted in 1..rank {
        let path = find(&assessment, &Request { by: period("2040"), ..request(Goal::Rank(wanted)) }).unwrap();
        let Outcome::Path { after, .. } = path.outcome else { panic!("{wanted}: {:?}", path.outcome) };
        // Level with the city that holds the rank, so exactly the rank that is wanted, as no two others are level.
        assert_eq!(after.rank, Some(wanted));
        assert!((after.score.unwrap() - path.wanted.unwrap()).abs() < 1e-9);
    }
}

#[test]
fn of_indicators_that_give_the_same_the_first_moves() {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let nodes = ["X", "Y", "Z"].map(|code| leaf(code, "TOTAL", 1.0, "siblings", scaled.clone(), "higher"));
    let document = json!({"code": "same", "version": "1", "title": {"en": "S"}, "nodes": nodes,
        "items": [{"code": "x"}, {"code": "y"}, {"code": "z"}]});
    let mut observations = Vec::new();
    for (city, rate) in CITIES.iter().zip(1..) {
        for (at, year) in ["2020", "2021", "2022"].iter().zip(0..) {
            for item in ["x", "y", "z"] {
                observations.push(observed(city, at, item, f64::from(20 + rate * year)));
            }
        }
    }
    let assessment = assessed(&checked(&document), &observations);
    // Peers keep 7.4 a year, so 22.2 in three years; 30 are wanted of all three together.
    let path = find(&assessment, &request(Goal::Score(32.0))).unwrap();
    let Outcome::Path { changes, .. } = path.outcome else { panic!("{:?}", path.outcome) };
    let moved: Vec<(usize, f64)> = changes.iter().map(|change| (change.leaves[0].node, change.change)).collect();
    assert_eq!(moved.len(), 2, "{moved:?}");
    assert_eq!((moved[0].0, moved[1].0), (1, 2));
    assert!((moved[0].1 - 22.2).abs() < 1e-9 && (moved[1].1 - 7.8).abs() < 1e-9, "{moved:?}");
    let again = find(&assessment, &request(Goal::Score(32.0))).unwrap();
    let Outcome::Path { changes: same, .. } = again.outcome else { panic!("{:?}", again.outcome) };
    assert_eq!(changes, same);
}
