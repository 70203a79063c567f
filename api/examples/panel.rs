//! A release of any size and a set for it, drawn from a fixed seed (`docs/benchmarks.md`): log-normal values, 5 % of them missing, every
//! fourth indicator better when lower; groups of ten indicators, branches of four groups.
//!
//! ```text
//! cargo run --release -p citygauge-api --example panel -- CITIES INDICATORS YEARS FOLDER
//! ```
//!
//! It writes `set.json`, `cities.csv` and `panel.parquet`, a row per observation in the columns of a release.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Error};
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, PolarsResult, Schema};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Cities that are drawn together; a row group of the file has their rows.
const BLOCK: usize = 20;

fn main() -> Result<(), Error> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [cities, indicators, years, folder] = given.as_slice() else {
        return Err(Error::other("CITIES INDICATORS YEARS FOLDER"));
    };
    let number = |text: &String| text.parse::<usize>().map_err(Error::other);
    let (cities, indicators, years, folder) = (number(cities)?, number(indicators)?, number(years)?, Path::new(folder));
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("set.json"), set(indicators).to_string())?;
    let mut register = "code,name\n".to_owned();
    (0..cities).try_for_each(|place| writeln!(register, "{0},{0}", city(place))).map_err(Error::other)?;
    std::fs::write(folder.join("cities.csv"), register)?;
    panel(cities, indicators, years, &folder.join("panel.parquet")).map_err(Error::other)
}

fn city(place: usize) -> String {
    format!("c{place:05}")
}

fn item(place: usize) -> String {
    format!("i{place:03}")
}

fn set(indicators: usize) -> Value {
    let title = |code: &str| json!({"en": code});
    let groups = indicators.div_ceil(10);
    let mut nodes: Vec<Value> = Vec::new();
    for branch in 0..groups.div_ceil(4) {
        let code = format!("B{branch}");
        nodes.push(json!({"code": code, "title": title(&code)}));
    }
    for group in 0..groups {
        let code = format!("G{group}");
        nodes.push(json!({"code": code, "parent": format!("B{}", group / 4), "title": title(&code)}));
    }
    for place in 0..indicators {
        let (code, item) = (format!("L{place}"), item(place));
        let direction = if place % 4 == 3 { "lower" } else { "higher" };
        let indicator = json!({"formula": item, "direction": direction, "scoring": {"rule": "min_max"}});
        nodes.push(json!({"code": code, "parent": format!("G{}", place / 10), "title": title(&code), "indicator": indicator}));
    }
    let items: Vec<Value> = (0..indicators).map(|place| json!({"code": item(place)})).collect();
    json!({"code": "panel", "version": "1", "title": {"en": "A panel of any size"}, "items": items, "nodes": nodes})
}

fn panel(cities: usize, indicators: usize, years: usize, file: &Path) -> PolarsResult<()> {
    let columns = ["city", "period", "item", "value", "choice", "status"];
    let kind = |name: &str| if name == "value" { DataType::Float64 } else { DataType::String };
    let schema = Schema::from_iter(columns.map(|name| Field::new(name.into(), kind(name))));
    let mut writer = ParquetWriter::new(BufWriter::new(File::create(file)?)).batched(&schema)?;
    let mut random = StdRng::seed_from_u64(1);
    let items: Vec<String> = (0..indicators).map(item).collect();
    let periods: Vec<String> = (0..years).map(|year| (2001 + year).to_string()).collect();
    for start in (0..cities).step_by(BLOCK) {
        let (mut city_column, mut period_column, mut item_column) = (Vec::new(), Vec::new(), Vec::new());
        let mut values: Vec<Option<f64>> = Vec::new();
        let codes: Vec<String> = (start..cities.min(start + BLOCK)).map(city).collect();
        for code in &codes {
            for period in &periods {
                for item in &items {
                    city_column.push(code.as_str());
                    period_column.push(period.as_str());
                    item_column.push(item.as_str());
                    let value = (random.random::<f64>() < 0.95).then(|| normal(&mut random).exp());
                    values.push(value);
                }
            }
        }
        let status: Vec<&str> = values.iter().map(|value| if value.is_some() { "reported" } else { "missing" }).collect();
        let height = values.len();
        let columns = vec![
            Column::new("city".into(), city_column),
            Column::new("period".into(), period_column),
            Column::new("item".into(), item_column),
            Column::new("value".into(), values),
            Column::full_null("choice".into(), height, &DataType::String),
            Column::new("status".into(), status),
        ];
        writer.write_batch(&DataFrame::new(height, columns)?)?;
    }
    writer.finish()?;
    Ok(())
}

/// A normal number by the method of Box and Muller.
fn normal(random: &mut StdRng) -> f64 {
    let (radius, angle): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}
