//! `citygauge import`: a file to a service, with its progress and every fault that the service finds.

pub(super) mod report;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use citygauge_indicators::{Faults, Language, Period};
use citygauge_openapi::client::{Client, ClientError, MappingOfUpload, Upload};
use citygauge_openapi::{self as wire, API_ROOT, Import as Imported, ImportKind, ImportMode, Job, OnFault, WorkState};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::output::{say, tell, write_file};
use super::upload::{bar, body, set_ref};
use super::{Failed, offline, remote};
use crate::intake::Format;

/// Upload a file of cities or observations to a service, and show what it finds.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file: CSV, XLSX, Parquet, JSON or NDJSON, by extension.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The service, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", env = "CITYGAUGE_URL")]
    server: String,
    /// What the file holds.
    #[arg(long, value_enum)]
    kind: Kind,
    /// The set that gives the data items their types, as CODE@VERSION; observations need it.
    #[arg(long, value_name = "CODE@VERSION", required_if_eq("kind", "observations"))]
    set: Option<String>,
    /// Whether the rows are kept, or only looked at.
    #[arg(long, value_enum, default_value_t = Mode::Commit)]
    mode: Mode,
    /// What a faulty row does: refuse the whole file, or be left out.
    #[arg(long, value_enum, default_value_t = Faulty::RejectAll)]
    on_fault: Faulty,
    /// The period of observations that name none.
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// How the file is to be understood: a mapping document, or the code of one that the service keeps. A file wins.
    #[arg(long, value_name = "FILE|CODE")]
    mapping: Option<String>,
    /// Faults that a terminal shows in its table; in a pipe each is a line.
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
    /// Write every fault to this file, CSV or XLSX by extension.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Write the workbook back to this file, with every fault in its cell.
    #[arg(long, value_name = "FILE")]
    annotated: Option<PathBuf>,
    /// The key; better given in the variable, which other users of the machine do not see.
    #[arg(long, value_name = "KEY", env = "CITYGAUGE_KEY", hide_env_values = true)]
    key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Cities,
    Observations,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Validate,
    Commit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Faulty {
    #[value(alias = "reject-all")]
    RejectAll,
    #[value(alias = "skip-rows")]
    SkipRows,
}

impl Import {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        remote::server(&self.server, language)?;
        let upload = self.upload(language)?;
        let faults_format = self.targets(&upload, language)?;
        let file = File::open(&self.file).map_err(|_| match offline::bytes_of(&self.file) {
            Err(faults) => Failed::Input(faults),
            Ok(_) => Failed::other(self.file.display()),
        })?;
        let bytes = file.metadata().map_err(Failed::other)?.len();
        let failed = |error| remote::refused(error, language);
        let client = Client::new(&self.server, self.key.clone(), language).map_err(failed)?;
        let bar = bar(bytes, language);
        let import = match self.mapping.as_deref().map(|mapping| mapping_of(mapping, language)).transpose()? {
            Some(mapping) => client.upload_mapped(&upload, &mapping, body(file, bar.clone())).await.map_err(failed)?,
            None => client.upload(&upload, body(file, bar.clone())).await.map_err(failed)?,
        };
        let job = follow(&client, &import, &bar, language).await.map_err(failed)?;
        bar.finish_and_clear();
        let import = client.import(&import.id).await.map_err(failed)?;
        report::faults(&client, &import, self.show, language).await.map_err(failed)?;
        if let Some(changes) = &import.score_changes {
            report::score_changes(changes, language);
        }
        if let Some((file, format)) = self.faults.as_deref().zip(faults_format) {
            save(&client, file, &format!("{API_ROOT}/imports/{}/faults?format={}", import.id, format.extension()), language)
                .await?;
        }
        if let Some(file) = &self.annotated {
            save(&client, file, &format!("{API_ROOT}/imports/{}/annotated.xlsx", import.id), language).await?;
        }
        conclude(&import, &job, language)
    }

    /// Checks, before anything is sent, that the files to be written can be what they are called; gives the format of the
    /// table of faults.
    fn targets(&self, upload: &Upload, language: Language) -> Result<Option<Format>, Failed> {
        let format = |file: &Path| Format::from_file_name(&file.display().to_string());
        let wrong = |flag: &str, file: &Path, known: &str| {
            let file = file.display();
            Failed::Usage(match language {
                Language::Zh => format!("{flag} {file}：扩展名应为 {known}"),
                Language::En => format!("{flag} {file}: the extension must be {known}"),
            })
        };
        let faults = match self.faults.as_deref() {
            None => None,
            Some(file) => match format(file) {
                Some(known @ (Format::Csv | Format::Xlsx)) => Some(known),
                _ => return Err(wrong("--faults", file, language.pick("csv 或 xlsx", "csv or xlsx"))),
            },
        };
        if let Some(file) = &self.annotated {
            if format(file) != Some(Format::Xlsx) {
                return Err(wrong("--annotated", file, "xlsx"));
            }
            if upload.content_type != Format::Xlsx.media_type() {
                return Err(Failed::Usage(language.pick(
                    "--annotated：只有 XLSX 文件可以批注；其他格式请用 --faults".to_owned(),
                    "--annotated: only an XLSX file can be annotated; use --faults for other formats".to_owned(),
                )));
            }
        }
        let same = |a: &Path, b: &Path| a == b || a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b);
        let written = [("--faults", &self.faults), ("--annotated", &self.annotated)];
        for (flag, file) in written.into_iter().filter_map(|(flag, file)| Some((flag, file.as_deref()?))) {
            let twice = flag == "--annotated" && self.faults.as_deref().is_some_and(|faults| same(faults, file));
            if same(file, &self.file) || twice {
                let file = file.display();
                return Err(Failed::Usage(match language {
                    Language::Zh => format!("{flag} {file}：请写到另一个文件"),
                    Language::En => format!("{flag} {file}: write to another file"),
                }));
            }
        }
        Ok(faults)
    }

    fn upload(&self, language: Language) -> Result<Upload, Failed> {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy().into_owned();
        let format = Format::from_file_name(&name).ok_or_else(|| {
            let known = Format::ALL.map(Format::extension).join(", ");
            Failed::Usage(match language {
                Language::Zh => format!("{name}：扩展名应为 {known} 之一"),
                Language::En => format!("{name}: the extension must be one of {known}"),
            })
        })?;
        Ok(Upload {
            kind: match self.kind {
                Kind::Cities => ImportKind::Cities,
                Kind::Observations => ImportKind::Observations,
            },
            mode: match self.mode {
                Mode::Validate => ImportMode::Validate,
                Mode::Commit => ImportMode::Commit,
            },
            on_fault: match self.on_fault {
                Faulty::RejectAll => OnFault::RejectAll,
                Faulty::SkipRows => OnFault::SkipRows,
            },
            set: self.set.as_deref().map(|text| set_ref(text, language)).transpose()?,
            period: offline::period(self.period.as_deref(), language)?.as_ref().map(Period::to_string),
            file_name: Some(name),
            content_type: format.media_type().to_owned(),
        })
    }
}

