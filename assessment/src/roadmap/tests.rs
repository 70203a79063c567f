//! Roadmaps of a small city, against the engine itself and against computations of the tests' own.

use citygauge_indicators::planning::{Document, Project, Roadmap};
use serde_json::{Value as Json, json};

use super::{Counted, Plan, Reason, plan, sequence};
use crate::error::AssessmentError;
use crate::testing::{assessed, leaf, period};
use crate::{Assessment, Row};

const BASE: [(&str, f64); 3] = [("a", 40.0), ("b", 70.0), ("c", 20.0)];

fn nodes(rule: &Json) -> Vec<Json> {
    let mut graded = leaf("C", json!({"parent": "G", "weight": 1}));
    graded["indicator"]["scoring"] = rule.clone();
    let mut clamped = leaf("B", json!({"parent": "G", "weight": 3}));
    clamped["indicator"]["scoring"] = json!({"rule": "goalposts", "worst": 10, "best": 90});
    vec![
        json!({"code": "G", "title": {"en": "G"}, "weight": 2}),
        json!({"code": "H", "title": {"en": "H"}, "weight": 1}),
        clamped,
        graded,
        leaf("A", json!({"parent": "H"})),
    ]
}

/// City `x` with these raw values, beside another one.
fn city(rule: &Json, values: &[(&str, f64)]) -> Assessment {
    let own = values.iter().map(|(item, value)| ("x", "2025", *item, *value));
    let observed: Vec<_> = own.chain(BASE.iter().map(|(item, _)| ("y", "2025", *item, 50.0))).collect();
    let levels = json!({"bands": [{"code": "low", "title": {"en": "low"}, "from": 0}, {"code": "high", "title": {"en": "high"}, "from": 50}]});
    assessed(json!({"levels": levels}), &nodes(rule), &observed, None)
}

fn line() -> Json {
    json!({"rule": "scaled", "range": [0, 100]})
}

fn steps() -> Json {
    json!({"rule": "steps", "steps": [{"from": 30, "score": 50}, {"from": 60, "score": 100}]})
}

fn project(code: &str, years: u32, cost: f64, after: &[&str], effects: &[(&str, f64)]) -> Json {
    let effects: Vec<Json> = effects.iter().map(|(node, change)| json!({"node": node, "change": change})).collect();
    json!({"code": code, "title": {"en": code}, "duration_years": years, "cost": cost, "depends_on": after, "effects": effects})
}

fn projects() -> Json {
    json!([
        project("P1", 1, 10.0, &[], &[("B", 15.0)]),
        project("P2", 1, 10.0, &["P1"], &[("B", 15.0), ("A", 5.0)]),
        project("P3", 2, 12.0, &[], &[("C", 12.5)]),
        project("P4", 1, 6.0, &["P2", "P3"], &[("C", 30.0), ("A", -1.5)]),
        project("P5", 1, 90.0, &[], &[("A", 50.0)]),
        project("P6", 1, 1.0, &["P5"], &[("A", 1.0)]),
        project("P7", 3, 1.0, &["P2"], &[("A", 9.0)]),
        project("P8", 1, 0.0, &[], &[("A", -7.0)]),
    ])
}

fn document(budget: &Json, members: &Json) -> Roadmap {
    let mut document = json!({"title": {"en": "R"}, "first_year": 2026, "years": 4, "budget": budget, "projects": projects()});
    for (key, value) in members.as_object().expect("members") {
        document[key] = value.clone();
    }
    Roadmap::read_at(&document, "").unwrap_or_else(|faults| panic!("{faults}"))
}

fn planned(assessment: &Assessment, asked: &Roadmap) -> Result<Plan, AssessmentError> {
    plan(assessment, "x", period("2025"), &asked.projects, &asked.terms, 1.0)
}

fn end(asked: &Roadmap, plan: &Plan, place: usize) -> Option<usize> {
    plan.starts[place].map(|start| start + asked.projects[place].duration_years as usize)
}

#[test]
fn expected_scores_are_those_of_a_whole_assessment_of_the_changed_city() {
    for rule in [line(), steps()] {
        let asked = document(&json!([16.0, 16.0, 16.0, 16.0]), &json!({}));
        let made = planned(&city(&rule, &BASE), &asked).expect("there is a schedule");
        assert!(made.is_optimal);
        assert_eq!(made.states.len(), 5);
        for (year, state) in made.states.iter().enumerate() {
            let mut values = BASE.to_vec();
            for (place, project) in asked.projects.iter().enumerate() {
                if end(&asked, &made, place).is_some_and(|end| end <= year) {
                    for effect in &project.effects {
                        let item = values.iter_mut().find(|(item, _)| item.to_uppercase() == effect.node);
                        item.expect("an item").1 += effect.change;
                    }
                }
            }
            let whole = city(&rule, &values);
            let rows: Vec<Row> = whole.city("x", period("2025")).expect("the city");
            for (row, expected) in rows.iter().zip(&state.nodes) {
                assert_eq!(
                    (row.score, row.value, row.level),
                    (expected.score, expected.value, expected.level.as_deref()),
                    "{}",
                    row.node
                );
            }
        }
        assert!(made.states[4].nodes[0].score > made.states[0].nodes[0].score);
    }
}

