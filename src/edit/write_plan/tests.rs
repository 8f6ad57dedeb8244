//! A parcel with everything on it is cut and joined again; what became of it is told in text.

use super::*;
use crate::domain::{Act, Pt};
use crate::edit::UseArea;
use crate::store::dump::{DumpOptions, dump};
use crate::store::journal::NewOperation;
use crate::store::{NewDistrict, Writer, geometry, revert, rows};
use crate::topology::testing::polygon;

/// Somewhere in Vietnam, with the south-west corner at 0 0.
fn shape(text: &str) -> Polygon {
    let mut p = polygon(text);
    for q in p.rings.iter_mut().flatten() {
        *q = Pt::new(q.e + 587_000_000, q.n + 2_325_000_000);
    }
    p
}

fn act() -> Act {
    Act::new("thử", "2026-03-02T20:00:00Z".parse().unwrap())
}

fn operation(label: &str) -> NewOperation<'_> {
    NewOperation {
        kind: "gesture",
        what: "{}".into(),
        label: crate::text::Msg::new(label, label),
        undoes: None,
    }
}

/// Parcels 1 (10 m × 20 m) and 2 beside it (10 m × 10 m), with all that can rest on them.
const ROWS: &str = "
  UPDATE parcel SET area_measured=200.02, area_legal=200.3, land_use='ONT+CLN', address='Thôn Thử', old_sheet='7', old_number='70' WHERE fid=1;
  UPDATE parcel SET area_legal=99.9, land_use='CLN' WHERE fid=2;
  INSERT INTO land_use_row(uid, parcel, position, code, area, term) VALUES ('u1', 1, 1, 'ONT', 60.1, 'Lâu dài'), ('u2', 1, 2, 'CLN', 140.2, '2063'), ('u3', 2, 1, 'CLN', 99.9, '2063');
  INSERT INTO party(uid, kind, name_p) VALUES ('p1', 'CA_NHAN', x'00');
  INSERT INTO certificate(uid, serial) VALUES ('c1', 'CX 123456');
  INSERT INTO \"right\"(uid, party, parcel, land_use_row, certificate, share_numerator, share_denominator, area) VALUES ('r1', 1, 1, 1, 1, 1, 2, 60.1), ('r2', 1, 2, NULL, NULL, 1, 2, NULL);
  INSERT INTO mortgage(uid, kind, parcel, number) VALUES ('m1', 'THE_CHAP', 1, '17');
  INSERT INTO restriction(uid, kind, parcel) VALUES ('x1', 'LOI_DI', 2);
  INSERT INTO asset(uid, kind, parcel, geom) VALUES ('a1', 'NHA', 1, NULL);
  INSERT INTO document(uid, sha256, kind, parcel) VALUES ('d1', 'abc', 'GCN', 1);
";

struct File {
    _dir: tempfile::TempDir,
    writer: Writer,
}

