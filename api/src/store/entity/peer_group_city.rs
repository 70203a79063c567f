//! A city as a member of a peer group.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "peer_group_cities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub city_code: String,
    #[sea_orm(belongs_to, from = "group_code", to = "code")]
    pub group: BelongsTo<super::peer_group::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
