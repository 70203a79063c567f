//! The least-effort path: the smallest set of raw-value changes, within rates that peers have really achieved, that brings a city to
//! a level, a score, a rank or a percentile of its peers by a year; solved exactly, with the trade-off of effort against points.
//!
//! What moves are raw values of leaves (`movable`): a leaf whose formula reads several items moves as one number, leaves that are
//! the same item move together. How far, the peers say (`limits`). The scores above are sums of columns of a linear or mixed-integer
//! programme (`tree`, `model`), which is solved for the least effort (`solve`); the engine confirms what comes out (`verify`).
//! Fits, derived weights and the scores of other cities stay as they are, as in [`crate::what_if`].
//!
//! Source of the task: GB/T 36333-2018, 7.3 (goals that are attainable) and Annex A; `docs/paths.md` has the
//! formulas with a worked example.

mod answer;
mod candidates;
mod curve;
mod digits;
mod faults;
mod goal;
mod ground;
mod limits;
mod model;
mod movable;
mod programme;
mod request;
mod shape;
mod solve;
mod stuck;
mod support;
mod threshold;
mod ties;
mod tree;
mod verify;

pub use answer::{Change, Outcome, Path, Place, Unmoved, Unreachable};
pub use curve::{Curve, CurvePoint};
pub use limits::Stop;
pub use request::{Basis, Bound, Cost, Goal, Limits, Minimise, Request, percentile_of};
pub use stuck::Stuck;

use citygauge_indicators::Faults;
use dashu_ratio::RBig;

use crate::assessment::Assessment;
use crate::error::Result;
use crate::exact::node::Nodes;
use goal::Aim;
use ground::Ground;

/// How many years ahead the earliest year is looked for.
pub const HORIZON: u32 = 50;

/// The least-effort path of a city to a goal, or that it cannot be reached by the deadline.
///
/// # Errors
/// Everything that is wrong with the request, at once; a goal whose nodes are aggregated in a way that cannot be solved exactly.
pub fn find(assessment: &Assessment, request: &Request) -> Result<Path> {
    let mut faults = ground::check(assessment, request);
    let named = goal::check(assessment.set(), request).map_err(|found| faults.0.extend(found.0));
    let Some(own) = assessment.city(&request.city, request.period) else {
        faults.push(faults::unknown_city(&request.city, request.period));
        return Err(faults.into());
    };
    let aim = named.and_then(|()| Aim::of(assessment, &own, request).map_err(|found| faults.0.extend(found.0))).ok();
    if let Some(aim) = &aim
        && own[aim.node].score.is_none()
        && !is_staged(assessment)
    {
        let reason = if own[aim.node].coverage.is_none() { stuck::Stuck::NotApplicable } else { stuck::Stuck::NoData };
        faults.push(faults::no_data(&assessment.set().nodes()[aim.node].code, "/node".into(), reason.word()));
    }
    let Some(aim) = aim.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let (at, row) =
        place(assessment, request).ok_or_else(|| Faults::from(faults::unknown_city(&request.city, request.period)))?;
    let computed = &assessment.computed[at];
    let nodes = Nodes::new(assessment.inputs(at), &computed.applicability, &computed.actual, &computed.actual);
    let ground = Ground::new(assessment, request, aim, &nodes, at, row)?;
    let years = request.by.in_years() - request.period.in_years();
    let (movables, unmoved) = ground.movables(&years);
    let curve = curve::curve(&ground, &movables)?;
    let before = ground.supposed(&[], &[])?;
    let furthest = ground.furthest(&movables)?;
    let set = assessment.set();
    let outcome = match () {
        () if ground.aim.is_met(set, &before) => Outcome::Reached,
        () if ground.aim.is_met(set, &furthest) => {
            let solved = solve::solve(&ground, &movables)?;
            answer::changed(&ground, &movables, &solved, &before, &years)?
        }
        () => Outcome::Unreachable(earliest(&ground)?),
    };
    Ok(answer::path(&ground, &movables, &unmoved, outcome, curve, &before, &furthest))
}

fn is_staged(assessment: &Assessment) -> bool {
    assessment.set().levels().is_some_and(|levels| !levels.staged.is_empty())
}

fn place(assessment: &Assessment, request: &Request) -> Option<(usize, usize)> {
    let at = assessment.observations.slice_of(request.period)?;
    let city = assessment.observations.cities.iter().position(|known| known.code == request.city)?;
    Some((at, assessment.observations.slices[at].row_of(city)?))
}

/// The earliest period, whole years after the present one, by which the goal can be reached; none within the horizon. What can be
/// reached never shrinks with the years, so that halving finds it.
fn earliest(ground: &Ground) -> Result<Unreachable> {
    let is_met = |years: u32| -> Result<(bool, bool)> {
        let (movables, _) = ground.movables(&RBig::from(years));
        let goes_on = ground.request.limits.basis == Basis::Rates && movables.iter().any(|movable| movable.best.1 == Stop::Peers);
        Ok((ground.aim.is_met(ground.assessment.set(), &ground.furthest(&movables)?), goes_on))
    };
    let (met, goes_on) = is_met(HORIZON)?;
    if !met || ground.request.limits.basis == Basis::PeerLevel {
        return Ok(Unreachable { earliest: None, never: !goes_on });
    }
    let (mut never, mut met) = (0, HORIZON);
    while met - never > 1 {
        let middle = never.midpoint(met);
        if is_met(middle)?.0 { met = middle } else { never = middle }
    }
    Ok(Unreachable { earliest: answer::years_later(ground.request.period, met), never: false })
}

#[cfg(test)]
mod tests;
