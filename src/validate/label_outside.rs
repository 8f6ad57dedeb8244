//! T6: the label point of a parcel lies inside. A district file holds one label point: that from which the parcel
//! code was computed (`parcel_code_basis`). Labels on the map are placed inside whenever they are drawn.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::format;
use crate::text::{Lang, Msg, Text};
use crate::topology::ring::distance_outside;

pub const RULE: Rule = Rule {
    code: "LABEL_OUTSIDE",
    title: Text::new("Điểm nhãn nằm ngoài thửa", "Label point outside the parcel"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Điểm nhãn ngoài thửa gán số thửa cho phần đất khác.",
        "A label outside gives the number to other land.",
    ),
    remedy: Text::new(
        "Kiểm tra ranh thửa đã đổi hay nhãn của thửa khác.",
        "See whether the boundary moved or the label is another parcel's.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, parcel } = entry else {
        return None;
    };
    let label = entry.label?;
    let off = distance_outside(&parcel.polygon, label);
    (off > 0.0).then(|| {
        Said::of(Severity::Error)
            .at(label)
            .metres((off.round() / 1000.0).max(0.001), 0.0)
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let (av, ae) = (rule::at(f, Lang::Vi), rule::at(f, Lang::En));
    let number = |lang| format::number(f.amount.unwrap_or_default(), 3, lang);
    let (mv, me) = (number(Lang::Vi), number(Lang::En));
    msg!(
        "Điểm nhãn{pv}{av} nằm ngoài thửa {mv} m.",
        "The label point{pe}{ae} lies {me} m outside."
    )
}
