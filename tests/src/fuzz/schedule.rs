//! Schedules of sources: whatever the expression, its moments come in order and never end in a search without an end.

use std::time::{Duration, Instant};

use citygauge_api::schedule::Schedule;

pub(super) const WORDS: &[&str] = &[
    "*",
    "*/5",
    "0",
    "59",
    "60",
    "23",
    "31",
    "30",
    "2",
    "12",
    "L",
    "W",
    "15W",
    "5#2",
    "MON",
    "JAN",
    "1-5",
    ",",
    "-",
    "/",
    " ",
    "?",
    "H",
    "@daily",
    "0 0 30 2 *",
    "0 0 29 2 1",
    "0 0 31 2,4,6,9,11 *",
    "\nUTC",
    "\nAsia/Shanghai",
    "\nEurope/Madrid",
    "\nAmerica/Sao_Paulo",
    "LW",
    "FRI#L",
    "7",
];

/// 2026-11-30, the moment from which expressions are looked at.
const NOW_MS: i64 = 1_795_996_800_000;

/// No expression takes longer to judge, in a build that is not optimised and on a machine that does other work.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads an expression and, in a second line, a time zone.
///
/// # Panics
/// Where a refusal is unclear, a moment is not after the one that was asked about, or a search takes too long.
pub fn schedule(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let (cron, zone) = text.split_once('\n').unwrap_or((text, "UTC"));
    let begun = Instant::now();
    let read = Schedule::read(cron, zone, 300, NOW_MS);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    match read {
        Ok(schedule) => {
            let kept = Schedule::kept(cron, zone).expect("what was accepted is read again");
            let mut last = NOW_MS;
            for _ in 0..20 {
                let Some(next) = schedule.after(last) else { break };
                assert!(next > last);
                assert_eq!(kept.after(last), Some(next));
                assert!(schedule.latest(next).is_some_and(|latest| latest <= next && latest >= last.min(next)));
                last = next;
            }
            true
        }
        Err(faults) => {
            super::refused(&faults);
            false
        }
    }
}
