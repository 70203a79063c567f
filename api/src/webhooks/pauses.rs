//! When a delivery that failed is tried again, and for how long its receiver is left alone.

use std::time::Duration;

use crate::clock::Sources;
use crate::config::Webhooks;

/// The longest that a receiver is left alone after a failure, unless it asks for more.
const LONGEST_REST_S: u64 = 300;

/// The pause after this many tries, from 1; `None` when it was the last. Where the receiver asked for a longer one, that.
pub fn next(config: &Webhooks, tries: i64, asked: Option<Duration>, sources: &Sources) -> Option<Duration> {
    let at = usize::try_from(tries.max(1) - 1).unwrap_or(usize::MAX);
    let pause = Duration::from_secs((*config.retry_s.get(at)?).into());
    // Deliveries that failed together are not all tried together.
    let chance = f64::from(sources.secret()[8]) / 255.0;
    Some(pause.mul_f64(1.0 + chance / 10.0).max(asked.unwrap_or_default()))
}

/// How long nothing at all is sent to a receiver that has failed so often in a row, from 1: as the schedule grows, five
/// minutes at most. So one that does not answer holds no more than a few senders up.
pub fn rest(config: &Webhooks, failures: i64, asked: Option<Duration>) -> Duration {
    let at = usize::try_from(failures.max(1) - 1).unwrap_or(usize::MAX).min(config.retry_s.len().saturating_sub(1));
    let pause = u64::from(config.retry_s.get(at).copied().unwrap_or_default()).min(LONGEST_REST_S);
    Duration::from_secs(pause).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_is_that_of_the_specification_with_a_tenth_by_chance() {
        let (config, sources) = (Webhooks::default(), Sources::system());
        let pauses: Vec<f64> = (1..=9).filter_map(|tries| Some(next(&config, tries, None, &sources)?.as_secs_f64())).collect();
        let least = [5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0];
        assert_eq!(pauses.len(), least.len());
        assert!(pauses.iter().zip(least).all(|(pause, least)| (least..=least * 1.1 + 1e-6).contains(pause)), "{pauses:?}");
        assert_eq!(next(&config, 10, None, &sources), None, "ten attempts are all");
    }

    #[test]
    fn a_receiver_that_asks_for_a_pause_gets_it() {
        let (config, asked) = (Webhooks::default(), Some(Duration::from_secs(4_000)));
        assert_eq!(next(&config, 1, asked, &Sources::system()), asked);
        assert_eq!((rest(&config, 1, asked), rest(&config, 1, None)), (Duration::from_secs(4_000), Duration::from_secs(5)));
        assert_eq!(rest(&config, 1_000, None), Duration::from_secs(300));
        assert_eq!(rest(&Webhooks { retry_s: Vec::new(), ..config }, 3, None), Duration::ZERO);
    }
}
