//! Places that show why an edit was refused, as findings: their sentences. The failure itself says more.

use super::rule;
use crate::domain::Finding;
use crate::text::{Lang, Msg, Text};

/// Code of the refusal, and what is the matter at the place.
pub const REFUSALS: [(&str, Text); 8] = [
    (
        "CUT_SHAPE_INVALID",
        Text::new(
            "Ranh giới thửa có lỗi hình học",
            "The boundary of the parcel is faulty",
        ),
    ),
    (
        "CUT_ENDS_INSIDE",
        Text::new(
            "Đường cắt dừng bên trong thửa",
            "The cutting line ends inside the parcel",
        ),
    ),
    (
        "CUT_DIVIDES_NOTHING",
        Text::new(
            "Đoạn cắt có cùng một phần đất ở hai bên",
            "The cut has the same land on both sides",
        ),
    ),
    (
        "CUT_TOO_FINE",
        Text::new(
            "Đường cắt đi quá sát ranh thửa",
            "The cutting line runs too close to the boundary",
        ),
    ),
    (
        "SPLIT_NO_SIDE",
        Text::new(
            "Điểm này không phải điểm ranh của thửa",
            "This is no boundary point of the parcel",
        ),
    ),
    (
        "SPLIT_TOO_MUCH",
        Text::new(
            "Phần liền một khối ở đây không đủ diện tích",
            "What hangs together here is not that large",
        ),
    ),
    (
        "SPLIT_NOT_ONE_PIECE",
        Text::new("Một phần riêng nằm ở đây", "A piece by itself lies here"),
    ),
    (
        "DUPLICATE_KEY",
        Text::new("Thửa khác đã có số này", "Another parcel has this number"),
    ),
];

/// The sentence, with the place.
pub fn message(finding: &Finding) -> Option<Msg> {
    let (_, text) = REFUSALS.iter().find(|(code, _)| *code == finding.code)?;
    Some(rule::both(|lang: Lang| {
        format!("{}{}.", text.get(lang), rule::at(finding, lang))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Pt, Severity};

    /// Every code of a refusal that marks places is said in words, with the place; sources are walked.
    #[test]
    fn places_of_refusals_are_said_in_words() {
        let sources = [
            include_str!("../topology/split/cut.rs"),
            include_str!("../topology/split/trouble.rs"),
        ];
        let mut seen = 0;
        for source in sources {
            let flat: String = source.split_whitespace().collect();
            for (i, _) in flat.match_indices("refused(Failure::new(\"") {
                let code: String = flat[i + 22..].chars().take_while(|c| *c != '"').collect();
                assert!(REFUSALS.iter().any(|(c, _)| *c == code), "{code}");
                seen += 1;
            }
        }
        assert!(seen >= 4, "{seen}");
        for (code, _) in REFUSALS {
            let finding = Finding {
                at: Some(Pt::new(603_500_000, 1_191_500_000)),
                ..Finding::new(code, Severity::Error)
            };
            let said = super::super::message(&finding);
            for text in [&said.vi, &said.en] {
                assert!(!text.contains(code) && text.contains("500"), "{text}");
            }
            assert_ne!(said.vi, said.en);
            assert!(
                include_str!("../../docs/errors.md").contains(&format!("`{code}`")),
                "{code}"
            );
        }
    }
}
