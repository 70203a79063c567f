//! Moving a submission: whether it may be, and what is written.

use std::collections::HashMap;

use citygauge_indicators::{Fault, Faults, Text};
use serde_json::json;

use super::transitions::{self, Transition, action_words, round_words, state_words};
use crate::auth::Caller;
use crate::error::Failure;
use crate::state::State;
use crate::store::observations::{self, Filter, Observation, Status};
use crate::store::rounds::{Department, Round};
use crate::store::submissions::{self, Submission, SubmissionAction, SubmissionEvent};
use crate::store::{StoreError, Transaction};
use crate::write::trail;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The action.
    pub action: SubmissionAction,
    /// What is said.
    pub comment: Option<String>,
    /// Whether a submission is handed in with values missing.
    pub incomplete: bool,
}

/// Moves a submission, notes who did it and leaves a line in the trail; the round is held by the transaction.
pub async fn step(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    round: &Round,
    seen: &Submission,
    step: &Step,
) -> Result<Submission, Failure> {
    let now_ms = state.now_ms();
    let transition = admitted(caller, round, seen, step)?;
    if step.action == SubmissionAction::Submit {
        within_calendar(round, now_ms)?;
    }
    let moved = write(transaction, state, caller, seen, transition, step.comment.clone()).await?;
    // Only now that the submission is ours: whoever imports holds it until that is done.
    if step.action == SubmissionAction::Submit && !step.incomplete {
        complete(transaction, round, seen).await?;
    }
    Ok(moved)
}

/// Writes a transition that is admitted.
pub async fn write(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    seen: &Submission,
    transition: &Transition,
    comment: Option<String>,
) -> Result<Submission, StoreError> {
    let event = SubmissionEvent {
        at_ms: state.now_ms(),
        actor: caller.id().to_owned(),
        action: transition.action,
        from: seen.state,
        to: transition.to,
        comment,
    };
    let moved = submissions::step(transaction, seen, &event).await?;
    let subject = format!("rounds/{}/submissions/{}", citygauge_openapi::path_segment(&seen.place.round), seen.place.id);
    let detail = json!({
        "city": seen.place.city, "department": seen.place.department,
        "from": event.from.to_string(), "to": event.to.to_string(), "comment": event.comment,
    });
    trail(transaction, state, caller, &format!("{}_submission", transition.action), &subject, detail).await?;
    Ok(moved)
}

/// The transition that is asked for, where state, round, caller and comment allow it.
pub(super) fn admitted(caller: &Caller, round: &Round, seen: &Submission, step: &Step) -> Result<&'static Transition, Failure> {
    let review = round.profile.province_review;
    let possible: Vec<_> = transitions::of(seen.state, step.action, review).collect();
    let (action, found) = (action_words(step.action), state_words(seen.state));
    let Some(first) = possible.first() else {
        let next: Vec<_> = transitions::leaving(seen.state, review).map(|next| action_words(next.action)).collect();
        let (zh, en): (Vec<&str>, Vec<&str>) = next.into_iter().unzip();
        return Err(Failure::conflict(
            format!("填报单处于“{}”状态，不能{}；可以：{}", found.0, action.0, listed(&zh, "、", "无")),
            format!(
                "the submission is {} and cannot be asked to {}; possible: {}",
                found.1,
                action.1,
                listed(&en, ", ", "nothing")
            ),
        ));
    };
    let Some(transition) = possible.iter().find(|transition| transition.by.is_of(caller, seen)) else {
        let words: Vec<Text> = possible.iter().map(|transition| transition.by.words()).collect();
        let joined =
            |of: fn(&Text) -> Option<&String>, by: &str| words.iter().filter_map(of).cloned().collect::<Vec<_>>().join(by);
        return Err(Failure::Forbidden(Text::both(
            format!("只有{}可以{}", joined(|text| text.zh.as_ref(), "或"), action.0),
            format!("only {} may {}", joined(|text| text.en.as_ref(), " or "), action.1),
        )));
    };
    if !transition.during.contains(&round.state) {
        let (now, needed) = (round_words(round.state), first.during.iter().map(|state| round_words(*state)));
        let (zh, en): (Vec<&str>, Vec<&str>) = needed.unzip();
        return Err(Failure::conflict(
            format!("批次处于“{}”状态，只有在“{}”状态才能{}", now.0, zh.join("”或“"), action.0),
            format!("the round is {}; to {} it must be {}", now.1, action.1, en.join(" or ")),
        ));
    }
    let said = step.comment.as_deref().is_some_and(|comment| !comment.trim().is_empty());
    if !said && (transition.comment || step.incomplete) {
        let fault = Fault::error(
            "submission.comment_required",
            format!("{}须附说明", action.0),
            format!("to {} needs a comment", action.1),
        );
        return Err(Failure::invalid(fault.at("/comment").hint("请填写 comment", "say why in `comment`")));
    }
    Ok(transition)
}

