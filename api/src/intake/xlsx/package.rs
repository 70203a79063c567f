//! The parts of a workbook's archive: which part holds which sheet, and XML as it streams out of it.
//!
//! Called only on archives that [`super::archive::check`] has looked through.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Cursor, Read};

use citygauge_indicators::Fault;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::archive::{damaged, too_large};

/// A workbook's archive.
pub(crate) struct Package<'b> {
    pub archive: ZipArchive<Cursor<&'b [u8]>>,
    /// The path of the part that lists the sheets.
    pub workbook: String,
    /// Its sheets, in the order of the tabs.
    pub sheets: Vec<SheetPart>,
}

/// One sheet and the part that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetPart {
    /// What its tab shows.
    pub name: String,
    /// The path of its part in the archive.
    pub path: String,
}

/// A relationship of a part to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub id: String,
    /// The last segment of its type, such as `worksheet`.
    pub kind: String,
    /// The path of the other part in the archive; an address where it lies outside.
    pub target: String,
}

impl<'b> Package<'b> {
    /// Finds the sheets of a workbook.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Box<Fault>> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        let mut package = Self { archive, workbook: "xl/workbook.xml".into(), sheets: Vec::new() };
        if let Some(root) = package.relations_at("_rels/.rels", "")?.into_iter().find(|found| found.kind == "officeDocument") {
            package.workbook = root.target;
        }
        let relations = package.relations(&package.workbook.clone())?;
        let mut named: Vec<(String, String)> = Vec::new();
        package.each(&package.workbook.clone(), |event| {
            if let Event::Start(element) | Event::Empty(element) = event
                && element.local_name().as_ref() == "sheet"
                && let (Some(name), Some(id)) = (attribute(element, "name"), attribute_called(element, "id"))
            {
                named.push((name.into_owned(), id.into_owned()));
            }
            true
        })?;
        let part = |(name, id): (String, String)| {
            relations.iter().find(|relation| relation.id == id).map(|found| SheetPart { name, path: found.target.clone() })
        };
        package.sheets = named.into_iter().filter_map(part).collect();
        Ok(package)
    }

    /// The part of a sheet.
    pub fn sheet(&self, name: &str) -> Option<&SheetPart> {
        self.sheets.iter().find(|sheet| sheet.name == name)
    }

    /// What a part refers to.
    pub fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Box<Fault>> {
        let (folder, _) = part.rsplit_once('/').unwrap_or(("", part));
        self.relations_at(&relations_of(part), folder)
    }

    fn relations_at(&mut self, path: &str, folder: &str) -> Result<Vec<Relation>, Box<Fault>> {
        let mut relations = Vec::new();
        if self.place(path).is_none() {
            return Ok(relations);
        }
        self.each(path, |event| {
            if let Event::Start(element) | Event::Empty(element) = event
                && element.local_name().as_ref() == "Relationship"
                && let (Some(id), Some(kind), Some(target)) =
                    (attribute(element, "Id"), attribute(element, "Type"), attribute(element, "Target"))
            {
                let outside = attribute(element, "TargetMode").is_some_and(|mode| mode == "External");
                let target = if outside { target.into_owned() } else { resolved(folder, &target) };
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: id.into_owned(), kind, target });
            }
            true
        })?;
        Ok(relations)
    }

    /// The place of a part in the archive; some programs write its name in other letters than they refer to it by.
    pub fn place(&self, path: &str) -> Option<usize> {
        let other = || {
            self.archive.file_names().position(|name| name.is_ok_and(|name| name.replace('\\', "/").eq_ignore_ascii_case(path)))
        };
        self.archive.index_for_name(path).or_else(other)
    }

    /// A part as a whole, of at most 16 MiB.
    pub fn text(&mut self, path: &str) -> Result<String, Box<Fault>> {
        const LONGEST: u64 = 16 << 20;
        let place = self.place(path).ok_or_else(damaged)?;
        let mut text = String::new();
        let part = self.archive.by_index(place).map_err(|_| damaged())?;
        part.take(LONGEST + 1).read_to_string(&mut text).map_err(|_| damaged())?;
        if text.len() as u64 > LONGEST {
            return Err(too_large(&format!("{path} > {LONGEST} bytes")));
        }
        Ok(text)
    }

    /// A part, piece by piece.
    pub fn part(&mut self, path: &str) -> Result<impl BufRead + '_, Box<Fault>> {
        let place = self.place(path).ok_or_else(damaged)?;
        Ok(BufReader::with_capacity(64 << 10, self.archive.by_index(place).map_err(|_| damaged())?))
    }

    /// Hands the events of a part on until `take` has had enough.
    pub fn each(&mut self, path: &str, mut take: impl FnMut(&Event<'_>) -> bool) -> Result<(), Box<Fault>> {
        let mut reader = Reader::from_reader(self.part(path)?);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
                Event::Eof => return Ok(()),
                event if !take(&event) => return Ok(()),
                _ => {}
            }
        }
    }
}

/// The path of the relationships of a part.
pub(crate) fn relations_of(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// The attribute with exactly this name.
pub(crate) fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let found = element.attributes().with_checks(false).flatten().find(|found| found.key.as_ref() == name)?;
    quick_xml::escape::unescape(&found.value).ok().map(|value| Cow::Owned(value.into_owned()))
}

/// The attribute with this name in a namespace, whatever its prefix.
fn attribute_called<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let called = |key: &str| key.split_once(':').is_some_and(|(_, local)| local == name);
    let found = element.attributes().with_checks(false).flatten().find(|found| called(found.key.as_ref()))?;
    quick_xml::escape::unescape(&found.value).ok().map(|value| Cow::Owned(value.into_owned()))
}

/// The path that a part in `folder` means by `target`.
fn resolved(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(path.pop()),
            segment => path.push(segment),
        }
    }
    path.retain(|segment| !segment.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_sheets_are_found_by_their_relationships() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().set_name("数据 & 附注").expect("a name");
        book.add_worksheet().set_name("b").expect("a name");
        let bytes = book.save_to_buffer().expect("saved");
        let package = Package::open(&bytes).expect("a workbook");
        let sheets: Vec<_> = package.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.path.as_str())).collect();
        assert_eq!(sheets, [("数据 & 附注", "xl/worksheets/sheet1.xml"), ("b", "xl/worksheets/sheet2.xml")]);
    }

    #[test]
    fn a_target_is_meant_from_the_folder_of_its_part_or_from_the_root() {
        assert_eq!(resolved("xl/worksheets", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolved("xl", "../../../etc/passwd"), "etc/passwd");
        assert_eq!(relations_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
    }
}
