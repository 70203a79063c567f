//! Scores that are written while they are computed: however many periods there are, two parts of them are in memory.

use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver};

use citygauge_assessment::{Assessment, AssessmentError, Options, assess_parts};
use citygauge_indicators::Fault;

use super::super::Failed;
use super::super::offline::Loaded;
use super::super::output::{Target, Written};
use crate::assessments::CELLS_AT_ONCE;
use crate::export::About;
use crate::results;

/// Writes the scores of what was read; tells the warnings of the engine too.
pub(super) fn write(
    loaded: &Loaded,
    threads: Option<NonZeroUsize>,
    out: &Target,
    about: &About,
) -> Result<(Written, Vec<Fault>), Failed> {
    let options = Options { periods: loaded.period.map(|period| vec![period]), threads, ..Options::default() };
    std::thread::scope(|scope| {
        let (parts, arriving) = mpsc::sync_channel(0);
        let making = scope.spawn(move || {
            let mut warnings = Vec::new();
            assess_parts(&loaded.set, &loaded.observations, &options, CELLS_AT_ONCE, |part| {
                warnings.extend_from_slice(part.warnings());
                // Nobody takes it where it could not be written, and whoever could not says why.
                parts.send(part).map_err(|_| AssessmentError::Cancelled)
            })
            .map(|()| warnings)
        });
        // What is refused is known before anything is written, unless it lies in a later part.
        let written = arriving.recv().ok().map(|first| written(loaded, first, arriving, out, about));
        let made = making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (made, written) {
            (Err(AssessmentError::Refused(faults)), _) => Err(Failed::Input(faults)),
            (_, Some(Err(failed))) => Err(failed),
            (Err(error), _) => Err(Failed::other(error)),
            (Ok(warnings), Some(Ok(written))) => Ok((written, warnings)),
            // No period was scored: a table without rows.
            (Ok(warnings), None) => {
                Ok((out.write(results::scores_of_parts(&loaded.set, std::iter::empty()), Some(about))?, warnings))
            }
        }
    })
}

fn written(
    loaded: &Loaded,
    first: Assessment,
    others: Receiver<Assessment>,
    out: &Target,
    about: &About,
) -> Result<Written, Failed> {
    out.write(results::scores_of_parts(&loaded.set, std::iter::once(first).chain(others)), Some(about))
}
