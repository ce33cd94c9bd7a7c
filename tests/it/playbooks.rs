//! The playbooks that come with the program, and what is said of broken ones.

use std::fs;

use calmline::config::{Config, ConfigError, EXAMPLE, example, playbook_text};
use calmline::diagnosis::topic::PlaybookCues;
use calmline::domain::Playbook;
use tempfile::TempDir;

/// What people say at the beginning of a call, and the topic it is about; "-" for none.
const HEARD: &[(&str, &str, &str)] = &[
    ("heating", "no-heat", "Hi, um, my heat went out last night and it's about fifty degrees in here."),
    ("heating", "no-heat", "the furnace isn't turning on and we have a baby at home"),
    ("heating", "no-heat", "Our boiler quit on us this morning, it's not working at all."),
    ("heating", "no-heat", "we've got no heat in the whole house"),
    ("heating", "no-heat", "My heat is out, can you have somebody take a look?"),
    ("heating", "no-heat", "I need to make an appointment because my heat is out."),
    ("heating", "no-heat", "furnace won't kick on, can I get somebody out here"),
    ("heating", "leak", "I need a plumber, my dishwasher is leaking all over the floor"),
    ("heating", "change-visit", "I can't come home in time tomorrow, can we change the time?"),
    ("heating", "missed-visit", "I took the day off work and no one ever showed"),
    ("heating", "bill", "There's a charge on my card I don't recognize."),
    ("heating", "failed-repair", "The heating was fixed on Monday and now it's not working again."),
    ("heating", "no-hot-water", "There's no hot water since yesterday, we can't shower."),
    ("heating", "no-hot-water", "I think my water heater is broken, the shower is cold."),
    ("heating", "leak", "There's water dripping from the ceiling in my kitchen."),
    ("heating", "leak", "I was wondering if you could send someone, my toilet is leaking"),
    ("heating", "leak", "a pipe under the sink is leaking"),
    ("heating", "drain", "The kitchen sink is totally clogged and the water won't go down."),
    ("heating", "drain", "My toilet's backed up."),
    (
        "heating",
        "repair",
        "Hello, my bathroom faucet has been dripping for a week and I need somebody to fix it.",
    ),
    ("heating", "visit", "I'd like to make an appointment for a repair"),
    ("heating", "question", "I just have a quick question about something."),
    ("heating", "service", "I'd like to schedule the yearly check for my furnace."),
    ("heating", "quote", "How much would it be for a new boiler? I'd like an estimate."),
    ("heating", "quote", "we want to get a quote for a bathroom remodel"),
    ("heating", "change-visit", "I have to reschedule my appointment on Thursday."),
    ("heating", "change-visit", "I need to cancel my visit tomorrow, something came up."),
    ("heating", "visit-time", "Could you tell me what time the technician is coming today?"),
    ("heating", "missed-visit", "Nobody came! I waited from nine to one for your guy."),
    ("heating", "missed-visit", "your technician never showed up yesterday"),
    ("heating", "missed-visit", "He was supposed to come this morning and he didn't come."),
    ("heating", "late-visit", "I'm still waiting for the plumber, he's two hours late."),
    ("heating", "failed-repair", "You fixed my boiler last week and it's broken again."),
    ("heating", "failed-repair", "the thermostat you replaced still doesn't work"),
    ("heating", "bill", "I got an invoice and it's way more than the estimate."),
    ("heating", "bill", "Why is there a cancellation fee on my account?"),
    ("heating", "bill", "You people charged me twice for the same visit."),
    ("heating", "damage", "your man left mud all over my carpet"),
    ("heating", "rude-staff", "The technician was really rude to my wife."),
    ("heating", "no-callback", "I left two messages and nobody called me back."),
    ("heating", "no-callback", "you said you'd call me on Monday"),
    ("heating", "paperwork", "Can you send me a copy of the invoice for my landlord?"),
    ("heating", "job", "Are you hiring plumbers at the moment?"),
    ("heating", "sales", "I'm calling about your Google listing, may I speak to the owner?"),
    ("heating", "wrong-number", "Oh, sorry, I think I have the wrong number."),
    ("heating", "-", "Does Tuesday work for you?"),
    ("heating", "-", "I am calling on behalf of my mother."),
    ("dental", "toothache", "I have a terrible toothache, I couldn't sleep all night."),
    ("dental", "toothache", "I need an appointment, my tooth is killing me"),
    ("dental", "toothache", "I have pain in my lower jaw since the weekend, can you see me today"),
    ("dental", "change-appointment", "I can't come to my appointment this afternoon."),
    ("dental", "bill", "You told me my plan covered it and now you're charging me."),
    ("dental", "after-treatment", "I had surgery on Tuesday and my mouth is still swollen."),
    ("dental", "toothache", "my tooth has been hurting since Saturday"),
    ("dental", "toothache", "My face is swollen on one side and it hurts when I chew."),
    ("dental", "broken-tooth", "My crown fell off while I was eating."),
    ("dental", "broken-tooth", "I lost a filling last night."),
    ("dental", "broken-tooth", "my son chipped his tooth at soccer"),
    ("dental", "after-treatment", "You pulled my tooth yesterday and I still feel numb."),
    ("dental", "appointment", "I'm a new patient and would like to make an appointment."),
    ("dental", "appointment", "I'd like to talk about getting braces, I need an appointment"),
    ("dental", "cleaning", "I need to come in for a cleaning."),
    ("dental", "cleaning", "it's time for my six month checkup"),
    ("dental", "change-appointment", "I have to move my appointment on Friday to another day."),
    ("dental", "change-appointment", "I can't make it on Wednesday, can we reschedule?"),
    ("dental", "change-appointment", "I'd like to cancel my cleaning appointment."),
    ("dental", "appointment-time", "I forgot when my appointment is, what time is my appointment?"),
    ("dental", "prescription", "The pharmacy doesn't have my prescription."),
    ("dental", "records", "I'm moving, could you send my x-rays to my new dentist?"),
    (
        "dental",
        "bill",
        "I got a letter that says I owe three hundred dollars, but you told me it was covered.",
    ),
    ("dental", "bill", "My insurance didn't pay and now you sent me a bill."),
    ("dental", "bill", "I thought this was covered and I got a bill."),
    ("dental", "long-wait", "I sat in your waiting room for an hour and a half."),
    ("dental", "cancelled-on-me", "You cancelled my appointment without telling me."),
    ("dental", "failed-treatment", "The crown you just put in fell off again."),
    ("dental", "failed-treatment", "you did a filling last week and it still hurts"),
    ("dental", "rude-staff", "Your hygienist was very rough with me."),
    ("dental", "no-callback", "I've been waiting for a call back since Monday."),
    (
        "dental",
        "plan",
        "I have new insurance and wanted to know if my plan covers a crown, does my insurance cover it?",
    ),
    ("dental", "job", "I'd like to apply for the dental assistant position."),
    ("dental", "sales", "We offer practices credit card processing at lower rates."),
    ("dental", "wrong-number", "Is this the pharmacy?"),
    ("law", "arrest", "My husband got arrested last night."),
    ("law", "arrest", "my son is in jail and I don't know what to do"),
    ("law", "deadline", "I need to know whether my answer was filed, the deadline is Friday."),
    ("law", "deadline", "I have court tomorrow morning and nobody has told me anything about what to bring."),
    ("law", "new-matter", "I was in a car accident and I'm looking for a lawyer."),
    (
        "law",
        "deadline",
        "This is the second time I am calling today. I need to know if my response was filed because the deadline is tomorrow at noon.",
    ),
    ("law", "new-matter", "my landlord is trying to evict me"),
    ("law", "new-matter", "I was fired last week because I got pregnant, do I have a case?"),
    ("law", "change-appointment", "Something came up and I can't make our appointment."),
    ("law", "no-news", "Nobody tells me anything about my case."),
    ("law", "new-matter", "I got served with papers yesterday and I need an attorney."),
    ("law", "new-matter", "my wife wants a divorce and I need a lawyer"),
    ("law", "new-matter", "I'd like to make a will."),
    ("law", "new-matter", "He hit me from behind at a red light and I need a lawyer."),
    ("law", "case-status", "I'm just calling to get an update on my case."),
    ("law", "case-status", "what's going on with my case"),
    ("law", "documents", "Could I get a copy of my divorce papers?"),
    ("law", "appointment", "I'd like to set up a meeting with my attorney."),
    ("law", "change-appointment", "I need to reschedule our meeting on Tuesday."),
    ("law", "no-news", "It's been months and I haven't heard anything from you."),
    ("law", "no-callback", "I've left three messages and my lawyer never called me back."),
    ("law", "bill", "The bill you sent me is way too high, you billed me for phone calls."),
    ("law", "bill", "we agreed on a flat fee and now there is an invoice for more"),
    ("law", "mistake", "You missed the deadline and my case was dismissed."),
    ("law", "change-attorney", "I want a different attorney, I don't trust my lawyer anymore."),
    ("law", "rude-staff", "Your receptionist was very rude to me."),
    ("law", "long-wait", "I waited an hour in your office and the attorney wasn't there."),
    ("law", "other-side", "This is the clerk of the court, I'm calling about a hearing."),
    ("law", "payment", "I'd like to make a payment on my account."),
    ("law", "job", "Do you have any job openings for paralegals?"),
    ("law", "sales", "We help firms with lead generation and your Google listing."),
    ("law", "wrong-number", "Sorry, I dialed the wrong number."),
];

