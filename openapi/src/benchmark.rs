//! Benchmarks: the same evaluation year by year, as series, distributions, movements and comparisons.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Cursor, Id, Line, Moment, Note, PeriodCode, SetRef};

/// A benchmark as it is written; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkProfile {
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The editions in the order of time, one per period.
    #[schema(min_items = 1, max_items = 100)]
    pub editions: Vec<BenchmarkEdition>,
    /// What people say of nodes whose definition changed; nodes of which nobody says anything are the same where nothing that
    /// makes their score changed, and broken otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 100)]
    pub crosswalks: Vec<BenchmarkCrosswalk>,
}

/// One edition: what was published for a period. It names an assessment, or a round whose newest publication it takes then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkEdition {
    /// The period.
    pub period: PeriodCode,
    /// The assessment whose results it shows; with a round that of its newest publication with results, unless given. Always there in
    /// answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Id>,
    /// The round in which it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Code>,
    /// The class of the round, where it has classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Code>,
    /// An assessment of the period of the edition before by the set of this one: the overlap that joins the series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Id>,
}

/// What is said of the nodes of two set versions that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkCrosswalk {
    /// The earlier version.
    pub from: SetRef,
    /// The later version.
    pub to: SetRef,
    /// The nodes of which something is said.
    #[schema(min_items = 1, max_items = 10000)]
    pub nodes: Vec<BenchmarkCrossing>,
}

/// What is said of a node of the later version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkCrossing {
    /// The node of the earlier version; the one with the same code unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Code>,
    /// The node of the later version.
    pub to: Code,
    /// How both are to each other.
    pub relation: BenchmarkRelation,
    /// Why; needed unless they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// How a node of one version is to one of the version before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BenchmarkRelation {
    /// It measures the same: the series goes on.
    Same,
    /// It measures nearly the same: the series goes on, with a note.
    Similar,
    /// It measures something else: the series breaks.
    Broken,
}

impl BenchmarkRelation {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Similar => "similar",
            Self::Broken => "broken",
        }
    }
}

/// A benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Benchmark {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The editions in the order of time.
    pub editions: Vec<BenchmarkEdition>,
    /// What people say of nodes whose definition changed.
    pub crosswalks: Vec<BenchmarkCrosswalk>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of benchmarks, by code.
    BenchmarkPage, Benchmark
);

/// The series of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkSeries {
    /// The benchmark.
    pub benchmark: Code,
    /// The node, as the latest edition names it.
    pub node: Code,
    /// How earlier values were moved where the set changed; absent where nothing was bridged.
    #[serde(default)]
    pub bridge: Option<BenchmarkBridge>,
    /// The peer group whose median the series shows; absent where it shows cities.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// A row per city and edition: cities by code, editions in the order of time.
    pub items: Vec<BenchmarkPoint>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// How earlier values are moved over a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BenchmarkBridge {
    /// By what the later set gives more in the overlap.
    Difference,
    /// By the factor between both in the overlap.
    Ratio,
}

/// One node of one city, or of a peer group, in one edition; what there is none of is `null`, and `note` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkPoint {
    /// The code of the city, or its pseudonym in the round of the edition; absent in the series of a peer group.
    #[serde(default)]
    pub city: Option<Code>,
    /// The period of the edition.
    pub period: PeriodCode,
    /// The assessment.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The node, as that version names it; absent where it has none.
    #[serde(default)]
    pub node: Option<Code>,
    /// How the node is to that of the edition before; absent in the first edition, and where either has none.
    #[serde(default)]
    pub relation: Option<BenchmarkRelation>,
    /// Whether the series breaks before this edition: the node is another one, or was not there.
    pub is_break: bool,
    /// The published score; of a peer group, the median of its cities' scores.
    #[serde(default)]
    pub score: Option<f64>,
    /// The score, moved to where the latest edition's set would have had it.
    #[serde(default)]
    pub bridged: Option<f64>,
    /// The rank in the cohort.
    #[serde(default)]
    pub rank: Option<u64>,
    /// How many cities have a rank; of a peer group, how many of its cities have a score.
    pub ranked: u64,
    /// The level.
    #[serde(default)]
    pub level: Option<Code>,
    /// The coverage, 0 to 1; of a peer group, the median of its cities'.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// The greatest score of all cities of the edition; of a peer group, of its cities.
    #[serde(default)]
    pub best: Option<f64>,
    /// The best rank that the city may have: the 5th percentile over the replications of the uncertainty analysis. Of TOTAL only.
    #[serde(default)]
    pub rank_low: Option<f64>,
    /// The worst rank that it may have: the 95th percentile.
    #[serde(default)]
    pub rank_high: Option<f64>,
    /// The number of the uncertainty analysis of the assessment that says so: its latest one of the period that has succeeded.
    #[serde(default)]
    pub uncertainty: Option<u64>,
    /// What a reader must know: why it is similar or broken, or why something is missing.
    #[serde(default)]
    pub note: Option<String>,
}

