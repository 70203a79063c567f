//! Who sees what of the results of a round. Every operation that gives out results of an assessment asks here.

use citygauge_indicators::{IndicatorSet, NodeIndex, Text};
use citygauge_openapi::{Code, ScoreRow};

use super::pseudonyms::Pseudonyms;
use crate::auth::{self, Caller, Reader, Right};
use crate::error::Failure;
use crate::state::State;
use crate::store::StoreError;
use crate::store::assessments::{self, Assessment};
use crate::store::rounds::{self, Round, Visibility};

/// An operation that gives out results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it; the table below is the documentation")]
pub enum Operation {
    RoundRanking,
    Ranking,
    Scores,
    Structure,
    ScoreCard,
    Explanation,
    Diff,
    Trends,
    Statistics,
    Weights,
    Uncertainty,
    Bundle,
    Series,
    Comparison,
    Distribution,
    Movers,
}

/// What somebody sees of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The results of every city.
    All,
    /// The results of the own cities, and those of the others under pseudonyms.
    Anonymised,
    /// The results of the own cities.
    Own,
    /// Nothing.
    Nothing,
}

/// What a key that is limited to cities sees of the results of a round that are private, for its participants, or public; and what
/// anybody sees without a key of those that are public. What is private, is not public yet or belongs to no round is all seen as
/// private; keys that are not limited to cities (`Right::ReadScores`) see everything.
pub const TABLE: [(Operation, [Part; 4]); 16] = {
    use Operation as Op;
    use Part::{All, Anonymised, Nothing, Own};
    [
        (Op::RoundRanking, [Own, Anonymised, All, All]),
        (Op::Ranking, [Nothing, Anonymised, All, All]),
        (Op::Scores, [Nothing, Anonymised, All, All]),
        (Op::Structure, [Nothing, Anonymised, All, All]),
        (Op::ScoreCard, [Own, Own, All, All]),
        (Op::Explanation, [Own, Own, Own, Nothing]),
        (Op::Diff, [Own, Own, Own, Nothing]),
        (Op::Trends, [Own, Own, Own, Nothing]),
        (Op::Statistics, [Nothing, Nothing, Nothing, Nothing]),
        (Op::Weights, [Nothing, Nothing, Nothing, Nothing]),
        (Op::Uncertainty, [Nothing, Nothing, Nothing, Nothing]),
        (Op::Bundle, [Nothing, Nothing, Nothing, Nothing]),
        (Op::Series, [Own, Anonymised, All, Nothing]),
        (Op::Comparison, [Own, Anonymised, All, Nothing]),
        (Op::Distribution, [Nothing, Anonymised, All, Nothing]),
        (Op::Movers, [Nothing, Anonymised, All, Nothing]),
    ]
};

/// What a reader sees of the results of one assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The results of every city.
    All,
    /// The results of these cities.
    Own(Vec<String>),
    /// The results of these cities, and those of the others under pseudonyms.
    Anonymised {
        /// The own cities.
        own: Vec<String>,
        /// The names of the others.
        pseudonyms: Pseudonyms,
        /// The code of the round, within which pseudonyms mean the same.
        round: String,
    },
}

/// The name under which a city is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its code, or its pseudonym.
    pub code: String,
    /// Whether it is a pseudonym.
    pub is_pseudonym: bool,
}

/// An assessment, and what a reader sees of its results by an operation.
pub async fn open(state: &State, reader: &Reader, id: &str, operation: Operation) -> Result<(Assessment, Sight), Failure> {
    let stored = match (assessments::find(state.db(), id).await, reader) {
        // Whoever has no key is not told what there is.
        (Err(StoreError::Absent { .. }), Reader::Anybody) => return Err(auth::keyless()),
        // Nor is whoever sees no results but public ones.
        (Err(StoreError::Absent { .. }), Reader::Key(caller)) if !caller.may(Right::ReadScoreCards) => {
            return Err(refused(caller));
        }
        (found, _) => found?,
    };
    let sight = of(state, reader, &stored, operation).await?;
    Ok((stored, sight))
}

/// As [`open`], what is seen alone: nothing is looked up for whoever sees everything.
pub async fn seen(state: &State, reader: &Reader, id: &str, operation: Operation) -> Result<Sight, Failure> {
    match reader {
        Reader::Key(caller) if caller.may(Right::ReadScores) => Ok(Sight::All),
        _ => Ok(open(state, reader, id, operation).await?.1),
    }
}

/// What a reader sees of the results of an assessment by an operation.
pub async fn of(state: &State, reader: &Reader, stored: &Assessment, operation: Operation) -> Result<Sight, Failure> {
    let round = match &stored.request.round {
        // Whoever sees everything does so whatever the round says.
        _ if matches!(reader, Reader::Key(caller) if caller.may(Right::ReadScores)) => None,
        Some(of) => Some(rounds::find(state.db(), &of.code).await?),
        None => None,
    };
    sight(reader, round.as_ref(), operation, state.now_ms())
}

