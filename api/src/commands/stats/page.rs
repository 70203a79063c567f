//! Statistics as a page on a terminal.

use citygauge_indicators::{Language, Period};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement};

use crate::export::number::shortest;
use crate::export::{Cell, ExportError, Kind, Table};
use crate::statistics::What;

/// Rows that are shown; the file has them all.
const MOST: usize = 200;

/// The table with its columns in the reader's words and its numbers to four digits; columns without any content are left
/// out, and the reason of what is none stands as a sentence.
pub(super) fn render(table: &Table<'_>, period: Period, what: What, language: Language) -> Result<String, ExportError> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let total = table.each(|number, cells| {
        if number <= MOST as u64 {
            rows.push(cells.iter().map(shown).collect());
        }
        Ok(())
    })?;
    let has_content = |place: usize| rows.iter().any(|row| !row[place].is_empty());
    let is_shown = |place: usize| table.columns()[place].name != "reason" && has_content(place);
    let shown: Vec<usize> = (0..table.columns().len()).filter(|&place| is_shown(place)).collect();
    let mut drawn = comfy_table::Table::new();
    drawn.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    drawn.set_header(shown.iter().map(|&place| header(&table.columns()[place].name, language)));
    for (column, &place) in shown.iter().enumerate() {
        if table.columns()[place].kind != Kind::Text
            && let Some(column) = drawn.column_mut(column)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in &rows {
        drawn.add_row(shown.iter().map(|&place| word(&row[place], language)));
    }
    let mut page = format!("{}  {period}\n{drawn}\n", title(what, language));
    if rows.len() < usize::try_from(total).unwrap_or(usize::MAX) {
        page.push_str(&match language {
            Language::Zh => format!("共 {total} 行，此处显示 {MOST} 行；用 --out 写出全部\n"),
            Language::En => format!("{MOST} of {total} rows; --out writes all of them\n"),
        });
    }
    Ok(page)
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone().into_owned(),
        // Four significant digits: a page is for reading, the files hold the number.
        Cell::Number(number) => shortest(format!("{number:.3e}").parse().unwrap_or(*number)),
        Cell::Integer(number) => number.to_string(),
    }
}

fn title(what: What, language: Language) -> &'static str {
    let (zh, en) = match what {
        What::Indicators => ("指标统计", "Indicators"),
        What::Correlations => ("相关性", "Correlations"),
        What::Consistency => ("内部一致性（克朗巴赫 α）", "Consistency (Cronbach's alpha)"),
        What::Components => ("主成分", "Principal components"),
        What::Availability => ("数据可得性", "Availability of data"),
        What::Screening => ("城市筛选", "Screening of cities"),
        What::Balance => ("权重与实际影响", "Weights against what they do"),
        What::Standings => ("优势与劣势（按排名）", "Strengths and weaknesses by rank"),
    };
    language.pick(zh, en)
}

/// The columns of all kinds, in Chinese and in English.
const HEADERS: [(&str, &str, &str); 52] = [
    ("node", "节点", "node"),
    ("title", "名称", "title"),
    ("of", "数值", "of"),
    ("cities", "城市数", "cities"),
    ("available", "有数据", "available"),
    ("available_share", "可得率", "share"),
    ("zeros", "零值", "zeros"),
    ("nonzero_share", "非零率", "not zero"),
    ("distinct", "不同值", "distinct"),
    ("distinct_share", "不同值占比", "share"),
    ("most_frequent", "最多重复", "most frequent"),
    ("most_frequent_share", "重复占比", "share"),
    ("min", "最小", "min"),
    ("max", "最大", "max"),
    ("mean", "均值", "mean"),
    ("median", "中位数", "median"),
    ("sd", "标准差", "sd"),
    ("skewness", "偏度", "skew"),
    ("kurtosis", "峰度", "kurtosis"),
    ("outliers_low", "低离群", "outliers low"),
    ("outliers_high", "高离群", "outliers high"),
    ("concerns", "关注", "concerns"),
    ("note", "说明", "note"),
    ("parent", "上级", "parent"),
    ("one", "节点一", "one"),
    ("other", "节点二", "other"),
    ("correlation", "相关系数", "correlation"),
    ("p_value", "p 值", "p"),
    ("relation", "关系", "relation"),
    ("members", "成员数", "members"),
    ("alpha", "α", "alpha"),
    ("component", "主成分", "component"),
    ("variance", "方差", "variance"),
    ("share", "占比", "share"),
    ("cumulative", "累计", "cumulative"),
    ("member", "成员", "member"),
    ("loading", "载荷", "loading"),
    ("city", "城市", "city"),
    ("leaves", "指标数", "indicators"),
    ("missing", "缺失", "missing"),
    ("low_data", "数据不足", "too few data"),
    ("low_nonzero", "零值过多", "too many zeros"),
    ("included", "保留", "stays"),
    ("forced", "指定", "named"),
    ("weight", "权重", "weight"),
    ("correlation_with_total", "与总分相关", "with TOTAL"),
    ("importance", "重要性", "importance"),
    ("importance_share", "重要性占比", "share of it"),
    ("standing", "类别", "standing"),
    ("rank", "排名", "rank"),
    ("value", "原始值", "value"),
    ("unit", "单位", "unit"),
];

fn header(name: &str, language: Language) -> String {
    let known = HEADERS.iter().find(|(known, _, _)| *known == name);
    known.map_or(name, |(_, zh, en)| language.pick(zh, en)).to_owned()
}

/// The words that cells are made of, in Chinese.
const WORDS: [(&str, &str); 11] = [
    ("low_availability", "数据不足"),
    ("many_zeros", "零值过多"),
    ("few_distinct", "不同值过少"),
    ("outliers", "离群值"),
    ("does_not_discriminate", "区分度不足"),
    ("redundant", "冗余"),
    ("opposing", "相悖"),
    ("strength", "优势"),
    ("weakness", "劣势"),
    ("true", "是"),
    ("false", "否"),
];

fn word(text: &str, language: Language) -> String {
    let one = |word: &str| match WORDS.iter().find(|(known, _)| *known == word) {
        Some((_, zh)) => language.pick((*zh).to_owned(), word.replace('_', " ")),
        None => word.to_owned(),
    };
    let words: Vec<&str> = text.split(' ').collect();
    // A sentence or a title that holds such a word is left as it is.
    if words.iter().all(|word| WORDS.iter().any(|(known, _)| known == word)) {
        return words.into_iter().map(one).collect::<Vec<_>>().join(language.pick("、", ", "));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use citygauge_openapi::{Code, StatisticsConsistency, StatisticsTable};

    use super::*;
    use crate::statistics::table;

    #[test]
    fn a_page_speaks_the_language_of_the_reader() {
        let items = vec![StatisticsConsistency {
            node: Code::trusted("G"),
            title: "绿色".into(),
            members: 3,
            cities: 40,
            alpha: Some(0.712_345_6),
            reason: None,
            note: None,
        }];
        let rows = StatisticsTable::Consistency { items };
        let page = |language| {
            render(&table(&rows), "2026".parse().expect("a period"), What::Consistency, language).expect("rows fit their columns")
        };
        assert!(page(Language::Zh).contains("内部一致性") && page(Language::Zh).contains("成员数"));
        assert!(page(Language::En).contains("0.7123") && !page(Language::En).contains("note"));
        assert_eq!(word("many_zeros outliers", Language::Zh), "零值过多、离群值");
        assert_eq!(word("many_zeros outliers", Language::En), "many zeros, outliers");
    }
}
