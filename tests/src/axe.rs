//! axe-core reads the page that is shown, for what WCAG 2.2 AA asks and a program can tell. npm
//! fetched it (`cargo xtask setup`); the driver brings it into the page, which neither names nor
//! allows it. Pages have to run scripts for it.

use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::Browser;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../web/node_modules/axe-core/axe.min.js"
);

static AXE: LazyLock<String> = LazyLock::new(|| {
    fs::read_to_string(SCRIPT)
        .unwrap_or_else(|error| panic!("{SCRIPT}: {error}. Run `cargo xtask setup`"))
});

/// Gives the violations, each with the elements that it is about.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
      .then((found) => done(found.violations.map(({ id, help, nodes }) => ({
        id, help,
        nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
      }))))
      .catch((error) => done([{ id: 'axe', help: String(error), nodes: [] }]));";

/// Desktop and phone, in CSS pixels.
const SIZES: [(u32, u32); 2] = [(1280, 900), (390, 844)];

impl Browser {
    /// Has axe-core read the page in light and dark, as wide as on a desk and on a phone. Panics
    /// with all that it finds.
    pub async fn assert_accessible(&self) {
        let mut found = String::new();
        for (width, height) in SIZES {
            self.resize(width, height).await;
            for scheme in ["light", "dark"] {
                self.prefer_scheme(scheme).await;
                for violation in self.violations().await {
                    writeln!(found, "{scheme}, {width} wide: {violation:#}").unwrap();
                }
            }
        }
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await;
        self.prefer_scheme("light").await;
        assert!(found.is_empty(), "{}\n{found}", self.url().await);
    }

    /// Asks pages for light or dark, and for no motion, which would show colours on their way.
    pub async fn prefer_scheme(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    async fn violations(&self) -> Vec<Value> {
        if self.run("return !window.axe").await == true {
            self.run(&AXE).await;
        }
        let body = json!({ "script": RUN, "args": [] });
        let found = self.session.post("/execute/async", &body).await;
        let found = found.unwrap_or_else(|refusal| panic!("axe: {refusal:?}"));
        found.as_array().unwrap().clone()
    }
}
