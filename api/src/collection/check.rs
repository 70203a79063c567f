//! What is wrong with a source that somebody wants to make.

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{Code, Line, SourceProfile};

use super::plan::below;
use super::{Document, Plan};
use crate::error::Failure;
use crate::schedule::Schedule;
use crate::state::State;
use crate::store::Transaction;
use crate::store::sources::{NewSource, Source};

/// A source that somebody sent, with what is wrong with it whatever else there is.
#[derive(Debug)]
pub struct Draft {
    code: String,
    title_zh: Option<String>,
    title_en: Option<String>,
    enabled: bool,
    document: Document,
    schedule: Option<Schedule>,
    faults: Faults,
}

impl Draft {
    /// Looks at a source before any transaction begins: the due moments of its schedule are tried out, which takes its time.
    pub fn read(state: &State, code: &Code, profile: SourceProfile) -> Self {
        let mut faults = Faults::default();
        if profile.title_zh.is_none() && profile.title_en.is_none() {
            let fault = Fault::error("source.no_title", "没有标题", "there is no title");
            faults.push(fault.at("").hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
        }
        let text = |text: &Option<Line>| text.as_ref().map(ToString::to_string);
        let (title_zh, title_en, enabled) = (text(&profile.title_zh), text(&profile.title_en), profile.enabled);
        let document = Document::of(profile);
        faults.0.extend(below("/from", state.outbound().check(&document.from)).0);
        if let Some(name) = &document.secret {
            let fault = state.outbound().check_secret(&document.from, name.as_str());
            faults.0.extend(fault.map(|fault| fault.at("/secret")));
        }
        let schedule = schedule(state, &document, &mut faults);
        Self { code: code.to_string(), title_zh, title_en, enabled, document, schedule, faults }
    }

    /// The source as the store keeps it; every fault at once.
    ///
    /// A source whose schedule goes on unchanged stays due when it was due.
    pub async fn checked(self, state: &State, transaction: &Transaction, known: Option<&Source>) -> Result<NewSource, Failure> {
        let Self { code, title_zh, title_en, enabled, document, schedule, mut faults } = self;
        if let Err(found) = Plan::of(transaction, &document).await? {
            faults.0.extend(found.0);
        }
        if !faults.is_empty() {
            return Err(Failure::Invalid(faults));
        }
        let waits_for = match known {
            Some(known) if Document::kept(known)?.schedule == document.schedule => known.profile.next_due_at_ms,
            _ => None,
        };
        let schedule = schedule.filter(|_| enabled);
        let next_due_at_ms = schedule.and_then(|schedule| waits_for.or_else(|| schedule.after(state.now_ms())));
        Ok(NewSource { code, title_zh, title_en, document: document.to_kept()?, enabled, next_due_at_ms })
    }
}

fn schedule(state: &State, document: &Document, faults: &mut Faults) -> Option<Schedule> {
    let wanted = document.schedule.as_ref()?;
    let shortest_s = state.config().sources.shortest_interval_s;
    let read = Schedule::read(wanted.cron.as_str(), wanted.time_zone.as_str(), shortest_s, state.now_ms());
    read.map_err(|found| faults.0.extend(found.0)).ok()
}
