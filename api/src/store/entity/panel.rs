//! A panel of experts.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "panels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub set_code: String,
    pub set_version: String,
    pub period: String,
    pub items: String,
    pub cities: String,
    pub least: f64,
    pub greatest: f64,
    pub step: f64,
    pub trim: f64,
    pub places: Option<i32>,
    pub least_scores: i32,
    pub state: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
