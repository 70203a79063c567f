//! Where a value comes from: method, provider, day, original unit, and what is known of a sample.
//!
//! `quality` keeps its type: new rows have the word of a quality grade, older ones the text they were given.

use sea_orm_migration::prelude::*;

use crate::columns::{key, key_null, one_of, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let providers = ["", "city", "third_party", "central", "citizen", "expert"];
        let columns = [
            text("method").default("").take(),
            key("provider", manager).default("").check(one_of("provider", &providers)).take(),
            key_null("as_of", manager),
            text("original_unit").default("").take(),
            ColumnDef::new("sample_size").big_integer().check(Expr::col("sample_size").gte(1)).take(),
            ColumnDef::new("margin").double().check(Expr::col("margin").gte(0)).take(),
        ];
        // SQLite adds one column per statement.
        for column in columns {
            manager.alter_table(Table::alter().table("observations").add_column(column).take()).await?;
        }
        Ok(())
    }
}
