//! The dossier of a design: whose it is, for which years, and its elements. A file that the command reads and a body that
//! the service takes.

mod check;
mod recheck;
mod tree;

pub use check::{Placed, check};
pub use recheck::{Mark, Rest, Resting, marks};
pub use tree::{BusinessNode, business_tree};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::element::Element;
use super::words::{read_document, words};
use crate::fault::{Fault, Faults};
use crate::period::Period;
use crate::read::{Object, Read};
use crate::text::Text;

/// The most elements of a dossier.
pub const MOST_ELEMENTS: usize = 2_000;

words! {
    /// Where a design stands in its life.
    DesignState {
        /// It is worked on.
        Draft = "draft",
        /// It was adopted and changes no more, unless it becomes a draft again.
        Adopted = "adopted",
        /// It is kept for reference.
        Archived = "archived",
    }
}

/// Somebody who takes part in a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DesignMember {
    /// The name of a person or body.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Its part in the design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub role: Option<String>,
}

/// Whose design it is, and for which years.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DesignHeader {
    /// What the design is called; at most 200 characters in each language.
    pub title: Text,
    /// The code of the city.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 100))]
    pub city: String,
    /// The period with which the planning begins.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2026"))]
    pub from: Period,
    /// The period with which it ends; usually three to five years in all (4.3).
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2030"))]
    pub to: Period,
    /// Where it stands in its life; a draft unless given.
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub state: DesignState,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false, max_items = 200))]
    pub members: Vec<DesignMember>,
}

/// A design with all that it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Dossier {
    /// Whose it is, and for which years.
    #[serde(flatten)]
    pub header: DesignHeader,
    /// What it holds.
    #[cfg_attr(feature = "schema", schema(max_items = 2000))]
    pub elements: Vec<Element>,
}

/// Elements that are put into a design together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DossierElements {
    /// The elements.
    #[cfg_attr(feature = "schema", schema(max_items = 2000))]
    pub elements: Vec<Element>,
}

/// The most members of a design.
const MOST_MEMBERS: usize = 200;
/// The most characters of a title or a name.
const MOST_OF_A_LINE: usize = 200;

read_document!(DesignMember { required name, optional role });
read_document!(DossierElements { required elements });

impl Read for DesignHeader {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let header = header(&mut object, faults);
        if object.close(faults) { header } else { None }
    }
}

impl Read for Dossier {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (header, elements) = (header(&mut object, faults), object.required("elements", faults));
        object.close(faults).then_some(Self { header: header?, elements: elements? })
    }
}

fn header(object: &mut Object<'_>, faults: &mut Faults) -> Option<DesignHeader> {
    let title: Option<Text> = object.required("title", faults);
    let city: Option<String> = object.required("city", faults);
    let (from, to): (Option<Period>, Option<Period>) = (object.required("from", faults), object.required("to", faults));
    let state = object.or("state", DesignState::Draft, faults);
    let members: Vec<DesignMember> = object.or("members", Vec::new(), faults);
    if let Some((from, to)) = from.zip(to) {
        in_order(from, to, &object.pointer("to"), faults);
    }
    for (language, text) in title.iter().flat_map(|title| [("zh", &title.zh), ("en", &title.en)]) {
        if let Some(text) = text {
            line(text, &format!("{}/{language}", object.pointer("title")), faults);
        }
    }
    if title.as_ref().is_some_and(Text::is_empty) {
        line("", &object.pointer("title"), faults);
    }
    if let Some(city) = &city {
        line(city, &object.pointer("city"), faults);
    }
    if members.len() > MOST_MEMBERS {
        let fault = Fault::error("design.too_large", "成员过多", "there are too many members").value(members.len().to_string());
        let fault = fault.at(object.pointer("members")).expected(format!("..{MOST_MEMBERS}"));
        faults.push(fault.hint(format!("最多 {MOST_MEMBERS}"), format!("at most {MOST_MEMBERS}")));
    }
    for (place, member) in members.iter().enumerate() {
        let at = format!("{}/{place}", object.pointer("members"));
        line(&member.name, &format!("{at}/name"), faults);
        member.role.iter().for_each(|role| line(role, &format!("{at}/role"), faults));
    }
    Some(DesignHeader { title: title?, city: city?, from: from?, to: to?, state, members })
}

/// Notes a text that is no line of 1 to 200 characters.
fn line(text: &str, at: &str, faults: &mut Faults) {
    let length = text.chars().count();
    if (1..=MOST_OF_A_LINE).contains(&length) && !text.chars().any(char::is_control) && !text.trim().is_empty() {
        return;
    }
    faults.push(
        Fault::error("design.line", "应为一行文字", "expected a line of text")
            .at(at)
            .value(text)
            .expected(format!("1..{MOST_OF_A_LINE}"))
            .hint("请写 1 到 200 个字符，不含换行和控制字符", "write 1 to 200 characters without breaks and control characters"),
    );
}

impl Dossier {
    /// What is wrong among its elements.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let at = |place| format!("/elements/{place}");
        let placed: Vec<Placed<'_>> =
            self.elements.iter().enumerate().map(|(place, element)| Placed { at: at(place), element }).collect();
        check(&placed, (self.header.from, self.header.to))
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
