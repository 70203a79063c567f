//! Each seeded fault is found where it was seeded, and the clean plan has none.

use super::*;
use crate::goals::lint::{Ground, RULES, Report, lint};
use crate::rates::Verdict;

fn linted_against(plan: &Value, against: &[GoalPlan], today: Option<&str>) -> Report {
    let assessment = panel();
    lint(&read(plan), &Ground { assessment: &assessment, against, peers: None, requirements: None, today })
}

fn linted(plan: &Value) -> Report {
    linted_against(plan, &[], Some("2026-03-01"))
}

fn told(report: &Report) -> Vec<String> {
    let tell =
        |finding: &crate::goals::lint::Finding| format!("{} {}", finding.rule.code, finding.goal.as_deref().unwrap_or("-"));
    report.findings.iter().map(tell).collect()
}

/// The findings after one member was changed; `null` takes it out.
fn after(pointer: &str, value: Value) -> Report {
    let mut plan = clean();
    let (above, member) = pointer.rsplit_once('/').expect("a pointer");
    let above = plan.pointer_mut(above).expect("it is there");
    match above {
        Value::Object(members) => members.insert(member.to_owned(), value),
        list => list.get_mut(member.parse::<usize>().expect("a place")).map(|place| std::mem::replace(place, value)),
    };
    linted(&plan)
}

#[test]
fn a_clean_plan_has_no_finding_and_shows_the_rates_behind_it() {
    let report = linted(&clean());
    assert_eq!(told(&report), [""; 0]);
    let rates: Vec<_> =
        report.evidence.iter().map(|of| (of.goal.as_str(), of.evidence.verdict, of.evidence.required_rate)).collect();
    assert_eq!(rates[1..], [("SX", Verdict::Attainable, 4.0), ("SY", Verdict::Attainable, -2.5)]);
    let x = &report.evidence[1].evidence;
    assert_eq!((x.own_rate, x.peers, x.peers_p50, x.peers_p75, x.peers_p90), (Some(1.0), 6, Some(4.5), Some(5.75), Some(6.5)));
}

