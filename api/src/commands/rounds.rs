//! `citygauge rounds`: the rounds of a service, how far they are, and their rankings.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Code, Completeness, Line, Note, PeriodCode, Round, RoundPage, RoundPublication, RoundRanking, RoundState, SetRef,
    path_segment,
};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::json;

use super::output::{say, write_file};
use super::{Failed, remote};

/// List, show, open, close, publish and rank the rounds of a service.
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
    /// Show the ranking of a published round, class by class, or over its classes.
    Ranking(Ranking),
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

#[derive(Debug, Args)]
pub(super) struct Ranking {
    #[command(flatten)]
    one: One,
    /// The node; TOTAL unless given.
    #[arg(long, value_name = "NODE")]
    node: Option<Code>,
    /// The period; the latest unless given.
    #[arg(long, value_name = "PERIOD")]
    period: Option<PeriodCode>,
    /// Only the cities of this class.
    #[arg(long, value_name = "CLASS", conflicts_with = "across_classes")]
    class: Option<Code>,
    /// Rank the classes together, although scores of different sets are not the same measure.
    #[arg(long)]
    across_classes: bool,
    /// The number of a publication, from 1; the latest with results unless given.
    #[arg(long, value_name = "NUMBER")]
    publication: Option<u64>,
    /// The file to write, .csv or .xlsx; by default a table on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
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
            Self::Ranking(ranking) => ranking.run(language).await,
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
        for class in &round.classes {
            let title = titled(&class.title_zh, &class.title_en, language);
            let cities = class.cities.as_ref().map(|cities| format!("  {}", cities.len())).unwrap_or_default();
            let assessment = class.assessment.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
            say(format!("  {}  {}  {title}{cities}{assessment}", class.code, version(&class.set)))?;
        }
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

impl Ranking {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let text = |name: &'static str, value: Option<String>| value.map(|value| (name, value));
        let query: Vec<(&str, String)> = [
            text("node", self.node.map(String::from)),
            text("period", self.period.map(String::from)),
            text("class", self.class.map(String::from)),
            text("across_classes", self.across_classes.then(|| "true".to_owned())),
            text("publication", self.publication.map(|number| number.to_string())),
        ]
        .into_iter()
        .flatten()
        .collect();
        let query = serde_urlencoded::to_string(query).map_err(Failed::other)?;
        let path = format!("{}/ranking?{query}", self.one.path());
        let Some(file) = self.out else { return table(&client, &path, language).await };
        let is_workbook = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
        let bytes = client.bytes(&format!("{path}&format={}", if is_workbook { "xlsx" } else { "csv" })).await;
        write_file(&file, &bytes.map_err(|error| remote::refused(error, language))?)
    }
}

/// Prints a ranking, page by page, and what a reader of it must know.
async fn table(client: &Client, path: &str, language: Language) -> Result<(), Failed> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(match language {
        Language::Zh => ["类别", "名次", "城市", "名称", "得分", "等级"],
        Language::En => ["class", "rank", "city", "name", "score", "level"],
    });
    let mut cursor = String::new();
    loop {
        let page: RoundRanking =
            client.get(&format!("{path}&limit=1000{cursor}")).await.map_err(|error| remote::refused(error, language))?;
        for city in page.items {
            let code = |code: Option<Code>| code.map(String::from).unwrap_or_default();
            let rank = city.rank.map(|rank| rank.to_string()).unwrap_or_default();
            table.add_row([
                code(city.class),
                rank,
                city.city.into(),
                city.name,
                city.shown.unwrap_or_default(),
                code(city.level),
            ]);
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => {
                say(table)?;
                return page.note.map_or(Ok(()), |note| say(note.get(language)));
            }
        }
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
    let title = titled(&round.title_zh, &round.title_en, language);
    let periods: Vec<String> = round.periods.iter().map(ToString::to_string).collect();
    let classes = round.classes.iter().map(|class| format!("{}:{}", class.code, version(&class.set)));
    let sets: Vec<String> = round.set.iter().map(version).chain(classes).collect();
    let assessment = round.assessment.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    format!("{}  {state}  {}  {}  {title}{assessment}", round.code, sets.join(","), periods.join(","))
}

fn version(set: &SetRef) -> String {
    format!("{}@{}", set.code, set.version)
}

/// The title in a language, or else in the other.
fn titled(zh: &Option<Line>, en: &Option<Line>, language: Language) -> String {
    let titles = match language {
        Language::Zh => [zh, en],
        Language::En => [en, zh],
    };
    titles.into_iter().flatten().next().map(ToString::to_string).unwrap_or_default()
}
