//! A finding of a validation rule that somebody answers for.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "waivers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub rule: String,
    pub set_code: String,
    pub city: String,
    pub period: Option<String>,
    pub item: Option<String>,
    pub value: Option<String>,
    pub reason: String,
    pub name: String,
    pub created_at_ms: i64,
    pub created_by: String,
    pub expires_at_ms: Option<i64>,
    pub withdrawn_at_ms: Option<i64>,
    pub withdrawn_by: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
