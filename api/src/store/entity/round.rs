//! An evaluation: set version, cohort, classes, periods, calendar, visibility. With classes, the set is that of the first.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rounds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub set_code: String,
    pub set_version: String,
    pub periods: String,
    pub cohort: String,
    pub classes: String,
    pub cities: Option<String>,
    pub departments: Option<String>,
    pub province_review: bool,
    pub opens_at_ms: Option<i64>,
    pub due_at_ms: Option<i64>,
    pub closes_at_ms: Option<i64>,
    pub state: String,
    pub assessments: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
    pub visibility: String,
    pub public_from_ms: Option<i64>,
    pub pseudonyms: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
