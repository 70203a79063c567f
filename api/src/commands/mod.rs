//! The commands, one file each.
//!
//! Exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 anything else. To add a command: a file with
//! its arguments and its `run`, and its lines in `Command` and `Command::run`.

mod artifacts;
mod assess;
mod audit;
mod backup;
mod benchmarks;
mod bundle;
mod chart;
mod cities;
mod demo;
mod designs;
mod diff;
mod embed;
mod exports;
mod gaps;
mod help;
mod import;
mod keys;
mod lint;
mod maps;
mod migrate;
pub(crate) mod offline;
mod oidc;
mod openapi;
mod output;
mod panels;
mod path;
mod plan;
mod ready;
mod releases;
mod remote;
mod reports;
mod restore;
mod roadmap;
mod rounds;
mod rules;
mod serve;
mod sets;
mod settings;
pub(crate) mod shown;
mod sources;
mod stats;
mod submissions;
mod trends;
mod upload;
mod validate;
mod verify;
mod waivers;
mod webhooks;
mod weigh;
mod what_if;

use std::process::ExitCode;

use citygauge_indicators::{Faults, Language};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use output::tell;
pub use settings::{ServeSettings, Settings};

/// Smart-city maturity assessment: city data in; scores, levels and gaps out.
#[derive(Debug, Parser)]
#[command(name = "citygauge", version, max_term_width = 100)]
struct Cli {
    /// The language of messages: zh or en. By default the language of the terminal.
    #[arg(long, global = true, value_name = "LANG", env = "CITYGAUGE_LANG", value_parser = known_language)]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(Box<demo::Demo>),
    Assess(Box<assess::Assess>),
    Gaps(Box<gaps::Gaps>),
    Path(Box<path::Path>),
    #[command(subcommand)]
    Plan(Box<plan::Plan>),
    Lint(Box<lint::Lint>),
    WhatIf(Box<what_if::WhatIf>),
    Roadmap(Box<roadmap::Roadmap>),
    Trends(Box<trends::Trends>),
    Diff(Box<diff::Diff>),
    Weigh(Box<weigh::Weigh>),
    Stats(Box<stats::Stats>),
    Validate(Box<validate::Validate>),
    #[command(subcommand)]
    Sets(sets::Sets),
    Import(Box<import::Import>),
    #[command(subcommand)]
    Cities(cities::Cities),
    #[command(subcommand)]
    Sources(sources::Sources),
    #[command(subcommand)]
    Rounds(rounds::Rounds),
    #[command(subcommand)]
    Submissions(submissions::Submissions),
    #[command(subcommand)]
    Panels(panels::Panels),
    #[command(subcommand)]
    Designs(designs::Designs),
    #[command(subcommand)]
    Rules(rules::Rules),
    #[command(subcommand)]
    Waivers(waivers::Waivers),
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    #[command(subcommand)]
    Benchmarks(benchmarks::Benchmarks),
    #[command(subcommand)]
    Releases(releases::Releases),
    #[command(subcommand)]
    Exports(exports::Exports),
    #[command(subcommand)]
    Reports(reports::Reports),
    Chart(Box<chart::Chart>),
    Embed(embed::Embed),
    #[command(subcommand)]
    Maps(maps::Maps),
    Bundle(bundle::Bundle),
    Verify(verify::Verify),
    /// Run the service.
    Serve(serve::Serve),
    Ready(ready::Ready),
    /// Issue, list and revoke keys, with access to the service's database.
    #[command(subcommand)]
    Keys(keys::Keys),
    #[command(subcommand)]
    Oidc(oidc::Oidc),
    #[command(subcommand)]
    Audit(audit::Audit),
    #[command(subcommand)]
    Artifacts(artifacts::Artifacts),
    /// Bring the database up to date, or show how far it is.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Restore(restore::Restore),
    /// Write the description of the API, OpenAPI 3.1.
    Openapi(openapi::Openapi),
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failed {
    /// The input is at fault: each fault is a line on stderr. Status 1.
    Input(Faults),
    /// The command was used wrongly. Status 2.
    Usage(String),
    /// Anything else. Status 3.
    Other(String),
}

impl Failed {
    /// Any other failure, with its own words.
    pub fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }
}

