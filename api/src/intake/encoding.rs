//! The text of a file: UTF-8, or GB18030 where it is declared or where the bytes are not UTF-8.
//!
//! UTF-8 is tried first because almost any bytes are *some* GB18030; trying that first would turn
//! Chinese in UTF-8 into other Chinese without a word.

use std::borrow::Cow;

use citygauge_indicators::Fault;
use encoding_rs::GB18030;

/// The encoding in which a text file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// GB18030, which includes GBK and GB2312.
    Gb18030,
}

impl Encoding {
    /// The name as IANA registers it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        }
    }

    /// The encoding that a `charset` label names, such as `gbk`; `None` where it is none that is read.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "gb18030" | "gbk" | "gb2312" | "gb_2312-80" | "x-gbk" | "cp936" => Some(Self::Gb18030),
            _ => None,
        }
    }

    /// The encoding that the `charset` of a `Content-Type` declares, if it declares one.
    ///
    /// # Errors
    /// `file.charset` where it declares one that is not read.
    pub fn in_media_type(media_type: &str) -> Result<Option<Self>, Box<Fault>> {
        for parameter in media_type.split(';').skip(1) {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            if name.trim().eq_ignore_ascii_case("charset") {
                let label = value.trim().trim_matches('"');
                return Self::from_label(label).map(Some).ok_or_else(|| unknown_charset(label));
            }
        }
        Ok(None)
    }
}

fn unknown_charset(label: &str) -> Box<Fault> {
    let fault =
        Fault::error("file.charset", "不支持声明的字符编码", "the declared character encoding is not supported").value(label);
    fault.expected("UTF-8 | GB18030").hint("请以 UTF-8 保存并重新上传", "save the file as UTF-8 and send it again").into()
}

/// Reads bytes as text and says in which encoding, without replacing a single character.
pub(crate) fn decode(bytes: &[u8], declared: Option<Encoding>) -> Result<(Cow<'_, str>, Encoding), Box<Fault>> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(not_text("文件是 UTF-16", "the file is UTF-16").into());
    }
    let (bytes, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = if marked { Some(Encoding::Utf8) } else { declared };
    if let Some(fault) = mixed(bytes) {
        return Err(fault.into());
    }
    if declared == Some(Encoding::Gb18030) && std::str::from_utf8(bytes).is_ok_and(is_chinese) {
        let fault =
            Fault::error("file.encoding", "声明为 GB18030，内容却是 UTF-8", "GB18030 is declared, and the content is UTF-8");
        return Err(fault.expected("UTF-8").hint("请改正声明的字符编码", "correct the declared character encoding").into());
    }
    if declared != Some(Encoding::Gb18030) {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok((Cow::Borrowed(text), Encoding::Utf8)),
            Err(error) if declared == Some(Encoding::Utf8) => {
                let row = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
                return Err(not_text("文件不是合法的 UTF-8", "the file is not valid UTF-8").row(row).into());
            }
            Err(_) => {}
        }
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok((strip_mark(text), Encoding::Gb18030)),
        None => {
            let fault = not_text("文件既不是 UTF-8 也不是 GB18030", "the file is neither UTF-8 nor GB18030");
            let readable = |line: &[u8]| GB18030.decode_without_bom_handling_and_without_replacement(line).is_some();
            let row = bytes.split(|byte| *byte == b'\n').position(|line| !readable(line));
            Err(match row {
                Some(row) => fault.row(row as u64 + 1),
                None => fault,
            }
            .into())
        }
    }
}

/// The fault of a file that is put together from parts in UTF-8 and in GB18030: read as either, some of it would be other
/// Chinese without a word. A line counts as UTF-8 only where that gives Chinese, which GB18030 practically never does.
fn mixed(bytes: &[u8]) -> Option<Fault> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let (mut utf_8, mut other) = (None, None);
    for (row, line) in (1u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        match std::str::from_utf8(line) {
            Ok(text) if utf_8.is_none() && is_chinese(text) => utf_8 = Some(row),
            Ok(_) => {}
            Err(_) => other = other.or(Some(row)),
        }
        if let (Some(utf_8), Some(other)) = (utf_8, other) {
            let fault = Fault::error(
                "file.mixed_encodings",
                format!("第 {utf_8} 行是 UTF-8，第 {other} 行不是"),
                format!("row {utf_8} is UTF-8, and row {other} is not"),
            );
            let fault = fault.row(utf_8.max(other)).expected("UTF-8 | GB18030");
            return Some(fault.hint("请将全部内容以同一编码保存", "save all of the file in one encoding"));
        }
    }
    None
}

