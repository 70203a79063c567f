//! The workers: each claims a job, keeps its lease alive while it runs, and ends it.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use actix_web::web;
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{Instrument, error, info, info_span, warn};

use super::context::StopOnDrop;
use super::{Done, JobContext, JobError, find};
use crate::state::State;
use crate::store::jobs::{self as table, Claim, ClaimedJob, Heartbeat, Outcome};
use crate::store::{Clash, StoreError, idempotency};

/// How often answers kept for repeated requests are looked through.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

/// The workers of this process.
#[derive(Debug)]
pub struct Workers {
    running: JoinSet<()>,
    stop: watch::Sender<bool>,
    state: web::Data<State>,
}

/// Starts the workers; `port` tells this process from others on its machine.
pub fn start(state: &web::Data<State>, port: u16) -> Workers {
    let (stop, stopping) = watch::channel(false);
    let name = process_name(state, port);
    let mut running = JoinSet::new();
    for number in 0..state.config().jobs.workers {
        let worker = Worker { state: state.clone(), name: format!("{name}/{number}"), stopping: stopping.clone() };
        running.spawn(worker.run());
    }
    running.spawn(keep_house(state.clone(), stopping));
    state.set_working(true);
    Workers { running, stop, state: state.clone() }
}

impl Workers {
    /// Claims nothing more and waits for what is running; what takes longer goes back to the queue.
    pub async fn stop(mut self, patience: Duration) {
        self.state.set_working(false);
        // Nobody listens when every worker has ended already.
        let _no_worker_left = self.stop.send(true);
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            warn!("jobs are still running; they will be taken up again");
            self.running.shutdown().await;
        }
    }
}

/// A name that a process bears again after a restart and that no other process bears at the same time.
fn process_name(state: &State, port: u16) -> String {
    if let Some(name) = &state.config().jobs.name {
        return name.clone();
    }
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    let machine = machine.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    match machine {
        Some(machine) => format!("{machine}:{port}"),
        None => state.sources().id(),
    }
}

struct Worker {
    state: web::Data<State>,
    name: String,
    stopping: watch::Receiver<bool>,
}

