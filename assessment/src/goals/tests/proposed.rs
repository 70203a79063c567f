//! Proposals on a small panel: what they promise is what the engine gives.

use super::*;
use crate::error::{AssessmentError, Result};
use crate::rates::Verdict;

fn asked<'a>(ambition: &'a Ambition, given: &'a [(String, f64)]) -> Asked<'a> {
    Asked {
        code: "P",
        title: None,
        city: "A",
        period: period("2025"),
        by: period("2029"),
        ambition,
        given,
        peers: None,
        stages: None,
    }
}

fn proposal(ambition: &str) -> Result<Proposal> {
    propose(&panel(), &asked(&ambition.parse().expect("an ambition"), &[]))
}

fn codes(refused: Result<Proposal>) -> Vec<&'static str> {
    match refused {
        Err(AssessmentError::Refused(faults)) => faults.0.iter().map(|fault| fault.code).collect(),
        other => panic!("{other:?}"),
    }
}

/// The targets of the plan applied to the engine.
fn applied(proposal: &Proposal) -> (Option<f64>, Option<String>) {
    let assessment = panel();
    let leaves = proposal.plan.goals.iter().filter(|goal| goal.code.starts_with("I-"));
    let targets = leaves.map(|goal| {
        let node = assessment.set().node_index(goal.node.as_deref().expect("a node")).expect("it is there");
        (node, goal.target_value.expect("a target"))
    });
    let targets: Vec<_> = targets.collect();
    let reached = apply(&assessment, "A", period("2025"), &targets).expect("nothing refuses");
    assert!(reached.unmoved.is_empty());
    (reached.nodes[0].score, reached.nodes[0].level.map(str::to_owned))
}

#[test]
fn the_least_part_of_the_way_reaches_a_score() {
    // TOTAL of A is (3 x 17.5 + 14) / 4 = 16.625.
    let found = proposal("score:30").expect("it can be reached");
    assert_eq!(found.score, Some(16.625));
    let (score, _) = applied(&found);
    assert_eq!(score, found.score_reached);
    assert!(found.reached && score.is_some_and(|score| (30.0..30.1).contains(&score)), "{score:?}");
    assert!(found.part.is_some_and(|part| part > 0.0 && part < 1.0), "{:?}", found.part);
    // The ways to the peers' 90th percentile: X from 14 to 36, Y from 86 to 64; the same part of both.
    let parts: Vec<f64> =
        found.targets.iter().map(|target| (target.evidence.target - target.evidence.baseline).abs() / 22.0).collect();
    assert!((parts[0] - parts[1]).abs() < 1e-3, "{parts:?}");
}

#[test]
fn beyond_the_peers_the_way_goes_on_to_the_full_mark_and_no_further() {
    let found = proposal("score:70").expect("it can be reached");
    assert!(found.part.is_some_and(|part| part > 1.0), "{:?}", found.part);
    assert!(found.reached && applied(&found).0 >= Some(70.0));
    assert!(found.targets.iter().all(|target| target.evidence.verdict == Verdict::Unprecedented));
    let found = proposal("score:100").expect("the full mark");
    assert_eq!((found.reached, found.score_reached, found.shortfall), (true, Some(100.0), None));
}

#[test]
fn what_falls_short_says_by_how_much() {
    // Y would need 200 for the full mark, and its item ends at 100.
    let y = json!({"code": "Y", "title": {"en": "Y"}, "indicator": {
        "formula": "y", "scoring": {"rule": "goalposts", "worst": 0, "best": 200}
    }});
    let items = json!([{"code": "x", "max": 100}, {"code": "y", "max": 100}]);
    let observed = [("A", "2025", "x", 10.0), ("A", "2025", "y", 20.0), ("B", "2025", "x", 50.0), ("B", "2025", "y", 40.0)];
    let assessment = assessed(json!({"items": items}), &[leaf("X", json!({})), y], &observed, None);
    let ambition = Ambition::Score(90.0);
    let found = propose(&assessment, &asked(&ambition, &[])).expect("a draft all the same");
    assert_eq!((found.reached, found.score_reached, found.shortfall), (false, Some(75.0), Some(15.0)));
    assert_eq!(found.targets.iter().map(|of| of.evidence.target).collect::<Vec<_>>(), [100.0, 100.0]);
    assert!(found.targets.iter().all(|of| of.evidence.verdict == Verdict::NoEvidence));
}

