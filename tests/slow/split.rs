//! Ten thousand random parcels by random lists of areas (issue 3): each part within its bound.

use crate::split_areas::run;

#[test]
fn ten_thousand_parcels_by_lists_of_areas() {
    let done = run(10_000, 7);
    println!("divided, of tried (round, jagged, holed, thin): {done:?}");
    for (divided, of) in done {
        assert!(of > 1000 && divided * 3 > of, "{done:?}");
    }
}
