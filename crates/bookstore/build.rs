//! Puts htmx into the binary where npm has fetched it. Without it the shop has no script and
//! works all the same.

use std::path::Path;
use std::{env, fs};

/// The one copy of htmx in this workspace, pinned by `web/package.json`.
const HTMX: &str = "../../web/node_modules/htmx.org/dist/htmx.min.js";

fn main() {
    println!("cargo:rerun-if-changed={HTMX}");
    let htmx = fs::read(HTMX).unwrap_or_default();
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    fs::write(Path::new(&out).join("htmx.min.js"), htmx).expect("OUT_DIR can be written");
}
