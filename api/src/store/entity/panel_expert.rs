//! A member of a panel.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "panel_experts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub panel_code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: String,
    pub own_cities: String,
}

impl ActiveModelBehavior for ActiveModel {}
