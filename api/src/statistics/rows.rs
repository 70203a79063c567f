//! From the statistics of the engine to the rows of an answer.

use citygauge_assessment::statistics::{
    Absence, Availability, CorrelationKind, IndicatorLimits, IndicatorStatistics, Statistics,
};
use citygauge_assessment::{Assessment, AssessmentError};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Language, Period};
use citygauge_openapi::{self as wire, Code, StatisticsTable};

use super::asked::{Asked, What};

/// The most rows of an answer.
const MOST_ROWS: usize = 1_000_000;

/// The most work for one answer: pairs of nodes times cities, times what a kind of correlation takes of each. About half a
/// minute of two cores.
const MOST_WORK: usize = 20_000_000_000;

/// Strengths and weaknesses, each, unless a number is given.
const STANDINGS: u32 = 5;

/// The rows that were asked for.
///
/// # Errors
/// What was asked for is at fault, unknown or too much, every fault at once; a defect of the engine.
pub fn rows(
    assessment: &Assessment,
    period: Period,
    asked: &Asked,
    language: Language,
) -> Result<StatisticsTable, AssessmentError> {
    let mut faults = asked.check().err().unwrap_or_default();
    let set = assessment.set();
    let node = asked.node.as_deref().map(|code| set.node_index(code).ok_or_else(|| unknown_node(code)));
    let node = node.transpose().map_err(|fault| faults.push(fault)).ok().flatten();
    let known = |city: &&str| assessment.cities_of(period).any(|code| code == *city);
    if let Some(city) = asked.city.as_deref().filter(|city| !known(city)) {
        let fault = Fault::error("statistics.unknown_city", "该时期没有此城市", "the period has no such city");
        faults.push(fault.city(city).hint("检查城市代码与时期", "check the code of the city and the period"));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let statistics = Statistics::of(assessment, period)
        .ok_or_else(|| Faults::from(citygauge_assessment::absent_period(period, &assessment.periods().collect::<Vec<_>>())))?;
    let texts = Texts { set, language };
    let below = |index: usize| node.is_none_or(|node| is_below(set, index, node));
    Ok(match asked.what {
        What::Indicators => {
            let found = statistics.indicators(&IndicatorLimits::default())?;
            StatisticsTable::Indicators {
                items: found.iter().filter(|of| below(of.node)).map(|of| texts.indicator(of)).collect(),
            }
        }
        What::Correlations => {
            let of = asked.correlations();
            let pairs = statistics.pairs(of.between);
            bounded(pairs)?;
            let work = pairs.saturating_mul(assessment.cities_of(period).count()).saturating_mul(effort(of.kind));
            if work > MOST_WORK {
                return Err(
                    too_much("pairs of nodes, times cities, times effort", "节点对数、城市数与计算量之积", MOST_WORK).into()
                );
            }
            let found = statistics.correlations(&of)?;
            let found = found.iter().filter(|of| below(of.one) && below(of.other) && node != Some(of.one));
            let items = found.map(|of| wire::StatisticsCorrelation {
                parent: of.parent.map(|parent| texts.code(parent)),
                one: texts.code(of.one),
                other: texts.code(of.other),
                cities: count(of.cities),
                correlation: of.correlation,
                p_value: of.p_value,
                relation: of.relation.map(|relation| relation.word().to_owned()),
                reason: reason(of.absence),
                note: texts.note(of.absence),
            });
            StatisticsTable::Correlations { items: items.collect() }
        }
        What::Consistency => {
            let found = statistics.consistency(asked.members.map(|below| below.0).unwrap_or_default(), of(asked), node)?;
            let items = found.iter().map(|of| wire::StatisticsConsistency {
                node: texts.code(of.node),
                title: texts.title(of.node),
                members: count(of.members),
                cities: count(of.cities),
                alpha: of.alpha,
                reason: reason(of.absence),
                note: texts.note(of.absence),
            });
            StatisticsTable::Consistency { items: items.collect() }
        }
        What::Components => {
            let found = statistics.components(asked.members.map(|below| below.0).unwrap_or_default(), of(asked), node)?;
            StatisticsTable::Components { items: found.iter().flat_map(|of| texts.loadings(of)).collect() }
        }
        What::Availability => {
            let cities = asked.city.as_ref().map_or_else(|| assessment.cities_of(period).count(), |_| 1);
            let nodes = set.nodes().iter().filter(|node| !node.children.is_empty()).count();
            bounded(cities * node.map_or(nodes, |_| 1))?;
            let wanted = |of: &Availability| {
                asked.city.as_deref().is_none_or(|city| city == of.city) && node.is_none_or(|node| node == of.node)
            };
            let items = statistics.availability(wanted).into_iter().map(|of| wire::StatisticsAvailability {
                city: Code::trusted(of.city),
                node: texts.code(of.node),
                leaves: count(of.leaves),
                missing: count(of.missing),
                zeros: count(of.zeros),
                available_share: of.available_share,
                nonzero_share: of.nonzero_share,
            });
            StatisticsTable::Availability { items: items.collect() }
        }
        What::Screening => {
            let items = statistics.screening(&asked.screening())?.into_iter().map(|of| wire::StatisticsScreened {
                city: Code::trusted(of.data.city),
                leaves: count(of.data.leaves),
                missing: count(of.data.missing),
                zeros: count(of.data.zeros),
                available_share: of.data.available_share,
                nonzero_share: of.data.nonzero_share,
                low_data: of.low_data,
                low_nonzero: of.low_nonzero,
                included: of.included,
                forced: of.forced,
            });
            StatisticsTable::Screening { items: items.collect() }
        }
        What::Balance => {
            let found = statistics.balance(asked.correlations().kind)?;
            let found = found.iter().filter(|of| below(of.node) && node != Some(of.node));
            let items = found.map(|of| wire::StatisticsBalance {
                node: texts.code(of.node),
                title: texts.title(of.node),
                parent: texts.code(of.parent),
                weight: of.weight,
                share: of.share,
                cities: count(of.cities),
                correlation: of.correlation,
                correlation_with_total: of.correlation_with_total,
                importance: of.importance,
                importance_share: of.importance_share,
                reason: reason(of.absence),
                note: texts.note(of.absence),
            });
            StatisticsTable::Balance { items: items.collect() }
        }
        What::Standings => {
            let city = asked.city.as_deref().unwrap_or_default();
            let most = usize::try_from(asked.most.unwrap_or(STANDINGS)).unwrap_or(usize::MAX);
            StatisticsTable::Standings { items: texts.standings(&statistics.standings(city, of(asked), most)?) }
        }
    })
}

/// What a correlation takes of each pair of numbers, Pearson's taking 1: ranks walk the columns again, pairs are sorted.
fn effort(kind: CorrelationKind) -> usize {
    match kind {
        CorrelationKind::Pearson => 1,
        CorrelationKind::Spearman => 4,
        CorrelationKind::Kendall => 40,
    }
}

fn of(asked: &Asked) -> citygauge_assessment::statistics::Of {
    asked.of.map(Into::into).unwrap_or_default()
}

fn is_below(set: &IndicatorSet, mut index: usize, node: usize) -> bool {
    while index != node {
        let Some(parent) = set.nodes()[index].parent else { return false };
        index = parent;
    }
    true
}

fn bounded(rows: usize) -> Result<(), Faults> {
    if rows <= MOST_ROWS { Ok(()) } else { Err(too_much("rows", "行数", MOST_ROWS).into()) }
}

fn too_much(of: &str, of_zh: &str, most: usize) -> Fault {
    Fault::error("statistics.too_much", format!("{of_zh}超出 {most}"), format!("more than {most} {of}"))
        .hint("请限定节点或城市，或取 within=node", "name a node or a city, or take within=node")
}

fn unknown_node(code: &str) -> Fault {
    Fault::error("statistics.unknown_node", "没有这个节点", "there is no such node").column("node").value(code)
}

fn count(number: usize) -> u64 {
    number as u64
}

fn reason(absence: Option<Absence>) -> Option<String> {
    absence.map(|absence| absence.word().to_owned())
}

/// Codes and words of a set in one language.
struct Texts<'a> {
    set: &'a IndicatorSet,
    language: Language,
}

