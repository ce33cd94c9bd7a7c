//! x
use crate::domain::Business;
#[derive(Debug, Clone, Default)]
pub struct Permitted;
pub fn permitted_by(_: &Business) -> Permitted { Permitted }
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule { A }
impl Rule { pub fn name(self) -> &'static str { "a" } }
pub struct Breach { pub rule: Rule }
pub fn check(_: &str, _: &Permitted) -> Result<(), Breach> { Ok(()) }
pub fn replacement(_: Rule) -> &'static str { "I see." }
