//! What can go wrong in the store, in the store's own words.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;

use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

/// Why a write or a read could not be done.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("{table} has no {key}")]
    Absent {
        /// The table that was asked.
        table: &'static str,
        /// The key that was asked for.
        key: String,
    },
    /// The write contradicts what is stored.
    #[error("{table} {key}: {clash}")]
    Conflict {
        /// The table that refused.
        table: Cow<'static, str>,
        /// The key of the row, or what the database names when the caller did not say.
        key: String,
        /// What it contradicts.
        clash: Clash,
    },
    /// Somebody else wrote in between: the row's revision, or the attempt of a job, is not the expected one.
    #[error("{table} {key} has changed in the meantime")]
    Stale {
        /// The table of the row.
        table: &'static str,
        /// The key of the row.
        key: String,
    },
    /// A row holds something the service cannot have written.
    #[error("{table} {row}, column {column}: {reason}")]
    Corrupt {
        /// The table of the row.
        table: &'static str,
        /// The column that makes no sense.
        column: &'static str,
        /// The key of the row.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database does not answer now; the same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A defect of the service or a database that does not fit it.
    #[error("the database refused: {0}")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

/// What a refused write contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// A row with this key is there already.
    Exists,
    /// Another row refers to this one, or this one to a row that is not there.
    Referenced,
    /// The row is in a state that does not allow it.
    WrongState,
}

impl Display for Clash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Exists => "exists already",
            Self::Referenced => "is referred to, or refers to something absent",
            Self::WrongState => "its state does not allow this",
        })
    }
}

impl StoreError {
    pub(super) fn absent(table: &'static str, key: impl Display) -> Self {
        Self::Absent { table, key: key.to_string() }
    }

    pub(super) fn stale(table: &'static str, key: impl Display) -> Self {
        Self::Stale { table, key: key.to_string() }
    }

    pub(super) fn conflict(table: &'static str, key: impl Display, clash: Clash) -> Self {
        Self::Conflict { table: table.into(), key: key.to_string(), clash }
    }
}

/// Names the row a failed statement was about, where the database only knows its constraint.
pub(super) trait Keyed<T> {
    fn keyed(self, table: &'static str, key: impl Display) -> Result<T, StoreError>;
}

impl<T> Keyed<T> for Result<T, DbErr> {
    fn keyed(self, table: &'static str, key: impl Display) -> Result<T, StoreError> {
        self.map_err(|error| match StoreError::from(error) {
            StoreError::Conflict { clash, .. } => StoreError::conflict(table, key, clash),
            other => other,
        })
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let clash = match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(said)) => Some((Clash::Exists, said)),
            Some(SqlErr::ForeignKeyConstraintViolation(said)) => Some((Clash::Referenced, said)),
            _ => None,
        };
        match clash {
            Some((clash, key)) => Self::Conflict { table: "database".into(), key, clash },
            None if is_passing(&error) => Self::Unavailable(Box::new(error)),
            None => Self::Internal(Box::new(error)),
        }
    }
}

/// Whether the same call may succeed when it is made again.
fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => match error.as_ref() {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    is_passing_sqlite(&code)
                } else {
                    is_passing_postgres(&code)
                }
            }
            _ => false,
        },
        _ => false,
    }
}

/// Busy (5), locked (6), and what a disk does that is full, fails or can only be read: read-only (8), input and output (10), full (13), cannot
/// open (14); in any of their extended forms.
fn is_passing_sqlite(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

/// Connection lost (08), rolled back to be tried again (40), out of resources (53), lock not available
/// (55P03), statement time-out (57014), a transaction that did nothing for too long (25P03), shutting or starting (57P0x).
fn is_passing_postgres(code: &str) -> bool {
    ["08", "40", "53"].iter().any(|class| code.starts_with(class))
        || matches!(code, "25P03" | "55P03" | "57014" | "57P01" | "57P02" | "57P03")
}
