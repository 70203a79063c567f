//! Uploads of cities or observations, and every fault that was found in them.

use sea_orm_migration::prelude::*;

use crate::columns::{WORK_STATES, at_ms, at_ms_null, count, key, key_null, one_of, revision, text, text_null};

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
                    .table("imports")
                    .col(key("id", manager).primary_key())
                    .col(key("kind", manager).check(one_of("kind", &["cities", "observations"])))
                    .col(key("mode", manager).check(one_of("mode", &["validate", "commit"])))
                    .col(key("on_fault", manager).check(one_of("on_fault", &["reject_all", "skip_rows"])))
                    .col(key_null("set_code", manager))
                    .col(key_null("set_version", manager))
                    .col(key_null("period", manager))
                    .col(key("lang", manager))
                    .col(text_null("file_name"))
                    .col(text("media_type"))
                    .col(key("upload_digest", manager))
                    .col(count("upload_bytes"))
                    .col(key("state", manager).check(one_of("state", &WORK_STATES)))
                    .col(count("accepted"))
                    .col(count("rejected"))
                    .col(count("unchanged"))
                    .col(count("faults_total"))
                    .col(key("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms_null("finished_at_ms"))
                    .col(revision())
                    .check(Expr::col("set_code").is_null().eq(Expr::col("set_version").is_null()))
                    .check(one_of("state", &["queued", "running"]).eq(Expr::col("finished_at_ms").is_null()))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_imports_set")
                            .from("imports", ("set_code", "set_version"))
                            .to("indicator_sets", ("code", "version")),
                    )
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_imports_job").table("imports").col("job_id").take()).await?;
        manager
            .create_table(
                Table::create()
                    .table("import_faults")
                    .col(key("import_id", manager))
                    .col(ColumnDef::new("seq").big_integer().not_null())
                    .col(text("fault"))
                    .primary_key(Index::create().col("import_id").col("seq"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_import_faults_import")
                            .from("import_faults", "import_id")
                            .to("imports", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await
    }
}
