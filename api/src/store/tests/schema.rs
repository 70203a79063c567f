use citygauge_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement};

use super::harness::{on_both_databases, sqlite};
use crate::store::entity::*;
use crate::store::{Clash, Store, StoreError, StoreOptions, assessments, cities, keys, rounds};

on_both_databases! {
    async fn an_empty_database_is_migrated_and_every_entity_can_be_read(store: Store) {
        let db = store.db();
        assert!(assessment::Entity::find().all(db).await.unwrap().is_empty());
        assert!(audit_event::Entity::find().all(db).await.unwrap().is_empty());
        assert!(benchmark::Entity::find().all(db).await.unwrap().is_empty());
        assert!(city::Entity::find().all(db).await.unwrap().is_empty());
        assert!(city_alias::Entity::find().all(db).await.unwrap().is_empty());
        assert!(city_attribute::Entity::find().all(db).await.unwrap().is_empty());
        assert!(design::Entity::find().all(db).await.unwrap().is_empty());
        assert!(design_element::Entity::find().all(db).await.unwrap().is_empty());
        assert!(design_event::Entity::find().all(db).await.unwrap().is_empty());
        assert!(evidence::Entity::find().all(db).await.unwrap().is_empty());
        assert!(gap_analysis::Entity::find().all(db).await.unwrap().is_empty());
        assert!(goal_plan::Entity::find().all(db).await.unwrap().is_empty());
        assert!(goal_plan_revision::Entity::find().all(db).await.unwrap().is_empty());
        assert!(idempotency_key::Entity::find().all(db).await.unwrap().is_empty());
        assert!(import::Entity::find().all(db).await.unwrap().is_empty());
        assert!(import_fault::Entity::find().all(db).await.unwrap().is_empty());
        assert!(indicator_set::Entity::find().all(db).await.unwrap().is_empty());
        assert!(job::Entity::find().all(db).await.unwrap().is_empty());
        assert!(key::Entity::find().all(db).await.unwrap().is_empty());
        assert!(mapping::Entity::find().all(db).await.unwrap().is_empty());
        assert!(observation::Entity::find().all(db).await.unwrap().is_empty());
        assert!(panel::Entity::find().all(db).await.unwrap().is_empty());
        assert!(panel_expert::Entity::find().all(db).await.unwrap().is_empty());
        assert!(panel_score::Entity::find().all(db).await.unwrap().is_empty());
        assert!(path::Entity::find().all(db).await.unwrap().is_empty());
        assert!(peer_group::Entity::find().all(db).await.unwrap().is_empty());
        assert!(peer_group_city::Entity::find().all(db).await.unwrap().is_empty());
        assert!(map::Entity::find().all(db).await.unwrap().is_empty());
        assert!(report::Entity::find().all(db).await.unwrap().is_empty());
        assert!(release::Entity::find().all(db).await.unwrap().is_empty());
        assert!(roadmap::Entity::find().all(db).await.unwrap().is_empty());
        assert!(round::Entity::find().all(db).await.unwrap().is_empty());
        assert!(source::Entity::find().all(db).await.unwrap().is_empty());
        assert!(source_run::Entity::find().all(db).await.unwrap().is_empty());
        assert!(submission::Entity::find().all(db).await.unwrap().is_empty());
        assert!(submission_event::Entity::find().all(db).await.unwrap().is_empty());
        assert!(export::Entity::find().all(db).await.unwrap().is_empty());
        assert!(uncertainty_analysis::Entity::find().all(db).await.unwrap().is_empty());
        assert!(validation_rule::Entity::find().all(db).await.unwrap().is_empty());
        assert!(waiver::Entity::find().all(db).await.unwrap().is_empty());
        assert!(webhook::Entity::find().all(db).await.unwrap().is_empty());
        assert!(webhook_delivery::Entity::find().all(db).await.unwrap().is_empty());
        assert!(webhook_event::Entity::find().all(db).await.unwrap().is_empty());
    }

    async fn migrating_again_changes_nothing(store: Store) {
        let before = store.migration_status().await.unwrap();
        store.migrate_up().await.unwrap();
        assert_eq!(store.migration_status().await.unwrap(), before);
        assert!(before.iter().all(|migration| migration.applied));
        assert!(before.is_sorted_by_key(|migration| &migration.name));
        store.ping().await.unwrap();
    }

    async fn an_uncommitted_write_is_undone(store: Store) {
        let new = cities::NewCity { code: "a".into(), name: "A".into(), ..Default::default() };
        let dropped = store.begin().await.unwrap();
        cities::insert(&dropped, &new, 1).await.unwrap();
        drop(dropped);
        let undone = store.begin().await.unwrap();
        cities::insert(&undone, &new, 1).await.unwrap();
        undone.rollback().await.unwrap();
        assert_eq!(cities::find_by_code(store.db(), "a").await.unwrap(), None);
    }

    async fn a_reader_sees_one_moment_while_a_writer_goes_on(store: Store) {
        let new = cities::NewCity { code: "a".into(), name: "A".into(), ..Default::default() };
        let reading = store.begin_reading().await.unwrap();
        assert_eq!(cities::codes(&reading).await.unwrap(), [""; 0]);
        cities::insert(store.db(), &new, 1).await.unwrap();
        assert_eq!(cities::codes(&reading).await.unwrap(), [""; 0]);
        reading.commit().await.unwrap();
        assert_eq!(cities::codes(store.db()).await.unwrap(), ["a"]);
    }

    async fn a_value_no_version_of_the_service_writes_is_refused_by_the_database(store: Store) {
        let row = observation::Model {
            id: 1, city: "a".into(), period: "2026".into(), item: "x".into(),
            number: None, choice: None, status: "reported".into(), quality: String::new(),
            source: String::new(), note: None, import_id: None, recorded_at_ms: 1,
            recorded_by: "test".into(), superseded_at_ms: None, method: String::new(), provider: String::new(),
            as_of: None, original_unit: String::new(), sample_size: None, margin: None,
        };
        let reported_without_value = observation::Entity::insert(row.into_active_model());
        assert!(reported_without_value.exec(store.db()).await.is_err());
    }

    async fn a_row_that_makes_no_sense_is_named(store: Store) {
        let new = cities::NewCity { code: "a".into(), name: "A".into(), ..Default::default() };
        cities::insert(store.db(), &new, 1).await.unwrap();
        store.db().execute_unprepared("UPDATE cities SET attributes = '[1'").await.unwrap();
        let StoreError::Corrupt { table, column, row, .. } =
            cities::find(store.db(), "a").await.unwrap_err()
        else {
            panic!("expected a corrupt row");
        };
        assert_eq!((table, column, row.as_str()), ("cities", "attributes", "a"));
    }

    async fn codes_sort_by_their_bytes(store: Store) {
        for code in ["b", "B", "a", "杭州", "_"] {
            let new = cities::NewCity { code: code.into(), name: code.into(), ..Default::default() };
            cities::insert(store.db(), &new, 1).await.unwrap();
        }
        assert_eq!(cities::codes(store.db()).await.unwrap(), ["B", "_", "a", "b", "杭州"]);
    }

    async fn a_used_prefix_is_a_conflict(store: Store) {
        let key = |id: &str| keys::Key {
            id: id.into(), name: "n".into(), role: keys::Role::Viewer, scope: keys::KeyScope::default(),
            prefix: "p".into(), hash: "h".into(), created_at_ms: 1, created_by: "test".into(),
            expires_at_ms: None, revoked_at_ms: None, last_used_at_ms: None,
        };
        keys::insert(store.db(), &key("1")).await.unwrap();
        let refused = keys::insert(store.db(), &key("2")).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { clash: Clash::Exists, .. }), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_unavailable() {
    let quick = || StoreOptions { acquire_timeout_ms: 300, ..StoreOptions::default() };
    for url in ["sqlite:///no/such/folder/x.db?mode=rwc", "postgres://nobody@127.0.0.1:9/none"] {
        let refused = Store::connect(url, quick()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Unavailable(_)), "{url}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stays_locked_is_unavailable() {
    let (store, folder) = sqlite().await;
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let impatient = StoreOptions { busy_timeout_ms: 50, ..StoreOptions::default() };
    let other = Store::connect(&url, impatient).await.unwrap();
    let writing = store.begin().await.unwrap();
    let refused = other.begin().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    drop(writing);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_process_wait_for_their_turn() {
    let (store, _folder) = sqlite().await;
    let writers = (0..50).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let transaction = store.begin().await.unwrap();
            let code = n.to_string();
            let new = cities::NewCity { name: code.clone(), code, ..Default::default() };
            cities::insert(&transaction, &new, n).await.unwrap();
            transaction.commit().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(cities::codes(store.db()).await.unwrap().len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_keep_what_they_were_when_their_scope_grows() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    let store = Store::connect(&url, StoreOptions::default()).await.unwrap();
    let before = Migrator::migrations().iter().position(|migration| migration.name().ends_with("_scope_keys")).unwrap();
    let earlier = store.begin().await.unwrap();
    Migrator::up(earlier.inner(), Some(u32::try_from(before).unwrap())).await.unwrap();
    earlier
        .execute_unprepared(
            "INSERT INTO keys (id, name, role, cities, prefix, hash, created_at_ms, created_by, last_used_at_ms) \
             VALUES ('k', 'n', 'reporter', '[\"a\"]', 'p', 'h', 7, 'test', 8)",
        )
        .await
        .unwrap();
    earlier.commit().await.unwrap();
    store.migrate_up().await.unwrap();
    let kept = keys::find(store.db(), "k").await.unwrap();
    let scope = keys::KeyScope { cities: vec!["a".into()], ..Default::default() };
    assert_eq!((kept.role, kept.scope, kept.created_at_ms, kept.last_used_at_ms), (keys::Role::Reporter, scope, 7, Some(8)));
    let again = keys::Key { id: "l".into(), ..keys::find(store.db(), "k").await.unwrap() };
    let refused = keys::insert(store.db(), &again).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict { clash: Clash::Exists, .. }), "the index is there again: {refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn assessments_of_earlier_rounds_know_their_round_and_stay_private() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    let store = Store::connect(&url, StoreOptions::default()).await.unwrap();
    let before = Migrator::migrations().iter().position(|migration| migration.name().ends_with("_add_round_classes")).unwrap();
    let earlier = store.begin().await.unwrap();
    Migrator::up(earlier.inner(), Some(u32::try_from(before).unwrap())).await.unwrap();
    earlier
        .execute_unprepared(
            "INSERT INTO indicator_sets (code, version, state, document, digest, created_at_ms, created_by, updated_at_ms) \
             VALUES ('s', '1', 'draft', '{}', 'd', 1, 'test', 1)",
        )
        .await
        .unwrap();
    for id in ["a", "b", "c"] {
        let insert = format!(
            "INSERT INTO assessments (id, state, set_code, set_version, set_digest, options, engine_version, job_id, created_at_ms, created_by) \
             VALUES ('{id}', 'queued', 's', '1', 'd', '{{}}', '0.1.0', 'j', 1, 'test')"
        );
        earlier.execute_unprepared(&insert).await.unwrap();
    }
    earlier
        .execute_unprepared(
            "INSERT INTO rounds (code, title_en, set_code, set_version, periods, cohort, cities, departments, province_review, state, \
             assessments, created_at_ms, created_by, updated_at_ms) \
             VALUES ('r', 'R', 's', '1', '[\"2026\"]', '\"all\"', '[\"x\"]', '[]', 0, 'published', '[\"a\", \"c\"]', 1, 'test', 1)",
        )
        .await
        .unwrap();
    earlier.commit().await.unwrap();
    store.migrate_up().await.unwrap();
    for (id, round) in [("a", Some("r")), ("b", None), ("c", Some("r"))] {
        let of = assessments::find(store.db(), id).await.unwrap().request.round;
        assert_eq!(of.as_ref().map(|of| (of.code.as_str(), of.class.as_deref())), round.map(|round| (round, None)), "{id}");
    }
    let round = rounds::find(store.db(), "r").await.unwrap();
    assert_eq!(
        (round.profile.visibility, round.profile.classes, round.pseudonyms),
        (rounds::Visibility::Private, Vec::new(), None)
    );
}

/// A new column that names artifacts has to be followed by `Store::named_artifacts`, or a backup lacks them.
#[tokio::test(flavor = "multi_thread")]
async fn every_column_that_could_name_an_artifact_is_followed_or_known_not_to() {
    let (store, _folder) = sqlite().await;
    let columns = "SELECT t.name || '.' || c.name AS place FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' \
                   AND (c.name LIKE '%digest%' OR c.name = 'result') ORDER BY place";
    let rows = store.db().query_all_raw(Statement::from_string(store.backend(), columns)).await.unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.try_get("", "place").unwrap()).collect();
    let followed = [
        "assessments.result",
        "evidence.digest",
        "imports.upload_digest",
        "maps.digest",
        "releases.digest",
        "reports.digest",
        "uncertainty_analyses.result",
    ];
    // Digests of what stands in the row itself; what a source fetched is the upload of its import; files of exports stand apart
    // from artifacts and are in no backup.
    let others = [
        "audit_events.digest",
        "assessments.set_digest",
        "exports.digest",
        "idempotency_keys.request_digest",
        "imports.mapping_digest",
        "indicator_sets.digest",
        "jobs.result",
        "mappings.digest",
        "reports.template_digest",
        "source_runs.digest",
        "sources.known_digest",
        "validation_rules.digest",
    ];
    let mut known: Vec<&str> = followed.into_iter().chain(others).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}
