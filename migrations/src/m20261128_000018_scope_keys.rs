//! Keys are limited to departments and data items as well as to cities, and experts have keys.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

use crate::columns::{at_ms, at_ms_null, key, one_of, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ROLES: [&str; 6] = ["admin", "methodologist", "evaluator", "reporter", "viewer", "expert"];

/// What a key had before; the rest has a default.
const KEPT: [&str; 11] = [
    "id",
    "name",
    "role",
    "cities",
    "prefix",
    "hash",
    "created_at_ms",
    "created_by",
    "expires_at_ms",
    "revoked_at_ms",
    "last_used_at_ms",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DatabaseBackend::Sqlite => rebuild(manager).await,
            _ => alter(manager).await,
        }
    }
}

/// SQLite cannot change a check: the rows move to a new table, which takes the name of the old one. No other table refers
/// to it.
async fn rebuild(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("keys_scoped")
                .col(key("id", manager).primary_key())
                .col(text("name"))
                .col(key("role", manager).check(one_of("role", &ROLES)))
                .col(text("cities").default("[]"))
                .col(text("departments").default("[]"))
                .col(text("items").default("[]"))
                .col(key("prefix", manager))
                .col(key("hash", manager))
                .col(at_ms("created_at_ms"))
                .col(key("created_by", manager))
                .col(at_ms_null("expires_at_ms"))
                .col(at_ms_null("revoked_at_ms"))
                .col(at_ms_null("last_used_at_ms"))
                .take(),
        )
        .await?;
    let kept = KEPT.join(", ");
    let moved = format!("INSERT INTO keys_scoped ({kept}) SELECT {kept} FROM keys");
    manager.get_connection().execute_unprepared(&moved).await?;
    manager.drop_table(Table::drop().table("keys").take()).await?;
    manager.rename_table(Table::rename().table("keys_scoped", "keys").take()).await?;
    manager.create_index(Index::create().name("ux_keys_prefix").table("keys").unique().col("prefix").take()).await
}

async fn alter(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in ["departments", "items"] {
        let added = text(column).default("[]").take();
        manager.alter_table(Table::alter().table("keys").add_column(added).take()).await?;
    }
    let roles = ROLES.map(|role| format!("'{role}'")).join(", ");
    let checked =
        format!("ALTER TABLE keys DROP CONSTRAINT keys_role_check, ADD CONSTRAINT keys_role_check CHECK (role IN ({roles}))");
    manager.get_connection().execute_unprepared(&checked).await?;
    Ok(())
}
