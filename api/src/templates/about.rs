//! The sheet that explains the others.

use citygauge_indicators::{Item, Provider, QualityGrade, Status};
use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use super::TemplateInput;
use super::look::{Look, height};
use super::words;
use crate::intake::xlsx::template::ABOUT_MARK;

/// The widths of the two columns, in characters.
const NAMES: f64 = 26.0;
const TEXTS: f64 = 84.0;

/// What the explanation speaks of.
pub(super) struct About<'a, 'i> {
    pub input: &'a TemplateInput<'i>,
    pub look: &'a Look,
    /// The sheets of the departments, each with its number of items.
    pub sheets: Vec<(&'a str, usize)>,
}

impl About<'_, '_> {
    /// Writes the sheet.
    pub fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let language = self.input.language;
        sheet.write_string(0, 0, ABOUT_MARK)?.set_row_hidden(0)?;
        sheet.set_column_width(0, NAMES)?.set_column_width(1, TEXTS)?;
        let mut page = Page { sheet, look: self.look, row: 1 };
        page.title(language.pick("填报说明", "How to fill in this workbook"))?;
        for (name, value) in self.facts() {
            page.line(name, &value)?;
        }
        page.heading(language.pick("怎样填写", "What to do"))?;
        for (step, text) in (1..).zip(self.steps()) {
            page.line(&step.to_string(), text)?;
        }
        page.heading(language.pick("部门工作表", "Sheets of the departments"))?;
        for (name, items) in &self.sheets {
            page.link(name, &language.pick(format!("{items} 个数据项"), format!("{items} data items")))?;
        }
        page.heading(language.pick("状态", "Statuses"))?;
        for status in words::STATUSES {
            page.line(words::status_title(status).get(language), language.pick(meaning(status).0, meaning(status).1))?;
        }
        page.heading(language.pick("数据质量等级（自高至低）", "Grades of quality, the best first"))?;
        for (number, grade) in (1..).zip(QualityGrade::ALL) {
            page.line(&number.to_string(), grade.title().get(language))?;
        }
        let others: Vec<&Item> = self.input.set.items().iter().filter(|item| item.provider != Provider::City).collect();
        if !others.is_empty() {
            page.heading(language.pick("不由城市填报的数据项", "Data items that the city does not report"))?;
            for item in others {
                let title = item.title.get(language);
                let from = provider(item.provider, self.input);
                page.line(&item.code, &language.pick(format!("{title}（{from}）"), format!("{title} ({from})")))?;
            }
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.protect();
        Ok(())
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let (input, language) = (self.input, self.input.language);
        let document = input.set.document();
        let basis = document.basis.as_ref();
        let standard = basis.map(|basis| [basis.standard.as_deref(), basis.edition.as_deref()]);
        let standard: Vec<&str> = standard.into_iter().flatten().flatten().collect();
        let city = input.city_name.map(|name| name.get(language)).filter(|name| !name.is_empty());
        let mut facts = vec![
            (
                language.pick("城市", "City"),
                city.map_or_else(|| input.city.to_owned(), |name| format!("{name} ({})", input.city)),
            ),
            (language.pick("时期", "Period"), input.period.to_string()),
            (language.pick("指标体系", "Indicator set"), document.title.get(language).to_owned()),
            (language.pick("代码与版本", "Code and version"), format!("{}@{}", document.code, document.version)),
            (language.pick("摘要", "Digest"), input.set.digest().to_owned()),
        ];
        if !standard.is_empty() {
            facts.push((language.pick("依据", "Basis"), standard.join("-")));
        }
        if let Some(note) = basis.and_then(|basis| basis.note.as_ref()) {
            facts.push((language.pick("说明", "Note"), note.get(language).to_owned()));
        }
        let mut days: Vec<&str> = input.set.items().iter().filter_map(|item| item.as_of.as_deref()).collect();
        days.sort_unstable();
        days.dedup();
        let year = input.period.year();
        match days.as_slice() {
            [] => {}
            [day] => facts.push((language.pick("数据截止日", "Cut-off date"), format!("{year:04}-{day}"))),
            _ => facts.push((
                language.pick("数据截止日", "Cut-off date"),
                language.pick("见各数据项", "see each data item").to_owned(),
            )),
        }
        facts
    }

    fn steps(&self) -> [&'static str; 6] {
        self.input.language.pick(
            [
                "只填写浅黄色单元格，其他单元格已锁定；每个部门填写自己的工作表。",
                "没有填写的行不表示任何内容，不会覆盖已报数据；确无数据时，状态选“缺失”，并在备注中说明原因。",
                "不适用的数据项，状态选“不适用”，备注必须写明理由，本期值留空。",
                "本期值只写数字，按所示单位，不写单位、百分号、千位分隔符和“万”“亿”，也不要引用其他文件。",
                "不要改动代码、增删列或合并单元格；工作表可以另存、拆分给各部门，再合并回一个文件。",
                "填好后原样上传本文件：POST /api/v1/imports?kind=observations，或 citygauge import。",
            ],
            [
                "Fill in the light yellow cells only; the others are locked. Each department has a sheet of its own.",
                "A row that is not filled in says nothing and changes nothing. Where there is no value, choose the status missing and say why in the note.",
                "Where an item does not apply, choose the status not applicable, give the reason in the note and leave the value empty.",
                "A value is a number in the unit shown: no unit, no percent sign, no thousands marks, no link to another file.",
                "Do not change codes, add or remove columns, or merge cells. Sheets may be split among departments and moved back into one file.",
                "Upload the file as it is: POST /api/v1/imports?kind=observations, or citygauge import.",
            ],
        )
    }
}

fn meaning(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Reported => ("有值；填写了本期值时可不选", "there is a value; need not be chosen where one is entered"),
        Status::Missing => ("应有而没有数据", "there should be a value and there is none"),
        Status::NotApplicable => {
            ("该数据项对本市不适用，须写明理由", "the item does not apply to the city; the note must say why")
        }
        Status::Rejected => ("经审核不予采纳", "a review did not accept it"),
    }
}

fn provider(provider: Provider, input: &TemplateInput<'_>) -> &'static str {
    let (zh, en) = match provider {
        Provider::City => ("城市", "the city"),
        Provider::ThirdParty => ("第三方提供", "from a third party"),
        Provider::Central => ("统一计算", "computed centrally"),
        Provider::Citizen => ("市民调查", "from a survey of citizens"),
        Provider::Expert => ("专家评分", "scored by experts"),
    };
    input.language.pick(zh, en)
}

/// Lines one below the other.
struct Page<'s> {
    sheet: &'s mut Worksheet,
    look: &'s Look,
    row: u32,
}

impl Page<'_> {
    fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, 28)?;
        self.put(0, text, &self.look.title)?;
        self.row += 2;
        Ok(())
    }

    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        self.put(0, text, &self.look.subtitle)?;
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, name: &str, text: &str) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, height([(name, NAMES), (text, TEXTS)]))?;
        self.put(0, name, &self.look.key)?;
        self.put(1, text, &self.look.plain)?;
        self.row += 1;
        Ok(())
    }

    fn link(&mut self, sheet: &str, text: &str) -> Result<(), XlsxError> {
        let place = format!("internal:'{}'!A1", sheet.replace('\'', "''"));
        self.sheet.write_url_with_format(self.row, 0, Url::new(place).set_text(sheet), &self.look.link)?;
        self.put(1, text, &self.look.plain)?;
        self.row += 1;
        Ok(())
    }

    fn put(&mut self, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
        let text: String = text.chars().take(10_000).collect();
        self.sheet.write_string_with_format(self.row, column, text, format).map(drop)
    }
}
