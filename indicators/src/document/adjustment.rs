//! Bonuses and deductions on the total.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// Whether an adjustment adds or takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// Adds to the total.
    Bonus,
    /// Takes away from the total.
    Deduction,
}

read_words!(AdjustmentKind { "bonus" => Self::Bonus, "deduction" => Self::Deduction });

/// A bonus or deduction: points per unit times a formula, capped.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Adjustment {
    /// Unique among the adjustments.
    pub code: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub title: Text,
    /// Whether it adds or takes away.
    pub kind: AdjustmentKind,
    /// The formula over data items; a missing value counts 0.
    pub formula: String,
    /// Points for every unit of the formula's value.
    pub points_per_unit: f64,
    /// The greatest number of points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// Always `TOTAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applies_to: Option<String>,
}

impl Read for Adjustment {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let title = object.optional("title", faults).unwrap_or_default();
        let kind = object.required("kind", faults);
        let formula = object.required("formula", faults);
        let points_per_unit = object.or("points_per_unit", 1.0, faults);
        let cap = object.optional("cap", faults);
        let applies_to = object.optional("applies_to", faults);
        object.close(faults).then_some(Self {
            code: code?,
            title,
            kind: kind?,
            formula: formula?,
            points_per_unit,
            cap,
            applies_to,
        })
    }
}

/// The limits of the sums of all bonuses and all deductions, in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AdjustmentLimits {
    /// The greatest sum of bonuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bonus: Option<f64>,
    /// The greatest sum of deductions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduction: Option<f64>,
    /// The least and greatest result, 0 and the full mark unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<[f64; 2]>,
}

impl Read for AdjustmentLimits {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let limits = Self {
            bonus: object.optional("bonus", faults),
            deduction: object.optional("deduction", faults),
            result: object.optional("result", faults),
        };
        object.close(faults).then_some(limits)
    }
}