#[test]
fn what_callers_say_finds_what_it_is_about() {
    let mut astray = Vec::new();
    for (business, topic, text) in HEARD {
        let playbook = example(business).unwrap().playbook;
        let cues = PlaybookCues::of(&playbook);
        let found: Vec<&str> = cues.topics(&playbook, text).iter().map(|topic| &*topic.key).collect();
        if found.first().copied().unwrap_or("-") != *topic {
            astray.push(format!("{business}: {topic}, found {found:?}: {text}"));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}

/// Dangers, and what only sounds like one ("-").
const DANGERS: &[(&str, &str, &str)] = &[
    ("heating", "gas", "It smells like gas in my basement."),
    ("heating", "gas", "there's a strong gas smell by the stove"),
    ("heating", "carbon-monoxide", "the CO detector keeps going off"),
    ("heating", "carbon-monoxide", "My carbon monoxide alarm is beeping."),
    ("heating", "fire", "There's smoke coming from the furnace!"),
    ("heating", "burst-pipe", "a pipe burst and there's water everywhere"),
    ("heating", "burst-pipe", "My basement is flooding!"),
    ("heating", "-", "I need a new gas furnace."),
    ("heating", "-", "My faucet drips a little."),
    ("heating", "-", "The bill is burning a hole in my pocket."),
    ("dental", "airway", "My jaw is so swollen that it's hard to breathe."),
    ("dental", "airway", "I have trouble swallowing since this morning"),
    ("dental", "bleeding", "They pulled my tooth and the bleeding won't stop."),
    ("dental", "bleeding", "My gum has been bleeding since this morning and it does not stop."),
    ("dental", "-", "My gums bleed a little when I brush."),
    ("dental", "-", "I was in a car accident last year and lost a tooth."),
    ("law", "violence", "He's outside my door right now and he has a gun."),
    ("law", "-", "He hit me from behind at a red light."),
    ("law", "-", "My husband hit me last year and I want a divorce."),
    ("law", "-", "My brother died of an overdose and I need help with probate."),
];

#[test]
fn dangers_are_told_from_what_only_sounds_like_one() {
    let mut astray = Vec::new();
    for (business, danger, text) in DANGERS {
        let playbook = example(business).unwrap().playbook;
        let found = PlaybookCues::of(&playbook).emergency(&playbook, text);
        let found = found.map_or("-", |danger| &*danger.key);
        if found != *danger {
            astray.push(format!("{business}: {danger}, found {found}: {text}"));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}

/// Questions with an answer, and what is none ("-").
const QUESTIONS: &[(&str, &str, &str)] = &[
    ("heating", "hours", "What time do you close on Fridays?"),
    ("heating", "hours", "Are you guys open on Saturday?"),
    ("heating", "address", "Where are you located?"),
    ("heating", "prices", "How much do you charge for a visit?"),
    ("heating", "payment", "Do you take credit cards?"),
    ("heating", "service-area", "Do you come out to Daly City?"),
    ("heating", "-", "Where are you? I have been waiting all morning."),
    ("heating", "-", "Can I cancel my appointment?"),
    ("heating", "-", "Your van is parking on my lawn."),
    ("dental", "insurance", "Do you take Delta Dental?"),
    ("dental", "prices", "How much is a cleaning without insurance?"),
    ("dental", "parking", "Is there any parking near you?"),
    ("dental", "children", "Do you treat kids?"),
    ("dental", "cancelling", "What's your cancellation policy?"),
    ("dental", "first-visit", "What do I need to bring?"),
    ("dental", "-", "This is my first visit and I am nervous."),
    ("law", "prices", "Is the first consultation free?"),
    ("law", "languages", "Does anyone speak Spanish?"),
    ("law", "confidential", "Is this confidential?"),
    ("law", "areas", "What kind of cases do you take?"),
    ("law", "-", "My ex moved out of state."),
];

#[test]
fn questions_find_their_answers() {
    let mut astray = Vec::new();
    for (business, question, text) in QUESTIONS {
        let playbook = example(business).unwrap().playbook;
        let found = PlaybookCues::of(&playbook).faq(&playbook, text);
        let found = found.map_or("-", |faq| &faq.key);
        if found != *question {
            astray.push(format!("{business}: {question}, found {found}: {text}"));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}

/// A folder with the heating example and its playbook, each with words replaced.
fn folder(profile: &[(&str, &str)], playbook: &[(&str, &str)]) -> TempDir {
    let replaced = |text: &str, with: &[(&str, &str)]| {
        with.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from:?} is not in the file");
            text.replacen(from, to, 1)
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("calmline.toml"), "").unwrap();
    fs::create_dir(at.join("businesses")).unwrap();
    fs::create_dir(at.join("playbooks")).unwrap();
    fs::write(at.join("businesses/heating.toml"), replaced(EXAMPLE, profile)).unwrap();
    let text = playbook_text("heating").unwrap();
    fs::write(at.join("playbooks/heating.toml"), replaced(text, playbook)).unwrap();
    folder
}

fn load(folder: &TempDir) -> Result<Config, ConfigError> {
    Config::load(Some(&folder.path().join("calmline.toml")))
}

/// What is wrong in a playbook: words of it, what they become, the key that is named, and what is said.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("trade =", "trad =", "trad", "unknown field `trad`"),
    ("urgency = \"urgent\"", "urgency = \"now\"", "topics.0.urgency", "unknown variant `now`"),
    ("key = \"no-hot-water\"", "key = \"no-heat\"", "topics.1.key", "`no-heat` is already used above"),
    ("key = \"no-heat\"", "key = \"No heat\"", "topics.0.key", "expected small letters"),
    ("key = \"advice\"", "key = \"call\"", "topics.0.steps.1.key", "`call` is already used above"),
    ("key = \"office\"", "key = \"hours\"", "owners.0.key", "means something else"),
    (
        "owner = \"technician\"",
        "owner = \"janitor\"",
        "topics.0.steps.0.owner",
        "there is no owner `janitor`",
    ),
    ("owner = \"technician\"", "owner = \"\"", "topics.0.steps.0.owner", "there is no owner ``"),
    ("owner = \"technician\"\n", "", "topics.0.steps.0", "missing field `owner`"),
    ("within_minutes = 30", "within_minutes = 0", "topics.0.steps.0.within_minutes", "one minute or more"),
    ("within_minutes = 30", "within_minutes = 9000", "topics.0.steps.0.within_minutes", "more than a week"),
    (
        "action = \"call you back on {number} and set a time to come\"",
        "action = \"call you back and set a time to come\"",
        "topics.0.steps.0.action",
        "expected `on {number}`",
    ),
    ("safety = \"manager\"", "safety = \"guard\"", "takeover.safety", "there is no owner `guard`"),
    ("warnings = 2", "warnings = 5", "abuse.warnings", "expected 1 or 2"),
    (
        "\"no heat\", \"heat is out\", \"heat went",
        "\"no heat\", \"no heat\", \"heat went",
        "topics.0.cues.1",
        "stands above",
    ),
    ("\"no hot water\"", "\"no heat\"", "topics.1.cues.0", "belongs to `no-heat` already"),
    ("\"no hot water\"", "\"without any heat\"", "topics.1.cues.0", "belongs to `no-heat` already"),
    ("cues = [\"leak\"]", "cues = []", "topics.2.cues", "can never be reached"),
    ("cues = [\"leak\"]", "cues = [\"no heat\", \"heat is out\"]", "topics.2.cues", "all its cues belong"),
    ("what are your hours", "no heat", "faqs.0.cues.0", "belongs to `no-heat` already"),
    (
        "decline = \"Thank you for the offer",
        "fix = \"Thank you for the offer",
        "topics.21.kind",
        "needs `decline`",
    ),
    (
        "decline = \"That is no trouble",
        "escalate = \"legal\"\ndecline = \"That is no trouble",
        "topics.22.kind",
        "a declined call promises nothing",
    ),
    ("kind = \"declined\"", "kind = \"request\"", "topics.21.key", "leads nowhere"),
    ("kind = \"declined\"", "kind = \"request\"", "topics.21.decline", "only a call of kind declined"),
    (
        "urgency = \"urgent\"",
        "urgency = \"urgent\"\nescalate = \"legal\"",
        "topics.0.steps.0.owner",
        "it is `manager` who takes over, not `technician`",
    ),
    (
        "offer = \"have {technician} go through it with you over the phone first\"",
        "offer = \"have {technician} call you and set a time to come\"",
        "topics.0.steps.1.offer",
        "reads the same",
    ),
    ("happened = \"your heating", "happened = \"Your heating", "topics.0.happened", "begins with a capital"),
    ("get the heat back on\"", "get the heat back on.\"", "topics.0.wanted", "ends with a stop"),
    ("offer = \"have {tech", "offer = \"to have {tech", "topics.0.steps.0.offer", "said before it"),
    (
        "\"When did the heat go out?\"",
        "\"When did the heat go out.\"",
        "topics.0.ask_happened.0",
        "question mark",
    ),
    ("A house without heat is", "a house without heat is", "topics.0.empathy.0", "small letter"),
    (
        "A house without heat is",
        "You will get a refund and it is",
        "topics.0.empathy.0",
        "under `never_promise`",
    ),
    (
        "A house without heat is",
        "Please calm down, it is",
        "topics.0.empathy.0",
        "language guard (calm-down)",
    ),
    (
        "A house without heat is",
        "Somebody will come within the hour, it is",
        "topics.0.empathy.0",
        "language guard",
    ),
    (
        "Homes without heat come first",
        "There is nothing we can do, homes come",
        "topics.0.constraint.told",
        "language guard",
    ),
    (
        "{manager} takes it over",
        "{boss} takes it over",
        "topics.0.steps.0.otherwise",
        "{boss} means nothing here",
    ),
    (
        "{manager} takes it over",
        "{number} takes it over",
        "topics.0.steps.0.otherwise",
        "{number} means nothing here",
    ),
    ("kind = \"fire\"", "kind = \"property\"", "emergencies", "expected one of kind = \"fire\""),
    (
        "Please hang up and call {emergency_number} now.",
        "Please hang up.",
        "emergencies.3.told",
        "danger to life",
    ),
    ("self_harm =", "# self_harm =", "self_harm", "missing"),
];

#[test]
fn what_is_wrong_with_a_playbook_is_named() {
    let text = playbook_text("heating").unwrap();
    let leak = &text[text.find("cues = [\n  \"leak\"").unwrap()..];
    let leak = &leak[..=leak.find(']').unwrap()];
    let mut missed = Vec::new();
    for (from, to, key, message) in BROKEN {
        let folder = folder(&[], &[(leak, "cues = [\"leak\"]"), (from, to)]);
        let told = match load(&folder) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        let place = told.lines().find(|line| line.contains(&format!(": {key}: ")) && line.contains(message));
        let line = |line: &str| {
            line.split_once("heating.toml:")
                .is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let whole_file = ["self_harm", "emergencies"].contains(key);
        if !place.is_some_and(|place| whole_file || line(place)) {
            missed.push(format!("{from} → {to}: {told}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// What is wrong in a profile, likewise.
const BROKEN_PROFILES: &[(&str, &str, &str, &str)] = &[
    ("playbook = \"heating\"", "playbook = \"heeting\"", "playbook", "there is no playbooks/heeting.toml"),
    ("playbook = \"heating\"", "playbook = \"../heating\"", "playbook", "expected the name of a playbook"),
    ("playbook = \"heating\"\n", "", "owners", "needs a playbook"),
    (
        "technician = \"our duty",
        "plumber = \"our duty",
        "owners.plumber",
        "expected one of office, dispatcher",
    ),
    ("technician = \"our duty technician\"", "technician = \"\"", "owners.technician", "says nothing"),
    ("key = \"parking\"", "key = \"pool\"", "faqs.0.cues", "expected words by which callers ask this"),
    ("key = \"parking\"", "key = \"pool\"\ncues = [\"no heat\"]", "faqs.0.cues.0", "belongs to `no-heat`"),
    ("key = \"service-area\"", "key = \"parking\"", "faqs.1.key", "already has an answer"),
    ("right by the door", "right by the {door}", "faqs.0.answer", "in braces"),
    ("right by the door", "our policy says so", "faqs.0.answer", "language guard"),
    ("emergency_number = \"911\"", "emergency_number = \"nine\"", "emergency_number", "the digits to dial"),
    ("key = \"time\"", "key = \"time\"\ntopics = [\"pool\"]", "fields.1.topics.0", "no such topic"),
    (
        "\"Is there a day, or",
        "\"Which day is it and what is your name, or",
        "fields.1.ask.1",
        "language guard (several-questions)",
    ),
    ("within_minutes = 120", "within_minutes = 9000", "callback.within_minutes", "more than a week"),
];

#[test]
fn what_is_wrong_with_what_a_business_lays_over_it_is_named() {
    let mut missed = Vec::new();
    for (from, to, key, message) in BROKEN_PROFILES {
        let told = match load(&folder(&[(from, to)], &[])) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        if !told.lines().any(|line| line.contains(&format!(": {key}: ")) && line.contains(message)) {
            missed.push(format!("{from} → {to}: {told}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_serves_nothing_is_told_but_not_refused() {
    let cases = [
        (
            ("[takeover]", "[[owners]]\nkey = \"intern\"\nname = \"our intern\"\n\n[takeover]"),
            "owners.6.key: warning: `intern` owns no step",
        ),
        (
            ("fields = [\"address\", \"time\"]", "fields = [\"address\", \"colour\"]"),
            "topics.0.fields.1: warning: ",
        ),
        (("within_minutes = 30", "within_minutes = 240"), "within_minutes: warning: `no-heat` is urgent"),
    ];
    for (replaced, expected) in cases {
        let config = load(&folder(&[], &[replaced])).unwrap_or_else(|error| panic!("{error}"));
        let told: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].contains(expected), "{told:?}");
    }
}

#[test]
fn a_playbook_of_the_folder_comes_before_the_one_built_in() {
    let config =
        load(&folder(&[], &[("name = \"a missed visit\"", "name = \"a visit that we missed\"")])).unwrap();
    assert_eq!(config.businesses[0].playbook.topic("missed-visit").unwrap().name, "a visit that we missed");
}

#[test]
fn a_question_is_asked_where_it_was_put() {
    let asks = |config: &Config, topic: &str, field: &str| {
        config.businesses[0].playbook.topic(topic).unwrap().fields.iter().any(|key| key == field)
    };
    let own = "kind = \"text\"\n\n[[fields]]\nkey = \"dog\"\nask = [\"Is there a dog in the house?\"]\nkind = \"yes_no\"\n";
    let config = load(&folder(&[("kind = \"text\"\n", own)], &[])).unwrap();
    assert!(asks(&config, "no-heat", "dog") && asks(&config, "bill", "dog"), "all topics");
    assert!(
        asks(&config, "no-heat", "address") && !asks(&config, "bill", "address"),
        "those of the playbook"
    );
    assert!(!asks(&config, "sales", "dog"), "not where nothing is taken down");
    let named = own.replace("kind = \"yes_no\"", "kind = \"yes_no\"\ntopics = [\"leak\"]");
    let config = load(&folder(&[("kind = \"text\"\n", &named)], &[])).unwrap();
    assert!(asks(&config, "leak", "dog") && !asks(&config, "no-heat", "dog"), "those it names");
}

#[test]
fn a_business_without_a_playbook_is_served_as_it_is() {
    let own = EXAMPLE.split("# Answers of your own").next().unwrap();
    let start = own.find("# The playbook's owners").unwrap();
    let end = own.find("# Questions of your own").unwrap();
    let text = format!("{}{}", &own[..start], &own[end..]).replace("playbook = \"heating\"\n", "");
    let folder = folder(&[], &[]);
    fs::write(folder.path().join("businesses/heating.toml"), text).unwrap();
    let config = load(&folder).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.businesses[0].playbook, Playbook::default());
}
