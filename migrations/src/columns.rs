//! The kinds of column the schema is made of, so that the same thing has the same type in every table.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// A code or an identifier: text that is compared and sorted by its bytes on both databases.
///
/// PostgreSQL would otherwise sort by the locale of the cluster, and pages, releases and the engine
/// would disagree about order.
pub(crate) fn key(name: &'static str, manager: &SchemaManager) -> ColumnDef {
    key_null(name, manager).not_null().take()
}

/// A [`key`] that may be absent.
pub(crate) fn key_null(name: &'static str, manager: &SchemaManager) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// Text for people or a document kept as text; never compared.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// A [`text`] that may be absent.
pub(crate) fn text_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().take()
}

/// A moment: milliseconds since 1970 in UTC.
pub(crate) fn at_ms(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A moment that may not have come.
pub(crate) fn at_ms_null(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

/// A number of things, 0 until somebody counts.
pub(crate) fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().default(0).check(Expr::col(name).gte(0)).take()
}

/// The row's version, raised by every write; what a client sends back in `If-Match`.
pub(crate) fn revision() -> ColumnDef {
    ColumnDef::new("revision").big_integer().not_null().default(1).take()
}

/// The identifier the database gives out, growing and never used twice.
pub(crate) fn serial() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take()
}

/// The states of a job and of everything that is worked on by one.
pub(crate) const WORK_STATES: [&str; 6] = ["queued", "running", "succeeded", "partial", "failed", "cancelled"];

/// Holds for a row whose column has one of these words.
pub(crate) fn one_of(column: &'static str, words: &[&'static str]) -> Expr {
    Expr::col(column).is_in(words.iter().copied())
}
