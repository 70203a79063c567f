//! Whether a file that somebody sends is a release: every fault of it, at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use citygauge_assessment::Pivot;
use citygauge_indicators::{Fault, Faults, IndicatorSet, Status};
use polars::prelude::{ArrowDataType, DataFrame, PolarsResult};

use super::Contents;
use super::read::{COLUMNS, ReleaseFile};

/// Rows of a row group at most, and the bytes that it unpacks to: one is in memory at a time.
const GROUP_ROWS: usize = 1 << 20;
const GROUP_BYTES: usize = 256 << 20;

/// Faults that are told one by one.
const TOLD: usize = 1_000;

/// Reads a file against the set that gives the items their types and the cities that are registered; tells what is in it.
///
/// # Errors
/// What is wrong with the file, its columns and its rows; of a thousand faults and more the first thousand.
pub fn check(file: &ReleaseFile, set: &IndicatorSet, registered: &HashSet<String>) -> Result<Contents, Faults> {
    // Readers of Parquet panic on some files that are none.
    let checked = catch_unwind(AssertUnwindSafe(|| Checking::new(set, registered).run(file)));
    checked.unwrap_or_else(|_| Err(unreadable().into()))
}

struct Checking<'c> {
    set: &'c IndicatorSet,
    registered: &'c HashSet<String>,
    contents: Contents,
    faults: Faults,
    /// What is unknown, with the first row in which it stands.
    unknown: BTreeMap<(&'static str, String), usize>,
}

impl<'c> Checking<'c> {
    fn new(set: &'c IndicatorSet, registered: &'c HashSet<String>) -> Self {
        Self { set, registered, contents: Contents::default(), faults: Faults::default(), unknown: BTreeMap::new() }
    }

    fn run(mut self, file: &ReleaseFile) -> Result<Contents, Faults> {
        frame(file)?;
        let mut pivot = Pivot::new(self.set, None);
        file.each_block(|rows| {
            self.rows(&rows)?;
            pivot.add(&rows)
        })
        .map_err(|_| Faults::from(unreadable()))?;
        let unknown = std::mem::take(&mut self.unknown);
        self.faults.0.extend(unknown.into_iter().map(|((column, word), row)| unknown_word(column, word, row)));
        if let Err(more) = pivot.finish(&[]) {
            self.faults.0.extend(more.0);
        }
        if self.faults.is_empty() { Ok(self.contents) } else { Err(self.faults) }
    }

