//! Persons, managers, failures that repeat, law and regulators.

use super::super::*;
use super::{check, kinds};

#[test]
fn a_person_is_asked_for() {
    check(
        |kind| kind == SignalKind::Person,
        &[
            "let me talk to a human",
            "Is there anybody real there?",
            "I'd like to speak to someone, please.",
            "operator",
            "Operator!",
            "representative representative",
            "can i just talk to a real person",
            "Could you put me through to the office?",
            "please transfer me",
            "I don't want to talk to a machine",
            "not a robot please",
            "get me a person",
            "isn't there someone I can talk to",
            "how do I get to a human",
            "I need to speak with somebody about my bill",
            "can you connect me with an agent",
            "I want a human being",
            "is anyone there",
            "I hate talking to these bots",
            "I would rather speak to a person",
        ],
        &[
            "Someone came yesterday and looked at it.",
            "I talked to someone yesterday and she said Tuesday.",
            "I would like someone to take a look.",
            "The person who came did not fix it.",
            "Are you a real person?",
            "My real estate agent told me to call.",
            "Do I have to talk to somebody at the desk?",
            "I'll need two people to carry it.",
            "There are four persons in the house.",
            "Someone should call me back tomorrow.",
            "I don't need to speak to anybody.",
            "human resources is on the second floor",
            "Put me down for Tuesday.",
            "The operator of the crane hit our pipe.",
            "the last agent told me it was covered",
        ],
    );
}

#[test]
fn a_manager_is_asked_for() {
    check(
        |kind| kind == SignalKind::Manager,
        &[
            "let me speak to your manager",
            "I want to talk to a supervisor right now",
            "get me the owner",
            "Manager, please.",
            "who is your boss",
            "I'd like to talk to whoever is in charge",
            "can the manager call me back",
            "where's your supervisor",
            "is there a manager there",
            "have the owner call me",
            "I need somebody higher up than you",
            "please escalate this",
            "I am not talking to anyone except the manager",
            "your boss should know about this",
            "put your supervisor on the line",
            "I want your manager",
            "I want a manager.",
            "I need a manager right now",
            "We want the supervisor, please",
        ],
        &[
            "My manager told me to call you.",
            "I'm the office manager at Pine Street.",
            "I spoke to your manager yesterday.",
            "The owner of the house is my sister.",
            "the property manager gave me your number",
            "I am the owner",
            "the manager promised me a refund last week",
            "my boss will kill me",
            "We are the new owners of the flat",
            "I don't need a manager.",
            "my landlord is the owner",
            "can you manage that by Friday",
            "He is a case manager at the hospital.",
            "I want to tell my boss when you come",
            "I supervise the night shift",
        ],
    );
}

#[test]
fn repeated_failures_are_counted() {
    let counted = [
        ("this is the third time I call", Some(3)),
        ("It's the third time I've called about this.", Some(3)),
        ("I've called twice already", Some(2)),
        ("still not fixed after two visits", Some(2)),
        ("This is the second technician you've sent", Some(2)),
        ("I have called you four times", Some(4)),
        ("I called 3 times and nobody answers", Some(3)),
        ("for the 5th time I am asking you", Some(5)),
        ("it keeps happening again and again", None),
        ("I called yesterday and still nobody came", None),
        ("your guy fixed it last week and it's leaking again", None),
        ("every time I call it's the same thing", None),
        ("I've already called about this", None),
        ("I keep calling and nothing happens", None),
        ("I left three messages and nobody called back", Some(3)),
        ("the problem is back", None),
        ("they've been out here several times", None),
        ("how many times do I have to call", None),
        ("the same problem happened again", None),
    ];
    for (text, times) in counted {
        assert!(kinds(text).contains(&SignalKind::Repeated { times }), "{text}: {:?}", kinds(text));
    }
    check(
        |kind| matches!(kind, SignalKind::Repeated { .. }),
        &[],
        &[
            "This is the first time I'm calling.",
            "I'll call again later.",
            "I take it three times a day.",
            "Which times are available on Thursday?",
            "Can you say that again?",
            "We met two people at the desk.",
            "I have two questions.",
            "My second appointment is on Monday.",
            "It's on the second floor.",
            "Thanks again for your help.",
            "I'd like a second opinion on a crown",
            "I have three children and two cats",
            "I called yesterday and made an appointment for Monday",
            "brush it twice a day",
            "Please try again tomorrow.",
            "I already told you my number.",
            "I was charged twice for the visit.",
            "The pilot light keeps going out.",
            "I've already tried turning it off and on.",
        ],
    );
}

#[test]
fn law_against_us_is_legal() {
    check(
        |kind| kind == SignalKind::Legal,
        &[
            "I'll sue you",
            "I'm going to sue your company",
            "my lawyer will hear about it",
            "You'll hear from my attorney.",
            "fix it or I'll sue",
            "see you in court",
            "I will take you to small claims court",
            "I'm gonna sue you people for everything",
            "I am calling my lawyer",
            "we will take legal action against you",
            "expect a lawsuit",
            "you can talk to my lawyer",
            "I swear I will sue the whole company",
            "i'll get my solicitor involved",
            "you are going to be sued",
            "my attorney will be in touch with you",
            "I'm going to drag you to court",
        ],
        &[
            "I'm not going to sue.",
            "I have court tomorrow and I need my lawyer.",
            "I want to sue my landlord.",
            "My landlord is suing me.",
            "I got served with papers and the hearing is Monday.",
            "I need a lawyer for a divorce.",
            "Is my attorney in today?",
            "Can I sue my employer for that?",
            "The court date was moved.",
            "I'd like to make an appointment with the attorney.",
            "my neighbor said he will sue you in small claims",
            "she filed a lawsuit against her landlord",
            "the tennis court is flooded",
            "My sister Sue gave me your number.",
            "I want to take legal action against my insurance.",
            "I'm waiting for a letter from the court",
        ],
    );
}

#[test]
fn regulators_and_privacy_are_compliance() {
    check(
        |kind| kind == SignalKind::Compliance,
        &[
            "I will report you to the licensing board",
            "that is a hipaa violation",
            "it's a HIPPA breach",
            "I'm going to the Better Business Bureau",
            "I want to file a formal complaint",
            "the ombudsman will be interested",
            "under GDPR I want my data",
            "this is a privacy breach",
            "you shared my medical records with my husband",
            "I'll call the attorney general",
            "I am reporting you to the b b b",
            "how do I make an official complaint",
            "I'm complaining to the state board",
            "delete all my personal data",
            "somebody else got my records",
        ],
        &[
            "I filled in the HIPAA form.",
            "The pressure regulator is broken.",
            "I have a complaint about the noise of my furnace.",
            "No complaints, it was great.",
            "My chief complaint is a toothache.",
            "I report to the front desk at nine.",
            "The board in the kitchen is wet.",
            "I don't want to file a complaint.",
            "What is your privacy policy form?",
            "the circuit board is dead",
            "can I get a copy of my records",
            "I was discriminated against at work",
            "report to me when he is here",
            "a regulator valve for the gas line",
            "please update my personal details",
        ],
    );
}