/// Whether a text holds at least two Chinese characters.
fn is_chinese(text: &str) -> bool {
    text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).take(2).count() == 2
}

/// GB18030 has a byte order mark of its own, which decodes to U+FEFF.
fn strip_mark(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => Cow::Owned(rest.to_owned()),
        None => text,
    }
}

fn not_text(zh: &str, en: &str) -> Fault {
    Fault::error("file.encoding", zh, en).expected("UTF-8 | GB18030").hint("请以 UTF-8 保存文件", "save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_never_taken_for_gb18030() {
        let (text, encoding) = decode("杭州,2026".as_bytes(), None).expect("sound");
        assert_eq!((text.as_ref(), encoding), ("杭州,2026", Encoding::Utf8));
        let (text, encoding) = decode(b"\xEF\xBB\xBFcity", Some(Encoding::Gb18030)).expect("the mark decides");
        assert_eq!((text.as_ref(), encoding), ("city", Encoding::Utf8));
    }

    #[test]
    fn gb18030_is_read_where_utf_8_is_invalid_or_where_it_is_declared() {
        let bytes = GB18030.encode("杭州").0.into_owned();
        assert_eq!(decode(&bytes, None).expect("sound"), (Cow::Borrowed("杭州"), Encoding::Gb18030));
        assert_eq!(decode(b"\x84\x31\x95\x33a", Some(Encoding::Gb18030)).expect("sound").0, "a");
        assert_eq!(decode(b"plain", Some(Encoding::Gb18030)).expect("sound").1, Encoding::Gb18030);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b"a\nb\xFF", Some(Encoding::Utf8)).expect_err("invalid").row, Some(2));
        assert_eq!(decode(b"\xFF\xFEa\0", None).expect_err("UTF-16").code, "file.encoding");
        assert_eq!(decode(b"a\xFF\xFF", None).expect_err("neither").code, "file.encoding");
    }

    #[test]
    fn parts_in_two_encodings_are_a_fault_with_the_row_where_they_meet() {
        let (utf_8, gb) = ("北京,中文\n".as_bytes(), GB18030.encode("上海,中文\n").0.into_owned());
        let header = b"city,name\n".as_slice();
        let fault = decode(&[header, &gb, &gb, utf_8].concat(), None).expect_err("mixed");
        assert_eq!((fault.code, fault.row), ("file.mixed_encodings", Some(4)));
        let fault = decode(&[header, utf_8, &gb].concat(), Some(Encoding::Gb18030)).expect_err("mixed");
        assert_eq!((fault.code, fault.row), ("file.mixed_encodings", Some(3)));
        assert!(decode(&[header, &gb, &gb].concat(), None).is_ok());
        assert!(decode(&[header, utf_8].concat(), None).is_ok());
    }

    #[test]
    fn a_declared_encoding_that_does_not_fit_is_a_fault() {
        let (utf_8, gb) = ("北京,中文\n".as_bytes(), GB18030.encode("上海,中文\n").0.into_owned());
        assert_eq!(decode(utf_8, Some(Encoding::Gb18030)).expect_err("UTF-8").code, "file.encoding");
        assert_eq!(decode(&gb, Some(Encoding::Utf8)).expect_err("GB18030").code, "file.encoding");
        assert_eq!(decode(b"a\nb\n\xFF\xFF", None).expect_err("neither").row, Some(3));
    }

    #[test]
    fn a_charset_is_read_from_the_media_type() {
        assert_eq!(Encoding::in_media_type("text/csv; charset=\"GBK\"").expect("known"), Some(Encoding::Gb18030));
        assert_eq!(Encoding::in_media_type("text/csv; header=present").expect("none"), None);
        assert_eq!(Encoding::in_media_type("text/csv;charset=latin1").expect_err("unknown").code, "file.charset");
    }
}
