//! GC-02: a holder has one living certificate for a right. (One certificate for several parcels, class C, is fine.)

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_TWICE",
    title: Text::new("Một quyền có hai giấy chứng nhận", "Right with two certificates"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Hai giấy còn hiệu lực cho cùng một quyền: cấp trùng, hoặc giấy cũ chưa ghi thu hồi.",
        "Two living certificates of one right: issued twice, or the old one was not taken back.",
    ),
    remedy: Text::new(
        "Ghi trạng thái đã thu hồi cho giấy cũ.",
        "Mark the old one as taken back.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let mut living: Vec<_> = entry
        .rights
        .iter()
        .filter(|r| r.certificate_lives)
        .map(|r| ((r.party, r.land_use_row), r.certificate))
        .collect();
    living.sort_unstable();
    living.dedup();
    let twice = living.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1);
    let most = twice.map(<[_]>::len).max()?;
    Some(Said::of(Severity::Warning).count(most))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let n = f.amount.unwrap_or_default();
    msg!(
        "Cùng một người, cùng một quyền{pv} có {n} giấy chứng nhận còn hiệu lực.",
        "One holder has {n} living certificates of one right{pe}."
    )
}
