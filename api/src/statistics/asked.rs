//! What may be asked of the statistics of an assessment, by a query or a command line.

use std::fmt;
use std::str::FromStr;

use citygauge_assessment::statistics::{Between, CorrelationKind, Correlations, Members, Of, Reason, Screening};
use citygauge_indicators::{Fault, Faults};
use clap::ValueEnum;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// The kinds of statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum What {
    /// Each leaf by itself: availability, location, shape, outliers, whether it tells cities apart.
    #[default]
    Indicators,
    /// Correlations of nodes, with what is redundant or opposing inside a node.
    Correlations,
    /// Cronbach's alpha of nodes.
    Consistency,
    /// Principal components of nodes.
    Components,
    /// The data that each city has below each node.
    Availability,
    /// Which cities have enough data.
    Screening,
    /// Weights against what they do.
    Balance,
    /// The strengths and weaknesses of a city by rank.
    Standings,
}

impl What {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::Correlations => "correlations",
            Self::Consistency => "consistency",
            Self::Components => "components",
            Self::Availability => "availability",
            Self::Screening => "screening",
            Self::Balance => "balance",
            Self::Standings => "standings",
        }
    }

    /// The parameters that say something to this kind.
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Indicators => &["node"],
            Self::Correlations => &["node", "kind", "of", "within", "redundant", "opposing"],
            Self::Consistency | Self::Components => &["node", "of", "members"],
            Self::Availability => &["node", "city"],
            Self::Screening => &["least", "least_nonzero", "by", "keep", "drop"],
            Self::Balance => &["node", "kind"],
            Self::Standings => &["city", "of", "most"],
        }
    }
}

/// A kind of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pearson's product-moment correlation.
    Pearson,
    /// Spearman's rank correlation.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
}

impl From<Kind> for CorrelationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Pearson => Self::Pearson,
            Kind::Spearman => Self::Spearman,
            Kind::Kendall => Self::Kendall,
        }
    }
}

/// Which numbers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Numbers {
    /// Scores.
    Score,
    /// Raw values of leaves, as they were reported.
    Value,
    /// Raw values of leaves after imputation and treatment.
    Prepared,
}

impl From<Numbers> for Of {
    fn from(numbers: Numbers) -> Self {
        match numbers {
            Numbers::Score => Self::Score,
            Numbers::Value => Self::Value,
            Numbers::Prepared => Self::Prepared,
        }
    }
}

/// What keeps a city out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Missing data.
    Missing,
    /// Zeros.
    Zeros,
    /// Either.
    Both,
}

impl From<By> for Reason {
    fn from(by: By) -> Self {
        match by {
            By::Missing => Self::Missing,
            By::Zeros => Self::Zeros,
            By::Both => Self::Both,
        }
    }
}

/// Which nodes are compared: `node`, `leaves`, `depth:N` or `depth:N:M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Within(pub Between);

impl FromStr for Within {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected node, leaves, depth:N or depth:N:M".to_owned();
        let depth = |text: &str| text.parse::<u32>().map_err(|_| expected());
        Ok(Self(match text {
            "node" => Between::Sisters,
            "leaves" => Between::Leaves,
            _ => {
                let depths = text.strip_prefix("depth:").ok_or_else(expected)?;
                match depths.split_once(':') {
                    Some((one, other)) => Between::Depths(depth(one)?, depth(other)?),
                    None => Between::Depth(depth(depths)?),
                }
            }
        }))
    }
}

/// Which nodes below a node are its members: `children`, `leaves` or `depth:N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Below(pub Members);

impl FromStr for Below {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let depth = |text: &str| text.strip_prefix("depth:").and_then(|depth| depth.parse().ok());
        match text {
            "children" => Ok(Self(Members::Children)),
            "leaves" => Ok(Self(Members::Leaves)),
            _ => depth(text).map(|depth| Self(Members::Depth(depth))).ok_or("expected children, leaves or depth:N".into()),
        }
    }
}

