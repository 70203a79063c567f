//! The workbook of all cities: scores by dimension with their ranks, the statistics as formulas over them, and what they rest on.

use citygauge_indicators::Language;
use rust_xlsxwriter::{Workbook, XlsxError, utility::column_number_to_name};

use super::Sources;
use super::sheet::{Cell, Sheet};

/// The numbers of all cities.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// What the nodes are called: the total, then the dimensions.
    pub nodes: Vec<String>,
    /// The cities by rank, those without a score last.
    pub cities: Vec<Ranked>,
    /// What the numbers rest on.
    pub sources: Sources,
}

/// A city with its published numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The published rank.
    pub rank: Option<u64>,
    /// The level.
    pub level: Option<String>,
    /// The coverage of the total.
    pub coverage: Option<f64>,
    /// The score on each of the nodes.
    pub scores: Vec<Option<f64>>,
}

/// The columns before the scores.
const BEFORE: u16 = 6;

pub(super) fn write(round: &Round, workbook: &mut Workbook, language: Language) -> Result<(), XlsxError> {
    let scores = language.pick("得分", "scores");
    ranking(round, workbook, scores, language)?;
    statistics(round, workbook, scores, language)?;
    sources(&round.sources, workbook, language)
}

fn ranking(round: &Round, workbook: &mut Workbook, name: &str, language: Language) -> Result<(), XlsxError> {
    let mut header: Vec<&str> = match language {
        Language::Zh => vec!["名次", "复核：按总分排名", "城市", "名称", "成熟度等级", "覆盖率"],
        Language::En => vec!["rank", "check: rank by the total", "city", "name", "level", "coverage"],
    };
    header.extend(round.nodes.iter().map(String::as_str));
    let mut widths = vec![7.0, 14.0, 12.0, 24.0, 14.0, 9.0];
    widths.resize(header.len(), 14.0);
    let mut sheet = Sheet::new(workbook, name, &header, &widths)?;
    let (total, last) = (column_number_to_name(BEFORE), round.cities.len() + 1);
    for (city, row) in round.cities.iter().zip(2..) {
        let rank = city.rank.map(|rank| rank as f64);
        let check = format!("=RANK({total}{row},${total}$2:${total}${last})");
        let mut cells = vec![
            rank.into(),
            if rank.is_some() { Cell::Formula(check, rank) } else { Cell::Empty },
            city.code.as_str().into(),
            city.name.as_str().into(),
            city.level.clone().into(),
            city.coverage.into(),
        ];
        cells.extend(city.scores.iter().map(|score| Cell::from(*score)));
        sheet.add(&cells)?;
    }
    Ok(())
}

fn statistics(round: &Round, workbook: &mut Workbook, scores: &str, language: Language) -> Result<(), XlsxError> {
    let header: [&str; 7] = match language {
        Language::Zh => ["节点", "有得分的城市数", "平均", "中位数", "标准差", "最低", "最高"],
        Language::En => ["node", "cities with a score", "mean", "median", "standard deviation", "least", "greatest"],
    };
    let name = language.pick("统计", "statistics");
    let mut sheet = Sheet::new(workbook, name, &header, &[40.0, 14.0, 10.0, 10.0, 14.0, 10.0, 10.0])?;
    let last = round.cities.len() + 1;
    for (place, title) in round.nodes.iter().enumerate() {
        let mut known: Vec<f64> = round.cities.iter().filter_map(|city| city.scores.get(place).copied().flatten()).collect();
        known.sort_by(f64::total_cmp);
        let column = column_number_to_name(BEFORE + u16::try_from(place).unwrap_or(u16::MAX));
        let range = format!("'{scores}'!{column}2:{column}{last}");
        let count = known.len();
        let mean = known.iter().sum::<f64>() / count as f64;
        let squares: f64 = known.iter().map(|score| (score - mean) * (score - mean)).sum();
        let of = |function: &str, needed: usize, result: f64| {
            if count < needed { Cell::Empty } else { Cell::Formula(format!("={function}({range})"), Some(result)) }
        };
        let middle = citygauge_assessment::benchmark::median(&known).unwrap_or_default();
        sheet.add(&[
            title.as_str().into(),
            of("COUNT", 0, count as f64),
            of("AVERAGE", 1, mean),
            of("MEDIAN", 1, middle),
            of("STDEV", 2, (squares / (count as f64 - 1.0)).sqrt()),
            of("MIN", 1, known.first().copied().unwrap_or_default()),
            of("MAX", 1, known.last().copied().unwrap_or_default()),
        ])?;
    }
    Ok(())
}

/// What the numbers rest on.
pub(super) fn sources(sources: &Sources, workbook: &mut Workbook, language: Language) -> Result<(), XlsxError> {
    let header = match language {
        Language::Zh => ["项目", "内容"],
        Language::En => ["what", "value"],
    };
    let mut sheet = Sheet::new(workbook, language.pick("依据", "sources"), &header, &[28.0, 90.0])?;
    for (name, value) in sources {
        sheet.add(&[name.as_str().into(), value.as_str().into()])?;
    }
    Ok(())
}
