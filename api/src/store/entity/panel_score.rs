//! What an expert of a panel said of a city and item.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "panel_scores")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub panel_code: String,
    pub city: String,
    pub item: String,
    pub expert: String,
    pub score: f64,
    pub comment: Option<String>,
    pub recorded_at_ms: i64,
    pub superseded_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
