//! Texts as written, and how they are to be said.

use proptest::prelude::*;

use super::normalize;

fn check(pairs: &[(&str, &str)]) {
    let wrong: Vec<String> = pairs
        .iter()
        .filter_map(|(written, said)| {
            let found = normalize(written, "US");
            (found != *said).then(|| format!("\n  {written}\n  due:   {said}\n  found: {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn telephone_numbers_are_said_in_groups() {
    check(&[
        ("Call (415) 555-0142.", "Call four one five, five five five, zero one four two."),
        ("It is 415-555-0142, right?", "It is four one five, five five five, zero one four two, right?"),
        ("415.555.0142", "four one five, five five five, zero one four two"),
        ("4155550142", "four one five, five five five, zero one four two"),
        ("+14155550142", "four one five, five five five, zero one four two"),
        ("+1 (415) 555-0142", "four one five, five five five, zero one four two"),
        ("Dial 555-0142 now", "Dial five five five, zero one four two now"),
        ("1-800-555-0199", "one, eight hundred, five five five, zero one nine nine"),
        ("+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("+442079460958", "plus four four two, zero seven nine, four six zero, nine five eight"),
        (
            "call 415-555-0142 ext. 204",
            "call four one five, five five five, zero one four two extension two zero four",
        ),
    ]);
    assert_eq!(normalize("020 7946 0958", "GB"), "zero two zero, seven nine four six, zero nine five eight");
    assert_eq!(
        normalize("+1 415 555 0142", "GB"),
        "plus one, four one five, five five five, zero one four two"
    );
}

#[test]
fn amounts_of_money_are_said_as_amounts() {
    check(&[
        ("That is $1,249.50.", "That is one thousand two hundred forty nine dollars and fifty cents."),
        ("$5", "five dollars"),
        ("$1", "one dollar"),
        ("$1.01", "one dollar and one cent"),
        ("$0.99", "ninety nine cents"),
        ("$75.00", "seventy five dollars"),
        ("£3.20", "three pounds and twenty pence"),
        ("€40", "forty euros"),
        ("$2 million", "two million dollars"),
        ("$5k", "five thousand dollars"),
        ("$99/month", "ninety nine dollars per month"),
        ("$85/hr", "eighty five dollars per hour"),
        ("between $5-10", "between five to ten dollars"),
        ("$150-$200", "one hundred fifty to two hundred dollars"),
        ("-$20", "minus twenty dollars"),
        ("$25-$35/visit", "twenty five to thirty five dollars per visit"),
    ]);
}

#[test]
fn dates_are_said_as_dates() {
    check(&[
        ("On 3/14/2026.", "On March fourteenth, twenty twenty six."),
        ("due by 3/14", "due by March fourteenth"),
        ("2026-03-14", "March fourteenth, twenty twenty six"),
        ("3-14-2026", "March fourteenth, twenty twenty six"),
        ("Tuesday, March 14", "Tuesday, March fourteenth"),
        ("March 14th, 2026, at noon", "March fourteenth, twenty twenty six, at noon"),
        ("Mar. 3 or Sept. 21", "March third or September twenty first"),
        ("14 March 2026", "the fourteenth of March, twenty twenty six"),
        ("March 3-5", "March third to fifth"),
        ("May 5", "May fifth"),
        ("you may 5 times", "you may five times"),
        ("in 1998", "in nineteen ninety eight"),
        ("since 2005", "since two thousand five"),
        ("the 1990s", "the nineteen nineties"),
        ("Mon-Fri", "Monday to Friday"),
        ("Mon. and Thurs.", "Monday and Thursday."),
        ("Sat 9am", "Saturday nine a.m"),
        ("We sat down. Sun shines", "We sat down. Sun shines"),
        ("July 2027", "July twenty twenty seven"),
    ]);
    assert_eq!(normalize("3/4/2026", "GB"), "the third of April, twenty twenty six");
    assert_eq!(normalize("3/4/2026", "US"), "March fourth, twenty twenty six");
    assert_eq!(normalize("14/3/2026", "US"), "March fourteenth, twenty twenty six");
}

#[test]
fn times_are_said_as_times() {
    check(&[
        ("9:30 am", "nine thirty a.m"),
        ("at 2 p.m. tomorrow", "at two p.m tomorrow"),
        ("at 2 p.m.", "at two p.m."),
        ("We open at 9 a.m. Please call.", "We open at nine a.m. Please call."),
        ("9:05", "nine oh five"),
        ("9:00", "nine o'clock"),
        ("14:30", "two thirty p.m"),
        ("12 pm", "noon"),
        ("12:00 AM", "midnight"),
        ("12:30 PM", "twelve thirty p.m"),
        ("9am–5pm", "nine a.m to five p.m"),
        ("9 am - 5 pm", "nine a.m to five p.m"),
        ("9-5", "nine to five"),
        ("Mon-Fri 8:30am-5:00pm.", "Monday to Friday eight thirty a.m to five p.m."),
        ("24/7", "twenty four seven"),
        ("within 2 hrs.", "within two hours."),
        ("30min", "thirty minutes"),
        ("10am-noon", "ten a.m to noon"),
    ]);
}

#[test]
fn numbers_are_said_as_numbers() {
    check(&[
        ("2-3 days", "two to three days"),
        ("10–15%", "ten to fifteen percent"),
        ("10%", "ten percent"),
        ("3.14", "three point one four"),
        ("1,200 people", "one thousand two hundred people"),
        ("the 21st", "the twenty first"),
        ("the 2nd, 3rd and 12th", "the second, third and twelfth"),
        ("1/2", "one half"),
        ("3/4 cup", "three quarters cup"),
        ("-5", "minus five"),
        ("72°F", "seventy two degrees Fahrenheit"),
        ("5 km", "five kilometers"),
        ("1 lb", "one pound"),
        ("10lbs", "ten pounds"),
        ("2.5 gal", "two point five gallons"),
        ("2x4", "two by four"),
        ("1000000", "one million"),
        ("0 left", "zero left"),
        ("50+", "fifty plus"),
        ("#7", "number seven"),
        ("No. 5", "number five"),
        ("No. I said", "No. I said"),
        ("a 3-day, 24-hour wait", "a three day, twenty four hour wait"),
        ("2nd-floor", "second floor"),
        ("press 0 now", "press zero now"),
        ("press # or *.", "press pound or star."),
        ("Call 911 now", "Call nine one one now"),
        ("2 1/2 hours", "two and a half hours"),
        ("it is 12\" long", "it is twelve inches long"),
        ("version 2.0.1", "version two point zero point one"),
        ("50/50", "fifty fifty"),
    ]);
}

#[test]
fn codes_are_spelled() {
    check(&[
        ("D4471", "D, four four seven one"),
        ("CV-22-308", "C V, two two, three zero eight"),
        ("A47-9023", "A, four seven, nine zero two three"),
        ("case number 4471", "case number four four seven one"),
        ("order 100245", "order one zero zero, two four five"),
        ("account number is 88213", "account number is eight eight two one three"),
        ("AC7731", "A.C, seven seven three one"),
        ("0142", "zero one four two"),
        ("ending in 9912", "ending in nine nine one two"),
        ("4B", "four B"),
        ("Unit B12", "Unit B twelve"),
        ("San Francisco, CA 94105", "San Francisco, California nine four one zero five"),
        ("94105-1234", "nine four one zero five, one two three four"),
        ("I-95", "I ninety five"),
        ("Member ID: 000123", "Member I.D: zero zero zero, one two three"),
        ("Room 204", "Room two oh four"),
        ("P.O. Box 1234", "P O Box one two three four"),
        ("COVID-19", "covid nineteen"),
        ("123456789", "one two three, four five six, seven eight nine"),
    ]);
}

#[test]
fn abbreviations_are_said_in_full() {
    check(&[
        ("Dr. Smith", "Doctor Smith"),
        ("with Dr. J. O'Neil", "with Doctor J. O'Neil"),
        ("Thanks, Dr. Smith.", "Thanks, Doctor Smith."),
        ("1234 Oak Dr.", "twelve thirty four Oak Drive."),
        ("12 Main St., Apt. 4B", "twelve Main Street, apartment four B"),
        ("on Main St. near", "on Main Street near"),
        ("at St. Mary's Hospital", "at Saint Mary's Hospital"),
        ("105 St. James St.", "one oh five Saint James Street."),
        ("Mr. and Mrs. Lee", "Mister and Missus Lee"),
        ("Ms. Ortiz", "Miz Ortiz"),
        ("5th Ave.", "fifth Avenue."),
        ("pets, e.g. cats", "pets, for example cats"),
        ("pipes, valves, etc.", "pipes, valves, et cetera."),
        ("us vs. them", "us versus them"),
        ("approx. 20 min.", "approximately twenty minutes."),
        ("Acme Inc. is here", "Acme Incorporated is here"),
        ("J. Smith", "J. Smith"),
        ("Bldg. C, 1600 Pennsylvania Ave. NW", "building C, sixteen hundred Pennsylvania Avenue N.W"),
        ("22 W. 34th St.", "twenty two West thirty fourth Street."),
        ("e.g. Monday", "for example Monday"),
        ("the A/C", "the A.C"),
        ("call ASAP", "call as soon as possible"),
    ]);
}

#[test]
fn capitals_are_spelled_unless_they_are_words() {
    check(&[
        ("your ID", "your I.D"),
        ("the IRS and USPS", "the I.R.S and U.S.P.S"),
        ("HVAC", "HVAC"),
        ("two ATMs", "two A.T.M's"),
        ("the U.S. office", "the U.S office"),
        ("AT&T", "A.T and T"),
        ("OK", "okay"),
        ("PLEASE call", "please call"),
        ("DO NOT CALL ME", "do not call me"),
        ("your PIN", "your pin"),
    ]);
}

#[test]
fn addresses_on_the_net_are_read_out() {
    check(&[
        ("john.smith@example.com", "john dot smith at example dot com"),
        ("Mail jd_42@example.co.uk.", "Mail J D underscore four two at example dot co dot U K."),
        ("https://www.acme-dental.com/book", "acme dash dental dot com slash book"),
        ("Visit example.com!", "Visit example dot com!"),
    ]);
}

#[test]
fn markup_and_pictures_are_left_out() {
    check(&[
        ("**Great!** 😀 See you <b>soon</b>", "Great! See you soon"),
        ("Thanks 👍🏽.", "Thanks."),
        ("Well — yes", "Well, yes"),
        ("We are open—really", "We are open, really"),
        ("“Hello,” she said", "Hello, she said"),
        ("call me (before noon) please", "call me, before noon, please"),
        ("salt & pepper", "salt and pepper"),
        ("and/or", "and or"),
        ("he/she", "he or she"),
        ("Wait...", "Wait."),
        ("Really?!", "Really?"),
        ("follow-up", "follow-up"),
        ("o'clock", "o'clock"),
        ("", ""),
    ]);
}

#[test]
fn ordinary_sentences_stay_as_they_are() {
    for text in [
        "Thanks for calling Acme Dental, this is the receptionist.",
        "I'm sorry that happened; that must be frustrating.",
        "Could I have the best number to call you back on?",
        "Let me see if I have that right: your heating stopped last night.",
    ] {
        assert_eq!(normalize(text, "US"), text);
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_digit_is_left_for_the_voice(text in "[a-zA-Z0-9 .,;:?!$%&/()+#@<>*_–—é😀'\"-]{0,60}") {
        let words = normalize(&text, "US");
        prop_assert!(!words.contains(|c: char| c.is_ascii_digit()), "{words}");
    }
}
