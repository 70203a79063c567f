//! The task that follows the schedules: it enqueues one run for each due moment, however many processes look at the clock.
//!
//! A source keeps the moment at which it is due next. Whoever finds that it has come moves the source on and inserts the run
//! in one transaction; whoever comes second finds the source moved, and the run there. Moments that were missed while
//! nobody looked have one run together, for the last of them.

use std::time::Duration;

use actix_web::web;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::{Document, start};
use crate::auth::Caller;
use crate::schedule::Schedule;
use crate::state::State;
use crate::store::StoreError;
use crate::store::sources::runs::{self, NewRun, StartedBy};
use crate::store::sources::{self, Source};

/// How often to look at the clock; due moments are whole minutes.
const LOOK: Duration = Duration::from_secs(5);

/// Sources that are followed in one look; the others have their turn at the next.
const MOST: u64 = 500;

/// Follows the schedules until the process stops.
pub async fn keep(state: web::Data<State>, mut stopping: watch::Receiver<bool>) {
    if let Err(error) = settle(&state, state.now_ms()).await {
        warn!("the schedules of sources were not looked through: {error}");
    }
    while !*stopping.borrow() {
        if let Err(error) = look(&state, state.now_ms()).await {
            warn!("cannot look for sources that are due: {error}");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Enqueues a run for each source that is due; answers how many.
pub async fn look(state: &State, now_ms: i64) -> Result<usize, StoreError> {
    let mut started = 0;
    for source in sources::due(state.db(), now_ms, MOST).await? {
        match follow(state, &source, now_ms).await {
            Ok(true) => started += 1,
            Ok(false) => {}
            Err(error) => warn!(source = source.profile.code, "its run was not enqueued; it is tried again: {error}"),
        }
    }
    if started > 0 {
        state.work_arrived();
    }
    Ok(started)
}

/// Brings forward what waits for a later moment than its schedule says: the clock was ahead, or the rules of its time zone
/// have changed with a new version of the service.
pub async fn settle(state: &State, now_ms: i64) -> Result<(), StoreError> {
    for source in sources::waiting(state.db(), now_ms).await? {
        let (Some(waits_for), Some(schedule)) = (source.profile.next_due_at_ms, schedule_of(&source)?) else { continue };
        if let Some(next) = schedule.after(now_ms).filter(|next| *next < waits_for) {
            let transaction = state.store().begin_patiently().await?;
            sources::advance(&transaction, &source.profile.code, waits_for, Some(next)).await?;
            transaction.commit().await?;
        }
    }
    Ok(())
}

/// Moves a source on, with a run for the last moment that was due; answers whether a run begins.
async fn follow(state: &State, source: &Source, now_ms: i64) -> Result<bool, StoreError> {
    let code = source.profile.code.as_str();
    let Some(due_at_ms) = source.profile.next_due_at_ms else { return Ok(false) };
    let schedule = schedule_of(source)?;
    let next = schedule.as_ref().and_then(|schedule| schedule.after(now_ms));
    if next.is_none() {
        error!(source = code, "its schedule cannot be read any more, or no moment comes; it is not followed");
    }
    // The due moments since the first that was missed have one run.
    let latest = schedule.and_then(|schedule| schedule.latest(now_ms)).map_or(due_at_ms, |latest| latest.max(due_at_ms));
    let transaction = state.store().begin_patiently().await?;
    if !sources::advance(&transaction, code, due_at_ms, next).await? {
        transaction.rollback().await?;
        return Ok(false);
    }
    let caller = Caller::service();
    let run = start(&transaction, state, &caller, code, StartedBy::Schedule, Some(latest)).await?;
    if run.is_none() {
        let skipped = NewRun {
            id: state.sources().id(),
            source: code.to_owned(),
            started_by: StartedBy::Schedule,
            due_at_ms: Some(latest),
            job_id: None,
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        };
        // Where even this is there, the moment has had its run: the clock was set back.
        if runs::insert(&transaction, &skipped).await? {
            info!(source = code, "due, but its last run is unfinished: skipped");
        }
    }
    transaction.commit().await?;
    Ok(run.is_some())
}

fn schedule_of(source: &Source) -> Result<Option<Schedule>, StoreError> {
    let document = Document::kept(source)?;
    Ok(document.schedule.and_then(|schedule| Schedule::kept(schedule.cron.as_str(), schedule.time_zone.as_str()).ok()))
}
