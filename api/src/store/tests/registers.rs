//! Cities, peer groups, indicator sets, releases, gap analyses and keys.

use serde_json::json;

use super::harness::on_both_databases;
use crate::store::cities::{self, Counts, NewCity};
use crate::store::indicator_sets::{self, NewSet, SetFilter, SetKey, SetState};
use crate::store::keys::{self, Key, Role};
use crate::store::peer_groups::{self, NewPeerGroup};
use crate::store::releases::{self, Release};
use crate::store::{Clash, Store, StoreError};

pub(super) fn city(code: &str) -> NewCity {
    NewCity {
        code: code.into(),
        name: format!("City {code}"),
        name_zh: Some("城".into()),
        attributes: [("region".to_owned(), "east".to_owned())].into(),
        ..NewCity::default()
    }
}

pub(super) fn set(code: &str, version: &str) -> NewSet {
    NewSet {
        key: SetKey { code: code.into(), version: version.into() },
        document: json!({"code": code, "version": version}).to_string(),
        digest: "d".repeat(64),
        title_zh: None,
        title_en: Some("A set".into()),
        derived_from: None,
    }
}

pub(super) fn release(id: &str) -> Release {
    Release {
        id: id.into(),
        digest: "e".repeat(64),
        byte_size: 10,
        rows: 3,
        items: 2,
        cities: 1,
        periods: 1,
        is_uploaded: true,
        as_of_ms: 5,
        created_at_ms: 6,
        created_by: "test".into(),
    }
}

fn conflict(error: StoreError) -> Clash {
    match error {
        StoreError::Conflict { clash, .. } => clash,
        other => panic!("expected a conflict: {other}"),
    }
}

fn is_stale(error: StoreError) -> bool {
    matches!(error, StoreError::Stale { .. })
}

fn is_absent(error: StoreError) -> bool {
    matches!(error, StoreError::Absent { .. })
}

