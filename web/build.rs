//! Embeds what the pages load: our own stylesheet, scripts and icon, and htmx where npm has
//! fetched it. Each gets a name with a hash of its content, so that browsers may keep it for good.
//!
//! Without htmx the build goes on: every page works without scripts, and simply names none.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// Files in this crate, the name they are served under, and their content type.
const FILES: &[(&str, &str, &str)] = &[
    ("assets/favicon.svg", "favicon.svg", "image/svg+xml"),
    (
        "assets/form-post.js",
        "form-post.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "assets/moongate.css",
        "moongate.css",
        "text/css; charset=utf-8",
    ),
    (
        "assets/moongate.js",
        "moongate.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "node_modules/htmx.org/dist/htmx.min.js",
        "htmx.js",
        "text/javascript; charset=utf-8",
    ),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut table = String::from("&[\n");
    println!("cargo:rerun-if-changed=build.rs");
    for (file, name, content_type) in FILES {
        // Cargo also watches for a file that is not there yet.
        println!("cargo:rerun-if-changed={file}");
        let path = root.join(file);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_fetched(file) => continue,
            Err(error) => return Err(error),
        };
        let path = path.to_string_lossy();
        let hash = fnv1a(&bytes);
        let (stem, extension) = name.rsplit_once('.').expect("each name has an extension");
        writeln!(
            table,
            "    Asset {{ name: {name:?}, path: {:?}, content_type: {content_type:?}, etag: {:?}, bytes: include_bytes!({:?}) }},",
            format!("/assets/{stem}.{hash:016x}.{extension}"),
            format!("\"{hash:016x}\""),
            path,
        )
        .expect("a string takes any text");
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)
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
