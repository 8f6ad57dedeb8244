//! A whole dirty district repaired in one batch (issue 4): valid afterwards, one undo, every byte.

use crate::fixes::fix_everything;

#[test]
fn a_district_of_115_000_parcels_is_repaired_in_one_batch() {
    println!("{}", fix_everything(115_000, "0.02"));
}
