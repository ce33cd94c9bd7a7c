use super::*;

/// A Wednesday.
fn now() -> Zoned {
    "2026-11-25T10:20[America/New_York]".parse().unwrap()
}

fn read(text: &str) -> String {
    let found: Vec<String> = moments(text, &now()).iter().map(Moment::iso).collect();
    found.join(" ")
}

fn all(said: &[(&str, &str)]) {
    let wrong: Vec<String> = said
        .iter()
        .filter(|(text, expected)| read(text) != *expected)
        .map(|(text, expected)| format!("{text}: {} instead of {expected}", read(text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn days_are_reckoned_from_today() {
    all(&[
        ("Can you come today?", "2026-11-25"),
        ("tomorrow morning", "2026-11-26T06:00/12:00"),
        ("I called the day before yesterday.", "2026-11-23"),
        ("the day after tomorrow", "2026-11-27"),
        ("in two weeks", "2026-12-09"),
        ("in a week's time", "2026-12-02"),
        ("It stopped two days ago.", "2026-11-23"),
        ("a couple of weeks ago", "2026-11-11"),
        ("Call me back in half an hour.", "2026-11-25T10:50"),
        ("They left an hour ago.", "2026-11-25T09:20"),
        ("in three business days", "2026-11-30"),
        ("three weeks from Friday", "2026-12-18"),
        ("a week tomorrow", "2026-12-03"),
        ("a week on Tuesday", "2026-12-08"),
        ("within two days", "../2026-11-27"),
        ("any day in the next two weeks", "2026-11-25/2026-12-09"),
        ("I have waited for two weeks.", ""),
        ("Nobody called me back in two weeks.", ""),
        ("It took three days.", ""),
    ]);
}

#[test]
fn weekdays_are_to_come_unless_the_talk_is_of_the_past() {
    all(&[
        ("Tuesday would be good.", "2026-12-01"),
        ("next Tuesday after four", "2026-12-01T16:00/.."),
        ("this Friday", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("Tuesday week", "2026-12-08"),
        ("the Tuesday after next", "2026-12-08"),
        ("Thursday next week", "2026-12-03"),
        ("last Friday", "2026-11-20"),
        ("The man came on Monday and broke it.", "2026-11-23"),
        ("On Monday I was at home all day.", "2026-11-23"),
        ("I have had no heat since Sunday.", "2026-11-22/.."),
        ("I was told on Friday that you could come on Monday.", "2026-11-20 2026-11-30"),
        ("I need it by Friday.", "../2026-11-27"),
        ("not before Friday", "2026-11-27/.."),
        ("Monday to Wednesday", "2026-11-30/2026-12-02"),
        ("between Monday and Wednesday", "2026-11-30/2026-12-02"),
        ("Monday or Tuesday", "2026-11-30 2026-12-01"),
        ("from Monday onwards", "2026-11-30/.."),
        ("I'm home every Tuesday.", ""),
        ("this weekend", "2026-11-28/2026-11-29"),
        ("next week", "2026-11-30/2026-12-06"),
        ("Monday the 30th", "2026-11-30"),
        ("Nobody came on Monday the 16th.", "2026-11-16"),
        ("on Tuesday, December 8th at ten", "2026-12-08T10:00"),
        ("the week after next", "2026-12-07/2026-12-13"),
        ("the week of December 9th", "2026-12-07/2026-12-13"),
        ("the end of the month", "2026-11-30"),
        ("by the end of next week", "../2026-12-04"),
        ("the beginning of next month", "2026-12-01"),
    ]);
}

#[test]
fn days_of_the_month_are_the_next_or_the_last() {
    all(&[
        ("the fourteenth", "2026-12-14"),
        ("on the 26th", "2026-11-26"),
        ("14th of March", "2027-03-14"),
        ("March 4th at 2:45", "2027-03-04T14:45"),
        ("march the fourth at 2 45", "2027-03-04T14:45"),
        ("I got the letter on October 28.", "2026-10-28"),
        ("It was sent on the twenty second.", "2026-11-22"),
        ("the 4th of next month", "2026-12-04"),
        ("12th of this month", "2026-11-12"),
        ("I was born on March 3rd, 1984.", "1984-03-03"),
        ("the third of may nineteen eighty four", "1984-05-03"),
        ("December 1st to 5th", "2026-12-01/2026-12-05"),
        ("It started in March.", "2026-03-01/2026-03-31"),
        ("on 12/3", "2026-12-03"),
        ("2026-12-03 or 12/4/2026", "2026-12-03 2026-12-04"),
        ("the first time, the second floor, the third one", ""),
        ("I may call you. March on.", ""),
        ("You are open 24/7.", ""),
        ("I live on the fourth floor.", ""),
        ("my date of birth is 6/5/62", "1962-06-05"),
    ]);
}

#[test]
fn times_are_read_in_their_usual_forms() {
    all(&[
        ("half past two", "14:30"),
        ("quarter to six", "17:45"),
        ("a quarter past nine", "09:15"),
        ("at ten to five", "16:50"),
        ("between eight and twelve", "08:00/12:00"),
        ("from 9 to 5", "09:00/17:00"),
        ("from nine to one tomorrow", "2026-11-26T09:00/13:00"),
        ("8-12 am", "08:00/12:00"),
        ("from two to four p.m.", "14:00/16:00"),
        ("this afternoon", "2026-11-25T12:00/18:00"),
        ("tonight at seven", "2026-11-25T19:00"),
        ("There is a charge from this morning.", "2026-11-25T06:00/12:00"),
        ("noon", "12:00"),
        ("by noon tomorrow", "../2026-11-26T12:00"),
        ("at 2.45", "14:45"),
        ("at 2 45", "14:45"),
        ("4 o'clock", "16:00"),
        ("14:45", "14:45"),
        ("9 a.m. works.", "09:00"),
        ("at eight oh five", "08:05"),
        ("two thirty pm", "14:30"),
        ("seven in the evening", "19:00"),
        ("11 in the morning", "11:00"),
        ("at four", "16:00"),
        ("any time after three", "15:00/.."),
        ("Tuesday four thirty", "2026-12-01T16:30"),
        ("Tuesday morning before ten", "../2026-12-01T10:00"),
        ("seven to nine in the evening", "19:00/21:00"),
        ("within the hour", "../2026-11-25T11:20"),
        ("in about an hour", "2026-11-25T11:20"),
        ("one to two calls a day", ""),
        ("I can do mornings", ""),
        ("Good morning!", ""),
        ("at 18 Fernwood Avenue", ""),
        ("after two calls", ""),
        ("I waited from eight until one.", "08:00/13:00"),
        ("I called two or three times.", ""),
        ("It costs 2.45.", ""),
        ("my number is 415 555 0142", ""),
        ("four of us at five hundred dollars", ""),
    ]);
}

#[test]
fn the_later_of_two_counts_when_it_corrects() {
    all(&[
        ("Tuesday, no wait, Wednesday", "2026-12-02"),
        ("Tuesday at four, sorry, five", "2026-12-01T17:00"),
        ("Tuesday at four, I mean Wednesday", "2026-12-02T16:00"),
        ("March fourth, no, the fifth", "2027-03-05"),
        ("Wednesday, not Tuesday", "2026-12-02"),
        ("not Tuesday, it's Wednesday", "2026-12-02"),
        ("Tuesday and Wednesday", "2026-12-01 2026-12-02"),
        ("Please move it from Tuesday to Thursday.", "2026-12-01 2026-11-26"),
        ("Can we change it from two to four?", "14:00 16:00"),
    ]);
}

#[test]
fn the_span_holds_the_whole_moment() {
    let text = "He came — on Monday at half past two, I think.";
    let spans: Vec<&str> = moments(text, &now()).into_iter().map(|moment| &text[moment.span]).collect();
    assert_eq!(spans, ["Monday at half past two"]);
}