#[test]
fn what_the_objective_counts_is_what_the_total_gains_where_all_is_a_line() {
    let asked = document(&json!([16.0, 16.0, 16.0, 16.0]), &json!({"years_after": 2.0}));
    let made = planned(&city(&line(), &BASE), &asked).expect("there is a schedule");
    assert!(made.is_exact());
    let total = |year: usize| made.states[year].nodes[0].score.expect("a total");
    let mut sum = 0.0;
    for year in 1..=4 {
        assert!((made.states[year].gained - (total(year) - total(0))).abs() < 1e-9, "{year}");
        sum += if year == 4 { 2.0 } else { 1.0 } * (total(year) - total(0));
    }
    assert!((made.points - sum).abs() < 1e-9, "{} against {sum}", made.points);
    // The two projects on B pass its best value, 90: 70 + 15 + 15.
    assert_eq!(made.states[4].nodes[2].score, Some(100.0));
}

#[test]
fn a_leaf_that_is_no_line_says_so_and_counts_project_by_project() {
    let asked = document(&json!([16.0, 16.0, 16.0, 16.0]), &json!({}));
    let made = planned(&city(&steps(), &BASE), &asked).expect("there is a schedule");
    let of = |place: usize| made.leaves.iter().find(|leaf| leaf.node == place).expect("the leaf");
    assert_eq!(of(2).counted, Counted::Line);
    assert!(matches!(of(3).counted, Counted::Alone(_)));
    assert!(!made.is_exact());
    // P3 alone lifts C from 20 to 32.5 and over the first step: 50 of 100, a quarter of G, which is two thirds of the total.
    let alone = document(&json!(12.0), &json!({"projects": [projects()[2]]}));
    let made = planned(&city(&steps(), &BASE), &alone).expect("there is a schedule");
    assert!((made.states[2].gained - 50.0 / 4.0 * 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn budgets_and_dependencies_hold_and_every_dropped_project_has_its_reason() {
    for (budget, carry_over) in
        [(json!([16.0, 10.0, 12.0, 16.0]), false), (json!([16.0, 10.0, 12.0, 16.0]), true), (json!(40.0), false)]
    {
        let asked = document(&budget, &json!({"carry_over": carry_over, "must": ["P3"]}));
        let made = planned(&city(&line(), &BASE), &asked).expect("there is a schedule");
        assert!(made.starts[2].is_some());
        for spend in &made.spend {
            assert!(spend.spent <= spend.available + 1e-9, "{spend:?}");
        }
        for (place, project) in asked.projects.iter().enumerate() {
            for code in project.depends_on.iter().filter(|_| made.starts[place].is_some()) {
                let needed = asked.projects.iter().position(|other| other.code == *code).expect("known");
                assert!(end(&asked, &made, needed).expect("it is done") <= made.starts[place].expect("it is done"));
            }
        }
        let dropped: Vec<usize> = made.dropped.iter().map(|dropped| dropped.project).collect();
        assert_eq!(dropped, (0..8).filter(|place| made.starts[*place].is_none()).collect::<Vec<_>>());
        let reason = |place: usize| made.dropped.iter().find(|dropped| dropped.project == place).map(|dropped| &dropped.reason);
        assert_eq!(reason(4), Some(&Reason::Budget));
        assert_eq!(reason(5), Some(&Reason::Dependency(4)));
        assert_eq!(reason(6), Some(&Reason::Horizon), "P1, P2 and then three years are five");
        assert_eq!(reason(7), Some(&Reason::NoGain));
        // Less money never brings more points.
        let points: Vec<f64> = made.shrunk.iter().filter(|it| it.is_feasible == Some(true)).map(|it| it.points).collect();
        assert!(points.windows(2).all(|pair| pair[0] >= pair[1] - 0.05), "{points:?}");
        assert_eq!(made.shrunk.len(), 6);
    }
}

#[test]
fn what_cannot_be_paid_or_does_not_fit_is_named() {
    let fault = |budget: Json, members: Json| match planned(&city(&line(), &BASE), &document(&budget, &members)) {
        Err(AssessmentError::Refused(faults)) => faults.0[0].clone(),
        other => panic!("{other:?}"),
    };
    let poor = fault(json!([5.0, 16.0, 3.0, 3.0]), json!({"must": ["P2"]}));
    assert_eq!((poor.code, poor.pointer.as_deref()), ("roadmap.infeasible_budget", Some("/budget")));
    let told = poor.message.en.clone().expect("English");
    assert!(told.contains("P1, P2") && told.contains("2026: 10 / 5; 2027: 10 / 16"), "{told}");
    assert_eq!(fault(json!(1000.0), json!({"must": ["P7"]})).code, "roadmap.horizon");
    assert_eq!(
        fault(json!(1000.0), json!({"must": ["P4"], "starts": [{"project": "P1", "year": 2028}]})).code,
        "roadmap.horizon"
    );
    let unknown = json!({"projects": [project("P", 1, 1.0, &[], &[("NOPE", 1.0), ("G", 1.0)])]});
    let unknown = planned(&city(&line(), &BASE), &document(&json!(1.0), &unknown)).expect_err("no leaf");
    assert_eq!(unknown.to_string().matches("/projects/0/effects/").count(), 2, "{unknown}");
    let silent = city(&line(), &BASE[..2]);
    let fault = planned(&silent, &document(&json!(1.0), &json!({}))).expect_err("C has no value");
    assert!(fault.to_string().contains("'C'"), "{fault}");
}

#[test]
fn fixed_starts_groups_and_overruns_are_kept() {
    let city = city(&line(), &BASE);
    let fixed = document(
        &json!(60.0),
        &json!({"starts": [{"project": "P1", "year": 2027}], "exclusive": [["P1", "P3"]], "must": ["P1"]}),
    );
    let made = planned(&city, &fixed).expect("there is a schedule");
    assert_eq!((made.starts[0], made.starts[2]), (Some(1), None));
    let reason = made.dropped.iter().find(|dropped| dropped.project == 2).map(|dropped| dropped.reason.clone());
    assert_eq!(reason, Some(Reason::Exclusive(0)));
    let over = document(&json!(60.0), &json!({"may_run_over": true, "must": ["P7"]}));
    let made = planned(&city, &over).expect("there is a schedule");
    assert!(made.starts[6] >= Some(2) && made.spend_after > 0.0);
}

#[test]
fn the_critical_path_is_the_longest_chain() {
    let asked = document(&json!(60.0), &json!({}));
    let made = planned(&city(&line(), &BASE), &asked).expect("there is a schedule");
    let done: Vec<&Project> =
        asked.projects.iter().enumerate().filter(|(place, _)| made.starts[*place].is_some()).map(|(_, it)| it).collect();
    fn longest(done: &[&Project], from: &Project) -> u32 {
        let needed = done.iter().filter(|other| from.depends_on.contains(&other.code));
        from.duration_years + needed.map(|other| longest(done, other)).max().unwrap_or(0)
    }
    let length = done.iter().map(|project| longest(&done, project)).max().expect("something is done");
    assert_eq!(made.critical.years, length as usize);
    let chain: u32 = made.critical.chain.iter().map(|place| asked.projects[*place].duration_years).sum();
    assert_eq!(chain, length);
    for pair in made.critical.chain.windows(2) {
        assert!(asked.projects[pair[1]].depends_on.contains(&asked.projects[pair[0]].code));
    }
    for place in &made.critical.chain {
        assert_eq!(made.critical.slack[*place], Some(0));
    }
}

#[test]
fn the_order_puts_the_urgent_and_easy_first_after_what_they_depend_on() {
    let of = |code: &str, urgency: u32, difficulty: u32, after: &[&str]| {
        let mut it = project(code, 1, 1.0, after, &[]);
        it["urgency"] = json!(urgency);
        it["difficulty"] = json!(difficulty);
        Project::read_at(&it, "").expect("in order")
    };
    let projects = [of("A", 1, 3, &[]), of("B", 5, 3, &["A"]), of("C", 3, 5, &[]), of("D", 3, 1, &[])];
    assert_eq!(sequence(&projects), [3, 2, 0, 1]);
}

#[test]
fn the_worked_example_of_the_page_comes_out() {
    let assessment = assessed(
        json!({}),
        &[leaf("A", json!({})), leaf("B", json!({}))],
        &[("x", "2025", "a", 40.0), ("x", "2025", "b", 60.0)],
        None,
    );
    let projects = json!([
        project("NET", 1, 8.0, &[], &[("A", 10.0)]),
        project("APP", 1, 6.0, &["NET"], &[("A", 20.0)]),
        {"code": "HUB", "title": {"en": "HUB"}, "duration_years": 2, "cost": 9, "cost_by_year": [5, 4], "effects": [{"node": "B", "change": 30}]},
    ]);
    let asked = document(&json!([10, 10, 10]), &json!({"years": 3, "must": ["NET"], "projects": projects}));
    let made = planned(&assessment, &asked).expect("there is a schedule");
    assert_eq!(made.starts, [Some(0), Some(2), Some(1)]);
    assert!(made.is_optimal && (made.points - 40.0).abs() < 1e-9, "{}", made.points);
}
