//! Verdicts of the engine and of the contract: what the histories say of a rate.

use citygauge_assessment::rates::Verdict;
use citygauge_openapi as wire;

/// A verdict in the words of the contract.
#[must_use]
pub fn told(verdict: Verdict) -> wire::Verdict {
    match verdict {
        Verdict::Reached => wire::Verdict::Reached,
        Verdict::OnTrack => wire::Verdict::OnTrack,
        Verdict::Attainable => wire::Verdict::Attainable,
        Verdict::Stretch => wire::Verdict::Stretch,
        Verdict::Unprecedented => wire::Verdict::Unprecedented,
        Verdict::NoEvidence => wire::Verdict::NoEvidence,
    }
}

/// What the engine calls a verdict of the contract.
#[must_use]
pub fn meant(verdict: wire::Verdict) -> Verdict {
    match verdict {
        wire::Verdict::Reached => Verdict::Reached,
        wire::Verdict::OnTrack => Verdict::OnTrack,
        wire::Verdict::Attainable => Verdict::Attainable,
        wire::Verdict::Stretch => Verdict::Stretch,
        wire::Verdict::Unprecedented => Verdict::Unprecedented,
        wire::Verdict::NoEvidence => Verdict::NoEvidence,
    }
}
