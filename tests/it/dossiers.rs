//! Every kind of edit inside a dossier: it sees what a direct edit would give, approval gives exactly that to all,
//! revert and undo leave nothing, another dossier is refused with the first one's number.

use std::path::{Path, PathBuf};

use diachinh::domain::{Polygon, Pt, Uid};
use diachinh::edit::{Edit, parse};
use diachinh::job::Progress;
use diachinh::project::{Mode, Project, Undo};
use diachinh::store::journal::NewOperation;
use diachinh::store::{Writer, geometry};
use diachinh::text::Msg;
use diachinh::topology::Coverage;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::district::{COMMUNE, District, EPSG, act, content, corner};
use crate::records::place;

/// A point of the grid (corners 10 m apart) and mm from there.
pub fn at(c: i64, r: i64, de: i64, dn: i64) -> Pt {
    Pt::new(corner(c, r).e + de, corner(c, r).n + dn)
}

pub fn m(p: Pt) -> [f64; 2] {
    p.metres().into()
}

pub fn of(value: &Value) -> Edit {
    parse(&value.to_string()).unwrap_or_else(|e| panic!("{value}: {e:?}"))
}

/// The grid with slanted inner boundaries, an overlap in the east (parcel 50 over 3), a gap in the west (between 1, 4
/// and 51), a sheet 2 that misses the north edge by 4 cm, and a needless point in the east side of 9. Apart from it a gap
/// between 52 and 53 and a spike of 54.
pub fn district() -> District {
    let d = District::of_one_holder(3);
    {
        let mut p = d.open();
        for (c, r, de, dn) in [
            (1, 1, 130, -270),
            (2, 1, -310, 140),
            (1, 2, 90, 330),
            (2, 2, 170, -210),
        ] {
            let edit = json!({"op": "move_point", "from": m(at(c, r, 0, 0)), "to": m(at(c, r, de, dn))});
            p.apply(&of(&edit), &act(2)).unwrap();
        }
        let edit = json!({"op": "insert_point", "parcel": "25747/1/9", "at": m(at(3, 2, 0, 4000))});
        p.apply(&of(&edit), &act(2)).unwrap();
        p.close().unwrap();
    }
    let over = vec![
        at(3, 0, -1500, 1000),
        at(3, 0, 8000, 1300),
        at(3, 0, 8000, 7700),
        at(3, 0, -1700, 7100),
    ];
    let around = vec![
        at(0, 0, -9000, 500),
        at(0, 0, 0, 0),
        at(0, 0, -700, 3000),
        at(0, 1, -600, 6000),
        at(0, 2, 0, 0),
        at(0, 2, -9000, 0),
    ];
    let north = vec![
        at(0, 3, 0, 40),
        at(3, 3, 0, 30),
        at(3, 3, 0, 9000),
        at(0, 3, 0, 9000),
    ];
    let square = |c, r| {
        vec![
            at(c, r, 0, 0),
            at(c + 1, r, 0, 0),
            at(c + 1, r + 1, 0, 0),
            at(c, r + 1, 0, 0),
        ]
    };
    let mut wedge = square(7, 0);
    wedge.push(at(7, 0, 400, 5000));
    let mut spike = square(6, 3);
    spike.splice(2..2, [at(7, 3, 0, 2000), at(7, 3, 3000, 2010), at(7, 3, 0, 2000)]);
    let mut writer = Writer::open(&d.path, &act(2)).unwrap();
    let new = NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Msg::new("Nhập thêm", "Import more"),
        undoes: None,
    };
    let op = writer.begin(&act(2), &new).unwrap();
    let more = [
        ("1", "50", over),
        ("1", "51", around),
        ("2", "1", north),
        ("1", "52", square(6, 0)),
        ("1", "53", wedge),
        ("1", "54", spike),
    ];
    for (sheet, number, ring) in more {
        let blob = geometry::encode(&Polygon { rings: vec![ring] }, EPSG).unwrap();
        op.execute(
            "INSERT INTO parcel(uid, geom, commune, sheet, number, area_legal, land_use, op) VALUES (?1, ?2, ?3, ?4, ?5, 60.0, 'ONT', ?6)",
            rusqlite::params![Uid::fresh().to_string(), blob, COMMUNE, sheet, number, op.id()],
        )
        .unwrap();
    }
    op.commit().unwrap();
    drop(writer);
    // Land in dispute: an approval does not wait until it is settled.
    let accepted = json!({"op": "accept_finding", "code": "PARCEL_OVERLAP", "parcels": ["25747/1/3", "25747/1/50"], "reason": "Đang tranh chấp"});
    let mut p = d.open();
    p.apply(&of(&accepted), &act(2)).unwrap();
    p.close().unwrap();
    d
}

