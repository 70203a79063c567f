use serde_json::json;

use super::harness::on_both_databases;
use super::registers::set;
use crate::store::imports::{
    self, HowRead, ImportKind, ImportMode, NewImport, OnFault, Severity, TableShape, Tally, UsedMapping,
};
use crate::store::jobs::WorkState;
use crate::store::{Clash, Store, StoreError, indicator_sets};

pub(super) fn import(id: &str) -> NewImport {
    NewImport {
        id: id.into(),
        kind: ImportKind::Observations,
        mode: ImportMode::Commit,
        on_fault: OnFault::SkipRows,
        set: None,
        period: Some("2026".into()),
        mapping: None,
        fetched: None,
        lang: "zh".into(),
        file_name: None,
        media_type: "text/csv".into(),
        upload_digest: "a".repeat(64),
        upload_bytes: 12,
        job_id: format!("job of {id}"),
        created_at_ms: 1,
        created_by: "test".into(),
    }
}

on_both_databases! {
    async fn an_import_ends_once_with_its_counts(store: Store) {
        let db = store.db();
        let typed = set("s", "1");
        indicator_sets::insert(db, &typed, "me", 1).await.unwrap();
        let mapping = UsedMapping { code: Some("m".into()), document: "{}".into(), digest: "d".into() };
        let new = NewImport { set: Some(typed.key), mapping: Some(mapping), ..import("i1") };
        imports::insert(db, &new).await.unwrap();
        imports::start(db, "i1").await.unwrap();
        imports::start(db, "i1").await.unwrap();
        let tally = Tally { accepted: 3, rejected: 2, unchanged: 1, faults_total: 4, warnings_total: 2 };
        let how = HowRead { encoding: Some("GB18030".into()), shape: Some(TableShape::Wide) };
        imports::note_reading(db, "i1", &how).await.unwrap();
        imports::finish(db, "i1", WorkState::Partial, tally, 9).await.unwrap();
        let found = imports::find(db, "i1").await.unwrap();
        assert_eq!((found.request, found.tally, found.how_read), (new, tally, how));
        assert_eq!((found.state, found.finished_at_ms, found.revision), (WorkState::Partial, Some(9), 4));

        let late = imports::finish(db, "i1", WorkState::Failed, tally, 10).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict { clash: Clash::WrongState, .. }), "{late}");
        let unknown = imports::start(db, "i2").await.unwrap_err();
        assert!(matches!(unknown, StoreError::Absent { .. }), "{unknown}");
    }

    async fn a_set_that_is_not_there_cannot_type_an_import(store: Store) {
        let new = NewImport { set: Some(set("s", "1").key), ..import("i1") };
        let refused = imports::insert(store.db(), &new).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { clash: Clash::Referenced, .. }), "{refused}");
    }

    async fn a_second_attempt_replaces_the_faults_of_the_first(store: Store) {
        let db = store.db();
        imports::insert(db, &import("i1")).await.unwrap();
        imports::replace_faults(db, "i1", [json!({"code": "old"})]).await.unwrap();
        let faults: Vec<_> = (0..12_000).map(|n| json!({"row": n})).collect();
        imports::replace_faults(db, "i1", faults.clone()).await.unwrap();
        let first = imports::page_faults(db, "i1", None, 10_000).await.unwrap();
        let rest = imports::page_faults(db, "i1", first.next, 10_000).await.unwrap();
        assert_eq!([first.items, rest.items].concat(), faults);
        assert_eq!((first.next, rest.next), (Some(10_000), None));

        let faults = [json!({"severity": "warning", "row": 1}), json!({"severity": "error", "row": 2}), json!({"row": 3})];
        imports::replace_faults(db, "i1", faults.clone()).await.unwrap();
        let warnings = imports::page_faults_of(db, "i1", Some(Severity::Warning), None, 9).await.unwrap();
        let errors = imports::page_faults_of(db, "i1", Some(Severity::Error), Some(1), 1).await.unwrap();
        assert_eq!((warnings.items, errors.items, errors.next), (faults[..1].to_vec(), faults[1..2].to_vec(), Some(2)));
    }

    async fn imports_are_listed_newest_first(store: Store) {
        for id in ["i1", "i2", "i3"] {
            imports::insert(store.db(), &import(id)).await.unwrap();
        }
        let first = imports::page(store.db(), None, 2).await.unwrap();
        let ids: Vec<_> = first.items.iter().map(|found| found.request.id.as_str()).collect();
        assert_eq!((ids, first.next.as_deref()), (vec!["i3", "i2"], Some("i2")));
    }
}
