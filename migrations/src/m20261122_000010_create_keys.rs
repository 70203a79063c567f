//! Access keys: a role, a city scope and the hash of the secret, never the secret.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, one_of, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("keys")
                    .col(key("id", manager).primary_key())
                    .col(text("name"))
                    .col(
                        key("role", manager)
                            .check(one_of("role", &["admin", "methodologist", "evaluator", "reporter", "viewer"])),
                    )
                    .col(text("cities").default("[]"))
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
        manager.create_index(Index::create().name("ux_keys_prefix").table("keys").unique().col("prefix").take()).await
    }
}
