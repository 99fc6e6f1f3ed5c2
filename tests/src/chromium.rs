//! Chromium without a window, driven by chromedriver: each browser has a driver and a profile of
//! its own, and leaves nothing behind.

use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use crate::webdriver::Session;
use serde_json::{Value, json};

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scripts {
    /// They may.
    #[default]
    On,
    /// They may not, as where a person switched JavaScript off.
    Off,
}

/// How a browser is set.
#[derive(Debug, Clone, Copy)]
pub struct BrowserOptions {
    /// Whether pages may run scripts.
    pub scripts: Scripts,
    /// The language that it asks for, a BCP 47 tag.
    pub language: &'static str,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            scripts: Scripts::On,
            language: "en",
        }
    }
}

/// A browser. It closes when it is dropped.
pub struct Browser {
    // In this order they go: the browser, its driver, its files.
    pub(crate) session: Session,
    _driver: Driver,
    _profile: Profile,
}

impl Browser {
    /// Opens a browser with scripts, in English.
    pub async fn open() -> Self {
        Self::with(BrowserOptions::default()).await
    }

    /// Opens a browser.
    pub async fn with(options: BrowserOptions) -> Self {
        let profile = Profile(tempfile::tempdir().unwrap().keep());
        let driver = Driver::start();
        let capabilities = capabilities(options, &profile);
        let session = Session::open(driver.port, &capabilities)
            .await
            .unwrap_or_else(|refusal| {
                panic!("Chromium did not start: {}. {MISSING}", refusal.message)
            });
        Self {
            session,
            _driver: driver,
            _profile: profile,
        }
    }
}

fn capabilities(options: BrowserOptions, profile: &Profile) -> Value {
    let language = options.language;
    let arguments = [
        "--headless=new".to_owned(),
        // As root, in a container, there is no sandbox to be had; the pages are our own.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-extensions".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--password-store=basic".to_owned(),
        // This machine alone: a page that loads anything from elsewhere shows it.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1".to_owned(),
        // It ends when its driver does, however that ends.
        "--remote-debugging-pipe".to_owned(),
        "--window-size=1280,900".to_owned(),
        format!("--lang={language}"),
        format!("--user-data-dir={}", profile.0.display()),
    ];
    let mut preferences = json!({ "intl.accept_languages": language });
    if options.scripts == Scripts::Off {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let mut chromium = json!({ "args": arguments, "prefs": preferences });
    if let Some(binary) = named("MOONGATE_TEST_CHROMIUM") {
        chromium["binary"] = json!(binary);
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": chromium,
        "goog:loggingPrefs": { "browser": "ALL" },
        // Pages are looked at until they are there; the driver is never to wait by itself.
        "timeouts": { "implicit": 0, "pageLoad": 30_000, "script": 30_000 },
    })
}

const MISSING: &str = "Run `cargo xtask setup`; or, on Debian, `sudo apt-get install \
     --no-install-recommends chromium chromium-driver`; or name them in MOONGATE_TEST_CHROMIUM \
     and MOONGATE_TEST_CHROMEDRIVER";

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The folder with all that a browser keeps.
struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        for _ in 0..100 {
            match fs::remove_dir_all(&self.0) {
                Err(error) if error.kind() != ErrorKind::NotFound => {}
                _ => return,
            }
            // waits for: the last of Chromium's processes, which still write
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// chromedriver on a port of its own choice.
struct Driver {
    port: u16,
    process: Child,
    // Open as long as it writes.
    _words: BufReader<ChildStdout>,
}

impl Driver {
    fn start() -> Self {
        let program = named("MOONGATE_TEST_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("no {}: {error}. {MISSING}", program.display()));
        let mut words = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut heard = String::new();
        let port = loop {
            let from = heard.len();
            let length = words.read_line(&mut heard).unwrap();
            assert!(length > 0, "{} ended: {heard}", program.display());
            let port = heard[from..].trim_end().strip_suffix('.');
            let port = port.and_then(|line| line.rsplit_once(" on port "));
            if let Some(port) = port.and_then(|(_, port)| port.parse().ok()) {
                break port;
            }
        };
        Self {
            port,
            process,
            _words: words,
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
