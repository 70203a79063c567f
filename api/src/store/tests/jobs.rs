use std::collections::BTreeMap;

use serde_json::json;

use super::assessments::assessment;
use super::harness::on_both_databases;
use super::imports::import;
use super::registers::set;
use crate::store::assessments::{self, NewAssessment};
use crate::store::imports::{self, NewImport};
use crate::store::jobs::{self, Claim, Heartbeat, JobFilter, Kinds, NewJob, Outcome, WorkState};
use crate::store::{Store, StoreError, indicator_sets};

const LEASE_MS: i64 = 1_000;

pub(super) fn job(id: &str) -> NewJob {
    NewJob {
        id: id.into(),
        kind: "assess".into(),
        payload: json!({"of": id}),
        subject: None,
        attempts_limit: 2,
        run_at_ms: 100,
        created_at_ms: 100,
        created_by: "test".into(),
        request_id: Some("r1".into()),
    }
}

/// A job with an import and an assessment that wait for it.
async fn enqueue_with_subjects(store: &Store, id: &str) {
    let transaction = store.begin().await.unwrap();
    jobs::enqueue(&transaction, &NewJob { subject: Some("i1".into()), ..job(id) }).await.unwrap();
    imports::insert(&transaction, &NewImport { job_id: id.into(), ..import("i1") }).await.unwrap();
    indicator_sets::insert(&transaction, &set("s", "1"), "me", 1).await.unwrap();
    let waiting = NewAssessment { job_id: id.into(), ..assessment("a1") };
    assessments::insert(&transaction, &waiting).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn states(store: &Store, id: &str) -> [WorkState; 3] {
    [
        jobs::find(store.db(), id).await.unwrap().state,
        imports::find(store.db(), "i1").await.unwrap().state,
        assessments::find(store.db(), "a1").await.unwrap().state,
    ]
}

pub(super) async fn claim(store: &Store, worker: &str, now_ms: i64) -> Option<Claim> {
    jobs::claim(store, worker, Kinds::All, now_ms, LEASE_MS).await.unwrap().map(|job| job.claim)
}

async fn finish(store: &Store, claim: &Claim, outcome: Outcome) -> Result<(), StoreError> {
    let transaction = store.begin().await?;
    jobs::fence(&transaction, claim).await?;
    jobs::finish(&transaction, claim, &outcome, 5_000).await?;
    transaction.commit().await
}

fn is_stale<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Stale { .. }))
}

