//! How many requests one caller may make: a bucket of tokens per key, and per address for whoever shows no key that works; and how many of
//! them are worked on at once.
//!
//! A bucket holds `burst` tokens and gains `per_s` in a second (GCRA, by the crate `governor`). What is left is said in every
//! answer, as draft-ietf-httpapi-ratelimit-headers-10 writes it. Each process counts for itself: with several replicas a caller may
//! have as many times as much. The memory is bounded: full buckets are forgotten, and beyond 50,000 others all of them.

mod at_once;

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config::Limits;
use crate::error::Failure;
use crate::metrics::Metrics;

use at_once::AtOnce;
pub use at_once::Turn;

/// More callers than have anything left to be remembered at once; beyond it the memory is emptied.
const MOST: usize = 50_000;

/// After how many requests full buckets are forgotten.
const TIDIED_EVERY: u32 = 4_096;

/// How fast a bucket fills. A test would have to be faster than the machine that runs it, so that there it takes hours.
const PACE: fn(NonZeroU32) -> Quota = if cfg!(test) { Quota::per_hour } else { Quota::per_second };

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// The buckets of all callers of this process.
#[derive(Debug)]
pub struct Throttle {
    keys: Option<Buckets<String>>,
    addresses: Option<Buckets<IpAddr>>,
    at_once: AtOnce,
    proxies: Vec<ipnet::IpNet>,
}

/// What is left in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Whose bucket it is: `key` or `address`.
    pub of: &'static str,
    /// How many requests it holds when it is full.
    pub burst: u32,
    /// How many it holds now.
    pub requests: u32,
    /// In how many seconds an empty one is full.
    pub window_s: u64,
    /// In how many seconds this one is full.
    pub full_in_s: u64,
    /// In how many seconds the next request is taken; 0 where it is now.
    pub next_in_s: u64,
}

impl Throttle {
    /// Buckets of the configured size; where a rate is 0 there is no limit.
    pub fn new(limits: &Limits) -> Self {
        Self {
            keys: Buckets::new("key", limits.requests_per_s, limits.requests_burst),
            addresses: Buckets::new("address", limits.address_requests_per_s, limits.address_requests_burst),
            at_once: AtOnce::new(limits.key_requests_at_once, limits.address_requests_at_once),
            proxies: limits.trusted_proxies.iter().filter_map(|network| network.parse().ok()).collect(),
        }
    }

    /// Takes a request from the bucket of a key.
    pub fn take_of_key(&self, key: &str, metrics: &Metrics) -> Result<Option<Left>, Failure> {
        let Some(buckets) = &self.keys else { return Ok(None) };
        buckets.take(&key.to_owned()).map(Some).map_err(|left| refused(left, metrics))
    }

    /// Takes a request from the bucket of the address that it comes from.
    pub fn take_of_address(&self, request: &ServiceRequest, metrics: &Metrics) -> Result<(), Failure> {
        let Some((buckets, address)) = self.addresses.as_ref().zip(self.address_of(request)) else { return Ok(()) };
        buckets.take(&network_of(address)).map(|_| ()).map_err(|left| refused(left, metrics))
    }

    /// A place among the requests of a key that are worked on.
    pub fn turn_of_key(&self, key: &str, metrics: &Metrics) -> Result<Option<Turn>, Failure> {
        self.at_once.of_key(key).map_err(|most| too_many_at_once("key", most, metrics))
    }

    /// A place among the requests that an address makes without a key that works.
    pub fn turn_of_address(&self, request: &ServiceRequest, metrics: &Metrics) -> Result<Option<Turn>, Failure> {
        let Some(address) = self.address_of(request) else { return Ok(None) };
        self.at_once.of_address(network_of(address)).map_err(|most| too_many_at_once("address", most, metrics))
    }