/// How the nodes of the editions are to each other where the set changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkBreaks {
    /// The benchmark.
    pub benchmark: Code,
    /// A row per edition whose set is not that of the one before, and per node of either.
    pub items: Vec<BenchmarkBreak>,
}

/// How a node is to that of the edition before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkBreak {
    /// The first period with the later version.
    pub period: PeriodCode,
    /// The earlier version.
    pub from_set: SetRef,
    /// The later version.
    pub to_set: SetRef,
    /// The node of the earlier version; absent where it is new.
    #[serde(default)]
    pub from: Option<Code>,
    /// The node of the later version; absent where it was dropped.
    #[serde(default)]
    pub to: Option<Code>,
    /// What it is called.
    pub title: Text,
    /// How both are to each other; absent where only one of them is there.
    #[serde(default)]
    pub relation: Option<BenchmarkRelation>,
    /// Whether somebody said so; otherwise it follows from the sets.
    pub is_stated: bool,
    /// What was said.
    #[serde(default)]
    pub note: Option<String>,
    /// What changed of that which makes the score.
    pub differences: Vec<BenchmarkDifference>,
    /// Whether an overlap joins the series here.
    pub is_bridged: bool,
}

/// A change that changes the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkDifference {
    /// The node in which it is: the node itself or one below it.
    pub node: Code,
    /// What changed: `full_mark`, `arithmetic`, `kind`, `formula`, `item`, `scoring`, `treatment`, `imputation`, `aggregation`,
    /// `weighting`, `weight`, `missing`, `min_coverage`, `rounding`, `adjustments`; `added` or `removed` is the node.
    pub part: String,
}

/// How scores are distributed, edition by edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkDistributions {
    /// The benchmark.
    pub benchmark: Code,
    /// The node, as the latest edition names it.
    pub node: Code,
    /// The peer group; absent where all cities count.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// A row per edition that has the node.
    pub items: Vec<BenchmarkDistribution>,
}

/// How the scores of an edition are distributed; what there is none of is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkDistribution {
    /// The period.
    pub period: PeriodCode,
    /// The assessment.
    pub assessment: Id,
    /// The node, as that edition names it.
    pub node: Code,
    /// Whether the series breaks before this edition.
    pub is_break: bool,
    /// How many cities have a score.
    pub count: u64,
    /// How many have none.
    pub without: u64,
    /// The least score.
    #[serde(default)]
    pub least: Option<f64>,
    /// The 25th percentile (R's type 7).
    #[serde(default)]
    pub p25: Option<f64>,
    /// The median.
    #[serde(default)]
    pub median: Option<f64>,
    /// The 75th percentile.
    #[serde(default)]
    pub p75: Option<f64>,
    /// The greatest score.
    #[serde(default)]
    pub greatest: Option<f64>,
    /// The arithmetic mean.
    #[serde(default)]
    pub mean: Option<f64>,
    /// The standard deviation of the sample (n - 1).
    #[serde(default)]
    pub sd: Option<f64>,
    /// The cities with the greatest score, by code.
    pub best: Vec<Code>,
    /// The bins of equal width from 0 to the full mark.
    pub histogram: Vec<BenchmarkBin>,
    /// How many scores lie below 0, where a rule has no limits.
    pub below: u64,
    /// How many lie above the full mark.
    pub above: u64,
}

