//! The runs of sources, and with each import the run that fetched it.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, key_null, one_of, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UNFINISHED: [&str; 2] = ["queued", "running"];

const STATES: [&str; 9] =
    ["queued", "running", "unchanged", "imported", "validated", "refused", "failed", "skipped", "cancelled"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("source_runs")
                    .col(key("id", manager).primary_key())
                    .col(key("source_code", manager))
                    .col(key("started_by", manager).check(one_of("started_by", &["schedule", "person", "dry_run"])))
                    .col(at_ms_null("due_at_ms"))
                    .col(key("state", manager).check(one_of("state", &STATES)))
                    .col(text("attempts").default("[]"))
                    .col(text("faults").default("[]"))
                    .col(key_null("fingerprint", manager))
                    .col(key_null("digest", manager))
                    .col(ColumnDef::new("bytes").big_integer().check(Expr::col("bytes").gte(0)))
                    .col(ColumnDef::new("pages").big_integer().check(Expr::col("pages").gte(0)))
                    .col(text_null("etag"))
                    .col(text_null("last_modified"))
                    .col(key_null("import_id", manager))
                    .col(key_null("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("finished_at_ms"))
                    .check(one_of("started_by", &["schedule"]).eq(Expr::col("due_at_ms").is_not_null()))
                    .check(one_of("state", &UNFINISHED).eq(Expr::col("finished_at_ms").is_null()))
                    .check(one_of("state", &["skipped"]).eq(Expr::col("job_id").is_null()))
                    .take(),
            )
            .await?;
        let index = |name: &'static str| Index::create().name(name).table("source_runs").take();
        // However many processes look at the clock, a due moment has one run.
        manager.create_index(index("ux_source_runs_due").unique().col("source_code").col("due_at_ms").take()).await?;
        // A source has one run at a time.
        let alone = index("ux_source_runs_unfinished").unique().col("source_code").take();
        manager.create_index(alone.clone().and_where(one_of("state", &UNFINISHED)).take()).await?;
        manager.create_index(index("ix_source_runs_source").col("source_code").col("id").take()).await?;
        // The end of a job and the end of an import find their run.
        manager.create_index(index("ux_source_runs_job").unique().col("job_id").take()).await?;
        manager.create_index(index("ux_source_runs_import").unique().col("import_id").take()).await?;
        // SQLite adds one column at a time.
        for column in [key_null("source_code", manager), key_null("source_run_id", manager)] {
            manager.alter_table(Table::alter().table("imports").add_column(column).take()).await?;
        }
        Ok(())
    }
}
