//! Named, fixed lists of cities to compare with.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, revision, text_null};

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
                    .table("peer_groups")
                    .col(key("code", manager).primary_key())
                    .col(text_null("title_zh"))
                    .col(text_null("title_en"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .check(Expr::col("title_zh").is_not_null().or(Expr::col("title_en").is_not_null()))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("peer_group_cities")
                    .col(key("group_code", manager))
                    .col(key("city_code", manager))
                    .primary_key(Index::create().col("group_code").col("city_code"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_peer_group_cities_group")
                            .from("peer_group_cities", "group_code")
                            .to("peer_groups", "code")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_peer_group_cities_city")
                            .from("peer_group_cities", "city_code")
                            .to("cities", "code"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("ix_peer_group_cities_city").table("peer_group_cities").col("city_code").take())
            .await
    }
}
