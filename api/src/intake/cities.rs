//! Cities: `code,name[,name_zh,name_en,attributes_from,ATTRIBUTE,...]`; every further column is an attribute of that
//! name, and `attributes_from` the first day on which they are as the row says.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use citygauge_indicators::{City, Fault, Text};
use citygauge_openapi::{Day, ImportKind};

use super::cell::Cell;
use super::feed::{Feed, Rows, Taken};
use super::findings::{Context, Findings, shown};
use super::mapping::translate::Translated;
use super::mapping::{Guide, Mapping};
use super::observations::{is_malformed, malformed};
use super::xlsx::template::{self, Form};
use super::{Encoding, Format, Limits, Reading, Source};

/// What an accepted header looks like.
const EXPECTED: &str = "code,name[,name_zh,name_en,ATTRIBUTE,...]";

/// What is known beside the file.
#[derive(Debug, Clone, Default)]
pub struct CityOptions<'a> {
    /// The name of the file, as the person gave it; every fault repeats it.
    pub file_name: Option<&'a str>,
    /// How the file is to be understood, where it is not in the usual form.
    pub mapping: Option<&'a Mapping>,
    /// The encoding that was declared for a CSV file.
    pub encoding: Option<Encoding>,
    /// How much is read at most.
    pub limits: Limits,
}

/// A sound city with its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCity {
    /// The row of the file; the element, counted from 1, of a JSON array.
    pub row: u64,
    /// Its code, unique in the file.
    pub code: String,
    /// Its name in whatever language the file is in.
    pub name: String,
    /// Its name in simplified Chinese.
    pub name_zh: Option<String>,
    /// Its name in English.
    pub name_en: Option<String>,
    /// The first day on which the attributes are these, from a column `attributes_from`.
    pub attributes_from: Option<String>,
    /// Its attributes; an empty cell gives none.
    pub attributes: BTreeMap<String, String>,
}

impl ReadCity {
    /// The city in the vocabulary of the sets: a language without a name of its own has the plain one.
    #[must_use]
    pub fn to_city(&self) -> City {
        let name = |own: &Option<String>| own.clone().or_else(|| Some(self.name.clone()));
        City {
            code: self.code.clone(),
            name: Text { zh: name(&self.name_zh), en: name(&self.name_en) },
            attributes: self.attributes.clone(),
            history: Vec::new(),
        }
    }
}

/// Reads cities and every fault of the file. Of a workbook, the sheet called `cities` is read, or every one with such a header.
#[must_use]
pub fn read(bytes: &[u8], format: Format, options: &CityOptions<'_>) -> Reading<ReadCity> {
    let mapping = options.mapping;
    let distinct = mapping.is_some_and(|mapping| mapping.document().distinct == Some(true));
    let rows = CityRows { limits: &options.limits, distinct, columns: None, first: HashMap::new(), rows: Vec::new() };
    let guide = Guide { kind: ImportKind::Cities, set: None, names: None, mapping, sdmx: false };
    let place = mapping.map(Mapping::place).unwrap_or_default();
    let mut feed = Feed::new(Translated::new(rows, guide), &options.limits).at(place);
    for fault in mapping.map(|mapping| mapping.misused(ImportKind::Cities, format, None)).unwrap_or_default().0 {
        feed.findings.whole(fault);
    }
    let source = Source { bytes, format, declared: options.encoding, name: "cities", pointer: "/cities" };
    let encoding = if feed.findings.refused { None } else { source.feed(&mut feed) };
    let rows = std::mem::take(&mut feed.rows.inner.rows);
    Reading::new(rows, feed, options.file_name, encoding, None)
}

struct Columns {
    code: usize,
    name: usize,
    name_zh: Option<usize>,
    name_en: Option<usize>,
    attributes_from: Option<usize>,
    attributes: Vec<(usize, String)>,
}

