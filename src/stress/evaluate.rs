//! How good levels are, against labels.

use serde::Serialize;

/// Bins of the reliability table, a tenth of the scale each.
const BINS: usize = 10;

/// A level and what it should have found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Level from 0 to 100.
    pub level: f32,
    /// Whether the voice is labelled angry or afraid.
    pub stressed: bool,
}

/// The quality of a set of levels; what a set without both kinds cannot tell is missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Recordings judged.
    pub count: usize,
    /// Of which stressed.
    pub stressed: usize,
    /// Probability that a stressed voice gets a higher level than one that is not; area under the ROC curve.
    pub auc: Option<f32>,
    /// Mean squared difference of level/100 and truth (Brier 1950).
    pub brier: Option<f32>,
    /// Expected calibration error over ten equal bins (Naeini et al. 2015).
    pub ece: Option<f32>,
    /// Share of the stressed at or over the line.
    pub sensitivity: Option<f32>,
    /// Share of the others at or over the line.
    pub false_alarms: Option<f32>,
    /// How often each tenth of the scale was right.
    pub reliability: Vec<Bin>,
}

/// One row of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lowest level of the bin.
    pub from: f32,
    /// Recordings in it.
    pub count: usize,
    /// Their mean level.
    pub mean_level: f32,
    /// Percentage of them that are stressed.
    pub stressed_percent: f32,
}

/// Judges levels; `line` is the level from which a voice counts as stressed.
pub fn quality(judged: &[Judged], line: f32) -> Quality {
    let count = judged.len();
    let stressed = judged.iter().filter(|one| one.stressed).count();
    let over =
        |stressed: bool| judged.iter().filter(|one| one.stressed == stressed && one.level >= line).count();
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f32 / whole as f32);
    let reliability = reliability(judged);
    let gap = |bin: &Bin| (bin.mean_level - bin.stressed_percent).abs() / 100.0 * bin.count as f32;
    let error = |one: &Judged| (one.level / 100.0 - f32::from(u8::from(one.stressed))).powi(2);
    Quality {
        count,
        stressed,
        auc: auc(judged),
        brier: (count > 0).then(|| judged.iter().map(error).sum::<f32>() / count as f32),
        ece: (count > 0).then(|| reliability.iter().map(gap).sum::<f32>() / count as f32),
        sensitivity: share(over(true), stressed),
        false_alarms: share(over(false), count - stressed),
        reliability,
    }
}

fn reliability(judged: &[Judged]) -> Vec<Bin> {
    let bin = |level: f32| ((level / 100.0 * BINS as f32) as usize).min(BINS - 1);
    (0..BINS)
        .filter_map(|n| {
            let inside: Vec<&Judged> = judged.iter().filter(|one| bin(one.level) == n).collect();
            let count = inside.len();
            (count > 0).then(|| Bin {
                from: 100.0 * n as f32 / BINS as f32,
                count,
                mean_level: inside.iter().map(|one| one.level).sum::<f32>() / count as f32,
                stressed_percent: 100.0 * inside.iter().filter(|one| one.stressed).count() as f32
                    / count as f32,
            })
        })
        .collect()
}

/// By the ranks of the levels (Mann & Whitney 1947); equal levels count half.
pub(super) fn auc(judged: &[Judged]) -> Option<f32> {
    let levels = |stressed: bool| {
        let mut levels: Vec<f32> =
            judged.iter().filter(|one| one.stressed == stressed).map(|one| one.level).collect();
        levels.sort_by(f32::total_cmp);
        levels
    };
    let (high, low) = (levels(true), levels(false));
    if high.is_empty() || low.is_empty() {
        return None;
    }
    let wins: f64 = high
        .iter()
        .map(|level| {
            let below = low.partition_point(|other| other < level);
            let equal = low.partition_point(|other| other <= level) - below;
            below as f64 + equal as f64 / 2.0
        })
        .sum();
    Some((wins / (high.len() * low.len()) as f64) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(levels: &[(f32, bool)]) -> Vec<Judged> {
        levels.iter().map(|&(level, stressed)| Judged { level, stressed }).collect()
    }

    #[test]
    fn the_figures_of_a_small_set_are_those_worked_out_by_hand() {
        let set = judged(&[(90.0, true), (80.0, false), (40.0, true), (40.0, false), (5.0, false)]);
        let quality = quality(&set, 78.0);
        // Of the six pairs, four are right and one is equal.
        assert_eq!(quality.auc, Some(4.5 / 6.0));
        assert_eq!(quality.sensitivity, Some(0.5));
        assert_eq!(quality.false_alarms, Some(1.0 / 3.0));
        let ece = (0.1 + 0.8 + 2.0 * 0.1 + 0.05) / 5.0;
        assert!((quality.ece.unwrap() - ece).abs() < 1e-6);
        let brier = (0.01 + 0.64 + 0.36 + 0.16 + 0.0025) / 5.0;
        assert!((quality.brier.unwrap() - brier).abs() < 1e-6);
    }

    #[test]
    fn sets_of_one_kind_and_of_none_have_no_curve() {
        assert_eq!(quality(&[], 78.0).auc, None);
        assert_eq!(quality(&[], 78.0).ece, None);
        let calm = quality(&judged(&[(10.0, false), (100.0, false)]), 78.0);
        assert_eq!((calm.auc, calm.sensitivity, calm.false_alarms), (None, None, Some(0.5)));
    }
}
