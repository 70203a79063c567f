//! An element of a design.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "design_elements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub design_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub kind: String,
    pub document: String,
    pub seen: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    pub updated_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
