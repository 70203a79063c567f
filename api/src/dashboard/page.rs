//! The page: the same for every view, told what it cannot ask the API.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType};
use actix_web::{HttpResponse, get, web};
use citygauge_indicators::Text;
use maud::html;
use serde::Deserialize;

use super::assets;
use crate::embeds::Embedded;
use crate::error::Failure;
use crate::state::State;

/// Scripts, styles and pictures of this service, and requests to it; nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The page for people. It shows what the API gives to whoever asks: with a key what the key may see, without one what is public.
#[get("/")]
pub(super) async fn show_home(state: web::Data<State>) -> Result<HttpResponse, Failure> {
    page(&state, "", "'none'")
}

/// By which token a view is shown elsewhere. The page itself reads what else its address says.
#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    token: Option<String>,
}

/// One view inside other pages: those that the token names.
#[get("/embed")]
pub(super) async fn show_embedded(state: web::Data<State>, shown: web::Query<Shown>) -> Result<HttpResponse, Failure> {
    let token = shown.token.as_deref().unwrap_or_default();
    let (allowed, _) = Embedded::open(token, state.signer()?, state.now_ms()).ok_or_else(|| {
        Failure::Unauthenticated(Text::both("嵌入令牌无效或已过期", "the token of the embed is unknown or over"))
    })?;
    page(&state, &allowed.view, &allowed.parents.join(" "))
}

/// The page, for a view where it is embedded; `parents` are the pages that may frame it, as the policy names them.
fn page(state: &State, view: &str, parents: &str) -> Result<HttpResponse, Failure> {
    let index = assets::index().ok_or_else(|| Failure::internal("the dashboard has no page"))?;
    let invented = if state.config().server.is_invented { "true" } else { "false" };
    // An element of the template language, so that what comes from outside is escaped.
    let body = html! { body data-view=(view) data-invented=(invented) {} }.into_string();
    let body = body.trim_end_matches("</body>");
    let page = index.replacen("<body data-view=\"\">", body, 1);
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, format!("{POLICY}; frame-ancestors {parents}")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(page))
}
