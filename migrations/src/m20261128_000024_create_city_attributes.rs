//! Since when a city's attributes have the values they have. Attributes without a row never changed.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, text_null};

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
                    .table("city_attributes")
                    .col(key("city_code", manager))
                    .col(key("name", manager))
                    // A day, or empty for ever before.
                    .col(key("valid_from", manager))
                    .col(text_null("value"))
                    .col(at_ms("recorded_at_ms"))
                    .primary_key(Index::create().col("city_code").col("name").col("valid_from"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_city_attributes_city")
                            .from("city_attributes", "city_code")
                            .to("cities", "code")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await
    }
}
