//! A named list of cities.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "peer_groups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub kind: String,
    pub definition: Option<String>,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
    #[sea_orm(has_many)]
    pub cities: HasMany<super::peer_group_city::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