    /// Where a request comes from: the last address of `X-Forwarded-For` that no proxy of ours has, if a proxy of ours has sent it.
    pub fn address_of(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let trusted = |address: &IpAddr| self.proxies.iter().any(|network| network.contains(address));
        let peer = request.peer_addr()?.ip();
        if !trusted(&peer) {
            return Some(peer);
        }
        let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let listed: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
        let first = listed.iter().rev().map_while(|text| text.parse::<IpAddr>().ok()).find(|address| !trusted(address));
        Some(first.unwrap_or(peer))
    }
}

fn refused(left: Left, metrics: &Metrics) -> Failure {
    metrics.limited(left.of);
    Failure::TooMany(left)
}

fn too_many_at_once(of: &'static str, most: u32, metrics: &Metrics) -> Failure {
    metrics.limited(of);
    Failure::TooManyAtOnce { most }
}

/// What shares a bucket: an IPv4 address, or the /64 that one subscriber has in IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

struct Buckets<K: Hash + Eq + Clone> {
    of: &'static str,
    quota: Quota,
    limiter: RwLock<Limiter<K>>,
    taken: AtomicU32,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(of: &'static str, per_s: u32, burst: u32) -> Option<Self> {
        let (per_s, burst) = (NonZeroU32::new(per_s)?, NonZeroU32::new(burst)?);
        let quota = PACE(per_s).allow_burst(burst);
        Some(Self { of, quota, limiter: RwLock::new(empty(quota)), taken: AtomicU32::new(0) })
    }

    /// What is left after a request, or that there was nothing left.
    fn take(&self, caller: &K) -> Result<Left, Left> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % TIDIED_EVERY == TIDIED_EVERY - 1 {
            self.tidy(MOST);
        }
        let limiter = self.limiter.read().expect(UNBROKEN);
        match limiter.check_key(caller) {
            Ok(snapshot) => Ok(self.left(snapshot.remaining_burst_capacity(), Duration::ZERO)),
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                Err(self.left(0, wait.max(Duration::from_nanos(1))))
            }
        }
    }

    fn left(&self, requests: u32, wait: Duration) -> Left {
        let (burst, each) = (self.quota.burst_size().get(), self.quota.replenish_interval());
        let full_in = |missing: u32| seconds(each.saturating_mul(missing));
        Left {
            of: self.of,
            burst,
            requests,
            window_s: full_in(burst),
            full_in_s: full_in(burst.saturating_sub(requests)),
            next_in_s: seconds(wait),
        }
    }

    /// Forgets full buckets, and all of them where more than `most` are not.
    fn tidy(&self, most: usize) {
        {
            let limiter = self.limiter.read().expect(UNBROKEN);
            limiter.retain_recent();
            if limiter.len() <= most {
                return;
            }
        }
        *self.limiter.write().expect(UNBROKEN) = empty(self.quota);
    }
}

const UNBROKEN: &str = "nothing panics while it holds the buckets";

fn empty<K: Hash + Eq + Clone>(quota: Quota) -> Limiter<K> {
    RateLimiter::keyed(quota).with_middleware()
}

/// Whole seconds, none too few.
fn seconds(pause: Duration) -> u64 {
    pause.as_secs() + u64::from(pause.subsec_nanos() > 0)
}

impl<K: Hash + Eq + Clone> fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buckets").field("of", &self.of).field("quota", &self.quota).finish_non_exhaustive()
    }
}

impl Left {
    /// Says it in the fields `RateLimit-Policy` (quota and window) and `RateLimit` (what is left, and when it is full).
    pub fn write_to(self, headers: &mut HeaderMap) {
        let Self { of, burst, requests, window_s, full_in_s, .. } = self;
        let fields =
            [(POLICY, format!("\"{of}\";q={burst};w={window_s}")), (LEFT, format!("\"{of}\";r={requests};t={full_in_s}"))];
        for (name, value) in fields {
            headers.insert(name, HeaderValue::try_from(value).expect("words and whole numbers"));
        }
    }
}

#[cfg(test)]
mod tests;
