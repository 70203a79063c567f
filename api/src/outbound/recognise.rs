//! In which format content comes: as stated, else by its media type, by its name, by its first bytes.

use citygauge_indicators::Fault;
use citygauge_openapi::SourceFormat;
use serde::de::IgnoredAny;

use crate::intake::{Encoding, Format, SDMX_CSV, is_sdmx};

/// The formats that are read.
const FORMATS: &str = "csv | xlsx | json | ndjson | parquet | sdmx_csv";

/// The format of some content, and the media type under which an upload would declare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognised {
    pub format: Format,
    pub media_type: String,
}

/// What is known of some content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs<'s> {
    /// What the person stated.
    pub stated: Option<SourceFormat>,
    /// The `Content-Type` of the answer.
    pub media_type: &'s str,
    /// The name of the file.
    pub name: &'s str,
    /// The first bytes.
    pub head: &'s [u8],
}

/// Recognises the format, or says why the content is no table.
pub(super) fn recognise(signs: &Signs<'_>) -> Result<Recognised, Fault> {
    if signs.head.is_empty() {
        return Err(Fault::error("source.empty", "内容为空", "there is no content")
            .hint("请核对地址；数据源答复了 0 字节", "check the address; the source answers with 0 bytes"));
    }
    if let Some(fault) = no_table(signs) {
        return Err(fault);
    }
    let by_type = || Format::from_media_type(signs.media_type);
    let format = match signs.stated {
        Some(stated) => stated_format(stated),
        None => by_type().or_else(|| Format::from_file_name(signs.name)).map_or_else(|| by_content(signs.head), Ok)?,
    };
    let sdmx = signs.stated == Some(SourceFormat::SdmxCsv) || (signs.stated.is_none() && is_sdmx(signs.media_type));
    let media_type = match format {
        Format::Csv if sdmx => SDMX_CSV.to_owned(),
        Format::Csv => with_charset(signs.media_type),
        other => other.media_type().to_owned(),
    };
    Ok(Recognised { format, media_type })
}

fn stated_format(stated: SourceFormat) -> Format {
    match stated {
        SourceFormat::Csv | SourceFormat::SdmxCsv => Format::Csv,
        SourceFormat::Xlsx => Format::Xlsx,
        SourceFormat::Json => Format::Json,
        SourceFormat::NdJson => Format::NdJson,
        SourceFormat::Parquet => Format::Parquet,
    }
}

/// CSV in the charset that was declared. That of `text/plain` is often a server's habit and heeded only where it is read.
fn with_charset(media_type: &str) -> String {
    let charset = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    let is_csv = Format::from_media_type(media_type) == Some(Format::Csv);
    match charset.filter(|label| is_csv || Encoding::from_label(label).is_some()) {
        Some(charset) => format!("{}; charset={charset}", Format::Csv.media_type()),
        None => Format::Csv.media_type().to_owned(),
    }
}

fn by_content(head: &[u8]) -> Result<Format, Fault> {
    let text = text_of(head);
    match (head, text) {
        ([b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..], _) => Ok(Format::Xlsx),
        ([b'P', b'A', b'R', b'1', ..], _) => Ok(Format::Parquet),
        (_, [b'[', ..]) => Ok(Format::Json),
        (_, [b'{', ..]) => Ok(if has_object_per_line(text) { Format::NdJson } else { Format::Json }),
        _ if head.contains(&0) => Err(not_recognised()),
        _ => Ok(Format::Csv),
    }
}

fn not_recognised() -> Fault {
    Fault::error("source.format", "无法识别内容的格式", "the format of the content is not recognised")
        .expected(FORMATS)
        .hint("请填写 format", "state it as 'format'")
}

/// Whether the first line is an object by itself and another one follows.
fn has_object_per_line(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next().is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok());
    first && lines.next().is_some_and(|line| line.trim_ascii_start().first() == Some(&b'{'))
}

/// The fault of a page or a document where a table should be.
fn no_table(signs: &Signs<'_>) -> Option<Fault> {
    // Where a format was stated, a server's wrong media type does no harm.
    let media_type = if signs.stated.is_none() && !is_binary_table(signs.head) { signs.media_type } else { "" };
    if let Some(fault) = web_page(media_type, signs.head) {
        return Some(fault);
    }
    let text = text_of(signs.head);
    let what = if begins(text, "<?xml") || begins(text, "<!--") {
        "XML"
    } else if begins(text, "%PDF-") {
        "PDF"
    } else if signs.stated == Some(SourceFormat::SdmxCsv) && matches!(text, [b'{' | b'[', ..]) {
        "JSON"
    } else if text.starts_with(&[0x1F, 0x8B]) {
        "gzip"
    } else {
        return None;
    };
    Some(
        Fault::error("source.not_a_table", format!("内容是 {what}，不是表格"), format!("the content is {what}, not a table"))
            .value(excerpt(text))
            .expected(FORMATS)
            .hint("请填写表格文件的地址", "give the address of a table"),
    )
}