/// The mapping in a file, checked before anything is sent, or the one with this code.
fn mapping_of(named: &str, language: Language) -> Result<MappingOfUpload, Failed> {
    if Path::new(named).exists() {
        let mapping = offline::mapping(named)?;
        return Ok(MappingOfUpload::Document(mapping.canonical()));
    }
    named.parse().map(MappingOfUpload::Named).map_err(|_: wire::BadText| {
        Failed::Usage(match language {
            Language::Zh => format!("--mapping {named}：没有这个文件，也不是映射的代码"),
            Language::En => format!("--mapping {named}: there is no such file, and it is no code of a mapping"),
        })
    })
}

/// Waits for the job; on a terminal the bar moves every second.
async fn follow(client: &Client, import: &Imported, bar: &ProgressBar, language: Language) -> Result<Job, ClientError> {
    if bar.is_hidden() {
        return client.wait_for_job(&import.job, |_| ()).await;
    }
    bar.set_length(100);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:40} {percent} % {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(language.pick("正在检查", "checking"));
    bar.enable_steady_tick(Duration::from_millis(200));
    loop {
        let job: Job = client.get(&format!("{API_ROOT}/jobs/{}?wait=1s", import.job)).await?;
        bar.set_position((job.progress * 100.0) as u64);
        if job.state.is_final() {
            return Ok(job);
        }
    }
}

/// Writes what the service gives at a path into a file, and says where it is.
async fn save(client: &Client, file: &Path, path: &str, language: Language) -> Result<(), Failed> {
    let bytes = client.bytes(path).await.map_err(|error| remote::refused(error, language))?;
    write_file(file, &bytes)?;
    let file = file.display();
    tell(language.pick(format!("已写出 {file}"), format!("written: {file}")));
    Ok(())
}

