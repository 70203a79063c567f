//! Maturity levels: bands of a score with gates, or a staged model of requirements.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// Which band owns the limit between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The upper band starts at the limit.
    #[default]
    LowerInclusive,
    /// The lower band still holds at the limit; the lowest owns its lower limit too.
    UpperInclusive,
}

read_words!(Edge { "lower_inclusive" => Self::LowerInclusive, "upper_inclusive" => Self::UpperInclusive });

/// A band of scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = LevelBand))]
pub struct Band {
    /// The code of the level.
    pub code: String,
    /// The score from which on it holds.
    pub from: f64,
    /// What it is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub title: Text,
}

impl Read for Band {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let from = object.required("from", faults);
        let title = object.optional("title", faults).unwrap_or_default();
        object.close(faults).then_some(Self { code: code?, from: from?, title })
    }
}

/// What must hold for a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Requirement {
    /// A node's score.
    Node {
        /// The code of the node.
        node: String,
        /// The least score.
        at_least: f64,
    },
    /// A data item's value.
    Item {
        /// The code of the item.
        item: String,
        /// The least value.
        at_least: f64,
    },
    /// How many of some nodes reach a level.
    Nodes {
        /// The codes of the nodes.
        nodes: Vec<String>,
        /// The code of the level.
        reach: String,
        /// How many of them must.
        count: u32,
    },
}

impl Read for Requirement {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let requirement = if object.raw("nodes").is_some() {
            let nodes = object.required("nodes", faults);
            let reach = object.required("reach", faults);
            let count = object.required("count", faults);
            nodes.zip(reach).zip(count).map(|((nodes, reach), count)| Self::Nodes { nodes, reach, count })
        } else if object.raw("item").is_some() {
            let item = object.required("item", faults);
            let at_least = object.required("at_least", faults);
            item.zip(at_least).map(|(item, at_least)| Self::Item { item, at_least })
        } else {
            let node = object.required("node", faults);
            let at_least = object.required("at_least", faults);
            node.zip(at_least).map(|(node, at_least)| Self::Node { node, at_least })
        };
        if object.close(faults) { requirement } else { None }
    }
}

/// Requirements that guard a level; where they fail, the city stays just below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = LevelGate))]
pub struct Gate {
    /// The code of the level it guards.
    pub level: String,
    /// The nodes it caps; all of the levels' nodes unless given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub of: Vec<String>,
    /// What must hold, all of it.
    pub require: Vec<Requirement>,
}

impl Read for Gate {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let level = object.required("level", faults);
        let of = object.optional("of", faults).unwrap_or_default();
        let require = object.required("require", faults);
        object.close(faults).then_some(Self { level: level?, of, require: require? })
    }
}

/// A level of a staged model (ITU-T Y.4904 kind).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = LevelStage))]
pub struct Stage {
    /// The code of the level.
    pub code: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub title: Text,
    /// What must hold, beside all that the levels below require.
    pub require: Vec<Requirement>,
}

impl Read for Stage {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let title = object.optional("title", faults).unwrap_or_default();
        let require = object.required("require", faults);
        object.close(faults).then_some(Self { code: code?, title, require: require? })
    }
}

/// The maturity levels of a set: bands with gates, or a staged model.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MaturityLevels))]
pub struct Levels {
    /// The nodes whose score is read; `TOTAL` unless given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub of: Vec<String>,
    /// Which band owns the limit between two.
    #[serde(skip_serializing_if = "crate::document::is_default")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub edge: Edge,
    /// The bands, rising.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub bands: Vec<Band>,
    /// Requirements beside the score.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub gates: Vec<Gate>,
    /// A staged model, lowest level first; it stands instead of bands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub staged: Vec<Stage>,
}

impl Read for Levels {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let levels = Self {
            of: object.optional("of", faults).unwrap_or_default(),
            edge: object.or("edge", Edge::default(), faults),
            bands: object.optional("bands", faults).unwrap_or_default(),
            gates: object.optional("gates", faults).unwrap_or_default(),
            staged: object.optional("staged", faults).unwrap_or_default(),
        };
        object.close(faults).then_some(levels)
    }
}
