//! Takes pictures of a sign-in, from the shop and back, and of a draft of the settings, in Chromium:
//! `target/screenshots/<page>-<width>x<height>-<scheme>-<language>.png`.
//!
//! With `--readme` it takes the two of the README instead, into `docs/`.

mod camera;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use camera::{Camera, LANGUAGES, SCHEMES, SCREENS};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => all().await,
        ["--readme"] => readme().await,
        _ => {
            eprintln!("screenshots [--readme]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

async fn all() {
    let folder = root().join("target/screenshots");
    if folder.exists() {
        // Pictures of pages that are no more would mislead.
        std::fs::remove_dir_all(&folder).expect("target/ is ours to change");
    }
    let mut camera = Camera::new(&folder, |page, screen, scheme, language| {
        Some(format!("{page}-{screen}-{scheme}-{language}.png"))
    });
    for language in LANGUAGES {
        walk::sign_in(language, &mut camera).await;
        walk::preview(language, &mut camera).await;
    }
    let pages = walk::PAGES.len() + walk::DRAFT_PAGES.len() + 1;
    let expected = pages * SCREENS.len() * SCHEMES.len() * LANGUAGES.len();
    assert_eq!(camera.taken(), expected, "a picture is missing");
    println!("{expected} pictures in {}", shown(&folder));
}

async fn readme() {
    let folder = root().join("docs");
    let mut camera = Camera::new(&folder, |page, screen, scheme, _| {
        let name = match page {
            "code" => "sign-in.png",
            "signed-in" => "bookstore.png",
            _ => return None,
        };
        let is_wanted = screen == SCREENS[0].name && scheme == "light";
        is_wanted.then(|| name.to_owned())
    });
    walk::sign_in("en", &mut camera).await;
    assert_eq!(camera.taken(), 2, "a picture is missing");
    println!("docs/sign-in.png and docs/bookstore.png");
}

/// The workspace's root.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("a member has a workspace").to_owned()
}

fn shown(folder: &Path) -> String {
    let folder = folder.strip_prefix(root()).unwrap_or(folder);
    folder.display().to_string()
}
