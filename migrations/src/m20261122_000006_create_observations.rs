//! Values of data items with their history.
//!
//! A row is never changed but for `superseded_at_ms`, which a correction stamps when it inserts the row
//! that takes over. Cities are not a foreign key: its check per row would double the time of an import on
//! PostgreSQL, and an import has looked every city up before it writes.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, key_null, one_of, serial, text, text_null};

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
                    .table("observations")
                    .col(serial())
                    .col(key("city", manager))
                    .col(key("period", manager))
                    .col(key("item", manager))
                    .col(ColumnDef::new("number").double())
                    .col(key_null("choice", manager))
                    .col(key("status", manager))
                    .col(text("quality"))
                    .col(text("source"))
                    .col(text_null("note"))
                    .col(key_null("import_id", manager))
                    .col(at_ms("recorded_at_ms"))
                    .col(key("recorded_by", manager))
                    .col(at_ms_null("superseded_at_ms"))
                    .check(
                        one_of("status", &["reported"])
                            .and(Expr::col("number").is_null().ne(Expr::col("choice").is_null()))
                            .or(one_of("status", &["missing", "not_applicable"])
                                .and(Expr::col("number").is_null())
                                .and(Expr::col("choice").is_null()))
                            .or(one_of("status", &["rejected"])
                                .and(Expr::col("number").is_null().or(Expr::col("choice").is_null()))),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ux_observations_current")
                    .table("observations")
                    .unique()
                    .col("city")
                    .col("period")
                    .col("item")
                    .and_where(Expr::col("superseded_at_ms").is_null())
                    .take(),
            )
            .await?;
        // A first report, never corrected, is found through the index above; this one holds what was superseded,
        // so that the bulk of an import pays for one index only.
        manager
            .create_index(
                Index::create()
                    .name("ix_observations_superseded")
                    .table("observations")
                    .col("city")
                    .col("period")
                    .col("item")
                    .col("id")
                    .and_where(Expr::col("superseded_at_ms").is_not_null())
                    .take(),
            )
            .await
    }
}
