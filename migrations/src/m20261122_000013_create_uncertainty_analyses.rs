//! How far the ranking of an assessment rests on choices: a request in; artifacts named by a manifest out. How far the work is,
//! its job says.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, text, text_null};

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
                    .table("uncertainty_analyses")
                    .col(key("id", manager).primary_key())
                    .col(key("assessment_id", manager))
                    .col(ColumnDef::new("number").big_integer().not_null().check(Expr::col("number").gte(1)))
                    .col(text("request"))
                    .col(key("engine_version", manager))
                    .col(text_null("result"))
                    .col(text_null("summary"))
                    .col(key("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .check(Expr::col("result").is_null().eq(Expr::col("summary").is_null()))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_uncertainty_analyses_assessment")
                            .from("uncertainty_analyses", "assessment_id")
                            .to("assessments", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_uncertainty_analyses_job")
                            .from("uncertainty_analyses", "job_id")
                            .to("jobs", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ux_uncertainty_analyses_number")
                    .table("uncertainty_analyses")
                    .col("assessment_id")
                    .col("number")
                    .unique()
                    .take(),
            )
            .await
    }
}
