//! GC-01: a certificate in force certifies a right on a parcel or an asset.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_EMPTY",
    title: Text::new(
        "Giấy chứng nhận không có quyền hoặc thửa",
        "Certificate without right or parcel",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Giấy chứng nhận đang có hiệu lực phải gắn với quyền của một thửa hoặc tài sản.",
        "A certificate in force belongs to a right on a parcel or an asset.",
    ),
    remedy: Text::new(
        "Gắn giấy với thửa và người sử dụng đất, hoặc ghi trạng thái đã thu hồi.",
        "Tie it to parcel and land user, or mark it as taken back.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Certificate(c) = entry else { return None };
    let empty = c.rights == 0 || (c.parcels.is_empty() && c.assets == 0);
    (c.status == "DANG_HIEU_LUC" && empty)
        .then(|| Said::of(Severity::Error).value("serial", c.serial.as_deref().unwrap_or_default()))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let serial = f.value("serial");
    msg!(
        "Giấy chứng nhận {serial} đang có hiệu lực nhưng không gắn với quyền nào trên thửa hoặc tài sản{pv}.",
        "Certificate {serial} is in force but certifies no right on a parcel or asset{pe}."
    )
}
