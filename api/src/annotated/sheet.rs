//! The sheet with its marked cells in colour.

use std::io::{BufRead, Write};
use std::iter::Peekable;

use citygauge_indicators::Fault;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::marks::{Cell, Cells};
use super::styles::Styles;
use super::xml::{prefix, with_attribute};
use crate::intake::cell::letter;
use crate::intake::xlsx::archive::damaged;
use crate::intake::xlsx::look::cell_of;
use crate::intake::xlsx::package::attribute;

/// The relationship by which a sheet that had no notes finds their shapes.
pub(super) const DRAWING: &str = "rIdCityGaugeDrawing";

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What may follow the reference to the shapes of notes, in the order that the schema wants.
const AFTER_DRAWING: [&str; 7] =
    ["legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

/// Copies a sheet with its marked cells in colour, cells that were empty included. Answers the relationship by which the
/// sheet finds the shapes of its notes.
pub(super) fn annotate(part: impl BufRead, copy: impl Write, cells: &Cells, styles: &mut Styles) -> Result<String, Box<Fault>> {
    let mut reader = Reader::from_reader(part);
    let mut sheet = Sheet {
        writer: Writer::new(copy),
        marks: cells.iter().peekable(),
        styles,
        prefix: String::new(),
        row: 0,
        column: 0,
        drawing: None,
    };
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| damaged())?;
        match &event {
            Event::Eof => break,
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        sheet.take(event, depth).map_err(|_| damaged())?;
    }
    sheet.drawing.ok_or_else(damaged)
}

struct Sheet<'m, 's, W: Write> {
    writer: Writer<W>,
    marks: Peekable<std::collections::btree_map::Iter<'m, (u64, u32), Cell>>,
    styles: &'s mut Styles,
    prefix: String,
    row: u64,
    column: u32,
    drawing: Option<String>,
}

impl<W: Write> Sheet<'_, '_, W> {
    fn take(&mut self, event: Event<'_>, depth: usize) -> std::io::Result<()> {
        let name = match &event {
            Event::Start(element) | Event::Empty(element) => element.local_name().as_ref().to_owned(),
            Event::End(element) => element.local_name().as_ref().to_owned(),
            _ => return self.writer.write_event(event),
        };
        // The sheet is 1 deep when it has begun, what stands directly in it 2, or 1 where that is empty.
        let is_direct = |inner: usize| depth == inner;
        match (&event, name.as_str()) {
            (Event::Start(element), "worksheet") => self.prefix = prefix(element.name().as_ref()).to_owned(),
            (Event::Start(element), "row") => {
                self.begin_row(element)?;
            }
            (Event::Empty(element), "row") => {
                self.begin_row(element)?;
                if self.next_in_row(u32::MAX).is_some() {
                    self.writer.write_event(Event::Start(element.borrow()))?;
                    self.fill_row(u32::MAX)?;
                    return self.writer.write_event(Event::End(element.to_end()));
                }
            }
            (Event::End(_), "row") => self.fill_row(u32::MAX)?,
            (Event::Start(element) | Event::Empty(element), "c") if self.row > 0 => return self.cell(element, &event),
            (Event::Empty(element), "sheetData") => {
                self.writer.write_event(Event::Start(element.borrow()))?;
                self.fill_rows(u64::MAX)?;
                return self.writer.write_event(Event::End(element.to_end()));
            }
            (Event::End(_), "sheetData") => {
                self.fill_rows(u64::MAX)?;
                self.row = 0;
            }
            (Event::Empty(element) | Event::Start(element), "legacyDrawing") => {
                let id = element.attributes().with_checks(false).flatten().find(|one| one.key.as_ref().ends_with(":id"));
                self.drawing = id.map(|id| id.value.into_owned());
            }
            (Event::Start(_), later) if AFTER_DRAWING.contains(&later) && is_direct(2) => self.add_drawing()?,
            (Event::Empty(_), later) if AFTER_DRAWING.contains(&later) && is_direct(1) => self.add_drawing()?,
            (Event::End(_), "worksheet") => self.add_drawing()?,
            _ => {}
        }
        self.writer.write_event(event)
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> std::io::Result<()> {
        let number = attribute(element, "r").and_then(|number| number.parse().ok()).unwrap_or(self.row + 1);
        self.fill_rows(number)?;
        (self.row, self.column) = (number, 0);
        Ok(())
    }

    /// A cell as it was, in the colour of its faults where it has any.
    fn cell(&mut self, element: &BytesStart<'_>, event: &Event<'_>) -> std::io::Result<()> {
        let column = attribute(element, "r").and_then(|place| cell_of(&place)).map_or(self.column, |(column, _)| column);
        self.fill_row(column)?;
        self.column = column + 1;
        let marked = self.marks.next_if(|((row, marked), _)| (*row, *marked) == (self.row, column));
        let Some((_, cell)) = marked else { return self.writer.write_event(event.borrow()) };
        let style = attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        let element = match self.styles.marked(style, cell.is_error) {
            Some(style) => with_attribute(element, "s", &style.to_string()),
            None => element.to_owned(),
        };
        self.writer.write_event(if matches!(event, Event::Empty(_)) { Event::Empty(element) } else { Event::Start(element) })
    }

    /// The next mark of the row, where it stands before `column`.
    fn next_in_row(&mut self, column: u32) -> Option<(u32, bool)> {
        let row = self.row;
        let ((_, marked), cell) = self.marks.peek().filter(|((of, marked), _)| *of == row && *marked < column)?;
        Some((*marked, cell.is_error))
    }

    /// Writes marked cells of the row that are not there, up to `column`.
    fn fill_row(&mut self, column: u32) -> std::io::Result<()> {
        while let Some((marked, is_error)) = self.next_in_row(column) {
            self.marks.next();
            let mut element = BytesStart::new(format!("{}c", self.prefix));
            element.push_attribute(("r", format!("{}{}", letter(marked as usize), self.row).as_str()));
            if let Some(style) = self.styles.marked(0, is_error) {
                element.push_attribute(("s", style.to_string().as_str()));
            }
            self.writer.write_event(Event::Empty(element))?;
        }
        Ok(())
    }

    /// Writes marked rows that are not there, up to `number`.
    fn fill_rows(&mut self, number: u64) -> std::io::Result<()> {
        while let Some(missing) = self.marks.peek().map(|((row, _), _)| *row).filter(|row| *row < number) {
            self.row = missing;
            let name = format!("{}row", self.prefix);
            let mut element = BytesStart::new(name.as_str());
            element.push_attribute(("r", missing.to_string().as_str()));
            self.writer.write_event(Event::Start(element))?;
            self.fill_row(u32::MAX)?;
            self.writer.write_event(Event::End(BytesEnd::new(name)))?;
        }
        Ok(())
    }

    /// Refers to the shapes of notes, where the sheet had none.
    fn add_drawing(&mut self) -> std::io::Result<()> {
        if self.drawing.is_none() {
            let mut element = BytesStart::new(format!("{}legacyDrawing", self.prefix));
            element.push_attribute(("xmlns:r", RELATIONSHIPS));
            element.push_attribute(("r:id", DRAWING));
            self.writer.write_event(Event::Empty(element))?;
            self.drawing = Some(DRAWING.to_owned());
        }
        Ok(())
    }
}