    /// What can be said of rows without the others. Rows are counted from 1.
    fn rows(&mut self, rows: &DataFrame) -> PolarsResult<()> {
        let text = |name: &str| rows.column(name)?.str();
        let keys = text("city")?.iter().zip(text("period")?.iter()).zip(text("item")?.iter());
        let values = rows.column("value")?.f64()?.iter().zip(text("choice")?.iter()).zip(text("status")?.iter());
        for (((city, period), item), ((value, choice), status)) in keys.zip(values) {
            self.contents.rows += 1;
            let row = self.contents.rows;
            for (column, code) in [("city", city), ("period", period), ("item", item)] {
                if code.is_none() {
                    self.tell(row, column, "observation.missing_key", "为空", "is empty");
                }
            }
            let (Some(city), Some(period), Some(item)) = (city, period, item) else { continue };
            self.contents.note(city, period, item);
            if !self.registered.contains(city) {
                self.unknown("city", city, row);
            }
            if self.set.item_index(item).is_none() {
                self.unknown("item", item, row);
            }
            match status.map(|word| (word, Status::from_word(word))) {
                None => self.tell(row, "status", "observation.missing_key", "为空", "is empty"),
                Some((word, None)) => self.unknown("status", word, row),
                Some((_, Some(Status::Missing | Status::NotApplicable))) if value.is_some() || choice.is_some() => {
                    self.tell(
                        row,
                        "value",
                        "observation.unexpected_value",
                        "该状态不能有值",
                        "stands beside a status without one",
                    );
                }
                Some((_, Some(Status::Reported))) if value.is_none() && choice.is_none() => {
                    self.tell(row, "value", "observation.no_value", "缺少值", "is missing beside 'reported'");
                }
                Some(_) if value.is_some() && choice.is_some() => {
                    self.tell(row, "choice", "observation.unexpected_value", "与 value 并存", "stands beside a value");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn tell(&mut self, row: usize, column: &str, code: &'static str, zh: &str, en: &str) {
        if self.faults.0.len() < TOLD {
            let fault = Fault::error(code, format!("{column} {zh}"), format!("{column} {en}"));
            self.faults.push(fault.row(row as u64).column(column));
        }
    }

    fn unknown(&mut self, column: &'static str, word: &str, row: usize) {
        if self.unknown.len() < TOLD {
            self.unknown.entry((column, word.to_owned())).or_insert(row);
        }
    }
}

/// What must hold of the file before its rows are looked at.
fn frame(file: &ReleaseFile) -> Result<(), Faults> {
    let read = || -> PolarsResult<Faults> {
        let mut reader = file.reader()?;
        let schema = reader.schema()?;
        let mut faults = Faults::default();
        for name in COLUMNS {
            let is_number = name == "value";
            let expected = if is_number { "double" } else { "string" };
            let fits = |found: &ArrowDataType| match found {
                ArrowDataType::Float64 => is_number,
                ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View => !is_number,
                _ => false,
            };
            match schema.get(name) {
                None => faults.push(column("file.missing_column", name, "缺少列", "there is no column").expected(expected)),
                Some(field) if fits(field.dtype()) => {}
                Some(field) => faults.push(
                    column("file.column_type", name, "列类型不符", "of the wrong type is the column")
                        .value(format!("{:?}", field.dtype()))
                        .expected(expected),
                ),
            }
        }
        let known = BTreeSet::from(COLUMNS);
        for name in schema.iter_names().filter(|name| !known.contains(name.as_str())) {
            faults.push(column("file.unknown_column", name, "多余的列", "unknown is the column").expected(COLUMNS.join(",")));
        }
        for (place, group) in reader.get_metadata()?.row_groups.iter().enumerate() {
            if group.num_rows() > GROUP_ROWS || group.total_byte_size() > GROUP_BYTES {
                let (rows, bytes) = (group.num_rows(), group.total_byte_size());
                faults.push(
                    Fault::error("file.row_group", format!("第 {place} 个行组过大"), format!("row group {place} is too large"))
                        .value(format!("{rows} rows, {bytes} bytes"))
                        .expected(format!("<= {GROUP_ROWS} rows, <= {GROUP_BYTES} bytes"))
                        .hint("写 Parquet 时使用较小的行组", "write the file with smaller row groups"),
                );
            }
        }
        Ok(faults)
    };
    match read() {
        Ok(faults) if faults.is_empty() => Ok(()),
        Ok(faults) => Err(faults),
        Err(_) => Err(unreadable().into()),
    }
}

fn column(code: &'static str, name: &str, zh: &str, en: &str) -> Fault {
    Fault::error(code, format!("{zh}“{name}”"), format!("{en} '{name}'")).column(name)
}

fn unknown_word(column: &'static str, word: String, row: usize) -> Fault {
    let (code, zh, en, hint_zh, hint_en) = match column {
        "city" => ("observation.unknown_city", "没有城市", "there is no city", "请先登记城市", "register the city first"),
        "item" => (
            "observation.unknown_item",
            "没有数据项",
            "there is no data item",
            "请删去这些行，或指明含有它的指标体系",
            "leave its rows out, or name a set that has it",
        ),
        _ => (
            "observation.unknown_status",
            "没有状态",
            "there is no status",
            "reported、missing、not_applicable 或 rejected",
            "reported, missing, not_applicable or rejected",
        ),
    };
    let fault = Fault::error(code, format!("{zh}“{word}”"), format!("{en} '{word}'")).row(row as u64).column(column);
    fault.value(word).hint(hint_zh, hint_en)
}

fn unreadable() -> Fault {
    Fault::error("file.unreadable", "文件不是可读取的 Parquet", "the file is not Parquet that can be read").expected("Parquet")
}
