-- The district file: a GeoPackage 1.3 (OGC 12-128r17). One coordinate system per file.
--
-- Feature and attribute tables (registered in gpkg_contents): fid, uid, GeoPackage column types, never STRICT.
-- Our own tables outside gpkg_contents: STRICT. Personal values: BLOB columns named *_p, only through personal.rs.
-- References between records are by fid, deferred, so the order of rows inside an operation does not matter.
-- A uid is a UUIDv7 of ours. The tables an import fills by the hundred thousand, of which nothing is looked up by uid
-- (land_use_row, party, right, source_record), have no index on it: that took a sixth of the file and about a tenth of the time.
-- AUTOINCREMENT: a fid is never used twice, so history never points at a stranger.
-- R-trees, gpkg rows and journal triggers are generated (schema.rs, journal.rs) from tables.rs.
-- Field names and lengths: domain.md §2.3-2.4; statuses: domain.md §3.8.

CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));

-- Key and value: schema, epsg, name, mode, … Local to the file, not in the dump.
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------ journal
-- Who, when, what. Open (being written) while hash is NULL; the newest open row is the current operation.
-- `at` is as claimed by the clock and orders nothing; ids do.
CREATE TABLE operation (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,                 -- RFC 3339 UTC
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,               -- new, set, move_point, import, undo, gesture …
  what TEXT NOT NULL,               -- the edit as JSON, without personal values
  label_vi TEXT NOT NULL, label_en TEXT NOT NULL,
  dossier INTEGER,
  undoes INTEGER REFERENCES operation(id),
  parcels INTEGER NOT NULL DEFAULT 0,   -- how many it created, changed or retired
  clock_back INTEGER NOT NULL DEFAULT 0, -- 1: `at` lies before that of an earlier operation
  hash TEXT                         -- SHA-256 over the previous hash, this row and its changes, hex
) STRICT;
CREATE INDEX operation_undoes ON operation(undoes) WHERE undoes IS NOT NULL;

-- The earlier value of each column that changed. One row per column, so that numbers and blobs keep their exact value.
-- insert: one row, col NULL. delete: one row per column that held a value. bulk: fids row..row_to, how many, their hash:
-- written, or with col 'removed' taken away by an undo, their content under that hash in removed_rows.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  op INTEGER NOT NULL REFERENCES operation(id),
  tbl TEXT NOT NULL,
  row INTEGER NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('insert','update','delete','bulk')),
  col TEXT,
  before ANY,
  row_to INTEGER, rows INTEGER, sha256 TEXT
) STRICT;
CREATE INDEX change_op ON change(op);
CREATE INDEX change_row ON change(tbl, row);
CREATE INDEX change_bulk ON change(tbl, row) WHERE row_to IS NOT NULL;

