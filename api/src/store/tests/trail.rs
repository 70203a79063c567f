//! What is kept about requests: the audit trail and answers for repeated ones.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::harness::on_both_databases;
use crate::store::audit::{self, AuditFilter, NewAuditEvent};
use crate::store::idempotency::{self, Answer};
use crate::store::{Clash, Store, StoreError};

fn event<'a>(at_ms: i64, actor: &'a str, subject: &'a str) -> NewAuditEvent<'a> {
    NewAuditEvent { at_ms, actor, action: "create_city", subject, detail: json!({"n": at_ms}) }
}

on_both_databases! {
    async fn the_trail_is_read_newest_first(store: Store) {
        let db = store.db();
        for (at_ms, actor, subject) in [(1, "k1", "cities/a"), (2, "k2", "cities/b"), (3, "k1", "cities/b")] {
            audit::insert(db, event(at_ms, actor, subject)).await.unwrap();
        }
        let times = |events: &[audit::AuditEvent]| -> Vec<i64> {
            events.iter().map(|event| event.at_ms).collect()
        };
        let all = AuditFilter::default();
        let first = audit::page(db, &all, None, 2).await.unwrap();
        assert_eq!(times(&first.items), [3, 2]);
        assert_eq!(first.items[0].detail, json!({"n": 3}));
        let rest = audit::page(db, &all, first.next, 2).await.unwrap();
        assert_eq!((times(&rest.items), rest.next), (vec![1], None));
        let of_k1 = AuditFilter { actor: Some("k1".into()), subject: Some("cities/b".into()) };
        assert_eq!(times(&audit::page(db, &of_k1, None, 9).await.unwrap().items), [3]);
    }

    async fn the_trail_refuses_to_be_changed_or_emptied(store: Store) {
        let db = store.db();
        audit::insert(db, event(1, "k1", "cities/a")).await.unwrap();
        for attempt in ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"] {
            let refused = db.execute_unprepared(attempt).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{attempt}: {refused}");
        }
        if store.backend() == sea_orm::DbBackend::Postgres {
            let refused = db.execute_unprepared("TRUNCATE audit_events").await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        let kept = audit::page(db, &AuditFilter::default(), None, 9).await.unwrap();
        assert_eq!(kept.items.len(), 1);
        assert_eq!(kept.items[0].actor, "k1");
    }

    async fn a_repeated_request_finds_its_answer(store: Store) {
        let db = store.db();
        let answer = |caller: &str, created_at_ms| Answer {
            caller: caller.into(), key: "once".into(), request_digest: "d".into(), status: 201,
            headers: vec![("location".into(), "/x".into()), ("etag".into(), "\"1\"".into())],
            body: vec![0, 159, 146, 150], created_at_ms,
        };
        assert_eq!(idempotency::find_by_key(db, "k1", "once").await.unwrap(), None);
        idempotency::insert(db, &answer("k1", 1)).await.unwrap();
        idempotency::insert(db, &answer("k2", 5)).await.unwrap();
        let found = idempotency::find_by_key(db, "k1", "once").await.unwrap();
        assert_eq!(found, Some(answer("k1", 1)));
        let second = idempotency::insert(db, &answer("k1", 2)).await.unwrap_err();
        assert!(matches!(second, StoreError::Conflict { clash: Clash::Exists, .. }), "{second}");
        assert_eq!(idempotency::remove_before(db, 5).await.unwrap(), 1);
        assert_eq!(idempotency::find_by_key(db, "k1", "once").await.unwrap(), None);
    }
}
