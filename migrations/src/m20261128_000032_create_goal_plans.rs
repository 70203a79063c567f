//! Plans of goals of a city.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key, one_of, revision, text};

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
                    .table("goal_plans")
                    .col(key("id", manager).primary_key())
                    .col(key("code", manager).unique_key())
                    .col(key("city", manager))
                    .col(key("state", manager).check(one_of("state", &["draft", "adopted"])))
                    .col(count("number"))
                    .col(text("document"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_goal_plans_city").table("goal_plans").col("city").col("id").take()).await
    }
}
