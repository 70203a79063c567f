//! `citygauge sources`: where a service fetches observations from, and what became of each run.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use citygauge_indicators::{Faults, Language, parse_strict};
use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Code, Moment, Source, SourcePage, SourceProfile, SourceRun, SourceRunPage, SourceRunState, SourceRunTrigger,
    path_segment,
};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::json;

use super::import::{conclude, report};
use super::output::{say, tell};
use super::{Failed, offline, remote};
use crate::clock;
use crate::schedule::Schedule;

/// List, show, set, run and remove the sources from which a service fetches.
#[derive(Debug, Subcommand)]
pub(super) enum Sources {
    /// List the sources.
    List(remote::Service),
    /// Show a source as JSON, to be changed and put again, and when it is fetched next.
    Show(One),
    /// Set a source, or change one that is there.
    Put(Put),
    /// Fetch a source now, and show what is found.
    Run(Run),
    /// List the runs of a source, the newest first.
    Runs(Runs),
    /// Remove a source with the history of its runs; what was imported stays.
    Remove(One),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The code of the source.
    #[arg(value_name = "SOURCE")]
    source: Code,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Put {
    /// The code of the source.
    #[arg(value_name = "SOURCE")]
    source: Code,
    /// The document of the source (JSON).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    one: One,
    /// Only fetch and check, and keep no observation.
    #[arg(long)]
    dry_run: bool,
    /// Faults that a terminal shows in its table; in a pipe each is a line.
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
}

#[derive(Debug, Args)]
pub(super) struct Runs {
    #[command(flatten)]
    one: One,
    /// How many runs are listed at most.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    most: u32,
}

impl Sources {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service.client(language)?, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Put(put) => put.run(language).await,
            Self::Run(run) => run.run(language).await,
            Self::Runs(runs) => runs.run(language).await,
            Self::Remove(one) => one.remove(language).await,
        }
    }
}

async fn list(client: &Client, language: Language) -> Result<(), Failed> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(match language {
        Language::Zh => ["代码", "标题", "类型", "地址", "时间", "启用"],
        Language::En => ["code", "title", "kind", "address", "schedule", "enabled"],
    });
    let mut cursor = String::new();
    loop {
        let page: SourcePage = client
            .get(&format!("{API_ROOT}/sources?limit=1000{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for source in page.items {
            let titles = language.pick([&source.title_zh, &source.title_en], [&source.title_en, &source.title_zh]);
            let title = titles.into_iter().flatten().next().map(ToString::to_string).unwrap_or_default();
            let kind = json!(source.from)["kind"].as_str().unwrap_or_default().to_owned();
            let schedule = source.schedule.as_ref().map(|schedule| format!("{} {}", schedule.cron, schedule.time_zone));
            let enabled = if source.enabled { language.pick("是", "yes") } else { language.pick("否", "no") };
            let address = source.from.url().to_string();
            table.add_row([
                source.code.to_string(),
                title,
                kind,
                address,
                schedule.unwrap_or_else(|| "-".to_owned()),
                enabled.to_owned(),
            ]);
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return say(table),
        }
    }
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/sources/{}", path_segment(self.source.as_str()))
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let source: Source = client.get(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        let next = next_moments(&source);
        let profile = SourceProfile {
            title_zh: source.title_zh,
            title_en: source.title_en,
            from: source.from,
            secret: source.secret,
            import: source.import,
            schedule: source.schedule,
            enabled: source.enabled,
            note: source.note,
        };
        say(serde_json::to_string_pretty(&profile).map_err(Failed::other)?)?;
        if !next.is_empty() {
            tell(language.pick(format!("随后抓取：{}", next.join("  ")), format!("fetched next: {}", next.join("  "))));
        }
        Ok(())
    }

    async fn remove(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        client.delete_as_seen(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        say(language.pick(format!("已删除数据源“{}”", self.source), format!("removed the source '{}'", self.source)))
    }
}

/// The next three due moments of a source whose schedule is followed.
fn next_moments(source: &Source) -> Vec<String> {
    let mut last = clock::Sources::system().now_ms();
    let schedule = source.schedule.as_ref().filter(|_| source.enabled);
    let Some(Ok(schedule)) = schedule.map(|kept| Schedule::kept(kept.cron.as_str(), kept.time_zone.as_str())) else {
        return Vec::new();
    };
    let next = std::iter::from_fn(|| {
        last = schedule.after(last)?;
        Some(Moment::from_ms(last).to_string())
    });
    next.take(3).collect()
}

impl Put {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let profile: serde_json::Value = document(&self.file)?;
        let one = One { source: self.source, service: self.service };
        let client = one.service.client(language)?;
        let put = client.put_as_seen::<Source>(&one.path(), &profile).await;
        let source = put.map_err(|error| remote::refused(error, language))?;
        let next = next_moments(&source).into_iter().next();
        let when = match next {
            Some(next) => language.pick(format!("，下次抓取 {next}"), format!(", fetched next at {next}")),
            None => language.pick("，仅在要求时抓取".to_owned(), ", fetched on request only".to_owned()),
        };
        say(language.pick(format!("已设置数据源“{}”{when}", source.code), format!("set the source '{}'{when}", source.code)))
    }
}

