//! What reports promise, over all three forms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod forms;
mod hostile;
mod sample;
mod shipped;
mod templates;

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use citygauge_indicators::Language;
use serde::Serialize;

use super::*;

const LANGUAGES: [Language; 2] = [Language::Zh, Language::En];

/// The fonts of the system, looked for once.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| Fonts::find(&[]).unwrap())
}

/// Whether the system has a Chinese font; a test that needs one says so where there is none.
fn chinese() -> bool {
    let there = fonts().check("杭州").is_ok();
    if !there {
        eprintln!("skipped: the system has no Chinese font (Debian: fonts-noto-cjk)");
    }
    there
}

fn made(template: &str, context: &impl Serialize, figures: &Figures) -> Document {
    Document::from_template(template, context, figures).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A part of a DOCX file.
fn part(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The text of an XML or HTML document: what is between its tags, with references resolved.
fn told(markup: &str) -> String {
    let mut text = String::new();
    let mut rest = markup;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        if rest[start..end].starts_with("</w:p>") || rest[start..end].starts_with("</p>") || rest[start..end].starts_with("</td>")
        {
            text.push('\n');
        }
        rest = &rest[end..];
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The text of a PDF; `None`, and a word about it, where the program that reads it is not there.
fn read_pdf(pdf: &[u8]) -> Option<String> {
    let started = Command::new("pdftotext").args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut reader) = started else {
        eprintln!("skipped: pdftotext is not installed (Debian: poppler-utils)");
        return None;
    };
    let mut input = reader.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&bytes));
    let output = reader.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Text without the spaces and line ends that each form sets in its own way.
fn squeezed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{200b}').collect()
}