on_both_databases! {
    async fn a_city_is_changed_only_by_who_has_seen_its_revision(store: Store) {
        let db = store.db();
        let first = cities::insert(db, &city("a"), 10).await.unwrap();
        assert_eq!(conflict(cities::insert(db, &city("a"), 11).await.unwrap_err()), Clash::Exists);
        assert_eq!(cities::find(db, "a").await.unwrap(), first);

        let renamed = NewCity { name: "New".into(), name_zh: None, ..city("a") };
        let second = cities::replace(db, &renamed, first.revision, 20).await.unwrap();
        assert_eq!(second.profile, renamed);
        assert_eq!((second.revision, second.created_at_ms, second.updated_at_ms), (2, 10, 20));
        assert_eq!(cities::find(db, "a").await.unwrap(), second);

        assert!(is_stale(cities::replace(db, &renamed, 1, 30).await.unwrap_err()));
        assert!(is_absent(cities::replace(db, &city("b"), 1, 30).await.unwrap_err()));
        assert!(is_stale(cities::remove(db, "a", 1).await.unwrap_err()));
        cities::remove(db, "a", 2).await.unwrap();
        assert!(is_absent(cities::remove(db, "a", 2).await.unwrap_err()));
    }

    async fn a_batch_of_cities_writes_only_what_changed(store: Store) {
        let db = store.db();
        let batch: Vec<NewCity> = (0..1_500).map(|n| city(&format!("{n:04}"))).collect();
        let all_new = Counts { accepted: 1_500, unchanged: 0 };
        assert_eq!(cities::upsert_batch(db, &batch, 1).await.unwrap(), all_new);
        let asked = batch.iter().map(|city| city.code.as_str()).chain(["absent"]);
        let found = cities::find_by_codes(db, asked).await.unwrap();
        assert_eq!((found.len(), found.get(&batch[1_200].code)), (batch.len(), Some(&batch[1_200])));
        let mut again = batch.clone();
        again[3].name = "New".into();
        let one_changed = Counts { accepted: 1, unchanged: 1_499 };
        assert_eq!(cities::upsert_batch(db, &again, 2).await.unwrap(), one_changed);
        let read = cities::all(db).await.unwrap();
        assert_eq!(read.iter().map(|city| city.profile.clone()).collect::<Vec<_>>(), again);
        assert_eq!((read[3].revision, read[3].created_at_ms, read[3].updated_at_ms), (2, 1, 2));
        assert_eq!((read[4].revision, read[4].updated_at_ms), (1, 1));
    }

    async fn attributes_and_aliases_keep_their_time(store: Store) {
        use crate::store::cities::aliases::{self, Alias, AliasKind};
        use crate::store::cities::attributes;
        let db = store.db();
        let day = 86_400_000;
        let made = cities::insert(db, &city("a"), 0).await.unwrap();
        assert_eq!(attributes::of_city(db, "a").await.unwrap(), []);
        let moved = NewCity { attributes: [("region".to_owned(), "west".to_owned())].into(), ..city("a") };
        let changed = cities::replace(db, &moved, made.revision, 10 * day).await.unwrap();
        let history = attributes::of_city(db, "a").await.unwrap();
        let rows: Vec<_> = history.iter().map(|row| (row.from.as_str(), row.value.as_deref())).collect();
        assert_eq!(rows, [("", Some("east")), ("1970-01-11", Some("west"))]);
        let region = |on: &str| attributes::on(on, &changed.profile.attributes, &history)["region"].clone();
        assert_eq!((region("1970-01-10"), region("1970-01-11")), ("east".to_owned(), "west".to_owned()));
        // The same day said again, by a batch.
        let again = NewCity { attributes: [("region".to_owned(), "north".to_owned())].into(), ..city("a") };
        cities::upsert_batch(db, std::slice::from_ref(&again), 10 * day).await.unwrap();
        let history = attributes::all(db).await.unwrap().remove("a").unwrap();
        assert_eq!((history.len(), history[1].value.as_deref()), (2, Some("north")));
        assert_eq!(cities::find(db, "a").await.unwrap().profile, again);

        // An attribute that the city never had has always been so.
        let more = NewCity { attributes: [("tier", "big"), ("region", "north")].map(|(n, v)| (n.into(), v.into())).into(), ..city("a") };
        cities::upsert_batch(db, std::slice::from_ref(&more), 20 * day).await.unwrap();
        assert_eq!(cities::find(db, "a").await.unwrap().profile, more);
        assert!(attributes::of_city(db, "a").await.unwrap().iter().all(|row| row.name == "region"));

        let alias = |kind, word: &str| Alias { kind, alias: word.into(), valid_from: None, valid_to: Some("1969-12-31".into()) };
        let had = [alias(AliasKind::Code, "old"), alias(AliasKind::Name, "Old")];
        aliases::replace(db, "a", &had).await.unwrap();
        aliases::replace(db, "a", &had).await.unwrap();
        assert_eq!(aliases::of_city(db, "a").await.unwrap(), had);
        assert_eq!(aliases::all(db).await.unwrap(), aliases::of_cities(db, &["a".to_owned(), "b".to_owned()]).await.unwrap());
        let revision = cities::find(db, "a").await.unwrap().revision;
        cities::remove(db, "a", revision).await.unwrap();
        assert!(aliases::all(db).await.unwrap().is_empty() && attributes::all(db).await.unwrap().is_empty());
    }

    async fn pages_join_to_the_whole_list_while_it_grows(store: Store) {
        let db = store.db();
        for code in ["a", "c", "e", "g"] {
            cities::insert(db, &city(code), 1).await.unwrap();
        }
        let first = cities::page(db, None, 2).await.unwrap();
        cities::insert(db, &city("b"), 2).await.unwrap();
        cities::insert(db, &city("d"), 2).await.unwrap();
        let second = cities::page(db, first.next.as_deref(), 3).await.unwrap();
        let code = |city: &cities::City| city.profile.code.clone();
        assert_eq!(first.items.iter().map(code).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(second.items.iter().map(code).collect::<Vec<_>>(), ["d", "e", "g"]);
        assert_eq!(second.next, None);
    }

    async fn a_peer_group_holds_registered_cities(store: Store) {
        let db = store.db();
        for code in ["a", "b", "c"] {
            cities::insert(db, &city(code), 1).await.unwrap();
        }
        let new = NewPeerGroup {
            code: "east".into(),
            title_zh: Some("东部".into()),
            cities: vec!["b".into(), "a".into()],
            ..NewPeerGroup::default()
        };
        let made = peer_groups::insert(db, &new, "me", 1).await.unwrap();
        assert_eq!(made.profile.cities, ["a", "b"]);
        let wider = NewPeerGroup { cities: vec!["a".into(), "c".into()], ..new.clone() };
        let changed = peer_groups::replace(db, &wider, 1, 2).await.unwrap();
        assert_eq!((changed.profile, changed.revision), (wider.clone(), 2));
        assert!(is_stale(peer_groups::replace(db, &wider, 1, 3).await.unwrap_err()));
        let page = peer_groups::page(db, None, 10).await.unwrap();
        assert_eq!(page.items, [peer_groups::find(db, "east").await.unwrap()]);
        assert_eq!(conflict(cities::remove(db, "a", 1).await.unwrap_err()), Clash::Referenced);

        let unknown = NewPeerGroup { code: "x".into(), cities: vec!["nowhere".into()], ..new };
        let transaction = store.begin().await.unwrap();
        let refused = peer_groups::insert(&transaction, &unknown, "me", 1).await.unwrap_err();
        assert_eq!(conflict(refused), Clash::Referenced);
        transaction.rollback().await.unwrap();
        peer_groups::remove(db, "east", 2).await.unwrap();
        assert_eq!(peer_groups::find_by_code(db, "east").await.unwrap(), None);
    }

    async fn a_draft_changes_until_it_is_published_and_then_never(store: Store) {
        let db = store.db();
        let new = set("s", "1");
        indicator_sets::insert(db, &new, "me", 1).await.unwrap();
        let twice = indicator_sets::insert(db, &new, "me", 1).await.unwrap_err();
        assert_eq!(conflict(twice), Clash::Exists);
        let edited = NewSet { document: "{}".into(), digest: "f".repeat(64), ..new.clone() };
        let draft = indicator_sets::replace(db, &edited, 1, 2).await.unwrap();
        assert!(is_stale(indicator_sets::replace(db, &new, 1, 3).await.unwrap_err()));
        let stored = indicator_sets::find(db, &new.key).await.unwrap();
        assert_eq!((stored.document.as_str(), stored.entry), ("{}", draft));

        let published = indicator_sets::publish(db, &new.key, 2, "you", 4).await.unwrap();
        assert_eq!((published.state, published.revision), (SetState::Published, 3));
        assert_eq!(published.published_by.as_deref(), Some("you"));
        let late = indicator_sets::replace(db, &new, 3, 5).await.unwrap_err();
        assert_eq!(conflict(late), Clash::WrongState);
        let late = indicator_sets::remove(db, &new.key, 3).await.unwrap_err();
        assert_eq!(conflict(late), Clash::WrongState);
        let retired = indicator_sets::retire(db, &new.key, 3, 6).await.unwrap();
        assert_eq!((retired.state, retired.published_at_ms), (SetState::Retired, Some(4)));
    }

    async fn versions_are_listed_by_code_and_version(store: Store) {
        let db = store.db();
        for (code, version) in [("b", "1"), ("a", "2"), ("a", "10"), ("c", "1")] {
            indicator_sets::insert(db, &set(code, version), "me", 1).await.unwrap();
        }
        let derived = NewSet { derived_from: Some(set("a", "2").key), ..set("d", "1") };
        indicator_sets::insert(db, &derived, "me", 1).await.unwrap();
        indicator_sets::publish(db, &derived.key, 1, "me", 2).await.unwrap();

        let all = SetFilter::default();
        let first = indicator_sets::page(db, &all, None, 2).await.unwrap();
        let rest = indicator_sets::page(db, &all, first.next.as_ref(), 9).await.unwrap();
        let keys = |page: &[indicator_sets::SetEntry]| -> Vec<String> {
            page.iter().map(|entry| entry.key.to_string()).collect()
        };
        assert_eq!(keys(&first.items), ["a version 10", "a version 2"]);
        assert_eq!(keys(&rest.items), ["b version 1", "c version 1", "d version 1"]);
        assert_eq!(rest.items[2].derived_from, derived.derived_from);
        let published = SetFilter { state: Some(SetState::Published), ..all.clone() };
        let published = indicator_sets::page(db, &published, None, 9).await.unwrap();
        assert_eq!(keys(&published.items), ["d version 1"]);
        let only_a = SetFilter { code: Some("a".into()), ..all };
        assert_eq!(indicator_sets::page(db, &only_a, None, 9).await.unwrap().items.len(), 2);
    }

    async fn a_removed_draft_is_gone(store: Store) {
        let new = set("s", "1");
        indicator_sets::insert(store.db(), &new, "me", 1).await.unwrap();
        assert!(is_stale(indicator_sets::remove(store.db(), &new.key, 7).await.unwrap_err()));
        indicator_sets::remove(store.db(), &new.key, 1).await.unwrap();
        assert!(is_absent(indicator_sets::find(store.db(), &new.key).await.unwrap_err()));
    }

    async fn releases_come_back_as_they_were_kept(store: Store) {
        let db = store.db();
        for id in ["r1", "r2", "r3"] {
            releases::insert(db, &release(id)).await.unwrap();
        }
        assert_eq!(releases::find(db, "r2").await.unwrap(), release("r2"));
        let newest = releases::page(db, None, 2).await.unwrap();
        assert_eq!(newest.items, [release("r3"), release("r2")]);
        let oldest = releases::page(db, newest.next.as_deref(), 2).await.unwrap();
        assert_eq!((oldest.items, oldest.next), (vec![release("r1")], None));
        assert!(is_absent(releases::find(db, "r4").await.unwrap_err()));
    }

    async fn a_key_works_until_it_expires_or_is_revoked(store: Store) {
        let db = store.db();
        let key = Key {
            id: "k1".into(), name: "Desk".into(), role: Role::Reporter,
            scope: keys::KeyScope { cities: vec!["330100".into()], items: vec!["x".into()], ..Default::default() }, prefix: "abc".into(), hash: "0".repeat(64),
            created_at_ms: 1, created_by: "me".into(), expires_at_ms: Some(100),
            revoked_at_ms: None, last_used_at_ms: None,
        };
        assert_eq!(keys::count(db).await.unwrap(), 0);
        keys::insert(db, &key).await.unwrap();
        assert_eq!(keys::count(db).await.unwrap(), 1);
        let found = keys::find_by_prefix(db, "abc").await.unwrap().unwrap();
        assert_eq!(found, key);
        assert!(found.is_valid(99) && !found.is_valid(100));
        assert_eq!(keys::find_by_prefix(db, "abd").await.unwrap(), None);

        keys::touch(db, "k1", 1_000, 60).await.unwrap();
        keys::touch(db, "k1", 1_030, 60).await.unwrap();
        assert_eq!(keys::find(db, "k1").await.unwrap().last_used_at_ms, Some(1_000));
        keys::touch(db, "k1", 1_060, 60).await.unwrap();
        assert_eq!(keys::find(db, "k1").await.unwrap().last_used_at_ms, Some(1_060));

        let revoked = keys::revoke(db, "k1", 50).await.unwrap();
        assert!(!revoked.is_valid(51));
        assert_eq!(keys::revoke(db, "k1", 60).await.unwrap().revoked_at_ms, Some(50));
        assert_eq!(keys::page(db, None, 5).await.unwrap().items.len(), 1);
        assert!(is_absent(keys::revoke(db, "k2", 50).await.unwrap_err()));
    }
}
