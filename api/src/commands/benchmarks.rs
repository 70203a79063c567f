//! `citygauge benchmarks`: the benchmarks of a service, as tables.

use std::path::PathBuf;

use citygauge_indicators::{Language, parse_strict};
use citygauge_openapi::{API_ROOT, Benchmark, BenchmarkPage, BenchmarkProfile, Code, PeriodCode, path_segment};
use clap::{Args, Subcommand, ValueEnum};

use super::offline::bytes_of;
use super::output::{say, write_file};
use super::{Failed, remote};

/// List, show, make and remove the benchmarks of a service; series, breaks, distributions, movers and comparisons as CSV.
#[derive(Debug, Subcommand)]
pub(super) enum Benchmarks {
    /// List the benchmarks.
    List(remote::Service),
    /// Show a benchmark as JSON, to be changed and put again.
    Show(One),
    /// Make a benchmark from a JSON file, or change it whatever it was before.
    Put(Put),
    /// Remove a benchmark; its assessments stay.
    Remove(One),
    /// Show a node over the years: of every city, of one, or the median of a peer group.
    Series(Series),
    /// Show where the set changed, node by node.
    Breaks(Plain),
    /// Show how scores are distributed, edition by edition.
    Distribution(Distribution),
    /// Show who moved between two editions.
    Movers(Movers),
    /// Compare cities side by side.
    Compare(Compare),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The code of the benchmark.
    #[arg(value_name = "BENCHMARK")]
    benchmark: Code,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Put {
    #[command(flatten)]
    one: One,
    /// The benchmark: a JSON file, see docs/benchmarks-over-years.md.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A table of a benchmark.
#[derive(Debug, Args)]
pub(super) struct Plain {
    #[command(flatten)]
    one: One,
    /// The file to write; by default stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Series {
    #[command(flatten)]
    plain: Plain,
    /// The node, as the latest edition names it; TOTAL unless given.
    #[arg(long, value_name = "NODE")]
    node: Option<Code>,
    /// Only the series of this city.
    #[arg(long, value_name = "CITY", conflicts_with = "peer_group")]
    city: Option<Code>,
    /// The median of the cities of this peer group.
    #[arg(long, value_name = "GROUP")]
    peer_group: Option<Code>,
    /// How earlier scores are moved where the set changed.
    #[arg(long, value_name = "HOW", value_enum)]
    bridge: Option<Bridge>,
}

#[derive(Debug, Args)]
pub(super) struct Distribution {
    #[command(flatten)]
    plain: Plain,
    /// The node, as the latest edition names it; TOTAL unless given.
    #[arg(long, value_name = "NODE")]
    node: Option<Code>,
    /// Only the cities of this peer group.
    #[arg(long, value_name = "GROUP")]
    peer_group: Option<Code>,
}

#[derive(Debug, Args)]
pub(super) struct Movers {
    #[command(flatten)]
    plain: Plain,
    /// The node, as the latest edition names it; TOTAL unless given.
    #[arg(long, value_name = "NODE")]
    node: Option<Code>,
    /// The earlier edition; the one before the later unless given.
    #[arg(long, value_name = "PERIOD")]
    from: Option<PeriodCode>,
    /// The later edition; the latest unless given.
    #[arg(long, value_name = "PERIOD")]
    to: Option<PeriodCode>,
    /// How earlier scores are moved where the set changed.
    #[arg(long, value_name = "HOW", value_enum)]
    bridge: Option<Bridge>,
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    #[command(flatten)]
    plain: Plain,
    /// A city; may be given up to twenty times.
    #[arg(long = "city", value_name = "CITY", required = true)]
    cities: Vec<Code>,
    /// The period of the edition; the latest unless given.
    #[arg(long, value_name = "PERIOD")]
    period: Option<PeriodCode>,
    /// The median and the best of this peer group, in place of all cities.
    #[arg(long, value_name = "GROUP")]
    peer_group: Option<Code>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bridge {
    /// By what the later set gives more in the overlap.
    Difference,
    /// By the factor between both in the overlap.
    Ratio,
}

impl Bridge {
    fn word(self) -> String {
        match self {
            Self::Difference => "difference",
            Self::Ratio => "ratio",
        }
        .to_owned()
    }
}

impl Benchmarks {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Put(put) => put.run(language).await,
            Self::Remove(one) => one.remove(language).await,
            Self::Breaks(plain) => plain.table("breaks", &[], language).await,
            Self::Series(Series { plain, node, city, peer_group, bridge }) => {
                let query = [text("node", node), text("city", city), text("peer_group", peer_group), bridged(bridge)];
                plain.table("series", &query, language).await
            }
            Self::Distribution(Distribution { plain, node, peer_group }) => {
                plain.table("distribution", &[text("node", node), text("peer_group", peer_group)], language).await
            }
            Self::Movers(Movers { plain, node, from, to, bridge }) => {
                let query = [text("node", node), text("from", from), text("to", to), bridged(bridge)];
                plain.table("movers", &query, language).await
            }
            Self::Compare(Compare { plain, cities, period, peer_group }) => {
                let cities: Vec<String> = cities.iter().map(ToString::to_string).collect();
                let query = [Some(("cities", cities.join(","))), text("period", period), text("peer_group", peer_group)];
                plain.table("comparison", &query, language).await
            }
        }
    }
}

/// A parameter of a query, where it is given.
type Parameter = Option<(&'static str, String)>;

fn text(name: &'static str, value: Option<impl ToString>) -> Parameter {
    value.map(|value| (name, value.to_string()))
}

fn bridged(bridge: Option<Bridge>) -> Parameter {
    bridge.map(|bridge| ("bridge", bridge.word()))
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/benchmarks/{}", path_segment(self.benchmark.as_str()))
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let found: Benchmark = client.get(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        let Benchmark { title_zh, title_en, editions, crosswalks, .. } = found;
        let profile = BenchmarkProfile { title_zh, title_en, editions, crosswalks };
        say(serde_json::to_string_pretty(&profile).map_err(Failed::other)?)
    }

    async fn remove(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        client.delete_as_seen(&self.path()).await.map_err(|error| remote::refused(error, language))
    }
}

impl Put {
    async fn run(&self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let name = self.file.display().to_string();
        let document = parse_strict(&bytes_of(&self.file)?).map_err(|faults| Failed::Input(faults.in_file(&name)))?;
        let kept: Result<Benchmark, _> = client.put_as_seen(&self.one.path(), &document).await;
        say(line(&kept.map_err(|error| remote::refused(error, language))?, language))
    }
}

impl Plain {
    /// Asks for a table as CSV and passes it on.
    async fn table(&self, table: &str, query: &[Parameter], language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let mut query: Vec<(&str, String)> = query.iter().flatten().cloned().collect();
        query.push(("format", "csv".to_owned()));
        let query = serde_urlencoded::to_string(query).map_err(Failed::other)?;
        let bytes = client.bytes(&format!("{}/{table}?{query}", self.one.path())).await;
        let bytes = bytes.map_err(|error| remote::refused(error, language))?;
        match &self.out {
            Some(file) => write_file(file, &bytes),
            None => say(String::from_utf8_lossy(&bytes).trim_end()),
        }
    }
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let page: BenchmarkPage = client
            .get(&format!("{API_ROOT}/benchmarks?limit=1000{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for benchmark in &page.items {
            say(line(benchmark, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

fn line(benchmark: &Benchmark, language: Language) -> String {
    let title = match language {
        Language::Zh => benchmark.title_zh.as_ref().or(benchmark.title_en.as_ref()),
        Language::En => benchmark.title_en.as_ref().or(benchmark.title_zh.as_ref()),
    };
    let periods: Vec<&str> = benchmark.editions.iter().map(|edition| edition.period.as_str()).collect();
    let title = title.map(ToString::to_string).unwrap_or_default();
    format!("{}  {title}  {}", benchmark.code, periods.join(" "))
}
