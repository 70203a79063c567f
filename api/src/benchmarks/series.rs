//! A node of a city, or of a group of cities, edition by edition.

use citygauge_assessment::benchmark::{Link, bridged, median};
use citygauge_indicators::{Language, NodeIndex, Text};
use citygauge_openapi::{self as wire, BenchmarkCrosswalk, BenchmarkPoint, BenchmarkRelation, Code, Id, PeriodCode};

use super::{Chain, Crossed, Edition, Wanted};
use crate::results::years::noted;

/// So many differences are named in a note.
const NAMED: usize = 3;

/// A node that is followed through the editions.
#[derive(Debug)]
pub struct Followed<'e> {
    editions: &'e [Edition],
    /// The node in every edition.
    pub chain: Chain,
    /// How many cities have a rank in each edition.
    ranked: Vec<u64>,
    /// The greatest score of each edition.
    best: Vec<Option<f64>>,
    link: Option<Link>,
}

/// Whose scores a series shows.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'c> {
    /// A city's.
    City(&'c str),
    /// The median of these cities'.
    Group(&'c [String]),
}

impl<'e> Followed<'e> {
    /// Follows a node of the latest edition; `link` says how earlier scores are moved over a change of the set.
    pub fn new(editions: &'e [Edition], crosswalks: &[BenchmarkCrosswalk], node: NodeIndex, link: Option<Link>) -> Self {
        let chain = Chain::of(editions, crosswalks, node);
        let ranked = |(edition, node): (&Edition, &Option<NodeIndex>)| {
            node.map_or(0, |node| edition.rows(node).filter(|row| row.rank.is_some()).count() as u64)
        };
        let best =
            |(edition, node): (&Edition, &Option<NodeIndex>)| edition.rows((*node)?).filter_map(|row| row.score).reduce(f64::max);
        let each = || editions.iter().zip(&chain.nodes);
        let (ranked, best) = (each().map(ranked).collect(), each().map(best).collect());
        Self { editions, chain, ranked, best, link }
    }

    /// A point per edition.
    pub fn points(&self, whose: Whose<'_>, language: Language) -> Vec<BenchmarkPoint> {
        (0..self.editions.len()).map(|place| self.point(place, whose, language)).collect()
    }

    /// The points of cities as somebody sees them: city by city those under their names, then edition by edition those under pseudonyms,
    /// so that the order links nobody over rounds.
    pub fn seen(&self, cities: &[String], wanted: &Wanted, language: Language) -> Vec<BenchmarkPoint> {
        let (mut named, mut unnamed) = (Vec::new(), Vec::new());
        for city in cities {
            for (place, mut point) in self.points(Whose::City(city), language).into_iter().enumerate() {
                let Some(seen) = self.editions[place].seen(city, self.chain.nodes[place]) else { continue };
                if !wanted.is_own(city) {
                    point.bridged = None;
                }
                if !seen.is_pseudonym {
                    named.push(point);
                    continue;
                }
                point.city = Some(Code::trusted(seen.code.clone()));
                point.coverage = None;
                unnamed.push(((place, seen.code), point));
            }
        }
        unnamed.sort_by(|(one, _), (other, _)| one.cmp(other));
        named.extend(unnamed.into_iter().map(|(_, point)| point));
        named
    }

    fn point(&self, place: usize, whose: Whose<'_>, language: Language) -> BenchmarkPoint {
        let edition = &self.editions[place];
        let node = self.chain.nodes[place];
        let mut notes = Vec::new();
        let mut point = BenchmarkPoint {
            city: None,
            period: PeriodCode::trusted(edition.period.clone()),
            assessment: Id::trusted(edition.assessment.clone()),
            set: edition.set_ref(),
            node: node.map(|node| Code::trusted(edition.set.nodes()[node].code.clone())),
            relation: self.chain.relation(place),
            is_break: self.chain.is_break(place),
            score: None,
            bridged: None,
            rank: None,
            ranked: 0,
            level: None,
            coverage: None,
            best: None,
            rank_low: None,
            rank_high: None,
            uncertainty: None,
            note: None,
        };
        if let Some(crossed) = &self.chain.crossed[place] {
            notes.extend(crossing_note(crossed, language));
        } else if point.is_break {
            notes.push(Text::both("此前的指标体系没有这个节点", "the set before does not have the node"));
        }
        match (node, whose) {
            (None, Whose::City(city)) => {
                point.city = Some(Code::trusted(city.to_owned()));
                notes.push(Text::both("该版指标体系没有这个节点", "that version of the set does not have the node"));
            }
            (None, Whose::Group(_)) => {
                notes.push(Text::both("该版指标体系没有这个节点", "that version of the set does not have the node"));
            }
            (Some(node), Whose::City(city)) => {
                point.city = Some(Code::trusted(city.to_owned()));
                point.ranked = self.ranked[place];
                point.best = self.best[place];
                if let Some([low, high]) = edition.interval(city, node) {
                    (point.rank_low, point.rank_high) = (Some(low), Some(high));
                    point.uncertainty = edition.intervals.as_ref().map(|intervals| intervals.number);
                }
                match edition.row(city, node) {
                    None => notes.push(Text::both("该城市未参评", "the city took no part")),
                    Some(row) => {
                        point.score = row.score;
                        point.rank = row.rank;
                        point.level = row.level;
                        point.coverage = row.coverage;
                        if row.score.is_none() {
                            notes.push(Text::both("没有得分", "there is no score"));
                        }
                    }
                }
            }
            (Some(node), Whose::Group(cities)) => {
                let rows: Vec<wire::ScoreRow> = cities.iter().filter_map(|city| edition.row(city, node)).collect();
                let scores: Vec<f64> = rows.iter().filter_map(|row| row.score).collect();
                point.ranked = scores.len() as u64;
                point.score = median(&scores);
                point.best = scores.iter().copied().reduce(f64::max);
                point.coverage = median(&rows.iter().filter_map(|row| row.coverage).collect::<Vec<_>>());
                if scores.is_empty() {
                    notes.push(Text::both("对标组中没有城市有得分", "no city of the group has a score"));
                }
            }
        }
        if let (Some(link), Some(score)) = (self.link, point.score) {
            match self.bridged(place, self.editions.len() - 1, whose, score, link) {
                Ok(moved) => point.bridged = Some(moved),
                Err(why) => notes.push(why),
            }
        }
        point.note = noted(&notes, language);
        point
    }

    /// The score of an edition, moved to where the set of a later one would have had it; or why it cannot be moved.
    pub fn bridged(&self, from: usize, to: usize, whose: Whose<'_>, score: f64, link: Link) -> Result<f64, Text> {
        let overlaps: Result<Vec<(f64, f64)>, Text> =
            self.chain.to_bridge(from, to).map(|place| self.overlap(place, whose)).collect();
        bridged(score, &overlaps?, link).ok_or_else(|| {
            Text::both("衔接期的旧得分为 0，无法按比值衔接", "the earlier score in the overlap is 0, so no ratio can be taken")
        })
    }

    /// What the overlap before an edition has in the earlier and in the later way.
    fn overlap(&self, place: usize, whose: Whose<'_>) -> Result<(f64, f64), Text> {
        let (before, after) = (&self.editions[place - 1], &self.editions[place]);
        let period = &after.period;
        let missing = || {
            Text::both(
                format!("{period} 之前没有衔接评估，或其中没有得分"),
                format!("no overlap joins the series before {period}, or it has no score there"),
            )
        };
        let overlap = after.overlap.as_ref().ok_or_else(missing)?;
        let (Some(old), Some(new)) = (self.chain.nodes[place - 1], self.chain.nodes[place]) else { return Err(missing()) };
        let of_city = |city: &str| {
            let earlier = before.row(city, old)?.score?;
            let later = overlap.row(&after.set, city, new)?.score?;
            Some((earlier, later))
        };
        match whose {
            Whose::City(city) => of_city(city).ok_or_else(missing),
            Whose::Group(cities) => {
                let (earlier, later): (Vec<f64>, Vec<f64>) = cities.iter().filter_map(|city| of_city(city)).unzip();
                median(&earlier).zip(median(&later)).ok_or_else(missing)
            }
        }
    }
}

/// What is said of a node that is not the same, or else what changed.
fn crossing_note(crossed: &Crossed, language: Language) -> Option<Text> {
    if crossed.relation == BenchmarkRelation::Same {
        return None;
    }
    if let Some(Some(said)) = &crossed.stated {
        return Some(Text::both(said.clone(), said.clone()));
    }
    let named: Vec<String> =
        crossed.differences.iter().take(NAMED).map(|it| format!("{} ({})", it.node, it.part.word())).collect();
    let more = crossed.differences.len().saturating_sub(NAMED);
    let named = named.join(language.pick("、", ", "));
    let (zh, en) = match more {
        0 => (String::new(), String::new()),
        more => (format!("，另有 {more} 处"), format!(" and {more} more")),
    };
    Some(Text::both(format!("口径已改变：{named}{zh}"), format!("its definition changed: {named}{en}")))
}
