//! What can move: a raw value, alone or shared by the leaves that are the same item, with what its way up or down costs and gives.
//!
//! The way is cut into pieces on which every score is a line. Where the pieces follow each other without a gap or a jump and each
//! gives at most as much per unit as the one before, they are a chain, which a linear programme fills in order by itself; any other
//! way is a choice of one piece.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use super::digits;
use super::limits::{Evidence, Limit, Stop};
use super::shape::Shape;
use super::stuck::Stuck;
use crate::normalise::number;
use crate::rates::Way;

/// A score that follows the raw value: of a leaf, raised to the floor of the mean that it enters where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Output {
    pub leaf: NodeIndex,
    pub floor: Option<f64>,
}

/// A raw value before its limits are known.
pub(super) struct Candidate<'a> {
    pub leaves: Vec<NodeIndex>,
    /// The item that the raw value is, where it is one.
    pub item: Option<usize>,
    pub now: RBig,
    pub shapes: Vec<Shape<'a>>,
    pub outputs: Vec<Output>,
    /// The evidence of both ways.
    pub evidence: [(Way, Evidence); 2],
    /// What levels ask of the item.
    pub needs: Vec<RBig>,
}

/// A raw value that can move.
#[derive(Debug, Clone)]
pub(super) struct Movable {
    pub leaves: Vec<NodeIndex>,
    pub item: Option<usize>,
    pub now: RBig,
    pub outputs: Vec<Output>,
    /// The scores at present, output by output.
    pub start: Vec<f64>,
    pub pieces: Vec<Piece>,
    pub is_chain: bool,
    /// The raw value that scores most, and what stops there.
    pub best: (RBig, Stop),
}

/// A piece of the way on which every score is a line.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub way: Way,
    /// Where it begins and ends, as raw values.
    pub from: RBig,
    pub to: RBig,
    /// The effort up to either end.
    pub effort: [f64; 2],
    /// What each output gains up to either end.
    pub gains: Vec<[f64; 2]>,
}

impl Piece {
    pub(super) fn is_point(&self) -> bool {
        self.from == self.to
    }

    /// The raw value after a part (0 to 1) of the piece.
    pub(super) fn at(&self, part: f64) -> RBig {
        if part <= 0.0 {
            return self.from.clone();
        }
        if part >= 1.0 { self.to.clone() } else { &self.from + number(part) * (&self.to - &self.from) }
    }
}

impl Movable {
    /// The effort of a raw value, from where it is at present.
    pub(super) fn effort(&self, target: f64) -> f64 {
        let change = number(target) - &self.now;
        let way = Way::of(&change);
        let cost = self.pieces.iter().find(|piece| piece.way == way).map_or(0.0, |piece| {
            let whole = nearest_double(&(&piece.to - &self.now)).abs();
            if whole > 0.0 { piece.effort[1] / whole } else { 0.0 }
        });
        nearest_double(&change).abs() * cost
    }

    /// The last raw value on the way of another.
    pub(super) fn last(&self, way: Way) -> Option<&RBig> {
        self.pieces.iter().rev().find(|piece| piece.way == way).map(|piece| &piece.to)
    }
}

/// A place on the way: the raw value, what every output scores just before it and at it.
struct Place {
    value: RBig,
    before: Vec<f64>,
    at: Vec<f64>,
}

