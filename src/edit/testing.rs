//! A small file with a parcel that has everything on it, for tests of what edits write.

use super::{Context, EditError, Inside, Records, write_plan};
use crate::domain::{Act, Polygon, Pt};
use crate::store::dump::{DumpOptions, dump};
use crate::store::journal::NewOperation;
use crate::store::proposal::{self, Proposal};
use crate::store::{NewDistrict, Writer, geometry, revert, rows};
use crate::topology::testing::polygon;
use crate::topology::{Coverage, NewShape, Plan};

/// Somewhere in Vietnam, with the south-west corner at 0 0.
pub fn shape(text: &str) -> Polygon {
    let mut p = polygon(text);
    for q in p.rings.iter_mut().flatten() {
        *q = Pt::new(q.e + 587_000_000, q.n + 2_325_000_000);
    }
    p
}

pub fn act() -> Act {
    Act::new("thử", "2026-03-02T20:00:00Z".parse().unwrap())
}

pub fn operation(label: &str) -> NewOperation<'_> {
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
  INSERT INTO \"right\"(uid, party, parcel, land_use_row, certificate, share_numerator, share_denominator, area) VALUES ('0199aaaa-0000-7000-8000-0000000000a1', 1, 1, 1, 1, 1, 2, 60.1), ('0199aaaa-0000-7000-8000-0000000000a2', 1, 2, NULL, NULL, 1, 2, NULL);
  INSERT INTO mortgage(uid, kind, parcel, number) VALUES ('m1', 'THE_CHAP', 1, '17');
  INSERT INTO restriction(uid, kind, parcel) VALUES ('x1', 'LOI_DI', 2);
  INSERT INTO asset(uid, kind, parcel, geom) VALUES ('a1', 'NHA', 1, NULL);
  INSERT INTO document(uid, sha256, kind, parcel) VALUES ('d1', 'abc', 'GCN', 1);
";

/// A dossier of boundaries with its papers.
pub fn received(code: &str) -> super::OpenDossier {
    super::OpenDossier {
        code: code.to_owned(),
        kind: "TN".to_owned(),
        papers: ["DKTD", "GCN", "BVDS"].map(str::to_owned).to_vec(),
        ..super::OpenDossier::default()
    }
}

pub struct File {
    _dir: tempfile::TempDir,
    pub writer: Writer,
}

impl File {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("thử.gpkg");
        let district = NewDistrict {
            epsg: 5897,
            name: "Thử",
            communes: &[("25747".into(), "Xã Thử".into())],
            province: None,
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

    pub fn coverage(&self) -> Coverage {
        Coverage::build(rows::range(self.writer.conn(), &(0..=1000)).unwrap())
    }

    pub fn write(&mut self, plan: &Plan, records: &Records) -> Result<i64, EditError> {
        let coverage = self.coverage();
        let op = self.writer.begin(&act(), &operation("thử")).unwrap();
        let at = Context {
            op: &op,
            srs: 5897,
            coverage: &coverage,
            operating: false,
            dossier: None,
        };
        write_plan::write(&at, plan, records)?;
        let id = op.id();
        op.commit().unwrap();
        Ok(id)
    }

    pub fn sql(&mut self, sql: &str) {
        let op = self.writer.begin(&act(), &operation("sql")).unwrap();
        op.execute_batch(sql).unwrap();
        op.commit().unwrap();
    }

    /// The same by somebody else at another time.
    pub fn sql_as(&mut self, who: &str, at: &str, sql: &str) {
        let act = Act::new(who, at.parse().unwrap());
        let op = self.writer.begin(&act, &operation("sql")).unwrap();
        op.execute_batch(sql).unwrap();
        op.commit().unwrap();
    }

    pub fn undo(&mut self, op: i64) {
        let undo = NewOperation {
            undoes: Some(op),
            ..operation("hoàn tác")
        };
        let run = self.writer.begin(&act(), &undo).unwrap();
        revert::revert(&run, op, &crate::job::Progress::none()).unwrap();
        run.commit().unwrap();
    }

    pub fn dump(&self) -> String {
        let mut out = Vec::new();
        let options = DumpOptions {
            personal: true,
            no_uid: false,
        };
        dump(self.writer.conn(), 5897, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Receives a dossier.
    pub fn receive(&mut self, code: &str) {
        // A house without a place would ask where it goes.
        self.sql("UPDATE asset SET status='LICH_SU'");
        self.run(None, |at| received(code).run(at)).unwrap();
    }

    /// What a dossier proposes.
    pub fn proposals(&self, code: &str) -> Vec<Proposal> {
        let dossier = proposal::dossier(self.writer.conn(), code).unwrap().unwrap();
        proposal::proposals(self.writer.conn(), Some(dossier.fid)).unwrap()
    }

    /// The parcels as a dossier sees them.
    pub fn view(&self, code: &str) -> Coverage {
        super::view(&self.coverage(), &self.proposals(code))
    }

    /// Runs something in an operation of an operating district, inside a dossier or not. Gives the operation.
    pub fn run(
        &mut self,
        dossier: Option<&str>,
        work: impl FnOnce(&Context<'_>) -> Result<(), EditError>,
    ) -> Result<i64, EditError> {
        let in_force = self.coverage();
        let coverage = dossier.map_or_else(|| in_force.clone(), |code| self.view(code));
        let op = self.writer.begin(&act(), &operation("thử")).unwrap();
        let inside = dossier.map(|code| super::dossier::open(&op, code)).transpose()?;
        let at = Context {
            op: &op,
            srs: 5897,
            coverage: &coverage,
            operating: true,
            dossier: inside.as_ref().map(|dossier| Inside {
                dossier,
                in_force: &in_force,
            }),
        };
        work(&at)?;
        let id = op.id();
        op.commit().unwrap();
        Ok(id)
    }

    /// Writes a plan inside a dossier of an operating district, or outside.
    pub fn propose(
        &mut self,
        dossier: Option<&str>,
        plan: &Plan,
        records: &Records,
    ) -> Result<i64, EditError> {
        self.run(dossier, |at| write_plan::write(at, plan, records).map(drop))
    }

    /// The first column of a query, a line each.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let mut stmt = self.writer.conn().prepare(sql).unwrap();
        let rows = stmt.query_map([], |r| r.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// What the register says of all parcels and what rests on them.
    pub fn tell(&self) -> Vec<String> {
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

pub fn child(text: &str, parents: &[i64]) -> NewShape {
    NewShape {
        polygon: shape(text),
        parents: parents.to_vec(),
    }
}

pub fn cut() -> Plan {
    Plan {
        created: vec![
            child("0 0, 10000 0, 10000 7000, 0 7000", &[1]),
            child("0 7000, 10000 7000, 10000 20000, 0 20000", &[1]),
        ],
        retired: vec![1],
        ..Plan::default()
    }
}
