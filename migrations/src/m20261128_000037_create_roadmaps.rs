//! Schedules of the projects of one city, derived from one assessment.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, text};

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
                    .table("roadmaps")
                    .col(key("id", manager).primary_key())
                    .col(key("assessment_id", manager))
                    .col(key("city", manager))
                    .col(text("document"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_roadmaps_assessment")
                            .from("roadmaps", "assessment_id")
                            .to("assessments", "id"),
                    )
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_roadmaps_city").table("roadmaps").col("city").col("id").take()).await
    }
}
