//! The trade-off between effort and score: what the node of the goal can score for every effort, whatever else the goal demands.
//!
//! Where every way is a chain and every node between is a sum, the frontier is a broken line, and exact: its pieces are those of the
//! ways, the one that gives most per unit of effort first (the continuous knapsack, G. B. Dantzig, "Discrete-variable extremum
//! problems", Operations Research 5 (1957), 266-288). Elsewhere it is sampled: the least effort for scores at equal distances.

use citygauge_indicators::NodeIndex;

use super::faults;
use super::ground::Ground;
use super::model::Model;
use super::movable::Movable;
use super::programme::{Affine, Unsolved};
use crate::error::Result;

/// The steps between the present score and the highest, where the curve is sampled.
const STEPS: usize = 12;

/// How far a mean may lie above its tangents where the curve is sampled, as a part of the full mark.
const CLOSE: f64 = 1e-9;

/// A point of the trade-off.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The effort.
    pub effort: f64,
    /// The highest score of the goal's node for it, before rounding.
    pub score: f64,
    /// The leaf that moves up to this point from the one before; on an exact frontier only.
    pub node: Option<NodeIndex>,
}

/// The trade-off of effort against the score of the goal's node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Whether the line through the points is the frontier itself, not a sample of it.
    pub is_exact: bool,
    /// The points, the present score first.
    pub points: Vec<CurvePoint>,
}

/// The trade-off; without points where the node has no score.
pub(super) fn curve(ground: &Ground, movables: &[Movable]) -> Result<Curve> {
    let mut model = Model::new(ground.scores(), movables, false);
    let Some(score) = model.scores.score(&mut model.programme, ground.aim.node) else { return Ok(Curve::default()) };
    if model.scores.means.is_empty() && movables.iter().all(|movable| movable.is_chain) {
        return Ok(exact(&model, movables, &score));
    }
    sampled(&mut model, &score)
}

fn exact(model: &Model, movables: &[Movable], score: &Affine) -> Curve {
    let of = |affine: &Affine, column: usize| affine.terms.get(&column).copied().unwrap_or(0.0);
    let mut pieces: Vec<(f64, f64, NodeIndex)> = Vec::new();
    for (movable, columns) in movables.iter().zip(model.parts()) {
        pieces.extend(columns.map(|column| (of(&model.effort, column), of(score, column), movable.leaves[0])));
    }
    pieces.retain(|(_, gain, _)| *gain > 0.0);
    // Most per effort first; sorting is stable, so that ties stay in the order of the set.
    pieces.sort_by(|one, other| (other.1 / other.0).total_cmp(&(one.1 / one.0)));
    let mut points = vec![CurvePoint { effort: 0.0, score: score.constant, node: None }];
    for (effort, gain, node) in pieces {
        let last = &points[points.len() - 1];
        points.push(CurvePoint { effort: last.effort + effort, score: last.score + gain, node: Some(node) });
    }
    Curve { is_exact: true, points }
}

fn sampled(model: &mut Model, score: &Affine) -> Result<Curve> {
    let effort = model.effort.clone();
    let (low, high) = model.range(score);
    let mut points = vec![CurvePoint { effort: 0.0, score: low, node: None }];
    for step in 1..=STEPS {
        // The highest itself is left to the last digits of doubles.
        let wanted = if step == STEPS { high - 1e-9 * (high - low) } else { low + (high - low) * step as f64 / STEPS as f64 };
        if wanted <= low {
            break;
        }
        let mut sum = score.clone();
        sum.constant -= wanted;
        // The tangents stay, only what was demanded goes.
        let place = model.programme.demand(sum);
        let found = model.least(&effort, CLOSE);
        model.programme.release(place);
        match found {
            Ok(values) => points.push(CurvePoint { effort: effort.at(&values), score: wanted, node: None }),
            Err(Unsolved::Infeasible) => {}
            Err(Unsolved::Failed(why)) => return Err(faults::unsolved(&why).into()),
        }
    }
    Ok(Curve { is_exact: false, points })
}
