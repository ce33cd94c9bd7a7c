//! Abuse by degree.

use super::super::*;
use super::check;

fn degree(degree: Degree) -> impl Fn(SignalKind) -> bool {
    move |kind| kind == SignalKind::Abuse(degree)
}

#[test]
fn swearing_at_the_situation_is_mild() {
    check(
        degree(Degree::Mild),
        &[
            "the damn boiler is broken again",
            "what the hell is going on",
            "this is bullshit",
            "I'm pissed off",
            "shit, I lost my key",
            "where the fuck is the technician",
            "this stupid machine never works",
            "it's a fucking joke",
            "goddammit",
            "son of a bitch, it broke again",
            "what a shitty day",
            "it's a pain in the ass",
            "for god's sake",
            "that is crap",
            "screw this",
        ],
        &[
            "I have a bloody nose.",
            "The dam is upstream.",
            "My name is Dick Johnson.",
            "the ballcock in the toilet is broken",
            "hello, I need an appointment",
            "shut off the water",
            "the hose is broken",
            "I'm at the beach",
            "she sells seashells",
            "a duck is in the pool",
            "can I talk to Sue",
            "the class starts at nine",
            "assume it is broken",
            "my grass is dead",
            "I passed the test",
        ],
    );
}

#[test]
fn insults_are_heard() {
    check(
        degree(Degree::Insult),
        &[
            "you idiot",
            "you're an idiot",
            "you people are useless",
            "shut up",
            "are you stupid",
            "you are all incompetent",
            "go to hell",
            "screw you",
            "you're a liar",
            "your technician is a moron",
            "piss off",
            "idiot",
            "you stupid robot",
            "I hate you",
            "you suck",
            "bunch of crooks",
            "you guys are a bunch of idiots",
            "you are so dumb",
        ],
        &[
            "He called me an idiot.",
            "I feel so stupid.",
            "I'm an idiot, I forgot my card.",
            "Your technician called me a liar.",
            "It's a stupid question, I know.",
            "Do you think I'm stupid?",
            "You're not stupid.",
            "The garbage disposal is broken.",
            "This is driving me crazy.",
            "You must be very busy.",
            "are you open on Monday",
            "The drain is slow.",
            "Can you shut the water up to the second floor off?",
            "your website is terrible",
            "you are very kind",
            "my neighbor is an idiot",
            "you told me to bring my tools",
        ],
    );
}

#[test]
fn severe_abuse_is_heard() {
    check(
        degree(Degree::Severe),
        &[
            "fuck you",
            "fuck off",
            "you fucking bitch",
            "suck my cock, lady",
            "you cunt",
            "go kill yourself",
            "I wanna fuck you tonight",
            "you piece of shit",
            "are you naked over there",
            "what are you wearing",
            "you retard",
            "stupid whore",
            "f*** you",
            "send me nudes",
            "go and fuck yourself",
            "motherfucker",
            "i hope you die",
        ],
        &[
            "He called me a bitch.",
            "My boyfriend raped me and I need a lawyer.",
            "I have pain in my penis.",
            "We make a same sex couple.",
            "son of a bitch",
            "Fuck this boiler.",
            "It's a fucking mess.",
            "the stop cock is stuck",
            "I need a breast exam.",
            "It's on Dyke Road.",
            "I was molested as a child",
            "my name is Dick Miller",
            "what should I be wearing to court",
            "the battery will die",
            "Are you single location or a chain?",
        ],
    );
}
