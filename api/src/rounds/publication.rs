//! Publishing a round: what is known at this moment is frozen and assessed, and the results are shown to the cities.

use citygauge_assessment::ENGINE_VERSION;
use citygauge_indicators::Fault;
use citygauge_openapi::{Code, Cohort, RoundPublication};
use serde_json::json;

use super::submission;
use super::transitions::{self, Capacity, round_words, state_words};
use crate::assessments::Options;
use crate::auth::Caller;
use crate::error::Failure;
use crate::jobs::{ComputeAssessment, enqueue};
use crate::state::State;
use crate::store::assessments::{self, NewAssessment, OfRound, Supersedes};
use crate::store::indicator_sets::{self, SetKey};
use crate::store::observations::{self, Filter};
use crate::store::rounds::{self, Class, Round, RoundState};
use crate::store::submissions::{self, SubmissionAction, SubmissionFilter, SubmissionState};
use crate::store::{StoreError, Transaction};
use crate::write::trail;

/// Publishes a round, or publishes it again after corrections; gives the round and the job of its assessment, with classes that
/// of the first.
///
/// Every class has an assessment and a release of its own, all of this one moment, whatever is corrected later: so the cities of a
/// class are ranked among themselves, and what is given out of one class holds nothing of another. Whoever verified a submission of
/// the round may not publish it.
pub async fn publish(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    round: Round,
    wanted: &RoundPublication,
) -> Result<(Round, String), Failure> {
    const PUBLISHABLE: &[RoundState] = &[RoundState::Open, RoundState::Closed, RoundState::Published];
    if !PUBLISHABLE.contains(&round.state) {
        return Err(wrong_state(&round, "发布", "publish", PUBLISHABLE));
    }
    let code = round.profile.code.clone();
    two_people(transaction, caller, &code).await?;
    commented(wanted, round.state == RoundState::Published)?;
    if round.state != RoundState::Published {
        if !wanted.incomplete {
            verified(transaction, &code).await?;
        }
        announce(transaction, state, caller, &code).await?;
    }
    let comment = wanted.comment.as_ref().map(|comment| comment.as_str().trim()).filter(|comment| !comment.is_empty());
    let former = round.publications().next_back().unwrap_or_default();
    let (mut made, mut jobs) = (Vec::new(), Vec::new());
    for (place, part) in parts(&round)?.into_iter().enumerate() {
        let supersedes = former
            .get(place)
            .zip(comment)
            .map(|(assessment, reason)| Supersedes { assessment: assessment.clone(), reason: reason.to_owned() });
        let (id, job) = assess(transaction, state, caller, part, supersedes).await?;
        made.push(id);
        jobs.push(job);
    }
    let mut published = Round { state: RoundState::Published, ..round };
    published.assessments.extend(made);
    let job = jobs.into_iter().next().ok_or_else(|| Failure::internal("a round has a set"))?;
    Ok((rounds::replace(transaction, &published, state.now_ms()).await?, job))
}

/// Refuses whoever verified: four eyes see what is published.
async fn two_people(transaction: &Transaction, caller: &Caller, round: &str) -> Result<(), Failure> {
    let verified = submissions::count_done_by(transaction, round, SubmissionAction::Verify, caller.id()).await?;
    if verified == 0 {
        return Ok(());
    }
    let who = caller.id();
    Err(Failure::conflict(
        format!("密钥 {who} 核验过本批次的 {verified} 份填报单，须由另一人发布"),
        format!("the key {who} verified {verified} submissions of the round; somebody else must publish it"),
    ))
}

/// What is incomplete, and what takes the place of something published, needs a reason.
fn commented(wanted: &RoundPublication, is_again: bool) -> Result<(), Failure> {
    let said = wanted.comment.as_ref().is_some_and(|comment| !comment.as_str().trim().is_empty());
    let (zh, en) = match (said, is_again, wanted.incomplete) {
        (false, true, _) => ("再次发布须说明理由", "to publish again needs a comment that says why"),
        (false, false, true) => ("未完成核验而发布须附说明", "to publish what is incomplete needs a comment"),
        _ => return Ok(()),
    };
    let fault = Fault::error("round.comment_required", zh, en);
    Err(Failure::invalid(fault.at("/comment").hint("请填写 comment", "say why in `comment`")))
}