-- Rows that the undo of a bulk change took away, packed (removed.rs), for the redo. The same content is kept once.
CREATE TABLE removed_rows (
  id INTEGER PRIMARY KEY,
  tbl TEXT NOT NULL,
  row INTEGER NOT NULL,             -- the first fid in it
  sha256 TEXT NOT NULL,             -- of columns and content, hex
  columns TEXT NOT NULL,            -- their names, JSON
  content BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX removed_rows_content ON removed_rows(tbl, row, sha256);

CREATE VIEW current_op AS
  SELECT id FROM operation WHERE id = (SELECT max(id) FROM operation) AND hash IS NULL;

-- ------------------------------------------------------------------ features
CREATE TABLE commune (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, province TEXT, valid_from DATE, valid_to DATE);

CREATE TABLE sheet (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  commune TEXT NOT NULL, number TEXT NOT NULL, scale INTEGER, map_kind INTEGER, surveyed_on DATE,
  survey_unit TEXT, method TEXT, accuracy TEXT, UNIQUE (commune, number));

-- In force: status HIEN_HANH and a geometry; historic: LICH_SU, geom NULL. Empty sheet/number = unknown.
-- parcel_code_state: NULL the code came with the data; TAM_TINH we computed it and no server has accepted it yet.
-- parcel_code_basis: what it was computed from, once, as JSON (edit/parcel_code.rs).
CREATE TABLE parcel (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  commune TEXT NOT NULL, sheet TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '',
  old_sheet TEXT, old_number TEXT, parcel_code TEXT, parcel_code_state TEXT, parcel_code_basis TEXT,
  area_measured DOUBLE, area_legal DOUBLE, land_use TEXT, address TEXT,
  is_parcel BOOLEAN NOT NULL DEFAULT 1, survey TEXT,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH' CHECK (status IN ('HIEN_HANH','LICH_SU')),
  version INTEGER NOT NULL DEFAULT 1,
  op INTEGER NOT NULL);             -- operation that made this version
CREATE INDEX parcel_key ON parcel(commune, sheet, number);
CREATE INDEX parcel_code ON parcel(parcel_code) WHERE parcel_code IS NOT NULL;

-- Every superseded registered state of a parcel: valid from operation from_op until to_op replaced it.
CREATE TABLE parcel_version (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  parcel INTEGER NOT NULL REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  version INTEGER NOT NULL, from_op INTEGER NOT NULL, to_op INTEGER NOT NULL,
  commune TEXT NOT NULL, sheet TEXT NOT NULL, number TEXT NOT NULL, old_sheet TEXT, old_number TEXT, parcel_code TEXT,
  area_measured DOUBLE, area_legal DOUBLE, land_use TEXT, address TEXT, is_parcel BOOLEAN NOT NULL, survey TEXT,
  status TEXT NOT NULL, land_use_rows TEXT, UNIQUE (parcel, version));
CREATE INDEX parcel_version_key ON parcel_version(commune, sheet, number);

-- What an open dossier intends.
CREATE TABLE parcel_proposal (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  dossier INTEGER NOT NULL REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
  role TEXT NOT NULL CHECK (role IN ('add','change','retire')),
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  commune TEXT, sheet TEXT, number TEXT, area_measured DOUBLE, area_legal DOUBLE, land_use TEXT, address TEXT,
  is_parcel BOOLEAN, attributes TEXT);
CREATE INDEX parcel_proposal_dossier ON parcel_proposal(dossier);
CREATE INDEX parcel_proposal_parcel ON parcel_proposal(parcel);

CREATE TABLE survey_point (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POINT,
  label TEXT, kind TEXT, marker TEXT, survey TEXT, height DOUBLE, accuracy DOUBLE, surveyed_on DATE,
  source TEXT);                     -- name of the file it came from

CREATE TABLE asset (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  kind TEXT NOT NULL, parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  commune TEXT, name TEXT, house_kind INTEGER, structure TEXT, grade TEXT, floors INTEGER, basements INTEGER, year_built INTEGER,
  area_footprint DOUBLE, area_floor DOUBLE, area_use DOUBLE, term TEXT, address TEXT, attributes TEXT,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE);
CREATE INDEX asset_parcel ON asset(parcel);

-- A gap between parcels that is right as it is (decision).
CREATE TABLE allowed_gap (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE, geom POLYGON,
  commune TEXT, reason TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT NOT NULL, until DATE);

-- ------------------------------------------------------------------ attributes
CREATE TABLE land_use_row (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL,
  parcel INTEGER NOT NULL REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL, code TEXT NOT NULL, list_version TEXT, secondary_code TEXT, planned_code TEXT,
  area DOUBLE, term TEXT, term_ends DATE, origin TEXT, origin_acquired TEXT, shared BOOLEAN);
CREATE INDEX land_use_row_parcel ON land_use_row(parcel);

CREATE TABLE party (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL,
  kind TEXT NOT NULL, user_type TEXT,
  name_p BLOB, address_p BLOB, birth_p BLOB, death_p BLOB, gender_p BLOB, personal_code_p BLOB, tax_code_p BLOB, phone_p BLOB, email_p BLOB,
  nationality_p BLOB, ethnicity_p BLOB, organisation_kind TEXT, decision_number TEXT, decision_on DATE,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE,
  merged_into INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE party_member (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  party INTEGER NOT NULL REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  member INTEGER NOT NULL REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  role TEXT NOT NULL, position INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE);
CREATE INDEX party_member_party ON party_member(party);
CREATE INDEX party_member_member ON party_member(member);

CREATE TABLE identity_document (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  party INTEGER NOT NULL REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL, number_p BLOB, issued_on_p BLOB, issuer_p BLOB, verified BOOLEAN,
  verified_on DATE, verified_how TEXT, status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE);
CREATE INDEX identity_document_party ON identity_document(party);
CREATE INDEX identity_document_number ON identity_document(number_p) WHERE number_p IS NOT NULL;

CREATE TABLE certificate (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  kind TEXT, serial TEXT, book_number TEXT, old_book_number TEXT, archive_number TEXT, old_archive_number TEXT,
  barcode TEXT, qr_p BLOB, code TEXT, issued_on DATE, entered_on DATE, issuer TEXT, signer_p BLOB, signed_as TEXT,
  notes_p BLOB, status TEXT NOT NULL DEFAULT 'KHONG_RO', ended_on DATE);
CREATE INDEX certificate_serial ON certificate(serial);

-- A right is per holder, parcel, land-use row and certificate; the share is an exact fraction.
CREATE TABLE "right" (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT 'SU_DUNG',
  party INTEGER NOT NULL REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  land_use_row INTEGER REFERENCES land_use_row(fid) DEFERRABLE INITIALLY DEFERRED,
  asset INTEGER REFERENCES asset(fid) DEFERRABLE INITIALLY DEFERRED,
  certificate INTEGER REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  share_numerator INTEGER, share_denominator INTEGER CHECK (share_denominator > 0), shared BOOLEAN,
  origin TEXT, area DOUBLE, term TEXT, registered_on DATE, ended_on DATE,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH');
CREATE INDEX right_parcel ON "right"(parcel);
CREATE INDEX right_party ON "right"(party);
CREATE INDEX right_land_use_row ON "right"(land_use_row) WHERE land_use_row IS NOT NULL;
CREATE INDEX right_asset ON "right"(asset) WHERE asset IS NOT NULL;
CREATE INDEX right_certificate ON "right"(certificate) WHERE certificate IS NOT NULL;

CREATE TABLE mortgage (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL, parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  certificate INTEGER REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  mortgagor INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  mortgagee INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  parent INTEGER REFERENCES mortgage(fid) DEFERRABLE INITIALLY DEFERRED,
  number TEXT, book TEXT, registered_on DATE, from_on DATE, to_on DATE, amount_p BLOB, area DOUBLE, note_p BLOB,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE, "rank" INTEGER);
CREATE INDEX mortgage_parcel ON mortgage(parcel);
CREATE INDEX mortgage_certificate ON mortgage(certificate);

CREATE TABLE restriction (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL, parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  area DOUBLE, partial BOOLEAN, content_p BLOB, document_number TEXT, document_on DATE, issuer TEXT,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE);
CREATE INDEX restriction_parcel ON restriction(parcel);

-- Ngăn chặn: a court or police hold, or a dispute.
CREATE TABLE hold (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL, parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  party INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  certificate INTEGER REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  document_number TEXT, from_on DATE, to_on DATE, reason_p BLOB,
  blocks_issue BOOLEAN NOT NULL DEFAULT 1, blocks_transfer BOOLEAN NOT NULL DEFAULT 1, blocks_change BOOLEAN NOT NULL DEFAULT 1,
  status TEXT NOT NULL DEFAULT 'HIEN_HANH', ended_on DATE);
CREATE INDEX hold_parcel ON hold(parcel);

CREATE TABLE dossier (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL, commune TEXT,
  received_on DATE, due_on DATE, closed_on DATE, applicant INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED,
  staff INTEGER REFERENCES staff(fid) DEFERRABLE INITIALLY DEFERRED, note_p BLOB,
  papers TEXT);                     -- codes of the papers received, one space between

-- Each step of a dossier from one state to another.
CREATE TABLE dossier_event (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  dossier INTEGER NOT NULL REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, at_day DATE NOT NULL, actor TEXT NOT NULL, reason TEXT);
CREATE INDEX dossier_event_dossier ON dossier_event(dossier);

-- What an open dossier intends with the register besides boundaries: edits in their order, entered by the approval.
-- what: the edit as the journal keeps it; edit_p: all of it; parcels: uids of the
-- parcels it is about, sorted, one space between.
CREATE TABLE proposed_edit (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  dossier INTEGER NOT NULL REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL, what TEXT NOT NULL, edit_p BLOB NOT NULL, parcels TEXT NOT NULL);
CREATE INDEX proposed_edit_dossier ON proposed_edit(dossier);

-- Biến động: one registered change.
CREATE TABLE change_entry (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  dossier INTEGER REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL, number TEXT, registered_on DATE, content_p BLOB,
  contract_number TEXT, contract_on DATE, contract_value_p BLOB, notary_number TEXT, notary_on DATE, notary TEXT,
  before_p BLOB, after_p BLOB);     -- the records it is about as they stood before and after, JSON
CREATE INDEX change_entry_dossier ON change_entry(dossier);

-- Parcels, certificates and parties that went into or came out of a change (BD_THUA, BD_GCN, BD_CHU).
CREATE TABLE change_entry_item (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  change_entry INTEGER NOT NULL REFERENCES change_entry(fid) DEFERRABLE INITIALLY DEFERRED,
  direction TEXT NOT NULL CHECK (direction IN ('in','out','processed')),
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  certificate INTEGER REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  party INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX change_entry_item_entry ON change_entry_item(change_entry);
CREATE INDEX change_entry_item_parcel ON change_entry_item(parcel);

-- Hồ sơ quét: the scan lies in NAME.scans/ under its SHA-256.
CREATE TABLE document (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL, kind TEXT NOT NULL, pages INTEGER, bytes INTEGER, media TEXT, name_p BLOB, note_p BLOB, archive_place TEXT,
  dossier INTEGER REFERENCES dossier(fid) DEFERRABLE INITIALLY DEFERRED,
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  certificate INTEGER REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  party INTEGER REFERENCES party(fid) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX document_dossier ON document(dossier);
CREATE INDEX document_parcel ON document(parcel);
CREATE INDEX document_certificate ON document(certificate) WHERE certificate IS NOT NULL;

CREATE TABLE parcel_lineage (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  parent INTEGER NOT NULL REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  child INTEGER NOT NULL REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  change_entry INTEGER REFERENCES change_entry(fid) DEFERRABLE INITIALLY DEFERRED, UNIQUE (parent, child));
CREATE INDEX parcel_lineage_child ON parcel_lineage(child);

CREATE TABLE certificate_lineage (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  parent INTEGER NOT NULL REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  child INTEGER NOT NULL REFERENCES certificate(fid) DEFERRABLE INITIALLY DEFERRED,
  change_entry INTEGER REFERENCES change_entry(fid) DEFERRABLE INITIALLY DEFERRED, UNIQUE (parent, child));
CREATE INDEX certificate_lineage_child ON certificate_lineage(child);

-- One layer of one imported file.
CREATE TABLE source_file (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL, layer TEXT, sha256 TEXT NOT NULL, records INTEGER NOT NULL, skipped INTEGER NOT NULL DEFAULT 0,
  op INTEGER NOT NULL);
CREATE INDEX source_file_sha256 ON source_file(sha256);

-- What the import brought of one record: unmapped columns (personal until known otherwise); for a quarantined record
-- also the code of the reason and the original geometry as ISO WKB in the file's own coordinates.
CREATE TABLE source_record (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL,
  source_file INTEGER NOT NULL REFERENCES source_file(fid) DEFERRABLE INITIALLY DEFERRED,
  record INTEGER NOT NULL,
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  values_p BLOB,                    -- JSON array of [column, value]
  quarantine TEXT, wkb BLOB);
CREATE INDEX source_record_file ON source_record(source_file);
CREATE INDEX source_record_parcel ON source_record(parcel);
CREATE INDEX source_record_quarantine ON source_record(quarantine) WHERE quarantine IS NOT NULL;

-- What the import would have made of a record it put in quarantine, how the coordinates of its file are read, and what
-- became of it: waiting while parcel, replaced_by and aside are NULL. A record of an older file has its row here
-- once something is decided about it.
CREATE TABLE quarantine (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  source_record INTEGER NOT NULL REFERENCES source_record(fid) DEFERRABLE INITIALLY DEFERRED,
  attributes_p BLOB,                -- the parcel without its shape, as JSON (quarantine.rs)
  crs INTEGER, swap_xy BOOLEAN, shift_e DOUBLE, shift_n DOUBLE,
  parcel INTEGER REFERENCES parcel(fid) DEFERRABLE INITIALLY DEFERRED,
  replaced_by INTEGER REFERENCES source_record(fid) DEFERRABLE INITIALLY DEFERRED,
  aside TEXT,                       -- why it is not to be placed
  op INTEGER);                      -- operation that decided
CREATE INDEX quarantine_source_record ON quarantine(source_record);
CREATE INDEX quarantine_parcel ON quarantine(parcel) WHERE parcel IS NOT NULL;

CREATE TABLE staff (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  login TEXT NOT NULL UNIQUE, name_p BLOB, roles TEXT NOT NULL DEFAULT '', communes TEXT NOT NULL DEFAULT '',
  active BOOLEAN NOT NULL DEFAULT 1);

-- An accepted finding: who, why, until when. parcels: uids, sorted, one space between. mark: what tells several of the
-- rule about those parcels apart. at_e, at_n: its place then, mm. amount: how much was accepted.
CREATE TABLE decision (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL, parcels TEXT NOT NULL, amount DOUBLE, reason TEXT NOT NULL,
  decided_by TEXT NOT NULL, decided_at TEXT NOT NULL, until DATE, mark TEXT, at_e INTEGER, at_n INTEGER);

-- ------------------------------------------------------------------ derived or local
-- What the rules found and what became of it (findings.rs). key: stable; base: without what tells several of it apart.
-- There while fixed_op is NULL. body: JSON. It begins open; every later change of state is a row of finding_event.
CREATE TABLE finding (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, base TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','accepted','fixed')), first_op INTEGER NOT NULL, first_at TEXT NOT NULL,
  fixed_op INTEGER, fixed_at TEXT, body TEXT NOT NULL) STRICT;
CREATE INDEX finding_fixed ON finding(base) WHERE fixed_op IS NOT NULL;
CREATE TABLE finding_event (
  id INTEGER PRIMARY KEY, finding INTEGER NOT NULL REFERENCES finding(id), op INTEGER NOT NULL, at TEXT NOT NULL,
  state TEXT NOT NULL, amount REAL) STRICT;
CREATE INDEX finding_event_finding ON finding_event(finding);

CREATE TABLE package (
  id INTEGER PRIMARY KEY, package_id TEXT NOT NULL UNIQUE, commune TEXT NOT NULL, date TEXT NOT NULL, seq INTEGER NOT NULL,
  sha256 TEXT NOT NULL, base TEXT, head_op INTEGER NOT NULL, head_hash TEXT NOT NULL, draft INTEGER NOT NULL,
  state TEXT NOT NULL, written_at TEXT NOT NULL, UNIQUE (commune, date, seq)) STRICT;
CREATE TABLE package_item (
  package INTEGER NOT NULL REFERENCES package(id), tbl TEXT NOT NULL, uid TEXT NOT NULL, version INTEGER NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('THEM','SUA','LICH_SU')), PRIMARY KEY (package, tbl, uid)) STRICT, WITHOUT ROWID;
CREATE TABLE receipt_item (
  id INTEGER PRIMARY KEY, package INTEGER NOT NULL REFERENCES package(id), uid TEXT, field TEXT, accepted INTEGER NOT NULL,
  code TEXT, message TEXT, received_at TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX receipt_item_package ON receipt_item(package);
