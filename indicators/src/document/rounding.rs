//! Where and how results are rounded.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_type};

/// What becomes of a value half-way between two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// Away from zero: 2.675 becomes 2.68.
    #[default]
    HalfUp,
    /// To the even neighbour, as GB/T 8170 rounds: 2.665 becomes 2.66.
    HalfEven,
}

read_words!(RoundingMode { "half_up" => Self::HalfUp, "half_even" => Self::HalfEven });

/// The depths that are rounded; 0 is TOTAL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Depths {
    /// Every node.
    #[default]
    All,
    /// The nodes at these depths.
    List(Vec<u32>),
}

impl Serialize for Depths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::List(depths) => depths.serialize(serializer),
        }
    }
}

impl Read for Depths {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::String(word) if word == "all" => Some(Self::All),
            Value::Array(_) => Some(Self::List(Vec::read(value, at, faults)?)),
            other => wrong_type(other, at, "\"all\" or a list of depths", "\"all\" 或层级列表", faults),
        }
    }
}

/// The rounding of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rounding {
    /// What becomes of a half.
    pub mode: RoundingMode,
    /// Decimals kept, 0 to 10.
    #[cfg_attr(feature = "schema", schema(maximum = 10))]
    pub places: u32,
    /// The depths that are rounded: `"all"`, or a list of depths, 0 being TOTAL.
    #[cfg_attr(feature = "schema", schema(value_type = serde_json::Value))]
    pub depths: Depths,
}

impl Read for Rounding {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let mode = object.or("mode", RoundingMode::HalfUp, faults);
        let places = object.required("places", faults);
        let depths = object.or("depths", Depths::All, faults);
        object.close(faults).then_some(Self { mode, places: places?, depths })
    }
}

/// The rounding of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NodeRounding {
    /// Decimals kept, 0 to 10.
    #[cfg_attr(feature = "schema", schema(maximum = 10))]
    pub places: u32,
}

impl Read for NodeRounding {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let places = object.required("places", faults);
        object.close(faults).then_some(Self { places: places? })
    }
}
