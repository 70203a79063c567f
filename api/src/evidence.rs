//! What files of evidence may be: a short list of types, told by the content and not by what a sender calls it.

use std::io::Cursor;

use citygauge_indicators::Fault;
use zip::ZipArchive;

/// A type of file that is taken as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// A Word document without macros.
    Docx,
    /// An Excel workbook without macros.
    Xlsx,
    /// Comma-separated values.
    Csv,
    /// Plain text.
    Txt,
}

impl Kind {
    /// Every type, in the order of the documentation.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Xlsx, Self::Csv, Self::Txt];

    /// The type with this media type, in lower case and without parameters.
    pub fn from_media_type(essence: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == essence)
    }

    /// The media type under which it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Txt => "text/plain",
        }
    }

    /// The extensions that a name may have.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Csv => &["csv"],
            Self::Txt => &["txt"],
        }
    }

    /// Whether the content is of this type. CSV and text cannot be told apart, so text is what is no other file and has
    /// no control characters but tabs and line ends.
    pub fn is_of(self, bytes: &[u8]) -> bool {
        let known = infer::get(bytes).map(|found| found.mime_type());
        match self {
            Self::Pdf | Self::Png | Self::Jpeg => known == Some(self.media_type()),
            Self::Docx => is_office(bytes, "word/document.xml"),
            Self::Xlsx => is_office(bytes, "xl/workbook.xml"),
            Self::Csv | Self::Txt => known.is_none() && is_text(bytes),
        }
    }
}

/// Whether it is an Office archive with this part, and without macros.
fn is_office(bytes: &[u8], part: &str) -> bool {
    let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
    let has = |name: &str| archive.file_names().any(|known| known.is_ok_and(|known| known.eq_ignore_ascii_case(name)));
    let macros =
        archive.file_names().any(|known| known.is_ok_and(|known| known.to_ascii_lowercase().ends_with("vbaproject.bin")));
    has("[Content_Types].xml") && has(part) && !macros
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// The type that was declared, where name and content agree with it: otherwise everything that does not.
pub fn check(kind: Kind, file_name: &str, bytes: &[u8]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let extensions = kind.extensions().iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" | ");
    let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    if !kind.extensions().contains(&extension.as_str()) {
        let fault = Fault::error("evidence.name", "文件名的扩展名与类型不符", "the extension of the name does not suit the type");
        let fault = fault.value(file_name).expected(extensions);
        faults.push(fault.hint("请改正 file_name 或 Content-Type", "mend file_name or Content-Type"));
    }
    if file_name.contains(['/', '\\']) {
        let fault = Fault::error("evidence.name", "文件名含有路径", "the name of the file holds a path").value(file_name);
        faults.push(fault.hint("只给出文件名", "give the name alone"));
    }
    if bytes.is_empty() {
        let fault = Fault::error("evidence.empty", "文件是空的", "the file is empty");
        faults.push(fault.hint("请选择有内容的文件", "choose a file with content"));
    } else if !kind.is_of(bytes) {
        let fault = Fault::error(
            "evidence.content",
            format!("文件内容不是 {}", kind.media_type()),
            format!("the content is not {}", kind.media_type()),
        );
        let found = infer::get(bytes).map_or("?", |found| found.mime_type());
        let fault = fault.value(found).expected(kind.media_type());
        faults.push(
            fault.hint("请另存为该类型后重新上传；含宏的文件不收", "save it as that type; files with macros are not taken"),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a new member");
            writer.write_all(b"<x/>").expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    }

    fn codes(kind: Kind, name: &str, bytes: &[u8]) -> Vec<&'static str> {
        check(kind, name, bytes).iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn each_type_is_known_by_its_content() {
        let docx = archive(&["_rels/.rels", "word/document.xml", "[Content_Types].xml"]);
        let xlsx = archive(&["[Content_Types].xml", "xl/workbook.xml"]);
        let samples: [(Kind, &[u8]); 7] = [
            (Kind::Pdf, b"%PDF-1.7\n"),
            (Kind::Png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            (Kind::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF"),
            (Kind::Docx, &docx),
            (Kind::Xlsx, &xlsx),
            (Kind::Csv, "城市,值\n杭州,1\n".as_bytes()),
            (Kind::Txt, b"notes\n"),
        ];
        for (kind, bytes) in samples {
            assert_eq!(Kind::from_media_type(kind.media_type()), Some(kind));
            assert_eq!(codes(kind, &format!("x.{}", kind.extensions()[0]), bytes), [""; 0], "{kind:?}");
            for (other, bytes) in samples.iter().filter(|(other, _)| *other != kind) {
                let both_text = matches!((kind, other), (Kind::Csv, Kind::Txt) | (Kind::Txt, Kind::Csv));
                assert_eq!(kind.is_of(bytes), both_text, "{kind:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_is_disguised_is_refused_with_every_reason() {
        let macros = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]);
        assert_eq!(codes(Kind::Xlsx, "x.xlsx", &macros), ["evidence.content"]);
        assert_eq!(codes(Kind::Txt, "x.txt", b"<!DOCTYPE html><script>"), ["evidence.content"]);
        assert_eq!(codes(Kind::Txt, "x.txt", b"MZ\x90\0"), ["evidence.content"]);
        assert_eq!(codes(Kind::Pdf, "../x.exe", b""), ["evidence.name", "evidence.name", "evidence.empty"]);
    }
}