struct CityRows<'l> {
    limits: &'l Limits,
    /// Whether rows of one city are read as one.
    distinct: bool,
    columns: Option<Columns>,
    /// For each code the row that holds it first, and the place of what was read of it.
    first: HashMap<String, (u64, Option<usize>)>,
    rows: Vec<ReadCity>,
}

impl Rows for CityRows<'_> {
    fn header(&mut self, names: &[Option<String>], findings: &mut Findings) -> bool {
        let place = |wanted: &str| names.iter().position(|name| name.as_deref() == Some(wanted));
        for name in ["code", "name"].into_iter().filter(|name| place(name).is_none()) {
            let fault = Fault::error("file.missing_column", format!("缺少列“{name}”"), format!("the column '{name}' is missing"));
            findings.whole(fault.column(name).expected(EXPECTED).hint("请增加该列", "add the column"));
        }
        let mut attributes = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let Some(name) = name else { continue };
            if ["code", "name", "name_zh", "name_en", "attributes_from"].contains(&name.as_str()) {
                continue;
            }
            if is_malformed(name, self.limits.max_code_chars) {
                let fault = Fault::error("file.header", "属性名不合法", "this cannot be the name of an attribute");
                let longest = self.limits.max_code_chars;
                findings.heading(
                    column,
                    fault
                        .value(name)
                        .expected(format!("1..{longest} characters"))
                        .hint("前后不能有空格，也不能过长", "no spaces around it, and not that long"),
                );
            } else {
                attributes.push((column, name.clone()));
            }
        }
        let (Some(code), Some(name)) = (place("code"), place("name")) else { return false };
        let (name_zh, name_en, attributes_from) = (place("name_zh"), place("name_en"), place("attributes_from"));
        self.columns = Some(Columns { code, name, name_zh, name_en, attributes_from, attributes });
        true
    }

    fn knows(&mut self, names: &[Option<String>]) -> bool {
        ["code", "name"].iter().all(|wanted| names.iter().any(|name| name.as_deref() == Some(wanted)))
    }

    fn template(&mut self, _: &Form, findings: &mut Findings) -> bool {
        findings.whole(template::unexpected());
        false
    }

    fn row(&mut self, number: u64, cells: &[Cell<'_>], findings: &mut Findings) -> Taken {
        let Some(columns) = &self.columns else { return Taken::Full };
        let code = self.limits.text(&cells[columns.code], columns.code, self.limits.max_code_chars, findings);
        let name_limit = self.limits.max_name_chars;
        let name = self.limits.text(&cells[columns.name], columns.name, name_limit, findings);
        let mut own_name =
            |column: Option<usize>| column.and_then(|column| self.limits.text(&cells[column], column, name_limit, findings));
        let (name_zh, name_en) = (own_name(columns.name_zh), own_name(columns.name_en));
        let attributes_from = columns.attributes_from.and_then(|column| day(&cells[column], column, findings));
        let mut attributes = BTreeMap::new();
        for (column, name) in &columns.attributes {
            if let Some(text) = self.limits.attribute(&cells[*column], *column, findings) {
                attributes.insert(name.clone(), text);
            }
        }
        if cells[columns.code].is_empty() {
            let fault = Fault::error("city.no_code", "没有城市代码", "the code of the city is missing");
            findings.cell(columns.code, fault.hint("请填写城市代码", "enter the code of the city"));
        }
        if cells[columns.name].is_empty() {
            let fault = Fault::error("city.no_name", "没有城市名称", "the name of the city is missing");
            findings.cell(columns.name, fault.hint("请填写城市名称", "enter the name of the city"));
        }
        if let Some(code) = &code {
            if is_malformed(code, usize::MAX) {
                findings.cell(columns.code, malformed(code, self.limits.max_code_chars));
            }
            let place = u64::from(findings.place(number));
            let (first, _) = *self.first.entry(code.clone()).or_insert((place, None));
            if first != place && !self.distinct {
                let label = findings.row_label(first);
                let fault = Fault::error(
                    "city.duplicate",
                    format!("代码已见于第 {label} 行"),
                    format!("the code already stands in row {label}"),
                );
                findings.cell(columns.code, fault.value(code).hint("只保留一行", "keep one of the rows"));
            }
        }
        let known = code.as_ref().filter(|_| self.distinct).and_then(|code| self.first.get(code)?.1);
        let read = code.clone().zip(name);
        let read = read.map(|(code, name)| ReadCity { row: number, code, name, name_zh, name_en, attributes_from, attributes });
        if let (Some(known), Some(read)) = (known, &read) {
            differences(&self.rows[known], read, columns, findings);
        }
        if !findings.end_row(number, &Context { city: code.as_deref(), ..Context::default() }) {
            return Taken::Faulty;
        }
        if let Some(read) = read {
            match known {
                Some(known) => self.rows[known] = read,
                None => {
                    let place = self.rows.len();
                    self.first.entry(read.code.clone()).and_modify(|first| first.1 = Some(place));
                    self.rows.push(read);
                }
            }
        }
        Taken::Sound
    }
}

