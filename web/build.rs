//! Embeds what the pages load: our own stylesheet, scripts and icon, and htmx where npm has
//! fetched it. Each gets a name with a hash of its content, so that browsers may keep it for good.
//!
//! A second copy of the stylesheet is dark in every browser, for previews.
//!
//! Without htmx the build goes on: every page works without scripts, and simply names none.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// The files of the stylesheet of every page.
const STYLES: &[&str] = &[
    "assets/css/frame.css",
    "assets/css/text.css",
    "assets/css/forms.css",
    "assets/css/rows.css",
    "assets/css/pictures.css",
    "assets/css/preferences.css",
];

/// The stylesheet that is dark in every browser.
const DARK: &str = "moongate-dark.css";

/// Files in this crate, which make up one in this order, the name it is served under, and its
/// content type.
const FILES: &[(&[&str], &str, &str)] = &[
    (&["assets/favicon.svg"], "favicon.svg", "image/svg+xml"),
    (
        &["assets/form-post.js"],
        "form-post.js",
        "text/javascript; charset=utf-8",
    ),
    (STYLES, "moongate.css", "text/css; charset=utf-8"),
    (STYLES, DARK, "text/css; charset=utf-8"),
    (
        &["assets/css/preview.css"],
        "preview.css",
        "text/css; charset=utf-8",
    ),
    (
        &["assets/moongate.js"],
        "moongate.js",
        "text/javascript; charset=utf-8",
    ),
    (
        &["node_modules/htmx.org/dist/htmx.min.js"],
        "htmx.js",
        "text/javascript; charset=utf-8",
    ),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut table = String::from("&[\n");
    println!("cargo:rerun-if-changed=build.rs");
    for (files, name, content_type) in FILES {
        let Some(bytes) = joined(&root, files)? else {
            continue;
        };
        let bytes = if *name == DARK { dark(bytes) } else { bytes };
        let hash = fnv1a(&bytes);
        let made = out.join(name);
        fs::write(&made, bytes)?;
        let (stem, extension) = name.rsplit_once('.').expect("each name has an extension");
        writeln!(
            table,
            "    Asset {{ name: {name:?}, path: {:?}, content_type: {content_type:?}, etag: {:?}, bytes: include_bytes!({:?}) }},",
            format!("/assets/{stem}.{hash:016x}.{extension}"),
            format!("\"{hash:016x}\""),
            made.to_string_lossy(),
        )
        .expect("a string takes any text");
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)
}

/// The files one after the other; `None` where npm has not fetched them.
fn joined(root: &Path, files: &[&str]) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    for file in files {
        // Cargo also watches for a file that is not there yet.
        println!("cargo:rerun-if-changed={file}");
        match fs::read(root.join(file)) {
            Ok(more) if is_fetched(file) => bytes.extend(more),
            Ok(more) => bytes.extend(without_comments(file, more)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_fetched(file) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Some(bytes))
}

/// A stylesheet of ours whose rules for dark pages hold in every browser.
fn dark(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).expect("our files are UTF-8");
    text.replace("@media (prefers-color-scheme: dark)", "@media all")
        .into_bytes()
}

/// A script or stylesheet of ours without indentation, empty lines and comments, which are for those
/// who read the source. Comments of ours stand on lines of their own, and no text of ours has lines.
fn without_comments(file: &str, bytes: Vec<u8>) -> Vec<u8> {
    let (start, end) = match Path::new(file).extension().and_then(|name| name.to_str()) {
        Some("css") => ("/*", "*/"),
        Some("js") => ("//", ""),
        _ => return bytes,
    };
    let text = String::from_utf8(bytes).expect("our files are UTF-8");
    let mut plain = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with(start);
        if !is_comment && !line.is_empty() {
            plain.push_str(line);
            plain.push('\n');
        }
        is_comment &= !line.ends_with(end);
    }
    plain.into_bytes()
}

/// Whether npm brings the file, so that it may be missing.
fn is_fetched(file: &str) -> bool {
    Path::new(file).starts_with("node_modules")
}

/// FNV-1a, 64 bits: tells one version of our own files from another, which is all it is for.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