/// One edit of every kind, split in each manner; whether it has targets (parcels another dossier may not have).
fn edits() -> Vec<(&'static str, Value, bool)> {
    let five = "25747/1/5";
    let (a, b) = (m(at(1, 1, 130, -270)), m(at(2, 1, -310, 140)));
    let split = |by: Value| json!({"op": "split", "parcel": five, "by": by});
    let fields = json!({"commune": COMMUNE, "sheet": "1", "fields": {"land_use": "CLN"}});
    vec![
        (
            "line",
            split(json!({"line": [m(at(0, 1, 9000, 4100)), m(at(2, 1, 1000, 5300))]})),
            true,
        ),
        (
            "areas",
            split(json!({"areas": [31.7, "rest", 20], "parallel_to": [a, b]})),
            true,
        ),
        (
            "through",
            split(json!({"areas": [31.7, "rest"], "through": m(at(1, 1, 130, -270))})),
            true,
        ),
        (
            "direction",
            split(json!({"areas": [31.7, "rest"], "direction": 77.0})),
            true,
        ),
        ("equal", split(json!({"equal": 3, "parallel_to": [a, b]})), true),
        (
            "frontage",
            split(json!({"equal": 3, "equal_by": "frontage", "side": [a, b]})),
            true,
        ),
        ("offset", split(json!({"offset": 3.0, "side": [a, b]})), true),
        (
            "merge",
            json!({"op": "merge", "parcels": [five, "25747/1/6"]}),
            true,
        ),
        (
            "carve",
            json!({"op": "carve", "parcels": [five, "25747/1/8"], "line": [m(at(1, 1, 4000, -4000)), m(at(1, 3, 4300, 3000))], "width": 1.5}),
            true,
        ),
        (
            "fill into",
            json!({"op": "fill_gap", "at": m(at(0, 1, -200, 0)), "into": "25747/1/51"}),
            true,
        ),
        (
            "fill as",
            json!({"op": "fill_gap", "at": m(at(0, 1, -200, 0)), "as": fields}),
            false,
        ),
        (
            "overlap",
            json!({"op": "resolve_overlap", "parcels": ["25747/1/3", "25747/1/50"], "from": "25747/1/50"}),
            true,
        ),
        (
            "overlap in two",
            json!({"op": "split_overlap", "parcels": ["25747/1/3", "25747/1/50"]}),
            true,
        ),
        (
            "gap in two",
            json!({"op": "split_gap", "at": m(at(7, 0, 200, 5000))}),
            true,
        ),
        (
            "match points",
            json!({"op": "match_points", "parcels": ["25747/1/7", "25747/1/8", "25747/1/9", "25747/2/1"], "near": [m(at(0, 3, -100, -100)), m(at(3, 3, 100, 100))], "tolerance": 0.1, "yields": ["25747/2/1"]}),
            true,
        ),
        (
            "repair",
            json!({"op": "repair_ring", "parcel": "25747/1/54", "how": "tidy"}),
            true,
        ),
        (
            "reshape",
            json!({"op": "reshape", "start": a, "end": b, "line": [m(at(1, 1, 5000, 800))]}),
            true,
        ),
        (
            "align",
            json!({"op": "align", "start": a, "end": b, "to": [m(at(1, 1, 0, 0)), m(at(2, 1, 0, 0))], "tolerance": 0.5}),
            true,
        ),
        (
            "match",
            json!({"op": "match_edge", "a": {"commune": COMMUNE, "sheet": "1"}, "b": {"commune": COMMUNE, "sheet": "2"}, "tolerance": 0.1, "move": "b"}),
            true,
        ),
        (
            "add",
            json!({"op": "add_parcel", "commune": COMMUNE, "sheet": "1", "rings": [[m(at(0, -1, 0, 0)), m(at(1, -1, 0, 0)), m(at(1, 0, 0, 0)), m(at(0, 0, 0, 0))]], "fields": {}}),
            false,
        ),
        (
            "retire",
            json!({"op": "retire", "parcel": "25747/1/7", "reason": "thử"}),
            true,
        ),
        (
            "move",
            json!({"op": "move_point", "from": a, "to": m(at(1, 1, 900, 400))}),
            true,
        ),
        (
            "move many",
            json!({"op": "move_points", "points": [a, b], "by": [0.1, -0.2]}),
            true,
        ),
        (
            "insert",
            json!({"op": "insert_point", "parcel": five, "at": m(at(1, 1, 5000, -65))}),
            false,
        ),
        (
            "remove",
            json!({"op": "remove_point", "at": m(at(3, 2, 0, 4000))}),
            true,
        ),
        (
            "merge points",
            json!({"op": "merge_points", "points": [m(at(3, 2, 0, 4000)), m(at(3, 3, 0, 0))], "to": m(at(3, 3, 0, 0))}),
            true,
        ),
    ]
}

