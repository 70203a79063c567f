use serde_json::json;

use super::harness::on_both_databases;
use crate::store::webhooks::deliveries::{Attempt, Delivery, DeliveryState};
use crate::store::webhooks::sending::{self, Next};
use crate::store::webhooks::{self, DisabledReason, Profile, Salts, deliveries, outbox};
use crate::store::{Store, StoreError};

const LEASE_MS: i64 = 1_000;

async fn webhook(store: &Store, id: &str, events: &[&str]) {
    let profile = Profile {
        url: "https://example.cn/".into(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        description: None,
        enabled: true,
    };
    let salts = Salts { key_id: "k".into(), salt: "s".into(), previous: None };
    webhooks::insert(store.db(), id, &profile, &salts, "me", 1).await.unwrap();
}

async fn happened(store: &Store, kind: &str, at_ms: i64) {
    outbox::insert(store.db(), kind, &json!({"path": "x"}), at_ms).await.unwrap();
}

async fn claim(store: &Store, now_ms: i64) -> Option<Delivery> {
    sending::claim(store, "k", now_ms, LEASE_MS).await.unwrap()
}

async fn end(store: &Store, claimed: &Delivery, next: Next) -> bool {
    let attempt = Attempt { at_ms: 1, took_ms: 1, status: Some(500), answer: None, error: None, reason: None };
    sending::end(store.db(), claimed, attempt, next, 9).await.unwrap()
}

on_both_databases! {
    async fn a_delivery_is_claimed_once_however_many_want_it(store: Store) {
        webhook(&store, "w", &["city.*"]).await;
        for _ in 0..20 {
            happened(&store, "city.created", 10).await;
        }
        happened(&store, "round.opened", 10).await;
        let claims = (0..30).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { claim(&store, 10).await })
        });
        let claims: Vec<_> = claims.collect();
        let mut claimed = Vec::new();
        for each in claims {
            claimed.extend(each.await.unwrap().map(|delivery| delivery.id));
        }
        // What somebody else has locked in that moment is skipped, and there at the next look.
        while let Some(delivery) = claim(&store, 10).await {
            claimed.push(delivery.id);
        }
        claimed.sort_unstable();
        let count = claimed.len();
        claimed.dedup();
        assert_eq!((count, claimed.len()), (20, 20));
    }

    async fn a_delivery_whose_sender_is_gone_is_claimed_again_and_the_former_sender_ends_nothing(store: Store) {
        webhook(&store, "w", &["*"]).await;
        happened(&store, "city.created", 10).await;
        let first = claim(&store, 10).await.unwrap();
        assert_eq!(claim(&store, 10 + LEASE_MS - 1).await, None);
        let second = claim(&store, 10 + LEASE_MS).await.unwrap();
        assert_eq!((second.id, second.tries), (first.id, 2));
        assert!(!end(&store, &first, Next::Ended(DeliveryState::Failed)).await, "it has lost its claim");
        assert!(end(&store, &second, Next::Again(5_000)).await);
        assert_eq!(claim(&store, 4_999).await, None);
        let third = claim(&store, 5_000).await.unwrap();
        assert_eq!((third.tries, third.attempts.len()), (3, 1));
        assert!(end(&store, &third, Next::Ended(DeliveryState::Delivered)).await);
        assert!(!sending::is_due(&store, i64::MAX).await.unwrap());
    }

    async fn what_is_paused_disabled_or_signed_with_another_key_is_not_claimed(store: Store) {
        webhook(&store, "w", &["*"]).await;
        happened(&store, "city.created", 10).await;
        assert_eq!(sending::claim(&store, "other", 10, LEASE_MS).await.unwrap(), None);
        let known = webhooks::find(store.db(), "w").await.unwrap();
        sending::failed(store.db(), &known, 500, 10).await.unwrap();
        assert_eq!(claim(&store, 499).await, None);
        let failing = webhooks::find(store.db(), "w").await.unwrap();
        assert_eq!((failing.failures, failing.failing_since_ms, failing.revision), (1, Some(10), 2));
        sending::failed(store.db(), &failing, 600, 20).await.unwrap();
        let failing = webhooks::find(store.db(), "w").await.unwrap();
        assert_eq!((failing.failures, failing.failing_since_ms, failing.revision), (2, Some(10), 2));
        assert!(webhooks::disable(store.db(), "w", DisabledReason::Gone, 30).await.unwrap());
        assert!(!webhooks::disable(store.db(), "w", DisabledReason::Gone, 30).await.unwrap(), "it was before");
        assert_eq!(claim(&store, 1_000).await, None);
        happened(&store, "city.created", 40).await;
        let page = deliveries::page(store.db(), "w", None, None, 10).await.unwrap();
        assert_eq!(page.items.iter().map(|each| each.state).collect::<Vec<_>>(), [DeliveryState::Cancelled]);
    }

    async fn what_is_old_is_forgotten_unless_it_is_still_to_be_told(store: Store) {
        webhook(&store, "w", &["round.opened"]).await;
        webhook(&store, "v", &["round.closed"]).await;
        for kind in ["round.opened", "round.closed", "city.created"] {
            happened(&store, kind, 10).await;
        }
        let told = claim(&store, 10).await.unwrap();
        assert!(end(&store, &told, Next::Ended(DeliveryState::Delivered)).await);
        assert_eq!(outbox::remove_before(store.db(), 10).await.unwrap(), 0);
        assert_eq!(outbox::remove_before(store.db(), 11).await.unwrap(), 2);
        assert!(matches!(deliveries::find(store.db(), "w", told.id).await, Err(StoreError::Absent { .. })));
        let waiting = deliveries::page(store.db(), "v", Some(DeliveryState::Pending), None, 10).await.unwrap();
        assert_eq!(waiting.items.len(), 1);
        webhooks::remove(store.db(), "v", 1).await.unwrap();
        assert_eq!(outbox::remove_before(store.db(), 11).await.unwrap(), 1, "nobody waits for it any more");
    }
}
