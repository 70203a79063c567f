//! Gap analyses as they are given out: in the words of the interface, as tables, and as requirements of a design.

mod elements;
mod kept;
mod requirements;
pub(crate) mod sections;
mod tables;

pub use elements::elements;
pub use kept::Kept;
pub use requirements::{Origin, requirements, requirements_table};
pub use sections::Sections;
pub use tables::{Lists, tables};
