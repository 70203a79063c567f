//! What a running job knows, and how it says how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use actix_web::web;

use crate::auth::Caller;
use crate::state::State;
use crate::store::jobs::ClaimedJob;
use crate::store::keys::{KeyScope, Role};

/// One attempt at a job; clones speak of the same attempt, so one may go into blocking work.
#[derive(Debug, Clone)]
pub struct JobContext {
    state: Arc<State>,
    job: Arc<ClaimedJob>,
    progress: Arc<AtomicU64>,
    stopping: Arc<AtomicBool>,
}

impl JobContext {
    pub(super) fn new(state: &web::Data<State>, job: ClaimedJob) -> Self {
        Self { state: state.clone().into_inner(), job: Arc::new(job), progress: Arc::default(), stopping: Arc::default() }
    }

    /// The parts of the service.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The job's identifier.
    pub fn job_id(&self) -> &str {
        &self.job.claim.job_id
    }

    /// The claim, which fences what the worker writes.
    pub(super) fn job(&self) -> &ClaimedJob {
        &self.job
    }

    /// Whoever asked for the work, for the trail and for `created_by`.
    pub fn caller(&self) -> Caller {
        Caller::new(self.job.created_by.clone(), Role::Admin, KeyScope::default())
    }

    /// Says how far the work is, from 0 to 1.
    pub fn progress(&self, done: f64) {
        self.progress.store(done.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    pub(super) fn progress_made(&self) -> f64 {
        f64::from_bits(self.progress.load(Ordering::Relaxed))
    }

    /// Whether somebody wants the work to stop. Asynchronous work is simply dropped; blocking work asks here.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// Blocking work that was left behind is told to stop.
#[derive(Debug)]
pub(super) struct StopOnDrop(pub(super) JobContext);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
