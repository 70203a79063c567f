//! In which form a table leaves: by `?format=`, else by `Accept`.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;

use crate::error::Failure;
use crate::export::Format;

/// The form the caller wants most among those `offered`, of which the first is for whoever has no wish.
///
/// `asked` is what `?format=` names; it overrules the header.
pub fn wanted(request: &HttpRequest, asked: Option<Format>, offered: &[Format]) -> Result<Format, Failure> {
    if let Some(format) = asked {
        return if offered.contains(&format) { Ok(format) } else { Err(not_acceptable(offered)) };
    }
    let Some(accept) = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()) else {
        return Ok(offered[0]);
    };
    let mut best: Option<(Format, f32)> = None;
    for range in accept.split(',') {
        let (kind, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
        let quality: f32 = quality.map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0));
        let fits = |format: &&Format| match kind.trim() {
            "*/*" => true,
            "text/*" => format.media_type().starts_with("text/"),
            "application/*" => format.media_type().starts_with("application/"),
            kind => Format::from_media_type(kind) == Some(**format),
        };
        if let Some(format) = offered.iter().find(fits).filter(|_| quality > best.map_or(0.0, |(_, best)| best)) {
            best = Some((*format, quality));
        }
    }
    best.map(|(format, _)| format).ok_or_else(|| not_acceptable(offered))
}

fn not_acceptable(offered: &[Format]) -> Failure {
    let offered: Vec<&str> = offered.iter().map(|format| format.media_type()).collect();
    Failure::NotAcceptable { offered: offered.join(", ") }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OFFERED: [Format; 2] = [Format::Json, Format::Csv];

    fn by(accept: &str) -> Option<Format> {
        wanted(&TestRequest::get().insert_header((ACCEPT, accept)).to_http_request(), None, &OFFERED).ok()
    }

    #[test]
    fn the_form_that_is_liked_most_is_chosen() {
        assert_eq!(by("text/csv"), Some(Format::Csv));
        assert_eq!(by("text/*, application/json;q=0.5"), Some(Format::Csv));
        assert_eq!(by("*/*"), Some(Format::Json));
        assert_eq!(by("text/html"), None);
        assert_eq!(by("text/csv;q=0"), None);
        assert_eq!(wanted(&TestRequest::get().to_http_request(), None, &OFFERED).ok(), Some(Format::Json));
    }

    #[test]
    fn the_query_overrules_the_header() {
        let request = TestRequest::get().insert_header((ACCEPT, "text/html")).to_http_request();
        assert_eq!(wanted(&request, Some(Format::Csv), &OFFERED).ok(), Some(Format::Csv));
        assert!(wanted(&request, Some(Format::Xlsx), &OFFERED).is_err());
    }
}
