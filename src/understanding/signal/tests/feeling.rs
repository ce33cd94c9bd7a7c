//! How callers are.

use super::super::*;
use super::check;

/// A kind, what must be found, and what must not.
type Table = (SignalKind, &'static [&'static str], &'static [&'static str]);

const TABLES: &[Table] = &[
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
        &["I'm not angry", "he is mad at me, my dog", "my boss said this is ridiculous", "enough hot water"],
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

#[test]
fn feelings_are_heard() {
    for (kind, must, must_not) in TABLES {
        check(|found| found == *kind, must, must_not);
    }
}
