//! Files that support an observation; the bytes are artifacts, named by their digest.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, count, key, key_null, text, text_null};

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
                    .table("evidence")
                    .col(key("id", manager).primary_key())
                    .col(key("city", manager))
                    .col(key("period", manager))
                    .col(key("item", manager))
                    .col(key("digest", manager))
                    .col(count("byte_size"))
                    .col(text("media_type"))
                    .col(text("file_name"))
                    .col(text_null("title"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("withdrawn_at_ms"))
                    .col(key_null("withdrawn_by", manager))
                    .check(Expr::col("withdrawn_at_ms").is_null().eq(Expr::col("withdrawn_by").is_null()))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_evidence_place")
                    .table("evidence")
                    .col("city")
                    .col("period")
                    .col("item")
                    .col("id")
                    .take(),
            )
            .await
    }
}