/// Refuses a round with a submission that is not verified, and says how many there are in which state.
async fn verified(transaction: &Transaction, round: &str) -> Result<(), Failure> {
    let mut open: Vec<(SubmissionState, u64)> = Vec::new();
    for (_, _, state) in submissions::states(transaction, round, &[]).await? {
        if state == SubmissionState::Verified {
            continue;
        }
        match open.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => open.push((state, 1)),
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    open.sort_by_key(|(state, _)| crate::store::Word::as_str(*state));
    let zh: Vec<String> = open.iter().map(|(state, count)| format!("{} {count}", state_words(*state).0)).collect();
    let en: Vec<String> = open.iter().map(|(state, count)| format!("{count} {}", state_words(*state).1)).collect();
    Err(Failure::conflict(
        format!("尚有填报单未核验：{}；如仍要发布，请以 incomplete 并附说明", zh.join("、")),
        format!(
            "some submissions are not verified: {}; to publish all the same, send `incomplete` with a comment",
            en.join(", ")
        ),
    ))
}

/// Shows the results to the cities whose submissions are verified.
async fn announce(transaction: &Transaction, state: &State, caller: &Caller, round: &str) -> Result<(), StoreError> {
    let filter = SubmissionFilter { state: Some(SubmissionState::Verified), ..SubmissionFilter::default() };
    let transition = transitions::TABLE.iter().find(|transition| transition.by == Capacity::Publication);
    let transition = transition.ok_or_else(|| StoreError::Internal("no transition is the publication's".into()))?;
    loop {
        // Each page leaves the state that it was found in, so the first page is always the next one.
        let page = submissions::page(transaction, round, &filter, None, 1_000).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        for seen in &page.items {
            submission::write(transaction, state, caller, seen, transition, None).await?;
        }
    }
}

/// What one assessment of a publication is about: a class, or the whole round.
struct Part {
    round: OfRound,
    set: SetKey,
    periods: Vec<String>,
    cohort: Cohort,
    cities: Vec<String>,
}

fn parts(round: &Round) -> Result<Vec<Part>, Failure> {
    let (code, periods) = (&round.profile.code, &round.profile.periods);
    if round.profile.classes.is_empty() {
        let cohort = serde_json::from_value(round.profile.cohort.clone()).map_err(Failure::internal)?;
        let of = OfRound { code: code.clone(), class: None };
        let (set, cities) = (round.profile.set.clone(), round.cities.clone());
        return Ok(vec![Part { round: of, set, periods: periods.clone(), cohort, cities }]);
    }
    let of_class = |class: &Class| Part {
        round: OfRound { code: code.clone(), class: Some(class.code.clone()) },
        set: class.set.clone(),
        periods: periods.clone(),
        cohort: Cohort::Cities(class.cities.iter().cloned().map(Code::trusted).collect()),
        cities: class.cities.clone(),
    };
    Ok(round.profile.classes.iter().map(of_class).collect())
}

/// Has a part of the round assessed as it stands at this moment; gives the assessment and its job.
async fn assess(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    part: Part,
    supersedes: Option<Supersedes>,
) -> Result<(String, String), Failure> {
    let (id, job) = (state.sources().id(), state.sources().id());
    let stored = indicator_sets::find(transaction, &part.set).await?;
    let as_of_ms = this_moment(transaction, state, &part).await?;
    let options =
        Options { periods: Some(part.periods), cohort: part.cohort, cities: Some(part.cities), as_of_ms: Some(as_of_ms) };
    let assessment = NewAssessment {
        id: id.clone(),
        set: part.set,
        set_digest: stored.entry.digest,
        release_id: None,
        options: json!(options),
        engine_version: ENGINE_VERSION.to_owned(),
        job_id: job.clone(),
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
        supersedes,
        round: Some(part.round),
    };
    enqueue(transaction, state, caller, &job, Some(&id), &ComputeAssessment { assessment: id.clone() }).await?;
    assessments::insert(transaction, &assessment).await?;
    let of = assessment.round.as_ref();
    let detail = json!({
        "set": assessment.set.to_string(), "round": of.map(|of| &of.code), "class": of.and_then(|of| of.class.as_ref()),
    });
    trail(transaction, state, caller, "create_assessment", &format!("assessments/{id}"), detail).await?;
    Ok((id, job))
}

/// Now; where the clock has gone back since something was recorded, the moment of that, so that nothing which is known is left out.
async fn this_moment(transaction: &Transaction, state: &State, part: &Part) -> Result<i64, StoreError> {
    let filter = Filter { cities: part.cities.clone(), ..Filter::default() };
    Ok(observations::mark(transaction, &filter).await?.latest_at_ms.max(state.now_ms()))
}

/// The refusal of something that a round in its state does not allow.
pub fn wrong_state(round: &Round, zh: &str, en: &str, needed: &[RoundState]) -> Failure {
    let now = round_words(round.state);
    let (needed_zh, needed_en): (Vec<&str>, Vec<&str>) = needed.iter().map(|state| round_words(*state)).unzip();
    Failure::conflict(
        format!("批次处于“{}”状态，只有在“{}”状态才能{zh}", now.0, needed_zh.join("”或“")),
        format!("the round is {}; to {en} it, it must be {}", now.1, needed_en.join(" or ")),
    )
}
