//! The table of rights: which role may do what.

use crate::store::keys::Role;

/// Something that a caller may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says it; the table below is the documentation")]
pub enum Right {
    ReadSets,
    WriteSets,
    ReadCities,
    WriteCities,
    ReadMappings,
    WriteMappings,
    ReadPeerGroups,
    WritePeerGroups,
    ReadObservations,
    WriteObservations,
    ReadReleases,
    WriteReleases,
    ReadAssessments,
    ReadScores,
    ReadScoreCards,
    WriteAssessments,
    WriteGapAnalyses,
    Evaluate,
    ReadJobs,
    CancelJobs,
    ManageKeys,
    ReadTrail,
}

/// Admin, Methodologist, Evaluator, Reporter (its own cities and its own work only), Viewer.
///
/// `ReadAssessments` is what was computed and how far it is; `ReadScores` the scores and ranks of every city;
/// `ReadScoreCards` those of one city, with explanations and gaps, beside `Caller::require_city`.
const TABLE: [(Right, &str); 22] = [
    (Right::ReadSets, "AMERV"),
    (Right::WriteSets, "AM"),
    (Right::ReadCities, "AMERV"),
    (Right::WriteCities, "AE"),
    (Right::ReadMappings, "AMER"),
    (Right::WriteMappings, "AE"),
    (Right::ReadPeerGroups, "AMERV"),
    (Right::WritePeerGroups, "AE"),
    (Right::ReadObservations, "AMERV"),
    (Right::WriteObservations, "AER"),
    (Right::ReadReleases, "AMEV"),
    (Right::WriteReleases, "AE"),
    (Right::ReadAssessments, "AMERV"),
    (Right::ReadScores, "AMEV"),
    (Right::ReadScoreCards, "AMERV"),
    (Right::WriteAssessments, "AE"),
    (Right::WriteGapAnalyses, "AME"),
    (Right::Evaluate, "AMERV"),
    (Right::ReadJobs, "AMERV"),
    (Right::CancelJobs, "AER"),
    (Right::ManageKeys, "A"),
    (Right::ReadTrail, "A"),
];

impl Right {
    /// Whether a role has this right.
    pub fn is_granted_to(self, role: Role) -> bool {
        let letter = match role {
            Role::Admin => 'A',
            Role::Methodologist => 'M',
            Role::Evaluator => 'E',
            Role::Reporter => 'R',
            Role::Viewer => 'V',
        };
        TABLE.iter().any(|(right, roles)| *right == self && roles.contains(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_has_every_right_and_a_viewer_changes_nothing() {
        for (right, _) in TABLE {
            assert!(right.is_granted_to(Role::Admin), "{right:?}");
            let changes = !format!("{right:?}").starts_with("Read") && right != Right::Evaluate;
            assert!(!(changes && right.is_granted_to(Role::Viewer)), "{right:?}");
        }
    }
}
