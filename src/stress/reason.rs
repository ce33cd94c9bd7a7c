//! Why a level is what it is, in plain words.

use super::measure::Measure;
use super::model::Score;

/// What a measure must add to the sum to be worth naming.
const LEAST_EFFECT: f32 = 0.2;
/// How many yardsticks it must deviate.
const LEAST_DEVIATION: f32 = 1.0;
/// From here on it deviates "well".
const FAR: f32 = 2.0;
/// Reasons given at most.
const MOST: usize = 4;
/// What the second opinion must add to be worth naming.
const LEAST_SECOND: f32 = 1.0;
/// What must be known of a caller before "usual" means their own.
const KNOWN: f32 = 0.5;

/// Names what raises a score, most important first; things that say the same are named once.
pub(super) fn reasons(score: &Score) -> Vec<String> {
    let usual = if score.known >= KNOWN { "this caller's usual" } else { "most callers'" };
    let mut named: Vec<(&str, String)> = Vec::new();
    for part in &score.parts {
        if part.effect < LEAST_EFFECT || part.deviation.abs() < LEAST_DEVIATION {
            continue;
        }
        let (thing, comparison) = words(part.measure, part.deviation > 0.0);
        if named.iter().any(|(before, _)| *before == thing) {
            continue;
        }
        let far = if part.deviation.abs() >= FAR { "much " } else { "" };
        named.push((thing, format!("{thing} {far}{comparison} than {usual}")));
    }
    let second = score.second.is_some_and(|effect| effect >= LEAST_SECOND);
    let whole = second.then(|| "the voice as a whole sounds angry or afraid".to_owned());
    whole.into_iter().chain(named.into_iter().map(|(_, words)| words)).take(MOST).collect()
}

/// The thing a listener would notice, and how it compares.
fn words(measure: Measure, up: bool) -> (&'static str, &'static str) {
    let pick = |more: &'static str, less: &'static str| if up { more } else { less };
    match measure {
        Measure::PitchFloor | Measure::Pitch => ("pitch", pick("higher", "lower")),
        Measure::PitchRange | Measure::PitchSpread => ("range of the pitch", pick("wider", "narrower")),
        Measure::PitchSlope => ("pitch movement", pick("quicker", "slower")),
        Measure::PitchLoudness => ("pitch and loudness", pick("more tied together", "less tied together")),
        // Both measure how much the low frequencies outweigh the high ones.
        Measure::Alpha | Measure::Hammarberg | Measure::Cepstrum1 => {
            ("sound of the voice", pick("softer and darker", "sharper and more pressed"))
        }
        Measure::SlopeBand | Measure::Centroid => {
            ("sound of the voice", pick("sharper and more pressed", "softer and darker"))
        }
        Measure::SlopeLow | Measure::Cepstrum2 | Measure::Cepstrum3 => {
            ("colour of the voice", pick("fuller", "thinner"))
        }
        Measure::Flux => ("articulation", pick("more abrupt", "smoother")),
        Measure::Harmonicity => ("tone of the voice", pick("clearer", "rougher")),
        Measure::Jitter | Measure::Shimmer => ("voice", pick("more trembling", "steadier")),
        Measure::Formant1 => ("mouth", pick("opened wider", "opened less")),
        Measure::Formant2 => ("articulation", pick("more to the front", "more to the back")),
        Measure::UnvoicedAlpha | Measure::UnvoicedHammarberg => {
            ("breath and consonants", pick("softer", "sharper"))
        }
        Measure::UnvoicedSlopeLow => ("breath and consonants", pick("sharper", "softer")),
        Measure::AboveBackground => ("voice over the background", pick("louder", "quieter")),
        Measure::LoudnessSpread => ("loudness", pick("more varying", "more even")),
        Measure::Rate => ("speech", pick("faster", "slower")),
        Measure::Voiced | Measure::SegmentLength => ("phrasing", pick("more connected", "more clipped")),
    }
}
