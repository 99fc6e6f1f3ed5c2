//! What was measured, as a table in Markdown.

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

fn percent(share: f64, of: &str) -> String {
    format!("{:.0} % {of}", share * 100.0)
}
