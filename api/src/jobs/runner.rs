//! The workers: each claims a job, keeps its lease alive while it runs, and ends it.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::web;
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tracing::{Instrument, Span, debug, error, info, info_span, warn};

use super::context::StopOnDrop;
use super::{Done, Job, JobContext, JobError, RunSource, find, sweep_exports};
use crate::collection::scheduler;
use crate::state::State;
use crate::store::jobs::{self as table, Claim, ClaimedJob, Heartbeat, Kinds, Outcome};
use crate::store::webhooks::{self, outbox};
use crate::store::{Clash, StoreError, idempotency};
use crate::telemetry::traces;
use crate::webhooks::sender;

/// How often answers kept for repeated requests are looked through.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

/// The workers of this process.
#[derive(Debug)]
pub struct Workers {
    names: Vec<String>,
    running: JoinSet<()>,
    stop: watch::Sender<bool>,
    state: web::Data<State>,
}

/// Starts the workers; `port` tells this process from others on its machine.
pub fn start(state: &web::Data<State>, port: u16) -> Workers {
    let (stop, stopping) = watch::channel(false);
    let name = process_name(state, port);
    let (mut names, mut running) = (Vec::new(), JoinSet::new());
    let workers = state.config().jobs.workers;
    // A process that leaves the work to others leaves the fetching to them as well.
    let fetchers = if workers == 0 { 0 } else { state.config().jobs.fetchers };
    let computing = (0..workers).map(|number| (format!("{name}/{number}"), Kinds::AllBut(RunSource::NAME)));
    let fetching = (0..fetchers).map(|number| (format!("{name}/fetch-{number}"), Kinds::Only(RunSource::NAME)));
    for (name, kinds) in computing.chain(fetching) {
        names.push(name.clone());
        let worker = Worker { state: state.clone(), name, kinds, stopping: stopping.clone() };
        running.spawn(worker.run());
    }
    running.spawn(keep_house(state.clone(), stopping.clone()));
    // A process that leaves the work to others leaves the clock to them as well.
    if state.config().jobs.workers > 0 {
        running.spawn(scheduler::keep(state.clone(), stopping.clone()));
        running.spawn(sender::keep(state.clone(), stopping));
    }
    state.set_working(true);
    Workers { names, running, stop, state: state.clone() }
}

