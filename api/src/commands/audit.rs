//! `citygauge audit`: the trail, checked, written to a file, vouched for.
//!
//! It works on the service's database, or on a file of the trail with no database at all; the service may run meanwhile.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use citygauge_indicators::{Fault, Language};
use citygauge_openapi::AuditCheckpoint;
use clap::{Args, Subcommand};
use futures_util::TryStreamExt;
use serde_json::json;

use super::output::{Growing, say, tell};
use super::verify::public_key;
use super::{Failed, Settings};
use crate::audit::{Sound, check_file, check_store, checkpoint, is_signed, lines};
use crate::auth::Caller;
use crate::clock::Sources;
use crate::service;
use crate::signing::PublicKey;
use crate::state::State;
use crate::store::audit;
use crate::write::told;

/// Check the trail of who did what, write it to a file, or make a checkpoint of it.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check that no line was changed, removed, moved or added: it says so, or where not.
    Verify(Verify),
    /// Write the whole trail to a file, with a signed checkpoint at its end.
    Export(Export),
    /// Print how long the trail is and its last digest, signed: to be kept elsewhere.
    Checkpoint(Settings),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A file that `citygauge audit export` or `GET /api/v1/audit-events/file` wrote; the database unless given.
    #[arg(value_name = "TRAIL")]
    file: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere, with which the trail is to agree.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The public key that must have signed the checkpoints, in PEM: from the publisher, not from the file.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "audit-events.ndjson")]
    out: PathBuf,
    #[command(flatten)]
    settings: Settings,
}

impl Audit {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Verify(verify) => verify.run(language).await,
            Self::Export(export) => export.run(language).await,
            Self::Checkpoint(settings) => {
                let made = made(&open(&settings).await?).await?;
                say(serde_json::to_string_pretty(&made).map_err(Failed::other)?)
            }
        }
    }
}

async fn open(settings: &Settings) -> Result<State, Failed> {
    service::open(settings.read()?, Sources::system()).await.map_err(Failed::other)
}

async fn made(state: &State) -> Result<AuditCheckpoint, Failed> {
    let end = audit::end(state.db()).await.map_err(Failed::other)?;
    Ok(checkpoint(end, state.now_ms(), state.signer().map_err(Failed::other)?))
}

impl Verify {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let key = self.key.as_deref().map(|file| public_key(file, language)).transpose()?;
        let known = self.checkpoint.as_deref().map(|file| known(file, key.as_ref())).transpose()?;
        let sound = match &self.file {
            Some(file) => {
                let name = file.display().to_string();
                let opened = File::open(file).map_err(|error| Failed::Other(format!("{name}: {error}")))?;
                check_file(BufReader::new(opened), known.as_ref(), key.as_ref())
                    .map_err(|faults| Failed::Input(faults.in_file(&name)))?
            }
            None => {
                let state = open(&self.settings).await?;
                check_store(state.store(), known.as_ref()).await.map_err(Failed::other)?.map_err(Failed::Input)?
            }
        };
        say(agreed(&sound, known.as_ref(), language))
    }
}

/// A checkpoint that was kept, with its signature.
fn known(file: &Path, key: Option<&PublicKey>) -> Result<AuditCheckpoint, Failed> {
    let name = file.display().to_string();
    let text = std::fs::read(file).map_err(|error| Failed::Other(format!("{name}: {error}")))?;
    let read: AuditCheckpoint = serde_json::from_slice(&text).map_err(|error| {
        let fault =
            Fault::error("audit.no_checkpoint", format!("不是检查点：{error}"), format!("this is no checkpoint: {error}"));
        let hint =
            ("应由 citygauge audit checkpoint 或 /audit-events/checkpoint 得到", "one comes from citygauge audit checkpoint");
        Failed::Input(citygauge_indicators::Faults::from(fault.hint(hint.0, hint.1)).in_file(&name))
    })?;
    if is_signed(&read, key) {
        return Ok(read);
    }
    let (zh, en) = ("检查点的签名无效，或不是所给密钥的签名", "the checkpoint is not signed, or not with the key that was given");
    Err(Failed::Input(citygauge_indicators::Faults::from(Fault::error("audit.signature", zh, en)).in_file(&name)))
}

/// What was found sound, and how far that is certain.
fn agreed(sound: &Sound, known: Option<&AuditCheckpoint>, language: Language) -> String {
    let Sound { place, digest, loose } = sound;
    let mut text = match language {
        Language::Zh => format!("轨迹完好：至第 {place} 行，其摘要为 {digest}"),
        Language::En => format!("the trail is sound up to line {place}, whose digest is {digest}"),
    };
    if *loose > 0 {
        text += &match language {
            Language::Zh => format!("\n另有 {loose} 行由服务的旧版本写入，下次写入时入链"),
            Language::En => {
                format!("\nbeside it, lines of a former version of the service that are chained with the next write: {loose}")
            }
        };
    }
    text += &match (known, language) {
        (Some(known), Language::Zh) => format!("\n与 {} 的检查点（第 {} 行）一致", known.at, known.place),
        (Some(known), Language::En) => format!("\nit agrees with the checkpoint of {} at line {}", known.at, known.place),
        (None, Language::Zh) => "\n未给出检查点：能改写数据库的人若重写了整条链，无法由此看出".to_owned(),
        (None, Language::En) => {
            "\nwithout a checkpoint this does not show whether somebody who can write to the database has made all of it anew"
                .to_owned()
        }
    };
    text
}

impl Export {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let state = open(&self.settings).await?;
        told(&state, &Caller::command(), "download_audit_events", "audit-events", json!({})).await.map_err(Failed::other)?;
        let checkpoint = made(&state).await?;
        let place = checkpoint.place;
        let mut file = Growing::beside(&self.out)?;
        let mut pieces = std::pin::pin!(lines(state.store().clone(), checkpoint));
        while let Some(piece) = pieces.try_next().await.map_err(Failed::other)? {
            file.push(&piece)?;
        }
        file.keep()?;
        let out = self.out.display();
        tell(match language {
            Language::Zh => format!("已写出 {out}，至第 {place} 行；检查：citygauge audit verify {out}"),
            Language::En => format!("wrote {out}, up to line {place}; to check it: citygauge audit verify {out}"),
        });
        Ok(())
    }
}
