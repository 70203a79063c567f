//! The sheets of a template: whom they speak of, and which of their columns are filled in.
//!
//! Row 1, which is hidden, is the mark: [`MARK`], the version of the form, code, version and digest of the set, the city
//! and the period. The last hidden row above the items names the columns. What stands between them is for people. Each
//! sheet says all of it, so that it can be moved to another workbook. [`crate::templates`] writes them.

use citygauge_indicators::Fault;

use super::super::cell::{Cell, letter};
use super::super::feed::{Feed, Rows};
use super::notices;
use super::sheet::placed;
use super::value::Value;
use crate::templates::words;

/// What stands in the first cell of a sheet of a template.
pub(crate) const MARK: &str = "citygauge-template";

/// What stands in the first cell of a sheet that only explains the others.
pub(crate) const ABOUT_MARK: &str = "citygauge-about";

/// The version of the form that is written and read.
pub(crate) const VERSION: &str = "1";

/// The name of the column with the code of the item.
pub(crate) const ITEM: &str = "item";

/// The name of the hidden column that repeats the code, so that a change is noticed.
pub(crate) const KEY: &str = "key";

/// The columns that are filled in.
pub(crate) const INPUTS: [&str; 7] = ["value", "status", "quality", "source", "method", "as_of", "note"];

/// What a sheet of a template says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// The version of the form.
    pub version: String,
    /// The code of the set.
    pub set: String,
    /// Its version.
    pub set_version: String,
    /// Its digest.
    pub digest: String,
    /// The code of the city.
    pub city: String,
    /// The period.
    pub period: String,
}

