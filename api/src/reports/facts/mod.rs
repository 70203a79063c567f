//! What a report tells, out of results, releases and observations; every text in its language, every number as it is read.

mod change;
mod city;
mod completeness;
mod gaps;
mod method;
mod quality;
mod round;
mod sources;

use citygauge_indicators::Language;

use super::ReportError;
use super::document::Figures;
use super::document::context::{CityReport, Issue, RoundReport};
use super::wording::Kind;
use super::workbook::{Sources, Tables};
use crate::auth::{Caller, Reader};
use crate::charts::Opened;
use crate::rounds::visibility::Operation;
use crate::state::State;
use crate::store::gap_analyses::GapAnalysis;
use crate::store::reports::NewReport;

/// A report with all that it tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// Of a city.
    City(Box<CityReport>),
    /// Of all cities.
    Round(Box<RoundReport>),
}

impl Report {
    /// Whom it is about.
    pub fn kind(&self) -> Kind {
        match self {
            Self::City(_) => Kind::City,
            Self::Round(_) => Kind::Round,
        }
    }

    /// The body that hands it over.
    pub fn body(&self) -> &str {
        match self {
            Self::City(report) => &report.report.body,
            Self::Round(report) => &report.report.body,
        }
    }
}

/// What was gathered.
#[derive(Debug)]
pub struct Gathered {
    /// What is told.
    pub report: Report,
    /// The drawings, by name.
    pub figures: Figures,
    /// The gap analysis that is quoted, still to be kept.
    pub analysis: Option<GapAnalysis>,
    /// What stands at the top of every page.
    pub running: String,
    /// The same numbers, to be written as a workbook.
    pub tables: Tables,
}

/// Gathers what a report tells.
pub async fn gather(state: &State, asked: &NewReport, language: Language) -> Result<Gathered, ReportError> {
    // Whether the one who asked may have it was decided when it was asked for.
    let reader = Reader::Key(Caller::service());
    let period = citygauge_openapi::PeriodCode::trusted(asked.period.clone());
    let place = (asked.assessment_id.as_str(), Operation::Scores);
    let opened = Opened::find(state, &reader, place, Some(&period), language).await?;
    match &asked.city {
        Some(city) => city::gather(state, &reader, asked, &opened, city).await,
        None => round::gather(state, asked, &opened).await,
    }
}

/// The address of the interface, or its path where the service does not know under which address it is reached.
pub fn root(state: &State) -> String {
    let address = state.config().reports.address.as_deref().unwrap_or_default();
    format!("{}{}", address.trim_end_matches('/'), citygauge_openapi::API_ROOT)
}

/// The report as a document.
fn issue(state: &State, asked: &NewReport, opened: &Opened) -> Issue {
    let configured = state.config().reports.body.clone();
    let nobody = opened.language.pick("（未注明）", "(not stated)").to_owned();
    let remarks = opened.set.document().basis.as_ref().and_then(|basis| basis.note.as_ref());
    Issue {
        body: asked.body.clone().or(configured).unwrap_or(nobody),
        date: day(asked.created_at_ms, opened.language),
        service: state.config().reports.address.clone(),
        illustrative: state.config().server.is_invented,
        remarks: remarks.map(|note| note.get(opened.language).to_owned()).into_iter().collect(),
    }
}

/// What the numbers of a workbook rest on.
fn sources_of(state: &State, opened: &Opened) -> Sources {
    let (facts, set) = (sources::assessment(state, opened), sources::set(opened));
    let say = |zh: &str, en: &str| opened.language.pick(zh, en).to_owned();
    let mut told = vec![
        (say("指标体系", "indicator set"), format!("{} ({}@{})", set.title, set.code, set.version)),
        (say("指标体系摘要（SHA-256）", "digest of the set (SHA-256)"), set.digest),
        (say("时期", "period"), opened.period.clone()),
        (say("评估", "assessment"), facts.id),
        (say("地址", "address"), facts.address),
        (say("计算引擎版本", "version of the engine"), facts.engine),
        (say("数据版本", "release"), opened.stored.request.release_id.clone().unwrap_or_default()),
    ];
    told.extend(set.note.map(|note| (say("说明", "note"), note)));
    if state.config().server.is_invented {
        told.push((say("注意", "notice"), say("数据纯属虚构，不得引用", "the data are invented, and no figure may be quoted")));
    }
    told
}

/// A day as it is read.
fn day(at_ms: i64, language: Language) -> String {
    let (year, month, day) = super::day_of(at_ms);
    language.pick(format!("{year} 年 {month} 月 {day} 日"), format!("{year}-{month:02}-{day:02}"))
}

/// A share as it is read.
fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() / 10.0;
    format!("{tenths:.1} %")
}

/// A number with at most four decimals, as it is read.
fn plain(value: f64) -> String {
    let rounded = (value * 1e4).round() / 1e4;
    // Very large and very small numbers keep their digits.
    let kept = if value != 0.0 && (rounded == 0.0 || value.abs() >= 1e15) { value } else { rounded };
    crate::export::number::shortest(if kept == 0.0 { 0.0 } else { kept })
}

/// A difference with its sign.
fn signed(value: f64, places: usize) -> String {
    let text = format!("{value:+.places$}");
    let is_zero = text[1..].bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if is_zero { text[1..].to_owned() } else { text.replacen('-', "\u{2212}", 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_few_digits_and_never_lose_what_they_are() {
        assert_eq!(percent(0.9643), "96.4 %");
        assert_eq!(plain(0.333_333_3), "0.3333");
        assert_eq!(plain(-0.000_000_1), "-0.0000001");
        assert_eq!(plain(-0.0), "0");
        assert_eq!(
            (signed(1.234, 2), signed(-1.234, 2), signed(-0.001, 2)),
            ("+1.23".into(), "\u{2212}1.23".into(), "0.00".into())
        );
        assert_eq!((day(0, Language::Zh), day(0, Language::En)), ("1970 年 1 月 1 日".into(), "1970-01-01".into()));
    }
}
