//! The code lists of the register: kinds of holders, certificates, rights, changes, papers … Versioned; source and
//! confidence of each: `assets/codes/lists.json`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::Lang;
use crate::text::fold::fold;

/// One version of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct CodeList {
    pub name: String,
    /// "2024"; empty where there is only one.
    pub version: String,
    /// yyyy-MM-dd, both included.
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub vi: String,
    pub en: String,
    /// Where it comes from, and how sure that is.
    pub basis: String,
    pub items: Vec<CodeItem>,
}

/// One entry.
#[derive(Clone, Debug, Deserialize)]
pub struct CodeItem {
    pub code: String,
    pub vi: String,
    pub en: String,
    /// What the entries of a list are sorted into: the effect of a change, the role of a user; else empty.
    #[serde(default)]
    pub group: String,
}

impl CodeItem {
    pub fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

#[derive(Deserialize)]
struct File {
    lists: Vec<CodeList>,
}

static LISTS: LazyLock<Vec<CodeList>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../../assets/codes/lists.json"))
        .expect("assets/codes/lists.json is checked by a test");
    file.lists
});

/// All versions of a list, newest first; none when there is no such list.
pub fn code_lists(name: &str) -> impl Iterator<Item = &'static CodeList> {
    LISTS.iter().rev().filter(move |l| l.name == name)
}

/// The entry of a code, in the newest version that has it.
pub fn code(list: &str, code: &str) -> Option<&'static CodeItem> {
    code_lists(list).flat_map(|l| &l.items).find(|i| i.code == code)
}

/// The name of a code; the code itself where the list does not have it.
pub fn code_title<'a>(list: &str, value: &'a str, lang: Lang) -> &'a str {
    code(list, value).map_or(value, |i| i.title(lang))
}

/// The code that was meant by a code or a name, whatever its case and marks: exactly, or as the only entry that begins
/// so. `None`: nothing, or several.
pub fn meant(list: &str, typed: &str) -> Option<&'static CodeItem> {
    let typed = fold(typed.trim());
    if typed.is_empty() {
        return None;
    }
    let all = || code_lists(list).flat_map(|l| &l.items);
    let exact = all().find(|i| fold(&i.code) == typed || fold(&i.vi) == typed || fold(&i.en) == typed);
    if exact.is_some() {
        return exact;
    }
    let mut begin = all().filter(|i| fold(&i.vi).starts_with(&typed) || fold(&i.en).starts_with(&typed));
    let first = begin.next()?;
    begin.all(|i| i.code == first.code).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_load_and_no_code_stands_twice() {
        assert!(LISTS.len() >= 19);
        for list in LISTS.iter() {
            let mut codes: Vec<_> = list.items.iter().map(|i| &i.code).collect();
            let n = codes.len();
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), n, "{}", list.name);
            assert!(
                !list.basis.is_empty() && list.items.iter().all(|i| !i.vi.is_empty() && !i.en.is_empty())
            );
        }
    }

    #[test]
    fn the_newest_version_that_has_a_code_speaks() {
        let title = |c| code_title("user_type", c, Lang::Vi);
        assert_eq!(title("CDS"), "Cộng đồng dân cư");
        assert_eq!(title("GDC"), "Hộ gia đình, cá nhân");
        assert_eq!(title("QQQ"), "QQQ");
    }

    #[test]
    fn a_code_is_found_by_name_without_marks() {
        let of = |list, typed| meant(list, typed).map_or("-", |i| i.code.as_str());
        assert_eq!(of("identity_kind", "cccd"), "CCCD");
        assert_eq!(of("party_kind", "ho gia dinh"), "HO_GIA_DINH");
        assert_eq!(of("change_kind", "Tang cho"), "TA");
        assert_eq!(of("party_kind", "c"), "-");
        assert_eq!(of("party_kind", ""), "-");
        assert_eq!(of("no_such_list", "CCCD"), "-");
    }
}
