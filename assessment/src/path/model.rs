//! The programme of a path: what moves, what the goal demands, and what is to be made small.

use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use super::digits;
use super::goal::{Aim, Demand};
use super::movable::Movable;
use super::programme::{Affine, Programme, Unsolved};
use super::threshold::unrounded;
use super::tree::{Mean, Scores};
use crate::normalise::number;
use crate::rates::Way;

/// After how many rounds without coming nearer tangents are left, and the rest is up to what the engine says.
const IDLE: usize = 6;

/// Below this part of its piece a change is none.
const NOTHING: f64 = 1e-11;

/// A piece in the programme: whether it is taken, and how far.
#[derive(Debug, Clone, Copy)]
struct Taken {
    choice: Option<usize>,
    part: Option<usize>,
}

/// The programme of a path, whose goal is still to be demanded.
pub(super) struct Model<'a, 'm> {
    pub programme: Programme,
    pub scores: Scores<'a>,
    movables: &'m [Movable],
    taken: Vec<Vec<Taken>>,
    pub effort: Affine,
    /// The number of raw values that change, where it is counted.
    pub count: Affine,
    /// The means with the ratios at which tangents were added.
    pub tangents: Vec<(usize, Vec<f64>)>,
}

impl<'a, 'm> Model<'a, 'm> {
    /// What moves; `counts` adds a choice for every raw value that changes.
    pub(super) fn new(mut scores: Scores<'a>, movables: &'m [Movable], counts: bool) -> Self {
        let mut programme = Programme::default();
        let (mut effort, mut count, mut all) = (Affine::default(), Affine::default(), Vec::new());
        for movable in movables {
            let used = (counts && movable.is_chain).then(|| programme.choice());
            let mut taken = Vec::new();
            let mut chosen = Affine::default();
            let mut outputs: Vec<Affine> = movable.start.iter().map(|&score| Affine::constant(score)).collect();
            for piece in &movable.pieces {
                let choice = (!movable.is_chain).then(|| programme.choice());
                let part = (!piece.is_point()).then(|| programme.column(0.0, 1.0));
                if let (Some(part), Some(choice)) = (part, choice.or(used)) {
                    let mut within = Affine::column(choice);
                    within.add(-1.0, &Affine::column(part));
                    programme.demand(within);
                }
                let follow = |affine: &mut Affine, [from, to]: [f64; 2]| {
                    if let Some(choice) = choice {
                        affine.add(from, &Affine::column(choice));
                    }
                    if let Some(part) = part {
                        affine.add(to - from, &Affine::column(part));
                    }
                };
                follow(&mut effort, piece.effort);
                for (output, &gain) in outputs.iter_mut().zip(&piece.gains) {
                    follow(output, gain);
                }
                if let Some(choice) = choice {
                    chosen.add(1.0, &Affine::column(choice));
                }
                taken.push(Taken { choice, part });
            }
            if movable.is_chain {
                used.iter().for_each(|&used| count.add(1.0, &Affine::column(used)));
            } else {
                count.add(1.0, &chosen);
                let mut one = Affine::constant(1.0);
                one.add(-1.0, &chosen);
                programme.demand(one);
            }
            scores.outputs.extend(movable.outputs.iter().copied().zip(outputs));
            all.push(taken);
        }
        Self { programme, scores, movables, taken: all, effort, count, tangents: Vec::new() }
    }

    /// Demands the goal; scores by so much more than it asks for.
    pub(super) fn demand(&mut self, aim: &Aim, adjustment: &RBig, more: f64) -> Result<(), Unsolved> {
        aim.demands.iter().try_for_each(|demand| self.require(demand, adjustment, more, None))
    }

