//! Maps that an operator uploads. The service ships none: a drawn map is published by whoever shows it, and needs its approval.

mod shapes;

pub use shapes::{Shapes, shapes};
