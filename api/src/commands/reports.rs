//! `citygauge reports`: the current-state assessment of a city, or of all cities, as a document.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Code, Id, Line, NewReport, PeriodCode, Report, ReportFormat, ReportLanguage, ReportPage, WorkState,
};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::output::{say, tell};
use super::{Failed, remote};

/// Have reports made by a service, wait for them, download them; list and remove what is kept.
#[derive(Debug, Subcommand)]
pub(super) enum Reports {
    /// Have a report made, wait for it, and download it.
    Make(Box<Make>),
    /// List the reports, the newest first.
    List(remote::Service),
    /// Download the file of a report.
    Download(Download),
    /// Remove a report.
    Remove(One),
}

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The assessment.
    #[arg(long, value_name = "ID", required_unless_present = "round", conflicts_with = "round")]
    assessment: Option<Id>,
    /// The round, in place of an assessment: its newest publication.
    #[arg(long, value_name = "CODE")]
    round: Option<Code>,
    /// The class of the round, where it has classes.
    #[arg(long, value_name = "CODE", requires = "round")]
    class: Option<Code>,
    /// The city; all of them unless given.
    #[arg(long, value_name = "CODE")]
    city: Option<Code>,
    /// The period; the latest one unless given.
    #[arg(long, value_name = "PERIOD")]
    period: Option<PeriodCode>,
    /// With what the city is compared, as in a gap analysis; peer_median unless given.
    #[arg(long, value_name = "REFERENCE", requires = "city")]
    against: Option<Line>,
    /// The period by which gaps are to close.
    #[arg(long, value_name = "PERIOD", requires = "city")]
    by: Option<PeriodCode>,
    /// The body that hands the report over.
    #[arg(long, value_name = "NAME")]
    body: Option<Line>,
    /// The language of the report; that of the messages unless given.
    #[arg(long, value_name = "LANG", value_parser = languages())]
    report_lang: Option<ReportLanguage>,
    /// The file to write; its extension says the format: html, docx, pdf or xlsx.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Download {
    #[command(flatten)]
    one: One,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The identifier of the report.
    #[arg(value_name = "REPORT")]
    report: Id,
    #[command(flatten)]
    service: remote::Service,
}

/// The words of the languages.
fn languages() -> impl TypedValueParser<Value = ReportLanguage> {
    PossibleValuesParser::new(["zh", "en"]).map(|word| if word == "zh" { ReportLanguage::Zh } else { ReportLanguage::En })
}

impl Reports {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Make(make) => make.run(language).await,
            Self::List(service) => list(&service, language).await,
            Self::Download(Download { one, out }) => {
                let client = one.service.client(language)?;
                let report: Report = client.get(&path(&one.report)).await.map_err(|error| remote::refused(error, language))?;
                download(&client, &report, out, language).await
            }
            Self::Remove(one) => {
                let client = one.service.client(language)?;
                let removed = client.delete_as_seen(&path(&one.report)).await;
                removed.map_err(|error| remote::refused(error, language))
            }
        }
    }
}

fn path(report: &Id) -> String {
    format!("{API_ROOT}/reports/{report}")
}

impl Make {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let extension = self.out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let Some(format) = ReportFormat::ALL.into_iter().find(|format| format.word() == extension) else {
            let out = self.out.display();
            return Err(Failed::Usage(language.pick(
                format!("--out {out}：扩展名应为 html、docx、pdf 或 xlsx"),
                format!("--out {out}: the extension says the format; expected html, docx, pdf or xlsx"),
            )));
        };
        let client = self.service.client(language)?;
        let failed = |error| remote::refused(error, language);
        let own = language.pick(ReportLanguage::Zh, ReportLanguage::En);
        let new = NewReport {
            assessment: self.assessment,
            round: self.round,
            class: self.class,
            city: self.city,
            period: self.period,
            against: self.against,
            by: self.by,
            body: self.body,
            language: Some(self.report_lang.unwrap_or(own)),
            format,
        };
        let report: Report = client.post(&format!("{API_ROOT}/reports"), &new).await.map_err(failed)?;
        client.wait_for_job(&report.job, |_| ()).await.map_err(failed)?;
        let report: Report = client.get(&path(&report.id)).await.map_err(failed)?;
        download(&client, &report, self.out, language).await
    }
}

/// Downloads the file, makes sure that it is what the service has written, and puts it in its place.
async fn download(client: &Client, report: &Report, out: PathBuf, language: Language) -> Result<(), Failed> {
    let (Some(file), Some(sha256)) = (&report.file, &report.sha256) else {
        let said = report.error.clone().unwrap_or_else(|| {
            let (zh, en) = match report.state {
                WorkState::Queued | WorkState::Running => {
                    ("报告尚未完成，请稍后再试", "the report is not finished; try again later")
                }
                _ => ("该报告没有文件", "the report has no file"),
            };
            language.pick(zh, en).to_owned()
        });
        return Err(Failed::Other(format!("{}: {said}", report.id)));
    };
    let bytes = remote::download(client, file, sha256, &out, language).await?;
    let (out, id) = (out.display(), &report.id);
    tell(language.pick(format!("已写出 {out}（{bytes} 字节），报告 {id}"), format!("wrote {out} ({bytes} bytes), report {id}")));
    Ok(())
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let path = format!("{API_ROOT}/reports?limit=1000{cursor}");
        let page: ReportPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        for report in &page.items {
            let state = serde_json::json!(report.state);
            let state = state.as_str().unwrap_or_default();
            let about = report.city.as_ref().or(report.round.as_ref()).map_or("-", |code| code.as_str());
            say(format!("{}  {state}  {}  {about}  {}", report.id, report.format.word(), report.period))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
