//! The queue in front of whisper: bounded, finals first.

use std::collections::VecDeque;

use super::Priority;

/// Entries waiting for a thread, each of which may have been cancelled meanwhile.
pub(super) trait Entry {
    /// How urgent it is.
    fn priority(&self) -> Priority;
    /// Whether nobody waits for it any more.
    fn cancelled(&self) -> bool;
}

/// A bounded queue that gives out finals before speculative entries, each in the order of arrival.
pub(super) struct Backlog<T> {
    finals: VecDeque<T>,
    speculative: VecDeque<T>,
    room: usize,
}

impl<T: Entry> Backlog<T> {
    /// Makes an empty queue for `room` entries, at least one.
    pub(super) fn new(room: usize) -> Self {
        Self { finals: VecDeque::new(), speculative: VecDeque::new(), room: room.max(1) }
    }

    /// Takes an entry in, or returns the entry that has no place: when the queue is full, the oldest speculative
    /// entry gives way to a final, because its caller has most likely gone on speaking; any other newcomer is refused.
    pub(super) fn push(&mut self, entry: T) -> Option<T> {
        self.finals.retain(|waiting| !waiting.cancelled());
        self.speculative.retain(|waiting| !waiting.cancelled());
        let full = self.finals.len() + self.speculative.len() >= self.room;
        match entry.priority() {
            Priority::Final if full => {
                let Some(evicted) = self.speculative.pop_front() else { return Some(entry) };
                self.finals.push_back(entry);
                Some(evicted)
            }
            Priority::Final => {
                self.finals.push_back(entry);
                None
            }
            Priority::Speculative if full => Some(entry),
            Priority::Speculative => {
                self.speculative.push_back(entry);
                None
            }
        }
    }

    /// The next entry somebody still waits for.
    pub(super) fn pop(&mut self) -> Option<T> {
        while let Some(entry) = self.finals.pop_front().or_else(|| self.speculative.pop_front()) {
            if !entry.cancelled() {
                return Some(entry);
            }
        }
        None
    }

    /// Empties the queue.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.finals.drain(..).chain(self.speculative.drain(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Waiting(&'static str, Priority, bool);

    impl Entry for Waiting {
        fn priority(&self) -> Priority {
            self.1
        }

        fn cancelled(&self) -> bool {
            self.2
        }
    }

    fn last(name: &'static str) -> Waiting {
        Waiting(name, Priority::Final, false)
    }

    fn early(name: &'static str) -> Waiting {
        Waiting(name, Priority::Speculative, false)
    }

    fn order(mut backlog: Backlog<Waiting>) -> Vec<&'static str> {
        std::iter::from_fn(|| backlog.pop().map(|waiting| waiting.0)).collect()
    }

    #[test]
    fn finals_come_first_and_each_kind_in_order() {
        let mut backlog = Backlog::new(8);
        for waiting in [early("a"), last("b"), early("c"), last("d")] {
            assert_eq!(backlog.push(waiting), None);
        }
        assert_eq!(order(backlog), ["b", "d", "a", "c"]);
    }

    #[test]
    fn a_full_queue_refuses_speculative_work() {
        let mut backlog = Backlog::new(2);
        backlog.push(early("a"));
        backlog.push(last("b"));
        assert_eq!(backlog.push(early("c")), Some(early("c")));
        assert_eq!(order(backlog), ["b", "a"]);
    }

    #[test]
    fn a_final_takes_the_place_of_the_oldest_speculative_entry() {
        let mut backlog = Backlog::new(3);
        for waiting in [early("a"), early("b"), last("c")] {
            backlog.push(waiting);
        }
        assert_eq!(backlog.push(last("d")), Some(early("a")));
        assert_eq!(order(backlog), ["c", "d", "b"]);
    }

    #[test]
    fn a_final_is_refused_when_only_finals_wait() {
        let mut backlog = Backlog::new(1);
        backlog.push(last("a"));
        assert_eq!(backlog.push(last("b")), Some(last("b")));
    }

    #[test]
    fn cancelled_entries_are_passed_over_and_hold_no_place() {
        let mut backlog = Backlog::new(2);
        backlog.push(Waiting("a", Priority::Final, true));
        backlog.push(Waiting("b", Priority::Speculative, true));
        assert_eq!(backlog.push(early("c")), None);
        assert_eq!(backlog.push(last("d")), None);
        assert_eq!(order(backlog), ["d", "c"]);
    }
}
