//! What plans of goals said while they were in force, with the reason of each change and who approved of it.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key, text};

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
                    .table("goal_plan_revisions")
                    .col(key("plan_id", manager))
                    .col(count("number"))
                    .col(text("document"))
                    .col(text("reason"))
                    .col(text("approver"))
                    .col(text("waivers"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .primary_key(Index::create().col("plan_id").col("number"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_goal_plan_revisions_plan")
                            .from("goal_plan_revisions", "plan_id")
                            .to("goal_plans", "id"),
                    )
                    .take(),
            )
            .await
    }
}
