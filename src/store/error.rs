//! What SQLite says, as a [`Failure`] a clerk can act on.

use rusqlite::ErrorCode;

use crate::domain::Failure;
use crate::msg;
use crate::text::{Msg, Text};

/// First word of the messages our triggers raise; see journal.rs.
pub const OUTSIDE: &str = "diachinh:";

/// Result of everything that talks to the file.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Either SQLite's error or our own; becomes a [`Failure`] at the border of `store`.
#[derive(Debug)]
pub enum StoreError {
    Sql(rusqlite::Error),
    Failure(Failure),
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sql(e)
    }
}

impl From<Failure> for StoreError {
    fn from(f: Failure) -> Self {
        Self::Failure(f)
    }
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Failure(f) => f,
            StoreError::Sql(e) => failure(&e),
        }
    }
}

struct Known {
    code: &'static str,
    message: Text,
    remedy: Text,
}

const FULL: Known = Known {
    code: "DISK_FULL",
    message: Text::new(
        "Đĩa đã đầy; không có gì thay đổi.",
        "The disk is full; nothing was changed.",
    ),
    remedy: Text::new(
        "Hãy giải phóng chỗ trống rồi làm lại.",
        "Free some space and try again.",
    ),
};
const READ_ONLY: Known = Known {
    code: "READ_ONLY",
    message: Text::new("Tệp chỉ cho đọc.", "The file is read-only."),
    remedy: Text::new(
        "Hãy bỏ thuộc tính chỉ đọc hoặc chép tệp sang chỗ ghi được.",
        "Remove the read-only attribute or copy the file to a writable place.",
    ),
};
const BUSY: Known = Known {
    code: "BUSY",
    message: Text::new(
        "Một chương trình khác đang ghi vào tệp.",
        "Another program is writing to the file.",
    ),
    remedy: Text::new(
        "Hãy đóng chương trình kia (ví dụ QGIS) rồi làm lại.",
        "Close the other program (QGIS, for example) and try again.",
    ),
};
const CORRUPT: Known = Known {
    code: "FILE_DAMAGED",
    message: Text::new("Tệp đã bị hỏng.", "The file is damaged."),
    remedy: Text::new(
        "Hãy khôi phục bản sao lưu gần nhất.",
        "Restore the latest backup.",
    ),
};
const NOT_A_DISTRICT: Known = Known {
    code: "NOT_A_DISTRICT",
    message: Text::new("Đây không phải tệp địa chính.", "This is not a district file."),
    remedy: Text::new(
        "Hãy chọn tệp .gpkg do chương trình này tạo, hoặc nhập dữ liệu từ tệp này bằng lệnh nhập.",
        "Choose a .gpkg file made by this program, or import the data of this file.",
    ),
};
const NO_ACCESS: Known = Known {
    code: "NO_ACCESS",
    message: Text::new("Không mở được tệp.", "The file cannot be opened."),
    remedy: Text::new(
        "Hãy kiểm tra đường dẫn và quyền truy cập.",
        "Check the path and your rights to it.",
    ),
};
const IO: Known = Known {
    code: "IO",
    message: Text::new(
        "Lỗi đọc hoặc ghi đĩa; không có gì thay đổi.",
        "Reading or writing the disk failed; nothing was changed.",
    ),
    remedy: Text::new(
        "Hãy kiểm tra đĩa, cáp và dung lượng trống.",
        "Check the disk, its cable and the free space.",
    ),
};

impl Known {
    fn failure(&self) -> Failure {
        Failure::new(self.code, self.message).remedy(self.remedy)
    }
}

/// "This is not a district file."
pub fn not_a_district() -> Failure {
    NOT_A_DISTRICT.failure()
}

/// The failure for an error of SQLite. Carries no values of rows.
pub fn failure(e: &rusqlite::Error) -> Failure {
    let text = e.to_string();
    if let Some(at) = text.find(OUTSIDE) {
        return raised(&text[at + OUTSIDE.len()..]);
    }
    let known = match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => FULL,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => READ_ONLY,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => BUSY,
        Some(ErrorCode::DatabaseCorrupt) => CORRUPT,
        Some(ErrorCode::NotADatabase) => NOT_A_DISTRICT,
        Some(ErrorCode::CannotOpen) => NO_ACCESS,
        Some(ErrorCode::SystemIoFailure) => IO,
        _ => {
            return Failure::new(
                "STORE",
                msg!("Lỗi của tệp dữ liệu: {text}", "Error of the data file: {text}"),
            );
        }
    };
    known.failure()
}

/// A refusal of one of our triggers: "vi / en".
fn raised(text: &str) -> Failure {
    let (vi, en) = text.trim().split_once(" / ").unwrap_or((text, text));
    Failure::new("OUTSIDE_OPERATION", Msg::new(vi, en))
}