/// Says what became of the file. Only an import without a fault is a success.
pub(super) fn conclude(import: &Imported, job: &Job, language: Language) -> Result<(), Failed> {
    let (accepted, rejected, unchanged, faults) = (import.accepted, import.rejected, import.unchanged, import.faults.total);
    let kept = import.mode == ImportMode::Commit;
    let text = match (import.state, language) {
        (WorkState::Succeeded, Language::Zh) if kept => format!("已导入：{accepted} 行生效，{unchanged} 行与已有内容相同"),
        (WorkState::Succeeded, Language::En) if kept => {
            format!("imported: {} took effect, {} known already", rows(accepted), were(unchanged))
        }
        (WorkState::Succeeded, Language::Zh) => {
            format!("检查通过，未写入任何内容：{accepted} 行将生效，{unchanged} 行与已有内容相同")
        }
        (WorkState::Succeeded, Language::En) => {
            let known = counted(unchanged, "is", "are");
            format!("in order, and nothing was kept: {} would take effect, {known} known already", rows(accepted))
        }
        (WorkState::Partial, Language::Zh) => {
            format!("部分导入：{accepted} 行生效，{unchanged} 行与已有内容相同，{rejected} 行有误而被略去（{faults} 个错误）")
        }
        (WorkState::Partial, Language::En) => format!(
            "PARTIAL: {} took effect, {} known already, {} left out ({})",
            rows(accepted),
            were(unchanged),
            counted(rejected, "row was", "rows were"),
            counted(faults, "fault", "faults"),
        ),
        (WorkState::Cancelled, Language::Zh) => "已取消，未写入任何内容".to_owned(),
        (WorkState::Cancelled, Language::En) => "cancelled; nothing was changed".to_owned(),
        // A fault of the whole file, such as an unknown column, belongs to no row.
        (_, Language::Zh) if rejected == 0 => format!("未导入任何内容：共 {faults} 个错误"),
        (_, Language::En) if rejected == 0 => format!("nothing was imported: {}", counted(faults, "fault", "faults")),
        (_, Language::Zh) => format!("未导入任何内容：{rejected} 行有误，共 {faults} 个错误"),
        (_, Language::En) => {
            let at_fault = counted(rejected, "row is at fault", "rows are at fault");
            format!("nothing was imported: {at_fault}, with {}", counted(faults, "fault", "faults"))
        }
    };
    match import.state {
        WorkState::Succeeded => say(text),
        WorkState::Partial => {
            say(text)?;
            Err(Failed::Input(Faults::default()))
        }
        _ if faults == 0 => Err(Failed::Other(job.error.clone().map_or(text.clone(), |error| format!("{text}: {error}")))),
        _ => {
            tell(format_args!("citygauge: {text}"));
            Err(Failed::Input(Faults::default()))
        }
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn rows(count: u64) -> String {
    counted(count, "row", "rows")
}

fn were(count: u64) -> String {
    counted(count, "was", "were")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_many() {
        assert_eq!((rows(1), rows(2), were(0)), ("1 row".into(), "2 rows".into(), "0 were".into()));
        assert_eq!((counted(1, "fault", "faults"), counted(0, "fault", "faults")), ("1 fault".into(), "0 faults".into()));
    }

    #[test]
    fn files_that_cannot_be_what_they_are_called_are_wrong_usage() {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            import: Import,
        }
        let wrong = |words: &[&str]| {
            let known = ["x", "--server", "http://127.0.0.1:1", "--kind", "cities"];
            let import = Line::parse_from(known.iter().chain(words)).import;
            let upload = import.upload(Language::En).expect("an upload");
            match import.targets(&upload, Language::En) {
                Ok(format) => Ok(format),
                Err(Failed::Usage(message)) => Err(message),
                Err(other) => panic!("{other:?}"),
            }
        };
        assert_eq!(wrong(&["a.csv", "--faults", "f.xlsx"]), Ok(Some(Format::Xlsx)));
        assert_eq!(wrong(&["a.xlsx", "--annotated", "b.xlsx", "--faults", "f.csv"]), Ok(Some(Format::Csv)));
        for (words, said) in [
            (&["a.csv", "--faults", "f.pdf"][..], "csv or xlsx"),
            (&["a.xlsx", "--annotated", "b.csv"], "must be xlsx"),
            (&["a.csv", "--annotated", "b.xlsx"], "only an XLSX file"),
            (&["a.xlsx", "--annotated", "a.xlsx"], "another file"),
            (&["a.xlsx", "--annotated", "b.xlsx", "--faults", "b.xlsx"], "another file"),
        ] {
            assert!(wrong(words).expect_err("refused").contains(said), "{words:?}");
        }
    }

    #[test]
    fn a_set_is_named_by_code_and_version() {
        let set = set_ref("a@b@2", Language::En).expect("it is one");
        assert_eq!((set.code.as_str(), set.version.as_str()), ("a@b", "2"));
        let refused = |language| match set_ref("gbt-33356-2016", language) {
            Err(Failed::Usage(message)) => message,
            other => panic!("{other:?}"),
        };
        assert!(refused(Language::Zh).contains("应写作 CODE@VERSION"));
        assert!(refused(Language::En).contains("expected CODE@VERSION"));
    }
}
