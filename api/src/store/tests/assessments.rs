use serde_json::json;

use super::harness::on_both_databases;
use super::registers::{release, set};
use crate::store::assessments::{self, AssessmentFilter, Computed, NewAssessment, Supersedes};
use crate::store::gap_analyses::{self, GapAnalysis};
use crate::store::jobs::{self, NewJob, WorkState};
use crate::store::paths::{self, Path};
use crate::store::roadmaps::{self, Roadmap};
use crate::store::uncertainty_analyses::{self, NewAnalysis};
use crate::store::{Clash, Store, StoreError, indicator_sets, releases};

pub(super) fn assessment(id: &str) -> NewAssessment {
    NewAssessment {
        id: id.into(),
        set: set("s", "1").key,
        set_digest: "d".repeat(64),
        release_id: None,
        options: json!({"periods": ["2026"]}),
        engine_version: "0.1.0".into(),
        job_id: format!("job of {id}"),
        created_at_ms: 1,
        created_by: "test".into(),
        supersedes: None,
        round: None,
    }
}

fn computed() -> Computed {
    Computed { result: json!({"2026/score": "abc"}), summary: json!({"cities": 3}), warnings_total: 2 }
}

on_both_databases! {
    async fn an_assessment_names_what_it_read_and_ends_once(store: Store) {
        let db = store.db();
        let orphan = assessments::insert(db, &assessment("a1")).await.unwrap_err();
        assert!(matches!(orphan, StoreError::Conflict { clash: Clash::Referenced, .. }), "{orphan}");
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        assessments::start(db, "a1").await.unwrap();
        releases::insert(db, &release("r1")).await.unwrap();
        releases::insert(db, &release("r2")).await.unwrap();
        assessments::freeze(db, "a1", "r1").await.unwrap();
        let twice = assessments::freeze(db, "a1", "r2").await.unwrap_err();
        assert!(matches!(twice, StoreError::Conflict { clash: Clash::WrongState, .. }), "{twice}");
        assessments::finish(db, "a1", &computed(), 9).await.unwrap();

        let found = assessments::find(db, "a1").await.unwrap();
        let frozen = NewAssessment { release_id: Some("r1".into()), ..assessment("a1") };
        assert_eq!(found.request, frozen);
        assert_eq!((found.state, found.finished_at_ms), (WorkState::Succeeded, Some(9)));
        assert_eq!((found.result, found.summary), (Some(computed().result), Some(computed().summary)));
        assert_eq!((found.warnings_total, found.error), (2, None));
        let late = assessments::finish(db, "a1", &computed(), 10).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict { clash: Clash::WrongState, .. }), "{late}");
    }

    async fn what_supersedes_another_is_found_once_it_has_succeeded(store: Store) {
        let db = store.db();
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        let supersedes = |id: &str| Some(Supersedes { assessment: id.into(), reason: "a correction".into() });
        for (id, before) in [("a1", None), ("a2", supersedes("a1")), ("a3", supersedes("a1")), ("a4", supersedes("a2"))] {
            assessments::insert(db, &NewAssessment { supersedes: before, ..assessment(id) }).await.unwrap();
        }
        assert_eq!(assessments::find(db, "a3").await.unwrap().request.supersedes, supersedes("a1"));
        releases::insert(db, &release("r1")).await.unwrap();
        for id in ["a2", "a3"] {
            assessments::freeze(db, id, "r1").await.unwrap();
            assessments::finish(db, id, &computed(), 9).await.unwrap();
        }
        let found = assessments::superseding(db, &["a1", "a2", "a3"]).await.unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("a1".to_owned(), "a3".to_owned())]);
    }

    async fn a_result_without_a_release_is_refused(store: Store) {
        let db = store.db();
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        assert!(assessments::finish(db, "a1", &computed(), 9).await.is_err());
    }

    async fn assessments_are_listed_by_set_and_state(store: Store) {
        let db = store.db();
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        for id in ["a1", "a2", "a3"] {
            assessments::insert(db, &assessment(id)).await.unwrap();
        }
        assessments::start(db, "a2").await.unwrap();
        let queued = AssessmentFilter {
            state: Some(WorkState::Queued),
            set: Some(set("s", "1").key),
        };
        let first = assessments::page(db, &queued, None, 1).await.unwrap();
        let second = assessments::page(db, &queued, first.next.as_deref(), 1).await.unwrap();
        assert_eq!(first.items[0].request.id, "a3");
        assert_eq!((second.items[0].request.id.as_str(), second.next), ("a1", None));
        let other = AssessmentFilter { set: Some(set("s", "2").key), state: None };
        assert!(assessments::page(db, &other, None, 9).await.unwrap().items.is_empty());
    }

    async fn gap_analyses_belong_to_an_assessment(store: Store) {
        let db = store.db();
        let analysis = |id: &str| GapAnalysis {
            id: id.into(), assessment_id: "a1".into(), city: "330100".into(),
            against: "peer_median".into(), by: Some("2030".into()), document: json!({"gaps": [1.5]}),
            created_at_ms: 1, created_by: "test".into(),
        };
        let orphan = gap_analyses::insert(db, &analysis("g1")).await.unwrap_err();
        assert!(matches!(orphan, StoreError::Conflict { clash: Clash::Referenced, .. }), "{orphan}");
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        gap_analyses::insert(db, &analysis("g1")).await.unwrap();
        gap_analyses::insert(db, &analysis("g2")).await.unwrap();
        assert_eq!(gap_analyses::find(db, "g1").await.unwrap(), analysis("g1"));
        let page = gap_analyses::page(db, Some("a1"), None, 1).await.unwrap();
        assert_eq!((page.items, page.next.as_deref()), (vec![analysis("g2")], Some("g2")));
        assert!(gap_analyses::page(db, Some("a2"), None, 1).await.unwrap().items.is_empty());
    }
    async fn paths_belong_to_an_assessment(store: Store) {
        let db = store.db();
        let path = |id: &str| Path {
            id: id.into(), assessment_id: "a1".into(), city: "330100".into(),
            goal: "level:growth".into(), by: "2030".into(), document: json!({"changes": [1.5]}),
            created_at_ms: 1, created_by: "test".into(),
        };
        let orphan = paths::insert(db, &path("p1")).await.unwrap_err();
        assert!(matches!(orphan, StoreError::Conflict { clash: Clash::Referenced, .. }), "{orphan}");
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        paths::insert(db, &path("p1")).await.unwrap();
        paths::insert(db, &path("p2")).await.unwrap();
        assert_eq!(paths::find(db, "p1").await.unwrap(), path("p1"));
        let absent = paths::find(db, "p3").await.unwrap_err();
        assert!(matches!(absent, StoreError::Absent { .. }), "{absent}");
        let page = paths::page(db, Some("a1"), None, 1).await.unwrap();
        assert_eq!((page.items, page.next.as_deref()), (vec![path("p2")], Some("p2")));
        assert!(paths::page(db, Some("a2"), None, 1).await.unwrap().items.is_empty());
    }


    async fn roadmaps_are_listed_by_city_and_can_be_removed(store: Store) {
        let db = store.db();
        let roadmap = |id: &str, city: &str| Roadmap {
            id: id.into(), assessment_id: "a1".into(), city: city.into(), document: json!({"points": 1.5}),
            created_at_ms: 1, created_by: "test".into(),
        };
        let orphan = roadmaps::insert(db, &roadmap("r1", "x")).await.unwrap_err();
        assert!(matches!(orphan, StoreError::Conflict { clash: Clash::Referenced, .. }), "{orphan}");
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        for (id, city) in [("r1", "x"), ("r2", "y"), ("r3", "x")] {
            roadmaps::insert(db, &roadmap(id, city)).await.unwrap();
        }
        assert_eq!(roadmaps::find(db, "r2").await.unwrap(), roadmap("r2", "y"));
        let first = roadmaps::page(db, Some("x"), None, 1).await.unwrap();
        assert_eq!((first.items, first.next.as_deref()), (vec![roadmap("r3", "x")], Some("r3")));
        let second = roadmaps::page(db, Some("x"), Some("r3"), 9).await.unwrap();
        assert_eq!((second.items, second.next), (vec![roadmap("r1", "x")], None));
        roadmaps::remove(db, "r1").await.unwrap();
        assert!(matches!(roadmaps::remove(db, "r1").await.unwrap_err(), StoreError::Absent { .. }));
        assert_eq!(roadmaps::page(db, None, None, 9).await.unwrap().items.len(), 2);
    }

    async fn uncertainty_analyses_are_numbered_and_end_once(store: Store) {
        let db = store.db();
        let new = |id: &str| NewAnalysis {
            id: id.into(), assessment_id: "a1".into(), request: json!({"seed": 7}), engine_version: "0.1.0".into(),
            job_id: format!("job of {id}"), created_at_ms: 1, created_by: "test".into(),
        };
        let job = |id: &str| NewJob {
            id: format!("job of {id}"), kind: "uncertainty".into(), payload: json!({}), subject: None, attempts_limit: 1,
            run_at_ms: 1, created_at_ms: 1, created_by: "test".into(), request_id: None,
        };
        let absent = uncertainty_analyses::next_number(db, "a1").await.unwrap_err();
        assert!(matches!(absent, StoreError::Absent { .. }), "{absent}");
        indicator_sets::insert(db, &set("s", "1"), "me", 1).await.unwrap();
        assessments::insert(db, &assessment("a1")).await.unwrap();
        let orphan = uncertainty_analyses::insert(db, &new("u1"), 1).await.unwrap_err();
        assert!(matches!(orphan, StoreError::Conflict { clash: Clash::Referenced, .. }), "{orphan}");
        for (id, number) in [("u1", 1), ("u2", 2)] {
            let transaction = store.begin().await.unwrap();
            jobs::enqueue(&transaction, &job(id)).await.unwrap();
            assert_eq!(uncertainty_analyses::next_number(&transaction, "a1").await.unwrap(), number);
            uncertainty_analyses::insert(&transaction, &new(id), number).await.unwrap();
            transaction.commit().await.unwrap();
        }
        jobs::enqueue(db, &job("u3")).await.unwrap();
        let twice = uncertainty_analyses::insert(db, &new("u3"), 2).await.unwrap_err();
        assert!(matches!(twice, StoreError::Conflict { clash: Clash::Exists, .. }), "{twice}");
        uncertainty_analyses::finish(db, "u1", &json!({"cities": "abc"}), &json!({"ranked": 3})).await.unwrap();
        let found = uncertainty_analyses::find_numbered(db, "a1", 1).await.unwrap();
        assert_eq!((found.asked.clone(), found.job.state), (new("u1"), WorkState::Queued));
        assert_eq!((&found.result, &found.summary), (&Some(json!({"cities": "abc"})), &Some(json!({"ranked": 3}))));
        assert_eq!(uncertainty_analyses::find(db, "u1").await.unwrap(), found);
        let late = uncertainty_analyses::finish(db, "u1", &json!({}), &json!({})).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict { clash: Clash::WrongState, .. }), "{late}");
        let page = uncertainty_analyses::page(db, "a1", None, 1).await.unwrap();
        assert_eq!((page.items[0].number, page.next), (2, Some(2)));
        let page = uncertainty_analyses::page(db, "a1", Some(2), 1).await.unwrap();
        assert_eq!((page.items, page.next), (vec![found], None));
        assert!(matches!(uncertainty_analyses::find_numbered(db, "a1", 3).await.unwrap_err(), StoreError::Absent { .. }));
    }
}
