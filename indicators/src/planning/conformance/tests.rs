use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;
use crate::planning::{ArchitectureAspect, ArchitecturePart, ElementKind};
use crate::text::Text;

fn standard() -> Standard {
    Standard::find("gbt36333-2018").expect("it is known")
}

fn element(code: &str, kind: ElementKind, document: Value, links: &[&str]) -> ElementFact {
    let link = |name: &&str| match name.strip_prefix("element:") {
        Some(code) => LinkFact { to: "element", element: Some(code.to_owned()) },
        None => LinkFact { to: if *name == "gap" { "gap" } else { "assessment" }, element: None },
    };
    ElementFact { code: code.to_owned(), kind, document, links: links.iter().map(link).collect(), recheck: false }
}

fn judged(rule: Value, facts: &Facts) -> Judgement {
    let clause = json!({"id": "x:1", "text": {"en": "x"}, "rule": rule});
    let standard = json!({"code": "x", "number": "X", "title": {"en": "x"}, "clauses": [clause]});
    let standard: Standard = serde_json::from_value(standard).expect("a standard");
    standard.judge(facts).remove(0)
}

fn status_of(clause: &str, facts: &Facts) -> (ClauseStatus, Vec<String>) {
    let standard = standard();
    let judged = standard.judge(facts);
    let place = standard.clauses.iter().position(|known| known.id == format!("gbt36333-2018:{clause}")).expect("a clause");
    (judged[place].status, judged[place].lacks.iter().filter_map(|text| text.en.clone()).collect())
}

fn each(rule: &Rule, see: &mut impl FnMut(&Rule)) {
    see(rule);
    if let Rule::AllOf(rules) | Rule::AnyOf(rules) = rule {
        rules.iter().for_each(|rule| each(rule, see));
    }
}

#[test]
fn every_standard_is_read_and_its_clauses_stand_once_under_its_code() {
    for (code, text) in STANDARDS {
        let standard: Standard = serde_json::from_str(text).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(standard.code, code);
        let mut ids = BTreeSet::new();
        for clause in &standard.clauses {
            assert!(clause.id.starts_with(&format!("{code}:")) && ids.insert(&clause.id), "{}", clause.id);
            for text in std::iter::once(&clause.text).chain(&clause.note) {
                assert!(text.zh.is_some() && text.en.is_some(), "{}", clause.id);
            }
        }
    }
}

#[test]
fn the_standard_has_every_clause_of_chapters_4_to_9_and_every_row_of_annex_a() {
    let standard = standard();
    let count = |prefix: &str| standard.clauses.iter().filter(|clause| clause.id[14..].starts_with(prefix)).count();
    // Counted in the text of the standard, lettered items in place of the clause that lists them.
    assert_eq!(["4.", "5.", "6.", "7.", "8.", "9."].map(count), [14, 8, 32, 16, 26, 13]);
    // The rows of table A.1, counted by hand: inputs and outputs of its nineteen activities.
    let rows = [
        ("strategy", 5, 4),
        ("survey", 4, 5),
        ("assessment", 2, 4),
        ("other_plans", 4, 4),
        ("requirements", 4, 10),
        ("overall_general", 1, 1),
        ("guiding", 4, 2),
        ("goals", 3, 4),
        ("overall_architecture", 1, 1),
        ("business", 1, 2),
        ("data", 2, 4),
        ("application", 3, 5),
        ("infrastructure", 3, 4),
        ("security", 3, 2),
        ("standards", 5, 3),
        ("tasks", 2, 2),
        ("operating_models", 2, 2),
        ("stages", 2, 2),
        ("safeguards", 1, 7),
    ];
    for (activity, inputs, outputs) in rows {
        let found = (count(&format!("A.{activity}.in.")), count(&format!("A.{activity}.out.")));
        assert_eq!(found, (inputs, outputs), "{activity}");
    }
    assert_eq!(count("A."), rows.iter().map(|(_, inputs, outputs)| inputs + outputs).sum::<usize>());
}