/// Warns of what a row says otherwise than an earlier one of the same city; the later one counts.
fn differences(earlier: &ReadCity, later: &ReadCity, columns: &Columns, findings: &mut Findings) {
    let label = findings.row_label(earlier.row);
    let names = [
        (Some(columns.name), Some(&earlier.name), Some(&later.name)),
        (columns.name_zh, earlier.name_zh.as_ref(), later.name_zh.as_ref()),
        (columns.name_en, earlier.name_en.as_ref(), later.name_en.as_ref()),
    ];
    for (column, before, now) in names {
        let (Some(column), Some(before), Some(now)) = (column, before, now) else { continue };
        if before != now {
            let (code, before, now) = (shown(&later.code), shown(before), shown(now));
            let fault = Fault::warning(
                "city.name_mismatch",
                format!("代码 {code} 在第 {label} 行名为“{before}”，此处名为“{now}”"),
                format!("the city {code} is called '{before}' in row {label} and '{now}' here"),
            );
            let fault = fault.value(now).expected(before);
            findings.cell(
                column,
                fault.hint(
                    "以后出现的名称为准；请核对是否同指一城",
                    "the later name counts; check whether both are the same city",
                ),
            );
        }
    }
    for (column, attribute) in &columns.attributes {
        let (before, now) = (earlier.attributes.get(attribute), later.attributes.get(attribute));
        if before != now {
            let (before, now) =
                (before.map(|text| shown(text)).unwrap_or_default(), now.map(|text| shown(text)).unwrap_or_default());
            let fault = Fault::warning(
                "city.attribute_mismatch",
                format!("同一城市在第 {label} 行为“{before}”，此处为“{now}”"),
                format!("the same city has '{before}' in row {label} and '{now}' here"),
            );
            findings.cell(*column, fault.value(now).expected(before).hint("以后出现的值为准", "the later value counts"));
        }
    }
}

/// A day of the calendar, `2026-10-31`, or a cell that a spreadsheet keeps as a date; an empty cell gives none.
fn day(cell: &Cell<'_>, column: usize, findings: &mut Findings) -> Option<String> {
    if cell.is_empty() || *cell == Cell::Faulty {
        return None;
    }
    let shown = cell.shown();
    match shown.parse::<Day>() {
        Ok(day) => Some(day.to_string()),
        Err(_) => {
            let fault = Fault::error("cell.not_a_day", "这不是日期", "this is no day").value(&shown);
            findings.cell(column, fault.expected("2026-10-31").hint("请写成 2026-10-31", "write it as 2026-10-31"));
            None
        }
    }
}

impl Limits {
    /// The text of a cell that is at most `longest` characters long; `None` where it is empty or faulty.
    fn text(&self, cell: &Cell<'_>, column: usize, longest: usize, findings: &mut Findings) -> Option<String> {
        match cell.as_text() {
            Ok(Some(text)) if text.chars().count() > longest => {
                let fault =
                    Fault::error("cell.too_long", format!("超过 {longest} 个字符"), format!("longer than {longest} characters"));
                findings.cell(column, fault.value(text).expected(format!("<= {longest}")).hint("请缩短内容", "shorten it"));
                None
            }
            Ok(text) => text.map(Cow::into_owned),
            Err(fault) => {
                findings.cell(column, fault);
                None
            }
        }
    }

