//! The assessment part by part, for more observations than results fit into memory.

use citygauge_indicators::{Faults, IndicatorSet};

use super::{Options, assess};
use crate::assessment::Assessment;
use crate::error::{AssessmentError, Result};
use crate::observations::Observations;

/// Scores every city in every period as [`assess`] does, and hands over the results part by part in the order of time: as many
/// periods together as have at most `cells` rows times items, or a single one. A set whose periods do not stand apart makes one
/// part of all.
///
/// # Errors
/// As [`assess`]; what refuses later parts is still told, and those before were handed over in vain. What `each` answers.
pub fn assess_parts<E: From<AssessmentError>>(
    set: &IndicatorSet,
    observations: &Observations,
    options: &Options,
    cells: usize,
    mut each: impl FnMut(Assessment) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let absent = observations.absent(options.periods.as_deref().unwrap_or_default());
    if !absent.is_empty() {
        return Err(AssessmentError::Refused(absent).into());
    }
    let parts = observations.parts(set, cells);
    let count = parts.len() as f64;
    let mut faults = Faults::default();
    for (done, part) in parts.into_iter().enumerate() {
        match assess_part(set, &part, options, done as f64 / count, 1.0 / count) {
            Ok(assessment) if faults.is_empty() => each(assessment)?,
            Ok(_refused_already) => {}
            Err(AssessmentError::Refused(more)) => faults.0.extend(more.0),
            Err(error) => return Err(error.into()),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AssessmentError::Refused(faults).into()) }
}

/// One part, whose progress counts for so much of the whole from `start` on.
fn assess_part(set: &IndicatorSet, part: &Observations, options: &Options, start: f64, width: f64) -> Result<Assessment> {
    let progress = options.progress.map(|progress| move |done: f64| progress(start + done * width));
    let options = Options {
        periods: options.periods.as_ref().map(|wanted| part.periods().filter(|period| wanted.contains(period)).collect()),
        progress: progress.as_ref().map(|progress| progress as &(dyn Fn(f64) -> bool + Sync)),
        ..options.clone()
    };
    assess(set, part, &options)
}
