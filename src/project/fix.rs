//! Repairs: what the fixes need to know, and many of them entered as one operation.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde_json::json;

use super::change::{Done, Here, one};
use super::{Act, Effects, Mode, Project, Reader, SurveyPoints, Writer};
use crate::domain::{Failure, Finding, ParcelRecord, Uid};
use crate::edit::{self, EditError};
use crate::fix::{Batch, Known, Sheet};
use crate::job::Progress;
use crate::msg;
use crate::store::journal::NewOperation;
use crate::store::{View, numbers, rows, trust};
use crate::text::Text;
use crate::topology::Coverage;
use crate::topology::findings::DUPLICATE_SHAPE;
use crate::validate::Parameters;

const ENTERING: Text = Text::new("Đang ghi các sửa chữa", "Entering the fixes");

/// What fixes of these findings need to know: surveys, next numbers, which duplicates say the same. On any thread.
pub fn known(
    reader: &Reader,
    coverage: &Coverage,
    survey: &SurveyPoints,
    findings: &[Finding],
) -> Result<Known, Failure> {
    let mut known = Known {
        parameters: Parameters::on(None),
        fixed: survey.points.iter().map(|p| p.at).collect(),
        ..Known::default()
    };
    for (commune, number, scale, surveyed_on) in trust::sheets(reader.conn())? {
        known
            .sheets
            .insert((commune, number), Sheet { scale, surveyed_on });
    }
    for f in findings.iter().filter(|f| f.code == "NUMBER_MISSING") {
        let parcels = f.parcels.iter().filter_map(|u| coverage.by_uid(*u));
        for p in parcels.filter(|p| !p.sheet.is_empty()) {
            if let Entry::Vacant(free) = known
                .next_numbers
                .entry((p.commune.to_string(), p.sheet.to_string()))
            {
                free.insert(numbers::next(reader.conn(), &p.commune, &p.sheet)?);
            }
        }
    }
    for f in findings.iter().filter(|f| f.code == "LAND_USE_MISSING") {
        for p in f.parcels.iter().filter_map(|u| coverage.by_uid(*u)) {
            let codes: Vec<String> = reader
                .record(p.fid)?
                .land_uses
                .into_iter()
                .map(|u| u.code)
                .collect();
            if !codes.is_empty() {
                known.uses.insert(p.uid, codes.join("+"));
            }
        }
    }
    for f in findings.iter().filter(|f| f.code == DUPLICATE_SHAPE) {
        if let [a, b] = f.parcels.as_slice()
            && say_the_same(reader, *a, *b)?
        {
            known.twins.insert((*a.min(b), *a.max(b)));
        }
    }
    Ok(known)
}

/// Whether the register says the same of two parcels but for their numbers.
fn say_the_same(reader: &Reader, a: Uid, b: Uid) -> Result<bool, Failure> {
    let record = |u: Uid| -> Result<Option<ParcelRecord>, Failure> {
        let fid = rows::fid_of(reader.conn(), u)?;
        Ok(fid.map(|f| reader.record(f)).transpose()?)
    };
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

impl Project {
    /// What fixes of these findings need to know; see [`known`].
    pub fn known(&self, findings: &[Finding]) -> Result<Known, Failure> {
        known(&self.reader, &self.coverage, &self.survey, findings)
    }

    /// Enters a batch as one operation; see [`enter`]. `None`: there was nothing to enter.
    pub fn enter_fixes(
        &mut self,
        batch: &Batch,
        act: &Act,
        progress: &Progress,
    ) -> Result<Option<Effects>, EditError> {
        let operating = self.mode()? == Mode::Operating;
        let mut writer = self.detach_writer()?;
        let done = enter(
            &mut writer,
            self.coverage.clone(),
            operating,
            batch,
            act,
            progress,
        );
        let mut news = self.attach_writer(writer)?;
        done?;
        Ok(news.pop())
    }
}

/// Enters a batch as one operation, on any thread: the project that handed out the writer learns of it when it comes
/// back. Each edit is planned and checked again on what the one before left; when one is refused, or the job is
/// cancelled, nothing was done. Gives the number of the operation.
pub fn enter(
    writer: &mut Writer,
    mut coverage: Arc<Coverage>,
    operating: bool,
    batch: &Batch,
    act: &Act,
    progress: &Progress,
) -> Result<Option<i64>, EditError> {
    let edits = &batch.edits;
    if edits.is_empty() {
        return Ok(None);
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
    progress.stage(ENTERING, edits.len() as u64)?;
    let srs = writer.srs();
    let path = &writer.path().to_owned();
    let op = writer.begin(act, &new)?;
    let mut done = Done::starting(&op)?;
    let at = Here {
        op: &op,
        srs,
        operating,
        quality: None,
        view: View { conn: &op, path },
    };
    for e in edits {
        progress.step(1)?;
        one(&at, &mut coverage, e, &mut done)?;
    }
    let id = op.id();
    op.commit()?;
    Ok(Some(id))
}