on_both_databases! {
    async fn a_worker_takes_only_the_kinds_that_are_its_own(store: Store) {
        for (id, kind) in [("j1", "fetch"), ("j2", "fetch"), ("j3", "import")] {
            jobs::enqueue(store.db(), &NewJob { kind: kind.into(), ..job(id) }).await.unwrap();
        }
        let take = async |kinds| jobs::claim(&store, "w", kinds, 100, LEASE_MS).await.unwrap().map(|job| job.claim.job_id);
        assert_eq!(take(Kinds::AllBut("fetch")).await.as_deref(), Some("j3"), "two fetches stand before it");
        assert_eq!(take(Kinds::AllBut("fetch")).await, None);
        assert_eq!(take(Kinds::Only("fetch")).await.as_deref(), Some("j1"));
        assert_eq!(take(Kinds::All).await.as_deref(), Some("j2"));
    }

    async fn a_job_is_begun_although_the_clock_has_gone_back_since_it_was_enqueued(store: Store) {
        const DAY: i64 = 86_400_000;
        jobs::enqueue(store.db(), &NewJob { attempts_limit: 9, run_at_ms: 50 * DAY, ..job("j1") }).await.unwrap();
        let first = claim(&store, "w1", 40 * DAY).await.expect("a new job is begun at once");
        let again = async |held: &Claim, run_at_ms| {
            let transaction = store.begin().await.unwrap();
            jobs::retry(&transaction, held, run_at_ms, &json!({}), 40 * DAY).await.unwrap();
            transaction.commit().await.unwrap();
        };
        again(&first, 40 * DAY + 1_000).await;
        assert_eq!(claim(&store, "w1", 40 * DAY + 999).await, None, "a pause is kept");
        assert_eq!(claim(&store, "w1", 39 * DAY + 1_000).await, None, "it may be as long as a day");
        assert!(claim(&store, "w1", 39 * DAY + 999).await.is_some(), "and no longer");
    }

    async fn a_job_waits_for_its_time_and_is_claimed_once(store: Store) {
        jobs::enqueue(store.db(), &job("j1")).await.unwrap();
        let claimed = jobs::claim(&store, "w1", Kinds::All, 100, LEASE_MS).await.unwrap().unwrap();
        assert_eq!(claimed.claim, Claim { job_id: "j1".into(), worker: "w1".into(), attempt: 1 });
        assert_eq!((claimed.kind.as_str(), claimed.payload), ("assess", json!({"of": "j1"})));
        assert_eq!(claim(&store, "w2", 200).await, None);
        assert_eq!(jobs::find(store.db(), "j1").await.unwrap().state, WorkState::Running);

        let done = Outcome::Succeeded { result: Some("/api/v1/assessments/a1".into()) };
        finish(&store, &claimed.claim, done).await.unwrap();
        let found = jobs::find(store.db(), "j1").await.unwrap();
        assert_eq!((found.state, found.progress), (WorkState::Succeeded, 1.0));
        assert_eq!(found.result.as_deref(), Some("/api/v1/assessments/a1"));
        assert_eq!((found.finished_at_ms, found.error), (Some(5_000), None));
        assert_eq!(claim(&store, "w2", 99_999).await, None);
    }

    async fn workers_side_by_side_do_every_job_once(store: Store) {
        let transaction = store.begin().await.unwrap();
        for n in 0..60 {
            jobs::enqueue(&transaction, &job(&format!("j{n:02}"))).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let workers: Vec<_> = (0..4).map(|worker| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = vec![];
                while let Some(held) = claim(&store, &format!("w{worker}"), 200).await {
                    finish(&store, &held, Outcome::Succeeded { result: None }).await.unwrap();
                    done.push(held.job_id);
                }
                done
            })
        }).collect();
        let mut runs: BTreeMap<String, u32> = BTreeMap::new();
        for worker in workers {
            for id in worker.await.unwrap() {
                *runs.entry(id).or_default() += 1;
            }
        }
        assert_eq!(runs.len(), 60);
        assert!(runs.values().all(|times| *times == 1));
    }

    async fn a_job_whose_lease_ran_out_belongs_to_who_claims_it_next(store: Store) {
        jobs::enqueue(store.db(), &job("j1")).await.unwrap();
        let first = claim(&store, "w1", 100).await.unwrap();
        assert_eq!(jobs::heartbeat(store.db(), &first, 0.25, 900, LEASE_MS).await.unwrap(), Heartbeat::Alive);
        assert_eq!(jobs::find(store.db(), "j1").await.unwrap().progress, 0.25);
        assert_eq!(claim(&store, "w2", 1_899).await, None);
        let second = claim(&store, "w2", 1_900).await.unwrap();
        assert_eq!(second.attempt, 2);

        assert_eq!(jobs::heartbeat(store.db(), &first, 0.5, 1_950, LEASE_MS).await.unwrap(), Heartbeat::Lost);
        let late = store.begin().await.unwrap();
        assert!(is_stale(jobs::fence(&late, &first).await));
        assert!(is_stale(jobs::finish(&late, &first, &Outcome::Cancelled, 1_960).await));
        assert!(is_stale(jobs::retry(&late, &first, 2_000, &json!({}), 1_960).await));
        late.rollback().await.unwrap();
        finish(&store, &second, Outcome::Partial { result: None }).await.unwrap();
        assert_eq!(jobs::find(store.db(), "j1").await.unwrap().state, WorkState::Partial);
    }

    async fn the_same_name_does_not_pass_the_fence_of_a_later_attempt(store: Store) {
        jobs::enqueue(store.db(), &job("j1")).await.unwrap();
        let first = claim(&store, "w1", 100).await.unwrap();
        let second = claim(&store, "w1", 2_000).await.unwrap();
        let transaction = store.begin().await.unwrap();
        assert!(is_stale(jobs::fence(&transaction, &first).await));
        jobs::fence(&transaction, &second).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn a_job_whose_last_worker_vanished_fails_with_what_it_worked_on(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        claim(&store, "w1", 100).await.unwrap();
        imports::start(store.db(), "i1").await.unwrap();
        claim(&store, "w1", 2_000).await.unwrap();
        assert_eq!(claim(&store, "w2", 9_000).await, None);
        assert_eq!(states(&store, "j1").await, [WorkState::Failed; 3]);
        let failed = jobs::find(store.db(), "j1").await.unwrap();
        assert_eq!(failed.error.as_ref().unwrap()["code"], "attempts-exhausted");
        assert_eq!(failed.finished_at_ms, Some(9_000));
        assert_eq!(assessments::find(store.db(), "a1").await.unwrap().error, failed.error);
    }

    async fn a_retry_waits_and_the_last_one_fails(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        let error = json!({"code": "source-down", "message": "no answer"});
        let first = claim(&store, "w1", 100).await.unwrap();
        let waiting = jobs::retry(store.db(), &first, 3_000, &error, 200).await.unwrap();
        assert_eq!((waiting.state, waiting.run_at_ms), (WorkState::Queued, 3_000));
        assert_eq!(waiting.error.as_ref(), Some(&error));
        assert_eq!(states(&store, "j1").await, [WorkState::Queued; 3]);
        assert_eq!(claim(&store, "w1", 2_999).await, None);
        let second = claim(&store, "w1", 3_000).await.unwrap();
        let failed = jobs::retry(store.db(), &second, 9_000, &error, 3_100).await.unwrap();
        assert_eq!((failed.state, failed.finished_at_ms), (WorkState::Failed, Some(3_100)));
        assert_eq!(states(&store, "j1").await, [WorkState::Failed; 3]);
    }

    async fn a_job_that_gives_up_ends_what_it_worked_on(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        let held = claim(&store, "w1", 100).await.unwrap();
        let error = json!({"code": "unreadable", "message": "not a workbook"});
        finish(&store, &held, Outcome::Failed { error: error.clone() }).await.unwrap();
        assert_eq!(states(&store, "j1").await, [WorkState::Failed; 3]);
        assert_eq!(jobs::find(store.db(), "j1").await.unwrap().error, Some(error));
    }

    async fn a_queued_job_is_cancelled_at_once(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        let cancelled = jobs::request_cancel(store.db(), "j1", 150).await.unwrap();
        assert_eq!((cancelled.state, cancelled.finished_at_ms), (WorkState::Cancelled, Some(150)));
        assert_eq!(states(&store, "j1").await, [WorkState::Cancelled; 3]);
        assert_eq!(claim(&store, "w1", 9_000).await, None);
        assert_eq!(jobs::request_cancel(store.db(), "j1", 160).await.unwrap(), cancelled);
        let unknown = jobs::request_cancel(store.db(), "j2", 150).await.unwrap_err();
        assert!(matches!(unknown, StoreError::Absent { .. }), "{unknown}");
    }

    async fn a_running_job_is_asked_to_stop(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        let held = claim(&store, "w1", 100).await.unwrap();
        let asked = jobs::request_cancel(store.db(), "j1", 150).await.unwrap();
        assert_eq!((asked.state, asked.cancel_requested, asked.finished_at_ms), (WorkState::Running, true, None));
        let heard = jobs::heartbeat(store.db(), &held, 0.5, 160, LEASE_MS).await.unwrap();
        assert_eq!(heard, Heartbeat::CancelRequested);
        finish(&store, &held, Outcome::Cancelled).await.unwrap();
        assert_eq!(states(&store, "j1").await, [WorkState::Cancelled; 3]);
    }

    async fn a_cancelled_job_does_not_start_again(store: Store) {
        enqueue_with_subjects(&store, "j1").await;
        claim(&store, "w1", 100).await.unwrap();
        jobs::request_cancel(store.db(), "j1", 150).await.unwrap();
        assert_eq!(claim(&store, "w2", 9_000).await, None);
        assert_eq!(states(&store, "j1").await, [WorkState::Cancelled; 3]);

        jobs::enqueue(store.db(), &job("j2")).await.unwrap();
        let held = claim(&store, "w1", 9_000).await.unwrap();
        jobs::request_cancel(store.db(), "j2", 9_100).await.unwrap();
        let given_back = jobs::retry(store.db(), &held, 9_500, &json!({}), 9_200).await.unwrap();
        assert_eq!(given_back.state, WorkState::Cancelled);
    }

    async fn a_restarted_worker_gives_its_orphans_back_at_once(store: Store) {
        for id in ["j1", "j2", "j3"] {
            jobs::enqueue(store.db(), &job(id)).await.unwrap();
        }
        let orphan = claim(&store, "w1", 100).await.unwrap();
        let other = claim(&store, "w2", 100).await.unwrap();
        assert_eq!(jobs::release_claims_of(&store, "w1", 200).await.unwrap(), 1);
        assert_eq!(jobs::find(store.db(), &orphan.job_id).await.unwrap().state, WorkState::Queued);
        assert_eq!(jobs::find(store.db(), &other.job_id).await.unwrap().state, WorkState::Running);
        assert_eq!(jobs::heartbeat(store.db(), &orphan, 0.5, 210, LEASE_MS).await.unwrap(), Heartbeat::Lost);
        let again = claim(&store, "w1", 210).await.unwrap();
        assert_eq!((again.job_id.as_str(), again.attempt), (orphan.job_id.as_str(), 2));
        assert_eq!(jobs::release_claims_of(&store, "w1", 300).await.unwrap(), 0);
        assert_eq!(jobs::find(store.db(), &orphan.job_id).await.unwrap().state, WorkState::Failed);
    }

    async fn jobs_are_listed_newest_first(store: Store) {
        for id in ["j1", "j2", "j3"] {
            jobs::enqueue(store.db(), &job(id)).await.unwrap();
        }
        claim(&store, "w1", 100).await.unwrap();
        let queued = JobFilter { state: Some(WorkState::Queued), kind: Some("assess".into()) };
        let first = jobs::page(store.db(), &queued, None, 1).await.unwrap();
        assert_eq!((first.items[0].id.as_str(), first.next.as_deref()), ("j3", Some("j3")));
        let second = jobs::page(store.db(), &queued, first.next.as_deref(), 1).await.unwrap();
        assert_eq!((second.items[0].id.as_str(), second.next), ("j2", None));
        let other = JobFilter { kind: Some("import".into()), ..JobFilter::default() };
        assert!(jobs::page(store.db(), &other, None, 9).await.unwrap().items.is_empty());
    }

    async fn a_job_enqueued_in_a_transaction_that_is_undone_never_was(store: Store) {
        let transaction = store.begin().await.unwrap();
        jobs::enqueue(&transaction, &job("j1")).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(claim(&store, "w1", 9_000).await, None);
    }
}
