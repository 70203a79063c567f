//! Benchmarks over years.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, revision, text};

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
                    .table("benchmarks")
                    .col(key("code", manager).primary_key())
                    .col(text("document"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await
    }
}
