//! Panels of experts, their members, and the scores that they gave.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, one_of, revision, serial, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        panels(manager).await?;
        panel_experts(manager).await?;
        panel_scores(manager).await
    }
}

async fn panels(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let number = |name| ColumnDef::new(name).double().not_null().take();
    manager
        .create_table(
            Table::create()
                .table("panels")
                .col(key("code", manager).primary_key())
                .col(text_null("title_zh"))
                .col(text_null("title_en"))
                .col(key("set_code", manager))
                .col(key("set_version", manager))
                .col(key("period", manager))
                .col(text("items"))
                .col(text("cities"))
                .col(number("least"))
                .col(number("greatest"))
                .col(number("step"))
                .col(number("trim").check(Expr::col("trim").gte(0).and(Expr::col("trim").lt(0.5))))
                .col(ColumnDef::new("places").integer())
                .col(ColumnDef::new("least_scores").integer().not_null().check(Expr::col("least_scores").gte(1)))
                .col(key("state", manager).check(one_of("state", &["open", "closed"])))
                .col(revision())
                .col(at_ms("created_at_ms"))
                .col(key("created_by", manager))
                .col(at_ms("updated_at_ms"))
                .check(Expr::col("title_zh").is_not_null().or(Expr::col("title_en").is_not_null()))
                .check(Expr::col("least").lt(Expr::col("greatest")))
                .check(Expr::col("step").gt(0))
                .take(),
        )
        .await
}

async fn panel_experts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("panel_experts")
                .col(key("panel_code", manager))
                .col(key("key_id", manager))
                .col(text("own_cities").default("[]"))
                .primary_key(Index::create().col("panel_code").col("key_id"))
                .foreign_key(
                    ForeignKey::create().name("fk_panel_experts_panel").from("panel_experts", "panel_code").to("panels", "code"),
                )
                .foreign_key(ForeignKey::create().name("fk_panel_experts_key").from("panel_experts", "key_id").to("keys", "id"))
                .take(),
        )
        .await?;
    // An expert lists the panels that it belongs to.
    manager.create_index(Index::create().name("ix_panel_experts_key").table("panel_experts").col("key_id").take()).await
}

async fn panel_scores(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("panel_scores")
                .col(serial())
                .col(key("panel_code", manager))
                .col(key("city", manager))
                .col(key("item", manager))
                .col(key("expert", manager))
                .col(ColumnDef::new("score").double().not_null())
                .col(text_null("comment"))
                .col(at_ms("recorded_at_ms"))
                .col(at_ms_null("superseded_at_ms"))
                .foreign_key(
                    ForeignKey::create().name("fk_panel_scores_panel").from("panel_scores", "panel_code").to("panels", "code"),
                )
                .take(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("ux_panel_scores_current")
                .table("panel_scores")
                .unique()
                .col("panel_code")
                .col("city")
                .col("item")
                .col("expert")
                .and_where(Expr::col("superseded_at_ms").is_null())
                .take(),
        )
        .await?;
    // The list with its history, in the order of its pages.
    manager
        .create_index(
            Index::create()
                .name("ix_panel_scores_place")
                .table("panel_scores")
                .col("panel_code")
                .col("city")
                .col("item")
                .col("id")
                .take(),
        )
        .await
}
