//! Validation rules and waivers.

use super::harness::on_both_databases;
use crate::store::validation_rules::{self, NewValidationRule};
use crate::store::waivers::{self, Waiver, WaiverFilter};
use crate::store::{Clash, Store, StoreError};

fn rule(code: &str, set: Option<&str>) -> NewValidationRule {
    NewValidationRule {
        code: code.into(),
        set: set.map(str::to_owned),
        enabled: true,
        document: "{}".into(),
        digest: "d".repeat(64),
    }
}

fn waiver(id: &str, city: &str) -> Waiver {
    Waiver {
        id: id.into(),
        rule: "R".into(),
        set: "s".into(),
        city: city.into(),
        period: Some("2026".into()),
        item: Some("x".into()),
        value: Some("5".into()),
        reason: "merged".into(),
        name: "Li".into(),
        created_at_ms: 10,
        created_by: "k".into(),
        expires_at_ms: Some(30),
        withdrawn: None,
    }
}

on_both_databases! {
    async fn a_rule_is_changed_only_by_who_has_seen_its_revision_and_found_for_its_set(store: Store) {
        let db = store.db();
        let first = validation_rules::insert(db, &rule("B", Some("s")), "k", 10).await.unwrap();
        let again = validation_rules::insert(db, &rule("B", None), "k", 10).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict { clash: Clash::Exists, .. }), "{again}");
        validation_rules::insert(db, &rule("A", None), "k", 10).await.unwrap();
        validation_rules::insert(db, &rule("C", Some("t")), "k", 10).await.unwrap();
        let codes = |rules: Vec<validation_rules::ValidationRule>| -> Vec<String> {
            rules.into_iter().map(|rule| rule.said.code).collect()
        };
        assert_eq!(codes(validation_rules::of_set(db, "s").await.unwrap()), ["A", "B"]);
        let page = validation_rules::page(db, None, Some("A"), 1).await.unwrap();
        assert_eq!((page.next.as_deref(), codes(page.items)), (Some("B"), vec!["B".to_owned()]));
        assert_eq!(codes(validation_rules::page(db, Some("t"), None, 9).await.unwrap().items), ["C"]);
        assert_eq!(validation_rules::count(db).await.unwrap(), 3);

        let off = NewValidationRule { enabled: false, set: None, ..rule("B", None) };
        let second = validation_rules::replace(db, &off, first.revision, 20).await.unwrap();
        assert_eq!((&second.said, second.revision, second.created_at_ms, second.updated_at_ms), (&off, 2, 10, 20));
        assert!(matches!(validation_rules::replace(db, &off, 1, 30).await.unwrap_err(), StoreError::Stale { .. }));
        assert!(matches!(validation_rules::remove(db, "B", 1).await.unwrap_err(), StoreError::Stale { .. }));
        validation_rules::remove(db, "B", 2).await.unwrap();
        assert!(matches!(validation_rules::remove(db, "B", 2).await.unwrap_err(), StoreError::Absent { .. }));
    }

    async fn a_waiver_is_found_by_its_place_and_holds_until_it_ends(store: Store) {
        let db = store.db();
        for (id, city) in [("1", "a"), ("2", "b"), ("3", "a")] {
            waivers::insert(db, &waiver(id, city)).await.unwrap();
        }
        assert_eq!(waivers::find(db, "1").await.unwrap(), waiver("1", "a"));
        let ids = |waivers: Vec<Waiver>| -> Vec<String> { waivers.into_iter().map(|waiver| waiver.id).collect() };
        let cities = vec!["a".to_owned()];
        let of_a = WaiverFilter { set: Some("s".into()), cities, ..WaiverFilter::default() };
        assert_eq!(ids(waivers::all(db, &of_a).await.unwrap()), ["3", "1"]);
        let page = waivers::page(db, &WaiverFilter::default(), Some("3"), 1).await.unwrap();
        assert_eq!((page.next.as_deref(), ids(page.items)), (Some("2"), vec!["2".to_owned()]));
        let other = WaiverFilter { item: Some("y".into()), ..WaiverFilter::default() };
        assert!(waivers::all(db, &other).await.unwrap().is_empty());

        let withdrawn = waivers::withdraw(db, "3", "m", 20).await.unwrap();
        assert_eq!(withdrawn.withdrawn, Some((20, "m".to_owned())));
        assert_eq!(waivers::withdraw(db, "3", "n", 25).await.unwrap(), withdrawn, "once only");
        for at_ms in [9, 10, 19, 20, 29, 30] {
            let held = WaiverFilter { held_at_ms: Some(at_ms), ..WaiverFilter::default() };
            let all = waivers::all(db, &WaiverFilter::default()).await.unwrap();
            let expected: Vec<Waiver> = all.into_iter().filter(|waiver| waiver.holds_at(at_ms)).collect();
            assert_eq!(waivers::all(db, &held).await.unwrap(), expected, "{at_ms}");
        }
        assert!(matches!(waivers::withdraw(db, "9", "m", 20).await.unwrap_err(), StoreError::Absent { .. }));
    }
}
