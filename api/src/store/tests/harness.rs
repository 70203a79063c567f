//! A fresh database per test, on each of the two systems.

use std::future::Future;

use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use crate::store::{Store, StoreOptions};

/// Where PostgreSQL is, for tests; each test makes a schema of its own there.
const POSTGRES_URL: &str = "CITYGAUGE_TEST_DATABASE_URL";

/// Turns `async fn name(store: Store)` into a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$about:meta])* async fn $name:ident($store:ident: $type:ty) $body:block)+) => { $(
        $(#[$about])*
        mod $name {
            use super::*;

            async fn body($store: $type) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::store::tests::harness::on_sqlite(body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::store::tests::harness::on_postgres(body).await;
            }
        }
    )+ };
}
pub(super) use on_both_databases;

/// Runs a test on an embedded database in a folder of its own.
pub(super) async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    on_sqlite_with(StoreOptions::default(), test).await;
}

/// Runs a test on an embedded database that is opened in a special way.
pub(super) async fn on_sqlite_with<F: Future<Output = ()>>(options: StoreOptions, test: impl FnOnce(Store) -> F) {
    let (store, _folder) = sqlite_with(options).await;
    test(store.clone()).await;
    store.close().await.unwrap();
}

/// An embedded, migrated database that lives as long as its folder.
pub(super) async fn sqlite() -> (Store, TempDir) {
    sqlite_with(StoreOptions::default()).await
}

async fn sqlite_with(options: StoreOptions) -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    let store = Store::connect(&url, options).await.unwrap();
    store.migrate_up().await.unwrap();
    (store, folder)
}

/// Runs a test in a schema of its own, or says that it does not.
pub(super) async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    on_postgres_with(StoreOptions { max_connections: 5, ..StoreOptions::default() }, test).await;
}

/// Runs a test in a schema of its own that is opened in a special way, or says that it does not.
pub(super) async fn on_postgres_with<F: Future<Output = ()>>(options: StoreOptions, test: impl FnOnce(Store) -> F) {
    let Ok(url) = std::env::var(POSTGRES_URL) else {
        eprintln!("skipped on PostgreSQL: {POSTGRES_URL} is not set");
        return;
    };
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    let few = StoreOptions { max_connections: 1, ..StoreOptions::default() };
    let outside = Store::connect(&url, few).await.unwrap();
    outside.db().execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.unwrap();
    let store = Store::connect(&url, StoreOptions { schema: Some(schema.clone()), ..options }).await.unwrap();
    store.migrate_up().await.unwrap();
    test(store.clone()).await;
    store.close().await.unwrap();
    // A failed test leaves its schema behind, to be looked at.
    outside.db().execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
    outside.close().await.unwrap();
}
