//! Taking back what was just said.

use super::lexicon::is_in;

/// Words that take something back, alone or within "no wait", "I mean", "make that".
const MARKS: &str = "no wait sorry actually rather mean meant oops correction scratch";

/// Words that may stand beside them.
const BESIDE: &str = "i um uh er it it's its is that that's make the on at but was well oh";

/// Whether the words between two values, in small letters, say that the second is meant instead of the first.
pub(super) fn takes_back<'a>(between: impl Iterator<Item = &'a str>) -> bool {
    let mut marked = false;
    let mut before = "";
    for (count, word) in between.enumerate() {
        let mark = is_in(MARKS, word);
        if count >= 7 || !(mark || is_in(BESIDE, word)) {
            return false;
        }
        marked |= mark || (before, word) == ("make", "that");
        before = word;
    }
    marked
}