impl Worker {
    async fn run(mut self) {
        if let Err(error) = table::release_claims_of(self.state.store(), &self.name, self.state.now_ms()).await {
            warn!(worker = self.name, "jobs of a former process wait for their lease to end: {error}");
        }
        let poll = Duration::from_millis(self.state.config().jobs.poll_ms);
        while !*self.stopping.borrow() {
            // Listening begins before the look at the table, so that nothing enqueued in between is missed.
            let arrived = self.state.work();
            let lease_ms = i64::try_from(self.state.config().jobs.lease_ms).unwrap_or(i64::MAX);
            match table::claim(self.state.store(), &self.name, self.state.now_ms(), lease_ms).await {
                Ok(Some(job)) => {
                    let span = info_span!("job", job.id = job.claim.job_id, job.kind = job.kind, attempt = job.claim.attempt);
                    self.work(job).instrument(span).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => warn!(worker = self.name, "cannot look for jobs: {error}"),
            }
            tokio::select! {
                () = arrived => {}
                () = tokio::time::sleep(poll) => {}
                _ = self.stopping.changed() => {}
            }
        }
    }

    async fn work(&self, job: ClaimedJob) {
        let claim = job.claim.clone();
        let ended = match find(&job.kind, &job.payload) {
            Some(Ok(work)) => {
                let context = JobContext::new(&self.state, job);
                let _stop = StopOnDrop(context.clone());
                self.carry_out(&context, AssertUnwindSafe(work(&context)).catch_unwind()).await
            }
            Some(Err(error)) => Ended::Failed(JobError::give_up(
                "unreadable",
                "任务内容无法读取",
                format!("what was kept of the job cannot be read: {error}"),
            )),
            None => Ended::Failed(JobError::give_up(
                "unknown-kind",
                "未知的任务类型",
                "this version of the service does not know this kind of job",
            )),
        };
        if let Err(error) = self.end(&claim, ended).await {
            match error {
                StoreError::Stale { .. } => warn!("the job went to another worker"),
                error => error!("the job's end could not be kept; it will be taken up again: {error:?}"),
            }
        }
        self.state.job_changed();
    }

    /// Runs the work and says meanwhile that it is alive.
    async fn carry_out<E>(&self, context: &JobContext, work: impl Future<Output = Result<Result<Done, JobError>, E>>) -> Ended {
        let lease_ms = self.state.config().jobs.lease_ms;
        let mut work = pin!(work);
        loop {
            let beat = async {
                tokio::time::sleep(Duration::from_millis(lease_ms / 4).min(Duration::from_secs(1))).await;
                let lease_ms = i64::try_from(lease_ms).unwrap_or(i64::MAX);
                let (claim, progress) = (&context.job().claim, context.progress_made());
                table::heartbeat(self.state.db(), claim, progress, self.state.now_ms(), lease_ms).await
            };
            let beat = tokio::select! {
                biased;
                ended = &mut work => return match ended {
                    Ok(Ok(done)) => Ended::Done(done),
                    Ok(Err(error)) => Ended::Failed(error),
                    Err(_) => Ended::Failed(JobError::Retry("the job panicked".into())),
                },
                beat = beat => beat,
            };
            self.state.job_changed();
            match beat {
                Ok(Heartbeat::Alive) => {}
                Ok(Heartbeat::CancelRequested) => return Ended::Cancelled,
                Ok(Heartbeat::Lost) => return Ended::Lost,
                // The lease may yet be extended by the next beat; if not, the fence refuses the commit.
                Err(error) => warn!("the lease was not extended: {error}"),
            }
        }
    }

    async fn end(&self, claim: &Claim, ended: Ended) -> Result<(), StoreError> {
        let now_ms = self.state.now_ms();
        match ended {
            Ended::Lost => {
                Err(StoreError::Conflict { table: "jobs".into(), key: claim.job_id.clone(), clash: Clash::WrongState })
            }
            Ended::Done(Done { transaction, outcome }) => {
                table::finish(&transaction, claim, &outcome, now_ms).await?;
                transaction.commit().await?;
                info!("done");
                Ok(())
            }
            Ended::Cancelled => self.finish(claim, &Outcome::Cancelled).await,
            Ended::Failed(error @ JobError::GiveUp { .. }) => {
                warn!("given up: {error:?}");
                self.finish(claim, &Outcome::Failed { error: error.kept() }).await
            }
            Ended::Failed(error) => {
                warn!("to be tried again: {error:?}");
                let tries = u32::try_from(claim.attempt).unwrap_or(1);
                let pause = i64::try_from(self.state.config().jobs.backoff(tries).as_millis()).unwrap_or(i64::MAX);
                let transaction = self.state.store().begin().await?;
                table::retry(&transaction, claim, now_ms.saturating_add(pause), &error.kept(), now_ms).await?;
                transaction.commit().await
            }
        }
    }

    async fn finish(&self, claim: &Claim, outcome: &Outcome) -> Result<(), StoreError> {
        let transaction = self.state.store().begin().await?;
        table::finish(&transaction, claim, outcome, self.state.now_ms()).await?;
        transaction.commit().await
    }
}

/// How an attempt ended.
enum Ended {
    Done(Done),
    Failed(JobError),
    Cancelled,
    /// Somebody else has the job.
    Lost,
}

/// Forgets answers that are kept longer than promised.
async fn keep_house(state: web::Data<State>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        let kept_ms = i64::from(state.config().limits.idempotency_hours) * 3_600_000;
        if let Err(error) = idempotency::remove_before(state.db(), state.now_ms() - kept_ms).await {
            warn!("old answers were not removed: {error}");
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            _ = stopping.changed() => {}
        }
    }
}
