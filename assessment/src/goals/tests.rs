//! Proposals, findings and monitoring on small panels.
