//! `citygauge verify`: checks a bundle and computes it again, with no database and no network.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use citygauge_indicators::Language;
use clap::Args;

use super::Failed;
use super::output::say;
use crate::bundle::{Bundle, Identical};
use crate::signing::PublicKey;

/// Check that nobody has changed a byte of a bundle, and compute its assessment again: it says identical, or where not.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The bundle: a file that `citygauge bundle` or `GET /api/v1/assessments/{id}/bundle` wrote.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The public key that must have signed it, in PEM: from the publisher, not from the bundle.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How many threads compute; as many as there are cores unless given.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl Verify {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let wanted = self.key.as_ref().map(|file| public_key(file, language)).transpose()?;
        let name = self.bundle.display().to_string();
        let faults = |faults: citygauge_indicators::Faults| Failed::Input(faults.in_file(&name));
        let mut bundle = Bundle::open(&self.bundle).map_err(faults)?;
        if let Some(wanted) = wanted.as_ref().filter(|wanted| **wanted != bundle.signer) {
            let (zh, en) = ("签名者不是所给的密钥", "it was not signed with the key that was given");
            let fault = citygauge_indicators::Fault::error("bundle.signer_differs", zh, en);
            return Err(faults(fault.value(bundle.signer.id()).expected(wanted.id()).into()));
        }
        let identical = bundle.recompute(self.threads).map_err(faults)?;
        say(told(&bundle, &identical, wanted.is_some(), language))
    }
}

/// The key in a file that was given as `--key`.
pub(super) fn public_key(file: &Path, language: Language) -> Result<PublicKey, Failed> {
    let shown = file.display();
    let key = PublicKey::read(file).map_err(|error| Failed::Other(format!("{shown}: {error}")))?;
    key.ok_or_else(|| {
        Failed::Usage(match language {
            Language::Zh => format!("--key {shown}：应为 PEM 格式的 Ed25519 公钥"),
            Language::En => format!("--key {shown}: expected an Ed25519 public key in PEM"),
        })
    })
}

/// What was found identical, and what the signature proves.
fn told(bundle: &Bundle, identical: &Identical, is_key_given: bool, language: Language) -> String {
    let manifest = &bundle.manifest;
    let (set, id, made_by) = (&manifest.set, &manifest.assessment.id, &manifest.assessment.engine_version);
    let Identical { periods, cities, nodes, cells, engine_version } = identical;
    let (code, version, digest, signer) = (&set.code, &set.version, &set.digest, bundle.signer.id());
    let (release, as_of) = (&manifest.release.id, &manifest.release.as_of);
    match language {
        Language::Zh => format!(
            "一致：评估 {id}\n指标体系 {code}@{version}，摘要 {digest}\n数据版本 {release}，截至 {as_of}\n\
             {periods} 个时期，{cities} 个城市，{nodes} 个节点：重新计算并比较了 {cells} 个结果\n\
             原由引擎 {made_by} 计算，现由引擎 {engine_version} 重新计算\n签名密钥 {signer}：{}",
            if is_key_given { "即所给的密钥" } else { "未核对；用 --key 给出发布者的公钥即可核对" }
        ),
        Language::En => format!(
            "identical: assessment {id}\nset {code}@{version}, digest {digest}\nrelease {release}, as of {as_of}\n\
             periods: {periods}, cities: {cities}, nodes: {nodes}; results computed again and compared: {cells}\n\
             computed by engine {made_by}, again by engine {engine_version}\nsigned with key {signer}: {}",
            if is_key_given { "the one that was given" } else { "whose it is was not checked; --key takes the publisher's" }
        ),
    }
}
