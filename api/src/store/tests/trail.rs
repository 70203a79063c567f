//! What is kept about requests: the audit trail and answers for repeated ones.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::harness::on_both_databases;
use crate::audit::check_store;
use crate::store::audit::{self, AuditFilter, NewAuditEvent};
use crate::store::idempotency::{self, Answer};
use crate::store::{Clash, Store, StoreError};

fn event(at_ms: i64, actor: &str, subject: &str) -> NewAuditEvent {
    NewAuditEvent {
        at_ms,
        actor: actor.into(),
        action: "create_city".into(),
        subject: subject.into(),
        detail: json!({"n": at_ms}),
    }
}

/// Writes lines of one transaction.
async fn write(store: &Store, events: impl IntoIterator<Item = NewAuditEvent>) {
    let transaction = store.begin().await.unwrap();
    events.into_iter().for_each(|event| transaction.note(event));
    transaction.commit().await.unwrap();
}

async fn places(store: &Store) -> Vec<(i64, Option<i64>)> {
    let lines = audit::page(store.db(), &AuditFilter::default(), None, 100).await.unwrap().items;
    lines.iter().rev().map(|line| (line.at_ms, line.place)).collect()
}

on_both_databases! {
    async fn the_trail_is_read_newest_first(store: Store) {
        let db = store.db();
        for (at_ms, actor, subject) in [(1, "k1", "cities/a"), (2, "k2", "cities/b"), (3, "k1", "cities/b")] {
            write(&store, [event(at_ms, actor, subject)]).await;
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
        write(&store, [event(1, "k1", "cities/a")]).await;
        for attempt in [
            "UPDATE audit_events SET actor = 'x'",
            "UPDATE audit_events SET digest = 'x', place = 9",
            "UPDATE audit_events SET place = NULL",
            "DELETE FROM audit_events",
        ] {
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

    async fn the_lines_of_all_writers_are_one_chain_in_the_order_of_their_commits(store: Store) {
        let undone = store.begin().await.unwrap();
        undone.note(event(0, "k0", "cities/x"));
        undone.rollback().await.unwrap();
        let writers = (0..8).map(|writer| {
            let store = store.clone();
            async move {
                for number in 0..5 {
                    write(&store, [event(writer * 100 + number, "k1", "cities/a"), event(writer * 100 + 50 + number, "k1", "cities/b")]).await;
                }
            }
        });
        futures_util::future::join_all(writers).await;
        let sound = check_store(&store, None).await.unwrap().expect("a sound chain");
        assert_eq!((sound.place, sound.loose), (80, 0));
        let places: Vec<Option<i64>> = places(&store).await.into_iter().map(|(_, place)| place).collect();
        assert_eq!(places, (1..=80).map(Some).collect::<Vec<_>>());
    }

    async fn a_line_of_a_former_version_gets_its_place_with_the_next_write(store: Store) {
        let db = store.db();
        write(&store, [event(1, "k1", "cities/a")]).await;
        let former = "INSERT INTO audit_events (at_ms, actor, action, subject, detail) VALUES (2, 'k2', 'create_city', 'cities/b', '{\"n\":2}')";
        db.execute_unprepared(former).await.unwrap();
        let sound = check_store(&store, None).await.unwrap().expect("a sound chain");
        assert_eq!((sound.place, sound.loose), (1, 1));
        write(&store, [event(3, "k1", "cities/c")]).await;
        assert_eq!(places(&store).await, [(1, Some(1)), (2, Some(2)), (3, Some(3))]);
        let sound = check_store(&store, None).await.unwrap().expect("a sound chain");
        assert_eq!((sound.place, sound.loose), (3, 0));
    }

    async fn whoever_gets_past_the_database_is_named_by_the_chain(store: Store) {
        let db = store.db();
        write(&store, (1..=5).map(|number| event(number, "k1", "cities/a"))).await;
        let disarm = match store.backend() {
            sea_orm::DbBackend::Postgres => "ALTER TABLE audit_events DISABLE TRIGGER ALL",
            _ => "DROP TRIGGER audit_events_not_updated",
        };
        db.execute_unprepared(disarm).await.unwrap();
        db.execute_unprepared("UPDATE audit_events SET actor = 'k2' WHERE place = 3").await.unwrap();
        let faults = check_store(&store, None).await.unwrap().unwrap_err();
        let told: Vec<(&str, Option<&str>)> = faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref())).collect();
        assert_eq!(told, [("audit.changed", Some("/3"))]);
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
