//! The words that parameters of aggregations take.

use serde::Serialize;

use crate::read::read_words;

/// Words of a parameter: the type, how it is read, and the list of its words.
macro_rules! words {
    ($(#[$about:meta])* $type:ident { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type {
            $($(#[$of])* $variant,)+
        }

        impl $type {
            /// The words, the default first.
            #[cfg(feature = "schema")]
            pub(crate) const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word that stands for it in a document.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        read_words!($type { $($word => Self::$variant),+ });
    };
}

words!(
    /// What regrets, differences and distances are measured from.
    Ideals {
        /// 0 and the full mark.
        #[default]
        Fixed = "fixed",
        /// The worst and best of the cohort.
        Cohort = "cohort",
    }
);

words!(
    /// What TOPSIS divides the scores of a child by.
    Norm {
        /// Nothing: scores have one scale already.
        #[default]
        None = "none",
        /// The root of the sum of their squares over the cohort.
        Vector = "vector",
    }
);

words!(
    /// What Copeland's count is told on.
    CopelandScale {
        /// Wins less losses, from minus to plus the number of the other cities.
        #[default]
        Own = "own",
        /// Lost to every other city is 0, won against every other one the full mark.
        FullMark = "full_mark",
    }
);

words!(
    /// The direction of the penalty for unevenness.
    Penalty {
        /// M - S^2 / M, for indices of which more is better.
        #[default]
        Negative = "negative",
        /// M + S^2 / M, for indices of which less is better.
        Positive = "positive",
    }
);

words!(
    /// What is done to the scores before the penalised mean.
    Standardise {
        /// Nothing.
        #[default]
        None = "none",
        /// Mean 100 and standard deviation 10 over the cohort.
        ZScore = "z_score",
        /// Mean 100, half the range of the cohort being 30.
        Goalposts = "goalposts",
    }
);

words!(
    /// The divisor of a variance of n values.
    Spread {
        /// n.
        #[default]
        Population = "population",
        /// n - 1.
        Sample = "sample",
    }
);

words!(
    /// How a fuzzy evaluation composes weights w and memberships r of a grade.
    FuzzyOperator {
        /// The sum of w r.
        #[default]
        WeightedAverage = "weighted_average",
        /// The greatest of min(w, r).
        MaxMin = "max_min",
        /// The greatest of w r.
        MaxProduct = "max_product",
        /// The sum of min(w, r), at most 1.
        BoundedSumMin = "bounded_sum_min",
    }
);