/// What a reader sees of the results of a round by an operation, or why nothing.
pub fn sight(reader: &Reader, round: Option<&Round>, operation: Operation, now_ms: i64) -> Result<Sight, Failure> {
    let caller = match reader {
        Reader::Key(caller) if caller.may(Right::ReadScores) => return Ok(Sight::All),
        Reader::Key(caller) => Some(caller),
        Reader::Anybody => None,
    };
    let part = part(operation, round, caller.is_some(), now_ms);
    let Some(caller) = caller else {
        return if part == Part::All { Ok(Sight::All) } else { Err(auth::keyless()) };
    };
    let own = caller.cities().unwrap_or_default().to_vec();
    match part {
        Part::All => Ok(Sight::All),
        Part::Nothing => Err(refused(caller)),
        Part::Own => caller.require(Right::ReadScoreCards).map(|()| Sight::Own(own)),
        Part::Anonymised => {
            caller.require(Right::ReadScoreCards)?;
            let round = round.ok_or_else(|| Failure::internal("only a round has participants"))?;
            if !own.iter().any(|city| round.cities.contains(city)) {
                return Err(refused(caller));
            }
            let pseudonyms = Pseudonyms::new(round.pseudonyms.clone().unwrap_or_default());
            Ok(Sight::Anonymised { own, pseudonyms, round: round.profile.code.clone() })
        }
    }
}

/// The cell of the table.
fn part(operation: Operation, round: Option<&Round>, has_key: bool, now_ms: i64) -> Part {
    let cells = TABLE.iter().find(|(known, _)| *known == operation).map_or([Part::Nothing; 4], |(_, cells)| *cells);
    let visibility = round.map_or(Visibility::Private, |round| round.profile.visibility);
    let is_public = round.and_then(|round| round.profile.public_from_ms).is_some_and(|from| from <= now_ms);
    match (visibility, has_key) {
        (Visibility::Public, true) if is_public => cells[2],
        (Visibility::Public, false) if is_public => cells[3],
        (_, false) => Part::Nothing,
        (Visibility::Participants, true) => cells[1],
        (Visibility::Private | Visibility::Public, true) => cells[0],
    }
}

fn refused(caller: &Caller) -> Failure {
    let role = caller.role();
    Failure::Forbidden(Text::both(
        format!("角色 {role} 的此密钥不能查看这些结果"),
        format!("this key of the role {role} does not see these results"),
    ))
}

impl Sight {
    /// Whether the results of every city are seen under their names.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// The round within which pseudonyms mean the same.
    pub fn round(&self) -> Option<&str> {
        match self {
            Self::Anonymised { round, .. } => Some(round),
            _ => None,
        }
    }

    /// The city behind a name that is seen.
    pub fn real<'n>(&'n self, seen: &'n str) -> Option<&'n str> {
        match self {
            Self::All => Some(seen),
            Self::Own(own) | Self::Anonymised { own, .. } if own.iter().any(|known| known == seen) => Some(seen),
            Self::Own(_) => None,
            Self::Anonymised { pseudonyms, .. } => pseudonyms.city(seen),
        }
    }

    /// Refuses a city whose results are not seen under its name.
    pub fn require_city(&self, city: &str) -> Result<(), Failure> {
        match self {
            Self::All => Ok(()),
            Self::Own(own) | Self::Anonymised { own, .. } if own.iter().any(|known| known == city) => Ok(()),
            _ => Err(Failure::Forbidden(Text::both(
                format!("此密钥不含城市“{city}”"),
                format!("the key does not include the city '{city}'"),
            ))),
        }
    }

    /// Under which name a city is seen on a node, if at all.
    ///
    /// Of other cities, a node with fewer than two indicators is not shown to participants: its score tells the value of the indicator,
    /// and whoever finds that in a yearbook has the name.
    pub fn city(&self, city: &str, (set, node): (&IndicatorSet, NodeIndex)) -> Option<Seen> {
        let named = || Some(Seen { code: city.to_owned(), is_pseudonym: false });
        match self {
            Self::All => named(),
            Self::Own(own) | Self::Anonymised { own, .. } if own.iter().any(|known| known == city) => named(),
            Self::Own(_) => None,
            Self::Anonymised { .. } if !has_two_leaves(set, node) => None,
            Self::Anonymised { pseudonyms, .. } => Some(Seen { code: pseudonyms.of(city)?, is_pseudonym: true }),
        }
    }

    /// A row of results as it is seen. Of a pseudonym score, mark, points, rank and level are shown, and nothing that tells which data it
    /// has.
    pub fn row(&self, row: ScoreRow, (set, node): (&IndicatorSet, NodeIndex)) -> Option<ScoreRow> {
        let seen = self.city(row.city.as_str(), (set, node))?;
        let city = Code::trusted(seen.code);
        Some(match seen.is_pseudonym {
            false => ScoreRow { city, ..row },
            true => ScoreRow { city, value: None, coverage: None, low: None, high: None, imputed: false, ..row },
        })
    }

    /// What tells this sight from others of the same assessment, for tags of answers.
    pub fn tag(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Own(own) => format!("own {own:?}"),
            Self::Anonymised { own, .. } => format!("anonymised {own:?}"),
        }
    }
}

/// Whether a node rests on two indicators or more.
fn has_two_leaves(set: &IndicatorSet, node: NodeIndex) -> bool {
    let node = &set.nodes()[node];
    match node.children.as_slice() {
        [] => false,
        [only] => has_two_leaves(set, *only),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
