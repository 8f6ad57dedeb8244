//! Bringing a file of an older schema to the present one, step by step, in one transaction.

use rusqlite::{Connection, TransactionBehavior};

use super::connection::schema_number;
use super::error::Result;
use super::rows::set_setting;
use super::schema::{self, SCHEMA};
use super::tables::quoted;
use crate::domain::Failure;
use crate::msg;

/// One step: from schema `from` to `from + 1`.
pub struct Step {
    pub from: i64,
    /// Plain SQL over the tables; journal and R-tree triggers are gone while it runs and made anew afterwards.
    pub sql: &'static str,
}

/// All steps, oldest first.
pub const STEPS: &[Step] = &[
    // Undo of an import keeps the rows it takes away packed; parcel codes of our own; numbers once used are looked up;
    // a survey point names its file; the rules look parcels up by code and papers by number; what becomes of
    // records in quarantine and of findings.
    Step {
        from: 1,
        sql: "ALTER TABLE parcel ADD COLUMN parcel_code_state TEXT;
            ALTER TABLE parcel ADD COLUMN parcel_code_basis TEXT;
            CREATE INDEX parcel_version_key ON parcel_version(commune, sheet, number);
            CREATE INDEX change_bulk ON change(tbl, row) WHERE row_to IS NOT NULL;
            CREATE TABLE removed_rows (
              id INTEGER PRIMARY KEY,
              tbl TEXT NOT NULL,
              row INTEGER NOT NULL,
              sha256 TEXT NOT NULL,
              columns TEXT NOT NULL,
              content BLOB NOT NULL
            ) STRICT;
            CREATE UNIQUE INDEX removed_rows_content ON removed_rows(tbl, row, sha256);
            ALTER TABLE survey_point ADD COLUMN source TEXT;
            CREATE INDEX parcel_code ON parcel(parcel_code) WHERE parcel_code IS NOT NULL;
            ALTER TABLE identity_document ADD COLUMN verified_on DATE;
            ALTER TABLE identity_document ADD COLUMN verified_how TEXT;
            CREATE INDEX identity_document_number ON identity_document(number_p) WHERE number_p IS NOT NULL;
            CREATE INDEX document_certificate ON document(certificate) WHERE certificate IS NOT NULL;
            CREATE INDEX source_record_quarantine ON source_record(quarantine) WHERE quarantine IS NOT NULL;
            CREATE TABLE quarantine (
              fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
              source_record INTEGER NOT NULL REFERENCES source_record(fid) DEFERRABLE INITIALLY DEFERRED,
              attributes_p BLOB,
              crs INTEGER, swap_xy BOOLEAN, shift_e DOUBLE, shift_n DOUBLE,
              parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
              replaced_by INTEGER REFERENCES source_record(fid) DEFERRABLE INITIALLY DEFERRED,
              aside TEXT,
              op INTEGER);
            CREATE INDEX quarantine_source_record ON quarantine(source_record);
            CREATE INDEX quarantine_parcel ON quarantine(parcel) WHERE parcel IS NOT NULL;
            INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('quarantine','attributes','quarantine');
            ALTER TABLE decision ADD COLUMN mark TEXT;
            ALTER TABLE decision ADD COLUMN at_e INTEGER;
            ALTER TABLE decision ADD COLUMN at_n INTEGER;
            DROP TABLE finding;
            CREATE TABLE finding (
              id INTEGER PRIMARY KEY, key TEXT NOT NULL, base TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('open','accepted','fixed')), first_op INTEGER NOT NULL, first_at TEXT NOT NULL,
              fixed_op INTEGER, fixed_at TEXT, body TEXT NOT NULL) STRICT;
            CREATE INDEX finding_fixed ON finding(base) WHERE fixed_op IS NOT NULL;
            CREATE TABLE finding_event (
              id INTEGER PRIMARY KEY, finding INTEGER NOT NULL REFERENCES finding(id), op INTEGER NOT NULL, at TEXT NOT NULL,
              state TEXT NOT NULL, amount REAL) STRICT;
            CREATE INDEX finding_event_finding ON finding_event(finding);",
    },
    // Records end by status and day; a party says which it was merged into.
    Step {
        from: 2,
        sql: "ALTER TABLE party ADD COLUMN ended_on DATE;
            ALTER TABLE party ADD COLUMN merged_into INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE party_member ADD COLUMN status TEXT NOT NULL DEFAULT 'HIEN_HANH';
            ALTER TABLE party_member ADD COLUMN ended_on DATE;
            ALTER TABLE identity_document ADD COLUMN status TEXT NOT NULL DEFAULT 'HIEN_HANH';
            ALTER TABLE identity_document ADD COLUMN ended_on DATE;
            ALTER TABLE certificate ADD COLUMN ended_on DATE;
            ALTER TABLE mortgage ADD COLUMN ended_on DATE;
            ALTER TABLE restriction ADD COLUMN ended_on DATE;
            ALTER TABLE hold ADD COLUMN ended_on DATE;
            ALTER TABLE asset ADD COLUMN ended_on DATE;",
    },
    // The steps of a dossier, what it intends with the register, before and after of a change, rank of a mortgage.
    Step {
        from: 3,
        sql: "ALTER TABLE dossier ADD COLUMN papers TEXT;
            CREATE TABLE dossier_event (
              fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
              dossier INTEGER NOT NULL REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
              from_state TEXT NOT NULL, to_state TEXT NOT NULL, at_day DATE NOT NULL, actor TEXT NOT NULL, reason TEXT);
            CREATE INDEX dossier_event_dossier ON dossier_event(dossier);
            CREATE TABLE proposed_edit (
              fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
              dossier INTEGER NOT NULL REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
              kind TEXT NOT NULL, what TEXT NOT NULL, edit_p BLOB NOT NULL, parcels TEXT NOT NULL);
            CREATE INDEX proposed_edit_dossier ON proposed_edit(dossier);
            INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('dossier_event','attributes','dossier_event');
            INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('proposed_edit','attributes','proposed_edit');
            ALTER TABLE change_entry ADD COLUMN before_p BLOB;
            ALTER TABLE change_entry ADD COLUMN after_p BLOB;
            ALTER TABLE mortgage ADD COLUMN \"rank\" INTEGER;",
    },
];

