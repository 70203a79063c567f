//! Something that was done to a submission; never changed.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub submission_id: String,
    pub at_ms: i64,
    pub actor: String,
    pub action: String,
    pub from_state: String,
    pub to_state: String,
    pub comment: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