/// A bin of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkBin {
    /// Where it begins; belongs to it.
    pub from: f64,
    /// Where it ends; belongs to the next bin, or to the last one.
    pub to: f64,
    /// How many scores lie in it.
    pub count: u64,
}

/// Who moved between two editions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkMovers {
    /// The benchmark.
    pub benchmark: Code,
    /// The node, as the later edition names it.
    pub node: Code,
    /// The earlier period.
    pub from: PeriodCode,
    /// The later period.
    pub to: PeriodCode,
    /// Whether the series breaks between them: ranks may be compared, scores only where they are bridged.
    pub is_break: bool,
    /// How earlier scores were moved where the set changed; absent where nothing was bridged.
    #[serde(default)]
    pub bridge: Option<BenchmarkBridge>,
    /// Who rose most places first, then who gained more; those without a rank in one of the editions last.
    pub items: Vec<BenchmarkMove>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// How a city moved; what there is none of is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkMove {
    /// The code of the city, or its pseudonym.
    pub city: Code,
    /// The earlier score, as published.
    #[serde(default)]
    pub score_before: Option<f64>,
    /// The later score.
    #[serde(default)]
    pub score_after: Option<f64>,
    /// The later less the earlier score; across a break less the bridged one, and `null` without a bridge.
    #[serde(default)]
    pub score_change: Option<f64>,
    /// The earlier rank.
    #[serde(default)]
    pub rank_before: Option<u64>,
    /// The later rank.
    #[serde(default)]
    pub rank_after: Option<u64>,
    /// The places that it rose; negative where it fell.
    #[serde(default)]
    pub rank_change: Option<i64>,
    /// Whether the rank intervals of both editions lie apart; where they overlap, the move cannot be told from chance. Absent where one
    /// of them has no uncertainty analysis, and of other nodes than TOTAL.
    #[serde(default)]
    pub is_distinct: Option<bool>,
}

/// Cities side by side in one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkComparison {
    /// The benchmark.
    pub benchmark: Code,
    /// The period.
    pub period: PeriodCode,
    /// The assessment.
    pub assessment: Id,
    /// The peer group of the median and the best; absent where they are of all cities.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// The number of the uncertainty analysis that the rank intervals are from; absent where the assessment has none of the period.
    #[serde(default)]
    pub uncertainty: Option<u64>,
    /// The cities, in the order of the request.
    pub cities: Vec<Code>,
    /// A row per node, in the order of the set.
    pub items: Vec<BenchmarkCompared>,
}

/// A node of the cities that are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkCompared {
    /// The code of the node.
    pub node: Code,
    /// Its parent; absent for TOTAL.
    #[serde(default)]
    pub parent: Option<Code>,
    /// What it is called.
    pub title: Text,
    /// The cities, in the order of the request.
    pub cities: Vec<BenchmarkComparedCity>,
    /// The median of all cities of the edition, or of the peer group.
    #[serde(default)]
    pub median: Option<f64>,
    /// The greatest score of all cities of the edition, or of the peer group.
    #[serde(default)]
    pub best: Option<f64>,
}

/// One city's result; what there is none of is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BenchmarkComparedCity {
    /// The code of the city, or its pseudonym.
    pub city: Code,
    /// The score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The rank.
    #[serde(default)]
    pub rank: Option<u64>,
    /// The best rank that it may have: the 5th percentile over the replications of the uncertainty analysis. Of TOTAL only.
    #[serde(default)]
    pub rank_low: Option<f64>,
    /// The worst rank that it may have: the 95th percentile.
    #[serde(default)]
    pub rank_high: Option<f64>,
    /// The level.
    #[serde(default)]
    pub level: Option<Code>,
    /// The coverage, 0 to 1.
    #[serde(default)]
    pub coverage: Option<f64>,
}
