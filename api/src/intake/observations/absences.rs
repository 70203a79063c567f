//! What comes and goes in a panel: cities and data items that a file leaves out in some of its periods.
//!
//! A file is taken for a panel where four fifths of what it could say is there: of its cities times its periods, or of
//! its items times its periods, each for periods of one length. What is sparser, such as a file of corrections, leaves
//! out most of it on purpose and is warned of nothing.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{Fault, Period, PeriodKind};

/// Spans of periods that are listed at most.
const MOST_SPANS: usize = 12;

/// The periods in which somebody or something is, for each of them.
#[derive(Debug, Default)]
pub(super) struct Presence {
    periods: BTreeMap<u32, BTreeSet<Period>>,
    last: Option<(u32, Period)>,
}

/// What is not there in some periods in which others are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Absence {
    /// The number of the city or the place of the item.
    pub who: u32,
    /// How many periods of that length the file has.
    pub of: usize,
    /// Those in which it is not, in their order.
    pub periods: Vec<Period>,
}

impl Presence {
    /// Notes that a city or an item has a row in a period.
    pub fn note(&mut self, who: u32, period: Period) {
        // Most rows say what the row before them says.
        if self.last != Some((who, period)) {
            self.periods.entry(who).or_default().insert(period);
            self.last = Some((who, period));
        }
    }

    /// Who or what is absent, in the order of their numbers, as far as `counts` says that they count.
    pub fn absences(&self, counts: impl Fn(u32) -> bool) -> Vec<Absence> {
        let mut absences: Vec<Absence> = Vec::new();
        for kind in [PeriodKind::Year, PeriodKind::HalfYear, PeriodKind::Quarter, PeriodKind::Month] {
            let of_kind = |(who, periods): (&u32, &BTreeSet<Period>)| {
                let periods: BTreeSet<Period> = periods.iter().copied().filter(|period| period.kind() == kind).collect();
                (!periods.is_empty() && counts(*who)).then_some((*who, periods))
            };
            let present: Vec<(u32, BTreeSet<Period>)> = self.periods.iter().filter_map(of_kind).collect();
            let all: BTreeSet<Period> = present.iter().flat_map(|(_, periods)| periods).copied().collect();
            let there: usize = present.iter().map(|(_, periods)| periods.len()).sum();
            if there * 5 < present.len() * all.len() * 4 {
                continue;
            }
            let absence = |(who, periods): (u32, BTreeSet<Period>)| {
                let absent: Vec<Period> = all.difference(&periods).copied().collect();
                (!absent.is_empty()).then_some(Absence { who, of: all.len(), periods: absent })
            };
            absences.extend(present.into_iter().filter_map(absence));
        }
        absences.sort_by_key(|absence| absence.who);
        absences
    }
}

impl Absence {
    /// The warning about a city.
    pub fn of_city(&self, code: &str) -> Fault {
        let (absent, of) = (self.periods.len(), self.of);
        Fault::warning(
            "city.periods_missing",
            format!("文件有 {of} 个时期，其中 {absent} 个没有该城市的数据行"),
            format!("the file has {of} periods and no row of the city for {absent} of them"),
        )
        .city(code)
        .value(self.spans())
        .hint("请确认该城市在这些时期确无数据，否则请补上", "make sure that the city has no data for them, or add the rows")
    }

    /// The warning about a data item.
    pub fn of_item(&self, code: &str) -> Fault {
        let (absent, of) = (self.periods.len(), self.of);
        Fault::warning(
            "item.periods_missing",
            format!("文件有 {of} 个时期，其中 {absent} 个没有任何城市填报该数据项"),
            format!("the file has {of} periods and no city has a value of the item in {absent} of them"),
        )
        .of(code)
        .value(self.spans())
        .hint("请确认该数据项在这些时期确无数据，否则请补上", "make sure that there is none for them, or add the values")
    }

    /// The absent periods, neighbours drawn together: `2000..2003, 2007`.
    fn spans(&self) -> String {
        let spans: Vec<&[Period]> = self.periods.chunk_by(|a, b| a.later(1) == Some(*b)).collect();
        let shown = |span: &&[Period]| match span {
            [only] => only.to_string(),
            [first, .., last] => format!("{first}..{last}"),
            [] => String::new(),
        };
        let mut text = spans.iter().take(MOST_SPANS).map(shown).collect::<Vec<_>>().join(", ");
        if spans.len() > MOST_SPANS {
            text.push_str(", …");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(rows: &[(u32, &str)]) -> Presence {
        let mut presence = Presence::default();
        for (who, period) in rows {
            presence.note(*who, period.parse().expect("a period"));
        }
        presence
    }

    fn panel(absent: &[(u32, i32)]) -> Vec<(u32, String)> {
        let all = (0..4).flat_map(|who| (2001..=2010).map(move |year| (who, year)));
        all.filter(|place| !absent.contains(place)).map(|(who, year)| (who, year.to_string())).collect()
    }

    #[test]
    fn who_is_absent_from_a_panel_is_told_with_the_spans_of_time() {
        let rows = panel(&[(2, 2001), (2, 2002), (2, 2003), (2, 2007)]);
        let rows: Vec<(u32, &str)> = rows.iter().map(|(who, year)| (*who, year.as_str())).collect();
        let absences = presence(&rows).absences(|_| true);
        assert_eq!(absences.iter().map(|absence| (absence.who, absence.of)).collect::<Vec<_>>(), [(2, 10)]);
        let fault = absences[0].of_city("hz");
        assert_eq!(fault.value.as_deref(), Some("2001..2003, 2007"));
        assert!(!fault.is_error());
        assert_eq!(presence(&rows).absences(|who| who != 2), []);
    }

    #[test]
    fn a_sparse_file_is_no_panel_and_lengths_of_periods_do_not_mix() {
        // Three of four places are less than four fifths; four of five are not.
        assert_eq!(presence(&[(1, "2001"), (1, "2002"), (2, "2001")]).absences(|_| true), []);
        let rows = [(1, "2001"), (1, "2002"), (1, "2003"), (1, "2004"), (1, "2005"), (2, "2001"), (2, "2002"), (2, "2003")];
        assert_eq!(presence(&rows).absences(|_| true).len(), 1);
        assert_eq!(presence(&[(1, "2001"), (2, "2001-Q1"), (2, "2001-Q2")]).absences(|_| true), []);
    }
}
