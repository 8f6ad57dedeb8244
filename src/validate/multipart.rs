//! T4: a parcel is one piece. Found on import: what has several is kept aside or made several parcels, as
//! chosen there; a district file cannot hold it.

use super::import_messages;
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Msg, Text};

pub const RULE: Rule = Rule {
    code: "IMPORT_MULTIPART",
    title: Text::new("Thửa gồm nhiều vùng rời nhau", "Multipart parcel"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Một thửa đất là một vùng liền; nhiều vùng rời nhau là nhiều thửa.",
        "A parcel is one piece of land; several pieces are several parcels.",
    ),
    remedy: Text::new(
        "Tách thành từng thửa có số riêng, hoặc nhập lại với lựa chọn tách vùng.",
        "Make each a parcel with its own number, or import again with the choice to split.",
    ),
    check: Check::Import,
    message,
};

fn message(f: &Finding) -> Msg {
    import_messages::message(f).unwrap_or_else(|| Msg::new(f.code, f.code))
}