impl File {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("thử.gpkg");
        let district = NewDistrict {
            epsg: 5897,
            name: "Thử",
            communes: &[("25747".into(), "Xã Thử".into())],
            what: "{}".into(),
            label: crate::text::Msg::default(),
        };
        let mut writer = Writer::create(&path, &district, &act()).unwrap();
        let op = writer.begin(&act(), &operation("điền")).unwrap();
        for (number, text) in [
            ("8", "0 0, 10000 0, 10000 20000, 0 20000"),
            ("9a", "10000 0, 20000 0, 20000 10000, 10000 10000"),
            ("3", "0 -5000, 20000 -5000, 20000 0, 10000 0, 0 0"),
        ] {
            op.execute(
                "INSERT INTO parcel(uid, geom, commune, sheet, number, op) VALUES (?1, ?2, '25747', '1', ?3, ?4)",
                (crate::domain::Uid::fresh().to_string(), geometry::encode(&shape(text), 5897), number, op.id()),
            )
            .unwrap();
        }
        op.execute_batch(ROWS).unwrap();
        op.commit().unwrap();
        Self { _dir: dir, writer }
    }

    fn coverage(&self) -> Coverage {
        Coverage::build(rows::range(self.writer.conn(), &(0..=1000)).unwrap())
    }

    fn write(&mut self, plan: &Plan, records: &Records) -> Result<i64, EditError> {
        let coverage = self.coverage();
        let op = self.writer.begin(&act(), &operation("thử")).unwrap();
        let at = Context {
            op: &op,
            srs: 5897,
            coverage: &coverage,
            operating: false,
            dossier: None,
        };
        write(&at, plan, records)?;
        let id = op.id();
        op.commit().unwrap();
        Ok(id)
    }

    fn sql(&mut self, sql: &str) {
        let op = self.writer.begin(&act(), &operation("sql")).unwrap();
        op.execute_batch(sql).unwrap();
        op.commit().unwrap();
    }

    fn undo(&mut self, op: i64) {
        let undo = NewOperation {
            undoes: Some(op),
            ..operation("hoàn tác")
        };
        let run = self.writer.begin(&act(), &undo).unwrap();
        revert::revert(&run, op, &crate::job::Progress::none()).unwrap();
        run.commit().unwrap();
    }

    fn dump(&self) -> String {
        let mut out = Vec::new();
        let options = DumpOptions {
            personal: true,
            no_uid: false,
        };
        dump(self.writer.conn(), 5897, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The first column of a query, a line each.
    fn ask(&self, sql: &str) -> Vec<String> {
        let mut stmt = self.writer.conn().prepare(sql).unwrap();
        let rows = stmt.query_map([], |r| r.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// What the register says of all parcels and what rests on them.
    fn tell(&self) -> Vec<String> {
        self.ask(
            "SELECT number||' '||status||' '||coalesce(area_measured,'-')||' '||coalesce(area_legal,'-')||' '||coalesce(land_use,'-')||' ['||\
               coalesce((SELECT group_concat(code||' '||coalesce(area,'-')||' '||coalesce(term,'-'), ', ') FROM (SELECT * FROM land_use_row WHERE parcel=p.fid ORDER BY position)),'')||']'||\
               coalesce((SELECT group_concat(' right '||r.status||' '||r.share_numerator||'/'||r.share_denominator||coalesce(' '||r.area,'')||coalesce(' on '||l.code||' '||l.area,''),'') FROM \"right\" r LEFT JOIN land_use_row l ON l.fid=r.land_use_row WHERE r.parcel=p.fid),'')||\
               coalesce((SELECT ' mortgage '||status||coalesce(' of '||parent,'') FROM mortgage WHERE parcel=p.fid),'')||\
               coalesce((SELECT ' restriction '||status FROM restriction WHERE parcel=p.fid),'')||\
               coalesce((SELECT ' house' FROM asset WHERE parcel=p.fid),'')||coalesce((SELECT ' document' FROM document WHERE parcel=p.fid),'')||\
               coalesce((SELECT ' from '||group_concat(o.number,'+') FROM parcel_lineage g JOIN parcel o ON o.fid=g.parent WHERE g.child=p.fid),'')||\
               coalesce(' '||parcel_code_state,'') FROM parcel p ORDER BY fid",
        )
    }
}

fn child(text: &str, parents: &[i64]) -> NewShape {
    NewShape {
        polygon: shape(text),
        parents: parents.to_vec(),
    }
}

fn cut() -> Plan {
    Plan {
        created: vec![
            child("0 0, 10000 0, 10000 7000, 0 7000", &[1]),
            child("0 7000, 10000 7000, 10000 20000, 0 20000", &[1]),
        ],
        retired: vec![1],
        ..Plan::default()
    }
}

#[test]
fn a_split_and_its_undo() {
    let mut f = File::new();
    let before = f.dump();
    let op = f.write(&cut(), &Records::default()).unwrap();
    assert_eq!(
        f.tell(),
        [
            "8 LICH_SU 200.02 200.3 ONT+CLN [ONT 60.1 Lâu dài, CLN 140.2 2063] right LICH_SU 1/2 60.1 on ONT 60.1 mortgage LICH_SU house document",
            "9a HIEN_HANH - 99.9 CLN [CLN 99.9 2063] right HIEN_HANH 1/2 restriction HIEN_HANH",
            "3 HIEN_HANH - - - []",
            "10 HIEN_HANH 70.0 70.1 ONT+CLN [ONT 21.0 Lâu dài, CLN 49.1 2063] right HIEN_HANH 1/2 21.0 on ONT 21.0 mortgage HIEN_HANH of 1 from 8 TAM_TINH",
            "11 HIEN_HANH 130.0 130.2 ONT+CLN [ONT 39.1 Lâu dài, CLN 91.1 2063] right HIEN_HANH 1/2 39.1 on ONT 39.1 mortgage HIEN_HANH of 1 from 8 TAM_TINH",
        ]
    );
    assert_eq!(
        f.ask(
            "SELECT DISTINCT old_sheet||'/'||old_number||' '||address FROM parcel WHERE number IN ('10','11')"
        ),
        ["7/70 Thôn Thử"]
    );
    assert_eq!(
        f.ask("SELECT ended_on FROM \"right\" WHERE status='LICH_SU'"),
        ["2026-03-03"]
    );
    assert_eq!(f.coverage().len(), 4);
    // The parcel's shape is kept with its version.
    assert_eq!(f.ask("SELECT hex(geom) FROM parcel_version").len(), 1);
    f.undo(op);
    assert_eq!(f.dump(), before);
}

#[test]
fn a_merge_sums_what_is_known() {
    let mut f = File::new();
    let before = f.dump();
    let plan = Plan {
        created: vec![child(
            "0 0, 20000 0, 20000 10000, 10000 10000, 10000 20000, 0 20000",
            &[1, 2],
        )],
        retired: vec![1, 2],
        ..Plan::default()
    };
    let op = f.write(&plan, &Records::default()).unwrap();
    assert_eq!(
        f.tell()[3],
        "10 HIEN_HANH 300.0 300.2 ONT+CLN [ONT 60.1 Lâu dài, CLN 240.1 2063] right HIEN_HANH 1/2 60.1 on ONT 60.1 right HIEN_HANH 1/2 \
         mortgage HIEN_HANH of 1 restriction HIEN_HANH house from 8+9a TAM_TINH"
    );
    f.undo(op);
    assert_eq!(f.dump(), before);
    let keep = Records {
        numbers: Numbering::Keep(2),
        ..Records::default()
    };
    f.write(&plan, &keep).unwrap();
    assert!(f.tell()[3].starts_with("9a HIEN_HANH"));
}

#[test]
fn a_clerk_corrects() {
    let mut f = File::new();
    let given = |text: &str| -> ChildFields { serde_json::from_str(text).unwrap() };
    let mut records = Records {
        children: vec![
            given(
                r#"{"fields":{"number":"8a","area_legal":80},"land_uses":[{"code":"ONT","area":60.1},{"code":"HNK","area":null}]}"#,
            ),
            given(r#"{"fields":{"land_use":"CLN","address":null}}"#),
        ],
        ..Records::default()
    };
    f.write(&cut(), &records).unwrap();
    let told = f.tell();
    assert_eq!(
        told[3],
        "8a HIEN_HANH 70.0 80.0 ONT+HNK [ONT 60.1 Lâu dài, HNK - -] right HIEN_HANH 1/2 21.0 on ONT 60.1 mortgage HIEN_HANH of 1 from 8 TAM_TINH"
    );
    assert!(
        told[4].starts_with("10 HIEN_HANH 130.0 130.2 CLN [CLN 91.1 2063]"),
        "{}",
        told[4]
    );
    let mut refused = |change: &dyn Fn(&mut ChildFields)| {
        change(&mut records.children[0]);
        let mut f = File::new();
        let before = f.dump();
        let e = f.write(&cut(), &records).unwrap_err();
        assert_eq!(f.dump(), before);
        (e.failure.code(), e.failure.at_field().map(str::to_owned))
    };
    let number = Some("number".to_owned());
    assert_eq!(
        refused(&|c| c.fields.number = Some(Some("9a".into()))),
        ("DUPLICATE_KEY", number.clone())
    );
    assert_eq!(
        refused(&|c| c.fields.number = Some(Some("8".into()))),
        ("NUMBER_USED", number)
    );
    let uses = |code: &str, area| {
        Some(vec![UseArea {
            code: code.into(),
            area: Some(area),
        }])
    };
    assert_eq!(
        refused(&|c| (c.fields.number, c.land_uses) = (None, uses("ONT", -1.0))),
        ("BAD_AREA", Some("land_uses".into()))
    );
    assert_eq!(
        refused(&|c| c.land_uses = uses("ont", 1.0)),
        ("BAD_LAND_USE", Some("land_use".into()))
    );
}

#[test]
fn numbers_are_never_given_twice() {
    let mut f = File::new();
    f.write(&cut(), &Records::default()).unwrap();
    // 10 and 11 go again; a later one is 12 all the same. A renumbered parcel's old number counts too.
    let plan = Plan {
        created: vec![child("0 0, 10000 0, 10000 20000, 0 20000", &[4, 5])],
        retired: vec![4, 5],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    assert!(
        f.tell()[5].starts_with("12 HIEN_HANH 200.0 200.3 ONT+CLN [ONT 60.1 Lâu dài, CLN 140.2 2063]"),
        "{}",
        f.tell()[5]
    );
    let strip = Plan {
        created: vec![
            child("0 -5000, 1000 -5000, 1000 0, 0 0", &[]),
            child("1000 -5000, 2000 -5000, 2000 0, 1000 0", &[]),
        ],
        ..Plan::default()
    };
    let new_land = |sheet: &str| Records {
        children: vec![
            serde_json::from_str(&format!(
                r#"{{"commune":"25747","fields":{{"sheet":"{sheet}"}}}}"#
            ))
            .unwrap();
            2
        ],
        ..Records::default()
    };
    assert_eq!(
        f.write(&strip, &Records::default()).unwrap_err().failure.code(),
        "MISSING_FIELD"
    );
    f.write(&strip, &new_land("1")).unwrap();
    f.write(&strip, &new_land("2")).unwrap();
    f.write(&strip, &new_land("")).unwrap();
    let numbers = f.ask("SELECT sheet||'/'||number FROM parcel WHERE fid>6 ORDER BY fid");
    assert_eq!(numbers, ["1/13", "1/14", "2/1", "2/2", "/", "/"]);
    assert_eq!(f.ask("SELECT number FROM sheet ORDER BY number"), ["1", "2"]);
}

#[test]
fn a_parent_may_stay() {
    let mut f = File::new();
    let plan = Plan {
        changed: vec![(1, shape("0 0, 10000 0, 10000 15000, 0 15000"))],
        created: vec![child("0 15000, 10000 15000, 10000 20000, 0 20000", &[1])],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    let told = f.tell();
    assert_eq!(
        told[0],
        "8 HIEN_HANH 150.0 150.2 ONT+CLN [ONT 45.1 Lâu dài, CLN 105.1 2063] right HIEN_HANH 1/2 45.1 on ONT 45.1 mortgage HIEN_HANH house document"
    );
    assert_eq!(
        told[3],
        "10 HIEN_HANH 50.0 50.1 ONT+CLN [ONT 15.0 Lâu dài, CLN 35.1 2063] right HIEN_HANH 1/2 15.0 on ONT 15.0 mortgage HIEN_HANH of 1 from 8 TAM_TINH"
    );
}

#[test]
fn a_measured_area_follows_only_where_it_agreed() {
    let mut f = File::new();
    f.sql("UPDATE parcel SET area_measured=180.5 WHERE fid=2");
    let plan = Plan {
        changed: vec![
            (1, shape("0 0, 11000 0, 11000 20000, 0 20000")),
            (2, shape("11000 0, 20000 0, 20000 10000, 11000 10000")),
        ],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    assert_eq!(
        f.ask("SELECT CAST(area_measured AS TEXT) FROM parcel WHERE fid<3"),
        ["220.0", "180.5"]
    );
}

#[test]
fn a_hold_blocks_who_changes_not_who_receives() {
    let through = "
      INSERT INTO hold(uid, kind, document_number, from_on, to_on, parcel, certificate, party, blocks_change, status) VALUES ";
    for (row, code) in [
        (
            "('h', 'TOA_AN', '12/QĐ', '2026-01-05', NULL, 1, NULL, NULL, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'THI_HANH_AN', NULL, NULL, NULL, NULL, 1, NULL, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'THI_HANH_AN', NULL, NULL, NULL, NULL, NULL, 1, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'TRANH_CHAP', '3', '2026-03-03', '2026-03-03', 1, NULL, NULL, 0, 'HIEN_HANH')",
            "PARCEL_IN_DISPUTE",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 1, NULL, NULL, 0, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 1, NULL, NULL, 1, 'LICH_SU')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, '2026-03-02', 1, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, '2026-03-04', NULL, 1, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 3, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
    ] {
        let mut f = File::new();
        f.sql(&format!("{through}{row}"));
        let before = f.dump();
        let mut plan = cut();
        plan.changed = vec![(3, shape("0 -5000, 20000 -5000, 20000 0, 10000 0, 5000 0, 0 0"))];
        match f.write(&plan, &Records::default()) {
            Ok(_) => assert_eq!("", code, "{row}"),
            Err(e) => {
                assert_eq!(e.failure.code(), code, "{row}");
                assert!(e.failure.message().vi.contains("25747/1/8"));
                assert_eq!(f.dump(), before);
            }
        }
    }
}
