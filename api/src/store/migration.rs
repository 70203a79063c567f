//! Bringing the schema up to date, one process at a time, with room for a backup before.

use citygauge_migrations::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::audit::NewAuditEvent;
use super::served::served;
use super::{Store, StoreError, Transaction, audit};

/// An advisory lock of PostgreSQL that ends with the transaction; the number only has to be our own. While the backup is made, the
/// transaction does nothing for as long as that takes.
const ALONE: &str = "SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(7135364510)";

/// Whether one migration has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// The migration's name, which starts with its date.
    pub name: String,
    /// True once it is part of the schema.
    pub applied: bool,
}

/// The right to migrate, which no other process has meanwhile, before anything is changed. Dropping it changes nothing.
#[derive(Debug)]
pub struct Migration {
    transaction: Transaction,
    known: Vec<MigrationState>,
}

/// The tables of a database on PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The schema in which they are.
    pub schema: String,
    /// Their names, in order.
    pub names: Vec<String>,
}

impl Store {
    /// Waits until no other process migrates, and then keeps others from it. On SQLite nobody writes meanwhile.
    ///
    /// # Errors
    /// A database that is newer than this program, or does not answer.
    pub async fn begin_migration(&self) -> Result<Migration, StoreError> {
        let transaction = self.on_postgres(self.begin_patiently().await?, ALONE).await?;
        let known = states(transaction.inner()).await?;
        Ok(Migration { transaction, known })
    }

    /// Brings the schema of a new database, or of a copy, up to date; that of any other one only after a backup
    /// ([`upgrade`](crate::upgrade::upgrade)).
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        self.begin_migration().await?.run().await
    }

    /// Every migration this version of the service knows, oldest first; changes nothing.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, StoreError> {
        states(&self.db().0).await
    }
}

impl Migration {
    /// The migrations that are not applied yet, oldest first.
    #[must_use]
    pub fn pending(&self) -> Vec<String> {
        self.known.iter().filter(|migration| !migration.applied).map(|migration| migration.name.clone()).collect()
    }

    /// Whether the database is new: no migration was ever applied.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.known.iter().all(|migration| !migration.applied)
    }

    /// The tables that there are, on PostgreSQL.
    pub async fn tables(&self) -> Result<Tables, StoreError> {
        let ask = |sql: &str| Statement::from_string(DbBackend::Postgres, sql);
        let schema = self.transaction.query_one_raw(ask("SELECT current_schema()::text")).await?;
        let schema = schema.map(|row| row.try_get_by_index::<Option<String>>(0)).transpose()?.flatten().unwrap_or_default();
        let named = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
        let rows = self.transaction.query_all_raw(ask(named)).await?;
        let names = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
        Ok(Tables { schema, names })
    }

    /// Has the trail say something of it.
    pub fn note(&self, line: NewAuditEvent) {
        self.transaction.note(line);
    }

    /// Applies all pending migrations, or none.
    pub async fn run(self) -> Result<(), StoreError> {
        served(Migrator::up(self.transaction.inner(), None)).await?;
        audit::chain_loose(&self.transaction).await?;
        self.transaction.commit().await
    }
}

/// The names of all migrations that this version of the service knows, oldest first.
#[must_use]
pub fn migrations() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

async fn states(conn: &impl ConnectionTrait) -> Result<Vec<MigrationState>, StoreError> {
    let known = served(Migrator::get_migration_with_status_read_only(conn)).await?;
    let applied = |status| matches!(status, MigrationStatus::Applied);
    Ok(known
        .iter()
        .map(|migration| MigrationState { name: migration.name().to_owned(), applied: applied(migration.status()) })
        .collect())
}
