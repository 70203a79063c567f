//! `citygauge backup`: copies what an embedded service keeps, while it goes on.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use citygauge_indicators::Language;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::say;
use super::{Failed, Settings};
use crate::backup::{self, Backup as Checked, BackupError, Manifest};
use crate::clock::Sources;
use crate::config::Config;

/// Copy database and artifacts, as they are at one moment, into one file, while the service goes on.
///
/// The file is checked after it is written. It holds all data and the hashes of keys: keep it as safe as the data.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write, or a folder for a file that is named after the moment; an existing file is left alone.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// Take the signing key along, so that what is restored signs as before: whoever has the file can then sign as the service.
    #[arg(long)]
    with_signing_key: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Backup {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let config = self.settings.read()?;
        embedded(&config, language)?;
        let sources = Sources::system();
        let out = if self.out.is_dir() { self.out.join(name(&sources)) } else { self.out.clone() };
        let (shown, folder) = (out.display(), parent(&out));
        let failed = |error: io::Error| Failed::Other(format!("{shown}: {error}"));
        if out.try_exists().map_err(failed)? {
            return Err(Failed::Usage(match language {
                Language::Zh => format!("--out {shown}：文件已存在，不会覆盖"),
                Language::En => format!("--out {shown}: it exists already and is not written over"),
            }));
        }
        // Beside its place and for its owner only; whatever happens, no half of it stays.
        let work = backup::private_folder(".citygauge-backup-", folder).map_err(failed)?;
        let made = work.path().join("backup.zip");
        let bar = bar(language.pick("正在备份", "copying"));
        let (counting, checking) = (bar.clone(), bar.clone());
        let progress = move |done, total| show(&counting, done, total);
        backup::make(&config, &sources, work.path(), &made, self.with_signing_key, progress).await.map_err(told)?;
        bar.set_message(language.pick("正在检查", "checking"));
        let checked = Checked::open(&made, |done, total| show(&checking, done, total)).map_err(Failed::Input)?;
        bar.finish_and_clear();
        backup::appear(&made, &out).map_err(failed)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        let bytes = out.metadata().map_err(failed)?.len();
        let (line, holds) = (sum(&checked.manifest, language), out.display());
        say(match language {
            Language::Zh => format!("已写出 {holds}（{bytes} 字节），并已检查\n{line}"),
            Language::En => format!("wrote {holds} ({bytes} bytes) and checked it\n{line}"),
        })
    }
}

/// A backup is of the embedded mode; the others have copies of their own, which are named.
fn embedded(config: &Config, language: Language) -> Result<(), Failed> {
    let refused = |zh: &str, en: &str| Err(Failed::Usage(language.pick(zh, en).to_owned()));
    if config.database.url.as_ref().is_some_and(|url| url.starts_with("postgres")) {
        return refused(
            "database.url 是 PostgreSQL：请先用 pg_dump 备份数据库，再备份产物（见 docs/operations.md）",
            "database.url is PostgreSQL: copy the database with pg_dump, and then the artifacts (docs/operations.md)",
        );
    }
    if config.objects.url.is_some() {
        return refused(
            "objects.url 是存储桶：请先备份数据库，再以存储桶自身的方法复制产物（见 docs/operations.md）",
            "objects.url is a bucket: copy the database, and then the bucket by its own means (docs/operations.md)",
        );
    }
    let file = config.server.data_dir.join("citygauge.db");
    if config.database.url.is_none() && !file.is_file() {
        let file = file.display();
        return refused(
            &format!("没有 {file}：--data-dir 应为服务的数据文件夹"),
            &format!("there is no {file}: --data-dir is the data folder of a service"),
        );
    }
    Ok(())
}

fn name(sources: &Sources) -> String {
    let moment = citygauge_openapi::Moment::from_ms(sources.now_ms()).to_string();
    let digits: String = moment.split('.').next().unwrap_or_default().chars().filter(|it| it.is_ascii_alphanumeric()).collect();
    format!("citygauge-backup-{}Z.zip", digits.trim_end_matches('Z'))
}

fn parent(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What went wrong, as a command says it.
pub(super) fn told(error: BackupError) -> Failed {
    match error {
        BackupError::Faulty(faults) => Failed::Input(faults),
        other => Failed::other(other),
    }
}

/// What a backup holds, in a line.
pub(super) fn sum(manifest: &Manifest, language: Language) -> String {
    let of = |what: &str| manifest.holds.get(what).copied().unwrap_or_default();
    let (cities, observations, releases, assessments, artifacts) =
        (of("cities"), of("observations"), of("releases"), of("assessments"), of("artifacts"));
    let (at, by, schema) = (&manifest.made_at, &manifest.made_by, manifest.migrations.last().map_or("", String::as_str));
    match language {
        Language::Zh => format!(
            "截至 {at}，CityGauge {by}，数据库结构 {schema}\n{cities} 个城市，{observations} 条观测值，{releases} 个数据版本，\
             {assessments} 次评估，{artifacts} 个产物"
        ),
        Language::En => format!(
            "as of {at}, CityGauge {by}, schema {schema}\ncities: {cities}, observations: {observations}, releases: {releases}, \
             assessments: {assessments}, artifacts: {artifacts}"
        ),
    }
}

/// A bar on a terminal, nothing in a pipe.
pub(super) fn bar(message: &'static str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    // The template is a constant; without it the bar has its usual looks.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:40} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar.set_message(message);
    bar
}

/// How far it is.
pub(super) fn show(bar: &ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
}
