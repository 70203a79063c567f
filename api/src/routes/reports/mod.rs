//! Reports: the current-state assessment of a city or of a cohort as a document, made by a job and kept.

mod create;
mod download;
mod list;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, API_ROOT, Code, Digest, Id, Moment, PeriodCode, ReportFormat, ReportLanguage};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::jobs::message;
use crate::routes::jobs::present_state;
use crate::state::State;
use crate::store::jobs::WorkState;
use crate::store::reports::{self, Report};

/// Mounts the operations on reports.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_reports)
        .service(create::create_report)
        .service(show::show_report)
        .service(download::download_report)
        .service(remove::remove_report);
}

/// A report that the caller may read: that of a city it may touch, and one of all cities where it sees the scores of all of them.
async fn readable(state: &State, caller: &Caller, id: &Id) -> Result<Report, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let report = reports::find(state.db(), id.as_str()).await?;
    require_seen(caller, report.asked.city.as_deref())?;
    Ok(report)
}

fn require_seen(caller: &Caller, city: Option<&str>) -> Result<(), Failure> {
    match city {
        Some(city) => caller.require_city(city),
        None => caller.require(Right::ReadScores),
    }
}

fn present(report: Report, language: Language) -> wire::Report {
    let Report { asked, file, job } = report;
    let error = job.error.as_ref().filter(|_| job.state == WorkState::Failed);
    wire::Report {
        state: present_state(job.state),
        error: error.map(|error| message(error, language)),
        job: Id::trusted(job.id),
        assessment: Id::trusted(asked.assessment_id),
        round: asked.round.map(Code::trusted),
        city: asked.city.map(Code::trusted),
        period: PeriodCode::trusted(asked.period),
        against: asked.against,
        by: asked.by.map(PeriodCode::trusted),
        body: asked.body,
        language: language_of(&asked.language),
        format: format_of(&asked.format),
        template: file.as_ref().and_then(|file| file.template.clone()).map(Digest::trusted),
        file: file.as_ref().map(|_| format!("{API_ROOT}/reports/{}/file", asked.id)),
        bytes: file.as_ref().map(|file| file.bytes.unsigned_abs()),
        sha256: file.map(|file| Digest::trusted(file.digest)),
        id: Id::trusted(asked.id),
        created_at: Moment::from_ms(asked.created_at_ms),
        created_by: asked.created_by,
    }
}

fn language_of(word: &str) -> ReportLanguage {
    if word == ReportLanguage::Zh.word() { ReportLanguage::Zh } else { ReportLanguage::En }
}

fn format_of(word: &str) -> ReportFormat {
    ReportFormat::ALL.into_iter().find(|format| format.word() == word).unwrap_or(ReportFormat::Html)
}
