//! Planning projects of cities: each holds the dossier of one design.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, one_of, revision, text, text_null};

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
                    .table("designs")
                    .col(key("id", manager).primary_key())
                    .col(key("city", manager))
                    .col(text_null("title_zh"))
                    .col(text_null("title_en"))
                    .col(key("first_period", manager))
                    .col(key("last_period", manager))
                    .col(key("state", manager).check(one_of("state", &["draft", "adopted", "archived"])))
                    .col(text("members"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .check(Expr::col("title_zh").is_not_null().or(Expr::col("title_en").is_not_null()))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_designs_city").table("designs").col("city").col("id").take()).await
    }
}
