//! When a source is due: a cron expression of five fields in a time zone.
//!
//! The clock of the zone counts. A time of day that a change of the clock leaves out is due at the first moment after the
//! gap, one that comes twice is due the first time only; what runs every few minutes or hours goes by the minutes that really
//! pass.

use citygauge_indicators::{Fault, Faults};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How many due moments are looked at for two that are too close to each other.
const LOOKED_AT: usize = 3_000;

/// How far that look goes, in milliseconds: two years, so that a day of the year has its turn twice.
const LOOK_MS: i64 = 2 * 366 * 86_400_000;

/// A schedule that comes, and not too often.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

impl Schedule {
    /// Reads an expression and the IANA name of a time zone, with every fault at once; `shortest_s` is the least number of
    /// seconds between two due moments, which are looked at from `now_ms` on.
    pub fn read(cron: &str, zone: &str, shortest_s: u32, now_ms: i64) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        // How often something comes hardly depends on the zone, so that is told even of one that is not known.
        let zone = read_zone(zone).unwrap_or_else(|fault| {
            faults.push(fault);
            TimeZone::UTC
        });
        let Some(cron) = read_cron(cron).map_err(|fault| faults.push(fault)).ok() else { return Err(faults) };
        let schedule = Self { cron, zone };
        match schedule.shortest_ms(now_ms) {
            None => faults.push(never(schedule.cron.as_str())),
            Some(found) if found < i64::from(shortest_s) * 1_000 => {
                faults.push(too_often(schedule.cron.as_str(), found / 1_000, shortest_s));
            }
            Some(_) => {}
        }
        if faults.is_empty() { Ok(schedule) } else { Err(faults) }
    }

    /// Reads what was accepted before; the shortest pause may have been changed since.
    pub fn kept(cron: &str, zone: &str) -> Result<Self, Faults> {
        Ok(Self { cron: read_cron(cron)?, zone: read_zone(zone)? })
    }

    /// The first due moment after this one; `None` when none comes.
    pub fn after(&self, ms: i64) -> Option<i64> {
        let due = self.cron.find_next_occurrence(&self.zoned(ms)?, false).ok()?;
        Some(due.timestamp().as_millisecond())
    }

    /// The last due moment that is not after this one.
    pub fn latest(&self, ms: i64) -> Option<i64> {
        let due = self.cron.find_previous_occurrence(&self.zoned(ms)?, true).ok()?;
        Some(due.timestamp().as_millisecond())
    }

    fn zoned(&self, ms: i64) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(self.zone.clone()))
    }

    /// The shortest pause between two due moments from the day of `now_ms` on; `None` when not two come.
    fn shortest_ms(&self, now_ms: i64) -> Option<i64> {
        // The whole of the first day counts: what is due at two minutes of one day of the year is too often.
        let start = self.zoned(now_ms)?.start_of_day().ok()?.timestamp().as_millisecond() - 1;
        let mut last = self.after(start)?;
        let mut shortest: Option<i64> = None;
        for _ in 0..LOOKED_AT {
            let Some(next) = self.after(last) else { break };
            shortest = Some(shortest.map_or(next - last, |known| known.min(next - last)));
            if next - start > LOOK_MS {
                break;
            }
            last = next;
        }
        shortest
    }
}

fn read_zone(name: &str) -> Result<TimeZone, Fault> {
    TimeZone::get(name).map_err(|_| {
        Fault::error("source.time_zone", format!("没有时区“{name}”"), format!("there is no time zone '{name}'"))
            .at("/schedule/time_zone")
            .value(name)
            .expected("IANA: Asia/Shanghai, UTC, …")
            .hint("请填写 IANA 时区名称，如 Asia/Shanghai", "give the IANA name of a time zone, such as Asia/Shanghai")
    })
}

fn read_cron(text: &str) -> Result<Cron, Fault> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let five = text.split_whitespace().count() == 5;
    parser.parse(text).ok().filter(|_| five).ok_or_else(|| {
        Fault::error(
            "source.cron",
            format!("“{text}”不是五段的 cron 表达式"),
            format!("'{text}' is no cron expression of five fields"),
        )
        .at("/schedule/cron")
        .value(text)
        .expected("minute hour day-of-month month day-of-week")
        .hint(
            "请按“分 时 日 月 星期”填写，如 30 6 * * 1-5（周一至周五 6:30）",
            "write minute, hour, day of the month, month and day of the week, such as 30 6 * * 1-5 for 6:30 from Monday to Friday",
        )
    })
}

fn never(cron: &str) -> Fault {
    Fault::error("source.cron_never", format!("“{cron}”的时间永远不会到来"), format!("the time of '{cron}' never comes"))
        .at("/schedule/cron")
        .value(cron)
        .hint("请核对日和月", "check the day and the month")
}

