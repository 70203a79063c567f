//! Views of the dashboard in other pages: who may read what by a token, and which pages may show it.
//!
//! A token is not kept: it carries what it allows, and a code that only this service can make. So it ends with its time, or with the key that
//! asked for it. It opens what [`View`] lists, under the rights of that key, and nothing that changes anything.

mod parents;
mod token;
mod view;

pub use parents::parents;
pub use token::{Embedded, PREFIX};
pub use view::{Grant, View};
