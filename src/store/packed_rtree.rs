//! Fills an SQLite R*Tree with many boxes at once: sorted along a Hilbert curve and written as full
//! nodes straight into the shadow tables, ten times faster than row by row.
//!
//! Not a spatial index of our own: the result is an ordinary `rtree` table that SQLite, QGIS and
//! GDAL read and change (`rtreecheck` says ok). Coordinates are metres (easting, northing).
//!
//! Node format (sqlite3 `ext/rtree/rtree.c`, "Database Format of R-Tree Tables"), all big-endian:
//! two bytes depth of the tree (root only), two bytes count of cells, then cells of 8 bytes id and
//! four `f32` min e, max e, min n, max n. The root is node 1; ids of leaf cells are rowids, ids of
//! other cells are node numbers.

use rayon::prelude::*;
use rusqlite::{Connection, Error, Result, params};

use crate::domain::BBox;

/// One box of the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    pub id: i64,
    /// min e, max e, min n, max n in metres, rounded outwards.
    pub bounds: [f32; 4],
}

impl Entry {
    /// The box of row `id`, rounded as SQLite rounds on INSERT.
    pub fn new(id: i64, bbox: &BBox) -> Self {
        let ((min_e, min_n), (max_e, max_n)) = (bbox.min.metres(), bbox.max.metres());
        Self::of_envelope(id, [min_e, max_e, min_n, max_n])
    }

    /// The box of row `id` from min e, max e, min n, max n in metres.
    pub fn of_envelope(id: i64, [min_e, max_e, min_n, max_n]: [f64; 4]) -> Self {
        Self {
            id,
            bounds: [down(min_e), up(max_e), down(min_n), up(max_n)],
        }
    }
}

/// One part in 2²³, the step `rtree.c` takes when the nearest `f32` lies on the wrong side.
const STEP: f64 = 1.0 / 8_388_608.0;

/// The `f32` at or below `metres` (`rtreeValueDown`).
fn down(metres: f64) -> f32 {
    let nearest = metres as f32;
    if f64::from(nearest) <= metres {
        return nearest;
    }
    (metres * if metres < 0.0 { 1.0 + STEP } else { 1.0 - STEP }) as f32
}

/// The `f32` at or above `metres` (`rtreeValueUp`).
fn up(metres: f64) -> f32 {
    -down(-metres)
}

const HEADER: usize = 4;
const CELL: usize = 24;
const ROOT: i64 = 1;

/// Rebuilding costs about a quarter per row of what one INSERT through the virtual table costs
/// (measured: 0.6 µs against 3 to 4 µs), so a smaller addition than this share goes row by row.
const REBUILD_SHARE: usize = 4;

/// Adds `new` to the R*Tree `table` ("rtree_parcel_geom"). Their ids must not be in it yet. Call
/// inside a transaction.
pub fn add(conn: &Connection, table: &str, mut new: Vec<Entry>) -> Result<()> {
    let present: i64 = conn.query_row(&format!("SELECT count(*) FROM \"{table}_rowid\""), [], |r| {
        r.get(0)
    })?;
    if new.len().saturating_mul(REBUILD_SHARE) < usize::try_from(present).unwrap_or(usize::MAX) {
        return add_row_by_row(conn, table, &new);
    }
    if present > 0 {
        new.extend(entries(conn, table)?);
    }
    rebuild(conn, table, &mut new)
}

/// Removes the boxes of all rows in `ranges` (from..=to, ascending) from the R*Tree `table`. Call inside a transaction.
pub fn remove(conn: &Connection, table: &str, ranges: &[(i64, i64)]) -> Result<()> {
    let gone = |id: i64| {
        let after = ranges.partition_point(|(from, _)| *from <= id);
        after > 0 && id <= ranges[after - 1].1
    };
    let (out, mut rest): (Vec<Entry>, Vec<Entry>) =
        entries(conn, table)?.into_iter().partition(|e| gone(e.id));
    if out.len().saturating_mul(REBUILD_SHARE) >= rest.len() {
        return rebuild(conn, table, &mut rest);
    }
    let mut delete = conn.prepare(&format!("DELETE FROM \"{table}\" WHERE id=?1"))?;
    for entry in out {
        delete.execute([entry.id])?;
    }
    Ok(())
}

/// Every box of the R*Tree `table`.
pub fn entries(conn: &Connection, table: &str) -> Result<Vec<Entry>> {
    let mut all = conn.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let rows = all.query_map([], |r| {
        Ok(Entry {
            id: r.get(0)?,
            bounds: [r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?],
        })
    })?;
    rows.collect()
}

