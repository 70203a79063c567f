//! Comparing the results of a bundle with those that come out now, number by number.

use std::io::Cursor;

use bytes::Bytes;
use citygauge_assessment::{ENGINE_VERSION, Measure};
use citygauge_indicators::{Fault, Faults};
use polars::prelude::{AnyValue, Column, DataFrame, ParquetReader, PolarsResult, SerReader};

/// So many differences are told one by one.
const TOLD: usize = 100;

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Differences {
    told: Faults,
    untold: usize,
    cells: usize,
}

impl Differences {
    pub fn push(&mut self, fault: Fault) {
        if self.told.0.len() < TOLD {
            self.told.push(fault);
        } else {
            self.untold += 1;
        }
    }

    /// How many cells were compared where nothing differs; otherwise what does, and with which engines.
    pub fn end(mut self, engine_version: &str) -> Result<usize, Faults> {
        if self.told.is_empty() {
            return Ok(self.cells);
        }
        if self.untold > 0 {
            let (zh, en) = (format!("另有 {} 处不同", self.untold), format!("and {} more differences", self.untold));
            self.told.push(Fault::error("bundle.more_differences", zh, en));
        }
        if engine_version != ENGINE_VERSION {
            let zh = format!("该评估由引擎 {engine_version} 计算，本程序的引擎为 {ENGINE_VERSION}：请用原版本复核");
            let en = format!(
                "engine {engine_version} computed it and this program has engine {ENGINE_VERSION}: check with the version that computed it"
            );
            self.told.push(Fault::warning("bundle.engine_differs", zh, en));
        }
        Err(self.told)
    }
}

/// Compares a measure of a period: as it is kept, and as it comes out.
pub(super) fn compare(
    kept: &Bytes,
    made: &Bytes,
    period: &str,
    measure: Measure,
    differences: &mut Differences,
) -> PolarsResult<()> {
    let [kept, made] = [read(kept)?, read(made)?];
    let cities = made.columns()[0].str()?.clone();
    if kept.shape() != made.shape() || names(&kept) != names(&made) || !kept.columns()[0].equals_missing(&made.columns()[0]) {
        let (zh, en) = ("参评城市或节点不同", "the cities or the nodes are others");
        let shape = |frame: &DataFrame| format!("{} x {}", frame.height(), frame.width() - 1);
        let fault = Fault::error("bundle.result_differs", zh, en).period(period).of(measure.word());
        differences.push(fault.value(shape(&kept)).expected(shape(&made)));
        return Ok(());
    }
    for (kept, made) in kept.columns().iter().zip(made.columns()).skip(1) {
        differences.cells += made.len();
        if kept.dtype() == made.dtype() && kept.equals_missing(made) {
            continue;
        }
        for row in 0..made.len() {
            let (is, should_be) = (kept.get(row)?, made.get(row)?);
            if is != should_be {
                let city = cities.get(row).unwrap_or_default();
                differences.push(cell(city, period, made, measure, [&is, &should_be]));
            }
        }
    }
    Ok(())
}

fn read(bytes: &Bytes) -> PolarsResult<DataFrame> {
    ParquetReader::new(Cursor::new(bytes.clone())).finish()
}

fn names(frame: &DataFrame) -> Vec<&str> {
    frame.columns().iter().map(|column| column.name().as_str()).collect()
}

fn cell(city: &str, period: &str, node: &Column, measure: Measure, [kept, made]: [&AnyValue<'_>; 2]) -> Fault {
    let word = measure.word();
    let (zh, en) = (format!("{word} 与重新计算的不同"), format!("{word} is not what comes out of the computation"));
    let fault = Fault::error("bundle.result_differs", zh, en).city(city).period(period).of(node.name().as_str());
    fault.value(shown(kept)).expected(shown(made))
}

fn shown(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => "null".to_owned(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::String(text) => (*text).to_owned(),
        other => other.to_string(),
    }
}
