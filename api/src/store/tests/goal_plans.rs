//! Plans of goals and their revisions.

use serde_json::json;

use super::harness::on_both_databases;
use crate::store::goal_plans::revisions::{self, GoalPlanRevision};
use crate::store::goal_plans::{self, GoalPlan, PlanState};
use crate::store::{Clash, Store, StoreError};

fn plan(id: &str, code: &str, city: &str) -> GoalPlan {
    GoalPlan {
        id: id.into(),
        code: code.into(),
        city: city.into(),
        state: PlanState::Draft,
        number: 0,
        document: json!({"code": code}),
        revision: 1,
        created_at_ms: 10,
        created_by: "k".into(),
        updated_at_ms: 10,
    }
}

fn revision(number: i64) -> GoalPlanRevision {
    GoalPlanRevision {
        plan_id: "p1".into(),
        number,
        document: json!({"number": number}),
        reason: "why".into(),
        approver: "Li".into(),
        waivers: json!([]),
        created_at_ms: 10 + number,
        created_by: "k".into(),
    }
}

on_both_databases! {
    async fn a_plan_is_found_by_code_or_identifier_and_listed_by_city(store: Store) {
        let db = store.db();
        for (id, code, city) in [("p1", "A", "a"), ("p2", "B", "b"), ("p3", "p1", "a")] {
            goal_plans::insert(db, &plan(id, code, city)).await.unwrap();
        }
        let again = goal_plans::insert(db, &plan("p4", "A", "c")).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict { clash: Clash::Exists, .. }), "{again}");
        assert_eq!(goal_plans::find(db, "A").await.unwrap().id, "p1");
        assert_eq!(goal_plans::find(db, "p2").await.unwrap().code, "B");
        // A code wins over an identifier.
        assert_eq!(goal_plans::find(db, "p1").await.unwrap().id, "p3");
        assert!(matches!(goal_plans::find(db, "none").await, Err(StoreError::Absent { .. })));
        let own = goal_plans::page(db, Some(&["a".to_owned()]), None, 1).await.unwrap();
        assert_eq!((own.items[0].id.as_str(), own.next.as_deref()), ("p3", Some("p3")));
        let rest = goal_plans::page(db, Some(&["a".to_owned()]), Some("p3"), 9).await.unwrap();
        assert_eq!((rest.items.len(), rest.items[0].id.as_str(), rest.next), (1, "p1", None));
        assert!(goal_plans::page(db, Some(&[]), None, 9).await.unwrap().items.is_empty());
        assert_eq!(goal_plans::page(db, None, None, 9).await.unwrap().items.len(), 3);
    }

    async fn a_plan_changes_for_who_has_seen_it_and_only_a_draft_goes(store: Store) {
        let db = store.db();
        goal_plans::insert(db, &plan("p1", "A", "a")).await.unwrap();
        let adopted = GoalPlan { state: PlanState::Adopted, number: 1, ..plan("p1", "A", "a") };
        let changed = goal_plans::replace(db, &adopted, 20).await.unwrap();
        assert_eq!(goal_plans::find(db, "p1").await.unwrap(), changed);
        assert_eq!((changed.revision, changed.updated_at_ms, changed.number), (2, 20, 1));
        assert!(matches!(goal_plans::replace(db, &adopted, 30).await, Err(StoreError::Stale { .. })));
        assert!(goal_plans::remove_draft(db, &changed).await.is_err());
        goal_plans::insert(db, &plan("p2", "B", "a")).await.unwrap();
        goal_plans::remove_draft(db, &plan("p2", "B", "a")).await.unwrap();
        assert!(matches!(goal_plans::find(db, "p2").await, Err(StoreError::Absent { .. })));
    }

    async fn revisions_of_a_plan_are_kept_in_their_order(store: Store) {
        let db = store.db();
        assert!(revisions::insert(db, &revision(1)).await.is_err(), "there is no plan yet");
        goal_plans::insert(db, &plan("p1", "A", "a")).await.unwrap();
        for number in 1..=3 {
            revisions::insert(db, &revision(number)).await.unwrap();
        }
        assert!(revisions::insert(db, &revision(3)).await.is_err(), "a revision never changes");
        assert_eq!(revisions::find(db, "p1", 2).await.unwrap(), revision(2));
        assert!(matches!(revisions::find(db, "p1", 9).await, Err(StoreError::Absent { .. })));
        let page = revisions::page(db, "p1", None, 2).await.unwrap();
        assert_eq!((page.items.iter().map(|revision| revision.number).collect::<Vec<_>>(), page.next), (vec![3, 2], Some(2)));
        assert_eq!(revisions::page(db, "p1", Some(2), 2).await.unwrap().items, [revision(1)]);
        assert_eq!(revisions::all(db, "p1").await.unwrap().len(), 3);
    }
}
