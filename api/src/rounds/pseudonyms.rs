//! Names for cities that others are not to know: drawn by lot when a round opens, and kept with it.
//!
//! The order of the lot is the only link between a city and its pseudonym. It says nothing of the register or of the results,
//! is the same for every publication of the round, and is drawn anew for every round.

use std::collections::HashMap;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// What every pseudonym begins with.
const PREFIX: &str = "anonymous-";

/// The cities in the order of their pseudonyms, drawn with a secret that nobody keeps.
pub fn drawn(cities: &[String], secret: [u8; 32]) -> Vec<String> {
    let mut drawn = cities.to_vec();
    drawn.shuffle(&mut StdRng::from_seed(secret));
    drawn
}

/// The pseudonyms of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonyms {
    drawn: Vec<String>,
    places: HashMap<String, usize>,
}

impl Pseudonyms {
    /// Those of the cities in the order that was drawn.
    pub fn new(drawn: Vec<String>) -> Self {
        let places = drawn.iter().enumerate().map(|(place, city)| (city.clone(), place)).collect();
        Self { drawn, places }
    }

    /// The pseudonym of a city that takes part: its place in the lot, with as many digits as the last.
    pub fn of(&self, city: &str) -> Option<String> {
        let place = self.places.get(city)? + 1;
        let digits = self.drawn.len().to_string().len();
        Some(format!("{PREFIX}{place:0digits$}"))
    }

    /// The city that has a pseudonym.
    pub fn city(&self, pseudonym: &str) -> Option<&str> {
        let place: usize = pseudonym.strip_prefix(PREFIX)?.parse().ok()?;
        let city = self.drawn.get(place.checked_sub(1)?)?;
        (self.of(city)? == pseudonym).then_some(city)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_differ_are_found_again_and_come_in_no_order_of_the_register() {
        let cities: Vec<String> = (0..200).map(|place| format!("33{place:04}")).collect();
        let pseudonyms = Pseudonyms::new(drawn(&cities, [7; 32]));
        let mut given: Vec<String> = cities.iter().map(|city| pseudonyms.of(city).expect("it takes part")).collect();
        for (city, pseudonym) in cities.iter().zip(&given) {
            assert_eq!(pseudonyms.city(pseudonym), Some(city.as_str()));
        }
        assert!(!given.is_sorted());
        let moved = cities
            .iter()
            .zip(&given)
            .enumerate()
            .filter(|(place, (_, pseudonym))| !pseudonym.ends_with(&format!("{:03}", place + 1)));
        assert!(moved.count() > 180, "a lot leaves about one city in its place");
        given.sort_unstable();
        given.dedup();
        assert_eq!((given.len(), given[0].as_str(), given[199].as_str()), (200, "anonymous-001", "anonymous-200"));
        let other = Pseudonyms::new(drawn(&cities, [8; 32]));
        assert!(cities.iter().filter(|city| other.of(city) == pseudonyms.of(city)).count() < 20);
        for nobody in ["anonymous-0", "anonymous-000", "anonymous-1", "anonymous-201", "330001", "anonymous-+01"] {
            assert_eq!(pseudonyms.city(nobody), None, "{nobody}");
        }
    }
}
