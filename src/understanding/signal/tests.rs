//! Tables of sentences for each kind: what must be found, and what must not.

use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<SignalKind> {
    signals(text).into_iter().map(|signal| signal.kind).collect()
}

/// Checks every sentence and reports all that fail at once.
fn check(is: impl Fn(SignalKind) -> bool, must: &[&str], must_not: &[&str]) {
    let has = |text: &str| kinds(text).into_iter().any(&is);
    let missed: Vec<&&str> = must.iter().filter(|text| !has(text)).collect();
    let false_alarms: Vec<&&str> = must_not.iter().filter(|text| has(text)).collect();
    assert!(
        missed.is_empty() && false_alarms.is_empty(),
        "missed {missed:#?}\nfalse alarms {false_alarms:#?}"
    );
}

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

#[test]
fn threats_are_heard() {
    check(
        |kind| kind == SignalKind::Threat,
        &[
            "I'll come down there and show you",
            "I'm gonna come over there and smash your windows",
            "somebody's going to get hurt",
            "you'll be sorry",
            "you will regret this",
            "I will kill you",
            "I know where you live",
            "I'll break his neck",
            "I'm going to burn your office down",
            "watch your back",
            "I've got a gun",
            "if he comes here again I will shoot him",
            "I'll beat the crap out of him",
            "don't make me come down there",
            "youll pay for this I swear",
            "I could punch somebody right now",
            "someone is gonna get hurt if nobody comes",
        ],
        &[
            "I could kill for a coffee.",
            "I'll shoot you an email.",
            "I will come down there and pay the bill.",
            "I'm not going to hurt anybody.",
            "Nobody got hurt.",
            "My back is killing me.",
            "He threatened to kill me.",
            "I'll get you the number.",
            "I'm sorry for the trouble.",
            "I'll hit you back with the date.",
            "she said I will kill you",
            "you better check the pipe",
            "I will come over there and pick it up",
            "the dog was hit by a car",
            "We're killing two birds with one stone.",
            "I know where your office is",
            "how do I pay for this",
        ],
    );
}

#[test]
fn self_harm_is_heard() {
    check(
        |kind| kind == SignalKind::SelfHarm,
        &[
            "I want to kill myself",
            "I don't want to live anymore",
            "I'm going to end my life",
            "I just want to die",
            "I'd be better off dead",
            "I've been thinking about suicide",
            "my son is suicidal",
            "there's no point in living",
            "I feel like hurting myself",
            "I took all my pills",
            "I wish I was dead",
            "i want to end it all",
            "I might do something stupid to myself",
            "I don't wanna be alive anymore",
            "I'm gonna jump off a bridge",
        ],
        &[
            "I'm dying to know.",
            "This heat is killing me.",
            "I could kill myself for forgetting the key.",
            "I cut myself on the glass.",
            "I hurt myself at work.",
            "I nearly died of embarrassment.",
            "My phone is dying.",
            "The boiler died last night.",
            "I'm not suicidal.",
            "My grandmother died.",
            "I don't want to live with this noise, I want it fixed.",
            "We jump off the deck into the pool.",
            "I want my plants to live",
            "the living room is cold",
            "I took my pills this morning",
        ],
    );
}

fn emergency(kind: EmergencyKind) -> impl Fn(SignalKind) -> bool {
    move |found| found == SignalKind::Emergency(kind)
}

#[test]
fn medical_emergencies_are_heard() {
    check(
        emergency(EmergencyKind::Medical),
        &[
            "I have chest pain",
            "my husband can't breathe",
            "he cant breathe",
            "she's unconscious",
            "he is not breathing",
            "my face is swollen and I cannot swallow",
            "it won't stop bleeding",
            "there's blood everywhere",
            "I'm bleeding really badly",
            "I think he's having a heart attack",
            "my throat is closing up",
            "she passed out on the floor",
            "we need an ambulance",
            "pain in my chest and my arm",
            "he is having a stroke",
            "my baby is choking",
            "it is hard to breathe",
            "he won't wake up",
            "im having trouble breathing",
        ],
        &[
            "It's no emergency.",
            "My dentist said it's no emergency.",
            "I get a bloody nose sometimes.",
            "My gums bleed a little bit.",
            "I'm dying to know.",
            "I nearly had a heart attack when I saw the bill.",
            "I don't have chest pain.",
            "I had chest pain last year and want a check-up.",
            "Let me breathe for a second.",
            "We're drowning in paperwork.",
            "My phone is dying.",
            "I need a blood test.",
            "Please bleed the radiators.",
            "the shelf collapsed",
            "it was a stroke of luck",
            "my tooth hurts",
        ],
    );
}

