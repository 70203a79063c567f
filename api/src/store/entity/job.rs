//! A piece of work and who holds it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub progress: f64,
    pub result: Option<String>,
    pub error: Option<String>,
    pub attempt: i32,
    pub attempts_limit: i32,
    pub run_at_ms: i64,
    pub lease_until_ms: Option<i64>,
    pub worker: Option<String>,
    pub cancel_requested: bool,
    pub subject: Option<String>,
    pub created_at_ms: i64,
    pub created_by: String,
    pub finished_at_ms: Option<i64>,
    pub request_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
