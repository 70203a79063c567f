//! The sheet of one department: a row per data item.

use citygauge_indicators::{Item, ItemKind, Text};
use jiff::civil::Date;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, ProtectionOptions, Worksheet, XlsxError,
};

use super::lists::Lists;
use super::look::{Look, height};
use super::{PreviousValue, TemplateInput};
use crate::export::number::shortest;
use crate::intake::xlsx::template::{INPUTS, ITEM, KEY, MARK, VERSION};

/// The rows above the items, counted from 0.
const MARKS: u32 = 0;
const TITLE: u32 = 1;
const LABELS: u32 = 2;
const NAMES: u32 = 3;
/// The row of the first item.
const FIRST: u32 = 4;

/// The columns that tell something: name, width in characters, label in Chinese and English.
const GIVEN: [(&str, f64, &str, &str); 7] = [
    (ITEM, 16.0, "代码", "Code"),
    ("title", 30.0, "数据项", "Data item"),
    ("unit", 9.0, "单位", "Unit"),
    ("range", 18.0, "类型与范围", "Kind and range"),
    ("definition", 34.0, "口径说明", "Definition"),
    ("due", 12.0, "数据截止日", "Cut-off date"),
    ("previous", 14.0, "上期值", "Last period"),
];

/// The columns that are filled in, in the order of [`INPUTS`].
const ENTERED: [(f64, &str, &str); 7] = [
    (16.0, "本期值", "Value now"),
    (12.0, "状态", "Status"),
    (22.0, "数据质量", "Quality"),
    (22.0, "数据来源", "Source"),
    (22.0, "计算方法", "Method"),
    (13.0, "数据日期", "As of"),
    (26.0, "备注", "Note"),
];

/// Characters of a cell, in UTF-16.
const LONGEST: usize = 32_767;

/// Writes the sheet.
pub(super) fn write(
    input: &TemplateInput<'_>,
    department: Option<&Text>,
    items: &[&Item],
    look: &Look,
    lists: &mut Lists,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    head(input, department, look, sheet)?;
    for (item, row) in items.iter().zip(FIRST..) {
        given(input, item, row, look, sheet)?;
        entered(input, item, row, look, lists, sheet)?;
    }
    let last_row = FIRST + u32::try_from(items.len()).unwrap_or_default().saturating_sub(1);
    let key = column(GIVEN.len() + INPUTS.len());
    sheet.set_column_hidden(key)?;
    sheet.set_freeze_panes(FIRST, 2)?;
    sheet.set_selection(FIRST, column(GIVEN.len()), FIRST, column(GIVEN.len()))?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(TITLE, LABELS)?;
    sheet.set_print_area(TITLE, 0, last_row, key - 1)?;
    sheet.set_footer("&L&A&R&P / &N");
    sheet.protect_with_options(&ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() });
    Ok(())
}

/// What stands above the items: the marks for the reader of the file, hidden, and the header for people.
fn head(input: &TemplateInput<'_>, department: Option<&Text>, look: &Look, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let (document, language) = (input.set.document(), input.language);
    let period = input.period.to_string();
    let marks = [MARK, VERSION, &document.code, &document.version, input.set.digest(), input.city, &period];
    for (mark, place) in marks.into_iter().zip(0_u16..) {
        sheet.write_string(MARKS, place, mark)?;
    }
    sheet.set_row_hidden(MARKS)?.set_row_hidden(NAMES)?;
    let city = input.city_name.map(|name| name.get(language)).filter(|name| !name.is_empty());
    let city = city.map_or_else(|| input.city.to_owned(), |name| format!("{name} ({})", input.city));
    let department = department.map_or_else(|| language.pick("未分部门", "No department"), |department| department.get(language));
    sheet.write_string_with_format(TITLE, 0, format!("{department} · {city} · {period}"), &look.title)?;
    sheet.set_row_height(TITLE, 26)?.set_row_height(LABELS, 24)?;
    for ((name, width, zh, en), place) in GIVEN.into_iter().zip(0_u16..) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(LABELS, place, language.pick(zh, en), &look.head)?;
        sheet.write_string(NAMES, place, name)?;
    }
    for ((name, (width, zh, en)), place) in INPUTS.into_iter().zip(ENTERED).zip(column(GIVEN.len())..) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(LABELS, place, language.pick(zh, en), &look.input_head)?;
        sheet.write_string(NAMES, place, name)?;
    }
    sheet.write_string(NAMES, column(GIVEN.len() + INPUTS.len()), KEY)?;
    Ok(())
}

/// What is known of an item.
fn given(input: &TemplateInput<'_>, item: &Item, row: u32, look: &Look, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let language = input.language;
    let title = item.title.get(language);
    let texts = [
        item.code.as_str(),
        if title.is_empty() { &item.code } else { title },
        item.unit.as_deref().unwrap_or_default(),
        &kind_and_range(input, item),
        &definition(input, item),
        &due(input, item),
    ];
    sheet.set_row_height(row, height(texts.into_iter().zip(GIVEN.map(|(_, width, _, _)| width))))?;
    for (text, place) in texts.into_iter().zip(0_u16..) {
        let format = if place == 0 { &look.code } else { &look.given };
        sheet.write_string_with_format(row, place, fitting(text), format)?;
    }
    let place = column(GIVEN.len() - 1);
    match input.previous.get(&item.code) {
        None => sheet.write_blank(row, place, &look.given)?,
        Some(PreviousValue::Number(number)) if item.kind == ItemKind::Boolean => {
            let words = language.pick(["否", "是"], ["no", "yes"]);
            sheet.write_string_with_format(row, place, words[usize::from(*number != 0.0)], &look.given)?
        }
        Some(PreviousValue::Number(number)) => sheet.write_number_with_format(row, place, *number, &look.given_number)?,
        Some(PreviousValue::Choice(choice)) => sheet.write_string_with_format(row, place, choice, &look.given)?,
        Some(PreviousValue::NotApplicable) => {
            sheet.write_string_with_format(row, place, language.pick("不适用", "not applicable"), &look.given)?
        }
    };
    sheet.write_string(row, column(GIVEN.len() + INPUTS.len()), &item.code)?;
    Ok(())
}

