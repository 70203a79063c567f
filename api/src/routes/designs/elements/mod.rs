//! The elements of a design: one set of operations for every kind.

mod history;
mod list;
mod put;
mod put_many;
mod rechecked;
mod remove;
mod show;

use citygauge_indicators::planning::dossier::Mark;
use citygauge_openapi::{self as wire, Code, Id, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::designs::recheck;
use crate::error::Failure;
use crate::routes::designs::present_element;
use crate::state::State;
use crate::store::designs::{self, Design, StoredElement};

/// Mounts the operations on elements.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_design_elements)
        .service(put_many::put_design_elements)
        .service(show::show_design_element)
        .service(put::put_design_element)
        .service(remove::remove_design_element)
        .service(history::list_design_element_history)
        .service(rechecked::confirm_design_element);
}

/// An element of a design.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ElementPath {
    /// The design.
    id: Id,
    /// The code of the element.
    code: Code,
}

impl ElementPath {
    /// Its path below the API's root.
    fn subject(&self) -> String {
        format!("designs/{}/elements/{}", self.id, path_segment(self.code.as_str()))
    }
}

/// The tag of an element as it is shown: that of its row, and why it is to be re-checked, which no row knows.
fn tag(stored: &StoredElement, mark: Option<&Mark>) -> Tag {
    let row = Tag::of_row(stored.revision, stored.updated_at_ms);
    match mark {
        None => row,
        Some(mark) => Tag::of_bytes(format!("{}|{:?}|{:?}", row.as_str(), mark.changed, mark.through).as_bytes()),
    }
}

/// An element as it stands before it is changed, and why it is to be re-checked.
struct Before {
    stored: Option<StoredElement>,
    mark: Option<Mark>,
}

impl Before {
    /// Looked up before a transaction begins, in which nothing slow happens.
    async fn of(state: &State, design: &Design, code: &Code) -> Result<Self, Failure> {
        let elements = designs::elements(state.db(), &design.id).await?;
        let marks = recheck::find(state, design, &elements).await?;
        let mark = marks.into_iter().find(|mark| mark.code == code.as_str());
        Ok(Self { stored: elements.into_iter().find(|stored| stored.element.code() == code.as_str()), mark })
    }

    /// The tag of what a transaction finds in its place: with the mark where it is still the same row.
    fn tag(&self, found: &StoredElement) -> Tag {
        let is_same = self.stored.as_ref().is_some_and(|stored| stored.revision == found.revision);
        tag(found, self.mark.as_ref().filter(|_| is_same))
    }
}

/// An element as it stands after a change, with its tag.
async fn shown(state: &State, design: &Design, code: &Code) -> Result<(wire::DesignElement, Tag), Failure> {
    let Before { stored, mark } = Before::of(state, design, code).await?;
    let stored = stored.ok_or_else(|| absent(code))?;
    let tag = tag(&stored, mark.as_ref());
    Ok((present_element(stored, mark), tag))
}

/// That a design has no such element.
pub(super) fn absent(code: &Code) -> Failure {
    Failure::absent(format!("该设计没有要素“{code}”"), format!("the design has no element '{code}'"))
}