#[test]
fn an_indicator_without_data_is_named() {
    let assessment = assessed(json!({}), &[leaf("X", json!({})), leaf("W", json!({}))], &[("A", "2025", "x", 10.0)], None);
    let given = [("W".to_owned(), 1.0)];
    assert_eq!(codes(propose(&assessment, &asked(&Ambition::Given, &given))), ["goals.no_data"]);
}

#[test]
fn a_level_is_reached_at_its_start() {
    for (ambition, level) in [("level", "mid"), ("level:mid", "mid"), ("level:high", "high")] {
        let found = proposal(ambition).expect("it can be reached");
        assert_eq!((found.reached, found.level_reached.as_deref()), (true, Some(level)), "{ambition}");
        assert_eq!(applied(&found).1.as_deref(), Some(level));
        let overall = &found.plan.goals[0];
        assert_eq!((overall.target_level.as_deref(), overall.target_value), (Some(level), None));
    }
    assert_eq!(codes(proposal("level:none")), ["gap.unknown_level"]);
    assert_eq!(codes(proposal("level:low")), ["goals.reached_already"]);
}

#[test]
fn a_percentile_and_a_reference_bring_the_scores_of_the_peers() {
    // The peers of A have X 18, 22, ... 38 and Y 82, 78, ... 62.
    let found = proposal("percentile:75").expect("it can be reached");
    let targets: Vec<f64> = found.targets.iter().map(|target| target.evidence.target).collect();
    assert_eq!(targets, [33.0, 67.0]);
    assert!(found.reached);
    let same = proposal("gap:peer_top_quartile").expect("it can be reached");
    assert_eq!(same.plan.goals, found.plan.goals);
    assert_eq!(proposal("gap:city:B").expect("B").targets.iter().map(|of| of.evidence.target).collect::<Vec<_>>(), [18.0, 82.0]);
}

#[test]
fn the_path_is_linear_in_the_raw_unit_and_ends_at_the_target() {
    let found = proposal("percentile:75").expect("it can be reached");
    let goal = |code: &str| found.plan.goal(code).map(|(_, goal)| goal.clone()).expect("it is there");
    let path: Vec<(String, f64)> = goal("I-X").path.iter().map(|point| (point.period.to_string(), point.value)).collect();
    let expected = [("2026", 18.75), ("2027", 23.5), ("2028", 28.25), ("2029", 33.0)];
    assert_eq!(path, expected.map(|(period, value)| (period.to_owned(), value)));
    let path: Vec<f64> = goal("I-Y").path.iter().map(|point| point.value).collect();
    assert_eq!(path, [81.25, 76.5, 71.75, 67.0]);
    // Two stages of two years would be asked for by 2; three are of two, one and one.
    let stages: Vec<_> = found.plan.goals.iter().filter(|goal| goal.from.is_some()).collect();
    let spans: Vec<String> = stages.iter().map(|goal| format!("{}-{}", goal.from.expect("one"), goal.to.expect("one"))).collect();
    assert_eq!(spans, ["2026-2027", "2028-2028", "2029-2029"]);
    assert_eq!(stages[2].target_value, found.score_reached);
    // X 23.5 is 29.375, Y 76.5 is 23.5: (3 x 29.375 + 23.5) / 4.
    assert_eq!(stages[0].target_value, Some(27.90625));
}

#[test]
fn a_draft_lacks_only_what_people_have_to_say() {
    let found = proposal("percentile:50").expect("it can be reached");
    let assessment = panel();
    let ground =
        lint::Ground { assessment: &assessment, against: &[], peers: None, requirements: None, today: Some("2026-01-01") };
    let report = lint::lint(&found.plan, &ground);
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes,
        ["goal.no_requirement", "goal.owner_missing", "plan.areas_missing", "plan.no_green_goal", "plan.no_vision"]
    );
    let written = json!(found.plan);
    assert_eq!(read(&written), found.plan);
}

#[test]
fn given_targets_are_taken_as_they_are() {
    let given = [("X".to_owned(), 20.0)];
    let found = propose(&panel(), &asked(&Ambition::Given, &given)).expect("it can be reached");
    assert_eq!(found.targets.len(), 1);
    assert_eq!((found.targets[0].evidence.target, found.targets[0].evidence.verdict), (20.0, Verdict::Attainable));
    assert_eq!((found.reached, found.score_reached), (true, Some((3.0 * 25.0 + 14.0) / 4.0)));
    let both = propose(&panel(), &asked(&"percentile:75".parse().expect("one"), &given)).expect("it can be reached");
    assert_eq!(both.targets.iter().map(|of| of.evidence.target).collect::<Vec<_>>(), [20.0, 67.0]);
}