/// The cells that are filled in, each with what may stand there.
fn entered(
    input: &TemplateInput<'_>,
    item: &Item,
    row: u32,
    look: &Look,
    lists: &mut Lists,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    for (name, place) in INPUTS.into_iter().zip(column(GIVEN.len())..) {
        let format: &Format = match name {
            "value" if item.kind == ItemKind::Choice => &look.input_text,
            "value" => &look.input,
            "as_of" => &look.input_day,
            _ => &look.input_text,
        };
        sheet.write_blank(row, place, format)?;
        let validation = match name {
            "value" => Some(value_check(input, item, lists)?),
            "status" => Some(lists.statuses.clone()),
            "quality" => Some(lists.grades.clone()),
            "as_of" => Some(day_check(input)?),
            _ => None,
        };
        if let Some(validation) = validation {
            sheet.add_data_validation(row, place, row, place, &validation)?;
        }
    }
    Ok(())
}

/// What a value may be, and what is said where it is not.
fn value_check(input: &TemplateInput<'_>, item: &Item, lists: &mut Lists) -> Result<DataValidation, XlsxError> {
    let language = input.language;
    let check = match item.kind {
        ItemKind::Boolean => return Ok(lists.yes_or_no.clone()),
        ItemKind::Choice => return Ok(lists.offer(item.options.clone())),
        ItemKind::Count | ItemKind::Amount | ItemKind::Ratio | ItemKind::Index | ItemKind::Survey => DataValidation::new()
            .allow_decimal_number(match item.range() {
                (Some(min), Some(max)) => DataValidationRule::Between(min, max),
                (Some(min), None) => DataValidationRule::GreaterThanOrEqualTo(min),
                (None, Some(max)) => DataValidationRule::LessThanOrEqualTo(max),
                (None, None) => DataValidationRule::Between(-1e300, 1e300),
            }),
    };
    let expected = kind_and_range(input, item);
    let unit = item.unit.as_deref().filter(|unit| *unit != "1").map(|unit| format!(" ({unit})")).unwrap_or_default();
    let message = language.pick(
        "只填数字，按所示单位，不写单位、百分号和千位分隔符。应为：",
        "Enter a number in the unit shown, without unit, percent sign or thousands marks. Expected: ",
    );
    check
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(language.pick("数值不符合要求", "This value cannot be"))?
        .set_error_message(within(&format!("{message}{expected}{unit}"), 255))
}

fn day_check(input: &TemplateInput<'_>) -> Result<DataValidation, XlsxError> {
    let first = ExcelDateTime::from_ymd(1900, 1, 1)?;
    let language = input.language;
    DataValidation::new()
        .allow_date(DataValidationRule::GreaterThanOrEqualTo(first))
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(language.pick("这里应是日期", "A day is expected here"))?
        .set_error_message(language.pick("请写作 2026-10-31 的形式。", "Write it as 2026-10-31."))
}

/// The kind of an item and the values that are accepted.
pub(super) fn kind_and_range(input: &TemplateInput<'_>, item: &Item) -> String {
    let (zh, en) = match item.kind {
        ItemKind::Count => ("计数", "count"),
        ItemKind::Amount => ("数量", "amount"),
        ItemKind::Ratio => ("比率", "ratio"),
        ItemKind::Index => ("指数", "index"),
        ItemKind::Boolean => ("是或否", "yes or no"),
        ItemKind::Choice => ("选项", "choice"),
        ItemKind::Survey => ("调查均值", "survey mean"),
    };
    let range = match (item.kind, item.range()) {
        (ItemKind::Choice, _) => item.options.join(" | "),
        (ItemKind::Boolean, _) | (_, (None, None)) => String::new(),
        (_, (Some(min), Some(max))) => format!("{} – {}", shortest(min), shortest(max)),
        (_, (Some(min), None)) => format!("≥ {}", shortest(min)),
        (_, (None, Some(max))) => format!("≤ {}", shortest(max)),
    };
    format!("{} {range}", input.language.pick(zh, en)).trim_end().to_owned()
}

fn definition(input: &TemplateInput<'_>, item: &Item) -> String {
    let note = item.note.as_ref().map(|note| note.get(input.language)).filter(|note| !note.is_empty());
    let scope = item.scope.as_deref().filter(|scope| !scope.is_empty());
    let scope = scope.map(|scope| format!("{}{scope}", input.language.pick("范围：", "Scope: ")));
    [note.map(str::to_owned), scope].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The day of the period's year at which an item is taken; what is no day stands as the set has it.
fn due(input: &TemplateInput<'_>, item: &Item) -> String {
    let Some(as_of) = item.as_of.as_deref() else { return String::new() };
    let day = format!("{:04}-{as_of}", input.period.year());
    match Date::strptime("%Y-%m-%d", &day) {
        Ok(day) => day.to_string(),
        Err(_) => as_of.to_owned(),
    }
}

/// A text that a cell holds.
fn fitting(text: &str) -> String {
    within(text, LONGEST)
}

/// A text of at most so many UTF-16 units, with an ellipsis where something was cut.
fn within(text: &str, longest: usize) -> String {
    if text.encode_utf16().count() <= longest {
        return text.to_owned();
    }
    let mut units = 1;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= longest
    });
    kept.chain(['…']).collect()
}

fn column(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}
