//! What the pages say of the project is so.

mod arrows;
mod security;
mod walkthrough;
