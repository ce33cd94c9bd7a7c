//! Cutting long recordings into pieces whisper can take.

use std::ops::Range;

use super::infer::RATE;

/// Shorter than whisper's window of 30 s.
const LONGEST: usize = 28 * RATE;
/// A cut is sought from here on, so that no piece but the last is short of context.
const EARLIEST: usize = 15 * RATE;
/// The length of the pause that is looked for.
const PAUSE: usize = RATE * 3 / 10;
/// The grain of the search.
const STEP: usize = RATE / 100;

/// Cuts a recording (16 kHz) into pieces of at most 28 s, each at the quietest 0.3 s of its second half.
pub fn split(samples: &[f32]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while samples.len() - start > LONGEST {
        let cut = quietest(&samples[start + EARLIEST..start + LONGEST]) + start + EARLIEST;
        pieces.push(start..cut);
        start = cut;
    }
    if start < samples.len() {
        pieces.push(start..samples.len());
    }
    pieces
}

/// The middle of the quietest pause.
fn quietest(samples: &[f32]) -> usize {
    let energies: Vec<f32> = samples.chunks(STEP).map(|step| step.iter().map(|x| x * x).sum()).collect();
    let pauses = energies.windows(PAUSE / STEP).map(|pause| pause.iter().sum::<f32>());
    let quietest = pauses.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at);
    quietest * STEP + PAUSE / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise with silence at the given second, for 0.4 s.
    fn speech(seconds: usize, pauses: &[usize]) -> Vec<f32> {
        let mut samples: Vec<f32> = (0..seconds * RATE).map(|n| if n % 7 < 3 { 0.3 } else { -0.2 }).collect();
        for pause in pauses {
            samples[pause * RATE..pause * RATE + RATE * 2 / 5].fill(0.0);
        }
        samples
    }

    #[test]
    fn a_short_recording_stays_whole() {
        assert_eq!(split(&speech(28, &[])), vec![0..28 * RATE; 1]);
        assert!(split(&[]).is_empty());
    }

    #[test]
    fn a_long_one_is_cut_inside_its_pauses() {
        let samples = speech(70, &[5, 20, 25, 44, 50]);
        let pieces = split(&samples);
        assert_eq!(pieces.len(), 3);
        for piece in &pieces[1..] {
            assert!(samples[piece.start - STEP..piece.start + STEP].iter().all(|sample| *sample == 0.0));
        }
        assert_eq!(pieces.iter().map(Range::len).sum::<usize>(), samples.len());
    }

    #[test]
    fn without_pauses_no_piece_is_too_long_and_nothing_is_lost() {
        let samples = speech(100, &[]);
        let pieces = split(&samples);
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST));
        assert_eq!(pieces.iter().map(Range::len).sum::<usize>(), samples.len());
        assert!(pieces.windows(2).all(|pair| pair[0].end == pair[1].start));
    }
}
