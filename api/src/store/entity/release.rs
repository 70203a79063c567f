//! A frozen copy of observations.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "releases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub digest: String,
    pub byte_size: i64,
    pub rows: i64,
    pub items: i64,
    pub cities: i64,
    pub periods: i64,
    pub is_uploaded: bool,
    pub as_of_ms: i64,
    pub created_at_ms: i64,
    pub created_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
