//! Invented drafts for the tests of the store: a grid of parcels with a hole, a sliver and a long thin one among them.

use diachinh::domain::*;

/// `count` parcels of commune 25747, 60 to a sheet, the same for the same numbers (but for their uids).
pub fn draft(count: usize, file: &str) -> Draft {
    let files = vec![DraftFile {
        file: file.into(),
        layer: None,
        sha256: format!("{count:064x}"),
        records: count as u64 + 1,
        skipped: 0,
        reading: None,
    }];
    let parcels = (0..count).map(parcel).collect();
    let quarantined = vec![Quarantined {
        uid: Uid::fresh(),
        file: 0,
        record: count as u64 + 1,
        code: "RING_TOO_SHORT",
        wkb: vec![1, 3, 0, 0, 0],
        attributes: vec![("TENCHU".into(), "Người Bịa Đặt".into())],
        parcel: Some(Box::new(parcel(count))),
    }];
    seal(Draft {
        files,
        parcels,
        quarantined,
        ..Draft::default()
    })
}

/// Gives a draft the hash of what is in it.
pub fn seal(mut draft: Draft) -> Draft {
    draft.hash = draft.content_hash();
    draft
}

fn parcel(i: usize) -> DraftParcel {
    let (x, y) = ((i % 100) as i64, (i / 100) as i64);
    DraftParcel {
        uid: Uid::fresh(),
        action: DraftAction::Insert,
        file: 0,
        record: i as u64 + 1,
        commune: "25747".into(),
        sheet: (1 + i / 60).to_string(),
        number: (1 + i % 60).to_string(),
        old_sheet: i.is_multiple_of(7).then(|| "TĐ 12-2019".into()),
        old_number: i.is_multiple_of(5).then(|| format!("{i}, một phần")),
        area_measured: (!i.is_multiple_of(11)).then_some(700.0 - (i % 3) as f64 / 10.0),
        area_legal: i.is_multiple_of(4).then_some(699.5),
        land_use: [Some("ONT+CLN"), Some("LUC"), Some("XYZ"), None][i % 4].map(Into::into),
        address: i.is_multiple_of(2).then(|| format!("ấp Bịa Đặt {i}")),
        parcel_code: None,
        is_parcel: i % 50 != 49,
        owner: (!i.is_multiple_of(6)).then(|| format!("Nguyễn Văn Thử {i}")),
        owner_address: (i % 12 == 1).then(|| "tổ 9, ấp Không Có".into()),
        user_type: i.is_multiple_of(3).then(|| "GDC".into()),
        extra: i
            .is_multiple_of(2)
            .then(|| ("GHICHU".into(), "\"dòng 1\"\ndòng 2".into()))
            .into_iter()
            .collect(),
        polygon: polygon(570_000_000 + 30_000 * x, 1_160_000_000 + 30_000 * y, i),
    }
}

fn polygon(e: i64, n: i64, i: usize) -> Polygon {
    let p = |x: i64, y: i64| Pt::new(e + x, n + y);
    let square = vec![p(0, 0), p(30_000, 0), p(30_000, 30_000), p(0, 30_000)];
    let hole = vec![
        p(9_000, 9_000),
        p(9_000, 21_000),
        p(21_000, 21_000),
        p(21_000, 9_000),
    ];
    Polygon {
        rings: match i % 10 {
            1 => vec![square, hole],
            2 => vec![vec![p(0, 0), p(30_000, 0), p(30_000, 4)]],
            3 => vec![vec![p(0, 0), p(30_000, 0), p(30_000, 120), p(0, 120)]],
            4 => vec![vec![
                p(0, 0),
                p(30_000, 0),
                p(30_000, 30_000),
                p(15_000, 7_001),
                p(0, 30_000),
            ]],
            _ => vec![square],
        },
    }
}