impl Workers {
    /// Claims nothing more and waits for what is running; what takes longer goes back to the queue.
    pub async fn stop(mut self, patience: Duration) {
        self.state.set_working(false);
        // Nobody listens when every worker has ended already.
        let _no_worker_left = self.stop.send(true);
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            warn!("jobs are still running; they go back to the queue");
            self.running.shutdown().await;
            for name in &self.names {
                if let Err(error) = table::release_claims_of(self.state.store(), name, self.state.now_ms()).await {
                    warn!("jobs wait for their lease to end: {error}");
                }
            }
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

/// What an attempt leaves behind.
struct Left {
    /// It failed because the artifact store did.
    are_objects_away: bool,
    /// Its end could not be kept, so that the worker may still have the claim.
    is_held: bool,
}

struct Worker {
    state: web::Data<State>,
    name: String,
    kinds: Kinds,
    stopping: watch::Receiver<bool>,
}

impl Worker {
    async fn run(mut self) {
        let poll = Duration::from_millis(self.state.config().jobs.poll_ms);
        let mut are_objects_away = false;
        // What it holds of a former process, or of an attempt whose end could not be kept, need not wait for its lease to end.
        let mut may_hold_claims = true;
        while !*self.stopping.borrow() {
            // Listening begins before the look at the table, so that nothing enqueued in between is missed.
            let arrived = self.state.work();
            let lease_ms = i64::try_from(self.state.config().jobs.lease_ms).unwrap_or(i64::MAX);
            if may_hold_claims {
                match table::release_claims_of(self.state.store(), &self.name, self.state.now_ms()).await {
                    Ok(_) => may_hold_claims = false,
                    Err(error) => warn!(worker = self.name, "jobs that this worker no longer works on wait: {error}"),
                }
            }
            // Whoever has seen the artifact store fail claims nothing until it answers: jobs would use up their attempts.
            if are_objects_away {
                if let Err(error) = self.state.artifacts().ping().await {
                    debug!(worker = self.name, "jobs wait: {error}");
                    tokio::select! {
                        () = tokio::time::sleep(poll) => {}
                        _ = self.stopping.changed() => {}
                    }
                    continue;
                }
                are_objects_away = false;
            }
            match table::claim(self.state.store(), &self.name, self.kinds, self.state.now_ms(), lease_ms).await {
                Ok(Some(job)) => {
                    let span = info_span!(
                        "job",
                        job.id = job.claim.job_id,
                        job.kind = job.kind,
                        attempt = job.claim.attempt,
                        request.id = job.request_id
                    );
                    let (id, request_id) = (&job.claim.job_id, job.request_id.as_deref());
                    let traced = traces::job(&job.kind, id, job.claim.attempt, request_id);
                    let left = self.work(job, &traced).instrument(span).instrument(traced.clone()).await;
                    (are_objects_away, may_hold_claims) = (left.are_objects_away, may_hold_claims || left.is_held);
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

    /// Carries a job out.
    async fn work(&self, job: ClaimedJob, traced: &Span) -> Left {
        let (claim, kind, began) = (job.claim.clone(), job.kind.clone(), Instant::now());
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
        let outcome = ended.word();
        let are_objects_away = matches!(&ended, Ended::Failed(error) if error.is_of_objects());
        let has_failed = matches!(ended, Ended::Failed(_));
        let kept = self.end(&claim, ended).await;
        let outcome = if kept.is_ok() { outcome } else { "lost" };
        traces::ended(traced, outcome, has_failed || kept.is_err());
        self.state.metrics().attempted(&kind, outcome, began.elapsed());
        let is_held = match kept {
            Ok(()) => false,
            Err(StoreError::Stale { .. }) => {
                warn!("the job went to another worker");
                false
            }
            Err(error) => {
                error!("the job's end could not be kept; it will be taken up again: {error:?}");
                true
            }
        };
        self.state.job_changed();
        Left { are_objects_away, is_held }
    }

    /// Runs the work and says meanwhile that it is alive.
    async fn carry_out<E>(&self, context: &JobContext, work: impl Future<Output = Result<Result<Done, JobError>, E>>) -> Ended {
        let pulse = Pulse(self.state.store().spawn(beat(self.state.clone(), context.clone()).in_current_span()));
        tokio::select! {
            biased;
            ended = work => match ended {
                Ok(Ok(done)) => Ended::Done(done),
                Ok(Err(error)) => Ended::Failed(error),
                Err(_) => Ended::Failed(JobError::Retry("the job panicked".into())),
            },
            reason = pulse => reason,
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
                let pause = self.state.config().jobs.backoff(tries).max(error.asked_pause());
                let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                let transaction = self.state.store().begin_patiently().await?;
                table::retry(&transaction, claim, now_ms.saturating_add(pause), &error.kept(), now_ms).await?;
                transaction.commit().await
            }
        }
    }

    async fn finish(&self, claim: &Claim, outcome: &Outcome) -> Result<(), StoreError> {
        let transaction = self.state.store().begin_patiently().await?;
        table::finish(&transaction, claim, outcome, self.state.now_ms()).await?;
        transaction.commit().await
    }
}

/// The task that says that a worker is alive, as long as somebody listens to it.
///
/// It is a task of its own, on the thread of the store: work that keeps its thread busy, such as reading millions of rows,
/// would not let a heartbeat of the same task have its turn, and lose its claim.
struct Pulse(JoinHandle<Ended>);

impl Future for Pulse {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        Pin::new(&mut self.0).poll(context).map(|stopped| stopped.unwrap_or(Ended::Lost))
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Extends the lease again and again; comes back when the work is to stop, and why.
async fn beat(state: web::Data<State>, context: JobContext) -> Ended {
    let lease = Duration::from_millis(state.config().jobs.lease_ms);
    let lease_ms = i64::try_from(state.config().jobs.lease_ms).unwrap_or(i64::MAX);
    let claim = &context.job().claim;
    let mut heard = Instant::now();
    loop {
        tokio::time::sleep((lease / 4).min(Duration::from_secs(1))).await;
        let turn = state.store().turn().await;
        let beat = table::heartbeat(state.db(), claim, context.progress_made(), state.now_ms(), lease_ms);
        let beat = tokio::time::timeout(lease, beat).await;
        drop(turn);
        match beat {
            Ok(Ok(Heartbeat::Alive)) => heard = Instant::now(),
            Ok(Ok(Heartbeat::CancelRequested)) => return Ended::Cancelled,
            Ok(Ok(Heartbeat::Lost)) => return Ended::Lost,
            // The lease may yet be extended by the next beat; if not, the fence refuses the commit.
            Ok(Err(error)) if heard.elapsed() < lease => warn!("the lease was not extended: {error}"),
            // Whoever is cut off from the database holds no claim any more, and the work may wait for ever for an answer.
            Ok(Err(_)) | Err(_) => return Ended::Lost,
        }
        state.job_changed();
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

impl Ended {
    /// The word by which it is counted.
    fn word(&self) -> &'static str {
        match self {
            Self::Done(done) => match done.outcome {
                Outcome::Succeeded { .. } => "succeeded",
                Outcome::Partial { .. } => "partial",
                Outcome::Failed { .. } => "failed",
                Outcome::Cancelled => "cancelled",
            },
            Self::Failed(JobError::GiveUp { .. }) => "failed",
            Self::Failed(JobError::Retry(_) | JobError::RetryAfter { .. }) => "retried",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }
}

/// Forgets answers and events that are kept longer than promised, until the process stops.
async fn keep_house(state: web::Data<State>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if let Err(error) = forget(&state).await {
            warn!("what is old was not removed: {error}");
        }
        if let Err(error) = sweep_exports(&state).await {
            warn!("exports whose time is over were not removed: {error:?}");
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            _ = stopping.changed() => {}
        }
    }
}

async fn forget(state: &State) -> Result<(), StoreError> {
    let now_ms = state.now_ms();
    let answers_ms = i64::from(state.config().limits.idempotency_hours) * 3_600_000;
    let events_ms = i64::from(state.config().webhooks.keep_days) * 86_400_000;
    let _turn = state.store().turn().await;
    idempotency::remove_before(state.db(), now_ms - answers_ms).await?;
    webhooks::deliveries::cancel_of_disabled(state.db(), now_ms).await?;
    outbox::remove_before(state.db(), now_ms - events_ms).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::enqueued;
    use super::*;
    use crate::testing::Harness;

    /// On one thread only, which the work does not let go.
    #[actix_web::test]
    async fn work_that_keeps_its_thread_busy_keeps_its_claim() {
        let harness = Harness::with(|config| config.jobs.lease_ms = 1_000).await;
        let (state, name) = (harness.state.clone(), "busy".to_owned());
        let id = enqueued(&state, "import", serde_json::json!({})).await;
        let claimed = table::claim(state.store(), &name, Kinds::All, state.now_ms(), 1_000).await.expect("the database is ours");
        let context = JobContext::new(&state, claimed.expect("a job was enqueued"));
        let worker = Worker { state: state.clone(), name, kinds: Kinds::All, stopping: watch::channel(false).1 };
        let busy = async {
            context.progress(0.5);
            std::thread::sleep(Duration::from_secs(1));
            Ok::<_, ()>(Err(JobError::give_up("done", "", "")))
        };
        let ended = worker.carry_out(&context, busy).await;
        assert!(matches!(ended, Ended::Failed(JobError::GiveUp { code: "done", .. })), "nobody stopped it");
        let job = table::find(state.db(), &id).await.expect("it was enqueued");
        assert_eq!(job.progress, 0.5, "a heartbeat told how far the work was");
    }
}