/// Reads a parameter by its own words.
pub fn word<'de, T: FromStr<Err = E>, E: fmt::Display, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

/// A request for statistics. What is not given has the default that the engine names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// The kind.
    pub what: What,
    /// Only those of this node.
    pub node: Option<String>,
    /// Only those of this city; standings need one.
    pub city: Option<String>,
    /// The kind of correlation.
    pub kind: Option<Kind>,
    /// Scores or raw values.
    pub of: Option<Numbers>,
    /// Which nodes are correlated.
    pub within: Option<Within>,
    /// Which nodes below a node are its members.
    pub members: Option<Below>,
    /// Above this, sisters are redundant.
    pub redundant: Option<f64>,
    /// Below this, sisters oppose each other.
    pub opposing: Option<f64>,
    /// The least share of data of a city.
    pub least: Option<f64>,
    /// The least share of its data that are not zero.
    pub least_nonzero: Option<f64>,
    /// What keeps a city out.
    pub by: Option<By>,
    /// Cities that stay whatever they have.
    pub keep: Vec<String>,
    /// Cities that go whatever they have.
    pub drop: Vec<String>,
    /// How many strengths and weaknesses.
    pub most: Option<u32>,
}

impl Asked {
    /// Every parameter that says nothing to the kind, is out of its range, or is wanting.
    ///
    /// # Errors
    /// All of them at once.
    pub fn check(&self) -> Result<(), Faults> {
        let given = [
            ("node", self.node.is_some()),
            ("city", self.city.is_some()),
            ("kind", self.kind.is_some()),
            ("of", self.of.is_some()),
            ("within", self.within.is_some()),
            ("members", self.members.is_some()),
            ("redundant", self.redundant.is_some()),
            ("opposing", self.opposing.is_some()),
            ("least", self.least.is_some()),
            ("least_nonzero", self.least_nonzero.is_some()),
            ("by", self.by.is_some()),
            ("keep", !self.keep.is_empty()),
            ("drop", !self.drop.is_empty()),
            ("most", self.most.is_some()),
        ];
        let (what, known) = (self.what.word(), self.what.parameters());
        let mut faults = Faults::default();
        for (name, _) in given.into_iter().filter(|(name, given)| *given && !known.contains(name)) {
            let (zh, en) = (format!("{name} 不用于 {what}"), format!("{name} says nothing to {what}"));
            let listed = known.join(", ");
            let hint = (format!("{what} 的参数：{listed}"), format!("the parameters of {what}: {listed}"));
            faults.push(Fault::error("statistics.parameter", zh, en).column(name).hint(hint.0, hint.1));
        }
        for (name, limit) in [("redundant", self.redundant), ("opposing", self.opposing)] {
            if let Some(limit) = limit.filter(|limit| !(-1.0..=1.0).contains(limit)) {
                let fault = Fault::error("statistics.limit", "相关系数在 -1 与 1 之间", "a correlation lies between -1 and 1");
                faults.push(fault.column(name).value(limit.to_string()).expected("-1..1"));
            }
        }
        if self.what == What::Standings && self.city.is_none() {
            let fault = Fault::error("statistics.city", "请给出城市", "standings are those of a city");
            faults.push(fault.column("city").hint("用 city 给出城市代码", "name its code with city"));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    pub(super) fn correlations(&self) -> Correlations {
        let default = Correlations::default();
        Correlations {
            kind: self.kind.map_or(default.kind, Into::into),
            of: self.of.map_or(default.of, Into::into),
            between: self.within.map_or(default.between, |within| within.0),
            redundant: self.redundant.unwrap_or(default.redundant),
            opposing: self.opposing.unwrap_or(default.opposing),
        }
    }

    pub(super) fn screening(&self) -> Screening {
        let default = Screening::default();
        Screening {
            least: self.least.unwrap_or(default.least),
            least_nonzero: self.least_nonzero.unwrap_or(default.least_nonzero),
            by: self.by.map_or(default.by, Into::into),
            keep: self.keep.clone(),
            drop: self.drop.clone(),
        }
    }
}
