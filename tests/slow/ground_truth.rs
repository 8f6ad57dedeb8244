//! What was put into whole districts, and what the rules say: every error of every kind found, at most 0.1 % told that is
//! neither injected nor comes of an injected one; of clean districts nothing.

use crate::quality::{clean_is_clean, shows_what_was_put_in};
use crate::register_truth::register_shows_what_was_put_in;

#[test]
fn an_average_district() {
    println!("{}", shows_what_was_put_in(115_000, 0.02, 20));
}

#[test]
fn a_large_district() {
    println!("{}", shows_what_was_put_in(500_000, 0.01, 40));
}

#[test]
fn clean_districts() {
    println!("{}", clean_is_clean(115_000));
    println!("{}", clean_is_clean(500_000));
}

#[test]
fn the_register_of_an_average_district() {
    println!("{}", register_shows_what_was_put_in(115_000, 0.02));
    println!("{}", register_shows_what_was_put_in(115_000, 0.0));
}

#[test]
fn the_register_of_a_large_district() {
    println!("{}", register_shows_what_was_put_in(500_000, 0.01));
}