/// Runs the steps that are missing. Gives the schema the file had.
pub fn run(conn: &mut Connection, steps: &[Step], target: i64) -> Result<i64> {
    let had = schema_number(conn)?;
    if had >= target {
        return Ok(had);
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    drop_triggers(&tx)?;
    for number in had..target {
        let step = steps
            .iter()
            .find(|s| s.from == number)
            .ok_or_else(|| no_step(number))?;
        tx.execute_batch(step.sql)?;
    }
    for trigger in schema::triggers(&tx)? {
        tx.execute_batch(&trigger.sql)?;
    }
    set_setting(&tx, "schema", &target.to_string())?;
    tx.commit()?;
    Ok(had)
}

fn drop_triggers(conn: &Connection) -> Result<()> {
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type='trigger'")?
        .query_map([], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for name in names {
        conn.execute_batch(&format!("DROP TRIGGER {}", quoted(&name)))?;
    }
    Ok(())
}

fn no_step(number: i64) -> Failure {
    Failure::new(
        "SCHEMA_UNKNOWN",
        msg!(
            "Tệp có cấu trúc số {number} mà phiên bản này không biết.",
            "The file has schema {number}, which this version does not know."
        ),
    )
}

/// Why a file of a newer schema is only shown.
pub fn newer(schema: i64) -> Failure {
    Failure::new(
        "NEWER_SCHEMA",
        msg!(
            "Tệp do phiên bản mới hơn tạo (cấu trúc {schema}, phiên bản này biết đến {SCHEMA}), nên chỉ mở để xem.",
            "A newer version made this file (schema {schema}, this version knows {SCHEMA}), so it is open for reading only."
        ),
    )
    .remedy(msg!("Hãy cập nhật chương trình.", "Update the program."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connection;

    #[test]
    fn steps_run_once_and_triggers_follow_the_columns() {
        let dir = tempfile::tempdir().unwrap();
        let mut conn = connection::create(&dir.path().join("a.gpkg")).unwrap();
        schema::create(&conn, 9210, "2026-01-02T03:04:05Z").unwrap();
        set_setting(&conn, "schema", "1").unwrap();
        let steps = [
            Step {
                from: 1,
                sql: "ALTER TABLE parcel ADD COLUMN colour TEXT",
            },
            Step {
                from: 2,
                sql: "ALTER TABLE parcel ADD COLUMN shade TEXT",
            },
        ];
        assert_eq!(run(&mut conn, &steps, 3).unwrap(), 1);
        assert_eq!(run(&mut conn, &steps, 3).unwrap(), 3);
        schema::check_triggers(&conn).unwrap();
        let sql: String = conn
            .query_row(
                "SELECT sql FROM sqlite_master WHERE name='journal_parcel_update'",
                [],
                |r| r.get(0),
            )
            .unwrap();
        assert!(sql.contains("\"shade\""));
        assert_eq!(
            Failure::from(run(&mut conn, &steps, 5).unwrap_err()).code(),
            "SCHEMA_UNKNOWN"
        );
        assert_eq!(schema_number(&conn).unwrap(), 3);
    }
}
