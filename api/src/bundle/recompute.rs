//! Computing what a bundle holds again, and telling where the results differ.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use citygauge_assessment::{Assessment, AssessmentError, ENGINE_VERSION, Measure, Options as EngineOptions, assess};
use citygauge_indicators::{Fault, Faults, IndicatorSet, SetDocument};
use serde_json::Value;

use super::compare::{Differences, compare};
use super::{Bundle, CITIES, OPTIONS, RELEASE, SET, WARNINGS, WEIGHTS, result};
use crate::assessments::kept::parquet;
use crate::assessments::recompute::periods;
use crate::assessments::weights::Weights;
use crate::assessments::{Options, input};
use crate::faults::to_kept;
use crate::release::ReleaseFile;

/// What was computed again and came out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identical {
    /// How many periods.
    pub periods: usize,
    /// How many cities.
    pub cities: usize,
    /// How many nodes, TOTAL included.
    pub nodes: usize,
    /// How many results were compared, each equal as a number.
    pub cells: usize,
    /// The version of the engine that computed it again.
    pub engine_version: &'static str,
}

impl Bundle {
    /// Computes the assessment again from what the bundle holds, on so many threads, and compares every result.
    ///
    /// # Errors
    /// Every result that differs, up to a hundred and then how many more; contents that cannot be read.
    pub fn recompute(&mut self, threads: Option<NonZeroUsize>) -> Result<Identical, Faults> {
        // Readers of Parquet panic on some files that are none.
        let made = catch_unwind(AssertUnwindSafe(|| self.computed_again(threads)));
        made.unwrap_or_else(|_| Err(senseless(RELEASE, &"it is no Parquet file of a release").into()))
    }

    fn computed_again(&mut self, threads: Option<NonZeroUsize>) -> Result<Identical, Faults> {
        let set = self.set()?;
        let options: Options = self.document(OPTIONS)?;
        let cities = input::cities_from_bytes(&self.read(CITIES)?).map_err(|error| senseless(CITIES, &error))?;
        let release = ReleaseFile::Bytes(self.read(RELEASE)?.into());
        let observations = input::observations(&set, &release, options.cities.as_deref(), &cities)?;
        let options = EngineOptions { periods: periods(options.periods.as_deref())?, threads, ..EngineOptions::default() };
        let assessment = assess(&set, &observations, &options).map_err(|error| match error {
            AssessmentError::Refused(faults) => faults,
            other => senseless(RELEASE, &other).into(),
        })?;
        let mut differences = Differences::default();
        self.results(&assessment, &mut differences)?;
        self.beside(&assessment, &mut differences)?;
        let cells = differences.end(&self.manifest.assessment.engine_version)?;
        Ok(Identical {
            periods: assessment.periods().count(),
            cities: assessment.cities().len(),
            nodes: set.nodes().len(),
            cells,
            engine_version: ENGINE_VERSION,
        })
    }

    fn set(&mut self) -> Result<IndicatorSet, Faults> {
        let set = SetDocument::check_text(&self.read(SET)?)?;
        let told = &self.manifest.set;
        let document = set.document();
        let is = (document.code.as_str(), document.version.as_str(), set.digest());
        if is != (told.code.as_str(), told.version.as_str(), told.digest.as_str()) {
            let fault = Fault::error(
                "bundle.set_differs",
                format!("{SET} 不是清单所说的指标体系"),
                format!("{SET} is not the set that the manifest names"),
            );
            return Err(fault
                .of(SET)
                .value(format!("{}@{} {}", is.0, is.1, is.2))
                .expected(format!("{}@{} {}", told.code, told.version, told.digest))
                .into());
        }
        Ok(set)
    }

    fn document<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.read(name)?).map_err(|error| senseless(name, &error))
    }

    /// Every measure of every period; a result that only one side has is a difference too.
    fn results(&mut self, assessment: &Assessment, differences: &mut Differences) -> Result<(), Faults> {
        let mut expected = BTreeSet::new();
        for period in assessment.periods() {
            for measure in Measure::of(assessment.set()) {
                let name = result(&period.to_string(), measure.word());
                if self.manifest.files.contains_key(&name) {
                    let mut made = assessment.wide(period, measure).map_err(|error| senseless(&name, &error))?;
                    let made = parquet(&mut made).map_err(|error| senseless(&name, &error))?;
                    let kept = Bytes::from(self.read(&name)?);
                    compare(&kept, &made, &period.to_string(), measure, differences).map_err(|error| senseless(&name, &error))?;
                } else {
                    differences.push(only_made(&name));
                }
                expected.insert(name);
            }
        }
        let kept = self.manifest.files.keys().filter(|name| name.starts_with("results/"));
        kept.filter(|name| !expected.contains(*name)).for_each(|name| differences.push(only_kept(name)));
        Ok(())
    }

    /// The weights and the warnings. Assessments of early versions kept no weights.
    fn beside(&mut self, assessment: &Assessment, differences: &mut Differences) -> Result<(), Faults> {
        let warnings: Vec<Value> = assessment.warnings().iter().map(to_kept).collect();
        let made = [(WEIGHTS, serde_json::to_vec(&Weights::of(assessment))), (WARNINGS, serde_json::to_vec(&warnings))];
        for (name, made) in made {
            if !self.manifest.files.contains_key(name) {
                continue;
            }
            let kept: Value = self.document(name)?;
            // Read as what is kept was read, so that numbers are read alike.
            let made: Value = made.and_then(|made| serde_json::from_slice(&made)).map_err(|error| senseless(name, &error))?;
            if kept != made {
                differences.push(differs(name));
            }
        }
        Ok(())
    }
}

fn senseless(name: &str, error: &impl std::fmt::Display) -> Fault {
    Fault::error("bundle.content_invalid", format!("{name} 无法读取：{error}"), format!("{name} cannot be read: {error}"))
        .of(name)
}

fn only_made(name: &str) -> Fault {
    let (zh, en) =
        (format!("重新计算得出 {name}，评估包中没有"), format!("{name} comes out of the computation and is not in the bundle"));
    Fault::error("bundle.result_missing", zh, en).of(name)
}

fn only_kept(name: &str) -> Fault {
    let (zh, en) = (
        format!("评估包中有 {name}，重新计算得不出"),
        format!("{name} is in the bundle and does not come out of the computation"),
    );
    Fault::error("bundle.result_unfounded", zh, en).of(name)
}

fn differs(name: &str) -> Fault {
    let (zh, en) =
        (format!("重新计算得出的 {name} 不同"), format!("the {name} that comes out of the computation is another one"));
    Fault::error("bundle.result_differs", zh, en).of(name)
}
