//! How long a server asks to be left alone (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// The longest pause that is heeded.
const LONGEST: Duration = Duration::from_secs(86_400);

/// The pause that an answer asks for. A date is read against the server's own clock, which it sends along.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let pause = if asked.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(asked.parse().unwrap_or(u64::MAX))
    } else {
        let moment = |text: &str| DateTimeParser::new().parse_timestamp(text).ok();
        let (until, now) = (moment(asked)?, moment(text(DATE)?)?);
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(pause.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(asked: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, asked.parse().expect("a header"));
        if let Some(date) = date {
            headers.insert(DATE, date.parse().expect("a header"));
        }
        retry_after(&headers).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_pause_is_given_in_seconds_or_as_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(pause("120", None), Some(120));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(pause("Sun, 06 Nov 1994 08:00:00 GMT", date), Some(0));
        assert_eq!(pause("99999999999999999999999", None), Some(86_400));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(pause("soon", date), None);
    }
}
