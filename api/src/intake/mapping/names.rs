//! The names of the registered cities, for files that name a city otherwise than by its code.

use std::collections::{HashMap, HashSet};

/// Names and codes of the register.
#[derive(Debug, Clone, Default)]
pub struct CityNames {
    codes: HashSet<String>,
    /// The cities that have a name, by name.
    by_name: HashMap<String, Vec<String>>,
}

/// Which cities a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant<'n> {
    One(&'n str),
    None,
    /// More than one, so none.
    Several(Vec<&'n str>),
}

impl CityNames {
    /// Registers a name of a city; a city may have many.
    pub fn add(&mut self, code: &str, names: impl IntoIterator<Item = impl AsRef<str>>) {
        self.codes.insert(code.to_owned());
        for name in names {
            let cities = self.by_name.entry(name.as_ref().to_owned()).or_default();
            if !cities.iter().any(|known| known == code) {
                cities.push(code.to_owned());
            }
        }
    }

    /// The city with a name.
    pub(super) fn named<'n>(&'n self, name: &str) -> Meant<'n> {
        match self.by_name.get(name).map(Vec::as_slice) {
            None | Some([]) => Meant::None,
            Some([code]) => Meant::One(code),
            Some(several) => Meant::Several(several.iter().map(String::as_str).collect()),
        }
    }

    /// The city with a code or a name; what is the code of one and the name of another means several.
    pub(super) fn meant<'n>(&'n self, text: &str) -> Meant<'n> {
        let Some(code) = self.codes.get(text).map(String::as_str) else { return self.named(text) };
        match self.named(text) {
            Meant::None => Meant::One(code),
            Meant::One(named) if named == code => Meant::One(code),
            Meant::One(named) => Meant::Several(vec![code, named]),
            Meant::Several(several) => Meant::Several(several),
        }
    }

    /// Whether a city is known not to have a name; nothing is known of a city that is not registered.
    pub(super) fn contradicts(&self, code: &str, name: &str) -> bool {
        self.codes.contains(code) && !self.by_name.get(name).is_some_and(|cities| cities.iter().any(|known| known == code))
    }

    /// The names of a city, sorted.
    pub(super) fn of(&self, code: &str) -> Vec<&str> {
        let has = |cities: &[String]| cities.iter().any(|known| known == code);
        let mut names: Vec<&str> = self.by_name.iter().filter(|(_, cities)| has(cities)).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}
