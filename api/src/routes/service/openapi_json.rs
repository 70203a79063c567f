use actix_web::http::header::{ContentType, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::app::Description;
use crate::error::{LimitedProblems, OpenProblems};
use crate::routes::parameters::IfNoneMatchHeader;

/// Describe the service.
///
/// OpenAPI 3.1; for people there is `/docs`.
#[utoipa::path(
    tag = "service",
    params(IfNoneMatchHeader),
    responses(
        (status = 200, description = "The description", body = serde_json::Value),
        (status = 304, description = "The caller has it already"),
        OpenProblems,
        LimitedProblems,
    )
)]
#[get("/openapi.json")]
pub async fn show_openapi(request: HttpRequest, description: web::Data<Description>) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let tag = (ETAG, description.tag.as_str());
    if known.is_some_and(|known| description.tag.is_in(known)) {
        return HttpResponse::NotModified().insert_header(tag).finish();
    }
    HttpResponse::Ok().insert_header(ContentType::json()).insert_header(tag).body(description.json.clone())
}
