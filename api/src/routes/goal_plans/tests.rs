//! Goal plans through the API.
