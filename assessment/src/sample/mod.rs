//! Statistics of a sample: plain functions over slices of doubles that treatment, weights, uncertainty and the
//! statistics of a set share. Who calls them has left out what is missing; nothing here is rounded or published.

pub(crate) mod components;
pub(crate) mod correlation;
pub(crate) mod moments;
pub(crate) mod order;
pub(crate) mod significance;
