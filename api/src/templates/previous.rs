//! What a city reported for the period before.

use std::collections::HashMap;

use citygauge_indicators::Period;
use sea_orm::ConnectionTrait;

use super::PreviousValue;
use crate::store::StoreError;
use crate::store::observations::{self, Filter, Status};

/// Rows read in one statement.
const CHUNK: u64 = 10_000;

/// The current values of a city for the period of the same length before `period`, by the code of the item.
///
/// # Errors
/// When the store cannot be read.
pub async fn previous_values(
    conn: &impl ConnectionTrait,
    city: &str,
    period: Period,
) -> Result<HashMap<String, PreviousValue>, StoreError> {
    let filter = Filter { cities: vec![city.to_owned()], periods: vec![period.earlier(1).to_string()], ..Filter::default() };
    let mut values = HashMap::new();
    let mut after = None;
    loop {
        let page = observations::page(conn, &filter, after.as_ref(), CHUNK).await?;
        for observed in page.items {
            let observed = observed.value;
            let value = match (observed.status, observed.number, observed.choice) {
                (Status::Reported, Some(number), _) => PreviousValue::Number(number),
                (Status::Reported, None, Some(choice)) => PreviousValue::Choice(choice),
                (Status::NotApplicable, ..) => PreviousValue::NotApplicable,
                _ => continue,
            };
            values.insert(observed.item, value);
        }
        after = page.next;
        if after.is_none() {
            return Ok(values);
        }
    }
}
