//! Mode of the district, dossiers and what they propose.

use std::sync::Arc;

use serde_json::json;

use super::Project;
use crate::domain::{Act, Failure};
use crate::edit::{self, EditError};
use crate::msg;
use crate::store::journal::NewOperation;
use crate::store::proposal::{self, Dossier, Proposal};
use crate::store::{numbers, rows};
use crate::text::Text;
use crate::topology::Coverage;

/// How boundaries change (design.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The database is being built: edits are direct.
    Building,
    /// In operation: a boundary changes only inside an open dossier.
    Operating,
}

impl Mode {
    /// As stored and as typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Operating => "operating",
        }
    }

    pub fn title(self) -> Text {
        match self {
            Self::Building => Text::new("đang xây dựng", "being built"),
            Self::Operating => Text::new("đang vận hành", "in operation"),
        }
    }

    fn of(name: &str) -> Self {
        if name == Self::Operating.name() {
            Self::Operating
        } else {
            Self::Building
        }
    }
}

impl Project {
    pub fn mode(&self) -> Result<Mode, Failure> {
        Ok(Mode::of(
            &rows::setting(self.reader.conn(), "mode")?.unwrap_or_default(),
        ))
    }

    /// Changes the mode, as an operation of its own that is never undone. Gives its number; `None` when it is in that
    /// mode already. Back to building only while no dossier proposes anything.
    pub fn set_mode(&mut self, mode: Mode, act: &Act) -> Result<Option<i64>, EditError> {
        if self.mode()? == mode {
            return Ok(None);
        }
        let Text { vi, en } = mode.title();
        let new = NewOperation {
            kind: "mode",
            what: json!({"op": "mode", "mode": mode.name()}).to_string(),
            label: msg!("Chuyển chế độ: {vi}", "Change of mode: {en}"),
            undoes: None,
        };
        self.operate(act, &new, false, |op, _, _, _, _| {
            let proposed = proposal::proposals(op, None)?;
            if let (Mode::Building, [first, ..]) = (mode, proposed.as_slice()) {
                return Err(proposals_open(&first.dossier_code).into());
            }
            let edits = proposal::proposed_edits(op, None)?;
            if let (Mode::Building, [first, ..]) = (mode, edits.as_slice()) {
                return Err(proposals_open(&first.dossier_code).into());
            }
            rows::set_setting(op, "mode", mode.name())?;
            Ok(())
        })?;
        Ok(Some(self.stacks.newest))
    }

    /// The next free number of a sheet: what a parcel created now would get.
    pub fn next_number(&self, commune: &str, sheet: &str) -> Result<i64, Failure> {
        Ok(numbers::next(self.reader.conn(), commune, sheet)?)
    }

    /// All dossiers, by code.
    pub fn dossiers(&self) -> Result<Vec<Dossier>, Failure> {
        Ok(proposal::dossiers(self.reader.conn())?)
    }

    /// What a dossier (code) proposes, in the order proposed; `None`: all of them.
    pub fn proposals(&self, dossier: Option<&str>) -> Result<Vec<Proposal>, Failure> {
        let fid = dossier.map(|code| self.dossier(code)).transpose()?.map(|d| d.fid);
        Ok(proposal::proposals(self.reader.conn(), fid)?)
    }

    /// The parcels as a dossier sees them: in force − targets + proposals. Edits inside it are planned on this. A parcel
    /// to come has the fid `-row` of its proposal there. Made anew each time: keep it until the next operation.
    pub fn view(&self, dossier: &str) -> Result<Arc<Coverage>, Failure> {
        let proposals = self.proposals(Some(dossier))?;
        Ok(Arc::new(edit::view(&self.coverage, &proposals)))
    }

    pub(super) fn dossier(&self, code: &str) -> Result<Dossier, Failure> {
        proposal::dossier(self.reader.conn(), code)
            .map_err(Failure::from)?
            .ok_or_else(|| edit::no_dossier(code))
    }
}

fn proposals_open(code: &str) -> Failure {
    Failure::new(
        "PROPOSALS_OPEN",
        msg!(
            "Hồ sơ {code} còn đề xuất chưa phê duyệt.",
            "Dossier {code} still proposes something."
        ),
    )
    .remedy(msg!(
        "Phê duyệt hoặc hủy đề xuất trước khi chuyển chế độ.",
        "Approve or revert before changing the mode."
    ))
}