fn shapes(c: &Coverage) -> Vec<Vec<Vec<(i64, i64)>>> {
    let mut all: Vec<_> = c.iter().map(place).collect();
    all.sort();
    all
}

/// What the register says of parcels, land use and descent, by number.
fn facts(path: &Path) -> Vec<String> {
    let conn = Connection::open(path).unwrap();
    let name = |p: &str| format!("{p}.sheet || '/' || {p}.number || ' ' || {p}.status");
    let (p, a, b) = (name("p"), name("a"), name("b"));
    let queries = [
        format!(
            "SELECT {p} || ' ' || ifnull(area_legal,'-') || ' ' || ifnull(area_measured,'-') || ' ' || ifnull(land_use,'-') || ' ' || ifnull(parcel_code,'-') || ' ' || ifnull(hex(geom),'-') FROM parcel p"
        ),
        format!(
            "SELECT {p} || ' ' || l.position || ' ' || l.code || ' ' || ifnull(l.area,'-') FROM land_use_row l JOIN parcel p ON p.fid = l.parcel"
        ),
        format!(
            "SELECT {a} || ' > ' || {b} FROM parcel_lineage l JOIN parcel a ON a.fid = l.parent JOIN parcel b ON b.fid = l.child"
        ),
    ];
    let mut all: Vec<String> = Vec::new();
    for q in queries {
        let mut stmt = conn.prepare(&q).unwrap();
        let rows = stmt.query_map([], |r| r.get::<_, String>(0)).unwrap();
        all.extend(rows.map(|r| r.unwrap()));
    }
    all.sort();
    all
}

fn open(path: &Path) -> Project {
    Project::open(path, &act(3), &Progress::none()).unwrap()
}

fn dossier(code: &str) -> Edit {
    of(
        &json!({"op": "open_dossier", "code": code, "kind": "TN", "commune": COMMUNE, "papers": ["DKTD", "GCN", "BVDS"]}),
    )
}

/// A copy in which the district is in operation and has the dossiers H1 and H2.
fn operating(d: &District, name: &str) -> (PathBuf, Project) {
    let path = d.dir.path().join(name);
    std::fs::copy(&d.path, &path).unwrap();
    let mut p = open(&path);
    p.set_mode(Mode::Operating, &act(3)).unwrap();
    p.apply_all(&[dossier("H1"), dossier("H2")], &act(4)).unwrap();
    (path, p)
}

fn approve(p: &mut Project, code: &str) -> Result<(), diachinh::project::EditError> {
    p.apply(&of(&json!({"op": "approve", "dossier": code})), &act(8))
        .map(|_| ())
}

/// The first places where two lists differ.
fn differing(a: &[String], b: &[String]) -> Vec<String> {
    let only = |x: &[String], y: &[String], sign: &str| {
        let found = x
            .iter()
            .filter(|f| !y.contains(f))
            .map(|f| format!("{sign} {}", f.chars().take(160).collect::<String>()));
        found.collect::<Vec<_>>()
    };
    [only(a, b, "-"), only(b, a, "+")].concat()
}