#[test]
fn formulas_of_several_items_are_moved_by_one_that_they_are_linear_in() {
    let ratio = |code: &str, formula: &str| json!({"code": code, "title": {"en": code}, "indicator": {"formula": formula, "scoring": {"rule": "scaled", "range": [0, 100]}}});
    let observed = [
        ("A", "2025", "a", 30.0),
        ("A", "2025", "b", 60.0),
        ("A", "2025", "c", 10.0),
        ("B", "2025", "a", 1.0),
        ("B", "2025", "b", 1.0),
    ];
    let items = json!([{"code": "a", "kind": "count"}, {"code": "b"}, {"code": "c"}]);
    let nodes = [ratio("R", "100 * a / b"), ratio("S", "c * c")];
    let assessment = assessed(json!({"items": items}), &nodes, &observed, None);
    let reached = apply(&assessment, "A", period("2025"), &[(1, 75.0), (2, 50.0)]).expect("nothing refuses");
    assert_eq!(reached.items, [("a".to_owned(), 45.0)]);
    assert_eq!((reached.nodes[1].value, reached.nodes[1].score), (Some(75.0), Some(75.0)));
    assert_eq!(reached.unmoved.iter().map(|of| of.node).collect::<Vec<_>>(), [2]);
}

#[test]
fn everything_wrong_with_what_is_asked_is_told_at_once() {
    let given = [("X".to_owned(), 20.0), ("X".to_owned(), 21.0), ("Q".to_owned(), 1.0)];
    let ambition = Ambition::Score(120.0);
    let refused = Asked { by: period("2025"), stages: Some(0), ..asked(&ambition, &given) };
    let expected = ["goals.deadline", "goals.stages", "goals.beyond_full_mark", "goals.duplicate", "goals.unknown_indicator"];
    assert_eq!(codes(propose(&panel(), &refused)), expected);
    let refused = Asked { by: period("2027-Q1"), ..asked(&Ambition::Given, &[]) };
    assert_eq!(codes(propose(&panel(), &refused)), ["goals.deadline_length", "goals.no_targets"]);
    assert_eq!(codes(proposal("score:10")), ["goals.reached_already"]);
    let nobody = Asked { city: "Z", ..asked(&Ambition::Given, &given) };
    assert_eq!(codes(propose(&panel(), &nobody)), ["gap.unknown_city"]);
    assert_eq!("score:x".parse::<Ambition>().expect_err("no number").code, "goals.unknown_ambition");
    for text in ["level", "level:high", "score:70.5", "percentile:75", "gap:city:B", "given"] {
        assert_eq!(text.parse::<Ambition>().expect(text).to_string(), text);
    }
}

#[test]
fn the_targets_of_a_plan_are_a_reference_for_gaps() {
    use crate::gap::{PlannedTargets, Reference, analyse};

    let assessment = panel();
    let found = proposal("percentile:75").expect("it can be reached");
    let targets = PlannedTargets::named("P").of(&found.plan, assessment.set(), "A").expect("of its city");
    let gaps = analyse(&assessment, "A", period("2025"), &Reference::Target(targets), None).expect("sound").gaps;
    let targets: Vec<_> = gaps.iter().map(|gap| gap.target_value).collect();
    assert_eq!(targets, [None, Some(33.0), Some(67.0)]);
    assert_eq!(gaps[0].reference, found.score_reached);
    assert_eq!(gaps[1].gap_value, Some(19.0));
    let codes = |refused: std::result::Result<_, citygauge_indicators::Faults>| -> Vec<&str> {
        let faults: citygauge_indicators::Faults = refused.map(|_: PlannedTargets| ()).expect_err("refused");
        faults.0.iter().map(|fault| fault.code).collect()
    };
    assert_eq!(codes(PlannedTargets::named("P").of(&found.plan, assessment.set(), "B")), ["gap.plan_of_other_city"]);
    let unknown = analyse(&assessment, "A", period("2025"), &"target:P".parse().expect("one"), None).expect_err("no targets");
    assert_eq!(unknown.0[0].code, "gap.no_targets");
}
