//! Reports: the current-state assessment of a city, or of all cities of an assessment, as a document to be handed over.
//!
//! `facts` gathers what a report tells out of results, releases and observations; [`document`] fills a template with it and writes HTML,
//! DOCX and PDF from one tree; `workbook` writes the same numbers as tables with formulas. An operator replaces templates by files of the
//! same name (`wording`).

pub mod document;
mod facts;
mod figures;
mod wording;
mod workbook;

use std::sync::Arc;

use citygauge_indicators::{Language, Text};
use citygauge_openapi::ReportFormat;

use self::document::{About, Document, DocumentError, Figures, Fonts, TemplateFault};
use self::facts::Gathered;
use self::wording::Wording;
use crate::error::Failure;
use crate::state::State;
use crate::store::gap_analyses::GapAnalysis;
use crate::store::reports::NewReport;

/// A report, made.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// The SHA-256 digest of the template; a workbook has none.
    pub template: Option<String>,
    /// The gap analysis that the report quotes, still to be kept.
    pub analysis: Option<GapAnalysis>,
}

/// Why a report was not made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Trying again would not help: the template is at fault, or no font has the characters.
    #[error("{code}: {}", .message.get(Language::En))]
    Refused {
        /// Stable, for programs.
        code: &'static str,
        /// What is wrong and how to mend it.
        message: Text,
    },
    /// What a report is made of could not be had.
    #[error("{0:?}")]
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for ReportError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The media type of a format.
#[must_use]
pub fn media_type(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Html => "text/html; charset=utf-8",
        ReportFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ReportFormat::Pdf => "application/pdf",
        ReportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

/// Makes the file of a report.
pub async fn make(state: &State, asked: &NewReport) -> Result<Made, ReportError> {
    let language = Language::from_tag(&asked.language);
    let format = ReportFormat::ALL.into_iter().find(|format| format.word() == asked.format).unwrap_or(ReportFormat::Html);
    let Gathered { report, figures, analysis, running, tables } = facts::gather(state, asked, language).await?;
    if format == ReportFormat::Xlsx {
        let bytes = state.engine(move || workbook::write(&tables, language)).await?.map_err(Failure::internal)?;
        return Ok(Made { bytes, template: None, analysis });
    }
    let wording = Wording::read(state.config().reports.templates.as_deref(), report.kind(), language)?;
    let about = About {
        language,
        author: report.body().to_owned(),
        date: day_of(asked.created_at_ms),
        running,
        identifier: format!("{}/reports/{}", facts::root(state), asked.id),
    };
    let template = wording.digest();
    let fonts = if format == ReportFormat::Html { None } else { Some(fonts(state).await?) };
    let made = state.engine(move || write(&wording, &report, &figures, &about, fonts.as_deref(), format));
    Ok(Made { bytes: made.await??, template: Some(template), analysis })
}

/// The fonts, which are looked for when the first report needs them; where that fails, again for the next one.
async fn fonts(state: &State) -> Result<Arc<Fonts>, ReportError> {
    if let Some(known) = state.fonts().get() {
        return Ok(known.clone());
    }
    let configured = state.config().reports.fonts.clone();
    let found = state.engine(move || Fonts::find(&configured)).await?;
    let found = found.map_err(|fault| ReportError::Refused { code: "report-fonts", message: fault.text() })?;
    Ok(state.fonts().get_or_init(|| Arc::new(found)).clone())
}

/// Fills the template and writes the file.
fn write(
    wording: &Wording,
    report: &facts::Report,
    figures: &Figures,
    about: &About,
    fonts: Option<&Fonts>,
    format: ReportFormat,
) -> Result<Vec<u8>, ReportError> {
    let document = match report {
        facts::Report::City(report) => Document::from_template(&wording.template, report.as_ref(), figures),
        facts::Report::Round(report) => Document::from_template(&wording.template, report.as_ref(), figures),
    };
    let document = document.map_err(|faults| at_fault(&faults))?;
    let written = match (format, fonts) {
        (ReportFormat::Docx, Some(fonts)) => document.docx(about, fonts),
        (ReportFormat::Pdf, Some(fonts)) => document.pdf(about, fonts, &wording.layout),
        _ => return Ok(document.html(about, &wording.look).into_bytes()),
    };
    written.map_err(|error| {
        let code = match &error {
            DocumentError::Fonts(_) => "report-fonts",
            DocumentError::Layout(_) => "report-layout",
            DocumentError::Figure { .. } | DocumentError::Written(_) => "report-document",
        };
        ReportError::Refused { code, message: error.text() }
    })
}

/// Every fault of a template on a line of its own.
fn at_fault(faults: &[TemplateFault]) -> ReportError {
    let lines = |language: Language| {
        let line = |fault: &TemplateFault| {
            let at = fault.line.map(|line| language.pick(format!("第 {line} 行："), format!("line {line}: ")));
            format!("{}{}", at.unwrap_or_default(), fault.message.get(language))
        };
        faults.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    ReportError::Refused { code: "report-template", message: Text::both(lines(Language::Zh), lines(Language::En)) }
}

/// The day of a moment in UTC.
fn day_of(at_ms: i64) -> (i32, u8, u8) {
    let day = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    let small = |number: i8| u8::try_from(number).unwrap_or(1);
    (i32::from(day.year()), small(day.month()), small(day.day()))
}
