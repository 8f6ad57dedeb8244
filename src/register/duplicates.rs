//! Parties that may be one: told by numbers, or by name with birth or address. Pure; who decides is a person.

use std::collections::{BTreeMap, BTreeSet};

use super::{Value, identity, year_of};
use crate::text::fold::fold;

/// A party as far as it tells who somebody is. Personal: no `Debug`.
#[derive(Clone, Default)]
pub struct Person {
    pub fid: i64,
    /// CA_NHAN …
    pub kind: String,
    pub name: String,
    pub birth: Option<String>,
    pub address: Option<String>,
    /// (kind of paper, number); the personal number as CCCD, the tax code as MST.
    pub numbers: Vec<(String, String)>,
}

/// Why two are held to be one, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same identity or tax number.
    Number,
    /// The same name and day of birth.
    NameAndBirth,
    /// The same name and year of birth, and no number that says otherwise: often a CMND beside the CCCD that replaced it.
    NameAndYear,
    /// The same name and address.
    NameAndAddress,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::NameAndBirth => "name_birth",
            Self::NameAndYear => "name_year",
            Self::NameAndAddress => "name_address",
        }
    }
}

/// Parties that may be one, by fid, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub parties: Vec<i64>,
    pub reasons: BTreeSet<Reason>,
}

/// Whether a merged party takes a field of the other: what it does not say itself, or a day of birth for the year alone.
pub fn gives_way(field: &str, mine: &Value, theirs: &Value) -> bool {
    match (mine, theirs) {
        (Value::Empty, _) => *theirs != Value::Empty,
        (Value::Text(a), Value::Text(b)) => {
            field == "birth" && a.len() == 4 && b.len() > 4 && b.starts_with(a.as_str())
        }
        _ => false,
    }
}

/// Every group of several, by their first party.
pub fn find(people: &[Person]) -> Vec<Group> {
    let mut sets = Sets::new(people.len());
    let mut pairs = Vec::new();
    let mut join = |a: usize, b: usize, reason: Reason| {
        pairs.push((a, reason));
        sets.join(a, b);
    };
    for same in by(people, |p| p.numbers.iter().filter_map(number_key).collect()) {
        same.windows(2).for_each(|w| join(w[0], w[1], Reason::Number));
    }
    for same in by(people, |p| vec![(class(&p.kind), name_key(&p.name, &p.kind))]) {
        for (i, &a) in same.iter().enumerate() {
            // Of a name borne by many each is compared with those next to it only: a list of hundreds helps nobody.
            for &b in same[i + 1..].iter().take(50) {
                if let Some(reason) = alike(&people[a], &people[b]) {
                    join(a, b, reason);
                }
            }
        }
    }
    groups(people, &mut sets, &pairs)
}

fn groups(people: &[Person], sets: &mut Sets, pairs: &[(usize, Reason)]) -> Vec<Group> {
    let mut all: BTreeMap<usize, Group> = BTreeMap::new();
    for (i, person) in people.iter().enumerate() {
        let group = all.entry(sets.root(i)).or_insert_with(|| Group {
            parties: Vec::new(),
            reasons: BTreeSet::new(),
        });
        group.parties.push(person.fid);
    }
    for (i, reason) in pairs {
        if let Some(group) = all.get_mut(&sets.root(*i)) {
            group.reasons.insert(*reason);
        }
    }
    let mut out: Vec<Group> = all.into_values().filter(|g| g.parties.len() > 1).collect();
    out.iter_mut().for_each(|g| g.parties.sort_unstable());
    out.sort_by(|a, b| a.parties.cmp(&b.parties));
    out
}

/// Indices of people with the same key, of every key that several have.
fn by<K: Ord>(people: &[Person], keys: impl Fn(&Person) -> Vec<K>) -> Vec<Vec<usize>> {
    let mut all: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (i, person) in people.iter().enumerate() {
        for key in keys(person) {
            let same = all.entry(key).or_default();
            if same.last() != Some(&i) {
                same.push(i);
            }
        }
    }
    all.into_values().filter(|same| same.len() > 1).collect()
}

/// A number that stands for one person; what is no proper number stands for nobody.
fn number_key((kind, number): &(String, String)) -> Option<(String, String)> {
    let number = identity::tidy(kind, number);
    let proper = match kind.as_str() {
        "CCCD" | "CMND" | "HC" => identity::check(kind, &number).is_ok(),
        "MST" => identity::is_tax_code(&number),
        _ => false,
    };
    // A CMND of 12 digits is the number the CCCD kept.
    let kind = if number.len() == 12 && kind == "CMND" {
        "CCCD"
    } else {
        kind
    };
    proper.then(|| (kind.to_owned(), number))
}

/// Why two of one name are held to be one.
fn alike(a: &Person, b: &Person) -> Option<Reason> {
    let cccd = |p: &Person| {
        let mut all = p
            .numbers
            .iter()
            .filter_map(number_key)
            .filter(|(k, _)| k == "CCCD");
        all.next().map(|(_, n)| n)
    };
    if let (Some(a), Some(b)) = (cccd(a), cccd(b))
        && a != b
    {
        return None;
    }
    let day = |p: &Person| p.birth.clone().filter(|b| b.len() > 4);
    let year = |p: &Person| p.birth.as_deref().and_then(year_of);
    match (day(a), day(b)) {
        (Some(a), Some(b)) => return (a == b).then_some(Reason::NameAndBirth),
        _ if year(a).is_some() && year(b).is_some() => {
            return (year(a) == year(b)).then_some(Reason::NameAndYear);
        }
        _ => {}
    }
    let place = |p: &Person| p.address.as_deref().map(words).filter(|w| !w.is_empty());
    (place(a)? == place(b)?).then_some(Reason::NameAndAddress)
}

