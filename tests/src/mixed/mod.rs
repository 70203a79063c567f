//! A mixed load: clients that write at once all that there is to write, and of each write what its client was told. After a fault, what is
//! there is compared with that: nothing acknowledged is lost, nothing is there that was not sent or was refused, nothing twice, nothing half.
//!
//! [`Mixed::load`] writes until it is told to stop. Once the service is back, [`Mixed::settle`] repeats what had no answer under its
//! `Idempotency-Key`, lets the jobs end, and compares; [`Mixed::settle_all`] reads again all that was ever written.

mod compare;
mod figures;
mod hands;
mod ledger;
mod trail;
mod write;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use citygauge_openapi::client::Client;
use citygauge_openapi::{Moment, SetRef};
use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

use crate::steps::{cities_csv, import, observations_csv, plain_set, publish};
pub use compare::sha256;
pub use figures::{Figures, Wrong};
pub use hands::Story;
use ledger::{Hand, Ledger};
use trail::Trail;
use write::Rows;

/// The cities, `c00` and on.
const CITIES: usize = 20;

/// The items that are scored.
const ITEMS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The items of which imports are, `r0` and on.
const ROWS: usize = 45;

/// The period that is assessed.
const PERIOD: &str = "2026";

/// How long a client that got no answer waits before it goes on.
const PAUSE: Duration = Duration::from_millis(50);

/// A service's things, and what clients were told of them.
#[derive(Debug)]
pub struct Mixed {
    set: SetRef,
    rows: SetRef,
    prepared_at: Moment,
    numbers: AtomicUsize,
    ledger: Ledger,
    trail: Trail,
    /// What is to be read where.
    places: HashMap<String, Value>,
    /// What imports have brought.
    brought: Vec<Rows>,
    /// Every identifier that the service has told.
    ids: HashSet<String>,
}

impl Mixed {
    /// Prepares a service that has never been used: cities, two published sets and something to score.
    pub async fn prepare(client: &Client) -> Self {
        let set = publish(client, &plain_set("scored", &ITEMS)).await;
        let items: Vec<String> = (0..ROWS).map(|row| format!("r{row}")).collect();
        let rows = publish(client, &plain_set("rows", &items.iter().map(String::as_str).collect::<Vec<_>>())).await;
        let (mut cities, mut observations) = ("code,name\n".to_owned(), "city,period,item,value\n".to_owned());
        for city in 0..CITIES {
            writeln!(cities, "c{city:02},{city}").expect("a text takes everything");
            for (place, item) in ITEMS.iter().enumerate() {
                let value = (city * 7 + place * 13) % 100;
                writeln!(observations, "c{city:02},{PERIOD},{item},{value}").expect("a text takes everything");
            }
        }
        let of_cities = import(client, &cities_csv(), cities).await;
        let of_observations = import(client, &observations_csv(&set), observations).await;
        let ids = [&of_cities, &of_observations].into_iter().flat_map(|it| [it.id.to_string(), it.job.to_string()]).collect();
        Self {
            set,
            rows,
            prepared_at: of_observations.finished_at.expect("it is over"),
            numbers: AtomicUsize::new(0),
            ledger: Ledger::default(),
            trail: Trail::from_now(client).await,
            places: HashMap::new(),
            brought: Vec::new(),
            ids,
        }
    }

    /// Tells a story once; whether it was told to its end.
    pub async fn tell(&self, client: &Client, story: Story) -> bool {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        let mut hand = Hand { client: client.clone(), ledger: &self.ledger, random: StdRng::seed_from_u64(number as u64) };
        story.told(&mut hand, self, number).await.is_ok()
    }

    /// Writes with a client for each story, all at once, until it is told to stop; whoever gets no answer goes on with something else.
    pub async fn load(&self, client: &Client, stories: &[Story], seed: u64, stop: &AtomicBool) {
        join_all(stories.iter().enumerate().map(|(place, story)| async move {
            let random = StdRng::seed_from_u64(seed.wrapping_mul(1_000).wrapping_add(place as u64));
            let mut hand = Hand { client: client.clone(), ledger: &self.ledger, random };
            while !stop.load(Ordering::SeqCst) {
                let number = self.numbers.fetch_add(1, Ordering::SeqCst);
                if story.told(&mut hand, self, number).await.is_err() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }))
        .await;
    }
}
