//! The peers that a flag names: codes with commas between, or a file of cities.

use std::path::Path;

use citygauge_assessment::Assessment;
use citygauge_indicators::{Fault, Faults};

use crate::commands::offline::read_cities;

/// The codes, each of which the assessment knows.
pub(super) fn named(flag: &str, assessment: &Assessment) -> Result<Vec<String>, Faults> {
    let codes: Vec<String> = if Path::new(flag).exists() {
        read_cities(Path::new(flag))?.into_iter().map(|city| city.code).collect()
    } else {
        flag.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
    };
    if codes.is_empty() {
        return Err(Fault::error("gap.no_peers", "没有给出同类城市", "no peers are named")
            .value(flag)
            .hint("给出城市代码，以逗号分隔，或城市文件", "give codes of cities with commas between, or a file of cities")
            .into());
    }
    let unknown = codes.iter().filter(|code| !assessment.cities().iter().any(|city| city.code == **code));
    let faults: Vec<Fault> = unknown
        .map(|code| {
            Fault::error(
                "gap.unknown_peer",
                format!("评估结果中没有同类城市“{code}”"),
                format!("the assessment has no peer '{code}'"),
            )
            .city(code)
            .hint("检查城市代码", "check the code of the city")
        })
        .collect();
    if faults.is_empty() { Ok(codes) } else { Err(Faults(faults)) }
}
