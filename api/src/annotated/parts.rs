//! What is added to a workbook's archive: parts, relationships between them, and a sheet.

use std::collections::{BTreeMap, HashSet};

use citygauge_indicators::Fault;
use quick_xml::events::{BytesStart, Event};

use super::xml::{changed, prefix, text};
use super::{Copy, begin, put};
use crate::intake::xlsx::archive::damaged;
use crate::intake::xlsx::package::{Package, SheetPart, attribute, relations_of};

const CONTENT_TYPES: &str = "[Content_Types].xml";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NAMESPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const SHAPES: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

/// Characters of the name of a sheet.
const NAME: usize = 31;

/// The changes of a copy.
pub(super) struct Changes {
    /// The names of the parts that were there or are added, in small letters.
    names: HashSet<String>,
    /// Those that the copy has already.
    held: HashSet<String>,
    /// Relationships that are added: the part, and for each identifier, kind and target.
    relations: BTreeMap<String, Vec<(String, &'static str, String)>>,
    /// Parts that are added, each with the ending of its content type.
    types: Vec<(String, &'static str)>,
    /// The sheet that is added.
    sheet: Option<(String, String)>,
    /// Sheets whose notes were written so far.
    pub noted: u32,
}

impl Changes {
    /// No changes of a workbook so far.
    pub fn of(package: &mut Package<'_>) -> Result<Self, Box<Fault>> {
        let names = package.archive.file_names().map(|name| Ok(plain(&name.map_err(|_| damaged())?)));
        Ok(Self {
            names: names.collect::<Result<_, Box<Fault>>>()?,
            held: HashSet::new(),
            relations: BTreeMap::new(),
            types: Vec::new(),
            sheet: None,
            noted: 0,
        })
    }

    /// Begins a part, which is not copied any more.
    pub fn begin(&mut self, copy: &mut Copy, path: &str) -> Result<(), Box<Fault>> {
        self.replace(path);
        begin(copy, path)
    }

    /// Says that the copy has a part already.
    pub fn replace(&mut self, path: &str) {
        self.held.insert(plain(path));
    }

    /// Whether the copy has a part already.
    pub fn holds(&self, path: &str) -> bool {
        self.held.contains(&plain(path))
    }

    /// A path that no part has, for a part of a content type; `None` for the shapes of notes, which go by their ending.
    pub fn fresh(&mut self, stem: &str, ending: &str, kind: Option<&'static str>) -> String {
        let mut number = 1_u32;
        let path = loop {
            let path = format!("{stem}CityGauge{number}.{ending}");
            if self.names.insert(plain(&path)) {
                break path;
            }
            number += 1;
        };
        if let Some(kind) = kind {
            self.types.push((path.clone(), kind));
        }
        path
    }

    /// Relates a part to another one.
    pub fn relate(&mut self, part: &str, id: &str, kind: &'static str, target: &str) {
        self.relations.entry(part.to_owned()).or_default().push((id.to_owned(), kind, target.to_owned()));
    }

    /// Adds a sheet called like `wanted` and answers the path of its part.
    pub fn add_sheet(&mut self, package: &mut Package<'_>, wanted: &str) -> Result<String, Box<Fault>> {
        let taken: HashSet<String> = package.sheets.iter().map(|sheet: &SheetPart| sheet.name.to_lowercase()).collect();
        let mut name = wanted.to_owned();
        let mut number = 2_u32;
        while taken.contains(&name.to_lowercase()) && name.chars().count() < NAME {
            name = format!("{wanted} ({number})");
            number += 1;
        }
        let path = self.fresh("xl/worksheets/sheet", "xml", Some("worksheet+xml"));
        let workbook = package.workbook.clone();
        self.relate(&workbook, "rIdCityGaugeFaults", "worksheet", &path);
        self.sheet = Some((name, "rIdCityGaugeFaults".to_owned()));
        Ok(path)
    }

    /// Writes what holds the parts together.
    pub fn write(&mut self, package: &mut Package<'_>, copy: &mut Copy) -> Result<(), Box<Fault>> {
        for (part, added) in std::mem::take(&mut self.relations) {
            let path = relations_of(&part);
            let known = if package.place(&path).is_some() {
                package.text(&path)?
            } else {
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"{NAMESPACE}\"></Relationships>"
                )
            };
            let lines: String = added
                .iter()
                .map(|(id, kind, target)| {
                    format!("Relationship Id=\"{}\" Type=\"{RELATIONSHIPS}/{kind}\" Target=\"/{}\"/>", text(id), text(target))
                })
                .map(|line| format!("<{{prefix}}{line}"))
                .collect();
            self.replace(&path);
            put(copy, &path, &within(&known, "Relationships", &lines)?)?;
        }
        self.sheet_of_workbook(package, copy)?;
        self.content_types(package, copy)
    }

    fn sheet_of_workbook(&mut self, package: &mut Package<'_>, copy: &mut Copy) -> Result<(), Box<Fault>> {
        let Some((name, id)) = self.sheet.take() else { return Ok(()) };
        let path = package.workbook.clone();
        let known = package.text(&path)?;
        let mut greatest = 0_u32;
        package.each(&path, |event| {
            if let Event::Start(element) | Event::Empty(element) = event
                && element.local_name().as_ref() == "sheet"
            {
                let number = attribute(element, "sheetId").and_then(|number| number.parse().ok()).unwrap_or_default();
                greatest = greatest.max(number);
            }
            true
        })?;
        let line = format!(
            "<{{prefix}}sheet name=\"{}\" sheetId=\"{}\" xmlns:r=\"{RELATIONSHIPS}\" r:id=\"{id}\"/>",
            text(&name),
            greatest.saturating_add(1)
        );
        self.replace(&path);
        put(copy, &path, &within(&known, "sheets", &line)?)
    }

    fn content_types(&mut self, package: &mut Package<'_>, copy: &mut Copy) -> Result<(), Box<Fault>> {
        let known = if package.place(CONTENT_TYPES).is_some() { package.text(CONTENT_TYPES)? } else { return Ok(()) };
        let knows_shapes = {
            let mut knows = false;
            package.each(CONTENT_TYPES, |event| {
                if let Event::Start(element) | Event::Empty(element) = event {
                    knows |= attribute(element, "Extension").is_some_and(|ending| ending.eq_ignore_ascii_case("vml"));
                }
                true
            })?;
            knows
        };
        let mut lines = String::new();
        if !knows_shapes {
            lines.push_str(&format!("<{{prefix}}Default Extension=\"vml\" ContentType=\"{SHAPES}\"/>"));
        }
        for (path, kind) in &self.types {
            lines.push_str(&format!("<{{prefix}}Override PartName=\"/{}\" ContentType=\"{SPREADSHEET}.{kind}\"/>", text(path)));
        }
        self.replace(CONTENT_TYPES);
        put(copy, CONTENT_TYPES, &within(&known, "Types", &lines)?)
    }
}

fn plain(path: &str) -> String {
    path.replace('\\', "/").to_lowercase()
}

/// A part with `lines` at the end of the element called `name`, whose prefix takes the place of `{prefix}` in them.
fn within(part: &str, name: &str, lines: &str) -> Result<String, Box<Fault>> {
    let mut is_done = false;
    let text = changed(part, |event, writer| {
        let raw = |writer: &mut quick_xml::Writer<Vec<u8>>, element: &str| {
            let lines = lines.replace("{prefix}", prefix(element));
            std::io::Write::write_all(writer.get_mut(), lines.as_bytes())
        };
        match &event {
            Event::Empty(element) if element.local_name().as_ref() == name && !is_done => {
                is_done = true;
                let (start, end): (BytesStart<'_>, _) = (element.to_owned(), element.to_end().into_owned());
                writer.write_event(Event::Start(start))?;
                raw(writer, element.name().as_ref())?;
                return writer.write_event(Event::End(end));
            }
            Event::End(element) if element.local_name().as_ref() == name && !is_done => {
                is_done = true;
                raw(writer, element.name().as_ref())?;
            }
            _ => {}
        }
        writer.write_event(event)
    })?;
    if is_done { Ok(text) } else { Err(damaged()) }
}
