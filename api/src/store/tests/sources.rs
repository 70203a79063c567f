use serde_json::json;

use super::harness::on_both_databases;
use super::imports::import;
use super::jobs::{claim, job};
use crate::store::imports::{self, FetchedBy, ImportMode, NewImport, Tally};
use crate::store::jobs::{self, NewJob, Outcome, WorkState};
use crate::store::sources::runs::{self, Attempt, NewRun, Received, Run, RunState, StartedBy};
use crate::store::sources::{self, Known, NewSource};
use crate::store::{Clash, Store, StoreError};

fn source(code: &str, next_due_at_ms: Option<i64>) -> NewSource {
    NewSource {
        code: code.into(),
        title_zh: None,
        title_en: Some("S".into()),
        document: json!({"from": {"kind": "url"}}),
        enabled: true,
        next_due_at_ms,
    }
}

fn run(id: &str, due_at_ms: Option<i64>) -> NewRun {
    NewRun {
        id: id.into(),
        source: "s".into(),
        started_by: if due_at_ms.is_some() { StartedBy::Schedule } else { StartedBy::Person },
        due_at_ms,
        job_id: Some(format!("j-{id}")),
        created_at_ms: 10,
        created_by: "test".into(),
    }
}

fn known(digest: &str) -> Known {
    Known { fingerprint: "f".into(), digest: digest.into(), etag: Some("\"e\"".into()), last_modified: None }
}

/// A run that was fetched and whose import has begun.
async fn importing(store: &Store, id: &str, mode: ImportMode) -> Run {
    assert!(runs::insert(store.db(), &run(id, None)).await.unwrap());
    let mut run = runs::find(store.db(), id).await.unwrap();
    let Known { fingerprint, digest, etag, .. } = known("d");
    run.received = Received { fingerprint: Some(fingerprint), digest: Some(digest), etag, ..Received::default() };
    (run.state, run.import_id) = (RunState::Running, Some(format!("i-{id}")));
    runs::advance(store.db(), &run).await.unwrap();
    let fetched = Some(FetchedBy { source: "s".into(), run: id.into() });
    let new = NewImport { mode, fetched, job_id: format!("k-{id}"), ..import(&format!("i-{id}")) };
    imports::insert(store.db(), &new).await.unwrap();
    run
}