fn add_row_by_row(conn: &Connection, table: &str, new: &[Entry]) -> Result<()> {
    let mut insert = conn.prepare(&format!("INSERT INTO \"{table}\" VALUES (?1,?2,?3,?4,?5)"))?;
    for Entry {
        id,
        bounds: [a, b, c, d],
    } in new
    {
        insert.execute(params![
            id,
            f64::from(*a),
            f64::from(*b),
            f64::from(*c),
            f64::from(*d)
        ])?;
    }
    Ok(())
}

/// Replaces the content of the R*Tree `table` by `all`, packed; sorts them on the way.
fn rebuild(conn: &Connection, table: &str, all: &mut [Entry]) -> Result<()> {
    let node_size: i64 = conn.query_row(
        &format!("SELECT length(data) FROM \"{table}_node\" WHERE nodeno = 1"),
        [],
        |r| r.get(0),
    )?;
    // SQLite itself refuses an R*Tree with nodes under 448 bytes.
    let node_size = usize::try_from(node_size)
        .ok()
        .filter(|n| (HEADER + 4 * CELL..=65_536).contains(n))
        .ok_or(Error::IntegralValueOutOfRange(0, node_size))?;
    conn.execute_batch(&format!(
        "DELETE FROM \"{table}_node\"; DELETE FROM \"{table}_parent\"; DELETE FROM \"{table}_rowid\";"
    ))?;
    sort_along_curve(all);
    write_nodes(conn, table, node_size, all)
}

/// Sorts by the place of each box's centre on a Hilbert curve over them all, then by id.
fn sort_along_curve(all: &mut [Entry]) {
    let [min_e, max_e, min_n, max_n] = all.iter().fold(NOTHING, |b, e| union(b, e.bounds));
    // 65 535 cells along the longer side; a district without extent has one cell.
    let side = f64::from((max_e - min_e).max(max_n - min_n)).max(f64::MIN_POSITIVE);
    let cell = |lo: f32, hi: f32, min: f32| {
        let centre = f64::midpoint(f64::from(lo), f64::from(hi)) - f64::from(min);
        // Saturating: rounding may leave the range by a hair.
        (centre / side * 65_535.0) as u16
    };
    all.par_sort_by_cached_key(|e| {
        let [a, b, c, d] = e.bounds;
        (hilbert(cell(a, b, min_e), cell(c, d, min_n)), e.id)
    });
}

/// Place of cell (x, y) on the Hilbert curve through 65 536 × 65 536 cells (D. Hilbert 1891; the
/// usual quadrant-by-quadrant walk).
fn hilbert(x: u16, y: u16) -> u32 {
    let (mut x, mut y, mut place) = (u32::from(x), u32::from(y), 0_u32);
    for bit in (0..16).rev() {
        let (right, upper) = (x >> bit & 1, y >> bit & 1);
        place = place << 2 | ((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                (x, y) = (!x & 0xffff, !y & 0xffff);
            }
            (x, y) = (y, x);
        }
    }
    place
}

const NOTHING: [f32; 4] = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];

fn union(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])]
}

/// Writes the tree bottom up: level by level until one node holds everything, which is the root.
fn write_nodes(conn: &Connection, table: &str, node_size: usize, sorted: &[Entry]) -> Result<()> {
    let capacity = (node_size - HEADER) / CELL;
    let mut insert_node = conn.prepare(&format!("INSERT INTO \"{table}_node\" VALUES (?1,?2)"))?;
    let mut insert_parent = conn.prepare(&format!("INSERT INTO \"{table}_parent\" VALUES (?1,?2)"))?;
    let mut blob = vec![0; node_size];
    let mut next = ROOT + 1;
    let mut depth: u16 = 0;
    let mut upper;
    let mut level = sorted;
    while level.len() > capacity {
        let mut parents = Vec::with_capacity(level.len() / capacity + 1);
        for cells in even_chunks(level, capacity) {
            encode(&mut blob, 0, cells);
            insert_node.execute(params![next, blob])?;
            // Leaf cells name rows, not nodes: write_rowids records those.
            if depth > 0 {
                for child in cells {
                    insert_parent.execute(params![child.id, next])?;
                }
            }
            let bounds = cells.iter().fold(NOTHING, |b, c| union(b, c.bounds));
            parents.push(Entry { id: next, bounds });
            next += 1;
        }
        upper = parents;
        level = &upper;
        depth += 1;
    }
    encode(&mut blob, depth, level);
    insert_node.execute(params![ROOT, blob])?;
    if depth > 0 {
        for child in level {
            insert_parent.execute(params![child.id, ROOT])?;
        }
    }
    write_rowids(conn, table, capacity, sorted)
}

