//! Regularised logistic regression by Newton's method.

/// Steps after which Newton's method has long converged.
const STEPS: usize = 30;

/// One weighted example: its inputs, and whether it is of the class looked for.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub inputs: Vec<f64>,
    pub target: bool,
    pub weight: f64,
}

/// Finds the coefficients, one for each input; those of inputs with a penalty are held small by it.
pub(super) fn fit(rows: &[Row], penalties: &[f64]) -> Vec<f64> {
    let size = penalties.len();
    let mut coefficients = vec![0.0; size];
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> =
            coefficients.iter().zip(penalties).map(|(coefficient, penalty)| coefficient * penalty).collect();
        let mut curvature = vec![vec![0.0; size]; size];
        for (n, penalty) in penalties.iter().enumerate() {
            curvature[n][n] = penalty + 1e-9;
        }
        for row in rows {
            let sum: f64 = row.inputs.iter().zip(&coefficients).map(|(input, weight)| input * weight).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            let error = row.weight * (chance - f64::from(u8::from(row.target)));
            let bend = row.weight * chance * (1.0 - chance);
            for (n, input) in row.inputs.iter().enumerate() {
                gradient[n] += error * input;
                for (m, other) in row.inputs.iter().enumerate().take(n + 1) {
                    curvature[n][m] += bend * input * other;
                }
            }
        }
        let Some(step) = solve(curvature, gradient) else { break };
        for (coefficient, step) in coefficients.iter_mut().zip(&step) {
            *coefficient -= step;
        }
        if step.iter().all(|step| step.abs() < 1e-9) {
            break;
        }
    }
    coefficients
}

/// Solves a positive definite system, of which the lower half is given, by Cholesky's method.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for n in 0..size {
        for m in 0..=n {
            let sum: f64 = (0..m).map(|k| matrix[n][k] * matrix[m][k]).sum();
            let rest = matrix[n][m] - sum;
            if n == m {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                matrix[n][n] = rest.sqrt();
            } else {
                matrix[n][m] = rest / matrix[m][m];
            }
        }
    }
    for n in 0..size {
        let sum: f64 = (0..n).map(|k| matrix[n][k] * right[k]).sum();
        right[n] = (right[n] - sum) / matrix[n][n];
    }
    for n in (0..size).rev() {
        let sum: f64 = (n + 1..size).map(|k| matrix[k][n] * right[k]).sum();
        right[n] = (right[n] - sum) / matrix[n][n];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_of_a_table_are_found() {
        // Of 40 with the mark 30 are of the class, of 60 without it 15: the logarithms of the odds are known.
        let row = |marked: bool, target: bool, weight: f64| Row {
            inputs: vec![1.0, f64::from(u8::from(marked))],
            target,
            weight,
        };
        let rows =
            [row(true, true, 30.0), row(true, false, 10.0), row(false, true, 15.0), row(false, false, 45.0)];
        let found = fit(&rows, &[0.0, 0.0]);
        assert!((found[0] - (15.0f64 / 45.0).ln()).abs() < 1e-6, "{found:?}");
        assert!((found[0] + found[1] - (30.0f64 / 10.0).ln()).abs() < 1e-6, "{found:?}");
        let held = fit(&rows, &[0.0, 50.0]);
        assert!(held[1].abs() < found[1].abs() / 2.0 && held[1] > 0.0, "{held:?}");
    }
}
