//! What a fetched file is called: as the server names it, or as its address ends.

use percent_encoding::percent_decode_str;
use reqwest::header::{CONTENT_DISPOSITION, HeaderMap};
use url::Url;

use crate::intake::Format;

/// The longest name, in characters.
const LONGEST: usize = 200;

/// The name that an answer gives its file, or the last part of its address.
pub(super) fn name_of(headers: &HeaderMap, url: &Url) -> String {
    let disposed = headers.get(CONTENT_DISPOSITION).and_then(|value| disposed(&String::from_utf8_lossy(value.as_bytes())));
    let last = || url.path_segments()?.next_back().map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
    clean(&disposed.or_else(last).unwrap_or_default())
}

/// The name with the extension of its format.
pub(super) fn with_extension(name: &str, format: Format) -> String {
    let name = if name.is_empty() { "source" } else { name };
    if Format::from_file_name(name) == Some(format) {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LONGEST - 1 - format.extension().len()).collect();
    format!("{kept}.{}", format.extension())
}

/// The file name of a `Content-Disposition` (RFC 6266); the extended form counts before the plain one.
fn disposed(header: &str) -> Option<String> {
    let parameters: Vec<(String, &str)> = split(header)
        .into_iter()
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    let of = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    let extended = of("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
        charset.eq_ignore_ascii_case("utf-8").then(|| decoded.into_owned())
    });
    extended.or_else(|| of("filename").map(|value| value.trim_matches('"').replace("\\\"", "\"")))
}

/// The parameters of a header; a semicolon within quotes separates none.
fn split(header: &str) -> Vec<&str> {
    let mut quoted = false;
    header
        .split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        })
        .skip(1)
        .collect()
}

/// Only the name itself, without folders and control characters.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(disposition: Option<&str>, url: &str) -> String {
        let mut headers = HeaderMap::new();
        if let Some(disposition) = disposition {
            headers
                .insert(CONTENT_DISPOSITION, reqwest::header::HeaderValue::from_bytes(disposition.as_bytes()).expect("a header"));
        }
        name_of(&headers, &Url::parse(url).expect(url))
    }

    #[test]
    fn a_file_is_called_as_the_server_says_or_as_its_address_ends() {
        assert_eq!(name(None, "https://x.cn/a/2026%E5%B9%B4.csv?v=1"), "2026年.csv");
        assert_eq!(name(None, "https://x.cn/"), "");
        assert_eq!(name(Some("attachment; filename=\"a; b.csv\""), "https://x.cn/get"), "a; b.csv");
        assert_eq!(name(Some("attachment; filename=x.csv; filename*=UTF-8''%E8%A1%A8.csv"), "https://x.cn/get"), "表.csv");
        assert_eq!(name(Some("attachment; filename=\"../../etc/passwd\""), "https://x.cn/get"), "passwd");
        assert_eq!(name(Some("inline"), "https://x.cn/get"), "get");
    }

    #[test]
    fn a_name_ends_in_the_extension_of_its_format() {
        assert_eq!(with_extension("x.CSV", Format::Csv), "x.CSV");
        assert_eq!(with_extension("x.csv", Format::Xlsx), "x.csv.xlsx");
        assert_eq!(with_extension("", Format::NdJson), "source.ndjson");
        assert_eq!(with_extension(&"长".repeat(200), Format::Csv).chars().count(), 200);
    }
}
