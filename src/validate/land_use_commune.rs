//! LU-05: residential land is ONT in a xã and ODT in a phường (NĐ 49/2026 art. 13.1). Told only: the printed code changes
//! through a procedure, never in bulk.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "LAND_USE_COMMUNE",
    title: Text::new(
        "Đất ở nông thôn hay đô thị không theo loại xã",
        "Rural or urban residential land",
    ),
    severity: Severity::Info,
    moments: rule::INFO,
    why: Text::new(
        "Mã đất ở theo loại đơn vị hành chính: xã là ONT, phường là ODT.",
        "The code of residential land follows the kind of commune: ONT in a xã, ODT in a phường.",
    ),
    remedy: Text::new(
        "Đổi mã khi làm thủ tục tiếp theo của thửa; không sửa hàng loạt.",
        "Change it with the next procedure on the parcel, never in bulk.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { parcel, .. } = entry else {
        return None;
    };
    let name = &facts.territory.communes.get(&*parcel.commune)?.name;
    let odd = match name.split(' ').next()? {
        "Xã" => "ODT",
        "Phường" => "ONT",
        _ => return None,
    };
    codes::land_use_codes(&parcel.land_use)
        .any(|c| c == odd)
        .then(|| Said::of(Severity::Info).value("code", odd).value("commune", name))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    let commune = f.value("commune");
    msg!(
        "Đất {code}{pv} ở {commune}.",
        "Land {code}{pe} lies in {commune}."
    )
}
