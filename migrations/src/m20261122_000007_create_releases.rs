//! Frozen copies of the observations; the rows name Parquet artifacts by their digest.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key};

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
                    .table("releases")
                    .col(key("id", manager).primary_key())
                    .col(key("digest", manager))
                    .col(count("byte_size"))
                    .col(count("rows"))
                    .col(count("items"))
                    .col(count("cities"))
                    .col(count("periods"))
                    .col(at_ms("as_of_ms"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_releases_digest").table("releases").col("digest").take()).await
    }
}
