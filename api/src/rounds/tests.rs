//! Every state, action and caller, with the answer that is expected; written apart from the table of transitions.

use std::collections::BTreeSet;

use super::submission::{Step, admitted};
use super::transitions::{self, Capacity, TABLE, Tier, action_words, state_words};
use crate::auth::Caller;
use crate::store::Word;
use crate::store::indicator_sets::SetKey;
use crate::store::keys::{KeyScope, Role};
use crate::store::rounds::{NewRound, Round, RoundState, Visibility};
use crate::store::submissions::{NewSubmission, Submission, SubmissionAction, SubmissionState};

const STATES: [SubmissionState; 11] = [
    SubmissionState::Draft,
    SubmissionState::Submitted,
    SubmissionState::Returned,
    SubmissionState::Accepted,
    SubmissionState::Reviewed,
    SubmissionState::Verified,
    SubmissionState::Provisional,
    SubmissionState::Objected,
    SubmissionState::Upheld,
    SubmissionState::Dismissed,
    SubmissionState::Final,
];

const ACTIONS: [SubmissionAction; 10] = [
    SubmissionAction::Submit,
    SubmissionAction::Return,
    SubmissionAction::Accept,
    SubmissionAction::Review,
    SubmissionAction::Verify,
    SubmissionAction::Announce,
    SubmissionAction::Object,
    SubmissionAction::Uphold,
    SubmissionAction::Dismiss,
    SubmissionAction::Finalise,
];

/// What happens in a round without a review by the province, and where it leads.
const WITHOUT_PROVINCE: &str = "draft submit submitted, returned submit submitted, submitted accept accepted, \
    submitted return returned, accepted return returned, accepted verify verified, verified return returned, \
    verified announce provisional, provisional object objected, objected uphold upheld, objected dismiss dismissed, \
    provisional finalise final, upheld finalise final, dismissed finalise final";

/// What happens in a round with one.
const WITH_PROVINCE: &str = "draft submit submitted, returned submit submitted, submitted accept accepted, \
    submitted return returned, accepted return returned, accepted review reviewed, reviewed verify verified, \
    reviewed return returned, verified return returned, verified announce provisional, provisional object objected, \
    objected uphold upheld, objected dismiss dismissed, provisional finalise final, upheld finalise final, \
    dismissed finalise final";

const DEPARTMENT: &str = "draft submit, returned submit";
const COORDINATOR: &str = "draft submit, returned submit, submitted accept, submitted return, provisional object";
const PROVINCE: &str = "accepted review, accepted return";
const EVALUATOR: &str = "accepted return, accepted verify, reviewed verify, reviewed return, verified return, objected uphold, \
    objected dismiss, provisional finalise, upheld finalise, dismissed finalise";
const ADMIN: &str = "draft submit, returned submit, submitted accept, submitted return, provisional object, accepted review, \
    accepted return, accepted verify, reviewed verify, reviewed return, verified return, objected uphold, objected dismiss, \
    provisional finalise, upheld finalise, dismissed finalise";

fn callers() -> Vec<(Caller, &'static str)> {
    let caller = |role, cities: &[&str], departments: &[&str], items: &[&str]| {
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let scope =
            KeyScope { cities: owned(cities), departments: owned(departments), items: owned(items), ..Default::default() };
        Caller::new("k".into(), role, scope)
    };
    vec![
        (caller(Role::Admin, &[], &[], &[]), ADMIN),
        (caller(Role::Evaluator, &[], &[], &[]), EVALUATOR),
        (caller(Role::Evaluator, &["a", "b"], &[], &[]), PROVINCE),
        (caller(Role::Evaluator, &["b"], &[], &[]), ""),
        (caller(Role::Reporter, &["a"], &[], &[]), COORDINATOR),
        (caller(Role::Reporter, &["b"], &[], &[]), ""),
        (caller(Role::Reporter, &["a"], &["公安局"], &[]), DEPARTMENT),
        (caller(Role::Reporter, &["a"], &["园林局"], &[]), ""),
        (caller(Role::Reporter, &["a"], &["公安局"], &["crimes"]), ""),
        (caller(Role::Methodologist, &[], &[], &[]), ""),
        (caller(Role::Viewer, &[], &[], &[]), ""),
        (caller(Role::Expert, &[], &[], &[]), ""),
    ]
}

fn round(province_review: bool, state: RoundState) -> Round {
    Round {
        profile: NewRound {
            code: "r".into(),
            title_zh: None,
            title_en: Some("R".into()),
            set: SetKey { code: "s".into(), version: "1".into() },
            periods: vec!["2026".into()],
            cohort: serde_json::json!("all"),
            province_review,
            opens_at_ms: None,
            due_at_ms: None,
            closes_at_ms: None,
            classes: Vec::new(),
            visibility: Visibility::Private,
            public_from_ms: None,
        },
        state,
        cities: vec!["a".into()],
        departments: Vec::new(),
        pseudonyms: None,
        assessments: Vec::new(),
        revision: 1,
        created_at_ms: 0,
        created_by: "k".into(),
        updated_at_ms: 0,
    }
}

fn submission(state: SubmissionState) -> Submission {
    let place = NewSubmission { id: "s".into(), round: "r".into(), city: "a".into(), department: "公安局".into() };
    Submission { place, state, submitted_at_ms: None, revision: 1, updated_at_ms: 0 }
}

fn step(action: SubmissionAction, comment: Option<&str>) -> Step {
    Step { action, comment: comment.map(str::to_owned), incomplete: false }
}

