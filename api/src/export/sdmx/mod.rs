//! SDMX 3.0: data as SDMX-CSV 2.0 and SDMX-JSON 2.0, and the structure message (SDMX-JSON 2.0) that goes with them.
//!
//! Sources: <https://github.com/sdmx-twg/sdmx-csv>, `data-message/docs/sdmx-csv-field-guide.md`;
//! <https://github.com/sdmx-twg/sdmx-json>, `data-message` and `structure-message`, whose 2.0.0 schemas the messages keep.
//!
//! A table of data has a column per component of its [`Structure`], in that order; codes in it are identifiers already ([`id`]).

mod csv;
mod data;
mod identifier;
mod message;

use citygauge_indicators::Text;

pub use csv::write as write_csv;
pub use data::write as write_json;
pub use identifier::{code, id};
pub use message::message;

use super::Column;

/// Who maintains the structures.
pub const AGENCY: &str = "CITYGAUGE";

/// The media type of a structure message.
pub const STRUCTURE_JSON: &str = "application/vnd.sdmx.structure+json;version=2.0.0";

/// A data structure with its dataflow, concepts and code lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// The identifier of the dataflow and of the data structure.
    pub id: String,
    /// Its version: `1.0.0` never changes, `1.0` may.
    pub version: &'static str,
    /// What it is called.
    pub name: Text,
    /// The moment of what it describes, in RFC 3339.
    pub prepared: String,
    /// Dimensions, then measures, then attributes.
    pub components: Vec<Component>,
}

/// A component of a data structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its identifier, which is its concept's too.
    pub id: &'static str,
    /// What it is in the structure.
    pub role: Role,
    /// What it is called.
    pub name: Text,
    /// What it holds.
    pub holds: Holds,
}

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A dimension; the one that holds periods is the time dimension.
    Dimension,
    /// A measure.
    Measure,
    /// An attribute of an observation.
    Attribute,
}

/// What a component holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Holds {
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// Text.
    Text,
    /// Periods.
    Period,
    /// Codes of a list.
    Codes(Codelist),
}

/// A list of codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Codelist {
    /// Its identifier.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// Its codes.
    pub codes: Vec<Code>,
}

/// A code of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// Its identifier: [`id`] of what the service calls it.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// The identifier of the code above it.
    pub parent: Option<String>,
}

impl Component {
    /// A component.
    pub fn new(id: &'static str, role: Role, (zh, en): (&str, &str), holds: Holds) -> Self {
        Self { id, role, name: Text::both(zh, en), holds }
    }
}

impl Structure {
    /// The columns of its data.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let column = |component: &Component| match component.holds {
            Holds::Number => Column::number(component.id),
            Holds::Integer => Column::integer(component.id),
            Holds::Text | Holds::Period | Holds::Codes(_) => Column::text(component.id),
        };
        self.components.iter().map(column).collect()
    }

    /// Its components of a role, each with its column.
    fn of(&self, role: Role) -> impl Iterator<Item = (usize, &Component)> {
        self.components.iter().enumerate().filter(move |(_, component)| component.role == role)
    }

    /// `AGENCY:ID(VERSION)`, as SDMX-CSV names it and as URNs end.
    fn reference(&self, id: &str) -> String {
        format!("{AGENCY}:{id}({})", self.version)
    }

    /// The URN of one of its artefacts.
    fn urn(&self, class: &str, id: &str) -> String {
        format!("urn:sdmx:org.sdmx.infomodel.{class}={}", self.reference(id))
    }
}

#[cfg(test)]
mod tests;
