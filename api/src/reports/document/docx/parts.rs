//! What the parts of the file say beyond what `docx-rs` writes: styles with their languages, who made it and when, descriptions of
//! drawings, header rows that repeat on every page, and marks of footnotes and the rule above them.

use std::io::{Cursor, Read, Write};

use citygauge_indicators::Language;
use docx_rs::XMLDocx;
use maud::html;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::super::{About, DocumentError};

/// What `docx-rs` writes of every drawing.
const DRAWING: &str = r#"<wp:docPr id="1" name="Figure" />"#;

/// Where a table's rows begin, and the properties of its first row.
const GRID: &str = "<w:tblGrid";
const ROW: &str = "<w:trPr>";

/// Where a footnote begins.
const NOTE: &str = "<w:footnote ";

/// The rules between text and footnotes, and that the document uses them.
const RULED: &str = concat!(
    r#"<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>"#,
    r#"<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>"#,
);
const RULES: &str = r#"<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>"#;

/// The text of a run that stands for the mark of its footnote; no text of a report has this character.
pub(super) const MARK: &str = "\u{fffe}";

/// What the writer knows and the crate does not take.
pub(super) struct Beyond {
    /// The descriptions of the drawings, in order.
    pub(super) drawings: Vec<String>,
    /// Whether each table has a header, in order.
    pub(super) headed: Vec<bool>,
}

/// Completes the parts and packs them.
pub(super) fn pack(mut parts: XMLDocx, beyond: &Beyond, title: &str, about: &About) -> Result<Vec<u8>, DocumentError> {
    let document = described(&text(parts.document)?, &beyond.drawings);
    parts.document = headed(&document, &beyond.headed).into_bytes();
    let footnotes = text(std::mem::take(&mut parts.footnotes))?
        .replace(&format!(r#"<w:t xml:space="preserve">{MARK}</w:t>"#), "<w:footnoteRef/>");
    parts.footnotes = if let Some((start, notes)) = footnotes.split_once(NOTE) {
        parts.settings = text(parts.settings)?.replace("<w:compat>", &format!("{RULES}<w:compat>")).into_bytes();
        format!("{start}{RULED}{NOTE}{notes}").into_bytes()
    } else {
        footnotes.into_bytes()
    };
    parts.document_rels = sorted(&text(parts.document_rels)?).into_bytes();
    parts.styles = styles(about.language).into_bytes();
    parts.doc_props.core = properties(title, about).into_bytes();
    let mut packed = Cursor::new(Vec::new());
    parts.pack(&mut packed).map_err(|error| DocumentError::Written(error.to_string()))?;
    repack(packed).map_err(|error| DocumentError::Written(error.to_string()))
}

fn text(part: Vec<u8>) -> Result<String, DocumentError> {
    String::from_utf8(part).map_err(|error| DocumentError::Written(error.to_string()))
}

fn described(document: &str, drawings: &[String]) -> String {
    let mut pieces = document.split(DRAWING);
    let mut described = pieces.next().unwrap_or_default().to_owned();
    for (place, piece) in pieces.enumerate() {
        let alt = html! { (drawings.get(place).map(String::as_str).unwrap_or_default()) }.into_string();
        let number = place + 1;
        described.push_str(&format!(r#"<wp:docPr id="{number}" name="Figure {number}" descr="{alt}"/>"#));
        described.push_str(piece);
    }
    described
}

fn headed(document: &str, heads: &[bool]) -> String {
    let mut pieces = document.split(GRID);
    let mut headed = pieces.next().unwrap_or_default().to_owned();
    for (place, piece) in pieces.enumerate() {
        headed.push_str(GRID);
        if heads.get(place).copied().unwrap_or_default() {
            headed.push_str(&piece.replacen(ROW, "<w:trPr><w:tblHeader/>", 1));
        } else {
            headed.push_str(piece);
        }
    }
    headed
}

/// The relationships of the document in the order of their text; the crate gives those of links in any order.
fn sorted(relations: &str) -> String {
    let end = relations.find("</Relationships>").unwrap_or(relations.len());
    let mut pieces = relations[..end].split("<Relationship ");
    let start = pieces.next().unwrap_or_default();
    let mut members: Vec<&str> = pieces.collect();
    members.sort_unstable();
    let members: String = members.iter().map(|member| format!("<Relationship {member}")).collect();
    format!("{start}{members}{}", &relations[end..])
}

/// The styles, with the languages of spelling, and the indent that starts a paragraph of Chinese text.
fn styles(language: Language) -> String {
    let first = language.pick(r#" w:firstLineChars="200" w:firstLine="420""#, "");
    include_str!("styles.xml").replace("{first}", first).replace("{lang}", language.pick("en-US", "en-GB"))
}

fn properties(title: &str, about: &About) -> String {
    let (year, month, day) = about.date;
    let date = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
    let (title, author) = (html! { (title) }.into_string(), html! { (about.author) }.into_string());
    let (subject, language) = (html! { (about.running) }.into_string(), about.language.tag());
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{author}</dc:creator><dc:language>{language}</dc:language><cp:lastModifiedBy>{author}</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">{date}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{date}</dcterms:modified></cp:coreProperties>"#
    )
}

/// The same archive, compressed, with one date for every part, so that equal reports are equal files.
fn repack(packed: Cursor<Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let mut from = ZipArchive::new(packed)?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
    for place in 0..from.len() {
        let mut part = from.by_index(place)?;
        if part.is_dir() {
            continue;
        }
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        to.start_file(part.name()?, options)?;
        to.write_all(&bytes)?;
    }
    Ok(to.finish()?.into_inner())
}
