use calmline::domain::Fact;

/// A fact in one line; what the lines around it say already is left out.
pub fn shown(fact: &Fact) -> String {
    if let Fact::BotSaid { text, heard, .. } = fact {
        let heard = if heard == text { "in full".to_owned() } else { format!("{:?}", heard.expose()) };
        return format!("bot_said, heard {heard}");
    }
    if let Fact::CallerSaid { turn, .. } = fact {
        return format!("caller_said turn={turn}");
    }
    if let Fact::StressScored { score, turn, .. } = fact {
        let voice =
            score.voice.as_ref().map(|voice| format!(" voice={:.0}", voice.level)).unwrap_or_default();
        let reasons: Vec<&str> = score.reasons().collect();
        let [level, words, course] =
            [score.level, score.words.level, score.course.level].map(|level| format!("{level:.0}"));
        let turn = turn.map(|turn| format!(" turn={turn}")).unwrap_or_default();
        return format!("stress_scored {level}{voice} words={words} course={course}{turn} {reasons:?}");
    }
    let mut shown = serde_json::to_value(fact).unwrap();
    let fields = shown.as_object_mut().unwrap();
    let name = fields.remove("fact").unwrap();
    if let Some(promise) = fields.get_mut("promise").and_then(serde_json::Value::as_object_mut) {
        promise.remove("id");
        promise.remove("call");
    }
    fields.remove("handoff");
    if let Some(request) = fields.get_mut("request").and_then(serde_json::Value::as_object_mut) {
        for field in ["id", "call", "business"] {
            request.remove(field);
        }
    }
    let rest: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{} {}", name.as_str().unwrap(), rest.join(" "))
}
