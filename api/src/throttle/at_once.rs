//! How many requests of one caller are worked on at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whose {
    Key(String),
    Address(IpAddr),
}

/// The requests that are worked on; 0 is no limit.
#[derive(Debug)]
pub(super) struct AtOnce {
    of_key: u32,
    of_address: u32,
    running: Arc<Running>,
}

#[derive(Debug, Default)]
struct Running(Mutex<HashMap<Whose, u32>>);

impl Running {
    fn locked(&self) -> MutexGuard<'_, HashMap<Whose, u32>> {
        self.0.lock().expect("nothing panics while it holds the counts")
    }
}

/// A request's place among those of its caller, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    whose: Whose,
    running: Arc<Running>,
}

impl AtOnce {
    pub(super) fn new(of_key: u32, of_address: u32) -> Self {
        Self { of_key, of_address, running: Arc::default() }
    }

    /// A place for a request of a key; else how many there may be.
    pub(super) fn of_key(&self, key: &str) -> Result<Option<Turn>, u32> {
        self.begin(self.of_key, || Whose::Key(key.to_owned()))
    }

    /// A place for a request of an address; else how many there may be.
    pub(super) fn of_address(&self, address: IpAddr) -> Result<Option<Turn>, u32> {
        self.begin(self.of_address, || Whose::Address(address))
    }

    fn begin(&self, most: u32, whose: impl FnOnce() -> Whose) -> Result<Option<Turn>, u32> {
        if most == 0 {
            return Ok(None);
        }
        let whose = whose();
        let mut running = self.running.locked();
        let count = running.entry(whose.clone()).or_default();
        if *count >= most {
            return Err(most);
        }
        *count += 1;
        drop(running);
        Ok(Some(Turn { whose, running: self.running.clone() }))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut running = self.running.locked();
        match running.get_mut(&self.whose) {
            Some(count) if *count > 1 => *count -= 1,
            // Only who has requests under way is remembered, so that the memory is bounded by the connections.
            _ => drop(running.remove(&self.whose)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_its_places_and_gets_them_back() {
        let at_once = AtOnce::new(2, 1);
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        let first = at_once.of_key("k").expect("the first");
        let _second = at_once.of_key("k").expect("the second");
        assert_eq!(at_once.of_key("k").expect_err("one too many"), 2);
        assert!(at_once.of_key("other").is_ok());
        let here = at_once.of_address(address).expect("the first of its address");
        assert_eq!(at_once.of_address(address).expect_err("one too many"), 1);
        drop((first, here));
        assert!(at_once.of_key("k").is_ok() && at_once.of_address(address).is_ok());
        assert_eq!(at_once.running.locked().len(), 1, "who has nothing under way is forgotten");
        assert!(AtOnce::new(0, 0).of_key("k").expect("no limit").is_none());
    }
}
