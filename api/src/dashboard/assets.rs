//! The files of the dashboard, out of the binary; a debug build reads them from the source tree, so that a change shows at once.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use actix_web::{HttpRequest, HttpResponse, get, web};
use rust_embed_for_web::{EmbedableFile, RustEmbed};

use crate::answer::{Tag, is_known};
use crate::error::Failure;
use crate::tables::answer::not_modified;

#[derive(RustEmbed)]
#[folder = "src/dashboard/assets/"]
#[br = false]
struct Assets;

/// A file by its path below `assets/`.
#[get("/assets/{path:.*}")]
pub(super) async fn show_asset(path: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let file = Some(path.as_str()).filter(|path| is_plain(path)).and_then(Assets::get);
    let Some(file) = file else { return Err(Failure::absent("没有这个文件", "there is no such file")) };
    let hash: String = file.hash().to_string();
    let tag = Tag::of_name(&hash);
    if is_known(&tag, &request) {
        return Ok(not_modified(&tag));
    }
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((ETAG, tag.as_str()))
        // Asked for again each time, and answered with 304: a new version never meets old files.
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .insert_header((VARY, "accept-encoding"))
        .insert_header((CONTENT_TYPE, media_type(&path)));
    let takes_gzip = request.headers().get("accept-encoding").and_then(|value| value.to_str().ok());
    let takes_gzip = takes_gzip.is_some_and(|value| value.split(',').any(|coding| coding.trim() == "gzip"));
    Ok(match file.data_gzip().filter(|_| takes_gzip) {
        Some(packed) => answer.insert_header((CONTENT_ENCODING, "gzip")).body(bytes(packed)),
        None => answer.body(bytes(file.data())),
    })
}

/// The page itself.
pub(super) fn index() -> Option<String> {
    let file = Assets::get("index.html")?;
    String::from_utf8(bytes(file.data())).ok()
}

fn bytes(data: impl AsRef<[u8]>) -> Vec<u8> {
    data.as_ref().to_vec()
}

/// Whether a path can be that of a file: names of letters, digits and a few marks, none of which leads upwards.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    })
}

/// The media type of a file by its extension; there are few kinds of them.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "md" => "text/markdown; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