/// Splits `level` into as few runs as fit, all of nearly the same length: no node is left under the
/// third that SQLite keeps to.
fn even_chunks(level: &[Entry], capacity: usize) -> impl Iterator<Item = &[Entry]> {
    let count = level.len().div_ceil(capacity);
    let at = move |i: usize| (i as u64 * level.len() as u64 / count as u64) as usize;
    (0..count).map(move |i| &level[at(i)..at(i + 1)])
}

fn encode(blob: &mut [u8], depth: u16, cells: &[Entry]) {
    blob.fill(0);
    blob[0..2].copy_from_slice(&depth.to_be_bytes());
    blob[2..4].copy_from_slice(&(cells.len() as u16).to_be_bytes());
    for (cell, out) in cells.iter().zip(blob[HEADER..].chunks_exact_mut(CELL)) {
        out[..8].copy_from_slice(&cell.id.to_be_bytes());
        for (v, o) in cell.bounds.iter().zip(out[8..].chunks_exact_mut(4)) {
            o.copy_from_slice(&v.to_be_bytes());
        }
    }
}

/// Writes which leaf holds each row, in order of rowid (appending to the table is fastest so).
fn write_rowids(conn: &Connection, table: &str, capacity: usize, sorted: &[Entry]) -> Result<()> {
    let leaf_is_root = sorted.len() <= capacity;
    let mut rows = Vec::with_capacity(sorted.len());
    for (i, cells) in even_chunks(sorted, capacity).enumerate() {
        let node = if leaf_is_root { ROOT } else { ROOT + 1 + i as i64 };
        rows.extend(cells.iter().map(|c| (c.id, node)));
    }
    rows.par_sort_unstable();
    let mut insert = conn.prepare(&format!("INSERT INTO \"{table}_rowid\" VALUES (?1,?2)"))?;
    for (row, node) in rows {
        insert.execute([row, node])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Pt;

    fn empty(page_size: u32) -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&format!(
            "PRAGMA page_size={page_size}; CREATE VIRTUAL TABLE ix USING rtree(id,minx,maxx,miny,maxy);"
        ))
        .unwrap();
        conn
    }

    fn check(conn: &Connection) -> String {
        conn.query_row("SELECT rtreecheck('ix')", [], |r| r.get(0))
            .unwrap()
    }

    fn window(conn: &Connection, w: &BBox) -> Vec<i64> {
        let ((a, c), (b, d)) = (w.min.metres(), w.max.metres());
        conn.prepare("SELECT id FROM ix WHERE minx<=?2 AND maxx>=?1 AND miny<=?4 AND maxy>=?3 ORDER BY id")
            .unwrap()
            .query_map(params![a, b, c, d], |r| r.get(0))
            .unwrap()
            .collect::<Result<_>>()
            .unwrap()
    }

    /// Deterministic boxes of a few metres spread over a district, some far off and some as points.
    fn boxes(count: i64, seed: u64) -> Vec<(i64, BBox)> {
        let mut s = seed | 1;
        let mut roll = |n: i64| {
            s = s
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((s >> 33) as i64) % n
        };
        (1..=count)
            .map(|id| {
                let p = Pt::new(570_000_000 + roll(30_000_000), 1_160_000_000 + roll(20_000_000));
                let p = if id % 97 == 0 { Pt::new(-p.e, -p.n) } else { p };
                (
                    id,
                    BBox {
                        min: p,
                        max: Pt::new(p.e + roll(40_000), p.n + roll(40_000)),
                    },
                )
            })
            .collect()
    }

    fn packed(boxes: &[(i64, BBox)]) -> Vec<Entry> {
        boxes.iter().map(|(id, b)| Entry::new(*id, b)).collect()
    }

    #[test]
    fn every_size_around_full_nodes_passes_the_check_of_sqlite() {
        for page in [512, 4096, 65_536] {
            for count in [0, 1, 2, 17, 18, 19, 50, 51, 52, 102, 103, 2601, 2602, 7000] {
                let conn = empty(page);
                add(&conn, "ix", packed(&boxes(count, 7))).unwrap();
                assert_eq!(check(&conn), "ok", "{count} boxes, pages of {page}");
                let n: i64 = conn
                    .query_row("SELECT count(*) FROM ix", [], |r| r.get(0))
                    .unwrap();
                assert_eq!(n, count);
            }
        }
    }

    #[test]
    fn stored_boxes_are_those_sqlite_stores_itself() {
        let boxes = boxes(3000, 11);
        let (ours, theirs) = (empty(4096), empty(4096));
        add(&ours, "ix", packed(&boxes)).unwrap();
        for (id, b) in &boxes {
            let ((a, c), (b, d)) = (b.min.metres(), b.max.metres());
            theirs
                .execute("INSERT INTO ix VALUES (?1,?2,?3,?4,?5)", params![id, a, b, c, d])
                .unwrap();
        }
        let sorted = |c: &Connection| {
            let mut v = entries(c, "ix").unwrap();
            v.sort_by_key(|e| e.id);
            v
        };
        assert_eq!(sorted(&ours), sorted(&theirs));
    }

    #[test]
    fn a_packed_tree_takes_ordinary_changes() {
        let conn = empty(4096);
        let boxes = boxes(5000, 3);
        add(&conn, "ix", packed(&boxes)).unwrap();
        for id in (1..5000).step_by(3) {
            conn.execute("DELETE FROM ix WHERE id=?1", [id]).unwrap();
            conn.execute("INSERT INTO ix VALUES (?1, 1, 2, 3, 4)", [id + 10_000])
                .unwrap();
        }
        assert_eq!(check(&conn), "ok");
    }

    #[test]
    fn adding_much_or_little_to_a_filled_tree_keeps_all() {
        let conn = empty(4096);
        let all = packed(&boxes(9000, 5));
        add(&conn, "ix", all[..4000].to_vec()).unwrap();
        add(&conn, "ix", all[4000..8999].to_vec()).unwrap(); // packed anew
        add(&conn, "ix", all[8999..].to_vec()).unwrap(); // row by row
        assert_eq!(check(&conn), "ok");
        assert_eq!(entries(&conn, "ix").unwrap().len(), 9000);
    }

    #[test]
    fn removing_much_or_little_leaves_the_rest() {
        for ranges in [
            vec![(1, 9000)],
            vec![(1, 4000), (4500, 8000)],
            vec![(17, 17), (300, 320)],
            vec![(10_000, 20_000)],
        ] {
            let conn = empty(4096);
            let all = packed(&boxes(9000, 5));
            add(&conn, "ix", all.clone()).unwrap();
            remove(&conn, "ix", &ranges).unwrap();
            assert_eq!(check(&conn), "ok");
            let mut left = entries(&conn, "ix").unwrap();
            left.sort_by_key(|e| e.id);
            let kept = |e: &Entry| !ranges.iter().any(|(a, b)| (*a..=*b).contains(&e.id));
            assert_eq!(left, all.into_iter().filter(kept).collect::<Vec<_>>());
        }
    }

    #[test]
    fn rolling_back_leaves_the_tree_as_it_was() {
        let mut conn = empty(4096);
        add(&conn, "ix", packed(&boxes(300, 5))).unwrap();
        let t = conn.transaction().unwrap();
        let more: Vec<_> = packed(&boxes(1300, 9)).split_off(300);
        add(&t, "ix", more).unwrap();
        t.rollback().unwrap();
        assert_eq!(check(&conn), "ok");
        assert_eq!(entries(&conn, "ix").unwrap().len(), 300);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn windows_find_what_comparing_all_boxes_finds(
            count in 0_i64..1500, seed: u64,
            e in 569_000_000_i64..600_000_000, n in 1_159_000_000_i64..1_180_000_000, side in 0_i64..9_000_000,
        ) {
            let conn = empty(4096);
            let boxes = boxes(count, seed);
            add(&conn, "ix", packed(&boxes)).unwrap();
            let w = BBox { min: Pt::new(e, n), max: Pt::new(e + side, n + side) };
            let found = window(&conn, &w);
            // f32 boxes are rounded outwards by up to 0.25 m: at least the true hits, at most those of the grown window.
            let brute = |w: BBox| boxes.iter().filter(|(_, b)| b.intersects(&w)).map(|(id, _)| *id).collect::<Vec<_>>();
            let (exact, near) = (brute(w), brute(w.grown(300)));
            prop_assert!(exact.iter().all(|id| found.contains(id)));
            prop_assert!(found.iter().all(|id| near.contains(id)));
        }
    }
}
