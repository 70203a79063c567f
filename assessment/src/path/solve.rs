//! The least path to a goal that the engine confirms.
//!
//! The programme knows scores before rounding; the engine publishes them rounded, node by node. Where its numbers miss the goal, by
//! the last digits of doubles or by a rounding below the goal's node, the programme is solved again with that much more demanded.

use dashu_ratio::RBig;

use super::ground::Ground;
use super::model::Model;
use super::movable::Movable;
use super::programme::{Affine, Unsolved};
use super::request::Minimise;
use super::{digits, faults, ties};
use crate::error::Result;
use crate::normalise::number;
use crate::rates::Way;

/// How often more is demanded.
const ATTEMPTS: i32 = 24;

/// The least that more is demanded by, as a part of the full mark.
const BIT: f64 = 1e-14;

/// How far a mean may lie above its tangents, as a part of the full mark.
const CLOSE: f64 = 1e-12;

/// How often the last digits of doubles are looked at before roundings.
const BITS: i32 = 4;

/// How often the way between a path that misses the goal and the furthest one is halved.
const HALVINGS: u32 = 60;

/// A path that the engine confirms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solved {
    /// The raw value of each movable by the deadline; `None` where it does not change.
    pub targets: Vec<Option<f64>>,
    /// The effort below which no path reaches the goal before scores are rounded.
    pub least: f64,
}

/// The least path; the goal must be met where everything moves as far as it can.
pub(super) fn solve(ground: &Ground, movables: &[Movable]) -> Result<Solved> {
    let full_mark = ground.assessment.set().full_mark();
    let (mut more, mut least, mut missed, mut tangents) = (0.0, None, None, Vec::new());
    for attempt in 0..ATTEMPTS {
        let (targets, effort) = match once(ground, movables, more, &mut tangents) {
            Ok(found) => found,
            // More than can be had was demanded: what is left is between the last path and the furthest.
            Err(Unsolved::Infeasible) => break,
            Err(Unsolved::Failed(why)) => return Err(faults::unsolved(&why).into()),
        };
        let bound = *least.get_or_insert(effort);
        let supposed = ground.supposed(movables, &targets)?;
        if ground.aim.is_met(ground.assessment.set(), &supposed) {
            return Ok(Solved { targets, least: bound });
        }
        // The last digits first: beyond a rounding the shortfall says more than is missing before it.
        let bit = BIT * full_mark * 10f64.powi(attempt);
        let shortfall = Some(ground.aim.shortfall(&supposed)).filter(|shortfall| shortfall.is_finite() && attempt >= BITS);
        more += shortfall.map_or(bit, |shortfall| shortfall.max(bit.min(BIT * full_mark * 10f64.powi(BITS))));
        missed = Some(targets);
    }
    let none = || vec![None; movables.len()];
    let targets = between(ground, movables, &missed.unwrap_or_else(none))?;
    Ok(Solved { least: least.unwrap_or(0.0), targets })
}

/// One solution of the programme with so much more demanded of scores, and its effort.
fn once(
    ground: &Ground,
    movables: &[Movable],
    more: f64,
    tangents: &mut Vec<(usize, Vec<f64>)>,
) -> std::result::Result<(Vec<Option<f64>>, f64), Unsolved> {
    let counts = ground.request.minimise == Minimise::Indicators;
    let mut model = Model::new(ground.scores(), movables, counts);
    model.demand(&ground.aim, &ground.adjustment, more)?;
    model.touch(std::mem::take(tangents));
    let effort = model.effort.clone();
    if counts {
        let count = model.count.clone();
        let values = model.least(&count, CLOSE)?;
        let mut fewest = Affine::constant(count.at(&values).round());
        fewest.add(-1.0, &count);
        model.programme.demand(fewest);
    }
    let mut values = model.least(&effort, CLOSE)?;
    let parts: Vec<usize> = model.parts().flatten().collect();
    ties::to_the_first(&model.programme, &effort, &parts, &mut values);
    tangents.clone_from(&model.tangents);
    Ok((model.targets(&values), effort.at(&values)))
}

/// The first path between one that misses the goal and the furthest one that meets it, by halves.
fn between(ground: &Ground, movables: &[Movable], missed: &[Option<f64>]) -> Result<Vec<Option<f64>>> {
    let from: Vec<RBig> =
        movables.iter().zip(missed).map(|(movable, target)| target.map_or_else(|| movable.now.clone(), number)).collect();
    let at = |part: &RBig| -> Vec<Option<f64>> {
        let target = |(movable, from): (&Movable, &RBig)| {
            let to = &movable.best.0;
            if from == to {
                return (*from != movable.now).then(|| digits::as_double(from));
            }
            let value = from + part * (to - from);
            let way = Way::of(&(to - from));
            let value = if *part == RBig::ONE { to.clone() } else { digits::onwards(&value, way) };
            (value != movable.now).then(|| digits::as_double(&value))
        };
        movables.iter().zip(&from).map(target).collect()
    };
    let (mut low, mut high) = (RBig::ZERO, RBig::ONE);
    for _ in 0..HALVINGS {
        let middle = (&low + &high) / RBig::from(2);
        let supposed = ground.supposed(movables, &at(&middle))?;
        if ground.aim.is_met(ground.assessment.set(), &supposed) { high = middle } else { low = middle }
    }
    Ok(at(&high))
}