    /// Demands something, where a choice is given only if it is taken.
    fn require(&mut self, demand: &Demand, adjustment: &RBig, more: f64, when: Option<usize>) -> Result<(), Unsolved> {
        // Where the choice is not taken, nothing is asked beyond what holds already.
        let conditional = |mut sum: Affine, missing: f64| {
            match when {
                None => sum.constant -= missing,
                Some(choice) => sum.add(-missing, &Affine::column(choice)),
            }
            sum
        };
        match demand {
            Demand::Score { node, score, above } => {
                let set = self.scores.assessment.set();
                let adjustment = if *node == 0 { adjustment.clone() } else { RBig::ZERO };
                let wanted = nearest_double(&unrounded(set, *node, score, *above, &adjustment)) + more;
                let Some(mut sum) = self.scores.score(&mut self.programme, *node) else {
                    return self.never(when);
                };
                // At the start, the score before rounding.
                let start = self.start();
                let now = sum.at(&start);
                if now >= wanted {
                    return Ok(());
                }
                sum.constant -= now;
                self.programme.demand(conditional(sum, wanted - now));
            }
            Demand::Item { item, at_least } => {
                let Some((place, movable)) = self.movables.iter().enumerate().find(|(_, movable)| movable.item == Some(*item))
                else {
                    let value = self.scores.assessment.observations.slices[self.scores.at].number(*item, self.scores.row);
                    return if value.is_some_and(|value| value >= *at_least) { Ok(()) } else { self.never(when) };
                };
                let missing = nearest_double(&(number(*at_least) - &movable.now));
                if missing > 0.0 {
                    let sum = self.change(place);
                    self.programme.demand(conditional(sum, missing));
                }
            }
            Demand::Count { of, count } => {
                let mut taken = Affine::default();
                for alternative in of {
                    let choice = self.programme.choice();
                    alternative.iter().try_for_each(|demand| self.require(demand, adjustment, more, Some(choice)))?;
                    taken.add(1.0, &Affine::column(choice));
                }
                self.programme.demand(conditional(taken, *count as f64));
            }
        }
        Ok(())
    }

    fn never(&mut self, when: Option<usize>) -> Result<(), Unsolved> {
        let choice = when.ok_or(Unsolved::Infeasible)?;
        let mut sum = Affine::default();
        sum.add(-1.0, &Affine::column(choice));
        self.programme.demand(sum);
        Ok(())
    }

    /// The change of a raw value, in its unit.
    fn change(&self, place: usize) -> Affine {
        let movable = &self.movables[place];
        let mut change = Affine::default();
        for (piece, taken) in movable.pieces.iter().zip(&self.taken[place]) {
            let [from, to] = [&piece.from, &piece.to].map(|end| nearest_double(&(end - &movable.now)));
            if let Some(choice) = taken.choice {
                change.add(from, &Affine::column(choice));
            }
            if let Some(part) = taken.part {
                change.add(to - from, &Affine::column(part));
            }
        }
        change
    }

