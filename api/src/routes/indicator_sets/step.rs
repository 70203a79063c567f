//! What publishing and retiring share: a version takes the step once, and taking it again changes nothing.

use serde_json::json;

use super::{Place, present, subject, tag};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::Failure;
use crate::extract::{IfMatch, Lang, Once};
use crate::routes::validation_rules::taken;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::{self, SetState};
use crate::write::{once, trail};

/// A step in the life of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Publish,
    Retire,
}

impl Step {
    /// Takes the step, unless the version has taken it already.
    pub async fn take(
        self,
        caller: &Caller,
        state: &State,
        language: Lang,
        place: &Place,
        if_match: &IfMatch,
        request: &Once,
    ) -> Result<Answer, Failure> {
        let key = place.key();
        let (there, action) = match self {
            Self::Publish => (SetState::Published, "publish_indicator_set"),
            Self::Retire => (SetState::Retired, "retire_indicator_set"),
        };
        // A set that the engine cannot take is found out here, before anybody relies on it.
        let (_, set) = sets::find(state, &key).await?;
        once(state, caller, request, "", async |transaction| {
            let mut known = indicator_sets::find(transaction, &key).await?;
            if_match.admit_if_given(&tag(&known.entry))?;
            if known.entry.state != there {
                if self == Self::Publish {
                    let taken = taken(transaction, &set).await?;
                    if !taken.is_empty() {
                        return Err(Failure::Invalid(taken));
                    }
                }
                let (revision, now_ms) = (known.entry.revision, state.now_ms());
                known.entry = match self {
                    Self::Publish => indicator_sets::publish(transaction, &key, revision, caller.id(), now_ms).await?,
                    Self::Retire => indicator_sets::retire(transaction, &key, revision, now_ms).await?,
                };
                let detail = json!({ "digest": known.entry.digest });
                trail(transaction, state, caller, action, &subject(&key), detail).await?;
            }
            let tag = tag(&known.entry);
            Ok(Answer::row(&present(known.entry, &known.document, set.warnings(), language.0)?, &tag))
        })
        .await
    }
}