on_both_databases! {
    async fn a_source_is_changed_by_who_has_seen_it_and_its_schedule_leaves_its_version_alone(store: Store) {
        let db = store.db();
        let made = sources::insert(db, &source("s", Some(100)), "me", 1).await.unwrap();
        let twice = sources::insert(db, &source("s", None), "me", 1).await.unwrap_err();
        assert!(matches!(twice, StoreError::Conflict { clash: Clash::Exists, .. }), "{twice}");
        assert!(sources::advance(db, "s", 100, Some(200)).await.unwrap());
        assert!(!sources::advance(db, "s", 100, Some(300)).await.unwrap(), "somebody else has moved it");
        sources::remember(db, "s", &known("d")).await.unwrap();
        let found = sources::find(db, "s").await.unwrap();
        assert_eq!((found.revision, found.profile.next_due_at_ms), (made.revision, Some(200)));
        assert_eq!(found.known, Some(known("d")));
        let changed = NewSource { enabled: false, ..source("s", None) };
        let changed = sources::replace(db, &changed, 1, 5).await.unwrap();
        assert_eq!((changed.revision, changed.updated_at_ms, changed.profile.enabled), (2, 5, false));
        assert!(matches!(sources::replace(db, &source("s", None), 1, 6).await, Err(StoreError::Stale { .. })));
        assert!(matches!(sources::remove(db, "s", 1).await, Err(StoreError::Stale { .. })));
        runs::insert(db, &run("r", None)).await.unwrap();
        sources::remove(db, "s", 2).await.unwrap();
        assert!(sources::find_by_code(db, "s").await.unwrap().is_none());
        assert_eq!(runs::page(db, "s", None, 9).await.unwrap().items, []);
    }

    async fn what_is_due_is_found_the_longest_wait_first(store: Store) {
        let db = store.db();
        for (code, due) in [("a", Some(300)), ("b", Some(100)), ("c", None), ("d", Some(100))] {
            sources::insert(db, &source(code, due), "me", 1).await.unwrap();
        }
        let codes = |found: Vec<sources::Source>| found.into_iter().map(|found| found.profile.code).collect::<Vec<_>>();
        assert_eq!(codes(sources::due(db, 300, 9).await.unwrap()), ["b", "d", "a"]);
        assert_eq!(codes(sources::due(db, 299, 1).await.unwrap()), ["b"]);
        assert_eq!(codes(sources::waiting(db, 100).await.unwrap()), ["a"]);
        let page = sources::page(db, Some("a"), 2).await.unwrap();
        assert_eq!((codes(page.items), page.next.as_deref()), (vec!["b".to_owned(), "c".to_owned()], Some("c")));
    }

    async fn a_moment_has_one_run_and_a_source_one_that_is_unfinished(store: Store) {
        let db = store.db();
        assert!(runs::insert(db, &run("r1", Some(100))).await.unwrap());
        assert!(!runs::insert(db, &run("r2", Some(200))).await.unwrap(), "the first is unfinished");
        let skipped = NewRun { job_id: None, ..run("r3", Some(200)) };
        assert!(runs::insert(db, &skipped).await.unwrap());
        let mut first = runs::find_unfinished(db, "s").await.unwrap().unwrap();
        assert_eq!((first.request.id.as_str(), first.state), ("r1", RunState::Queued));
        (first.state, first.finished_at_ms) = (RunState::Unchanged, Some(20));
        first.attempts.push(Attempt { number: 1, started_at_ms: 11, ended_at_ms: Some(12), end: None, faults: vec![json!({})] });
        runs::advance(db, &first).await.unwrap();
        assert_eq!(runs::find(db, "r1").await.unwrap(), first);
        let over = runs::advance(db, &first).await.unwrap_err();
        assert!(matches!(over, StoreError::Conflict { clash: Clash::WrongState, .. }), "{over}");
        assert!(!runs::insert(db, &NewRun { job_id: Some("j".into()), ..run("r4", Some(100)) }).await.unwrap(), "it had its run");
        assert!(runs::insert(db, &NewRun { source: "t".into(), ..run("r5", Some(100)) }).await.unwrap(), "of another source");
        let page = runs::page(db, "s", None, 1).await.unwrap();
        assert_eq!((page.items[0].state, page.next.as_deref()), (RunState::Skipped, Some("r3")));
        assert_eq!(runs::page(db, "s", Some("r3"), 9).await.unwrap().items, [first]);
    }

    async fn a_due_moment_is_taken_once_however_many_look_at_the_clock(store: Store) {
        sources::insert(store.db(), &source("s", Some(100)), "me", 1).await.unwrap();
        let schedulers = (0..8).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let transaction = store.begin().await.unwrap();
                let taken = sources::advance(&transaction, "s", 100, Some(200)).await.unwrap();
                if taken {
                    assert!(runs::insert(&transaction, &run(&format!("r{n}"), Some(100))).await.unwrap());
                }
                transaction.commit().await.unwrap();
                taken
            })
        });
        let mut taken = 0;
        for scheduler in schedulers.collect::<Vec<_>>() {
            taken += usize::from(scheduler.await.unwrap());
        }
        assert_eq!(taken, 1);
        assert_eq!(runs::page(store.db(), "s", None, 9).await.unwrap().items.len(), 1);
    }

    async fn a_run_ends_as_its_import_does_and_only_what_has_no_fault_is_remembered(store: Store) {
        let db = store.db();
        sources::insert(db, &source("s", None), "me", 1).await.unwrap();
        for (id, mode, ended, state, remembered) in [
            ("r1", ImportMode::Validate, WorkState::Succeeded, RunState::Validated, false),
            ("r2", ImportMode::Commit, WorkState::Failed, RunState::Refused, false),
            ("r3", ImportMode::Commit, WorkState::Partial, RunState::Imported, false),
            ("r4", ImportMode::Commit, WorkState::Succeeded, RunState::Imported, true),
        ] {
            importing(&store, id, mode).await;
            let import = format!("i-{id}");
            imports::finish(db, &import, ended, Tally::default(), 30).await.unwrap();
            runs::end_with_import(db, &import, mode, ended, 30).await.unwrap();
            let run = runs::find(db, id).await.unwrap();
            assert_eq!((run.state, run.finished_at_ms), (state, Some(30)), "{id}");
            assert_eq!(sources::find(db, "s").await.unwrap().known.is_some(), remembered, "{id}");
        }
        assert_eq!(sources::find(db, "s").await.unwrap().known, Some(known("d")));
        let kept = imports::find(db, "i-r1").await.unwrap().request.fetched;
        assert_eq!(kept, Some(FetchedBy { source: "s".into(), run: "r1".into() }));
    }

    async fn a_run_never_waits_for_a_job_that_is_over(store: Store) {
        let db = store.db();
        // Its own job is cancelled before it begins.
        runs::insert(db, &run("r1", None)).await.unwrap();
        jobs::enqueue(db, &job("j-r1")).await.unwrap();
        let transaction = store.begin().await.unwrap();
        jobs::request_cancel(&transaction, "j-r1", 50).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(runs::find(db, "r1").await.unwrap().state, RunState::Cancelled);
        // Its own job, and the job of its import, are given up.
        for (id, job_id) in [("r2", "j-r2"), ("r3", "k-r3")] {
            match id {
                "r2" => assert!(runs::insert(db, &run(id, None)).await.unwrap()),
                _ => { importing(&store, id, ImportMode::Commit).await; }
            }
            jobs::enqueue(db, &NewJob { attempts_limit: 1, ..job(job_id) }).await.unwrap();
            let claim = claim(&store, "w", 100).await.unwrap();
            let transaction = store.begin().await.unwrap();
            let failed = Outcome::Failed { error: json!({"code": "x"}) };
            jobs::finish(&transaction, &claim, &failed, 60).await.unwrap();
            transaction.commit().await.unwrap();
            let run = runs::find(db, id).await.unwrap();
            assert_eq!((run.state, run.finished_at_ms), (RunState::Failed, Some(60)), "{id}");
        }
    }
}
