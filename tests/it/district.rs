//! A small district for tests: a grid of square parcels, written through an ordinary operation.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diachinh::domain::{Act, Polygon, Pt, Uid};
use diachinh::job::Progress;
use diachinh::project::{NewProject, Project};
use diachinh::store::journal::NewOperation;
use diachinh::store::{Writer, geometry, personal, tables};
use diachinh::text::Msg;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

pub const EPSG: i32 = 9210;
pub const COMMUNE: &str = "25747";

/// The tester, at minute `minute` of an invented day.
pub fn act(minute: i64) -> Act {
    let start: jiff::Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
    Act::new("thử nghiệm", start + jiff::SignedDuration::from_mins(minute))
}

/// A district of `side` × `side` parcels of 10 m in sheet 1, numbered from 1.
pub struct District {
    pub dir: tempfile::TempDir,
    pub path: PathBuf,
}

impl District {
    pub fn new(side: i64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("huyện thử.gpkg");
        let new = NewProject {
            epsg: EPSG,
            name: "Huyện Thử".into(),
            communes: vec![(COMMUNE.into(), "Xã Thử".into())],
            province: None,
        };
        Project::create(&path, &new, &act(0)).unwrap().close().unwrap();
        fill(&path, side);
        Self { dir, path }
    }

    /// The same with one holder of everything, so that its parcels may become one inside a dossier.
    pub fn of_one_holder(side: i64) -> Self {
        let d = Self::new(side);
        one_holder(&d.path);
        d
    }

    pub fn open(&self) -> Project {
        Project::open(&self.path, &act(2), &Progress::none()).unwrap()
    }

    /// Any program's view of the file.
    pub fn raw(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }
}

/// Gives all rights to one party.
pub fn one_holder(path: &Path) {
    let mut writer = Writer::open(path, &act(1)).unwrap();
    let new = NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Msg::new("Một chủ", "One holder"),
        undoes: None,
    };
    let op = writer.begin(&act(1), &new).unwrap();
    op.execute("UPDATE \"right\" SET party=(SELECT min(fid) FROM party)", [])
        .unwrap();
    op.commit().unwrap();
}

/// Corner of the grid.
pub fn corner(column: i64, row: i64) -> Pt {
    Pt::new(500_000_000 + column * 10_000, 2_300_000_000 + row * 10_000)
}

fn fill(path: &Path, side: i64) {
    let mut writer = Writer::open(path, &act(1)).unwrap();
    let new = NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Msg::new("Nhập thử", "Test import"),
        undoes: None,
    };
    let op = writer.begin(&act(1), &new).unwrap();
    for i in 0..side * side {
        let (c, r) = (i % side, i / side);
        let ring = vec![
            corner(c, r),
            corner(c + 1, r),
            corner(c + 1, r + 1),
            corner(c, r + 1),
        ];
        let blob = geometry::encode(&Polygon { rings: vec![ring] }, EPSG).unwrap();
        op.execute(
            "INSERT INTO parcel(uid, geom, commune, sheet, number, area_legal, land_use, address, op) \
             VALUES (?1, ?2, ?3, '1', ?4, 100.1, 'ONT+CLN', 'Thôn Thử', ?5)",
            params![
                Uid::fresh().to_string(),
                blob,
                COMMUNE,
                (i + 1).to_string(),
                op.id()
            ],
        )
        .unwrap();
        let parcel = op.last_insert_rowid();
        for (position, code) in ["ONT", "CLN"].iter().enumerate() {
            op.execute(
                "INSERT INTO land_use_row(uid, parcel, position, code, list_version, area, term) VALUES (?1, ?2, ?3, ?4, '2024', 50.05, 'Lâu dài')",
                params![Uid::fresh().to_string(), parcel, position + 1, code],
            )
            .unwrap();
        }
        op.execute(
            "INSERT INTO party(uid, kind, name_p, address_p) VALUES (?1, 'CA_NHAN', ?2, ?3)",
            params![
                Uid::fresh().to_string(),
                personal::seal(Some(&format!("Nguyễn Văn Thử {i}"))),
                personal::seal(Some("Xóm Đặt Ra"))
            ],
        )
        .unwrap();
        op.execute(
            "INSERT INTO \"right\"(uid, party, parcel) VALUES (?1, ?2, ?3)",
            params![Uid::fresh().to_string(), op.last_insert_rowid(), parcel],
        )
        .unwrap();
    }
    op.commit().unwrap();
}

/// Every value of every journalled table, exactly.
pub fn content(path: &Path) -> String {
    let conn = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut out = String::new();
    for table in tables::journalled() {
        let mut stmt = conn
            .prepare(&format!("SELECT * FROM \"{}\" ORDER BY fid", table.name))
            .unwrap();
        let n = stmt.column_count();
        let mut rows = stmt.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            write!(out, "{}", table.name).unwrap();
            for i in 0..n {
                match row.get_ref(i).unwrap() {
                    ValueRef::Real(x) => write!(out, "|{:016x}", x.to_bits()).unwrap(),
                    ValueRef::Text(t) => write!(out, "|{}", std::str::from_utf8(t).unwrap()).unwrap(),
                    other => write!(out, "|{other:?}").unwrap(),
                }
            }
            out.push('\n');
        }
    }
    out
}
