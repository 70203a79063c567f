//! What every handler and every job shares.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, Semaphore};

use crate::answers::Answers;
use crate::artifacts::Artifacts;
use crate::assessments::recompute::Recomputed;
use crate::auth::{Keyring, Oidc};
use crate::clock::Sources;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::reports::document::Fonts;
use crate::sets::CheckedSets;
use crate::signing::{Signer, SigningError};
use crate::store::Store;
use crate::telemetry::traces;
use crate::throttle::Throttle;

/// The parts of the running service.
#[derive(Debug)]
pub struct State {
    config: Config,
    store: Store,
    artifacts: Artifacts,
    sources: Sources,
    outbound: Outbound,
    signer: OnceLock<Signer>,
    fonts: OnceLock<Arc<Fonts>>,
    keyring: Keyring,
    oidc: Option<Oidc>,
    throttle: Throttle,
    checked_sets: CheckedSets,
    recomputed: Recomputed,
    answers: Answers,
    metrics: Metrics,
    engines: Semaphore,
    engines_waiting: AtomicUsize,
    work: Notify,
    progress: Notify,
    working: AtomicBool,
    stopping: AtomicBool,
}

/// Why a computation was not carried out to its end.
#[derive(Debug, thiserror::Error)]
pub enum EngineStopped {
    /// Too many are waiting already.
    #[error("too many computations are waiting")]
    Busy,
    /// It panicked.
    #[error("a computation panicked")]
    Panicked,
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        config: Config,
        store: Store,
        artifacts: Artifacts,
        sources: Sources,
        outbound: Outbound,
        oidc: Option<Oidc>,
    ) -> Self {
        Self {
            keyring: Keyring::default(),
            oidc,
            throttle: Throttle::new(&config.limits),
            checked_sets: CheckedSets::default(),
            recomputed: Recomputed::default(),
            answers: Answers::of_bytes(u64::from(config.limits.answers_mib) << 20),
            metrics: Metrics::default(),
            engines: Semaphore::new(config.limits.engines_at_once()),
            engines_waiting: AtomicUsize::new(0),
            work: Notify::new(),
            progress: Notify::new(),
            working: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            config,
            store,
            artifacts,
            sources,
            outbound,
            signer: OnceLock::new(),
            fonts: OnceLock::new(),
        }
    }

    /// What the service was told at start.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The database's pool, for reads.
    pub fn db(&self) -> &crate::store::Pool {
        self.store.db()
    }

    /// Uploads, releases and results.
    pub fn artifacts(&self) -> &Artifacts {
        &self.artifacts
    }

    /// Time, identifiers and secrets.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What makes requests to elsewhere.
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The key with which it signs, read or made when it is first wanted: commands that only use the database need none.
    pub fn signer(&self) -> Result<&Signer, SigningError> {
        if let Some(signer) = self.signer.get() {
            return Ok(signer);
        }
        let opened = Signer::open(&self.config.signing_key_file(), &self.sources)?;
        Ok(self.signer.get_or_init(|| opened))
    }

    /// The fonts of reports, once they were found.
    pub fn fonts(&self) -> &OnceLock<Arc<Fonts>> {
        &self.fonts
    }

    /// Milliseconds since 1970 in UTC.
    pub fn now_ms(&self) -> i64 {
        self.sources.now_ms()
    }

    /// The keys that were seen lately.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What accepts tokens of the identity provider, where there is one.
    pub fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_ref()
    }

    /// What callers may still ask for.
    pub fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The sets that were checked lately.
    pub fn checked_sets(&self) -> &CheckedSets {
        &self.checked_sets
    }

    /// The assessments that were made again lately.
    pub fn recomputed(&self) -> &Recomputed {
        &self.recomputed
    }

    /// The answers that never change.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What is measured.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// How many computations are running, and how many wait for their turn.
    pub fn engines(&self) -> (usize, usize) {
        let at_once = self.config.limits.engines_at_once();
        let running = at_once.saturating_sub(self.engines.available_permits());
        (running, self.engines_waiting.load(Ordering::Relaxed))
    }

    /// Whether anyone on this machine is let in as admin.
    pub fn is_open(&self) -> bool {
        self.config.server.open
    }

    /// The longest a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.config.server.request_timeout_s)
    }

    /// Runs work that blocks or keeps a processor busy, off the threads that answer requests; as many at once
    /// as configured, the others wait their turn.
    pub async fn engine<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineStopped> {
        let span = traces::computation();
        let turn = match self.engines.try_acquire() {
            Ok(turn) => turn,
            Err(_) => {
                let _place = Waiting::join(&self.engines_waiting, self.config.limits.engines_waiting)?;
                self.engines.acquire().await.map_err(|_closed| EngineStopped::Busy)?
            }
        };
        let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await.map_err(|_panicked| EngineStopped::Panicked);
        drop(turn);
        done
    }

    /// Wakes the workers of this process: something was enqueued.
    pub fn work_arrived(&self) {
        self.work.notify_waiters();
    }

    /// Waits until something is enqueued in this process, from the call on.
    pub fn work(&self) -> Notified<'_> {
        self.work.notified()
    }

    /// Wakes everybody who waits for a job: one has changed.
    pub fn job_changed(&self) {
        self.progress.notify_waiters();
    }

    /// Waits until some job of this process changes, from the call on.
    pub fn job_change(&self) -> Notified<'_> {
        self.progress.notified()
    }

    /// Notes whether the workers of this process are running.
    pub fn set_working(&self, working: bool) {
        self.working.store(working, Ordering::Relaxed);
    }

    /// Notes that the service was asked to stop.
    pub fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the service was asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether the workers of this process are running, or there are none to run.
    pub fn is_working(&self) -> bool {
        self.config.jobs.workers == 0 || self.working.load(Ordering::Relaxed)
    }
}

/// A place in the queue for a computation; leaving the scope leaves the queue.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(waiting: &'a AtomicUsize, most: usize) -> Result<Self, EngineStopped> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) >= most { Err(EngineStopped::Busy) } else { Ok(place) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
