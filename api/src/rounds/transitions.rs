//! Who may do what to a submission, as data.

use citygauge_indicators::Text;

use crate::auth::Caller;
use crate::store::keys::Role;
use crate::store::rounds::RoundState;
use crate::store::submissions::{Submission, SubmissionAction, SubmissionState};

/// In what capacity something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capacity {
    /// A reporter whose scope holds the department.
    Department,
    /// A reporter with the whole city.
    City,
    /// An evaluator who is limited to cities, the submission's among them.
    Province,
    /// An evaluator who is not limited.
    Evaluator,
    /// Nobody by hand: the publication of the round does it.
    Publication,
}

/// Which rounds a transition belongs to, by whether the province reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// All.
    Any,
    /// Those with a review by the province.
    WithProvince,
    /// Those without.
    WithoutProvince,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: SubmissionState,
    /// What is done.
    pub action: SubmissionAction,
    /// The state after.
    pub to: SubmissionState,
    /// Who may do it; an admin may do whatever somebody may.
    pub by: Capacity,
    /// The rounds it belongs to.
    pub tier: Tier,
    /// The states of the round in which it is possible.
    pub during: &'static [RoundState],
    /// Whether something must be said.
    pub comment: bool,
}

const COLLECTING: &[RoundState] = &[RoundState::Open];
const REVIEWING: &[RoundState] = &[RoundState::Open, RoundState::Closed];
const PUBLISHED: &[RoundState] = &[RoundState::Published];

macro_rules! table {
    ($($from:ident $action:ident $to:ident, $by:ident, $tier:ident, $during:ident, $comment:literal;)+) => {
        /// Every transition there is.
        pub const TABLE: &[Transition] = &[$(Transition {
            from: SubmissionState::$from, action: SubmissionAction::$action, to: SubmissionState::$to,
            by: Capacity::$by, tier: Tier::$tier, during: $during, comment: $comment,
        },)+];
    };
}

table! {
    Draft Submit Submitted, Department, Any, COLLECTING, false;
    Returned Submit Submitted, Department, Any, COLLECTING, false;
    Submitted Accept Accepted, City, Any, REVIEWING, false;
    Submitted Return Returned, City, Any, COLLECTING, true;
    Accepted Review Reviewed, Province, WithProvince, REVIEWING, false;
    Accepted Return Returned, Province, WithProvince, COLLECTING, true;
    Accepted Return Returned, Evaluator, Any, COLLECTING, true;
    Accepted Verify Verified, Evaluator, WithoutProvince, REVIEWING, false;
    Reviewed Verify Verified, Evaluator, WithProvince, REVIEWING, false;
    Reviewed Return Returned, Evaluator, WithProvince, COLLECTING, true;
    Verified Return Returned, Evaluator, Any, COLLECTING, true;
    Verified Announce Provisional, Publication, Any, REVIEWING, false;
    Provisional Object Objected, City, Any, PUBLISHED, true;
    Objected Uphold Upheld, Evaluator, Any, PUBLISHED, true;
    Objected Dismiss Dismissed, Evaluator, Any, PUBLISHED, true;
    Provisional Finalise Final, Evaluator, Any, PUBLISHED, false;
    Upheld Finalise Final, Evaluator, Any, PUBLISHED, false;
    Dismissed Finalise Final, Evaluator, Any, PUBLISHED, false;
}

/// The transitions out of a state by an action, in a round with or without a review by the province.
pub fn of(from: SubmissionState, action: SubmissionAction, province_review: bool) -> impl Iterator<Item = &'static Transition> {
    leaving(from, province_review).filter(move |transition| transition.action == action)
}

/// The transitions out of a state.
pub fn leaving(from: SubmissionState, province_review: bool) -> impl Iterator<Item = &'static Transition> {
    TABLE.iter().filter(move |transition| {
        let fits = match transition.tier {
            Tier::Any => true,
            Tier::WithProvince => province_review,
            Tier::WithoutProvince => !province_review,
        };
        fits && transition.from == from
    })
}

impl Capacity {
    /// Whether a caller acts in this capacity for a submission.
    pub fn is_of(self, caller: &Caller, submission: &Submission) -> bool {
        let (scope, city) = (caller.scope(), submission.place.city.as_str());
        match (caller.role(), self) {
            (_, Self::Publication) => false,
            (Role::Admin, _) => true,
            (Role::Reporter, Self::Department) => scope.has_department(city, &submission.place.department),
            (Role::Reporter, Self::City) => scope.has_city(city) && scope.has_whole_cities(),
            (Role::Evaluator, Self::Province) => caller.is_limited() && scope.has_city(city),
            (Role::Evaluator, Self::Evaluator) => !caller.is_limited(),
            _ => false,
        }
    }

    /// The words for people.
    pub fn words(self) -> Text {
        let (zh, en) = match self {
            Self::Department => ("该部门的填报员", "a reporter of the department"),
            Self::City => ("该市的协调员", "the city's coordinator"),
            Self::Province => ("省级审核员", "the province's reviewer"),
            Self::Evaluator => ("评价机构", "the evaluation body"),
            Self::Publication => ("批次发布", "the publication of the round"),
        };
        Text::both(zh, en)
    }
}

/// Whether the values of a submission in this state are kept from reporters.
pub fn is_locked(state: SubmissionState) -> bool {
    !matches!(state, SubmissionState::Draft | SubmissionState::Returned)
}

/// Whether a correction of a value of a submission in this state needs a reason.
pub fn is_verified(state: SubmissionState) -> bool {
    use SubmissionState::{Dismissed, Final, Objected, Provisional, Upheld, Verified};
    matches!(state, Verified | Provisional | Objected | Upheld | Dismissed | Final)
}

/// The words for a state.
pub fn state_words(state: SubmissionState) -> (&'static str, &'static str) {
    match state {
        SubmissionState::Draft => ("填报中", "draft"),
        SubmissionState::Submitted => ("已提交", "submitted"),
        SubmissionState::Returned => ("已退回", "returned"),
        SubmissionState::Accepted => ("城市已确认", "accepted"),
        SubmissionState::Reviewed => ("省级已审核", "reviewed"),
        SubmissionState::Verified => ("已核验", "verified"),
        SubmissionState::Provisional => ("结果公示", "provisional"),
        SubmissionState::Objected => ("已申诉", "objected"),
        SubmissionState::Upheld => ("申诉成立", "upheld"),
        SubmissionState::Dismissed => ("申诉驳回", "dismissed"),
        SubmissionState::Final => ("已定稿", "final"),
    }
}

/// The words for an action.
pub fn action_words(action: SubmissionAction) -> (&'static str, &'static str) {
    match action {
        SubmissionAction::Submit => ("提交", "submit"),
        SubmissionAction::Return => ("退回", "return"),
        SubmissionAction::Accept => ("确认", "accept"),
        SubmissionAction::Review => ("审核", "review"),
        SubmissionAction::Verify => ("核验", "verify"),
        SubmissionAction::Announce => ("公示", "announce"),
        SubmissionAction::Object => ("申诉", "object"),
        SubmissionAction::Uphold => ("支持申诉", "uphold"),
        SubmissionAction::Dismiss => ("驳回申诉", "dismiss"),
        SubmissionAction::Finalise => ("定稿", "finalise"),
    }
}

/// The words for the state of a round.
pub fn round_words(state: RoundState) -> (&'static str, &'static str) {
    match state {
        RoundState::Draft => ("草稿", "draft"),
        RoundState::Open => ("填报中", "open"),
        RoundState::Closed => ("已截止", "closed"),
        RoundState::Published => ("已发布", "published"),
    }
}
