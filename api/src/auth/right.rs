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
    ReadSources,
    WriteSources,
    RunSources,
    ReadPeerGroups,
    WritePeerGroups,
    ReadObservations,
    WriteObservations,
    RejectObservations,
    ReadEvidence,
    ReadWithdrawnEvidence,
    ReadRules,
    WriteRules,
    ReadWaivers,
    WriteWaivers,
    ReadRounds,
    WriteRounds,
    ChangeSubmissions,
    ReadPanels,
    WritePanels,
    ReopenPanels,
    ScorePanels,
    ReadReleases,
    WriteReleases,
    ReadExports,
    ReadEmbeds,
    ReadMaps,
    WriteMaps,
    WriteReports,
    ReadAssessments,
    ReadScores,
    ReadScoreCards,
    WriteAssessments,
    ReadBenchmarks,
    WriteBenchmarks,
    WriteGapAnalyses,
    ReadPlanning,
    WritePlanning,
    Evaluate,
    ManageWebhooks,
    ReadJobs,
    CancelJobs,
    ManageKeys,
    ReadTrail,
    ReadMetrics,
}

/// Admin, Methodologist, Evaluator, Province (an evaluator who is limited to cities), Reporter (its own cities and its own
/// work only), Viewer, X for an expert.
///
/// `ScorePanels` is an expert's alone: whoever runs a panel has no say in it.
/// `ReadAssessments` is what was computed and how far it is; `ReadScores` the scores and ranks of every city;
/// `ReadScoreCards` those of one city, with explanations and gaps, beside `Caller::require_city`.
/// `ManageWebhooks` needs no city: an event is about everything that the service does, and most name no city, so that a key that is
/// limited to cities would be told either too much or too little.
/// `ReadExports` is to have a table written to a file, beside the right to the table itself.
/// `ReadEmbeds` is to have a view shown in other pages, beside the right to what it shows.
/// `ReadPlanning` and `WritePlanning` are about paths, goal plans, designs and roadmaps of one city, beside `Caller::require_city`.
const TABLE: [(Right, &str); 50] = [
    (Right::ReadSets, "AMEPRVX"),
    (Right::WriteSets, "AM"),
    (Right::ReadCities, "AMEPRVX"),
    (Right::WriteCities, "AE"),
    (Right::ReadMappings, "AMEPR"),
    (Right::WriteMappings, "AE"),
    (Right::ReadSources, "AMEPR"),
    (Right::WriteSources, "A"),
    (Right::RunSources, "A"),
    (Right::ReadPeerGroups, "AMEPRV"),
    (Right::WritePeerGroups, "AE"),
    (Right::ReadObservations, "AMEPRV"),
    (Right::WriteObservations, "AEPR"),
    (Right::RejectObservations, "AEP"),
    (Right::ReadEvidence, "AEPR"),
    (Right::ReadWithdrawnEvidence, "AEP"),
    (Right::ReadRules, "AMEPRV"),
    (Right::WriteRules, "AME"),
    (Right::ReadWaivers, "AMEPRV"),
    (Right::WriteWaivers, "AE"),
    (Right::ReadRounds, "AMEPRV"),
    (Right::WriteRounds, "AE"),
    (Right::ChangeSubmissions, "AEPR"),
    (Right::ReadPanels, "AEX"),
    (Right::WritePanels, "AE"),
    (Right::ReopenPanels, "A"),
    (Right::ScorePanels, "X"),
    (Right::ReadReleases, "AMEV"),
    (Right::WriteReleases, "AE"),
    (Right::ReadExports, "AMEPRV"),
    (Right::ReadEmbeds, "AMEV"),
    (Right::ReadMaps, "AMEPRV"),
    (Right::WriteMaps, "A"),
    (Right::WriteReports, "AME"),
    (Right::ReadAssessments, "AMEPRV"),
    (Right::ReadScores, "AMEV"),
    (Right::ReadScoreCards, "AMEPRV"),
    (Right::WriteAssessments, "AE"),
    (Right::ReadBenchmarks, "AMEPRV"),
    (Right::WriteBenchmarks, "AE"),
    (Right::WriteGapAnalyses, "AME"),
    (Right::ReadPlanning, "AMEPRV"),
    (Right::WritePlanning, "AMEPR"),
    (Right::Evaluate, "AMEPRV"),
    (Right::ManageWebhooks, "AE"),
    (Right::ReadJobs, "AMEPRV"),
    (Right::CancelJobs, "AEPR"),
    (Right::ManageKeys, "A"),
    (Right::ReadTrail, "A"),
    (Right::ReadMetrics, "AEMV"),
];

impl Right {
    /// Every right.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(right, _)| *right)
    }

    /// Its name, such as `read_scores`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// The right with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|right| right.name() == name)
    }

    /// Whether a role has this right; `limited` says whether its holder is limited to cities.
    pub fn is_granted_to(self, role: Role, limited: bool) -> bool {
        let letter = match role {
            Role::Admin => 'A',
            Role::Methodologist => 'M',
            Role::Evaluator if limited => 'P',
            Role::Evaluator => 'E',
            Role::Reporter => 'R',
            Role::Viewer => 'V',
            Role::Expert => 'X',
        };
        TABLE.iter().any(|(right, roles)| *right == self && roles.contains(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_this_table() {
        let page = include_str!("../../../docs/keys.md");
        for (right, roles) in TABLE {
            let cells: Vec<&str> = "AMEPRVX".chars().map(|role| if roles.contains(role) { "×" } else { "" }).collect();
            let row = format!("| `{}` | {} |", right.name(), cells.join(" | "));
            assert!(page.lines().any(|line| line == row), "docs/keys.md has no line {row}");
        }
        assert_eq!(page.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 7).count(), TABLE.len());
    }

    #[test]
    fn every_right_goes_through_its_name() {
        assert_eq!(Right::ReadPeerGroups.name(), "read_peer_groups");
        for right in Right::all() {
            assert_eq!(Right::of_name(&right.name()), Some(right));
        }
        assert_eq!(Right::of_name("ReadSets"), None);
    }

    #[test]
    fn an_admin_has_every_right_but_an_experts_and_a_viewer_changes_nothing() {
        for (right, _) in TABLE {
            assert_eq!(right.is_granted_to(Role::Admin, false), right != Right::ScorePanels, "{right:?}");
            let changes = !format!("{right:?}").starts_with("Read") && right != Right::Evaluate;
            assert!(!(changes && right.is_granted_to(Role::Viewer, false)), "{right:?}");
        }
    }

    #[test]
    fn an_expert_scores_and_reports_nothing() {
        let granted: Vec<Right> =
            TABLE.map(|(right, _)| right).into_iter().filter(|right| right.is_granted_to(Role::Expert, false)).collect();
        assert_eq!(granted, [Right::ReadSets, Right::ReadCities, Right::ReadPanels, Right::ScorePanels]);
    }

    #[test]
    fn whoever_is_limited_to_cities_changes_nothing_that_all_cities_share() {
        for right in [
            Right::WriteCities,
            Right::WritePeerGroups,
            Right::WriteReleases,
            Right::WriteAssessments,
            Right::ReadScores,
            Right::WritePanels,
            Right::WriteRules,
            Right::WriteWaivers,
        ] {
            assert!(right.is_granted_to(Role::Evaluator, false), "{right:?}");
            assert!(!right.is_granted_to(Role::Evaluator, true), "{right:?}");
        }
    }
}