fn too_often(cron: &str, found_s: i64, shortest_s: u32) -> Fault {
    Fault::error(
        "source.cron_too_often",
        format!("“{cron}”过于频繁：两次之间只有 {found_s} 秒"),
        format!("'{cron}' comes too often: {found_s} seconds lie between two times"),
    )
    .at("/schedule/cron")
    .value(cron)
    .expected(format!(">= {shortest_s} s"))
    .hint(
        format!("两次之间至少 {shortest_s} 秒（配置项 sources.shortest_interval_s）"),
        format!("leave at least {shortest_s} seconds between two times (the setting sources.shortest_interval_s)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T08:00:00Z
    const NOW: i64 = 1_795_334_400_000;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn read(cron: &str, zone: &str) -> Result<Schedule, Vec<&'static str>> {
        Schedule::read(cron, zone, 300, NOW).map_err(|faults| faults.0.iter().map(|fault| fault.code).collect())
    }

    fn moments(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
        let mut last = ms(from);
        let mut found = Vec::new();
        for _ in 0..count {
            last = schedule.after(last).expect("it comes");
            found.push(Timestamp::from_millisecond(last).expect("a moment").to_string());
        }
        found
    }

    #[test]
    fn a_time_of_day_is_one_of_its_zone() {
        let schedule = read("30 6 * * 1-5", "Asia/Shanghai").expect("sound");
        let found = moments(&schedule, "2026-11-27T00:00:00Z", 2);
        assert_eq!(found, ["2026-11-29T22:30:00Z", "2026-11-30T22:30:00Z"]);
        assert_eq!(schedule.latest(ms("2026-11-29T22:30:00Z")), Some(ms("2026-11-29T22:30:00Z")));
        assert_eq!(schedule.latest(ms("2026-11-29T22:29:59Z")), Some(ms("2026-11-26T22:30:00Z")));
    }

    #[test]
    fn a_time_that_the_clock_leaves_out_comes_right_after_the_gap_and_one_that_comes_twice_counts_once() {
        let daily = read("30 2 * * *", "Europe/Berlin").expect("sound");
        let spring = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
        assert_eq!(moments(&daily, "2026-03-28T00:00:00Z", 3), spring);
        let autumn = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
        assert_eq!(moments(&daily, "2026-10-24T00:00:00Z", 3), autumn);
        // Looking back finds the same moments, so that a catch-up is for one that was due.
        for at in spring.into_iter().chain(autumn) {
            assert_eq!(daily.latest(ms(at) + 60_000), Some(ms(at)), "{at}");
        }
        // The hours that really pass.
        let hourly = read("0 * * * *", "Europe/Berlin").expect("sound");
        for day in ["2026-03-28T23:30:00Z", "2026-10-24T23:30:00Z"] {
            let found: Vec<i64> = moments(&hourly, day, 5).iter().map(|at| ms(at)).collect();
            assert!(found.windows(2).all(|pair| pair[1] - pair[0] == 3_600_000), "{day}");
        }
    }

    #[test]
    fn what_never_comes_or_too_often_or_is_no_schedule_is_refused() {
        for (cron, zone, codes) in [
            ("0 0 30 2 *", "UTC", &["source.cron_never"][..]),
            ("* * * * *", "UTC", &["source.cron_too_often"]),
            ("*/4 * * * *", "UTC", &["source.cron_too_often"]),
            // Every seven minutes leaves four at the end of the hour.
            ("*/7 * * * *", "UTC", &["source.cron_too_often"]),
            ("59,0 0,23 * * *", "UTC", &["source.cron_too_often"]),
            ("0,1 12 1 1 *", "UTC", &["source.cron_too_often"]),
            ("0 6 * *", "UTC", &["source.cron"]),
            ("0 0 6 * * *", "UTC", &["source.cron"]),
            ("@hourly", "UTC", &["source.cron"]),
            ("61 6 * * *", "Mars/Olympus", &["source.time_zone", "source.cron"]),
            ("* * * * *", "Mars/Olympus", &["source.time_zone", "source.cron_too_often"]),
            ("0 6 * * *", "", &["source.time_zone"]),
        ] {
            assert_eq!(read(cron, zone).expect_err(cron), codes, "{cron} {zone}");
        }
        for cron in ["*/5 * * * *", "0 0 29 2 *", "0 0 L * *", "0 8 * * MON", "0 6 1 1,7 *"] {
            assert!(read(cron, "Asia/Shanghai").is_ok(), "{cron}");
        }
    }

    #[test]
    fn what_was_accepted_before_is_read_without_the_shortest_pause() {
        assert!(Schedule::kept("* * * * *", "UTC").is_ok());
        assert!(Schedule::kept("x", "UTC").is_err());
    }
}
