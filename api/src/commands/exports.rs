//! `citygauge exports`: tables of a service as files, however large.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Export, ExportPage, Id, NewExport, WorkState};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::output::{say, tell};
use super::{Failed, remote};
use crate::export::Format;

/// Have tables of a service written to files, however large they are; list and remove what is kept of them.
#[derive(Debug, Subcommand)]
pub(super) enum Exports {
    /// Have a table written to a file, wait for it, and download it.
    Make(Make),
    /// List the exports, the newest first.
    List(remote::Service),
    /// Download the file of an export.
    Download(Download),
    /// Remove an export and its file.
    Remove(One),
}

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The address of the table with its query, such as /api/v1/assessments/ID/scores?node=TOTAL
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The file to write; its extension says the format, where --format does not.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The format of the file.
    #[arg(long, value_parser = formats())]
    format: Option<Format>,
    /// Begin CSV with a byte order mark, for Excel.
    #[arg(long)]
    bom: bool,
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
    /// The identifier of the export.
    #[arg(value_name = "EXPORT")]
    export: Id,
    #[command(flatten)]
    service: remote::Service,
}

/// The words of the formats.
fn formats() -> impl TypedValueParser<Value = Format> {
    let words = PossibleValuesParser::new(Format::ALL.map(Format::word));
    words.map(|word| Format::from_word(&word).expect("only words of formats are possible"))
}

impl Exports {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Make(make) => make.run(language).await,
            Self::List(service) => list(&service, language).await,
            Self::Download(Download { one, out }) => {
                let client = one.service.client(language)?;
                let export: Export = client.get(&path(&one.export)).await.map_err(|error| remote::refused(error, language))?;
                download(&client, &export, out, language).await
            }
            Self::Remove(one) => {
                let client = one.service.client(language)?;
                let removed = client.delete_as_seen(&path(&one.export)).await;
                removed.map_err(|error| remote::refused(error, language))
            }
        }
    }
}

fn path(export: &Id) -> String {
    format!("{API_ROOT}/exports/{export}")
}

impl Make {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let named = Format::from_file_name(&self.out.display().to_string());
        let Some(format) = self.format.or(named).map(Format::exported) else {
            let out = self.out.display();
            return Err(Failed::Usage(match language {
                Language::Zh => format!("--out {out}：由扩展名看不出格式，请给出 --format"),
                Language::En => format!("--out {out}: the extension says no format; give --format"),
            }));
        };
        let client = self.service.client(language)?;
        let failed = |error| remote::refused(error, language);
        let new = NewExport { table: self.address, format: Some(format), bom: self.bom.then_some(true) };
        let export: Export = client.post(&format!("{API_ROOT}/exports"), &new).await.map_err(failed)?;
        client.wait_for_job(&export.job, |_| ()).await.map_err(failed)?;
        let export: Export = client.get(&path(&export.id)).await.map_err(failed)?;
        download(&client, &export, self.out, language).await
    }
}

/// Downloads the file, makes sure that it is what the service has written, and puts it in its place.
async fn download(client: &Client, export: &Export, out: PathBuf, language: Language) -> Result<(), Failed> {
    let (Some(file), Some(sha256)) = (&export.file, &export.sha256) else {
        let said = export.error.clone().unwrap_or_else(|| match (export.state, language) {
            (WorkState::Queued | WorkState::Running, Language::Zh) => "导出尚未完成，请稍后再试".to_owned(),
            (WorkState::Queued | WorkState::Running, Language::En) => "the export is not finished; try again later".to_owned(),
            (_, Language::Zh) => "该导出没有文件".to_owned(),
            (_, Language::En) => "the export has no file".to_owned(),
        });
        return Err(Failed::Other(format!("{}: {said}", export.id)));
    };
    let bytes = remote::download(client, file, sha256, &out, language).await?;
    let (out, id) = (out.display(), &export.id);
    tell(language.pick(
        format!("已写出 {out}（{bytes} 字节）；服务保留至 {}：{id}", export.expires_at),
        format!("wrote {out} ({bytes} bytes); the service keeps {id} until {}", export.expires_at),
    ));
    Ok(())
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let path = format!("{API_ROOT}/exports?limit=1000{cursor}");
        let page: ExportPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        for export in &page.items {
            let (format, state) = (serde_json::json!(export.format), serde_json::json!(export.state));
            let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let bytes = export.bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
            say(format!("{}  {}  {}  {bytes}  {}", export.id, word(&state), word(&format), export.table))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
