//! Former codes and names under which files may still name a city.

use sea_orm_migration::prelude::*;

use crate::columns::{key, one_of, text_null};

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
                    .table("city_aliases")
                    .col(key("city_code", manager))
                    .col(key("kind", manager).check(one_of("kind", &["code", "name"])))
                    .col(key("alias", manager))
                    .col(text_null("valid_from"))
                    .col(text_null("valid_to"))
                    .primary_key(Index::create().col("city_code").col("kind").col("alias"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_city_aliases_city")
                            .from("city_aliases", "city_code")
                            .to("cities", "code")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("ix_city_aliases_alias").table("city_aliases").col("kind").col("alias").take())
            .await
    }
}
