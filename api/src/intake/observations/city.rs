//! The city codes of a file: each is stored and checked once, however many rows repeat it.

use std::collections::HashMap;
use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, Period};

use super::register::{CityRegister, Meaning, ambiguous, expired, pick, unknown};

/// Codes that were seen, with what each stands for.
pub(super) struct Cities<'k> {
    known: Option<&'k CityRegister>,
    longest: usize,
    by_code: HashMap<Arc<str>, u32>,
    seen: Vec<(Arc<str>, Standing)>,
    last: u32,
    /// For each code that had ended where it was used: the first such row with its period, and the city it counts for.
    expired: HashMap<u32, (u64, Period, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// What the register says.
    Known(Meaning),
    /// There is no register, and the code is well formed.
    Accepted,
    Malformed,
}

impl<'k> Cities<'k> {
    pub fn new(known: Option<&'k CityRegister>, longest: usize) -> Self {
        Self { known, longest, by_code: HashMap::new(), seen: Vec::new(), last: 0, expired: HashMap::new() }
    }

    /// The number of a code among those seen.
    pub fn number(&mut self, code: &str) -> u32 {
        // Most files list a city's rows one after the other.
        if self.seen.get(self.last as usize).is_some_and(|(last, _)| **last == *code) {
            return self.last;
        }
        self.last = match self.by_code.get(code) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
                let stored: Arc<str> = Arc::from(code);
                self.seen.push((Arc::clone(&stored), self.standing(code)));
                self.by_code.insert(stored, number);
                number
            }
        };
        self.last
    }

    /// The code with this number.
    pub fn code(&self, number: u32) -> &Arc<str> {
        &self.seen[number as usize].0
    }

    /// The fault of the code with this number, if it has one whatever the period.
    pub fn fault(&self, number: u32) -> Option<Fault> {
        let (code, standing) = &self.seen[number as usize];
        match standing {
            Standing::Malformed => Some(malformed(code, self.longest)),
            Standing::Known(Meaning::Unknown { successors }) => Some(unknown(code, successors, self.known)),
            Standing::Known(Meaning::Own(_) | Meaning::Former(_)) | Standing::Accepted => None,
        }
    }

    /// The number of the code under which the city of a code is registered that stands in a row of a period.
    pub fn in_period(&mut self, number: u32, row: u64, period: Period) -> Result<u32, Box<Fault>> {
        let (code, standing) = &self.seen[number as usize];
        let Standing::Known(meaning) = standing else { return Ok(number) };
        match meaning {
            Meaning::Own(None) | Meaning::Unknown { .. } => Ok(number),
            Meaning::Own(Some(ends)) => {
                if *ends < period.last_day() {
                    self.expired.entry(number).or_insert((row, period, number));
                }
                Ok(number)
            }
            Meaning::Former(former) => {
                let had = pick(former, period).map_err(|candidates| Box::new(ambiguous(code, &candidates)))?;
                let (city, ended) = (had.city.clone(), !had.has_not_ended(period));
                let here = self.last;
                let city = self.number(&city);
                self.last = here;
                if ended {
                    self.expired.entry(number).or_insert((row, period, city));
                }
                Ok(city)
            }
        }
    }

    /// A warning for each code that had ended where it was used, at the first such row.
    pub fn warnings(&self) -> Faults {
        let mut rows: Vec<_> = self.expired.iter().collect();
        rows.sort_unstable_by_key(|(number, (row, ..))| (*row, **number));
        let warning = |(number, (row, period, city)): (&u32, &(u64, Period, u32))| {
            let fault = expired(self.code(*number), self.code(*city));
            fault.row(*row).city(self.code(*city).to_string()).period(period.to_string())
        };
        Faults(rows.into_iter().map(warning).collect())
    }

    fn standing(&self, code: &str) -> Standing {
        match self.known {
            Some(known) => Standing::Known(known.meaning(code)),
            None if is_malformed(code, self.longest) => Standing::Malformed,
            None => Standing::Accepted,
        }
    }
}

/// Whether a text can be no code: too long, with control characters, or with spaces around it.
pub(crate) fn is_malformed(code: &str, longest: usize) -> bool {
    code.trim().len() != code.len() || code.chars().any(char::is_control) || code.chars().count() > longest
}

/// The fault of a text that can be no code.
pub(crate) fn malformed(code: &str, longest: usize) -> Fault {
    Fault::error("city.invalid_code", "城市代码不合法", "this cannot be the code of a city")
        .value(code)
        .expected(format!("1..{longest} characters"))
        .hint(
            "代码前后不能有空格，不能含控制字符，也不能过长",
            "a code has no spaces around it and no control characters, and is not that long",
        )
}
