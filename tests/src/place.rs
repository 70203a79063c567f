//! Where a service keeps what it knows: a folder of its own, and a schema of its own on PostgreSQL.

use std::path::{Path, PathBuf};

use citygauge_api::config::Database;
use citygauge_api::store::{ConnectionTrait, Store, StoreOptions};
use tempfile::TempDir;

use crate::Proxy;

/// Names the PostgreSQL for tests.
const POSTGRES_URL: &str = "CITYGAUGE_TEST_DATABASE_URL";

/// A place that lives as long as its test.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    postgres: Option<Schema>,
}

/// A schema of PostgreSQL.
#[derive(Debug)]
struct Schema {
    url: String,
    /// The URL by which the service reaches it.
    service_url: String,
    name: String,
}

impl Place {
    /// A folder with an embedded database.
    #[must_use]
    pub fn folder() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), postgres: None }
    }

    /// As [`Place::folder`], in a folder that is there.
    #[must_use]
    pub fn folder_in(folder: &Path) -> Self {
        Self { folder: tempfile::tempdir_in(folder).expect("a temporary folder"), postgres: None }
    }

    /// As it is, with its files in a folder that is there.
    #[must_use]
    pub fn with_folder_in(self, folder: &Path) -> Self {
        Self { postgres: self.postgres, ..Self::folder_in(folder) }
    }

    /// A folder for artifacts and a schema for the rest, or a word that there is no PostgreSQL to test with.
    pub async fn schema() -> Option<Self> {
        let Ok(url) = std::env::var(POSTGRES_URL) else {
            eprintln!("skipped on PostgreSQL: {POSTGRES_URL} is not set");
            return None;
        };
        Some(Self::schema_at(url).await)
    }

    /// A folder for artifacts and a schema for the rest, on a PostgreSQL of one's own.
    pub async fn schema_at(url: String) -> Self {
        let schema = Schema { service_url: url.clone(), url, name: format!("test_{}", uuid::Uuid::now_v7().simple()) };
        schema.execute("CREATE SCHEMA", "").await;
        Self { postgres: Some(schema), ..Self::folder() }
    }

    /// Has the service reach PostgreSQL through a proxy.
    pub async fn through_a_proxy(&mut self) -> Proxy {
        let schema = self.postgres.as_mut().expect("the data are on PostgreSQL");
        let (user, rest) = schema.url.rsplit_once('@').expect("the URL names a user");
        let (address, database) = rest.split_once('/').expect("the URL names a database");
        let proxy = Proxy::to(&if address.contains(':') { address.to_owned() } else { format!("{address}:5432") }).await;
        schema.service_url = format!("{user}@{}/{database}", proxy.address());
        proxy
    }

    /// The folder of the service's data.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The settings of the database.
    #[must_use]
    pub fn database(&self) -> Database {
        let (url, schema) = self.postgres.as_ref().map(|schema| (schema.service_url.clone(), schema.name.clone())).unzip();
        Database { url, schema, max_connections: 5, ..Database::default() }
    }

    /// The embedded database, where the data are in a folder.
    #[must_use]
    pub fn sqlite(&self) -> Option<PathBuf> {
        self.postgres.is_none().then(|| self.data_dir().join("citygauge.db"))
    }

    /// The address and the schema of the data, where they are on PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> Option<(&str, &str)> {
        self.postgres.as_ref().map(|schema| (schema.url.as_str(), schema.name.as_str()))
    }

    /// Removes what the test has left; a test that failed leaves its schema behind, to be looked at.
    pub async fn clear(self) {
        if let Some(schema) = &self.postgres {
            schema.execute("DROP SCHEMA", "CASCADE").await;
        }
    }
}

impl Schema {
    async fn execute(&self, verb: &str, how: &str) {
        let store = Store::connect(&self.url, StoreOptions { max_connections: 1, ..StoreOptions::default() }).await;
        let store = store.expect("PostgreSQL answers");
        let statement = format!("{verb} {} {how}", self.name);
        store.db().execute_unprepared(&statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        store.close().await.expect("the connection closes");
    }
}
