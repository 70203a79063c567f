//! Computations: a set, a release and options in; artifacts named by a manifest out.

use sea_orm_migration::prelude::*;

use crate::columns::{WORK_STATES, at_ms, at_ms_null, count, key, key_null, one_of, text, text_null};

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
                    .table("assessments")
                    .col(key("id", manager).primary_key())
                    .col(key("state", manager).check(one_of("state", &WORK_STATES)))
                    .col(key("set_code", manager))
                    .col(key("set_version", manager))
                    .col(key("set_digest", manager))
                    .col(key_null("release_id", manager))
                    .col(text("options"))
                    .col(key("engine_version", manager))
                    .col(text_null("result"))
                    .col(text_null("summary"))
                    .col(count("warnings_total"))
                    .col(text_null("error"))
                    .col(key("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("finished_at_ms"))
                    .check(one_of("state", &["queued", "running"]).eq(Expr::col("finished_at_ms").is_null()))
                    .check(
                        one_of("state", &["succeeded"]).eq(Expr::col("result")
                            .is_not_null()
                            .and(Expr::col("release_id").is_not_null())
                            .and(Expr::col("finished_at_ms").is_not_null())),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_assessments_set")
                            .from("assessments", ("set_code", "set_version"))
                            .to("indicator_sets", ("code", "version")),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_assessments_release")
                            .from("assessments", "release_id")
                            .to("releases", "id"),
                    )
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_assessments_job").table("assessments").col("job_id").take()).await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_assessments_set")
                    .table("assessments")
                    .col("set_code")
                    .col("set_version")
                    .col("id")
                    .take(),
            )
            .await
    }
}
