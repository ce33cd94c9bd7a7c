//! A light English stemmer, for matching words and never for showing them.
//!
//! Porter's idea cut down to what callers inflect: plurals, past and running forms, a few derivations, and the irregular
//! verbs of everyday complaints. British and American spellings come to the same stem.

/// The form by which `word`, in lower case, is compared with others.
pub(super) fn stem(word: &str) -> String {
    if let Ok(at) = IRREGULAR.binary_search_by(|(form, _)| (*form).cmp(word)) {
        return IRREGULAR[at].1.to_owned();
    }
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = singular(word);
    strip_inflection(&mut stem);
    strip_derivation(&mut stem);
    if stem.ends_with('e') && stem.len() > 3 {
        stem.pop();
    }
    if stem.ends_with("is") && stem.len() > 5 {
        stem.replace_range(stem.len() - 1.., "z");
    }
    if stem.ends_with("ll") && vowel_groups(&stem) > 1 {
        stem.pop();
    }
    stem
}

fn singular(word: &str) -> String {
    let cut = |count: usize| word[..word.len() - count].to_owned();
    if word.ends_with("ies") && word.len() > 4 {
        return cut(3) + "y";
    }
    if ["sses", "xes", "ches", "shes", "zzes"].iter().any(|end| word.ends_with(end)) {
        return cut(2);
    }
    if word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return cut(1);
    }
    word.to_owned()
}

fn strip_inflection(stem: &mut String) {
    if stem.ends_with("ied") && stem.len() > 4 {
        stem.truncate(stem.len() - 3);
        stem.push('y');
        return;
    }
    if stem.ends_with("eed") {
        return;
    }
    let Some(rest) = stem.strip_suffix("ing").or_else(|| stem.strip_suffix("ed")) else { return };
    if rest.len() < 2 || vowel_groups(rest) == 0 {
        return;
    }
    let length = rest.len();
    stem.truncate(length);
    let doubled = stem.len() > 2 && stem.as_bytes()[length - 1] == stem.as_bytes()[length - 2];
    if doubled && !stem.ends_with(['l', 's', 'z', 'f', 'e', 'o']) {
        stem.pop();
    }
    if stem.len() < 3 {
        stem.push('e');
    }
}

fn strip_derivation(stem: &mut String) {
    if stem.ends_with("ly") && stem.len() > 5 {
        stem.truncate(stem.len() - 2);
    }
    if stem.ends_with("ication") && stem.len() > 9 {
        stem.truncate(stem.len() - 7);
        stem.push('y');
    }
    for (end, kept, least) in [("ation", 0, 4), ("ate", 0, 4), ("at", 0, 5), ("tion", 1, 4), ("sion", 1, 4)] {
        if stem.ends_with(end) && stem.len() - end.len() + kept >= least {
            stem.truncate(stem.len() - end.len() + kept);
            break;
        }
    }
    if stem.ends_with("ery") && stem.len() > 6 {
        stem.pop();
    }
}

fn vowel_groups(word: &str) -> usize {
    let vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let bytes = word.as_bytes();
    (0..bytes.len()).filter(|&at| vowel(bytes[at]) && (at == 0 || !vowel(bytes[at - 1]))).count()
}

