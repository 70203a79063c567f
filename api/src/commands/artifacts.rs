//! `citygauge artifacts`: whether the files that the database names are what their digests say.
//!
//! It works on the service's database and its folder or bucket; the service may run meanwhile.

use citygauge_indicators::Language;
use clap::{Args, Subcommand};

use super::backup::{bar, show};
use super::output::say;
use super::{Failed, Settings};
use crate::clock::Sources;
use crate::integrity::{IntegrityError, Sound, check};
use crate::service;

/// Check the files that are kept: uploads, releases, results, evidence, reports, maps and exports.
#[derive(Debug, Subcommand)]
pub(super) enum Artifacts {
    /// Read every file and compare it with its digest: it says that all are sound, or which are lost or damaged and what needs them.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    settings: Settings,
}

impl Artifacts {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let Self::Verify(Verify { settings }) = self;
        let state = service::open(settings.read()?, Sources::system()).await.map_err(Failed::other)?;
        let bar = bar(language.pick("正在检查", "checking"));
        let checked = check(state.store(), state.artifacts(), |done, total| show(&bar, done, total)).await;
        bar.finish_and_clear();
        match checked {
            Ok(sound) => say(told(sound, language)),
            Err(IntegrityError::Faulty(faults)) => Err(Failed::Input(faults)),
            Err(error) => Err(Failed::other(error)),
        }
    }
}

fn told(Sound { artifacts, exports, bytes }: Sound, language: Language) -> String {
    match language {
        Language::Zh => format!("全部完好：{artifacts} 个产物，{exports} 个导出文件，共 {bytes} 字节"),
        Language::En => {
            format!("all are what their digests say: artifacts: {artifacts}, files of exports: {exports}, bytes: {bytes}")
        }
    }
}
