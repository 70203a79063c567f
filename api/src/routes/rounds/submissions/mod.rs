//! Submissions of a round: what each department of each city hands in, and how it is reviewed.

mod events;
mod list;
mod show;
mod template;
mod transition;

use citygauge_openapi::{self as wire, Code, Id, Moment};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::Caller;
use crate::error::Failure;
use crate::store::rounds::Round;
use crate::store::submissions::{self, Submission, SubmissionAction, SubmissionEvent, SubmissionState};
use crate::store::{ConnectionTrait, StoreError};

/// Mounts the operations on submissions.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_submissions)
        .service(show::show_submission)
        .service(template::show_submission_template)
        .service(events::list_submission_events)
        .service(transition::step_submission);
}

/// The path of a submission.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SubmissionPath {
    /// The code of the round
    code: Code,
    /// The submission
    id: Id,
}

/// The submission at a path, of a city that the caller may see.
async fn found(conn: &impl ConnectionTrait, caller: &Caller, path: &SubmissionPath) -> Result<Submission, Failure> {
    let submission = submissions::find(conn, path.id.as_str()).await?;
    if submission.place.round != path.code.as_str() {
        return Err(StoreError::Absent { table: "submissions", key: path.id.to_string() }.into());
    }
    caller.require_city(&submission.place.city)?;
    Ok(submission)
}

fn tag(submission: &Submission) -> Tag {
    Tag::of_row(submission.revision, submission.updated_at_ms)
}

fn present(submission: Submission, round: &Round) -> wire::Submission {
    let due = round.profile.due_at_ms;
    wire::Submission {
        id: Id::trusted(submission.place.id),
        round: Code::trusted(submission.place.round),
        city: Code::trusted(submission.place.city),
        department: submission.place.department,
        state: present_state(submission.state),
        submitted_at: submission.submitted_at_ms.map(Moment::from_ms),
        late: submission.submitted_at_ms.zip(due).is_some_and(|(submitted, due)| submitted > due),
        updated_at: Moment::from_ms(submission.updated_at_ms),
    }
}

fn present_event(event: SubmissionEvent) -> wire::SubmissionEvent {
    wire::SubmissionEvent {
        at: Moment::from_ms(event.at_ms),
        actor: event.actor,
        action: present_action(event.action),
        from: present_state(event.from),
        to: present_state(event.to),
        comment: event.comment,
    }
}

/// Two vocabularies with the same words, each way.
macro_rules! same_words {
    ($there:ident, $back:ident, $name:ident { $($word:ident)+ }) => {
        /// The word of the contract.
        pub(super) fn $there(word: $name) -> wire::$name {
            match word { $($name::$word => wire::$name::$word,)+ }
        }

        /// The word of the store.
        fn $back(word: wire::$name) -> $name {
            match word { $(wire::$name::$word => $name::$word,)+ }
        }
    };
}

same_words!(present_state, state_of, SubmissionState {
    Draft Submitted Returned Accepted Reviewed Verified Provisional Objected Upheld Dismissed Final
});
same_words!(present_action, action_of, SubmissionAction {
    Submit Return Accept Review Verify Announce Object Uphold Dismiss Finalise
});
