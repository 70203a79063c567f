//! `citygauge releases`: the frozen data of a service, and panels that are uploaded as files.

use std::fs::File;
use std::path::PathBuf;

use citygauge_indicators::{Faults, Language};
use citygauge_openapi::client::ClientError;
use citygauge_openapi::{API_ROOT, Id, Job, Release, ReleasePage, WorkState};
use clap::{Args, Subcommand};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::offline::bytes_of;
use super::output::{say, tell};
use super::upload::{bar, body, set_ref};
use super::{Failed, remote};
use crate::export::Format;

/// List and download the releases of a service, and upload a Parquet file as one.
#[derive(Debug, Subcommand)]
pub(super) enum Releases {
    /// List the releases, the newest first.
    List(remote::Service),
    /// Download a release as Parquet.
    Download(Download),
    /// Upload a Parquet file as a release: for panels that are too large to be imported row by row.
    Upload(Upload),
}

#[derive(Debug, Args)]
pub(super) struct Download {
    /// The identifier of the release.
    #[arg(value_name = "RELEASE")]
    release: Id,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Upload {
    /// The file: Parquet with the columns city, period, item, value, choice and status, as a release is downloaded.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The set that gives the data items their types, as CODE@VERSION.
    #[arg(long, value_name = "CODE@VERSION")]
    set: String,
    #[command(flatten)]
    service: remote::Service,
}

impl Releases {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service, language).await,
            Self::Download(download) => download.run(language).await,
            Self::Upload(upload) => upload.run(language).await,
        }
    }
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let path = format!("{API_ROOT}/releases?limit=1000{cursor}");
        let page: ReleasePage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        for release in &page.items {
            say(line(release, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

fn line(release: &Release, language: Language) -> String {
    let Release { id, as_of, rows, cities, periods, .. } = release;
    match language {
        Language::Zh => format!("{id}  {as_of}  {rows} 条观测值，{cities} 个城市，{periods} 个时期"),
        Language::En => format!("{id}  {as_of}  observations: {rows}, cities: {cities}, periods: {periods}"),
    }
}

impl Download {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let path = format!("{API_ROOT}/releases/{}", self.release);
        let release: Release = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        let bytes = remote::download(&client, &format!("{path}/parquet"), &release.digest, &self.out, language).await?;
        let out = self.out.display();
        tell(language.pick(format!("已写出 {out}（{bytes} 字节）"), format!("wrote {out} ({bytes} bytes)")));
        Ok(())
    }
}

impl Upload {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let set = set_ref(&self.set, language)?;
        let file = File::open(&self.file).map_err(|_| match bytes_of(&self.file) {
            Err(faults) => Failed::Input(faults),
            Ok(_) => Failed::other(self.file.display()),
        })?;
        let bar = bar(file.metadata().map_err(Failed::other)?.len(), language);
        let client = self.service.client(language)?;
        let request = client.request(Method::POST, &format!("{API_ROOT}/releases/parquet"));
        let request = request.query(&[("set_code", set.code.as_str()), ("set_version", set.version.as_str())]);
        let request = request.header(CONTENT_TYPE, Format::Parquet.media_type()).body(body(file, bar.clone()));
        let failed = |error: ClientError| remote::refused(error, language);
        let job: Job = client.send(request).await.map_err(failed)?;
        let job = client.wait_for_job(&job.id, |_| ()).await.map_err(failed)?;
        bar.finish_and_clear();
        match (job.state, job.result) {
            (WorkState::Succeeded, Some(path)) => {
                let release: Release = client.get(&path).await.map_err(failed)?;
                say(line(&release, language))
            }
            _ => {
                let said = job.error.unwrap_or_else(|| language.pick("未成为数据版本", "no release came of it").to_owned());
                tell(format_args!("citygauge: {said}"));
                Err(Failed::Input(Faults::default()))
            }
        }
    }
}
