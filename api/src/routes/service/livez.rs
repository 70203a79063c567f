use actix_web::{Responder, get};
use citygauge_openapi as wire;

use crate::answer::Answer;
use crate::error::OpenProblems;

/// Whether the process answers.
///
/// It looks at nothing else: a supervisor restarts a service that does not answer this.
#[utoipa::path(tag = "service", responses((status = 200, description = "It does", body = wire::Health), OpenProblems))]
#[get("/livez")]
pub async fn livez() -> impl Responder {
    Answer::ok(&wire::Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into() })
}