/// A rule that asks for a word that no document can hold could never be satisfied.
#[test]
fn rules_speak_of_words_facts_and_clauses_that_there_are() {
    let standard = standard();
    let facts = Facts {
        goal_plans: Some(GoalPlanFacts { linted: true, ..GoalPlanFacts::default() }),
        roadmaps: Some(RoadmapFacts::default()),
        ..Facts::default()
    };
    let aspects: BTreeMap<&str, ArchitecturePart> =
        ArchitectureAspect::ALL.iter().map(|aspect| (aspect.word(), aspect.part())).collect();
    for clause in &standard.clauses {
        each(&clause.rule, &mut |rule| match rule {
            Rule::Fact { name, .. } => assert!(facts.measured(name).is_some(), "{}: {name}", clause.id),
            Rule::Linked { to, .. } => {
                for word in to {
                    let known = ElementKind::ALL.iter().any(|kind| kind.word() == word)
                        || crate::planning::LinkTarget::KINDS.contains(&word.as_str());
                    assert!(known, "{}: {word}", clause.id);
                }
            }
            Rule::Covers { member, words, .. } if member == "aspects" => {
                assert!(words.iter().all(|word| aspects.contains_key(word.as_str())), "{}: {words:?}", clause.id);
            }
            Rule::Clauses(wanted) => {
                for wanted in wanted {
                    let found = standard.clauses.iter().any(|other| {
                        let id = &other.id[14..];
                        let fits = if wanted.ends_with('.') { id.starts_with(wanted) } else { id == wanted };
                        fits && !matches!(other.rule, Rule::Clauses(_))
                    });
                    assert!(found, "{}: {wanted}", clause.id);
                }
            }
            Rule::AllOf(rules) | Rule::AnyOf(rules) => {
                let is_plain = rules.iter().all(|rule| !matches!(rule, Rule::Clauses(_) | Rule::OutOfScope(_)));
                assert!(is_plain, "{}: these stand alone", clause.id);
            }
            _ => {}
        });
    }
}

#[test]
fn an_empty_dossier_satisfies_nothing_but_its_years() {
    let facts = Facts { years: 5.0, ..Facts::default() };
    let standard = standard();
    let satisfied: Vec<&str> = standard
        .clauses
        .iter()
        .zip(standard.judge(&facts))
        .filter(|(_, judged)| judged.status != ClauseStatus::Missing)
        .map(|(clause, _)| clause.id.as_str())
        .collect();
    assert_eq!(satisfied, ["gbt36333-2018:4.3"]);
    assert_eq!(status_of("4.3", &Facts { years: 7.0, ..Facts::default() }).0, ClauseStatus::Partial);
}

#[test]
fn words_that_are_not_covered_are_named() {
    let rule =
        json!({"covers": {"select": {"kinds": ["requirement"]}, "member": "parties", "words": ["government", "resident"]}});
    let mut facts = Facts::default();
    assert_eq!(judged(rule.clone(), &facts).status, ClauseStatus::Missing);
    facts.elements.push(element("R", ElementKind::Requirement, json!({"parties": ["resident"]}), &[]));
    let partial = judged(rule.clone(), &facts);
    assert_eq!(partial.status, ClauseStatus::Partial);
    assert_eq!(partial.lacks, [Text::both("建设需求缺少 parties：government", "no requirement with parties: government")]);
    assert_eq!(partial.proof, [Proof::Element("R".into())]);
    facts.elements.push(element("Q", ElementKind::Requirement, json!({"parties": ["government"]}), &[]));
    assert_eq!(judged(rule, &facts).status, ClauseStatus::Satisfied);
}

#[test]
fn what_is_to_be_rechecked_bears_out_in_part_only() {
    let rule = json!({"elements": {"select": {"kinds": ["task"]}}});
    let mut facts = Facts { elements: vec![element("T", ElementKind::Task, json!({}), &[])], ..Facts::default() };
    assert_eq!(judged(rule.clone(), &facts).status, ClauseStatus::Satisfied);
    facts.elements[0].recheck = true;
    let doubtful = judged(rule, &facts);
    assert_eq!((doubtful.status, doubtful.lacks.len()), (ClauseStatus::Partial, 1));
}