/// The round's state in which a transition happens: everything after the announcement needs a published one.
fn during(state: SubmissionState) -> RoundState {
    use SubmissionState::{Dismissed, Final, Objected, Provisional, Upheld};
    if matches!(state, Provisional | Objected | Upheld | Dismissed | Final) { RoundState::Published } else { RoundState::Open }
}

#[test]
fn every_state_action_and_caller_gets_the_answer_that_is_written_down() {
    let mut answers = [0; 3];
    for (province_review, possible) in [(false, WITHOUT_PROVINCE), (true, WITH_PROVINCE)] {
        for state in STATES {
            for action in ACTIONS {
                let pair = format!("{state} {action}");
                let leads_to = possible.split(", ").find_map(|line| line.strip_prefix(&format!("{pair} ")));
                for (caller, allowed) in callers() {
                    let allowed = if allowed == PROVINCE && !province_review { "" } else { allowed };
                    let round = round(province_review, during(state));
                    let answer = admitted(&caller, &round, &submission(state), &step(action, Some("because")));
                    let found = answer.as_ref().map(|transition| transition.to.as_str()).map_err(|no| no.status().as_u16());
                    let expected = match leads_to {
                        None => Err(409),
                        Some(to) if allowed.split(", ").any(|own| own == pair) => Ok(to),
                        Some(_) => Err(403),
                    };
                    assert_eq!(found, expected, "{pair} by {caller:?}, province {province_review}");
                    answers[match expected {
                        Ok(_) => 0,
                        Err(403) => 1,
                        Err(_) => 2,
                    }] += 1;
                }
            }
        }
    }
    assert_eq!(answers.iter().sum::<usize>(), 2 * 11 * 10 * 12);
    assert!(answers.iter().all(|count| *count > 50), "{answers:?}");
}

#[test]
fn what_needs_a_comment_is_refused_without_one() {
    let needed = [
        "submitted return",
        "accepted return",
        "reviewed return",
        "verified return",
        "provisional object",
        "objected uphold",
        "objected dismiss",
    ];
    let admin = Caller::service();
    for line in TABLE.iter().filter(|line| line.by != Capacity::Publication) {
        let round = round(line.tier == Tier::WithProvince, during(line.from));
        let answer = admitted(&admin, &round, &submission(line.from), &step(line.action, Some("  ")));
        let pair = format!("{} {}", line.from, line.action);
        let expected = if needed.contains(&pair.as_str()) { Some(422) } else { None };
        assert_eq!(answer.err().map(|no| no.status().as_u16()), expected, "{pair}");
    }
    let incomplete = Step { incomplete: true, ..step(SubmissionAction::Submit, None) };
    let refused = admitted(&admin, &round(false, RoundState::Open), &submission(SubmissionState::Draft), &incomplete);
    assert_eq!(refused.err().map(|no| no.status().as_u16()), Some(422));
}

#[test]
fn the_state_of_the_round_is_heeded() {
    let admin = Caller::service();
    for (state, action, fits) in [
        (SubmissionState::Draft, SubmissionAction::Submit, "open"),
        (SubmissionState::Submitted, SubmissionAction::Return, "open"),
        (SubmissionState::Submitted, SubmissionAction::Accept, "open closed"),
        (SubmissionState::Accepted, SubmissionAction::Verify, "open closed"),
        (SubmissionState::Provisional, SubmissionAction::Object, "published"),
        (SubmissionState::Upheld, SubmissionAction::Finalise, "published"),
    ] {
        for now in [RoundState::Draft, RoundState::Open, RoundState::Closed, RoundState::Published] {
            let answer = admitted(&admin, &round(false, now), &submission(state), &step(action, Some("because")));
            let possible = fits.split(' ').any(|fit| fit == now.as_str());
            assert_eq!(answer.err().map(|no| no.status().as_u16()), (!possible).then_some(409), "{action} while {now}");
        }
    }
}

#[test]
fn every_state_is_reached_and_all_but_the_last_are_left() {
    let reached: BTreeSet<&str> = TABLE.iter().map(|line| line.to.as_str()).collect();
    for state in STATES {
        assert!(state == SubmissionState::Draft || reached.contains(state.as_str()), "{state} is never reached");
        for review in [false, true] {
            let is_end = state == SubmissionState::Final || (state == SubmissionState::Reviewed && !review);
            assert_eq!(transitions::leaving(state, review).next().is_none(), is_end, "{state}, province {review}");
        }
    }
}

/// The table as the documentation shows it.
fn documented() -> String {
    let mut page = String::from(
        "| From | Action | To | Who | Rounds | While the round is | Comment |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let both =
        |(zh, en): (&str, &str), word: &str| if word == en { format!("`{word}` {zh}") } else { format!("`{word}` {zh} ({en})") };
    for line in TABLE {
        let words = line.by.words();
        let who = format!("{} {}", words.en.unwrap_or_default(), words.zh.unwrap_or_default());
        let tier = match line.tier {
            Tier::Any => "all",
            Tier::WithProvince => "with review by the province",
            Tier::WithoutProvince => "without review by the province",
        };
        let during: Vec<String> = line.during.iter().map(|state| format!("`{state}`")).collect();
        page.push_str(&format!(
            "| {} | {} | {} | {who} | {tier} | {} | {} |\n",
            both(state_words(line.from), line.from.as_str()),
            both(action_words(line.action), line.action.as_str()),
            both(state_words(line.to), line.to.as_str()),
            during.join(", "),
            if line.comment { "required" } else { "" },
        ));
    }
    page
}

#[test]
fn the_page_on_rounds_shows_the_table_as_it_is() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rounds.md")).expect("the page is there");
    let documented = documented();
    assert!(page.contains(&documented), "docs/rounds.md should hold:\n{documented}");
}
