//! `citygauge rounds`: the rounds of a service, and how far they are.

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Code, Completeness, Note, Round, RoundPage, RoundPublication, RoundState, path_segment};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::json;

use super::output::say;
use super::{Failed, remote};

/// List, show, open, close and publish the rounds of a service.
#[derive(Debug, Subcommand)]
pub(super) enum Rounds {
    /// List the rounds.
    List(remote::Service),
    /// Show a round, and how complete each city is at this moment.
    Show(One),
    /// Open a round: its cities and departments get their submissions.
    Open(One),
    /// Close a round: nothing more is submitted.
    Close(One),
    /// Publish a round: freeze, assess, and show the results to the cities.
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The code of the round.
    #[arg(value_name = "ROUND")]
    round: Code,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    #[command(flatten)]
    one: One,
    /// Publish although not every submission is verified; --comment says why.
    #[arg(long, requires = "comment")]
    incomplete: bool,
    /// What is to be remembered of it.
    #[arg(long, value_name = "TEXT")]
    comment: Option<Note>,
}

impl Rounds {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service.client(language)?, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Open(one) => one.step("open", &json!({}), language).await,
            Self::Close(one) => one.step("close", &json!({}), language).await,
            Self::Publish(Publish { one, incomplete, comment }) => {
                one.step("publish", &RoundPublication { incomplete, comment }, language).await
            }
        }
    }
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/rounds/{}", path_segment(self.round.as_str()))
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let round: Round = client.get(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        say(line(&round, language))?;
        if round.state == RoundState::Draft {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["城市", "已填报", "缺失", "不适用", "退审", "空白", "完成率"],
            Language::En => ["city", "reported", "missing", "not applicable", "rejected", "blank", "complete"],
        });
        let mut cursor = String::new();
        loop {
            let page: Completeness = client
                .get(&format!("{}/completeness?limit=1000{cursor}", self.path()))
                .await
                .map_err(|error| remote::refused(error, language))?;
            for row in page.items {
                let counts = [row.reported, row.missing, row.not_applicable, row.rejected, row.blank].map(|n| n.to_string());
                let share = format!("{:.1} %", row.share * 100.0);
                table.add_row([row.key].into_iter().chain(counts).chain([share]));
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return say(table),
            }
        }
    }

    async fn step(&self, action: &str, body: &impl serde::Serialize, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let path = self.path();
        let done = client.post_as_seen::<Round>(&path, &format!("{path}/{action}"), body).await;
        let round = done.map_err(|error| remote::refused(error, language))?;
        say(line(&round, language))
    }
}

async fn list(client: &Client, language: Language) -> Result<(), Failed> {
    let mut cursor = String::new();
    loop {
        let page: RoundPage = client
            .get(&format!("{API_ROOT}/rounds?limit=1000{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for round in &page.items {
            say(line(round, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

/// A round in a line: code, state, set, periods, title, and its assessment.
fn line(round: &Round, language: Language) -> String {
    let state = match (round.state, language) {
        (RoundState::Draft, Language::Zh) => "草稿",
        (RoundState::Open, Language::Zh) => "填报中",
        (RoundState::Closed, Language::Zh) => "已截止",
        (RoundState::Published, Language::Zh) => "已发布",
        (RoundState::Draft, Language::En) => "draft",
        (RoundState::Open, Language::En) => "open",
        (RoundState::Closed, Language::En) => "closed",
        (RoundState::Published, Language::En) => "published",
    };
    let titles = match language {
        Language::Zh => [&round.title_zh, &round.title_en],
        Language::En => [&round.title_en, &round.title_zh],
    };
    let title = titles.into_iter().flatten().next().map(ToString::to_string).unwrap_or_default();
    let periods: Vec<String> = round.periods.iter().map(ToString::to_string).collect();
    let set = format!("{}@{}", round.set.code, round.set.version);
    let assessment = round.assessment.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    format!("{}  {state}  {set}  {}  {title}{assessment}", round.code, periods.join(","))
}