// Sorted, for the binary search.
const IRREGULAR: &[(&str, &str)] = &[
    ("am", "be"),
    ("are", "be"),
    ("ate", "eat"),
    ("beaten", "beat"),
    ("been", "be"),
    ("being", "be"),
    ("bitten", "bite"),
    ("blew", "blow"),
    ("blown", "blow"),
    ("bought", "buy"),
    ("broke", "break"),
    ("broken", "break"),
    ("brought", "bring"),
    ("built", "build"),
    ("came", "com"),
    ("caught", "catch"),
    ("ceiling", "ceiling"),
    ("cheque", "check"),
    ("cheques", "check"),
    ("children", "child"),
    ("chose", "choos"),
    ("chosen", "choos"),
    ("come", "com"),
    ("did", "do"),
    ("died", "die"),
    ("does", "do"),
    ("doing", "do"),
    ("done", "do"),
    ("drew", "draw"),
    ("driven", "driv"),
    ("drove", "driv"),
    ("dying", "die"),
    ("evening", "evening"),
    ("everything", "everything"),
    ("fallen", "fall"),
    ("feet", "foot"),
    ("fell", "fall"),
    ("felt", "feel"),
    ("forgot", "forget"),
    ("forgotten", "forget"),
    ("fought", "fight"),
    ("found", "find"),
    ("froze", "freez"),
    ("frozen", "freez"),
    ("gave", "giv"),
    ("given", "giv"),
    ("goes", "go"),
    ("going", "go"),
    ("gone", "go"),
    ("got", "get"),
    ("gotten", "get"),
    ("had", "have"),
    ("has", "have"),
    ("have", "have"),
    ("having", "have"),
    ("heard", "hear"),
    ("held", "hold"),
    ("hidden", "hid"),
    ("is", "be"),
    ("kept", "keep"),
    ("knew", "know"),
    ("known", "know"),
    ("left", "leav"),
    ("lied", "lie"),
    ("lost", "los"),
    ("lying", "lie"),
    ("made", "mak"),
    ("meant", "mean"),
    ("men", "man"),
    ("met", "meet"),
    ("morning", "morning"),
    ("nothing", "nothing"),
    ("paid", "pay"),
    ("people", "people"),
    ("ran", "run"),
    ("rang", "ring"),
    ("rung", "ring"),
    ("said", "say"),
    ("saw", "see"),
    ("says", "say"),
    ("seen", "see"),
    ("sent", "send"),
    ("shook", "shak"),
    ("shot", "shoot"),
    ("shown", "show"),
    ("slept", "sleep"),
    ("sold", "sell"),
    ("something", "something"),
    ("spent", "spend"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("stole", "steal"),
    ("stolen", "steal"),
    ("stuck", "stick"),
    ("sued", "sue"),
    ("suing", "sue"),
    ("swollen", "swell"),
    ("swore", "swear"),
    ("taken", "tak"),
    ("taught", "teach"),
    ("teeth", "tooth"),
    ("thought", "think"),
    ("threw", "throw"),
    ("thrown", "throw"),
    ("told", "tell"),
    ("took", "tak"),
    ("tore", "tear"),
    ("torn", "tear"),
    ("understood", "understand"),
    ("was", "be"),
    ("went", "go"),
    ("were", "be"),
    ("woke", "wak"),
    ("women", "woman"),
    ("won", "win"),
    ("wore", "wear"),
    ("worn", "wear"),
    ("written", "writ"),
    ("wrote", "writ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn irregular_forms_are_in_order() {
        assert!(IRREGULAR.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for family in [
            &["come", "came", "comes", "coming"][..],
            &["charge", "charged", "charges", "charging"],
            &["cancel", "cancelled", "canceled", "cancelling", "cancellation"],
            &["recognise", "recognized", "recognises"],
            &["activate", "activation", "activated", "activating"],
            &["call", "called", "calling", "calls"],
            &["leak", "leaks", "leaking", "leaked"],
            &["stop", "stopped", "stopping", "stops"],
            &["pay", "paid", "paying", "pays"],
            &["verify", "verified", "verification", "verifies"],
            &["deliver", "delivery", "delivered"],
            &["break", "broke", "broken", "breaking"],
            &["use", "used", "using", "uses"],
            &["install", "installed", "installation"],
            &["make", "made", "making"],
            &["take", "took", "taken", "taking"],
            &["freeze", "frozen", "freezing"],
            &["die", "died", "dying", "dies"],
            &["match", "matches", "matched"],
            &["identify", "identification", "identified"],
            &["cheque", "check", "checks"],
        ] {
            for form in family {
                assert_eq!(stem(form), stem(family[0]), "{form}");
            }
        }
        for (one, other) in
            [("file", "fill"), ("use", "us"), ("bill", "bile"), ("off", "of"), ("wait", "wat")]
        {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }
}
