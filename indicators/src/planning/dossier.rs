//! The dossier of a design: whose it is, for which years, and its elements. A file that the command reads and a body that
//! the service takes.

mod check;
mod recheck;
mod tree;

pub use check::{Placed, check};
pub use recheck::{Mark, Rest, Resting, marks};
pub use tree::{BusinessNode, business_tree};

use serde::Serialize;
use serde_json::Value;

use super::element::Element;
use super::words::read_document;
use crate::fault::{Fault, Faults};
use crate::period::Period;
use crate::read::{Object, Read};
use crate::text::Text;

/// The most elements of a dossier.
pub const MOST_ELEMENTS: usize = 2_000;

/// Somebody who takes part in a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DossierMember {
    /// The name of a person or body.
    pub name: String,
    /// Its part in the design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// A design with all that it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Dossier {
    /// What the design is called.
    pub title: Text,
    /// The code of the city.
    pub city: String,
    /// The period with which the planning begins.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2026"))]
    pub from: Period,
    /// The period with which it ends; usually three to five years in all (4.3).
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2030"))]
    pub to: Period,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false, max_items = 200))]
    pub members: Vec<DossierMember>,
    /// What it holds.
    #[cfg_attr(feature = "schema", schema(max_items = 2000))]
    pub elements: Vec<Element>,
}

read_document!(DossierMember { required name, optional role });

impl Read for Dossier {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (title, city) = (object.required("title", faults), object.required("city", faults));
        let (from, to): (Option<Period>, Option<Period>) = (object.required("from", faults), object.required("to", faults));
        let members = object.or("members", Vec::new(), faults);
        let elements = object.required("elements", faults);
        if let Some((from, to)) = from.zip(to) {
            in_order(from, to, &object.pointer("to"), faults);
        }
        object.close(faults).then_some(Self { title: title?, city: city?, from: from?, to: to?, members, elements: elements? })
    }
}

impl Dossier {
    /// What is wrong among its elements.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let at = |place| format!("/elements/{place}");
        let placed: Vec<Placed<'_>> =
            self.elements.iter().enumerate().map(|(place, element)| Placed { at: at(place), element }).collect();
        check(&placed, (self.from, self.to))
    }
}

/// Notes a span that ends before it begins.
fn in_order(from: Period, to: Period, at: &str, faults: &mut Faults) {
    if years_between(from, to) > 0.0 {
        return;
    }
    faults.push(
        Fault::error("design.period_order", "结束早于开始", "it ends before it begins")
            .at(at)
            .value(to.to_string())
            .expected(format!("{from}.."))
            .hint("请调换两者，或改正时期", "swap the two, or correct them"),
    );
}

/// How many years lie between the beginning of one period and the end of another; not above 0 where it ends before.
#[must_use]
pub fn years_between(from: Period, to: Period) -> f64 {
    let length = match to.kind() {
        crate::PeriodKind::Year => 1.0,
        crate::PeriodKind::HalfYear => 0.5,
        crate::PeriodKind::Quarter => 0.25,
        crate::PeriodKind::Month => 1.0 / 12.0,
    };
    let (from, to) = (from.in_years().to_f64().value(), to.in_years().to_f64().value());
    to - from + length
}

#[cfg(test)]
mod tests;