impl Form {
    /// The mark of a sheet, where its first row is one.
    pub(super) fn of(row: &[(u32, Value<'_>)]) -> Option<Self> {
        let cell = |place| row.iter().find(|(column, _)| *column == place).map(|(place, value)| value.as_name(*place));
        (cell(0).as_deref() == Some(MARK)).then(|| {
            let text = |place| cell(place).unwrap_or_default();
            let (version, set, set_version, digest) = (text(1), text(2), text(3), text(4));
            Self { version, set, set_version, digest, city: text(5), period: text(6) }
        })
    }
}

/// The columns of a sheet of a template.
pub(super) struct Columns {
    city: String,
    period: String,
    item: u32,
    key: Option<u32>,
    /// The place and the name of each column that is filled in.
    inputs: Vec<(u32, &'static str)>,
    /// The columns that only tell something.
    others: Vec<u32>,
}

impl Columns {
    /// The columns that a row names; `None` where it is a row for people.
    pub fn of(form: &Form, row: &[(u32, Value<'_>)]) -> Option<Self> {
        let place = |name: &str| row.iter().find(|(_, value)| value.as_str() == Some(name)).map(|(place, _)| *place);
        let item = place(ITEM)?;
        place("value")?;
        let inputs: Vec<_> = INPUTS.iter().filter_map(|name| Some((place(name)?, *name))).collect();
        let key = place(KEY);
        let known = |column: &u32| *column == item || Some(*column) == key || inputs.iter().any(|(input, _)| input == column);
        let others = row.iter().map(|(column, _)| *column).filter(|column| !known(column)).collect();
        Some(Self { city: form.city.clone(), period: form.period.clone(), item, key, inputs, others })
    }

    /// The names of the columns that are fed.
    pub fn names(&self) -> Vec<String> {
        let fixed = ["city", "period", ITEM].into_iter();
        fixed.chain(self.inputs.iter().map(|(_, name)| *name)).map(str::to_owned).collect()
    }

    /// Whether a span of columns holds one that is read.
    pub fn touches(&self, span: (u32, u32)) -> bool {
        let within = |column: u32| (span.0..=span.1).contains(&column);
        within(self.item) || self.inputs.iter().any(|(column, _)| within(*column))
    }

    /// Feeds a row; answers whether to go on, and whether the row says anything: one that was not filled in does not.
    pub fn row<R: Rows>(&self, row: Vec<(u32, Value<'_>)>, number: u64, feed: &mut Feed<'_, R>) -> (bool, bool) {
        let mut cells = vec![Cell::Empty; 3 + self.inputs.len()];
        (cells[0], cells[1]) = (Cell::text(self.city.as_str()), Cell::text(self.period.as_str()));
        let (mut key, mut stray, mut filled) = (None, None, false);
        for (place, value) in row {
            if let Some(input) = self.inputs.iter().position(|(column, _)| *column == place) {
                filled = true;
                cells[3 + input] = in_words(self.inputs[input].1, placed(value, 3 + input, feed));
            } else if place == self.item {
                cells[2] = placed(value, 2, feed);
            } else if Some(place) == self.key {
                key = value.as_str().map(str::to_owned).or_else(|| Some(value.as_name(place)));
            } else if !self.others.contains(&place) {
                stray.get_or_insert(place);
            }
        }
        if let Some(place) = stray {
            feed.findings.forget_row();
            let column = letter(place as usize);
            return (feed.broken_row(number, notices::stray_cell(&column).column(column)), true);
        }
        let code = cells[2].as_text().ok().flatten().map(std::borrow::Cow::into_owned);
        if let Some(key) = key.filter(|key| code.as_ref() != Some(key)) {
            feed.findings.forget_row();
            let found = code.unwrap_or_default();
            return (feed.broken_row(number, changed_code(&found, &key).column(ITEM)), true);
        }
        if !filled {
            feed.findings.forget_row();
            return (true, false);
        }
        (feed.row(number, &mut cells), true)
    }
}

/// The word for what a drop-down of a template shows.
fn in_words<'c>(column: &str, cell: Cell<'c>) -> Cell<'c> {
    let Cell::Text(text) = &cell else { return cell };
    let word = match column {
        "status" => words::status_word(text),
        "quality" => words::quality_word(text),
        _ => None,
    };
    word.map_or(cell, Cell::text)
}

fn changed_code(found: &str, key: &str) -> Fault {
    Fault::error(
        "template.code_changed",
        format!("该行的数据项代码被改动，原为“{key}”"),
        format!("the code of the data item in this row was changed; it was '{key}'"),
    )
    .of(key)
    .value(found)
    .expected(key)
    .hint("请恢复原来的代码；模板的行不可挪作他用", "put the code back; a row of the template is for its item only")
}

/// The fault of a template that lost its row of names.
pub(super) fn damaged() -> Fault {
    Fault::error("template.damaged", "模板的结构已损坏", "the template has lost its structure").hint(
        "请重新下载模板，并将已填内容粘贴到输入单元格",
        "fetch the template again and paste what was filled in into its input cells",
    )
}

/// The fault of a template that is handed in where another kind of table is read.
pub(crate) fn unexpected() -> Fault {
    Fault::error("template.unexpected", "这是观测值的填报模板", "this is a template of observations")
        .hint("请以 kind=observations 导入", "import it with kind=observations")
}

/// What is wrong with a template of this set, version and digest where observations of another one are read.
pub(crate) fn of_another_set(form: &Form, set: (&str, &str, &str)) -> Option<Fault> {
    let named = |code: &str, version: &str| format!("{code}@{version}");
    let (found, expected) = (named(&form.set, &form.set_version), named(set.0, set.1));
    if form.version != VERSION {
        let fault = Fault::error(
            "template.unknown_version",
            "模板由其他版本的软件生成",
            "the template was made by another version of the software",
        );
        let fault = fault.value(&form.version).expected(VERSION);
        return Some(fault.hint("请重新下载模板", "fetch the template again"));
    }
    if found != expected {
        let fault = Fault::error(
            "template.other_set",
            format!("模板属于指标体系 {found}，而导入的是 {expected}"),
            format!("the template is of the set {found}, but {expected} is imported"),
        );
        let fault = fault.value(found.clone()).expected(expected);
        return Some(fault.hint(
            format!("请按 {found} 导入，或下载该版本的模板后重新填写"),
            format!("import it for {found}, or fetch the template of the other version and fill that in"),
        ));
    }
    (form.digest != set.2).then(|| {
        Fault::warning(
            "template.older_draft",
            format!("{found} 在模板生成之后有改动"),
            format!("{found} has changed since the template was made"),
        )
        .value(&form.digest)
        .expected(set.2)
        .hint("请核对各数据项的口径是否变化", "check whether the definitions of the items have changed")
    })
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Language;

    use super::*;

    #[test]
    fn a_template_of_another_set_or_version_is_refused_and_of_an_older_draft_is_said() {
        let form = |version: &str, set: &str, set_version: &str, digest: &str| Form {
            version: version.into(),
            set: set.into(),
            set_version: set_version.into(),
            digest: digest.into(),
            city: "hz".into(),
            period: "2026".into(),
        };
        let code = |form: &Form| of_another_set(form, ("s", "1", "d")).map(|fault| (fault.code, fault.is_error()));
        assert_eq!(code(&form("1", "s", "1", "d")), None);
        assert_eq!(code(&form("1", "s", "1", "e")), Some(("template.older_draft", false)));
        assert_eq!(code(&form("1", "s", "2", "d")), Some(("template.other_set", true)));
        assert_eq!(code(&form("2", "s", "1", "d")), Some(("template.unknown_version", true)));
        for language in [Language::Zh, Language::En] {
            assert!(!unexpected().message.get(language).is_empty());
        }
    }
}
