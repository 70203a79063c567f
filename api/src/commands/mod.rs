//! The commands, one file each.
//!
//! Exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 anything else. To add a command: a file with
//! its arguments and its `run`, and its lines in `Command` and `Command::run`.

mod assess;
mod demo;
mod gaps;
mod import;
mod keys;
mod migrate;
pub(crate) mod offline;
mod openapi;
mod output;
mod remote;
mod serve;
mod sets;
mod settings;
pub(crate) mod shown;

use std::process::ExitCode;

use citygauge_indicators::{Faults, Language};
use clap::{Parser, Subcommand};

use output::tell;
pub use settings::{ServeSettings, Settings};

/// Smart-city maturity assessment: city data in; scores, levels and gaps out.
#[derive(Debug, Parser)]
#[command(name = "citygauge", version, max_term_width = 100)]
struct Cli {
    /// The language of messages: zh or en. By default the language of the terminal.
    #[arg(long, global = true, value_name = "LANG", env = "CITYGAUGE_LANG")]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(Box<demo::Demo>),
    Assess(Box<assess::Assess>),
    Gaps(Box<gaps::Gaps>),
    #[command(subcommand)]
    Sets(sets::Sets),
    Import(Box<import::Import>),
    /// Run the service.
    Serve(serve::Serve),
    /// Issue, list and revoke keys, with access to the service's database.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Bring the database up to date, or show how far it is.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
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
            Self::Sets(sets) => sets.run(language),
            Self::Import(import) => import.run(language).await,
            Self::Demo(demo) => demo.run(language).await,
            Self::Serve(serve) => serve.run(language).await,
            Self::Keys(keys) => keys.run(language).await,
            Self::Migrate(migrate) => migrate.run(language).await,
            Self::Openapi(openapi) => openapi.run(),
        }
    }
}

/// Reads the command line, does what it says, and gives the exit status.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let language = language(cli.lang.as_deref());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failed::other(error), language),
    };
    match runtime.block_on(cli.command.run(language)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => report(&failed, language),
    }
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
    use clap::CommandFactory;

    use super::*;

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