#[test]
fn every_seeded_fault_is_found_and_nothing_else() {
    let seeded: Vec<(&str, Value, &[&str])> = vec![
        // The plan and its tree.
        ("/period/to", json!("2032"), &["plan.period_length -", "plan.stages_leave_a_hole -"]),
        ("/goals/0/objective_areas", json!(["refined_governance"]), &["plan.areas_missing -"]),
        ("/goals/0/principles", Value::Null, &["plan.no_green_goal -"]),
        ("/goals/0/requirements", Value::Null, &["goal.no_requirement O", "goal.no_requirement SX", "goal.no_requirement SY"]),
        ("/goals/1/parent", json!("none"), &["goal.no_requirement SX", "goal.unknown_parent SX"]),
        ("/goals/1/parent", Value::Null, &["goal.no_requirement SX", "goal.parent_level SX"]),
        ("/goals/0/parent", json!("SX"), &["goal.parent_level O", "goal.parent_cycle O"]),
        ("/goals/2/weight", json!(0.5), &["plan.weights_exceed_whole -"]),
        ("/goals/4/content", Value::Null, &["goal.stage_incomplete T2"]),
        // a: clear.
        ("/goals/1/statement", Value::Null, &["goal.statement_missing SX"]),
        ("/goals/1/statement", json!({"zh": "进一步提升"}), &["goal.vague SX"]),
        ("/goals/3/statement", json!({"en": "Gradually prepare"}), &["goal.vague_without_target T1"]),
        ("/goals/1/owner", Value::Null, &["goal.owner_missing SX"]),
        ("/goals/1/node", Value::Null, &["goal.no_outcome SX"]),
        // b: measurable.
        ("/set/version", json!("2"), &["plan.other_set -"]),
        ("/goals/1/node", json!("Z"), &["goal.unknown_node SX"]),
        ("/goals/1/target_value", Value::Null, &["goal.target_missing SX"]),
        ("/goals/1/unit", json!("km"), &["goal.unit_differs SX"]),
        ("/goals/1/unit", Value::Null, &["goal.unit_differs SX"]),
        ("/goals/1/baseline_value", Value::Null, &["goal.baseline_missing SX"]),
        ("/goals/1/baseline_value", json!(15), &["goal.baseline_differs SX"]),
        ("/goals/2/target_value", json!(87), &["goal.wrong_side SY", "goal.contradicts_plan SY"]),
        ("/goals/2/bound", json!("at_least"), &["goal.bound_against_direction SY"]),
        // c: attainable.
        ("/goals/2/target_value", json!(62.5), &["goal.stretch SY"]),
        ("/goals/2/target_value", json!(50), &["goal.unprecedented SY"]),
        ("/goals/2/target_value", json!(-1), &["goal.beyond_bounds SY", "goal.unprecedented SY"]),
        ("/goals/0/target_value", json!(130), &["goal.beyond_bounds O", "goal.unprecedented O"]),
        // d: in line with the vision.
        ("/goals/1/serves", Value::Null, &["goal.serves_no_vision SX"]),
        ("/goals/1/serves/0", json!("W"), &["goal.serves_no_vision SX", "goal.unknown_statement SX"]),
        ("/statements/0/kind", json!("challenge"), &["plan.no_vision -"]),
        // e: consistent.
        ("/reference_plans/0/targets/0/value", json!(23), &["goal.contradicts_plan SX"]),
        ("/reference_plans/0/targets/0/bound", json!("at_most"), &["goal.contradicts_plan SX"]),
        ("/reference_plans/0/targets/0/bound", json!("equal"), &["goal.contradicts_plan SX"]),
        ("/reference_plans/0/targets/0/node", json!("Q"), &["plan.quoted_unknown -"]),
        // f: time-bound.
        ("/goals/2/due", Value::Null, &["goal.due_missing SY"]),
        ("/goals/2/due", json!("2030"), &["goal.due_outside_period SY"]),
        ("/goals/2/due", json!("2025"), &["goal.due_outside_period SY", "goal.due_past SY"]),
        ("/goals/1/path/1/period", json!("2025"), &["goal.path_order SX"]),
        ("/goals/1/path/2/value", json!(29), &["goal.path_end SX"]),
        ("/goals/1/path/2/period", json!("2028"), &["goal.path_end SX"]),
        ("/goals/1/path/0/value", json!(24), &["goal.path_turns SX"]),
        ("/goals/3/from", Value::Null, &["goal.stage_span T1", "plan.stages_leave_a_hole -"]),
        ("/goals/3/from", json!("2024"), &["goal.stage_span T1", "plan.stages_leave_a_hole -"]),
        ("/goals/4/from", json!("2027"), &["goal.stages_overlap T2"]),
        ("/goals/4/from", json!("2029"), &["plan.stages_leave_a_hole -"]),
    ];
    let mut wrong = Vec::new();
    for (pointer, value, expected) in seeded {
        let found = told(&after(pointer, value.clone()));
        if found != expected {
            wrong.push(format!("{pointer} = {value}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whole_levels_of_goals_that_are_missing_are_named() {
    let mut plan = clean();
    plan["goals"] = json!([plan["goals"][0]]);
    assert_eq!(told(&linted(&plan)), ["plan.no_sub_goals O", "plan.no_stage_goals -"]);
    plan["goals"] = json!([{"code": "S", "level": "stage", "from": "2026", "to": "2029"}]);
    let found = told(&linted(&plan));
    assert!(found.contains(&"plan.no_overall_goal -".to_owned()), "{found:?}");
    assert!(found.contains(&"goal.stage_incomplete S".to_owned()), "{found:?}");
}

#[test]
fn a_cycle_of_three_is_named_once() {
    let mut plan = clean();
    plan["goals"][1]["parent"] = json!("T1");
    plan["goals"][2]["parent"] = json!("SX");
    plan["goals"][3]["parent"] = json!("SY");
    let report = linted(&plan);
    let cycles: Vec<_> = report.findings.iter().filter(|finding| finding.rule.code == "goal.parent_cycle").collect();
    assert_eq!(cycles.len(), 1);
    assert!(cycles[0].message.en.as_deref().is_some_and(|text| text.contains("SX → T1 → SY → SX")), "{:?}", cycles[0].message);
}

#[test]
fn a_passed_deadline_and_a_city_without_results_are_found() {
    assert!(told(&linted_against(&clean(), &[], Some("2030-01-01"))).contains(&"goal.due_past SX".to_owned()));
    assert_eq!(told(&linted_against(&clean(), &[], Some("2029-12-31"))), [""; 0]);
    let report = after("/city", json!("Z"));
    assert!(told(&report).contains(&"plan.baseline_absent -".to_owned()), "{:?}", told(&report));
}

#[test]
fn an_indicator_without_data_is_found_and_nobody_to_compare_with_is_said() {
    let observed = [("A", "2025", "x", 14.0), ("B", "2025", "x", 20.0), ("B", "2025", "y", 20.0)];
    let y = json!({"code": "Y", "title": {"en": "Y"}, "indicator": {"formula": "y", "scoring": {"rule": "scaled", "range": [0, 100]}}});
    let assessment = assessed(json!({}), &[leaf("X", json!({})), y], &observed, None);
    let ground = Ground { assessment: &assessment, against: &[], peers: None, requirements: None, today: None };
    let found = told(&lint(&read(&clean()), &ground));
    assert!(found.contains(&"goal.no_data SY".to_owned()), "{found:?}");
    assert!(found.contains(&"goal.no_evidence SX".to_owned()), "{found:?}");
}

#[test]
fn a_target_further_than_the_full_mark_needs_is_found() {
    let report = after("/goals/1/target_value", json!(85));
    assert!(told(&report).contains(&"goal.beyond_scale SX".to_owned()), "{:?}", told(&report));
    let report = after("/goals/1/target_value", json!(80));
    assert!(!told(&report).contains(&"goal.beyond_scale SX".to_owned()), "{:?}", told(&report));
}

#[test]
fn levels_are_targets_too() {
    let level = |code: &str| {
        let mut plan = clean();
        let goal = &mut plan["goals"][0];
        goal["target_level"] = json!(code);
        for member in ["target_value", "baseline_value"] {
            goal.as_object_mut().expect("a goal").remove(member);
        }
        told(&linted(&plan))
    };
    assert_eq!(level("mid"), [""; 0]);
    assert_eq!(level("none"), ["goal.unknown_level O"]);
    assert_eq!(level("high"), ["goal.unprecedented O"]);
}

#[test]
fn other_plans_of_goals_contradict_in_either_direction_and_periods_of_other_lengths_compare() {
    let mut other = clean();
    other["code"] = json!("Q");
    other["goals"][1]["target_value"] = json!(40.0);
    other["goals"][1]["path"] = json!([]);
    other["goals"][1]["due"] = json!("2029-S2");
    let (one, other) = (read(&clean()), read(&other));
    let assessment = panel();
    let found = |plan: &GoalPlan, against: &GoalPlan| {
        lint(
            plan,
            &Ground {
                assessment: &assessment,
                against: std::slice::from_ref(against),
                peers: None,
                requirements: None,
                today: None,
            },
        )
    };
    let contradictions = |report: &Report| {
        let of = report.findings.iter().filter(|finding| finding.rule.code == "goal.contradicts_plan");
        of.map(|finding| (finding.goal.clone().unwrap_or_default(), finding.numbers.clone(), finding.quote.clone()))
            .collect::<Vec<_>>()
    };
    let lower = contradictions(&found(&one, &other));
    assert_eq!(lower.len(), 1, "{lower:?}");
    assert_eq!((lower[0].0.as_str(), &lower[0].1[..2]), ("SX", &[("own", 30.0), ("other", 40.0)][..]));
    assert_eq!(lower[0].2.as_ref().and_then(|quote| quote.en.as_deref()), Some("X from 14 to 30 %"));
    let higher = contradictions(&found(&other, &one));
    assert_eq!(higher.iter().map(|(goal, ..)| goal.as_str()).collect::<Vec<_>>(), ["SX"]);
    assert_eq!(contradictions(&found(&one, &one)), []);
    let elsewhere = GoalPlan { city: "B".into(), ..one.clone() };
    assert_eq!(told(&found(&one, &elsewhere)), ["plan.not_comparable -"]);
}

#[test]
fn a_contradiction_has_both_numbers_and_the_quote() {
    let report = after("/reference_plans/0/targets/0/period", json!("2027-S1"));
    assert_eq!(told(&report), [""; 0], "the path has 20 by the middle of 2027");
    let mut plan = clean();
    plan["reference_plans"][0]["targets"][0] = json!({"node": "X", "period": "2027-S1", "value": 20.5, "quote": {"en": "q"}});
    let report = linted(&plan);
    assert_eq!(told(&report), ["goal.contradicts_plan SX"]);
    let finding = &report.findings[0];
    assert_eq!(finding.numbers, [("own", 20.0), ("other", 20.5), ("by_end_of", 2027.5)]);
    assert_eq!(finding.quote.as_ref().and_then(|quote| quote.en.as_deref()), Some("q"));
    assert_eq!((finding.rule.clause, finding.pointer.as_str()), ("gbt36333-2018:7.3.3.e", "/goals/1/target_value"));
}

#[test]
fn every_rule_has_a_code_of_its_own_and_says_what_it_computes() {
    for (place, rule) in RULES.iter().enumerate() {
        assert!(RULES[..place].iter().all(|other| other.code != rule.code), "{}", rule.code);
        assert!(rule.computes().zh.is_some_and(|text| !text.is_empty()));
        assert!(rule.clause.starts_with("gbt36333-2018:"));
    }
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/goal-plans.md");
    let page = std::fs::read_to_string(page).expect("the page is part of the repository");
    for rule in RULES {
        let row = format!(
            "| `{}` | {} | {} | {} |",
            rule.code,
            &rule.clause[14..],
            rule.severity.word(),
            rule.computes().en.unwrap_or_default()
        );
        assert!(page.contains(&row), "docs/goal-plans.md lacks: {row}");
    }
}