    /// The columns of the pieces of every raw value that moves.
    pub(super) fn parts(&self) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        self.taken.iter().map(|taken| taken.iter().filter_map(|taken| taken.part))
    }

    /// A score where nothing moves, and where everything moves as far as it can.
    pub(super) fn range(&self, score: &Affine) -> (f64, f64) {
        (score.at(&self.start()), score.at(&self.furthest()))
    }

    /// The values of all columns where nothing moves.
    fn start(&self) -> Vec<f64> {
        self.with_means(vec![0.0; self.programme.width()])
    }

    /// The values of all columns where everything moves as far as it can.
    fn furthest(&self) -> Vec<f64> {
        let mut values = vec![0.0; self.programme.width()];
        for (movable, taken) in self.movables.iter().zip(&self.taken) {
            let best = movable.pieces.iter().position(|piece| piece.to == movable.best.0);
            for (place, taken) in taken.iter().enumerate() {
                if movable.is_chain || Some(place) == best {
                    taken.choice.into_iter().chain(taken.part).for_each(|column| values[column] = 1.0);
                }
            }
        }
        self.with_means(values)
    }

    fn with_means(&self, mut values: Vec<f64>) -> Vec<f64> {
        // A mean stands behind those that it reads.
        for mean in &self.scores.means {
            values[mean.column] = mean.at(&values);
        }
        values
    }

    /// The columns that make an objective least, with tangents until no mean lies more than `close` (a part of the full mark) above
    /// its own.
    pub(super) fn least(&mut self, objective: &Affine, close: f64) -> Result<Vec<f64>, Unsolved> {
        let close = close * self.scores.assessment.set().full_mark();
        if self.tangents.is_empty() {
            for point in [self.start(), self.furthest()] {
                self.cut(&point, f64::NEG_INFINITY);
            }
        }
        let (mut nearest, mut idle) = (f64::INFINITY, 0);
        loop {
            let found = self.programme.least(objective)?;
            let apart = self.scores.means.iter().map(|mean| found[mean.column] - mean.at(&found)).fold(0.0, f64::max);
            // The last digits of doubles bring it no nearer.
            idle = if apart < nearest / 2.0 { 0 } else { idle + 1 };
            nearest = nearest.min(apart);
            if idle >= IDLE || !self.cut(&found, close) {
                return Ok(found);
            }
        }
    }

    /// Adds the tangents of the means that a point lies above by more than `close`; whether there was one.
    fn cut(&mut self, point: &[f64], close: f64) -> bool {
        let beyond = |mean: &&(usize, &Mean)| !mean.1.is_linear() && point[mean.1.column] > mean.1.at(point) + close;
        let means: Vec<(usize, &Mean)> = self.scores.means.iter().enumerate().collect();
        let ratios: Vec<(usize, Vec<f64>)> = means.iter().filter(beyond).map(|(at, mean)| (*at, mean.ratios(point))).collect();
        self.touch(ratios.clone());
        !ratios.is_empty()
    }

    /// Adds the tangents of some means at some ratios.
    pub(super) fn touch(&mut self, ratios: Vec<(usize, Vec<f64>)>) {
        for (at, ratios) in ratios {
            let Some(mean) = self.scores.means.get(at) else { continue };
            for tangent in mean.tangents(&ratios) {
                self.programme.demand(tangent);
            }
            self.tangents.push((at, ratios));
        }
    }

    /// The raw values of a solution, each a decimal of fifteen digits on the far side of what the solver found; `None` for what
    /// does not change.
    pub(super) fn targets(&self, values: &[f64]) -> Vec<Option<f64>> {
        let target = |(movable, taken): (&Movable, &Vec<Taken>)| {
            let (value, way) = if movable.is_chain { filled(movable, taken, values)? } else { chosen(movable, taken, values)? };
            let sign = number(if way == Way::Up { 1.0 } else { -1.0 });
            let on_way = |value: &RBig| &sign * (value - &movable.now);
            let rounded = digits::meant(&value).unwrap_or_else(|| digits::onwards(&value, way));
            let last = movable.last(way)?;
            Some(digits::as_double(if on_way(&rounded) > on_way(last) { last } else { &rounded }))
        };
        self.movables.iter().zip(&self.taken).map(target).collect()
    }
}

/// How far a chain is filled.
fn filled(movable: &Movable, taken: &[Taken], values: &[f64]) -> Option<(RBig, Way)> {
    let way = movable.pieces.first()?.way;
    let parts = || movable.pieces.iter().zip(taken).map(|(piece, taken)| (piece, taken.part.map_or(0.0, |part| values[part])));
    if parts().all(|(_, part)| part <= NOTHING) {
        return None;
    }
    if parts().all(|(_, part)| part >= 1.0) {
        return Some((movable.last(way)?.clone(), way));
    }
    let change = parts().fold(RBig::ZERO, |change, (piece, part)| change + number(part) * (&piece.to - &piece.from));
    Some((&movable.now + change, way))
}

/// Where in the piece that was chosen.
fn chosen(movable: &Movable, taken: &[Taken], values: &[f64]) -> Option<(RBig, Way)> {
    let mut pieces = movable.pieces.iter().zip(taken);
    let (piece, taken) = pieces.find(|(_, taken)| taken.choice.is_some_and(|choice| values[choice] > 0.5))?;
    let part = taken.part.map_or(0.0, |part| values[part]);
    let stays = piece.from == movable.now && part <= NOTHING;
    (!stays).then(|| (piece.at(part), piece.way))
}
