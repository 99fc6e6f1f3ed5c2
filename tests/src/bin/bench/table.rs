//! What was measured, as a table in Markdown.

use std::time::Duration;

use crate::enumeration::Compared;
use crate::plan::{BYTES, Limit, Measured, SIGN};

/// A line for each kind of request: its rate, and the share of what the machine could do.
pub(crate) fn markdown(measured: &[Measured]) -> String {
    let of = |name: &str| {
        let found = measured.iter().find(|it| it.name == name);
        found.map_or(f64::NAN, Measured::median)
    };
    let mut lines = vec![
        "| request | per second | of the limit |".to_owned(),
        "|---|--:|--:|".to_owned(),
    ];
    for it in measured {
        let rate = it.median();
        let share = match it.limit {
            Limit::Itself => String::new(),
            Limit::Bytes => percent(rate / of(BYTES), "of fixed bytes"),
            Limit::Sign => percent(rate / of(SIGN), "of signing"),
        };
        lines.push(format!("| {} | {rate:.0} | {share} |", it.name));
    }
    lines.join("\n")
}

/// A line for each request: the median time of the answer for an account and for none, and how many
/// times the first the second is.
pub(crate) fn comparison(compared: &[Compared]) -> String {
    let mut lines = vec![
        "| request | account, ms | none, ms | none / account |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    for it in compared {
        let (known, unknown) = (median(&it.known), median(&it.unknown));
        let ratio = unknown / known;
        let name = it.name;
        lines.push(format!(
            "| {name} | {known:.3} | {unknown:.3} | {ratio:.3} |"
        ));
    }
    lines.join("\n")
}

/// In milliseconds.
fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn percent(share: f64, of: &str) -> String {
    format!("{:.0} % {of}", share * 100.0)
}