impl Candidate<'_> {
    /// What can be done by a deadline so many years ahead.
    pub(super) fn movable(&self, years: &RBig) -> Result<Movable, Stuck> {
        let scores = self.scores(&self.now).ok_or(Stuck::NoData)?;
        let (mut pieces, mut chains, mut stuck, mut best) = (Vec::new(), 0, Vec::new(), None);
        for (way, evidence) in &self.evidence {
            match self.one_way(*way, evidence, years, &scores) {
                Ok((of_way, is_chain, limit, gain)) => {
                    let end = of_way.last().map_or_else(|| self.now.clone(), |piece: &Piece| piece.to.clone());
                    let stop = if end == limit.value { limit.stop } else { Stop::Scale };
                    if best.as_ref().is_none_or(|(most, _, _)| gain > *most) {
                        best = Some((gain, end, stop));
                    }
                    pieces.extend(of_way);
                    chains += usize::from(is_chain);
                }
                Err(reason) => stuck.push(reason),
            }
        }
        match best {
            // Of both ways the one that is wanted says more than that nothing is to be had on the other.
            None => Err(stuck.iter().copied().find(|reason| *reason != Stuck::AtEnd).unwrap_or(Stuck::AtEnd)),
            Some((_, end, stop)) => Ok(Movable {
                leaves: self.leaves.clone(),
                item: self.item,
                now: self.now.clone(),
                outputs: self.outputs.clone(),
                start: scores,
                is_chain: chains == 1 && stuck.len() == 1,
                pieces,
                best: (end, stop),
            }),
        }
    }

    /// The scores of a raw value, output by output.
    fn scores(&self, value: &RBig) -> Option<Vec<f64>> {
        let of = |output: &Output| {
            let place = self.leaves.iter().position(|leaf| *leaf == output.leaf)?;
            let score = nearest_double(&self.shapes[place].score(value)?);
            Some(output.floor.map_or(score, |floor| score.max(floor)))
        };
        self.outputs.iter().map(of).collect()
    }

    /// Whether an output stays the same between two kinks.
    fn jumps(&self, output: &Output) -> bool {
        self.leaves.iter().position(|leaf| *leaf == output.leaf).is_some_and(|place| self.shapes[place].jumps)
    }

    /// The pieces of one way, whether they are a chain, the limit, and what is gained in all.
    fn one_way(&self, way: Way, evidence: &Evidence, years: &RBig, now: &[f64]) -> Result<(Vec<Piece>, bool, Limit, f64), Stuck> {
        let sign = number(if way == Way::Up { 1.0 } else { -1.0 });
        let on_way = |value: &RBig| &sign * (value - &self.now);
        // What scores less on the way is not worth a reason of its own: a way that is not wanted is at its end.
        let needs: Vec<&RBig> = self.needs.iter().filter(|need| way == Way::Up && **need > self.now).collect();
        if !self.direction(way, now) && needs.is_empty() {
            return Err(Stuck::AtEnd);
        }
        let ends = self.shapes.iter().filter_map(|shape| shape.end.as_ref()).filter(|_| needs.is_empty());
        // What a level asks of the item and holds is not given up.
        let kept = self.needs.iter().filter(|need| way == Way::Down && **need <= self.now);
        let end = ends.chain(kept).min_by_key(|end| on_way(end));
        let limit = evidence.limit(years, end)?;
        let places = self.places(way, &limit.value, &needs, now)?;
        let effort = |value: &RBig| nearest_double(&on_way(value)) * limit.cost;
        let gains = |scores: &[f64]| -> Vec<f64> { scores.iter().zip(now).map(|(score, now)| score - now).collect() };
        let mut most = vec![0.0; now.len()];
        let mut pieces: Vec<Piece> = Vec::new();
        for pair in places.windows(2) {
            let (from, to) = (gains(&pair[0].at), gains(&pair[1].before));
            let rises = to.iter().zip(&from).any(|(to, from)| to > from) && to.iter().zip(&most).any(|(to, most)| to > most);
            let keeps = rises || !needs.is_empty();
            let jumped = from.iter().zip(&most).any(|(from, most)| from > most);
            let falls = to.iter().chain(&gains(&pair[1].at)).zip(from.iter().chain(&from)).any(|(to, from)| to < from);
            if falls && (self.leaves.len() > 1 || !needs.is_empty()) {
                return Err(Stuck::Opposed);
            }
            if keeps || jumped {
                let last = if keeps { (&pair[1].value, &to) } else { (&pair[0].value, &from) };
                pieces.push(Piece {
                    way,
                    from: pair[0].value.clone(),
                    to: last.0.clone(),
                    effort: [effort(&pair[0].value), effort(last.0)],
                    gains: from.iter().copied().zip(last.1.iter().copied()).map(|(from, to)| [from, to]).collect(),
                });
            }
            for (most, gain) in most.iter_mut().zip(from.iter().zip(&to)) {
                *most = most.max(*gain.0).max(*gain.1);
            }
        }
        let last = places.last().ok_or(Stuck::AtEnd)?;
        let at_last = gains(&last.at);
        if at_last.iter().zip(&most).any(|(gain, most)| gain > most) {
            let effort = effort(&last.value);
            let gains = at_last.iter().map(|&gain| [gain, gain]).collect();
            pieces.push(Piece { way, from: last.value.clone(), to: last.value.clone(), effort: [effort, effort], gains });
        }
        // A way that falls and rises again may gain nothing in the end.
        let gain = |piece: &Piece| piece.gains.iter().map(|gain| gain[1].max(gain[0])).sum::<f64>();
        let most = pieces.iter().map(gain).fold(0.0, f64::max);
        if most <= 0.0 && needs.is_empty() {
            return Err(Stuck::AtEnd);
        }
        let is_chain = is_chain(&pieces, &self.now);
        Ok((pieces, is_chain, limit, most))
    }

    /// Whether some score on the way, up to where the last rule changes, is higher than now.
    fn direction(&self, way: Way, now: &[f64]) -> bool {
        let sign = number(if way == Way::Up { 1.0 } else { -1.0 });
        let kinks = self.shapes.iter().flat_map(|shape| &shape.kinks);
        let beyond = kinks.flat_map(|kink| [kink.clone(), digits::beyond(kink, way)]);
        let probes = beyond.filter(|value| &sign * (value - &self.now) > RBig::ZERO).chain([digits::beyond(&self.now, way)]);
        probes.filter_map(|value| self.scores(&value)).any(|scores| scores.iter().zip(now).any(|(score, now)| score > now))
            || self.shapes.iter().zip(&self.leaves).any(|(shape, _)| {
                // Doubles may not tell the next decimal: the exact scores do.
                let next = shape.score(&digits::beyond(&self.now, way));
                next.zip(shape.score(&self.now)).is_some_and(|(next, now)| next > now)
            })
    }

    /// The places on the way up to the limit: the present value, every kink, what is needed, and the limit.
    fn places(&self, way: Way, limit: &RBig, needs: &[&RBig], now: &[f64]) -> Result<Vec<Place>, Stuck> {
        let sign = number(if way == Way::Up { 1.0 } else { -1.0 });
        let on_way = |value: &RBig| &sign * (value - &self.now);
        let furthest = on_way(limit);
        let mut values: Vec<RBig> = vec![limit.clone()];
        for shape in &self.shapes {
            for kink in &shape.kinks {
                if shape.jumps {
                    values.extend([digits::onwards(kink, way), digits::beyond(kink, way)]);
                } else {
                    values.push(kink.clone());
                }
            }
        }
        values.extend(needs.iter().map(|need| digits::onwards(need, way)));
        let on_the_way = |values: &mut Vec<RBig>| {
            values.retain(|value| on_way(value) > RBig::ZERO && on_way(value) <= furthest);
            values.sort_by_key(on_way);
            values.dedup();
        };
        on_the_way(&mut values);
        values.extend(self.crossings(&values));
        on_the_way(&mut values);
        let mut places = vec![Place { value: self.now.clone(), before: now.to_vec(), at: now.to_vec() }];
        for value in values {
            let at = self.scores(&value).ok_or(Stuck::AtEnd)?;
            let previous = &places[places.len() - 1].at;
            let before = |(place, output): (usize, &Output)| if self.jumps(output) { previous[place] } else { at[place] };
            let before = self.outputs.iter().enumerate().map(before).collect();
            places.push(Place { value, before, at });
        }
        Ok(places)
    }

    /// Where a score on its way through some values crosses the floor that it is raised to.
    fn crossings(&self, values: &[RBig]) -> Vec<RBig> {
        let mut crossings = Vec::new();
        for (output, floor) in self.outputs.iter().filter_map(|output| Some((output, number(output.floor?)))) {
            let Some(place) = self.leaves.iter().position(|leaf| *leaf == output.leaf) else { continue };
            let score = |value: &RBig| self.shapes[place].score(value);
            for (from, to) in [&self.now].into_iter().chain(values).zip(values) {
                let Some((low, high)) = score(from).zip(score(to)).filter(|_| !self.shapes[place].jumps) else { continue };
                if (low < floor) != (high < floor) {
                    crossings.push(from + (&floor - &low) / (high - &low) * (to - from));
                }
            }
        }
        crossings
    }
}

/// Whether pieces follow each other from the present value on, each giving at most as much per unit as the one before.
fn is_chain(pieces: &[Piece], now: &RBig) -> bool {
    const NOISE: f64 = 1e-12;
    let mut end = (now, vec![0.0; pieces.first().map_or(0, |piece| piece.gains.len())]);
    let mut slopes = vec![f64::INFINITY; end.1.len()];
    for piece in pieces {
        let continues = piece.from == *end.0 && piece.gains.iter().zip(&end.1).all(|(gain, end)| (gain[0] - end).abs() <= NOISE);
        if !continues || piece.is_point() {
            return false;
        }
        let length = nearest_double(&(&piece.to - &piece.from)).abs();
        for (slope, gain) in slopes.iter_mut().zip(&piece.gains) {
            let next = (gain[1] - gain[0]) / length;
            if next < 0.0 || next > *slope * (1.0 + NOISE) {
                return false;
            }
            *slope = next;
        }
        end = (&piece.to, piece.gains.iter().map(|gain| gain[1]).collect());
    }
    true
}
