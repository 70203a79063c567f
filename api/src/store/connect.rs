//! Opening the database, its transactions, and bringing its schema up to date.

use std::sync::Arc;
use std::time::Duration;

use citygauge_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::Mutex;

use super::{StoreError, Transaction};

/// How the pool behaves; the defaults suit one service on one machine.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The most connections open at once.
    pub max_connections: u32,
    /// How long a caller waits for a free connection before the store counts as unavailable.
    pub acquire_timeout_ms: u64,
    /// How long a writer waits for another one on SQLite before the store counts as unavailable.
    pub busy_timeout_ms: u64,
    /// The PostgreSQL schema to live in, instead of the role's own.
    pub schema: Option<String>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { max_connections: 10, acquire_timeout_ms: 10_000, busy_timeout_ms: 30_000, schema: None }
    }
}

/// The database behind the service; clones share one pool.
#[derive(Debug, Clone)]
pub struct Store {
    db: DatabaseConnection,
    /// Held by the one writing transaction that SQLite allows at a time.
    turn: Arc<Mutex<()>>,
    busy_timeout: Duration,
}

/// Whether one migration has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// The migration's name, which starts with its date.
    pub name: String,
    /// True once it is part of the schema.
    pub applied: bool,
}

impl Store {
    /// Opens `sqlite://path?mode=rwc` or `postgres://user@host/database`.
    ///
    /// SQLite runs with a write-ahead log and syncs it at every commit, so what was committed outlives a
    /// killed process and a power cut.
    pub async fn connect(url: &str, options: StoreOptions) -> Result<Self, StoreError> {
        let busy_timeout = Duration::from_millis(options.busy_timeout_ms);
        let mut connect = ConnectOptions::new(url);
        connect
            .max_connections(options.max_connections)
            .acquire_timeout(Duration::from_millis(options.acquire_timeout_ms))
            .sqlx_logging(false)
            .test_before_acquire(!url.starts_with("sqlite:"))
            .set_application_name("citygauge")
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(busy_timeout)
                    .foreign_keys(true)
                    // 32 MiB per connection (negative: in KiB); an import's index pages stay in memory.
                    .pragma("cache_size", "-32768")
                    .pragma("temp_store", "memory")
            });
        if let Some(schema) = options.schema {
            connect.set_schema_search_path(schema);
        }
        let db = Database::connect(connect).await?;
        Ok(Self { db, turn: Arc::default(), busy_timeout })
    }

    /// The pool, for reads and for single writes.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    /// Starts a unit of work that writes.
    ///
    /// SQLite's write lock is taken at once, so reading first and writing later cannot fail half-way.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let turn = if self.backend() == DbBackend::Sqlite {
            let waiting = tokio::time::timeout(self.busy_timeout, self.turn.clone().lock_owned());
            Some(waiting.await.map_err(|elapsed| StoreError::Unavailable(Box::new(elapsed)))?)
        } else {
            None
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Transaction { inner: self.db.begin_with_options(options).await?, turn })
    }

    /// Starts a unit that only reads: every query in it sees the same moment, and no writer waits for it.
    pub async fn begin_reading(&self) -> Result<Transaction, StoreError> {
        let options = match self.backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions::default(),
        };
        Ok(Transaction { inner: self.db.begin_with_options(options).await?, turn: None })
    }

    /// Brings the schema up to date, all pending migrations or none; two processes take turns.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        if self.backend() == DbBackend::Postgres {
            transaction.execute_unprepared(ONE_MIGRATION_AT_A_TIME).await?;
        }
        Migrator::up(&transaction.inner, None).await?;
        transaction.commit().await
    }

    /// Every migration this version of the service knows, oldest first; changes nothing.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, StoreError> {
        let migrations = Migrator::get_migration_with_status_read_only(&self.db).await?;
        let applied = |status| matches!(status, citygauge_migrations::MigrationStatus::Applied);
        Ok(migrations
            .iter()
            .map(|migration| MigrationState { name: migration.name().to_owned(), applied: applied(migration.status()) })
            .collect())
    }

    /// Asks the database whether it answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.db.ping().await?)
    }

    /// Lets running statements end and closes the pool of all clones.
    pub async fn close(&self) -> Result<(), StoreError> {
        Ok(self.db.close_by_ref().await?)
    }
}

/// An advisory lock of PostgreSQL that ends with the transaction; the number only has to be our own.
const ONE_MIGRATION_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(7135364510)";
