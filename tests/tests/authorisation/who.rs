//! Who asks, and about what.

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Without a key.
    Nobody,
    /// A viewer.
    Viewer,
    /// An expert.
    Expert,
    /// A reporter of the city a.
    Reporter,
    /// An evaluator who is limited to the city a.
    Province,
    /// An evaluator.
    Evaluator,
    /// A methodologist.
    Methodologist,
    /// An administrator, who is not the one who made what somebody else has made.
    Admin,
}

impl Who {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Viewer,
        Self::Expert,
        Self::Reporter,
        Self::Province,
        Self::Evaluator,
        Self::Methodologist,
        Self::Admin,
    ];
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The city a, or what the caller has made.
    Own,
    /// The city b, or what somebody else has made.
    Other,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Own, Self::Other];

    /// The code of the city.
    pub fn city(self) -> &'static str {
        ["a", "b"][self as usize]
    }

    /// The code of the city's goal plan.
    pub fn plan(self) -> &'static str {
        ["PLAN-A", "PLAN-B"][self as usize]
    }
}
