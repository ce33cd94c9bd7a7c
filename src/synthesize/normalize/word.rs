//! Abbreviations, units, signs, acronyms.

use super::token::{TO, Token};
use super::{Place, Said};

/// Abbreviations that are none without their full stop.
const WITH_STOP: [(&str, &str); 33] = [
    ("no", "number"),
    ("nos", "numbers"),
    ("co", "company"),
    ("mt", "mount"),
    ("ft", "fort"),
    ("rep", "representative"),
    ("gen", "general"),
    ("gov", "governor"),
    ("sen", "senator"),
    ("hon", "honorable"),
    ("capt", "captain"),
    ("sgt", "sergeant"),
    ("lt", "lieutenant"),
    ("col", "colonel"),
    ("rev", "reverend"),
    ("pres", "president"),
    ("ref", "reference"),
    ("min", "minimum"),
    ("max", "maximum"),
    ("ct", "court"),
    ("pl", "place"),
    ("sq", "square"),
    ("fl", "floor"),
    ("tel", "telephone"),
    ("ph", "phone"),
    ("est", "established"),
    ("incl", "including"),
    ("excl", "excluding"),
    ("al", "others"),
    ("esp", "especially"),
    ("ed", "edition"),
    ("vol", "volume"),
    ("fig", "figure"),
];

