//! A planning project of a city.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "designs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub city: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub first_period: String,
    pub last_period: String,
    pub state: String,
    pub members: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
