//! A plan of goals in a file.

use std::path::Path;

use citygauge_assessment::gap::Reference;
use citygauge_indicators::planning::{Document, GoalPlan};
use citygauge_indicators::{Faults, IndicatorSet, parse_strict};

use crate::commands::offline::bytes_of;

/// The plan in a file; every fault of its form at once.
pub(crate) fn read(file: &Path) -> Result<GoalPlan, Faults> {
    let value = parse_strict(&bytes_of(file)?).map_err(|faults| faults.in_file(&file.display().to_string()))?;
    GoalPlan::read_at(&value, "").map_err(|faults| faults.in_file(&file.display().to_string()))
}

/// A reference that names the file of a plan, with the targets of that plan; any other as it is.
pub(crate) fn planned(against: Reference, set: &IndicatorSet, city: &str) -> Result<Reference, Faults> {
    let Reference::Target(targets) = against else { return Ok(against) };
    let file = targets.name.clone();
    let plan = read(Path::new(&file))?;
    targets.of(&plan, set, city).map(Reference::Target).map_err(|faults| faults.in_file(&file))
}