/// The fault of a page for people, which is often one to log in.
pub(super) fn web_page(media_type: &str, head: &[u8]) -> Option<Fault> {
    let text = text_of(head);
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_by_type = ["text/html", "application/xhtml+xml"].iter().any(|html| essence.eq_ignore_ascii_case(html));
    let is_by_content = ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| begins(text, mark));
    (is_by_type || is_by_content).then(|| {
        Fault::error(
            "source.web_page",
            "得到的是网页，而不是数据（可能是登录页）",
            "a web page came instead of data, perhaps one to log in",
        )
        .value(excerpt(text))
        .expected(FORMATS)
        .hint(
            "请在浏览器的隐私窗口中打开该地址核对；需要登录的数据源请配置 sources.secrets",
            "open the address in a private window of a browser; where it asks to log in, configure sources.secrets",
        )
    })
}

fn begins(text: &[u8], mark: &str) -> bool {
    text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()))
}

fn is_binary_table(head: &[u8]) -> bool {
    matches!(head, [b'P', b'K', ..] | [b'P', b'A', b'R', b'1', ..])
}

fn excerpt(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned()
}

/// The bytes without a byte order mark and blanks before them.
fn text_of(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stated: Option<SourceFormat>, media_type: &str, name: &str, head: &[u8]) -> Result<(Format, String), &'static str> {
        let signs = Signs { stated, media_type, name, head };
        recognise(&signs).map(|found| (found.format, found.media_type)).map_err(|fault| fault.code)
    }

    fn format(media_type: &str, name: &str, head: &[u8]) -> Result<Format, &'static str> {
        read(None, media_type, name, head).map(|(format, _)| format)
    }

    #[test]
    fn what_is_stated_counts_before_the_type_the_name_and_the_content() {
        let head = b"[1]";
        assert_eq!(read(Some(SourceFormat::Csv), "application/json", "x.xlsx", head).map(|found| found.0), Ok(Format::Csv));
        assert_eq!(format("application/json; charset=utf-8", "x.csv", b"a,b"), Ok(Format::Json));
        for vague in ["application/octet-stream", "text/plain", "application/vnd.ms-excel", ""] {
            assert_eq!(format(vague, "x.xlsx", b"a,b"), Ok(Format::Xlsx), "{vague}");
        }
        for (head, expected) in [
            (&b"PK\x03\x04\0"[..], Format::Xlsx),
            (b"PAR1\0", Format::Parquet),
            (b"\xEF\xBB\xBF [{}]", Format::Json),
            (b"{\"a\": 1}\n{\"a\": 2}\n", Format::NdJson),
            (b"{\"a\": 1}\n", Format::Json),
            (b"{\n\"a\": 1}\n", Format::Json),
            (b"\xB3\xC7\xCA\xD0,a\n", Format::Csv),
        ] {
            assert_eq!(format("", "export", head), Ok(expected), "{head:?}");
        }
        assert_eq!(format("", "export", b"\x00\x01"), Err("source.format"));
    }

    #[test]
    fn a_media_type_keeps_what_an_import_heeds() {
        let media_type = |stated, media_type: &str| read(stated, media_type, "x.csv", b"a,b").expect("a table").1;
        assert_eq!(media_type(None, "text/csv; charset=\"GBK\""), "text/csv; charset=GBK");
        assert_eq!(media_type(None, "text/csv; charset=latin1"), "text/csv; charset=latin1");
        assert_eq!(media_type(None, "text/plain; charset=gb18030"), "text/csv; charset=gb18030");
        assert_eq!(media_type(None, "text/plain; charset=iso-8859-1"), "text/csv");
        assert_eq!(media_type(None, "application/vnd.sdmx.data+csv;version=2.0.0"), SDMX_CSV);
        assert_eq!(media_type(Some(SourceFormat::SdmxCsv), "text/csv"), SDMX_CSV);
        assert_eq!(media_type(Some(SourceFormat::Csv), "application/vnd.sdmx.data+csv"), "text/csv");
    }

    #[test]
    fn a_page_or_a_document_is_no_table() {
        assert_eq!(format("text/csv", "x.csv", b"\r\n<!DOCTYPE HTML><title>Log in"), Err("source.web_page"));
        assert_eq!(read(Some(SourceFormat::Csv), "text/csv", "x", b"<html lang=zh>"), Err("source.web_page"));
        assert_eq!(format("text/html; charset=utf-8", "x", b"Please log in"), Err("source.web_page"));
        assert_eq!(read(Some(SourceFormat::Csv), "text/html", "x", b"a,b\n").map(|found| found.0), Ok(Format::Csv));
        assert_eq!(format("text/html", "x.xlsx", b"PK\x03\x04"), Ok(Format::Xlsx));
        assert_eq!(format("", "x.csv", b"<?xml version=\"1.0\"?>"), Err("source.not_a_table"));
        assert_eq!(format("", "x.csv", b"%PDF-1.7"), Err("source.not_a_table"));
        assert_eq!(format("text/csv", "x.csv", b"\x1F\x8B\x08"), Err("source.not_a_table"));
        assert_eq!(read(Some(SourceFormat::SdmxCsv), "", "x", b"{\"data\": {}}"), Err("source.not_a_table"));
        assert_eq!(format("text/csv", "x.csv", b""), Err("source.empty"));
        assert_eq!(format("text/csv", "x.csv", "<18岁,a\n".as_bytes()), Ok(Format::Csv));
    }
}
