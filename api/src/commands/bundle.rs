//! `citygauge bundle`: downloads the bundle of an assessment.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::{API_ROOT, Id};
use clap::Args;

use super::output::{tell, write_file};
use super::{Failed, remote};

/// Download everything needed to compute an assessment again, signed, as one file; `citygauge verify` checks it.
#[derive(Debug, Args)]
pub(super) struct Bundle {
    /// The identifier of the assessment.
    #[arg(value_name = "ASSESSMENT")]
    assessment: Id,
    /// The file to write; by default `bundle-ASSESSMENT.zip`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    service: remote::Service,
}

impl Bundle {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let path = format!("{API_ROOT}/assessments/{}/bundle", self.assessment);
        let bytes = client.bytes(&path).await.map_err(|error| remote::refused(error, language))?;
        let out = self.out.unwrap_or_else(|| PathBuf::from(format!("bundle-{}.zip", self.assessment)));
        write_file(&out, &bytes)?;
        let (out, size) = (out.display(), bytes.len());
        tell(match language {
            Language::Zh => format!("已写出 {out}（{size} 字节）；复核：citygauge verify {out}"),
            Language::En => format!("wrote {out} ({size} bytes); to check it: citygauge verify {out}"),
        });
        Ok(())
    }
}
