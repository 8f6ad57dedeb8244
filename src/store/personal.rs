//! The only way to personal values (columns `*_p`). domain.md §9.3 says which those are.
//!
//! A value lies in a blob whose first byte names the codec. There is one so far: `plain`; encryption comes as a
//! second one without touching another file. Never put what comes out of here into a log, a message or `operation`.

use crate::domain::Failure;
use crate::msg;

const PLAIN: u8 = 0;

/// A value as it is stored; `None` and "" stay NULL.
pub fn seal(value: Option<&str>) -> Option<Vec<u8>> {
    let value = value.filter(|v| !v.is_empty())?;
    let mut blob = Vec::with_capacity(value.len() + 1);
    blob.push(PLAIN);
    blob.extend(value.as_bytes());
    Some(blob)
}

/// The value of a stored blob. Fails on a codec this version does not know.
pub fn open(blob: Option<&[u8]>) -> Result<Option<String>, Failure> {
    let Some(blob) = blob else { return Ok(None) };
    match blob.split_first() {
        Some((&PLAIN, text)) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(unreadable()),
        },
        _ => Err(unreadable()),
    }
}

fn unreadable() -> Failure {
    Failure::new(
        "PERSONAL_UNREADABLE",
        msg!(
            "Không đọc được một dữ liệu cá nhân trong tệp.",
            "A personal value in the file cannot be read."
        ),
    )
    .remedy(msg!(
        "Hãy mở tệp bằng phiên bản mới hơn của chương trình.",
        "Open the file with a newer version of the program."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_opens_again() {
        let blob = seal(Some("Trần Thị Thử Nghiệm"));
        assert_eq!(
            open(blob.as_deref()).unwrap().as_deref(),
            Some("Trần Thị Thử Nghiệm")
        );
        assert_eq!(seal(Some("")), None);
        assert_eq!(open(None).unwrap(), None);
        assert_eq!(open(Some(&[9, 65])).unwrap_err().code(), "PERSONAL_UNREADABLE");
        assert_eq!(open(Some(&[])).unwrap_err().code(), "PERSONAL_UNREADABLE");
    }
}
