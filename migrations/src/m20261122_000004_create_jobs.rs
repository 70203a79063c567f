//! Work in progress: a claim table with leases, fenced by the number of the attempt.

use sea_orm_migration::prelude::*;

use crate::columns::{WORK_STATES, at_ms, at_ms_null, key, key_null, one_of, text, text_null};

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
                    .table("jobs")
                    .col(key("id", manager).primary_key())
                    .col(key("kind", manager))
                    .col(text("payload"))
                    .col(key("state", manager).check(one_of("state", &WORK_STATES)))
                    .col(
                        ColumnDef::new("progress")
                            .double()
                            .not_null()
                            .default(0.0)
                            .check(Expr::col("progress").between(0.0, 1.0)),
                    )
                    .col(text_null("result"))
                    .col(text_null("error"))
                    .col(ColumnDef::new("attempt").integer().not_null().default(0))
                    .col(ColumnDef::new("attempts_limit").integer().not_null().check(Expr::col("attempts_limit").gte(1)))
                    .col(at_ms("run_at_ms"))
                    .col(at_ms_null("lease_until_ms"))
                    .col(key_null("worker", manager))
                    .col(ColumnDef::new("cancel_requested").boolean().not_null().default(false))
                    .col(key_null("subject", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("finished_at_ms"))
                    .check(
                        one_of("state", &["running"])
                            .eq(Expr::col("worker").is_not_null().and(Expr::col("lease_until_ms").is_not_null())),
                    )
                    .check(one_of("state", &["queued", "running"]).eq(Expr::col("finished_at_ms").is_null()))
                    .take(),
            )
            .await?;
        // Serves the claim: few rows are queued or running, however many have finished.
        manager
            .create_index(
                Index::create()
                    .name("ix_jobs_due")
                    .table("jobs")
                    .col("run_at_ms")
                    .col("id")
                    .and_where(one_of("state", &["queued", "running"]))
                    .take(),
            )
            .await
    }
}
