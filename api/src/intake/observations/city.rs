//! The city codes of a file: each is stored and checked once, however many rows repeat it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use citygauge_indicators::Fault;

use super::super::findings::shown;

/// Codes that were seen, with what is wrong with each.
pub(super) struct Cities<'k> {
    known: Option<&'k HashSet<String>>,
    longest: usize,
    by_code: HashMap<Arc<str>, u32>,
    seen: Vec<(Arc<str>, Option<Problem>)>,
    last: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Unknown,
    Malformed,
}

impl<'k> Cities<'k> {
    pub fn new(known: Option<&'k HashSet<String>>, longest: usize) -> Self {
        Self { known, longest, by_code: HashMap::new(), seen: Vec::new(), last: 0 }
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
                self.seen.push((Arc::clone(&stored), self.problem(code)));
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

    /// The fault of the code with this number, if it has one.
    pub fn fault(&self, number: u32) -> Option<Fault> {
        let (code, problem) = &self.seen[number as usize];
        let fault = match (*problem)? {
            Problem::Malformed => return Some(malformed(code, self.longest)),
            Problem::Unknown => Fault::error(
                "observation.unknown_city",
                format!("没有代码为“{}”的城市", shown(code)),
                format!("there is no city with the code '{}'", shown(code)),
            ),
        };
        let trimmed = code.trim();
        Some(if trimmed.len() != code.len() && self.known.is_some_and(|known| known.contains(trimmed)) {
            fault.value(code).hint("请去掉代码前后的空格", "remove the spaces around the code")
        } else {
            fault.value(code).hint("请核对城市代码，或先登记该城市", "check the code, or register the city first")
        })
    }

    fn problem(&self, code: &str) -> Option<Problem> {
        match self.known {
            Some(known) => (!known.contains(code)).then_some(Problem::Unknown),
            None => is_malformed(code, self.longest).then_some(Problem::Malformed),
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
