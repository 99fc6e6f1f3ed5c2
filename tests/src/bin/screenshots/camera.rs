//! One page on every kind of screen.

use std::fs;
use std::path::{Path, PathBuf};

use moongate_tests::{Browser, eventually};
use serde_json::json;

/// A size that people have, in CSS pixels.
pub(crate) struct Screen {
    /// As it stands in a file's name.
    pub(crate) name: &'static str,
    width: u32,
    height: u32,
}

/// A desk and a hand.
pub(crate) const SCREENS: [Screen; 2] = [
    Screen {
        name: "1280x900",
        width: 1280,
        height: 900,
    },
    Screen {
        name: "390x844",
        width: 390,
        height: 844,
    },
];

/// By day and by night.
pub(crate) const SCHEMES: [&str; 2] = ["light", "dark"];

/// What pages are written in.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// Names a picture by page, screen, scheme and language; `None` takes none.
type Naming = fn(&str, &str, &str, &str) -> Option<String>;

/// Takes pictures into a folder.
pub(crate) struct Camera {
    folder: PathBuf,
    naming: Naming,
    taken: usize,
}

impl Camera {
    pub(crate) fn new(folder: &Path, naming: Naming) -> Self {
        fs::create_dir_all(folder).expect("the workspace can be written");
        Self {
            folder: folder.to_owned(),
            naming,
            taken: 0,
        }
    }

    /// How many pictures there are.
    pub(crate) fn taken(&self) -> usize {
        self.taken
    }

    /// Takes every picture of the page that is shown.
    pub(crate) async fn take(&mut self, browser: &Browser, page: &str, language: &str) {
        self.take_each(browser, page, language, |_| None).await;
    }

    /// Takes every picture of a page that has an address for each scheme.
    pub(crate) async fn take_at(
        &mut self,
        browser: &Browser,
        page: &str,
        language: &str,
        address: impl Fn(&str) -> String,
    ) {
        self.take_each(browser, page, language, |scheme| Some(address(scheme)))
            .await;
    }

    async fn take_each(
        &mut self,
        browser: &Browser,
        page: &str,
        language: &str,
        address: impl Fn(&str) -> Option<String>,
    ) {
        browser.park_pointer().await;
        for screen in &SCREENS {
            for scheme in SCHEMES {
                let Some(name) = (self.naming)(page, screen.name, scheme, language) else {
                    continue;
                };
                browser.resize(screen.width, screen.height).await;
                let media = json!({ "features": [
                    { "name": "prefers-color-scheme", "value": scheme },
                    // Nothing is half-way between two states then.
                    { "name": "prefers-reduced-motion", "value": "reduce" },
                ]});
                browser.devtools("Emulation.setEmulatedMedia", media).await;
                let bare = json!({ "hidden": true });
                browser
                    .devtools("Emulation.setScrollbarsHidden", bare)
                    .await;
                if let Some(address) = address(scheme) {
                    browser.go(&address).await;
                    frames_are_shown(browser).await;
                }
                let path = self.folder.join(name);
                fs::write(path, browser.picture().await).expect("the folder can be written");
                self.taken += 1;
            }
        }
    }
}

/// Waits until every frame that can be seen shows a page.
async fn frames_are_shown(browser: &Browser) {
    const SCRIPT: &str = "return [...document.querySelectorAll('iframe')].every(frame => \
         frame.getBoundingClientRect().top > innerHeight || \
         frame.contentDocument?.querySelector('h1'))";
    let shown = eventually(async || (browser.run(SCRIPT).await == true).then_some(()));
    shown.await.expect("frames show their pages");
}