impl Command {
    async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Assess(assess) => assess.run(language),
            Self::Gaps(gaps) => gaps.run(language),
            Self::Path(path) => path.run(language),
            Self::Plan(plan) => plan.run(language),
            Self::Lint(lint) => lint.run(language),
            Self::Roadmap(roadmap) => roadmap.run(language),
            Self::Trends(trends) => trends.run(language),
            Self::Diff(diff) => diff.run(language),
            Self::Weigh(weigh) => weigh.run(language),
            Self::WhatIf(what_if) => what_if.run(language),
            Self::Stats(stats) => stats.run(language),
            Self::Validate(validate) => validate.run(language),
            Self::Sets(sets) => sets.run(language).await,
            Self::Cities(cities) => cities.run(language).await,
            Self::Import(import) => import.run(language).await,
            Self::Sources(sources) => sources.run(language).await,
            Self::Rounds(rounds) => rounds.run(language).await,
            Self::Submissions(submissions) => submissions.run(language).await,
            Self::Panels(panels) => panels.run(language).await,
            Self::Designs(designs) => designs.run(language).await,
            Self::Rules(rules) => rules.run(language).await,
            Self::Waivers(waivers) => waivers.run(language).await,
            Self::Webhooks(webhooks) => webhooks.run(language).await,
            Self::Benchmarks(benchmarks) => benchmarks.run(language).await,
            Self::Releases(releases) => releases.run(language).await,
            Self::Exports(exports) => exports.run(language).await,
            Self::Reports(reports) => reports.run(language).await,
            Self::Chart(chart) => chart.run(language).await,
            Self::Embed(embed) => embed.run(language).await,
            Self::Maps(maps) => maps.run(language).await,
            Self::Bundle(bundle) => bundle.run(language).await,
            Self::Verify(verify) => verify.run(language),
            Self::Demo(demo) => demo.run(language).await,
            Self::Serve(serve) => serve.run(language).await,
            Self::Ready(ready) => ready.run(language).await,
            Self::Keys(keys) => keys.run(language).await,
            Self::Oidc(oidc) => oidc.run(language).await,
            Self::Audit(audit) => audit.run(language).await,
            Self::Artifacts(artifacts) => artifacts.run(language).await,
            Self::Migrate(migrate) => migrate.run(language).await,
            Self::Backup(backup) => backup.run(language).await,
            Self::Restore(restore) => restore.run(language),
            Self::Openapi(openapi) => openapi.run(),
        }
    }
}

/// Reads the command line, does what it says, and gives the exit status.
pub fn main() -> ExitCode {
    // Faults of the command line itself have a language too, so it is looked for before the rest is read.
    let asked = asked(std::env::args_os().skip(1)).or_else(|| std::env::var("CITYGAUGE_LANG").ok());
    let first = language(asked.as_deref());
    let cli = match parse(first) {
        Ok(cli) => cli,
        Err(error) if first == Language::Zh && error.use_stderr() && error.kind() != HELP_WHERE_NOTHING_IS_ASKED => {
            eprintln!("{}", help::sentence(&error));
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
    let language = language(cli.lang.as_deref());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failed::other(error), language),
    };
    let ended = runtime.block_on(cli.command.run(language));
    // A computation that was left behind would be waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => report(&failed, language),
    }
}

const HELP_WHERE_NOTHING_IS_ASKED: clap::error::ErrorKind = clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

fn parse(language: Language) -> Result<Cli, clap::Error> {
    let mut command = match language {
        Language::Zh => help::in_chinese(Cli::command()),
        Language::En => Cli::command(),
    };
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// What follows `--lang` on the command line.
fn asked(words: impl Iterator<Item = std::ffi::OsString>) -> Option<String> {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).take_while(|word| word != "--").collect();
    let after = |(place, word): (usize, &String)| match word.strip_prefix("--lang") {
        Some("") => words.get(place + 1).cloned(),
        Some(value) => value.strip_prefix('=').map(str::to_owned),
        None => None,
    };
    words.iter().enumerate().find_map(after)
}

/// A tag of one of the two languages, such as `zh`, `en` or `zh_CN.UTF-8`.
fn known_language(tag: &str) -> Result<String, String> {
    let primary = tag.split(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase();
    if matches!(primary.as_str(), "zh" | "en") { Ok(tag.to_owned()) } else { Err("expected zh or en".to_owned()) }
}

/// The language that was asked for, or else that of the terminal.
fn language(asked: Option<&str>) -> Language {
    let system = || std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).ok().filter(|tag| !tag.is_empty());
    let tag = asked.map(str::to_owned).or_else(system).or_else(sys_locale::get_locale);
    tag.map_or(Language::En, |tag| Language::from_tag(&tag))
}

fn report(failed: &Failed, language: Language) -> ExitCode {
    match failed {
        Failed::Input(faults) => {
            for fault in &faults.0 {
                tell(fault.line(language));
            }
            ExitCode::from(1)
        }
        Failed::Usage(message) => {
            tell(format_args!("citygauge: {message}"));
            ExitCode::from(2)
        }
        Failed::Other(message) => {
            tell(format_args!("citygauge: {message}"));
            ExitCode::from(3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_before_the_rest_is_read_and_a_third_one_is_refused() {
        let found = |words: &[&str]| asked(words.iter().map(|word| (*word).into()));
        assert_eq!(found(&["assess", "--lang", "zh"]).as_deref(), Some("zh"));
        assert_eq!(found(&["--lang=en", "assess"]).as_deref(), Some("en"));
        assert_eq!(found(&["assess", "--", "--lang", "zh"]), None);
        for words in [["citygauge", "--lang", "fr", "openapi"], ["citygauge", "--lang", "", "openapi"]] {
            assert_eq!(Cli::try_parse_from(words).expect_err("refused").exit_code(), 2);
        }
        assert!(Cli::try_parse_from(["citygauge", "--lang", "zh_CN.UTF-8", "openapi"]).is_ok());
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_language_that_is_asked_for_wins() {
        assert_eq!(language(Some("zh")), Language::Zh);
        assert_eq!(language(Some("en_GB.UTF-8")), Language::En);
    }
}
