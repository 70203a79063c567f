//! `citygauge trends`: how scores move over the periods of a file, without a service.

use std::path::PathBuf;

use citygauge_assessment::years::{Quantity, Target, trends};
use citygauge_indicators::{Fault, Language};
use clap::{Args, ValueEnum};

use super::Failed;
use super::offline::Inputs;
use super::output::{Target as Out, about, note};
use crate::export::Format;
use crate::results::years;

const FORMATS: [Format; 6] = Format::TABLES;

/// Show how scores move over the periods, from files, without a service: a row per city, node and length of period.
#[derive(Debug, Args)]
pub(super) struct Trends {
    #[command(flatten)]
    inputs: Inputs,
    /// The code of a node; every node unless given.
    #[arg(long, value_name = "CODE")]
    node: Option<String>,
    /// The code of a city; every city unless given.
    #[arg(long, value_name = "CODE")]
    city: Option<String>,
    /// What is followed: the scores, or the raw values of indicators.
    #[arg(long, value_enum, default_value = "score")]
    of: Followed,
    /// Where it is to go: adds progress and when it is reached.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    target: Option<f64>,
    /// From where progress to the target counts; from the first value unless given.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, requires = "target")]
    base: Option<f64>,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension; CSV on stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What a trend follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Followed {
    Score,
    Value,
}

impl Trends {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Out::new("--out", self.out.as_deref(), &FORMATS, language)?;
        for (flag, value) in [("--target", self.target), ("--base", self.base)] {
            if value.is_some_and(|value| !value.is_finite()) {
                return Err(Failed::Usage(match language {
                    Language::Zh => format!("{flag}：应为有限的数"),
                    Language::En => format!("{flag}: expected a finite number"),
                }));
            }
        }
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let nodes = self.node.as_deref().map(|code| known_node(&loaded.set, code)).transpose()?.map(|node| vec![node]);
        let assessment = loaded.assess(None)?;
        let cities = self.city.as_deref().map(|city| vec![city]);
        if let Some(city) = self.city.as_deref().filter(|city| assessment.cities().iter().all(|known| known.code != *city)) {
            return Err(Failed::Input(unknown_city(city).into()));
        }
        let quantity = match self.of {
            Followed::Score => Quantity::Score,
            Followed::Value => Quantity::Value,
        };
        let target = self.target.map(|value| Target { value, base: self.base });
        let found = trends(&assessment, quantity, target, cities.as_deref(), nodes.as_deref());
        out.write(years::trends(&loaded.set, &found, language), Some(&about(&loaded.set, language)))?.keep()?;
        note(&loaded.set, language);
        Ok(())
    }
}

/// The place of a node.
pub(super) fn known_node(set: &citygauge_indicators::IndicatorSet, code: &str) -> Result<usize, Failed> {
    set.node_index(code).ok_or_else(|| {
        let fault = Fault::error("node.unknown", format!("没有节点“{code}”"), format!("there is no node '{code}'"));
        Failed::Input(fault.of(code).hint("检查节点代码", "check the code of the node").into())
    })
}

fn unknown_city(code: &str) -> Fault {
    Fault::error("city.unknown", format!("数据中没有城市“{code}”"), format!("the data have no city '{code}'"))
        .city(code)
        .hint("检查城市代码", "check the code of the city")
}