/// Abbreviations with or without their full stop.
const ABBREVIATIONS: [(&str, &str); 48] = [
    ("mr", "Mister"),
    ("mrs", "Missus"),
    ("ms", "Miz"),
    ("prof", "Professor"),
    ("jr", "Junior"),
    ("sr", "Senior"),
    ("ave", "Avenue"),
    ("blvd", "Boulevard"),
    ("rd", "Road"),
    ("ln", "Lane"),
    ("hwy", "Highway"),
    ("pkwy", "Parkway"),
    ("apt", "apartment"),
    ("ste", "suite"),
    ("rm", "room"),
    ("bldg", "building"),
    ("dept", "department"),
    ("ext", "extension"),
    ("approx", "approximately"),
    ("appt", "appointment"),
    ("appts", "appointments"),
    ("vs", "versus"),
    ("etc", "et cetera"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("inc", "Incorporated"),
    ("ltd", "Limited"),
    ("corp", "Corporation"),
    ("govt", "government"),
    ("mgr", "manager"),
    ("mgmt", "management"),
    ("asst", "assistant"),
    ("acct", "account"),
    ("amt", "amount"),
    ("qty", "quantity"),
    ("avg", "average"),
    ("asap", "as soon as possible"),
    ("attn", "attention"),
    ("w/", "with"),
    ("w/o", "without"),
    ("b/c", "because"),
    ("msg", "message"),
    ("pls", "please"),
    ("thx", "thanks"),
    ("hrs", "hours"),
    ("mins", "minutes"),
    ("a.k.a", "also known as"),
    ("p.o", "P O"),
];

/// Units after a number: one, and many.
const UNITS: [(&str, &str, &str); 45] = [
    ("km", "kilometer", "kilometers"),
    ("m", "meter", "meters"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("in", "inch", "inches"),
    ("\"", "inch", "inches"),
    ("yd", "yard", "yards"),
    ("kg", "kilogram", "kilograms"),
    ("g", "gram", "grams"),
    ("mg", "milligram", "milligrams"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("l", "liter", "liters"),
    ("ml", "milliliter", "milliliters"),
    ("gal", "gallon", "gallons"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("sec", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("s", "second", "seconds"),
    ("ms", "millisecond", "milliseconds"),
    ("mph", "mile per hour", "miles per hour"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("°", "degree", "degrees"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("kW", "kilowatt", "kilowatts"),
    ("W", "watt", "watts"),
    ("V", "volt", "volts"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("sqft", "square foot", "square feet"),
    ("Hz", "hertz", "hertz"),
    ("yr", "year", "years"),
    ("yrs", "year", "years"),
    ("mo", "month", "months"),
    ("wk", "week", "weeks"),
    ("¢", "cent", "cents"),
];

/// Words in capitals that are said, not spelled, though they are short or look like letters.
const SAID: [&str; 32] = [
    "NASA", "OSHA", "HIPAA", "FEMA", "PIN", "SIM", "VIN", "ZIP", "LASIK", "COVID", "HVAC", "AND", "THE",
    "NOT", "YES", "NO", "ALL", "YOU", "ANY", "CAN", "FOR", "NOW", "NEW", "OUR", "ARE", "BUT", "SOS", "NATO",
    "GIF", "MUST", "OUT", "OFF",
];

/// Longer words in capitals that are spelled although they have vowels.
const SPELLED: [&str; 8] = ["USPS", "ASPCA", "UPS", "AARP", "EIN", "ETA", "IOU", "USAA"];

const STREETS: [&str; 22] = [
    "st",
    "street",
    "ave",
    "avenue",
    "rd",
    "road",
    "blvd",
    "boulevard",
    "ln",
    "lane",
    "dr",
    "drive",
    "way",
    "ct",
    "court",
    "pl",
    "place",
    "hwy",
    "highway",
    "pkwy",
    "parkway",
    "square",
];

const STATES: &str = "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|\
    DC D.C|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|\
    ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|\
    NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|\
    OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|\
    UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming";

/// Whether a word before a full stop is an abbreviation, so that the stop need not end a sentence.
pub fn is_abbreviation(word: &str) -> bool {
    let small = word.to_lowercase();
    let known = |table: &[(&str, &str)]| table.iter().any(|(short, _)| *short == small);
    let is_date =
        word.len() < 5 && (super::date::month(word).is_some() || super::date::weekday(word).is_some());
    matches!(small.as_str(), "dr" | "st")
        || known(&ABBREVIATIONS)
        || is_stop_word(word, &small)
        || is_date && word != "May"
}

/// Whether it is one of the abbreviations that look like another word, and is written as the abbreviation is.
fn is_stop_word(word: &str, small: &str) -> bool {
    let is_capital = word.chars().next().is_some_and(char::is_uppercase);
    let is_known = WITH_STOP.iter().any(|(short, _)| *short == small);
    // "no." and "fig." end sentences more often than they shorten a word.
    is_known && (is_capital || !matches!(small, "no" | "rep" | "al" | "fig" | "ed" | "max" | "pl"))
}

/// A unit, as one and as many.
pub fn unit(text: &str) -> Option<(&'static str, &'static str)> {
    let found = UNITS
        .iter()
        .find(|(short, ..)| *short == text)
        .or_else(|| UNITS.iter().find(|(_, one, _)| *one == text));
    match found {
        Some((_, one, many)) => Some((one, many)),
        None => match text {
            "month" | "mth" => Some(("month", "months")),
            "day" => Some(("day", "days")),
            "person" | "pp" => Some(("person", "people")),
            "visit" => Some(("visit", "visits")),
            _ => None,
        },
    }
}

/// The names of letters: each by itself, and with stops where an "A" would be taken for the article.
pub fn letters(word: &str, between: &str) -> String {
    let upper = word.to_uppercase();
    let each: Vec<String> = upper.chars().map(String::from).collect();
    each.join(if upper.contains('A') && each.len() > 1 { "." } else { between })
}

/// Reads signs that stand alone, and dashes between words.
pub fn sign(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let words = match token.core.as_str() {
        TO | "—" | "-" | "--" => {
            let is_number = |token: Option<&Token>| {
                token.is_some_and(|token| {
                    token.core.contains(|c: char| c.is_ascii_digit())
                        || super::date::weekday(&token.core).is_some()
                        || super::date::month(&token.core).is_some()
                        || matches!(token.small().as_str(), "am" | "pm" | "a.m" | "p.m" | "noon" | "midnight")
                })
            };
            let is_range = is_number(place.before(at, 1)) && is_number(place.get(at + 1));
            if is_range { "to" } else { "," }
        }
        "&" | "+" if token.core == "&" => "and",
        "+" => "plus",
        "=" => "equals",
        "@" => "at",
        "#" if place.get(at + 1).is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit())) => {
            "number"
        }
        "#" if place.month_first => "pound",
        "#" => "hash",
        "*" => "star",
        "/" => "or",
        "%" => "percent",
        "" => "",
        _ => return None,
    };
    Some(Said::new(words, 1))
}

/// Reads abbreviations.
pub fn abbreviation(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let small = token.small();
    match small.as_str() {
        "dr" => return Some(title(place, at, "Doctor", "Drive")),
        "st" => return Some(title(place, at, "Saint", "Street")),
        "am" | "pm" if token.core.chars().all(char::is_uppercase) => {
            return Some(Said::new(if small == "am" { "a.m" } else { "p.m" }, 1));
        }
        "am" | "pm" => return None,
        "a.m" | "p.m" => return Some(Said::abbreviation(small, 1)),
        _ => {}
    }
    if let Some(state) = state(place, at) {
        return Some(Said::new(state, 1));
    }
    if let Some(direction) = direction(place, at) {
        return Some(Said { expects_name: true, ..Said::abbreviation(direction, 1) });
    }
    let find = |table: &[(&'static str, &'static str)]| {
        table.iter().find(|(short, _)| *short == small).map(|(_, long)| *long)
    };
    let counts = || place.get(at + 1).is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(long) = find(&ABBREVIATIONS) {
        let expects_name = matches!(
            small.as_str(),
            "mr" | "mrs"
                | "ms"
                | "prof"
                | "apt"
                | "ste"
                | "rm"
                | "bldg"
                | "ext"
                | "attn"
                | "e.g"
                | "i.e"
                | "vs"
                | "p.o"
        );
        return Some(Said { expects_name, ..Said::abbreviation(long, 1) });
    }
    let long = find(&WITH_STOP).filter(|_| token.has_stop())?;
    let is_meant = if small == "no" || small == "nos" { counts() } else { is_stop_word(&token.core, &small) };
    is_meant.then(|| Said { expects_name: true, ..Said::abbreviation(long, 1) })
}

/// The state that two letters between a city and a zip code stand for.
fn state(place: &Place, at: usize) -> Option<&'static str> {
    let token = place.get(at)?;
    let (_, state) =
        STATES.split('|').filter_map(|line| line.split_once(' ')).find(|(code, _)| *code == token.core)?;
    let zip = place.get(at + 1)?;
    let is_zip = zip.core.len() == 5 && zip.digits().is_some()
        || zip.core.len() == 10 && zip.core.as_bytes()[5] == b'-';
    let city = place.before(at, 1)?;
    let follows_city =
        city.tail.contains(',') || city.tail.is_empty() && city.starts_sentence() && token.core != "ID";
    (is_zip && follows_city && token.tail.trim_matches(',').is_empty()).then_some(state)
}

/// The direction in a street's name: `22 W. 34th St.`
fn direction(place: &Place, at: usize) -> Option<&'static str> {
    let token = place.get(at)?;
    let follows_number =
        place.before(at, 1).is_some_and(|before| before.digits().is_some() && before.tail.is_empty());
    let direction = match token.core.as_str() {
        "N" => "North",
        "S" => "South",
        "E" => "East",
        "W" => "West",
        _ => return None,
    };
    let next = place.get(at + 1)?;
    let is_name = next.starts_sentence()
        || next.core.ends_with("th")
        || next.core.ends_with("st")
        || next.core.ends_with("nd");
    (follows_number && is_name).then_some(direction)
}

/// Tells a title before a name from the end of a street's name.
fn title(place: &Place, at: usize, before_name: &str, after_name: &str) -> Said {
    let is_capital =
        |token: Option<&Token>| token.is_some_and(|token| token.core.starts_with(char::is_uppercase));
    let next_is_name = is_capital(place.get(at + 1)) && place.get(at).is_some_and(Token::goes_on);
    let before = place.before(at, 1).filter(|before| before.goes_on());
    let is_numbered = (2..=4).any(|back| {
        place.before(at, back).is_some_and(|token| token.core.starts_with(|c: char| c.is_ascii_digit()))
    });
    let ends_street = before.is_some_and(|before| {
        before.starts_sentence() && (is_numbered || !next_is_name)
            || before.core.ends_with("th") && !next_is_name
    });
    if ends_street {
        Said::abbreviation(after_name, 1)
    } else {
        Said { expects_name: true, ..Said::abbreviation(before_name, 1) }
    }
}

/// Whether a street's name follows within the next few words, so that a number is a house's.
pub fn is_street_ahead(place: &Place, at: usize) -> bool {
    (2..=4)
        .map(|ahead| place.get(at + ahead))
        .take_while(Option::is_some)
        .flatten()
        .any(|token| STREETS.contains(&token.small().as_str()) && token.starts_sentence())
}

/// Reads words in capitals, letter by letter unless they are words.
pub fn acronym(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let core = token.core.strip_suffix("'s").or_else(|| token.core.strip_suffix('s')).unwrap_or(&token.core);
    let ending = if core.len() < token.core.len() { "'s" } else { "" };
    if core.len() == 3 && core.split('/').all(|letter| letter.len() == 1 && is_capitals(letter)) {
        return Some(Said::new(format!("{}{ending}", letters(&core.replace('/', ""), ".")), 1));
    }
    if core == "OK" {
        return Some(Said::new("okay", 1));
    }
    if let Some((first, last)) =
        core.split_once('&').filter(|(first, last)| !first.is_empty() && !last.is_empty())
    {
        let part = |part: &str| if is_capitals(part) { letters(part, ".") } else { part.to_owned() };
        return Some(Said::new(format!("{} and {}{ending}", part(first), part(last)), 1));
    }
    let is_dotted =
        core.contains('.') && core.split('.').all(|part| part.chars().count() == 1 && is_capitals(part));
    if is_dotted {
        return Some(Said::abbreviation(format!("{core}{ending}"), 1));
    }
    if !is_capitals(core) || core.chars().count() < 2 {
        return None;
    }
    let has_vowel = core.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    let is_spelled = !place.shouting
        && (core.len() <= 3 || !has_vowel || SPELLED.contains(&core))
        && !SAID.contains(&core);
    if is_spelled {
        return Some(Said::new(format!("{}{ending}", letters(core, ".")), 1));
    }
    // In capitals, a voice's phonemizer may still spell an ordinary word.
    let is_name = matches!(core, "HVAC" | "NASA" | "NATO");
    Some(Said::new(if is_name { core.to_owned() } else { token.core.to_lowercase() }, 1))
}

fn is_capitals(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase())
}

/// Reads `and/or` and other words with a slash, and drops signs that no voice should name.
pub fn compound(place: &Place, at: usize) -> Option<Said> {
    let core = &place.get(at)?.core;
    if core.eq_ignore_ascii_case("and/or") {
        return Some(Said::new("and or", 1));
    }
    let is_odd = |c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-' | '.' | ',');
    core.contains(is_odd).then(|| {
        let words =
            core.replace('/', " or ").replace('&', " and ").replace('=', " equals ").replace(is_odd, " ");
        Said::new(words, 1)
    })
}
