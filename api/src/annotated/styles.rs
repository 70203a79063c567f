//! The formats of marked cells: each as it was, with a coloured ground.

use std::collections::HashMap;

use citygauge_indicators::Fault;
use quick_xml::events::{BytesStart, Event};

use super::parts::Changes;
use super::xml::{changed, prefix, with_attribute};
use super::{Copy, put};
use crate::intake::xlsx::package::{Package, attribute};

/// The grounds of an error and of a warning.
const GROUNDS: [&str; 2] = ["FFFFC7CE", "FFFFEB9C"];

/// Formats of the list: header, text that is broken into lines, link.
pub(super) const LIST: usize = 3;

/// The formats of a workbook and those that are added to them.
pub(super) struct Styles {
    path: Option<String>,
    fonts: u32,
    fills: u32,
    formats: u32,
    /// The formats that are added, by what they were and whether they mark an error, in the order of their numbers.
    added: HashMap<(u32, bool), u32>,
    order: Vec<(u32, bool)>,
}

impl Styles {
    /// Counts the formats of a workbook. One without a part for them, or without its usual lists, gets no colours.
    pub fn of(package: &mut Package<'_>) -> Result<Self, Box<Fault>> {
        let workbook = package.workbook.clone();
        let part = package.relations(&workbook)?.into_iter().find(|relation| relation.kind == "styles");
        let mut styles = Self { path: None, fonts: 0, fills: 0, formats: 0, added: HashMap::new(), order: Vec::new() };
        let Some(path) = part.map(|part| part.target).filter(|path| package.place(path).is_some()) else { return Ok(styles) };
        let mut within = String::new();
        let mut counts: HashMap<&str, u32> = HashMap::new();
        package.each(&path, |event| {
            match event {
                Event::Start(element) | Event::Empty(element) => match (within.as_str(), element.local_name().as_ref()) {
                    ("fonts", "font") => *counts.entry("fonts").or_default() += 1,
                    ("fills", "fill") => *counts.entry("fills").or_default() += 1,
                    ("cellXfs", "xf") => *counts.entry("cellXfs").or_default() += 1,
                    (_, name @ ("fonts" | "fills" | "cellXfs")) if matches!(event, Event::Start(_)) => within = name.to_owned(),
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == within => within.clear(),
                _ => {}
            }
            true
        })?;
        if let (Some(fonts), Some(fills), Some(formats)) = (counts.get("fonts"), counts.get("fills"), counts.get("cellXfs")) {
            (styles.path, styles.fonts, styles.fills, styles.formats) = (Some(path), *fonts, *fills, *formats);
        }
        Ok(styles)
    }

    /// The format of the list with this place.
    pub fn of_list(&self, place: u32) -> Option<u32> {
        self.path.as_ref().map(|_| self.formats + place)
    }

    /// The format of a marked cell that had `style`; `None` where there are no formats.
    pub fn marked(&mut self, style: u32, is_error: bool) -> Option<u32> {
        self.path.as_ref()?;
        let key = (style.min(self.formats.saturating_sub(1)), is_error);
        let next = self.formats + LIST as u32 + self.order.len() as u32;
        let order = &mut self.order;
        Some(*self.added.entry(key).or_insert_with(|| {
            order.push(key);
            next
        }))
    }

    /// Writes the formats with those that were added.
    pub fn write(&self, package: &mut Package<'_>, copy: &mut Copy, changes: &mut Changes) -> Result<(), Box<Fault>> {
        let Some(path) = &self.path else { return Ok(()) };
        let part = package.text(path)?;
        let mut within = String::new();
        let mut formats: Vec<Vec<Event<'static>>> = Vec::new();
        let text = changed(&part, |event, writer| {
            match &event {
                Event::Start(element) => {
                    let name = element.local_name().as_ref().to_owned();
                    let more = match name.as_str() {
                        "fonts" => 2,
                        "fills" => 2,
                        "cellXfs" => LIST as u32 + self.order.len() as u32,
                        _ => 0,
                    };
                    if more > 0 {
                        within = name;
                        let count: u32 = attribute(element, "count").and_then(|count| count.parse().ok()).unwrap_or_default();
                        return writer.write_event(Event::Start(with_attribute(element, "count", &(count + more).to_string())));
                    }
                    if within == "cellXfs" && name == "xf" {
                        formats.push(Vec::new());
                    }
                }
                Event::Empty(element) if within == "cellXfs" && element.local_name().as_ref() == "xf" => {
                    formats.push(Vec::new());
                }
                Event::End(element) if element.local_name().as_ref() == within && !within.is_empty() => {
                    let prefix = prefix(element.name().as_ref()).to_owned();
                    match within.as_str() {
                        "fonts" => self.write_raw(writer, &fonts(&prefix))?,
                        "fills" => self.write_raw(writer, &fills(&prefix))?,
                        _ => self.write_formats(writer, &prefix, &formats)?,
                    }
                    within.clear();
                }
                _ => {}
            }
            if within == "cellXfs"
                && let Some(format) = formats.last_mut()
            {
                format.push(event.clone().into_owned());
            }
            writer.write_event(event)
        })?;
        changes.replace(path);
        put(copy, path, &text)
    }

    fn write_raw(&self, writer: &mut quick_xml::Writer<Vec<u8>>, text: &str) -> std::io::Result<()> {
        std::io::Write::write_all(writer.get_mut(), text.as_bytes())
    }

    fn write_formats(
        &self,
        writer: &mut quick_xml::Writer<Vec<u8>>,
        prefix: &str,
        formats: &[Vec<Event<'static>>],
    ) -> std::io::Result<()> {
        let (bold, link) = (self.fonts, self.fonts + 1);
        let list = format!(
            "<{prefix}xf numFmtId=\"0\" fontId=\"{bold}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
             <{prefix}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyAlignment=\"1\">\
             <{prefix}alignment vertical=\"top\" wrapText=\"1\"/></{prefix}xf>\
             <{prefix}xf numFmtId=\"0\" fontId=\"{link}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyAlignment=\"1\">\
             <{prefix}alignment vertical=\"top\"/></{prefix}xf>"
        );
        self.write_raw(writer, &list)?;
        for (style, is_error) in &self.order {
            let fill = (self.fills + u32::from(!is_error)).to_string();
            for event in formats.get(*style as usize).into_iter().flatten() {
                let coloured =
                    |element: &BytesStart<'_>| with_attribute(&with_attribute(element, "fillId", &fill), "applyFill", "1");
                match event {
                    Event::Start(element) if element.local_name().as_ref() == "xf" => {
                        writer.write_event(Event::Start(coloured(element)))?;
                    }
                    Event::Empty(element) if element.local_name().as_ref() == "xf" => {
                        writer.write_event(Event::Empty(coloured(element)))?;
                    }
                    other => writer.write_event(other.borrow())?,
                }
            }
        }
        Ok(())
    }
}

fn fonts(prefix: &str) -> String {
    format!(
        "<{prefix}font><{prefix}b/><{prefix}sz val=\"11\"/></{prefix}font>\
         <{prefix}font><{prefix}u/><{prefix}sz val=\"11\"/><{prefix}color rgb=\"FF0563C1\"/></{prefix}font>"
    )
}

fn fills(prefix: &str) -> String {
    let fill = |colour: &str| {
        format!(
            "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor rgb=\"{colour}\"/>\
             <{prefix}bgColor indexed=\"64\"/></{prefix}patternFill></{prefix}fill>"
        )
    };
    GROUNDS.map(fill).concat()
}
