//! A value, current while nothing has superseded it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "observations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub city: String,
    pub period: String,
    pub item: String,
    pub number: Option<f64>,
    pub choice: Option<String>,
    pub status: String,
    pub quality: String,
    pub source: String,
    pub note: Option<String>,
    pub import_id: Option<String>,
    pub recorded_at_ms: i64,
    pub recorded_by: String,
    pub superseded_at_ms: Option<i64>,
    pub method: String,
    pub provider: String,
    pub as_of: Option<String>,
    pub original_unit: String,
    pub sample_size: Option<i64>,
    pub margin: Option<f64>,
}

impl ActiveModelBehavior for ActiveModel {}