fn listed(words: &[&str], by: &str, none: &str) -> String {
    if words.is_empty() { none.to_owned() } else { words.join(by) }
}

/// Refuses what is handed in before or after the time of the round.
fn within_calendar(round: &Round, now_ms: i64) -> Result<(), Failure> {
    let moment = citygauge_openapi::Moment::from_ms;
    if let Some(opens) = round.profile.opens_at_ms.filter(|opens| now_ms < *opens) {
        let opens = moment(opens);
        return Err(Failure::conflict(
            format!("批次自 {opens} 起接受提交"),
            format!("the round takes submissions from {opens} on"),
        ));
    }
    if let Some(closes) = round.profile.closes_at_ms.filter(|closes| now_ms >= *closes) {
        let closes = moment(closes);
        return Err(Failure::conflict(
            format!("批次已于 {closes} 停止接受提交"),
            format!("the round took submissions until {closes}"),
        ));
    }
    Ok(())
}

/// Refuses a submission in which a value is blank, rejected, or missing without a note: all of them at once.
async fn complete(transaction: &Transaction, round: &Round, submission: &Submission) -> Result<(), Failure> {
    let place = &submission.place;
    let departments = round.departments_of(&place.city);
    let department = departments.iter().find(|department| department.department == place.department);
    let department = department.ok_or_else(|| Failure::internal("a submission of a department that the round does not have"))?;
    let known = current(transaction, round, &place.city, department).await?;
    let mut faults = Faults::default();
    for period in &round.profile.periods {
        for item in &department.items {
            let fault = match known.get(&(period.as_str(), item.as_str())) {
                None => {
                    Fault::error("submission.blank", format!("数据项“{item}”尚未填报"), format!("nothing is known of '{item}'"))
                        .hint(
                            "请填报数值，或说明缺失原因，或标明不适用",
                            "report it, or declare it missing with a note or not applicable with its reason",
                        )
                }
                Some(value) if value.value.status == Status::Rejected => Fault::error(
                    "submission.rejected",
                    format!("数据项“{item}”已被退审"),
                    format!("the value of '{item}' was rejected"),
                )
                .hint("请按退审理由更正", "correct it as its note says"),
                Some(value) if value.value.status == Status::Missing && is_silent(value) => Fault::error(
                    "submission.missing_without_note",
                    format!("数据项“{item}”缺失而未说明原因"),
                    format!("'{item}' is missing without a note"),
                )
                .hint("请在 note 中说明缺失原因", "say in its note why it is missing"),
                Some(_) => continue,
            };
            faults.push(fault.city(place.city.as_str()).period(period.as_str()).of(item.as_str()));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}

fn is_silent(value: &Observation) -> bool {
    value.value.note.as_deref().is_none_or(|note| note.trim().is_empty())
}

type ByPlace<'a> = HashMap<(&'a str, &'a str), Observation>;

/// What is known of a department's items, by period and item.
async fn current<'a>(
    transaction: &Transaction,
    round: &'a Round,
    city: &str,
    department: &'a Department,
) -> Result<ByPlace<'a>, StoreError> {
    let periods = &round.profile.periods;
    let mut known = HashMap::new();
    for items in department.items.chunks(1_000) {
        let filter =
            Filter { cities: vec![city.to_owned()], items: items.to_vec(), periods: periods.clone(), ..Filter::default() };
        let most = (items.len() * periods.len()) as u64;
        for observation in observations::page(transaction, &filter, None, most).await?.items {
            let period = periods.iter().find(|period| **period == observation.value.period);
            let item = items.iter().find(|item| **item == observation.value.item);
            if let Some(place) = period.zip(item) {
                known.insert((place.0.as_str(), place.1.as_str()), observation);
            }
        }
    }
    Ok(known)
}
