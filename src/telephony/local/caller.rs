use super::person::Person;
use super::script::{Actor, Done, Heard, Script};

/// Who makes a call.
#[derive(Debug)]
pub enum Caller {
    /// Somebody acting out a script.
    Scripted(Box<Script>),
    /// Somebody at a handset.
    Person(Person),
}

impl From<Script> for Caller {
    fn from(script: Script) -> Self {
        Self::Scripted(Box::new(script))
    }
}

impl From<Person> for Caller {
    fn from(person: Person) -> Self {
        Self::Person(person)
    }
}

/// A caller in a call.
#[derive(Debug)]
pub(super) enum Player {
    Scripted(Box<Actor>),
    Person(Person),
}

impl Player {
    pub(super) fn new(caller: Caller) -> Self {
        match caller {
            Caller::Scripted(script) => Self::Scripted(Box::new(Actor::new(*script))),
            Caller::Person(person) => Self::Person(person),
        }
    }

    /// Lives through 20 ms.
    pub(super) fn tick(&mut self, heard: &Heard<'_>) -> Done {
        match self {
            Self::Scripted(actor) => actor.tick(heard),
            Self::Person(person) => person.tick(heard),
        }
    }
}