#[test]
fn fire_and_gas_are_heard() {
    check(
        emergency(EmergencyKind::Fire),
        &[
            "the kitchen is on fire",
            "there's smoke coming out of the furnace",
            "I smell something burning",
            "my house is burning",
            "the outlet is sparking",
            "there is a fire in the basement",
            "there's a burning smell from the boiler",
            "the stove caught fire",
            "I see flames",
            "theres smoke everywhere",
            "sparks are flying from the panel",
            "it smells like burning plastic",
            "the dryer is smoking",
            "the whole house is in flames",
            "smoke is coming from the wall",
        ],
        &[
            "My gums feel like they're on fire.",
            "You guys are on fire today.",
            "I have a few questions. Fire away.",
            "He got fired.",
            "The fireplace needs a cleaning.",
            "I need a fire inspection.",
            "There's no fire.",
            "I have a burning sensation in my mouth.",
            "My neighbor is smoking on the balcony.",
            "the smoke detector battery needs replacing",
            "We had a fire last year.",
            "I quit smoking.",
            "I need new spark plugs.",
            "the pilot light is out",
            "how much is a fire extinguisher",
        ],
    );
    check(
        emergency(EmergencyKind::Gas),
        &[
            "I smell gas",
            "there's a smell of gas in the kitchen",
            "it smells like gas in here",
            "we have a gas leak",
            "the carbon monoxide alarm is going off",
            "my CO detector keeps beeping",
            "it smells like rotten eggs",
            "gas is leaking",
            "they hit the gas line and it's leaking",
            "the gas pipe broke",
            "strong gas odor in the basement",
            "i think theres a gas leak",
            "carbon monoxide in the house",
            "the c o alarm went off",
            "can you smell gas, because I can smell gas",
        ],
        &[
            "My gas bill is too high.",
            "I don't smell gas.",
            "There is no gas leak.",
            "We have a gas boiler.",
            "I'm at the gas station.",
            "Do you use laughing gas?",
            "I want to install a carbon monoxide detector.",
            "the gas company sent me",
            "I need a gas line for the stove",
            "who do I call if I ever smell gas",
            "it smells like mold",
            "my egg salad went off",
            "the faucet is leaking",
            "we had a gas leak last year",
            "gas prices are crazy",
        ],
    );
}

#[test]
fn violence_and_floods_are_heard() {
    check(
        emergency(EmergencyKind::Violence),
        &[
            "someone is breaking into my house",
            "he has a gun",
            "my husband is hitting me",
            "he's trying to kill me",
            "there's a man with a knife",
            "I'm being attacked",
            "somebody is in my house",
            "I am in danger",
            "he's threatening to kill us",
            "call the police now",
            "my ex is outside my house",
            "i heard gunshots",
            "I was stabbed",
            "I'm afraid for my life",
            "a guy is following me",
        ],
        &[
            "My back is killing me.",
            "These prices are killing me.",
            "I need a flu shot.",
            "I have a police report.",
            "My wife is going to kill me if I forget this.",
            "I have shooting pain in my tooth.",
            "I am not in danger.",
            "The tooth is breaking.",
            "He hit my car last month.",
            "someone is coming to my house at noon",
            "he has a crown",
            "the technician is at my house",
            "my boss is killing it",
            "attack the problem first",
            "the ball is in my yard",
        ],
    );
    check(
        emergency(EmergencyKind::Property),
        &[
            "water is pouring through the ceiling",
            "we have a burst pipe",
            "a pipe burst in the kitchen",
            "my basement is flooded",
            "the house is flooding",
            "there's water everywhere and I can't shut it off",
            "water's gushing out of the wall",
            "water is coming through the ceiling",
            "the ceiling collapsed",
            "sewage is backing up in the tub",
            "the water heater exploded",
            "there is two inches of water in the basement",
            "a tree fell on my roof",
            "I cant turn off the water",
            "the pipe just burst and its spraying",
        ],
        &[
            "The tap drips.",
            "We're flooded with calls.",
            "No water is coming out.",
            "The basement is not flooded.",
            "The basement was flooded last year.",
            "I burst out laughing.",
            "My water bill is too high.",
            "I need an estimate for water damage claim.",
            "hot water runs out fast",
            "My crown fell out.",
            "my eyes are watering",
            "I'd like a flood light",
            "the pipe drips a bit",
            "can you check the water pressure",
            "the toilet keeps running",
        ],
    );
}

