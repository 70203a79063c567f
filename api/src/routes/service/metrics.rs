use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, get, web};

use crate::auth::{Caller, Right, authenticate};
use crate::error::{Failure, Problems};
use crate::metrics::MEDIA_TYPE;
use crate::state::State;
use crate::store::jobs;

/// Show what is measured.
///
/// For Prometheus, in the text format of OpenMetrics; its configuration names a key of the service as credentials. What is
/// counted is this process; `citygauge_jobs` are those of all processes that share the database.
#[utoipa::path(
    tag = "service",
    security(("token" = [])),
    responses((status = 200, description = "The measurements", body = String, content_type = "application/openmetrics-text"), Problems)
)]
#[get("/metrics", wrap = "from_fn(authenticate)")]
pub async fn show_metrics(caller: Caller, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadMetrics)?;
    let pending = jobs::pending(state.db()).await?;
    let text = state.metrics().render(&pending, state.engines(), state.now_ms());
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).insert_header((CACHE_CONTROL, "no-store")).body(text))
}
