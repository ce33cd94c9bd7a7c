use super::*;

#[test]
fn names_are_found_as_they_are_given() {
    let said = [
        ("My name is Owen Castellane.", "Owen Castellane"),
        ("It is Philippa Thornquist.", "Philippa Thornquist"),
        ("Renata Kowalczyk.", "Renata Kowalczyk"),
        ("Marcus Abernathy-Cole.", "Marcus Abernathy-Cole"),
        ("Edith Marlowe, dear.", "Edith Marlowe"),
        ("Leopold Ferris.", "Leopold Ferris"),
        ("Yes, sure. It's Jane.", "Jane"),
        ("my name is owen castellane", "Owen Castellane"),
        ("renata kowalczyk", "Renata Kowalczyk"),
        ("This is Dr. Alice Jones.", "Dr. Alice Jones"),
        ("Mrs. O'Brien.", "Mrs. O'Brien"),
        ("I'm Ludwig van Beethoven, and I'm calling about my piano.", "Ludwig van Beethoven"),
        ("Um, Owen. Owen Castellane.", "Owen Castellane"),
        ("Jane Doe speaking.", "Jane Doe"),
        ("Sure, Jane Doe, please.", "Jane Doe"),
        ("My name is Owen Castellane, C A S T E L L A N E.", "Owen Castellane"),
        ("It's Owen Castelain, that's C-A-S-T-E-L-L-A-N-E.", "Owen Castellane"),
        ("Renata cowl-cic.", "Renata Cowl-Cic"),
        ("My name is owen.", "Owen"),
        ("Edith's Marlowe.", "Edith Marlowe"),
        ("John, and my number is 415 555 0142.", "John"),
    ];
    for (text, expected) in said {
        assert_eq!(name(text, true).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_name_given_unasked_is_found() {
    let said = [
        ("Hi, this is Jane Doe, my number is 415-555-0142, my boiler leaks.", Some("Jane Doe")),
        ("Hello, my name is Sam and I have a leak.", Some("Sam")),
        ("I'm Calling about my bill.", None),
        ("I'm calling about my bill.", None),
        ("This is the second time I am calling today.", None),
        ("This is ridiculous.", None),
        ("It is eighteen Fernwood Avenue.", None),
        ("Good morning, Alice Jones here.", Some("Alice Jones")),
        ("I am a little worried.", None),
        ("Nobody came!", None),
    ];
    for (text, expected) in said {
        assert_eq!(name(text, false).as_deref(), expected, "{text}");
    }
}

#[test]
fn the_later_of_two_names_counts() {
    let said = [
        ("Jane Smith, no, Smyth, with a y.", "Jane Smyth"),
        ("My name is Jane Smith, sorry, Smyth.", "Jane Smyth"),
        ("It's not Jon, it's John.", "John"),
        ("Jon. No, John.", "John"),
        ("jon no wait john", "John"),
        ("my name is owen smith i mean owen smyth", "Owen Smyth"),
        ("It's John, not Jon.", "John"),
        ("My name is Jane Doe. No, I do not have an account.", "Jane Doe"),
        ("Jane Doe. Sorry, there is a lot of noise here.", "Jane Doe"),
    ];
    for (text, expected) in said {
        assert_eq!(name(text, true).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn all_names_of_a_text_are_found_with_their_places() {
    let said = [
        ("Hi, this is Jane Doe, my husband Tom spoke to Mr. Hale.", "Jane Doe|Tom|Mr. Hale"),
        ("The technician's name was Mike, a man called Owen Hale sent him.", "Owen Hale"),
        ("My husband called, and the doctor is out.", ""),
        ("My name is owen castellane and I spoke to Dr. Jones on Monday.", "Dr. Jones"),
        ("my name is owen castellane and i have a leak", "owen castellane"),
        ("I am Lucas, and my son Ben is ill.", "Lucas|Ben"),
    ];
    for (text, expected) in said {
        let found: Vec<&str> = names(text).into_iter().map(|(span, _)| &text[span]).collect();
        assert_eq!(found.join("|"), expected, "{text}");
    }
}

#[test]
fn an_answer_without_a_name_gives_none() {
    for text in [
        "It is Philip's own quest.",
        "We're not a cow-wolk-thick.",
        "Why do you need that?",
        "They took out a tooth at nine, and I take blood thinners.",
        "Yes.",
        "I'd rather not say.",
        "What?",
        "Terrible service.",
        "I took a whole day off work for this, without pay.",
        "Um.",
        "",
    ] {
        assert_eq!(name(text, true), None, "{text}");
    }
}

#[test]
fn a_spelling_corrects_the_part_it_resembles() {
    assert_eq!(respell("Owen Castelain", "Castellane"), "Owen Castellane");
    assert_eq!(respell("Owin Castellane", "Owen"), "Owen Castellane");
    assert_eq!(respell("Marcus Abernathy-Kohl", "Cole"), "Marcus Abernathy-Cole");
    assert_eq!(respell("Owen Castle Lane", "Castellane"), "Owen Castellane");
    assert_eq!(respell("Owen", "Castellane"), "Owen Castellane");
    assert_eq!(respell("Owen Castelain", "Owencastellane"), "Owen Castellane");
}