#[test]
fn members_are_filled_and_links_are_followed() {
    let complete = json!({"complete": {"select": {"kinds": ["project"]}, "members": ["owner", "effects"]}});
    let every = json!({"linked": {"select": {"kinds": ["project"]}, "to": ["task", "gap"], "share": "every"}});
    let to_urgent = json!({"linked": {"to": ["task"], "to_where": {"priority": 5}}});
    let mut facts = Facts {
        elements: vec![
            element("P", ElementKind::Project, json!({"owner": {"en": "x"}, "effects": []}), &["element:T"]),
            element("Q", ElementKind::Project, json!({"owner": {"en": "x"}, "effects": [{"node": "n"}]}), &["assessment"]),
            element("T", ElementKind::Task, json!({"priority": 4}), &[]),
        ],
        ..Facts::default()
    };
    assert_eq!(judged(complete, &facts).lacks, [Text::both("“P”缺少：effects", "'P' lacks effects")]);
    let one = judged(every.clone(), &facts);
    assert_eq!((one.status, one.lacks[0].en.as_deref()), (ClauseStatus::Partial, Some("not linked to task | gap: Q")));
    assert_eq!(judged(to_urgent.clone(), &facts).status, ClauseStatus::Missing);
    facts.elements[1].links.push(LinkFact { to: "gap", element: None });
    facts.elements[2].document = json!({"priority": 5});
    assert_eq!(judged(every, &facts).status, ClauseStatus::Satisfied);
    assert_eq!(judged(to_urgent, &facts).status, ClauseStatus::Satisfied);
}

#[test]
fn some_of_all_is_partial_one_of_any_is_enough_and_out_of_scope_says_why() {
    let facts = Facts { gap_analyses: vec!["/g".into()], ..Facts::default() };
    let (here, absent) =
        (json!({"fact": {"name": "gap_analysis", "at_least": 1}}), json!({"fact": {"name": "path", "at_least": 1}}));
    assert_eq!(judged(json!({"all_of": [here, absent]}), &facts).status, ClauseStatus::Partial);
    assert_eq!(judged(json!({"any_of": [absent, here]}), &facts).proof, [Proof::Place("/g".into())]);
    let why = json!({"zh": "缘由", "en": "why"});
    assert_eq!(judged(json!({"out_of_scope": why}), &facts).status, ClauseStatus::OutOfScope);
}

#[test]
fn goal_plans_and_roadmaps_are_judged_by_what_is_known_of_them() {
    let mut facts = Facts { years: 5.0, gap_analyses: vec!["/api/v1/gap-analyses/g".into()], ..Facts::default() };
    for clause in ["7.3.1", "7.3.3.c", "7.3.4", "A.goals.out.1"] {
        assert_eq!(status_of(clause, &facts).0, ClauseStatus::Missing, "{clause}");
    }
    let finding = Text::both("太快", "faster than any peer");
    facts.goal_plans = Some(GoalPlanFacts {
        plans: vec!["/api/v1/goal-plans/p".into()],
        overall: 1,
        sub: 3,
        linted: true,
        findings: BTreeMap::from([("7.3.3.c".to_owned(), vec![finding])]),
        ..GoalPlanFacts::default()
    });
    assert_eq!(status_of("7.3.1", &facts), (ClauseStatus::Partial, vec!["goal_plan.stage: 0, at least 1 wanted".into()]));
    assert_eq!(status_of("7.3.3.b", &facts).0, ClauseStatus::Satisfied);
    assert_eq!(status_of("7.3.3.c", &facts), (ClauseStatus::Partial, vec!["faster than any peer".into()]));
    if let Some(plans) = &mut facts.goal_plans {
        (plans.stage, plans.stage_described, plans.revisions) = (2, 2, 1);
        plans.findings.clear();
    }
    for clause in ["7.3.1", "7.3.2", "7.3.3.c", "7.3.4", "A.goals.out.4"] {
        assert_eq!(status_of(clause, &facts).0, ClauseStatus::Satisfied, "{clause}");
    }
    assert_eq!(status_of("9.3.1", &facts).0, ClauseStatus::Partial);
    facts.roadmaps = Some(RoadmapFacts { roadmaps: vec!["/api/v1/roadmaps/r".into()], stages: 2, scheduled: 5 });
    assert_eq!(status_of("9.3.1", &facts).0, ClauseStatus::Satisfied);
    // A plan that nobody has linted shows nothing of 7.3.3.
    if let Some(plans) = &mut facts.goal_plans {
        plans.linted = false;
    }
    assert_eq!(status_of("7.3.3.c", &facts).0, ClauseStatus::Missing);
}
