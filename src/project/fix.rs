//! Repairs: what the fixes need to know, and many of them entered as one operation.

use serde_json::json;

use super::change::one;
use super::{Act, Effects, Mode, Project};
use crate::domain::{Failure, Finding, ParcelRecord, Uid};
use crate::edit::{self, EditError};
use crate::fix::{Batch, Known, Sheet};
use crate::job::Progress;
use crate::msg;
use crate::store::journal::NewOperation;
use crate::store::trust;
use crate::text::Text;
use crate::topology::findings::DUPLICATE_SHAPE;
use crate::validate::Parameters;

const ENTERING: Text = Text::new("Đang ghi các sửa chữa", "Entering the fixes");

impl Project {
    /// What fixes of these findings need to know: surveys, next numbers, which duplicates say the same.
    pub fn known(&self, findings: &[Finding]) -> Result<Known, Failure> {
        let mut known = Known {
            parameters: Parameters::on(None),
            fixed: self.survey.points.iter().map(|p| p.at).collect(),
            ..Known::default()
        };
        for (commune, number, scale, surveyed_on) in trust::sheets(self.reader.conn())? {
            known
                .sheets
                .insert((commune, number), Sheet { scale, surveyed_on });
        }
        for f in findings.iter().filter(|f| f.code == "NUMBER_MISSING") {
            let parcels = f.parcels.iter().filter_map(|u| self.coverage.by_uid(*u));
            for p in parcels.filter(|p| !p.sheet.is_empty()) {
                let key = (p.commune.to_string(), p.sheet.to_string());
                if !known.next_numbers.contains_key(&key) {
                    let next = self.next_number(&p.commune, &p.sheet)?;
                    known.next_numbers.insert(key, next);
                }
            }
        }
        for f in findings.iter().filter(|f| f.code == DUPLICATE_SHAPE) {
            if let [a, b] = f.parcels.as_slice()
                && self.say_the_same(*a, *b)?
            {
                known.twins.insert((*a.min(b), *a.max(b)));
            }
        }
        Ok(known)
    }

    /// Whether the register says the same of two parcels but for their numbers.
    fn say_the_same(&self, a: Uid, b: Uid) -> Result<bool, Failure> {
        let record = |u| self.fid_of(u)?.map(|f| self.record(f)).transpose();
        let (Some(a), Some(b)) = (record(a)?, record(b)?) else {
            return Ok(false);
        };
        let land = |r: &ParcelRecord| {
            let uses = r.land_uses.iter();
            uses.map(|u| (u.code.clone(), u.area, u.term.clone(), u.origin.clone()))
                .collect::<Vec<_>>()
        };
        let holders = |r: &ParcelRecord| {
            let all = r.holders.iter();
            let mut all: Vec<_> = all
                .map(|h| (h.kind.clone(), h.name.clone(), h.address.clone()))
                .collect();
            all.sort();
            all
        };
        let details = |r: &ParcelRecord| {
            let (areas, texts) = (
                (r.area_measured, r.area_legal),
                (r.land_use.clone(), r.address.clone()),
            );
            (r.commune.clone(), r.sheet.clone(), areas, texts, r.is_parcel)
        };
        Ok(details(&a) == details(&b) && land(&a) == land(&b) && holders(&a) == holders(&b))
    }

    /// Enters a batch as one operation. Each edit is planned and checked again on what the one before left; when one is
    /// refused, or the job is cancelled, nothing was done.
    pub fn enter_fixes(
        &mut self,
        batch: &Batch,
        act: &Act,
        progress: &Progress,
    ) -> Result<Vec<Effects>, EditError> {
        let edits = &batch.edits;
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        let n = batch.made.len();
        let mut rules: Vec<&str> = batch.made.iter().map(|m| m.finding.code).collect();
        rules.sort_unstable();
        rules.dedup();
        let what = json!({
            "op": "fix", "rules": rules, "findings": n,
            "edits": edits.iter().map(edit::to_value).collect::<Vec<_>>(),
        });
        let new = NewOperation {
            kind: "fix",
            what: what.to_string(),
            label: msg!("Sửa hàng loạt {n} lỗi", "Fix {n} findings in a batch"),
            undoes: None,
        };
        let operating = self.mode()? == Mode::Operating;
        progress.stage(ENTERING, edits.len() as u64)?;
        self.operate(act, &new, false, |op, coverage, srs, done| {
            for e in edits {
                progress.step(1)?;
                one(op, coverage, srs, operating, e, done)?;
            }
            Ok(())
        })
    }
}