/// A document of a file; what is no JSON is a fault before anything is sent.
fn document(file: &Path) -> Result<serde_json::Value, Failed> {
    let bytes = offline::bytes_of(file).map_err(Failed::Input)?;
    parse_strict(&bytes).map_err(|faults| Failed::Input(faults.in_file(&file.display().to_string())))
}

impl Run {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let path = format!("{}/runs", self.one.path());
        let failed = |error| remote::refused(error, language);
        let mut run: SourceRun = client.post(&format!("{path}?dry_run={}", self.dry_run), &json!({})).await.map_err(failed)?;
        while !run.state.is_final() {
            // The job that fetches ends before the run does where there is something to import.
            if let Some(import) = &run.import {
                let import = client.import(import).await.map_err(failed)?;
                client.wait_for_job(&import.job, |_| ()).await.map_err(failed)?;
            } else if let Some(job) = &run.job {
                client.wait_for_job(job, |_| ()).await.map_err(failed)?;
            }
            run = client.get(&format!("{path}/{}", run.id)).await.map_err(failed)?;
        }
        if let Some(import) = &run.import {
            let import = client.import(import).await.map_err(failed)?;
            let job = client.wait_for_job(&import.job, |_| ()).await.map_err(failed)?;
            report::faults(&client, &import, self.show, language).await.map_err(failed)?;
            return conclude(&import, &job, language);
        }
        ended(&run, language)
    }
}

/// Says what became of a run that imported nothing. Only one without a fault is a success.
fn ended(run: &SourceRun, language: Language) -> Result<(), Failed> {
    if io::stderr().is_terminal() && !run.faults.is_empty() {
        tell(format_args!("\n{}\n", report::table(&run.faults, None, language)));
    } else {
        remote::print(&run.faults, language);
    }
    let word = state(run.state, language);
    match run.state {
        SourceRunState::Unchanged => {
            say(language.pick("数据源没有变化，未导入任何内容", "the source has not changed, and nothing was imported"))
        }
        SourceRunState::Refused => {
            tell(format_args!("citygauge: {word}"));
            Err(Failed::Input(Faults::default()))
        }
        _ => Err(Failed::Other(word.to_owned())),
    }
}

impl Runs {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let path = format!("{}/runs?limit={}", self.one.path(), self.most);
        let page: SourceRunPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["运行", "起因", "时间", "状态", "尝试", "字节", "导入"],
            Language::En => ["run", "by", "at", "state", "attempts", "bytes", "import"],
        });
        for run in page.items {
            let by = match run.trigger {
                SourceRunTrigger::Schedule => language.pick("定时", "schedule"),
                SourceRunTrigger::Person => language.pick("人工", "person"),
                SourceRunTrigger::DryRun => language.pick("试运行", "dry run"),
            };
            let at = run.due_at.unwrap_or(run.created_at);
            let import = run.import.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            let bytes = run.bytes.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
            let (id, at, attempts) = (run.id.to_string(), at.to_string(), run.attempts.len().to_string());
            table.add_row([id, by.to_owned(), at, state(run.state, language).to_owned(), attempts, bytes, import]);
        }
        say(table)
    }
}

fn state(state: SourceRunState, language: Language) -> &'static str {
    let (zh, en) = match state {
        SourceRunState::Queued => ("等待中", "queued"),
        SourceRunState::Running => ("进行中", "running"),
        SourceRunState::Unchanged => ("无变化", "unchanged"),
        SourceRunState::Imported => ("已导入", "imported"),
        SourceRunState::Validated => ("已检查", "validated"),
        SourceRunState::Refused => ("不可接受", "refused"),
        SourceRunState::Failed => ("失败", "failed"),
        SourceRunState::Skipped => ("已跳过", "skipped"),
        SourceRunState::Cancelled => ("已取消", "cancelled"),
    };
    language.pick(zh, en)
}
