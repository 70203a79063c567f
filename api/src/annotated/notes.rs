//! The notes of marked cells, beside those that a sheet has.

use std::fmt::Write as _;

use citygauge_indicators::Fault;
use quick_xml::events::Event;

use super::marks::Cell;
use super::parts::Changes;
use super::sheet::DRAWING;
use super::xml::{changed, prefix, text};
use super::{Copy, Findings, put};
use crate::intake::cell::letter;
use crate::intake::xlsx::archive::damaged;
use crate::intake::xlsx::package::{Package, attribute};

/// The author of the notes.
const AUTHOR: &str = "CityGauge";

/// Faults that one note says.
const SAID: usize = 5;

const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Adds notes to a sheet. A cell that has one keeps it; its faults stand in the list.
pub(super) fn add<'c>(
    package: &mut Package<'_>,
    copy: &mut Copy,
    changes: &mut Changes,
    sheet: &str,
    drawing: String,
    cells: impl Iterator<Item = (&'c (u64, u32), &'c Cell)>,
    findings: Findings<'_>,
) -> Result<(), Box<Fault>> {
    let relations = package.relations(sheet)?;
    let there = |package: &Package<'_>, path: &String| package.place(path).is_some();
    let comments = relations.iter().find(|relation| relation.kind == "comments").map(|relation| relation.target.clone());
    let comments = comments.filter(|path| there(package, path));
    let shapes = relations.iter().find(|relation| relation.id == drawing).map(|relation| relation.target.clone());
    let shapes = shapes.filter(|path| there(package, path));
    let (known, author) = match &comments {
        Some(path) => known_notes(package, path)?,
        None => Default::default(),
    };
    changes.noted += 1;
    let (mut notes, mut forms) = (String::new(), String::new());
    let first_shape = 1_024 * u64::from(100 + 10 * changes.noted);
    for ((place, cell), number) in cells.zip(1_u64..) {
        let reference = format!("{}{}", letter(place.1 as usize), place.0);
        if known.contains(&reference) {
            continue;
        }
        let said = text(&said(cell, findings)).into_owned();
        // Writing to a String has no way to fail.
        let written = write!(
            notes,
            "<{{prefix}}comment ref=\"{reference}\" authorId=\"{author}\"><{{prefix}}text><{{prefix}}t xml:space=\"preserve\">{said}\
             </{{prefix}}t></{{prefix}}text></{{prefix}}comment>"
        )
        .and_then(|()| shape(&mut forms, *place, first_shape + number));
        debug_assert!(written.is_ok());
    }
    match comments {
        Some(path) => {
            let part = with_notes(&package.text(&path)?, &notes)?;
            changes.replace(&path);
            put(copy, &path, &part)?;
        }
        None => {
            let path = changes.fresh("xl/comments", "xml", Some("comments+xml"));
            changes.relate(sheet, "rIdCityGaugeNotes", "comments", &path);
            let notes = notes.replace("{prefix}", "");
            let part = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"{SPREADSHEET}\"><authors><author>{AUTHOR}\
                 </author></authors><commentList>{notes}</commentList></comments>"
            );
            put(copy, &path, &part)?;
        }
    }
    match shapes {
        Some(path) => {
            // Shapes need not be well-formed XML, so they are put before the last closing tag as they are.
            let part = package.text(&path)?;
            let end = part.rfind("</xml>").ok_or_else(damaged)?;
            changes.replace(&path);
            put(copy, &path, &[&part[..end], &forms, &part[end..]].concat())
        }
        None => {
            let path = changes.fresh("xl/drawings/vmlDrawing", "vml", None);
            changes.relate(sheet, if drawing.is_empty() { DRAWING } else { &drawing }, "vmlDrawing", &path);
            put(copy, &path, &drawing_of(&forms, first_shape / 1_024))
        }
    }
}

/// The cells that have notes, and the number of the author that will be added.
fn known_notes(package: &mut Package<'_>, path: &str) -> Result<(std::collections::HashSet<String>, u32), Box<Fault>> {
    let (mut cells, mut authors) = (std::collections::HashSet::new(), 0);
    package.each(path, |event| {
        if let Event::Start(element) | Event::Empty(element) = event {
            match element.local_name().as_ref() {
                "author" => authors += 1,
                "comment" => cells.extend(attribute(element, "ref").map(std::borrow::Cow::into_owned)),
                _ => {}
            }
        }
        true
    })?;
    Ok((cells, authors))
}

/// The notes of a sheet with more of them.
fn with_notes(part: &str, notes: &str) -> Result<String, Box<Fault>> {
    changed(part, |event, writer| {
        let mut raw = |text: String| std::io::Write::write_all(writer.get_mut(), text.as_bytes());
        match &event {
            Event::End(element) if element.local_name().as_ref() == "authors" => {
                let prefix = prefix(element.name().as_ref()).to_owned();
                raw(format!("<{prefix}author>{AUTHOR}</{prefix}author>"))?;
            }
            Event::End(element) if element.local_name().as_ref() == "commentList" => {
                raw(notes.replace("{prefix}", prefix(element.name().as_ref())))?;
            }
            Event::Empty(element) if matches!(element.local_name().as_ref(), "authors" | "commentList") => {
                let (name, local) = (element.name().as_ref().to_owned(), element.local_name().as_ref().to_owned());
                let prefix = prefix(&name);
                let inner = if local == "authors" {
                    format!("<{prefix}author>{AUTHOR}</{prefix}author>")
                } else {
                    notes.replace("{prefix}", prefix)
                };
                return raw(format!("<{name}>{inner}</{name}>"));
            }
            _ => {}
        }
        writer.write_event(event)
    })
}

/// What the note of a cell says: its faults and how to mend them.
fn said(cell: &Cell, findings: Findings<'_>) -> String {
    let mut lines = Vec::new();
    for fault in cell.faults.iter().take(SAID).filter_map(|place| findings.faults.get(*place)) {
        lines.push(fault.message.clone());
        lines.extend(
            fault.expected.as_ref().map(|expected| format!("{}{expected}", findings.language.pick("应为：", "Expected: "))),
        );
        lines.extend(fault.hint.as_ref().map(|hint| format!("→ {hint}")));
    }
    let more = cell.faults.len().saturating_sub(SAID);
    if more > 0 {
        lines.push(
            findings.language.pick(format!("另有 {more} 处，见错误清单"), format!("and {more} more, see the list of faults")),
        );
    }
    lines.join("\n").chars().take(2_000).collect()
}

fn shape(forms: &mut String, (row, column): (u64, u32), number: u64) -> std::fmt::Result {
    let (top, left) = (row - 1, column);
    let (bottom, right) = (top + 6, left + 4);
    write!(
        forms,
        "<v:shape id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style='position:absolute;margin-left:60pt;margin-top:2pt;\
         width:240pt;height:90pt;z-index:1;visibility:hidden' fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
         <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style='mso-direction-alt:auto'>\
         <div style='text-align:left'></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
         <x:Anchor>{}, 15, {top}, 2, {right}, 15, {bottom}, 2</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{top}</x:Row>\
         <x:Column>{left}</x:Column></x:ClientData></v:shape>",
        left + 1
    )
}

fn drawing_of(forms: &str, block: u64) -> String {
    format!(
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{block}\"/>\
         </o:shapelayout><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
         <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>{forms}</xml>"
    )
}