impl Texts<'_> {
    fn code(&self, node: usize) -> Code {
        Code::trusted(self.set.nodes()[node].code.clone())
    }

    fn title(&self, node: usize) -> String {
        self.set.nodes()[node].title.get(self.language).to_owned()
    }

    fn note(&self, absence: Option<Absence>) -> Option<String> {
        absence.map(|absence| absence.text().get(self.language).to_owned())
    }

    fn indicator(&self, of: &IndicatorStatistics) -> wire::StatisticsOfIndicator {
        wire::StatisticsOfIndicator {
            node: self.code(of.node),
            title: self.title(of.node),
            of: of.of.word().to_owned(),
            cities: count(of.cities),
            available: count(of.available),
            available_share: of.available_share,
            zeros: count(of.zeros),
            nonzero_share: of.nonzero_share,
            distinct: count(of.distinct),
            distinct_share: of.distinct_share,
            most_frequent: count(of.most_frequent),
            most_frequent_share: of.most_frequent_share,
            min: of.min,
            max: of.max,
            mean: of.mean,
            median: of.median,
            sd: of.sd,
            skewness: of.skewness,
            kurtosis: of.kurtosis,
            outliers_low: count(of.outliers.low),
            outliers_high: count(of.outliers.high),
            concerns: of.concerns.iter().map(|concern| concern.word().to_owned()).collect(),
            reason: reason(of.absence),
            note: self.note(of.absence),
        }
    }

    /// One row per component and member, or one that says why there are none.
    fn loadings(&self, of: &citygauge_assessment::statistics::Components) -> Vec<wire::StatisticsLoading> {
        let empty = wire::StatisticsLoading {
            node: self.code(of.node),
            cities: count(of.cities),
            component: None,
            variance: None,
            share: None,
            cumulative: None,
            member: None,
            loading: None,
            reason: reason(of.absence),
            note: self.note(of.absence),
        };
        if of.components.is_empty() {
            return vec![empty];
        }
        let rows = of.components.iter().zip(1..).flat_map(|(component, place)| {
            let empty = &empty;
            of.members.iter().zip(&component.loadings).map(move |(&member, &loading)| wire::StatisticsLoading {
                component: Some(place),
                variance: Some(component.variance),
                share: Some(component.share),
                cumulative: Some(component.cumulative),
                member: Some(self.code(member)),
                loading: Some(loading),
                ..empty.clone()
            })
        });
        rows.collect()
    }

    fn standings(&self, of: &citygauge_assessment::statistics::Standings) -> Vec<wire::StatisticsStanding> {
        let strengths = of.strengths.iter().map(|standing| ("strength", standing));
        let all = strengths.chain(of.weaknesses.iter().map(|standing| ("weakness", standing)));
        let row = |(word, standing): (&str, &citygauge_assessment::statistics::Standing)| wire::StatisticsStanding {
            city: Code::trusted(of.city),
            standing: word.to_owned(),
            node: self.code(standing.node),
            title: self.title(standing.node),
            rank: standing.rank.into(),
            cities: standing.cities.into(),
            value: standing.value,
            unit: self.set.nodes()[standing.node].leaf().and_then(|leaf| leaf.unit.clone()),
            score: standing.score,
        };
        all.map(row).collect()
    }
}
