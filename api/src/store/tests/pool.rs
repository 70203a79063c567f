//! Nobody is refused a connection because somebody else is busy, waits or is gone.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, Statement};
use tokio::runtime::Builder;

use super::harness::{on_postgres, on_postgres_with, on_sqlite_with};
use super::imports::import;
use super::jobs::{claim, job};
use super::registers::city;
use crate::store::imports::{self, NewImport};
use crate::store::jobs::{self, NewJob, WorkState};
use crate::store::{Store, StoreError, StoreOptions, cities};

const CONNECTIONS: u32 = 4;

/// A small pool, and little patience with other writers.
fn small() -> StoreOptions {
    StoreOptions { max_connections: CONNECTIONS, acquire_timeout_ms: 5_000, busy_timeout_ms: 300, ..StoreOptions::default() }
}

fn is_unavailable<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable(_)))
}

/// Opens every connection on a runtime of its own, whose only thread is then busy.
async fn whoever_opened_a_connection_may_be_busy(store: Store) {
    let (opened, is_open) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let theirs = store.clone();
    let busy = std::thread::spawn(move || {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let readings = try_join_all((0..CONNECTIONS).map(|_| theirs.begin_reading())).await.unwrap();
            for reading in readings {
                reading.rollback().await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            opened.send(()).unwrap();
            is_done.recv().unwrap();
        });
    });
    tokio::task::spawn_blocking(move || is_open.recv().unwrap()).await.unwrap();
    let answers = try_join_all((0..2 * CONNECTIONS).map(|_| store.ping())).await;
    done.send(()).unwrap();
    busy.join().unwrap();
    answers.expect("a connection is served, whoever opened it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opened_a_connection_may_be_busy_on_sqlite() {
    on_sqlite_with(small(), whoever_opened_a_connection_may_be_busy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opened_a_connection_may_be_busy_on_postgres() {
    on_postgres_with(small(), whoever_opened_a_connection_may_be_busy).await;
}

/// As many writers as may write at once, and one more.
async fn writers_leave_connections_to_readers_and_jobs(store: Store, at_once: usize) {
    let mut writers = Vec::new();
    for _ in 0..at_once {
        writers.push(store.begin().await.unwrap());
    }
    assert!(is_unavailable(store.begin().await), "one more waits for its turn and is told so");
    try_join_all((0..CONNECTIONS).map(|_| store.ping())).await.expect("reads go on");
    writers.pop().unwrap().rollback().await.unwrap();
    store.begin().await.expect("a turn that was given back").rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_leave_connections_to_readers_and_jobs_on_sqlite() {
    on_sqlite_with(small(), |store| writers_leave_connections_to_readers_and_jobs(store, 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_leave_connections_to_readers_and_jobs_on_postgres() {
    on_postgres_with(small(), async |store: Store| {
        writers_leave_connections_to_readers_and_jobs(store.clone(), CONNECTIONS as usize / 2).await;
        let _writers = [store.begin().await.unwrap(), store.begin().await.unwrap()];
        store.begin_patiently().await.expect("a job needs no turn").rollback().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_waits_for_a_row_as_long_as_configured_and_a_job_as_long_as_it_takes() {
    on_postgres_with(small(), async |store: Store| {
        let holds_it = store.begin().await.unwrap();
        cities::insert(&holds_it, &city("hz"), 1).await.unwrap();
        let request = store.begin().await.unwrap();
        assert!(is_unavailable(cities::insert(&request, &city("hz"), 2).await), "it was waited for");
        request.rollback().await.unwrap();
        let job = store.begin_patiently().await.unwrap();
        let inserted = tokio::spawn(async move { cities::insert(&job, &city("hz"), 3).await });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!inserted.is_finished(), "longer than a request waits");
        holds_it.rollback().await.unwrap();
        inserted.await.unwrap().expect("the row is free");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_given_up_keeps_its_turn_until_its_statement_has_ended() {
    on_postgres_with(StoreOptions { busy_timeout_ms: 10_000, ..small() }, async |store: Store| {
        let holds_it = store.begin().await.unwrap();
        cities::insert(&holds_it, &city("hz"), 1).await.unwrap();
        let waits = store.begin().await.unwrap();
        let request = tokio::spawn(async move { cities::insert(&waits, &city("hz"), 2).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        request.abort();
        let third = tokio::time::timeout(Duration::from_millis(500), store.begin()).await;
        assert!(third.is_err(), "both turns are taken, one by a statement that nobody waits for");
        holds_it.rollback().await.unwrap();
        store.begin().await.expect("both turns are free").rollback().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_connection_limits_what_a_client_that_is_gone_can_hold() {
    on_postgres_with(small(), async |store: Store| {
        let expected = [
            ("lock_timeout", "300ms"),
            ("statement_timeout", "1min"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("client_connection_check_interval", "5s"),
            ("tcp_keepalives_idle", "15"),
        ];
        for (setting, value) in expected {
            let show = Statement::from_string(store.backend(), format!("SHOW {setting}"));
            let found: String = store.db().query_one_raw(show).await.unwrap().unwrap().try_get_by_index(0).unwrap();
            assert_eq!(found, value, "{setting}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_does_not_wait_for_the_locks_of_a_worker_that_is_gone() {
    on_postgres(async |store: Store| {
        for id in ["j1", "j2", "j3"] {
            jobs::enqueue(store.db(), &NewJob { attempts_limit: 1, ..job(id) }).await.unwrap();
        }
        imports::insert(store.db(), &NewImport { job_id: "j1".into(), ..import("i1") }).await.unwrap();
        let gone = [claim(&store, "gone", 100).await.unwrap(), claim(&store, "gone", 100).await.unwrap()];
        assert_eq!(gone.map(|claim| claim.job_id), ["j1", "j2"]);
        // What the worker that is gone has locked: what its first job worked on, and its second job.
        let left_behind = store.begin().await.unwrap();
        left_behind.execute_unprepared("SELECT id FROM imports FOR UPDATE").await.unwrap();
        left_behind.execute_unprepared("SELECT id FROM jobs WHERE id = 'j2' FOR UPDATE").await.unwrap();

        let start = Instant::now();
        assert_eq!(jobs::release_claims_of(&store, "gone", 9_000).await.unwrap(), 0);
        assert_eq!(claim(&store, "next", 9_000).await.unwrap().job_id, "j3", "what nobody has locked is claimed");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());

        left_behind.rollback().await.unwrap();
        assert_eq!(claim(&store, "next", 99_000).await, None);
        for id in ["j1", "j2"] {
            assert_eq!(jobs::find(store.db(), id).await.unwrap().state, WorkState::Failed, "{id} had one attempt");
        }
        assert_eq!(imports::find(store.db(), "i1").await.unwrap().state, WorkState::Failed);
    })
    .await;
}
