//! `citygauge restore`: makes a data folder of a backup, or only checks it.

use std::path::PathBuf;

use citygauge_indicators::{Faults, Language};
use clap::Args;

use super::Failed;
use super::backup::{bar, show, sum, told};
use super::output::say;
use crate::backup::{Backup, vacant};
use crate::store;

/// Make a data folder of what `citygauge backup` wrote, or only check it: whole or not at all.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    backup: PathBuf,
    /// The folder to make; it must not exist, or be empty.
    #[arg(long, value_name = "DIR", required_unless_present = "check")]
    data_dir: Option<PathBuf>,
    /// Only check every byte; nothing is written.
    #[arg(long, conflicts_with = "data_dir")]
    check: bool,
}

impl Restore {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let mut faults = Faults::default();
        if let Some(folder) = &self.data_dir {
            vacant(folder).unwrap_or_else(|fault| faults.push(fault));
        }
        let bar = bar(language.pick("正在检查", "checking"));
        let progress = |done, total| show(&bar, done, total);
        let opened = Backup::open(&self.backup, progress)
            .map_err(|found| faults.0.extend(found.in_file(&self.backup.display().to_string()).0));
        let (Ok(mut backup), true) = (opened, faults.is_empty()) else { return Err(Failed::Input(faults)) };
        let held = sum(&backup.manifest, language);
        let Some(folder) = &self.data_dir else {
            bar.finish_and_clear();
            return say(format_args!("{}\n{held}", language.pick("备份完整", "the backup is whole")));
        };
        bar.set_message(language.pick("正在恢复", "restoring"));
        backup.restore(folder, progress).map_err(told)?;
        bar.finish_and_clear();
        let shown = folder.display();
        let first = match language {
            Language::Zh => format!("已恢复到 {shown}：citygauge serve --data-dir {shown}"),
            Language::En => format!("restored to {shown}: citygauge serve --data-dir {shown}"),
        };
        say(format_args!("{first}\n{held}{}", notes(&backup, language)))
    }
}

/// What is still to be done.
fn notes(backup: &Backup, language: Language) -> String {
    let mut notes = String::new();
    let behind = store::migrations().len().saturating_sub(backup.manifest.migrations.len());
    if behind > 0 {
        notes.push_str(&match language {
            Language::Zh => format!("\n数据库比本程序旧，尚缺 {behind} 个迁移：启动服务或 citygauge migrate up 将应用它们"),
            Language::En => format!(
                "\nthe database is older than this program and lacks {behind} migrations: the start of the service, or citygauge migrate up, applies them"
            ),
        });
    }
    if !backup.has_key() {
        notes.push_str(language.pick(
            "\n备份不含签名密钥：请放回原密钥，否则服务将生成新的密钥",
            "\nthe backup holds no signing key: put the former one back, or the service makes a new one",
        ));
    }
    notes
}
