//! Opening the database, and its transactions.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DbBackend, DbErr, IsolationLevel, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::served::{self, served};
use super::{Pool, StoreError, Transaction, Turn, session};

/// How the pool behaves; the defaults suit one service on one machine.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The most connections open at once.
    pub max_connections: u32,
    /// How long a caller waits for a free connection before the store counts as unavailable.
    pub acquire_timeout_ms: u64,
    /// How long a writer waits for another one before the store counts as unavailable.
    pub busy_timeout_ms: u64,
    /// The longest a statement of a request may take on PostgreSQL.
    pub statement_timeout_ms: u64,
    /// How long a transaction may do nothing before PostgreSQL undoes it and frees what it has locked.
    pub idle_transaction_timeout_ms: u64,
    /// The PostgreSQL schema to live in, instead of the role's own.
    pub schema: Option<String>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout_ms: 10_000,
            busy_timeout_ms: 30_000,
            statement_timeout_ms: 60_000,
            idle_transaction_timeout_ms: 60_000,
            schema: None,
        }
    }
}

/// The database behind the service; clones share one pool.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    /// The turns to write: the only one that SQLite has, half of the connections on PostgreSQL.
    turns: Arc<Semaphore>,
    busy_timeout: Duration,
}

impl Store {
    /// Opens `sqlite://path?mode=rwc` or `postgres://user@host/database`.
    ///
    /// SQLite runs with a write-ahead log and syncs it at every commit, so what was committed outlives a
    /// killed process and a power cut.
    pub async fn connect(url: &str, options: StoreOptions) -> Result<Self, StoreError> {
        let busy_timeout = Duration::from_millis(options.busy_timeout_ms);
        let settings = session::settings(&options);
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
            })
            .map_sqlx_sqlite_pool_opts(|pool| {
                // Where a disk is full or fails SQLite undoes a transaction by itself, and the driver, whose ROLLBACK then fails, believes to be in
                // it still: whatever came next would be a savepoint that nobody ends, and see and write what nobody else does.
                pool.after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            })
            .map_sqlx_postgres_pool_opts(move |pool| {
                let settings = settings.clone();
                pool.after_connect(move |connection, _| {
                    let settings = AssertSqlSafe(settings.clone());
                    Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
                })
            });
        let pool = Pool(served(Database::connect(connect)).await.map_err(|error| without_address(error, url))?);
        let turns = match pool.get_database_backend() {
            DbBackend::Sqlite => 1,
            _ => (options.max_connections / 2).max(1),
        };
        Ok(Self { pool, turns: Arc::new(Semaphore::new(turns as usize)), busy_timeout })
    }

    /// The pool, for reads and, with a [`Store::turn`], for single writes.
    pub fn db(&self) -> &Pool {
        &self.pool
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// Starts a unit of work of a request that writes.
    ///
    /// SQLite's write lock is taken at once, so reading first and writing later cannot fail half-way. It has one
    /// writer at a time; on PostgreSQL, where a writer may wait for the rows of another one, writing requests take at
    /// most half of the pool, and the rest is left to reads and jobs. Whoever has waited for a turn or for a row for as
    /// long as configured is told that the store is unavailable.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let waiting = tokio::time::timeout(self.busy_timeout, self.turns.clone().acquire_owned());
        let turn = waiting.await.map_err(|elapsed| StoreError::Unavailable(Box::new(elapsed)))?;
        self.begin_writing(Turn { _held: turn.ok() }).await
    }

    /// As [`Store::begin`] for a job, which waits for other writers as long as it takes: whoever runs it keeps its claim
    /// alive meanwhile, and a writer that is gone is noticed within half a minute.
    pub async fn begin_patiently(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin_writing(self.turn().await).await?;
        self.on_postgres(transaction, session::PATIENT).await
    }

    /// As [`Store::begin`] for something that can be done later: it does not wait for the rows of other writers.
    pub async fn begin_briefly(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin_writing(self.turn().await).await?;
        self.on_postgres(transaction, session::BRIEF).await
    }

    /// Waits until a single write on the pool may begin, and is held over it; at once on PostgreSQL.
    ///
    /// Whoever holds a writing transaction must not wait for it.
    pub async fn turn(&self) -> Turn {
        match self.backend() {
            DbBackend::Sqlite => Turn { _held: self.turns.clone().acquire_owned().await.ok() },
            _ => Turn::default(),
        }
    }

    async fn begin_writing(&self, turn: Turn) -> Result<Transaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Transaction::new(served(self.pool.0.begin_with_options(options)).await?, turn))
    }

    pub(super) async fn on_postgres(&self, transaction: Transaction, settings: &str) -> Result<Transaction, StoreError> {
        if self.backend() == DbBackend::Postgres {
            transaction.execute_unprepared(settings).await?;
        }
        Ok(transaction)
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
        let inner = served(self.pool.0.begin_with_options(options)).await?;
        self.on_postgres(Transaction::new(inner, Turn::default()), session::LONG_READ).await
    }

    /// Asks the database whether it answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(served(self.pool.0.ping()).await?)
    }

    /// Runs small work on the thread that serves the connections, where it goes on while other threads are busy.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        served::spawn(work)
    }

    /// Lets running statements end and closes the pool of all clones.
    pub async fn close(&self) -> Result<(), StoreError> {
        Ok(served(self.pool.0.close_by_ref()).await?)
    }
}

/// An error that repeats the address, which holds a password, in other words.
fn without_address(error: DbErr, url: &str) -> DbErr {
    if !error.to_string().contains(url) {
        return error;
    }
    let scheme = url.split(':').next().unwrap_or_default();
    DbErr::Conn(RuntimeErr::Internal(format!("database.url ({scheme}:…) is malformed or of a kind that is not known")))
}