/// Kinds that may be written for one another: a household is often entered under the name of its head.
fn class(kind: &str) -> &'static str {
    match kind {
        "TO_CHUC" | "CONG_DONG" => "organisation",
        "VO_CHONG" => "couple",
        "HO_GIA_DINH" => "household",
        "NHOM" => "group",
        _ => "person",
    }
}

/// Forms of address and of households before a name.
const TITLES: [&str; 10] = ["ong", "ba", "ho", "anh", "chi", "co", "chu", "cu", "bac", "va"];
/// Abbreviations in names of organisations.
const ORGANISATIONS: [(&str, &str); 15] = [
    ("cty", "cong ty"),
    ("ct", "cong ty"),
    ("tnhh", "trach nhiem huu han"),
    ("mtv", "mot thanh vien"),
    ("tv", "thanh vien"),
    ("cp", "co phan"),
    ("dntn", "doanh nghiep tu nhan"),
    ("dn", "doanh nghiep"),
    ("htx", "hop tac xa"),
    ("ubnd", "uy ban nhan dan"),
    ("nh", "ngan hang"),
    ("tmcp", "thuong mai co phan"),
    ("tm", "thuong mai"),
    ("dv", "dich vu"),
    ("xd", "xay dung"),
];
/// Abbreviations in names of persons, written with a point or alone.
const PERSONS: [(&str, &str); 3] = [("ng", "nguyen"), ("v", "van"), ("t", "thi")];

/// A name as names are compared: without marks, case, titles and abbreviations.
pub fn name_key(name: &str, kind: &str) -> String {
    let organisation = class(kind) == "organisation";
    let list: &[(&str, &'static str)] = if organisation { &ORGANISATIONS } else { &PERSONS };
    let folded = words(name);
    let mut all: Vec<&str> = folded.split(' ').collect();
    if !organisation {
        // Never all of it: "Bà" alone is a name then.
        while all.len() > 2 && TITLES.contains(&all[0]) {
            all.remove(0);
        }
    }
    fn long<'a>(list: &[(&str, &'static str)], w: &'a str) -> &'a str {
        list.iter()
            .find(|(short, _)| *short == w)
            .map_or(w, |(_, long)| *long)
    }
    all.iter().map(|w| long(list, w)).collect::<Vec<_>>().join(" ")
}

/// Folded words with one space between.
fn words(text: &str) -> String {
    let folded = fold(text);
    let all = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    all.collect::<Vec<_>>().join(" ")
}

/// Disjoint sets.
struct Sets(Vec<usize>);

impl Sets {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(fid: i64, name: &str, birth: &str, address: &str, numbers: &[(&str, &str)]) -> Person {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        Person {
            fid,
            kind: "CA_NHAN".into(),
            name: name.into(),
            birth: some(birth),
            address: some(address),
            numbers: numbers.iter().map(|(k, n)| ((*k).into(), (*n).into())).collect(),
        }
    }

    fn said(people: &[Person]) -> Vec<String> {
        let names = |g: &Group| g.reasons.iter().map(|r| r.name()).collect::<Vec<_>>().join("+");
        find(people)
            .iter()
            .map(|g| format!("{:?} {}", g.parties, names(g)))
            .collect()
    }

    #[test]
    fn a_number_a_name_with_birth_or_address() {
        let people = [
            person(1, "Trần Thị Thử", "1993-04-05", "", &[("CMND", "993000001")]),
            person(2, "TRAN THI THU", "1993", "", &[("CCCD", "025993000001")]),
            person(3, "Bà Trần T. Thử", "", "Thôn Mẫu, xã Thử", &[]),
            person(4, "Trần Thị Thử", "", "thon mau - Xa Thu", &[]),
            person(5, "Trần Thị Thử", "1994", "", &[]),
            person(6, "Người Khác", "", "", &[("CMND", "993000001")]),
            person(7, "Người Thứ Bảy", "1993-04-05", "", &[]),
        ];
        assert_eq!(
            said(&people),
            ["[1, 2, 6] number+name_year", "[3, 4] name_address"]
        );
    }

    #[test]
    fn two_citizens_numbers_are_two_people_and_odd_numbers_are_nobody() {
        let people = [
            person(1, "Lê Văn Mẫu", "1990-01-02", "A", &[("CCCD", "025990000001")]),
            person(2, "Lê Văn Mẫu", "1990-01-02", "A", &[("CCCD", "025990000002")]),
            person(3, "Phạm Mẫu", "", "", &[("CCCD", "N/A-17"), ("K", "17")]),
            person(4, "Vũ Mẫu", "", "", &[("CCCD", "N/A-17"), ("K", "17")]),
        ];
        assert_eq!(said(&people), Vec::<String>::new());
    }

    #[test]
    fn organisations_by_abbreviation_never_with_people() {
        let of = |fid, name: &str, kind: &str| Person {
            kind: kind.into(),
            ..person(fid, name, "", "Số 1 đường Thử", &[])
        };
        let people = [
            of(1, "Công ty TNHH MTV Mẫu Thử", "TO_CHUC"),
            of(2, "CTY trách nhiệm hữu hạn một thành viên MẪU THỬ", "TO_CHUC"),
            of(3, "Công ty TNHH MTV Mẫu Thử", "CA_NHAN"),
        ];
        assert_eq!(said(&people), ["[1, 2] name_address"]);
        assert_eq!(name_key("Hộ ông Ng. Văn Mẫu", "CA_NHAN"), "nguyen van mau");
        assert_eq!(name_key("Bà", "CA_NHAN"), "ba");
        assert_eq!(name_key("", "CA_NHAN"), "");
    }
}