#[test]
fn every_edit_in_a_dossier_is_what_it_is_directly() {
    let d = district();
    for (i, (name, value, targets)) in edits().into_iter().enumerate() {
        let edit = of(&value);
        let direct = d.dir.path().join(format!("a{i}.gpkg"));
        std::fs::copy(&d.path, &direct).unwrap();
        let mut a = open(&direct);
        a.apply(&edit, &act(5))
            .unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let (path, mut b) = operating(&d, &format!("b{i}.gpkg"));
        let (empty, in_force) = (content(&path), shapes(b.coverage()));
        let done = b
            .apply(&edit.clone().within("H1"), &act(5))
            .unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(done.dossier.as_deref(), Some("H1"));
        assert_eq!(
            shapes(&b.view("H1").unwrap()),
            shapes(a.coverage()),
            "{name}: what the dossier sees"
        );
        assert_eq!(shapes(b.coverage()), in_force, "{name}: nothing in force changes");
        // Another dossier may not have the targets; neighbours that only receive points are told, not locked.
        let other = b.apply(&edit.clone().within("H2"), &act(6));
        if targets {
            let e = other.unwrap_err();
            assert_eq!(e.failure.code(), "PARCEL_IN_DOSSIER", "{name}");
            assert!(e.failure.message().vi.contains("H1"), "{name}: {:?}", e.failure);
        } else if other.is_ok() {
            b.undo(Undo::Last, &act(6)).unwrap();
        }
        if value["op"] == "split" {
            let told: Vec<_> = done.parcels.iter().filter(|p| p.only_points).collect();
            assert!(!told.is_empty() || name == "through", "{name}: {done:?}");
            let proposed = b.proposals(None).unwrap();
            for p in told {
                assert!(
                    proposed.iter().any(|q| q.parcel == Some(p.fid)),
                    "{name}: {} is not listed",
                    p.reference
                );
                let bend =
                    json!({"op": "set", "parcel": p.uid.to_string(), "fields": {"address": "Thôn Khác"}});
                b.apply(&of(&bend), &act(6)).unwrap();
                b.undo(Undo::Last, &act(6)).unwrap();
            }
        }
        // Undo, redo, revert, revert undone.
        let proposed = content(&path);
        b.undo(Undo::Last, &act(6)).unwrap();
        assert!(content(&path) == empty, "{name}: undo");
        b.redo(&act(6)).unwrap();
        assert!(content(&path) == proposed, "{name}: redo");
        b.apply(&of(&json!({"op": "revert", "dossier": "H1"})), &act(7))
            .unwrap();
        assert!(content(&path) == empty, "{name}: revert");
        b.undo(Undo::Last, &act(7)).unwrap();
        assert!(content(&path) == proposed, "{name}: revert undone");
        approve(&mut b, "H1").unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(shapes(b.coverage()), shapes(a.coverage()), "{name}: approved");
        assert!(b.proposals(None).unwrap().is_empty());
        a.close().unwrap();
        b.close().unwrap();
        assert_eq!(differing(&facts(&direct), &facts(&path)), [""; 0], "{name}");
    }
}

/// Dossiers beside each other: the cuts of one end in the sides of the other's parcel.
#[test]
fn dossiers_beside_each_other_are_approved_in_any_order() {
    let d = district();
    let split = |parcel: &str, ends: [Pt; 2]| {
        of(&json!({"op": "split", "parcel": parcel, "by": {"line": ends.map(m)}}))
    };
    // 5 is cut from west to east, so its cut ends in 4 and 6; 6 likewise, higher up, so its cut ends in 5.
    let first = split("25747/1/5", [at(0, 1, 9000, 4100), at(2, 1, 1000, 3300)]);
    let second = split("25747/1/6", [at(1, 1, 9000, 6100), at(3, 1, 1000, 5300)]);
    // 8 lies north of 5: its boundary with 5 is bent.
    let (a, b) = (m(at(1, 2, 90, 330)), m(at(1, 3, 0, 0)));
    let third = of(&json!({"op": "reshape", "start": a, "end": b, "line": [m(at(1, 2, 700, 5000))]}));
    for (k, (one, two)) in [
        (&first, &second),
        (&second, &first),
        (&first, &third),
        (&third, &first),
        (&second, &third),
        (&third, &second),
    ]
    .into_iter()
    .enumerate()
    {
        let mut ends = Vec::new();
        for order in [["H1", "H2"], ["H2", "H1"]] {
            let (path, mut p) = operating(&d, &format!("c{k}{}.gpkg", order[0]));
            p.apply(&one.clone().within("H1"), &act(5)).unwrap();
            p.apply(&two.clone().within("H2"), &act(5))
                .unwrap_or_else(|e| panic!("{k}: {e:?}"));
            for code in order {
                approve(&mut p, code).unwrap_or_else(|e| panic!("{k} {order:?} {code}: {e:?}"));
            }
            let faults = p.check(&diachinh::validate::Options::default(), &Progress::none());
            let all: i128 = p.coverage().iter().map(|q| q.polygon.area2()).sum();
            ends.push((shapes(p.coverage()), all, faults.is_ok()));
            p.close().unwrap();
            drop(path);
        }
        assert!(
            ends[0] == ends[1],
            "pair {k}: {:?}",
            ends.iter().map(|e| e.1).collect::<Vec<_>>()
        );
        // Directly, one after the other.
        let mut p = {
            let path = d.dir.path().join(format!("d{k}.gpkg"));
            std::fs::copy(&d.path, &path).unwrap();
            open(&path)
        };
        p.apply(one, &act(5)).unwrap();
        p.apply(two, &act(5)).unwrap();
        assert_eq!(
            ends[0].1,
            p.coverage().iter().map(|q| q.polygon.area2()).sum::<i128>(),
            "pair {k}"
        );
    }
}
