//! `citygauge chart`: a chart of a service as a picture, or its numbers.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::API_ROOT;
use clap::Args;

use super::output::{Growing, tell};
use super::{Failed, remote};

/// Write a chart of a service to a file: the picture as SVG, or its numbers as CSV, by the extension.
///
/// The address is that of the API without what stands before it, such as assessments/ID/charts/radar.svg?city=330100.
#[derive(Debug, Args)]
pub(super) struct Chart {
    /// The address of the chart with its query, such as assessments/ID/charts/radar.svg?city=330100
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The file to write, SVG or CSV by extension.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Light on dark.
    #[arg(long)]
    dark: bool,
    #[command(flatten)]
    service: remote::Service,
}

impl Chart {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let format = match self.out.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => "svg",
            Some("csv") => "csv",
            _ => {
                let out = self.out.display();
                return Err(Failed::Usage(language.pick(
                    format!("--out {out}：扩展名应为 svg 或 csv"),
                    format!("--out {out}: the extension says the format; expected svg or csv"),
                )));
            }
        };
        let address = self.address.trim_start_matches(API_ROOT).trim_start_matches('/');
        if !address.contains("/charts/") {
            return Err(Failed::Usage(language.pick(
                format!("{address}：不是图表的地址，例如 assessments/ID/charts/radar.svg?city=330100"),
                format!("{address}: no address of a chart, such as assessments/ID/charts/radar.svg?city=330100"),
            )));
        }
        let mark = if address.contains('?') { '&' } else { '?' };
        let (lang, theme) = (language.pick("zh", "en"), if self.dark { "dark" } else { "light" });
        let path = format!("{API_ROOT}/{address}{mark}format={format}&lang={lang}&theme={theme}");
        let client = self.service.client(language)?;
        let mut answer = client.open(&path).await.map_err(|error| remote::refused(error, language))?;
        let (mut growing, mut bytes) = (Growing::beside(&self.out)?, 0_usize);
        while let Some(piece) = answer.chunk().await.map_err(|error| remote::refused(error.into(), language))? {
            growing.push(&piece)?;
            bytes += piece.len();
        }
        growing.keep()?;
        let out = self.out.display();
        tell(language.pick(format!("已写出 {out}（{bytes} 字节）"), format!("wrote {out} ({bytes} bytes)")));
        Ok(())
    }
}
