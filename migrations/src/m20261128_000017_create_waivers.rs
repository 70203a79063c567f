//! Findings of validation rules that somebody answers for.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, key_null, text, text_null};

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
                    .table("waivers")
                    .col(key("id", manager).primary_key())
                    .col(key("rule", manager))
                    .col(key("set_code", manager))
                    .col(key("city", manager))
                    .col(key_null("period", manager))
                    .col(key_null("item", manager))
                    .col(text_null("value"))
                    .col(text("reason"))
                    .col(text("name"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("expires_at_ms"))
                    .col(at_ms_null("withdrawn_at_ms"))
                    .col(key_null("withdrawn_by", manager))
                    .check(Expr::col("withdrawn_at_ms").is_null().eq(Expr::col("withdrawn_by").is_null()))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_waivers_place")
                    .table("waivers")
                    .col("set_code")
                    .col("city")
                    .col("rule")
                    .col("id")
                    .take(),
            )
            .await
    }
}
