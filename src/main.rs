//! Calmline.
fn main() {}