#[test]
fn abuse_has_a_degree() {
    let degree = |degree| move |kind: SignalKind| kind == SignalKind::Abuse(degree);
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
    check(
        degree(Degree::Severe),
        &[
            "fuck you",
            "fuck off",
            "you fucking bitch",
            "suck my dick",
            "you cunt",
            "go kill yourself",
            "I want to fuck you",
            "you piece of shit",
            "are you naked",
            "what are you wearing",
            "you retard",
            "stupid whore",
            "f*** you",
            "send me nudes",
            "go fuck yourself",
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

#[test]
fn feelings_are_heard() {
    let tables: &[(SignalKind, &[&str], &[&str])] = &[
        (
            SignalKind::Distress,
            &[
                "I'm desperate",
                "please help me",
                "I don't know what to do anymore",
                "I can't take it anymore",
                "I'm in so much pain",
                "this is an emergency",
                "I've been crying all day",
            ],
            &["it's not an emergency", "I don't know the number", "can you help me with my bill"],
        ),
        (
            SignalKind::Anger,
            &[
                "this is ridiculous",
                "I'm furious",
                "I'm fed up",
                "are you kidding me",
                "that's unacceptable",
                "how dare you",
                "worst service ever",
                "I am really angry",
                "I've had enough",
                "this is a joke",
            ],
            &[
                "I'm not angry",
                "he is mad at me, my dog",
                "my boss said this is ridiculous",
                "enough hot water",
            ],
        ),
        (
            SignalKind::Impatience,
            &[
                "I need someone right now",
                "how much longer",
                "hurry up",
                "I've been waiting for three hours",
                "as soon as possible",
                "I don't have all day",
                "I've been on hold forever",
                "immediately please",
            ],
            &["no rush", "there's no hurry", "take your time", "how are you today", "I can't wait to see it"],
        ),
        (
            SignalKind::Confusion,
            &[
                "I'm confused",
                "I don't understand",
                "that makes no sense",
                "what do you mean",
                "you lost me",
                "I don't get it",
                "I'm not sure what you need",
            ],
            &["that makes sense", "I understand", "I lost my card"],
        ),
        (
            SignalKind::Fear,
            &[
                "I'm scared",
                "I'm afraid of the dentist",
                "I'm really worried about my mother",
                "I'm so nervous",
                "is it dangerous",
                "I'm freaking out",
            ],
            &["I'm afraid I can't make it", "I'm afraid not", "no worries", "don't worry", "I'm not scared"],
        ),
        (
            SignalKind::Rush,
            &[
                "I'm in a hurry",
                "make it quick",
                "I only have a minute",
                "I don't have much time",
                "my battery is about to die",
                "I'm on my lunch break",
                "I have to go in five minutes",
            ],
            &["I'm not in a hurry", "what time works", "the toilet keeps running", "he is running late"],
        ),
        (
            SignalKind::Embarrassment,
            &[
                "this is so embarrassing",
                "I feel stupid for asking",
                "it's a stupid question",
                "I'm sorry to bother you",
                "I'm such an idiot",
                "I'm ashamed to say",
            ],
            &["you should be ashamed", "stop asking stupid questions", "it bothers me"],
        ),
        (
            SignalKind::WornOut,
            &[
                "everyone tells me something different",
                "I keep getting passed around",
                "one guy says one thing and the next says another",
                "I'm exhausted",
                "I've had to explain this over and over",
                "I'm tired of calling",
                "every time I call I get a different answer",
                "nobody can give me a straight answer",
            ],
            &["we tried a different plumber", "I passed the house", "two different colors"],
        ),
        (
            SignalKind::Sarcasm,
            &[
                "oh great, just great",
                "thanks for nothing",
                "just great",
                "how convenient",
                "that's just wonderful",
                "big help you are",
                "oh perfect, another machine",
            ],
            &[
                "oh great, thank you",
                "that's great",
                "perfect, that works",
                "thanks a lot",
                "how nice of you, thanks",
            ],
        ),
        (
            SignalKind::Thanks,
            &["thank you", "thanks a lot", "I appreciate it", "thanks", "that's very kind"],
            &["thanks for nothing", "no thanks to you", "no thank you", "thanks to your guy it's broken"],
        ),
    ];
    for (kind, must, must_not) in tables {
        check(|found| found == *kind, must, must_not);
    }
}

#[test]
fn spans_are_the_words_themselves() {
    let text = "Well… I’ll sue you! And, um, I smell gas";
    let found: Vec<&str> = signals(text).into_iter().map(|signal| &text[signal.span]).collect();
    assert_eq!(found, ["I’ll sue you", "smell gas"]);
}

#[test]
fn a_patterns_first_word_is_never_open() {
    for rules in &RULEBOOK.rules {
        for pattern in rules.said.iter().chain(rules.unless) {
            assert_eq!(pattern.matches('(').count(), pattern.matches(')').count(), "{pattern}");
            assert!(
                !pattern.starts_with(['~', '-', '$']) && !pattern.contains("((") && !pattern.contains("  "),
                "{pattern}"
            );
        }
    }
}

const PIECES: &[&str] = &[
    "i'll",
    "sue",
    "you",
    "fuck",
    "water",
    "pouring",
    "no",
    "not",
    "’",
    "—",
    "ß",
    "İ",
    "😀",
    "f***",
    "-",
    "e-",
    "third",
    "time",
    "i",
    "called",
    ".",
    "?",
    "can't",
    "breathe",
    "manager",
    "\u{0}",
    "ﬁ",
    "thanks",
    "for",
    "nothing",
    "'s",
    "99999999999999",
];

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        for signal in signals(&text) {
            prop_assert!(text.get(signal.span).is_some_and(|words| !words.is_empty()));
        }
    }

    #[test]
    fn any_row_of_words_is_read_without_a_panic(picks in prop::collection::vec(0..PIECES.len(), 0..40), join in "[ ,.]{0,2}") {
        let text: String = picks.iter().map(|&pick| format!("{}{join}", PIECES[pick])).collect();
        for signal in signals(&text) {
            prop_assert!(text.get(signal.span).is_some_and(|words| !words.is_empty()));
        }
    }
}