    /// An attribute is text of any kind: a number or a yes is read as it prints.
    fn attribute(&self, cell: &Cell<'_>, column: usize, findings: &mut Findings) -> Option<String> {
        match cell {
            Cell::Number(_) | Cell::Written(..) | Cell::Boolean(_) | Cell::Date(_) => Some(cell.shown()),
            _ => self.text(cell, column, self.max_attribute_chars, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_csv(text: &str) -> Reading<ReadCity> {
        read(text.as_bytes(), Format::Csv, &CityOptions { file_name: Some("cities.csv"), ..CityOptions::default() })
    }

    fn codes(text: &str) -> Vec<(&'static str, Option<u64>)> {
        read_csv(text).faults.0.iter().map(|fault| (fault.code, fault.row)).collect()
    }

    #[test]
    fn every_column_that_is_not_a_name_is_an_attribute() {
        let read = read_csv("code,name,name_zh,region,people\n330100,Hangzhou,杭州,ZJ,12\n330200,Ningbo,,,\n");
        assert_eq!(read.faults.0, []);
        let city = read.rows[0].to_city();
        assert_eq!((city.name.zh.as_deref(), city.name.en.as_deref()), (Some("杭州"), Some("Hangzhou")));
        assert_eq!(city.attributes["people"], "12");
        assert!(read.rows[1].attributes.is_empty());
        assert_eq!(read.rows[1].to_city().name.zh.as_deref(), Some("Ningbo"));
    }

    #[test]
    fn a_row_says_from_which_day_its_attributes_are_so() {
        let read = read_csv("code,name,attributes_from,tier\na,A,2020-06-01,big\nb,B,,small\nc,C,2020-13-01,big\n");
        assert_eq!(read.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["cell.not_a_day"]);
        let days: Vec<_> = read.rows.iter().map(|row| row.attributes_from.as_deref()).collect();
        assert_eq!(days, [Some("2020-06-01"), None]);
        assert_eq!(read.rows[0].attributes.len(), 1);
    }

    #[test]
    fn every_fault_of_a_file_of_cities_is_reported_once() {
        let long = "x".repeat(201);
        let text = format!("code,name\na,A\na,B\n,C\nd,\n e,E\nf,{long}\n{},G\nh\n", "g".repeat(65));
        let expected = [
            ("city.duplicate", Some(3)),
            ("city.no_code", Some(4)),
            ("city.no_name", Some(5)),
            ("city.invalid_code", Some(6)),
            ("cell.too_long", Some(7)),
            ("cell.too_long", Some(8)),
            ("file.ragged_row", Some(9)),
        ];
        assert_eq!(codes(&text), expected);
        assert_eq!(read_csv(&text).rows.len(), 1);
    }

    #[test]
    fn a_header_without_code_or_name_is_refused() {
        assert_eq!(codes("id,title\n1,A\n"), [("file.missing_column", None), ("file.missing_column", None)]);
        assert_eq!(codes("code,name,name\n1,A,A\n"), [("file.duplicate_column", Some(1))]);
        assert_eq!(codes("code,name, region\n1,A,A\n"), [("file.header", Some(1))]);
    }

    #[test]
    fn json_gives_the_same_cities() {
        let read = read(
            br#"{"cities": [{"code": "a", "name": "A", "people": 12.5}, {"code": 7, "name": "B"}]}"#,
            Format::Json,
            &CityOptions::default(),
        );
        assert_eq!(read.faults.0, []);
        assert_eq!((read.rows[0].attributes["people"].as_str(), read.rows[1].code.as_str()), ("12.5", "7"));
    }
}
