//! What a person does with a browser: reads, fills in, presses. Things are found by what they are
//! called, as a screen reader calls them, and looked for until they are there.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Browser;
use crate::webdriver::{Element, Refusal, Session};

/// How long a person would wait for a page. A busy machine is slow; nothing here takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// What kind of thing is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A button.
    Button,
    /// A field to type into.
    Field,
    /// A link.
    Link,
}

impl Role {
    fn selector(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Field => "input:not([type=hidden])",
            Self::Link => "a[href]",
        }
    }
}

/// Looks until there is something, and gives it.
pub async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            // waits for: a real browser, which does not tell when it is done
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.ok()
}

impl Browser {
    /// Opens an address.
    pub async fn go(&self, url: &str) {
        self.tell("/url", &json!({ "url": url })).await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.tell("/refresh", &json!({})).await;
    }

    /// Goes to the page before.
    pub async fn back(&self) {
        self.tell("/back", &json!({})).await;
    }

    /// The address that is shown.
    pub async fn url(&self) -> String {
        let url = self.session.get("/url").await.unwrap();
        url.as_str().unwrap().to_owned()
    }

    /// Waits until the address begins so.
    pub async fn wait_for_url(&self, beginning: &str) {
        let found = eventually(async || self.url().await.starts_with(beginning).then_some(()));
        if found.await.is_none() {
            self.give_up(&format!("the address {beginning}…")).await;
        }
    }

    /// The whole text that is shown.
    pub async fn text(&self) -> String {
        let found = eventually(async || {
            let body = self.session.elements("body").await.ok()?;
            self.session.text(body.first()?).await.ok()
        });
        found.await.unwrap_or_default()
    }

    /// Waits until this text is shown.
    pub async fn wait_for_text(&self, text: &str) {
        let found = eventually(async || self.text().await.contains(text).then_some(()));
        if found.await.is_none() {
            self.give_up(&format!("the text {text:?}")).await;
        }
    }

    /// Waits until the page's heading is this.
    pub async fn wait_for_heading(&self, heading: &str) {
        let found = eventually(async || {
            let shown = self.session.elements("h1").await.ok()?;
            let shown = self.session.text(shown.first()?).await.ok()?;
            (shown == heading).then_some(())
        });
        if found.await.is_none() {
            self.give_up(&format!("the heading {heading:?}")).await;
        }
    }

    /// Waits until there is such a thing.
    pub async fn wait_for(&self, role: Role, name: &str) {
        self.with_element(role, name, async |_| Ok(())).await;
    }

    /// Whether there is such a thing now.
    pub async fn has(&self, role: Role, name: &str) -> bool {
        matches!(self.find(role, name).await, Ok(Some(_)))
    }

    /// Whether a button can be pressed.
    pub async fn is_enabled(&self, button: &str) -> bool {
        let session = &self.session;
        self.with_element(Role::Button, button, async |element| {
            session.is_enabled(&element).await
        })
        .await
    }

    /// What a field holds.
    pub async fn value(&self, field: &str) -> String {
        let session = &self.session;
        self.with_element(Role::Field, field, async |element| {
            session.value(&element).await
        })
        .await
    }

    /// Presses a button.
    pub async fn press(&self, name: &str) {
        self.click(Role::Button, name).await;
    }

    /// Clicks on a thing.
    pub async fn click(&self, role: Role, name: &str) {
        let session = &self.session;
        self.with_element(role, name, async |element| session.click(&element).await)
            .await;
    }

    /// Presses a button twice, as fast as it goes.
    pub async fn press_twice(&self, name: &str) {
        let session = &self.session;
        self.with_element(Role::Button, name, async |element| {
            session.double_click(&element).await
        })
        .await;
    }

    /// Types in place of what a field holds.
    pub async fn fill(&self, field: &str, text: &str) {
        let session = &self.session;
        self.with_element(Role::Field, field, async |element| {
            session.fill(&element, text).await
        })
        .await;
    }

    /// Puts a text into a field without telling the page's scripts, as some password managers do.
    pub async fn put(&self, field: &str, text: &str) {
        let session = &self.session;
        self.with_element(Role::Field, field, async |element| {
            let body = json!({
                "script": "arguments[0].value = arguments[1]",
                "args": [Session::argument(&element), text],
            });
            session.post("/execute/sync", &body).await
        })
        .await;
    }

    /// Opens another tab, goes on in it, and gives what [`Browser::switch_to`] takes for it.
    pub async fn open_tab(&self) -> String {
        let kind = json!({ "type": "tab" });
        let tab = self.session.post("/window/new", &kind).await.unwrap();
        let tab = tab["handle"].as_str().unwrap().to_owned();
        self.switch_to(&tab).await;
        tab
    }

    /// The tab that is in front.
    pub async fn tab(&self) -> String {
        let tab = self.session.get("/window").await.unwrap();
        tab.as_str().unwrap().to_owned()
    }

    /// Goes on in a tab.
    pub async fn switch_to(&self, tab: &str) {
        self.tell("/window", &json!({ "handle": tab })).await;
    }

    /// What the page complained about since it was last asked, such as what its content security
    /// policy blocked. Answers with an error status are not complaints of the page.
    pub async fn complaints(&self) -> Vec<String> {
        let kind = json!({ "type": "browser" });
        let log = self.session.post("/se/log", &kind).await.unwrap();
        let lines = log.as_array().unwrap().iter();
        lines
            .filter(|line| matches!(line["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .filter(|line| !line.contains("the server responded with a status of"))
            .filter(|line| !line.contains("Response Status Error Code"))
            .collect()
    }

    /// Takes the pointer away, so that it hovers over nothing.
    pub async fn park_pointer(&self) {
        let corner = json!({ "type": "pointerMove", "duration": 0, "x": 0, "y": 0 });
        let mouse = json!({
            "type": "pointer",
            "id": "mouse",
            "parameters": { "pointerType": "mouse" },
            "actions": [corner],
        });
        self.tell("/actions", &json!({ "actions": [mouse] })).await;
    }

    /// Lets the page's own clock, which timers and `Date` go by, run ahead so many seconds.
    pub async fn let_time_pass(&self, seconds: u32) {
        let budget = json!({ "policy": "advance", "budget": f64::from(seconds) * 1000.0 });
        self.devtools("Emulation.setVirtualTimePolicy", budget)
            .await;
    }

    /// Shows the page as on a screen of that size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// A command of Chromium's DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.session.devtools(command, parameters).await
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.session.post("/execute/sync", &body).await.unwrap()
    }

    /// A picture of what is shown, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let picture = self.session.get("/screenshot").await.unwrap();
        STANDARD.decode(picture.as_str().unwrap()).unwrap()
    }

    async fn tell(&self, path: &str, body: &Value) {
        if let Err(refusal) = self.session.post(path, body).await {
            panic!("{path}: {refusal:?}");
        }
    }

    async fn find(&self, role: Role, name: &str) -> Result<Option<Element>, Refusal> {
        for element in self.session.elements(role.selector()).await? {
            if self.session.label(&element).await? == name {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Does something to a thing once it is there, and once more where the page changed under it.
    async fn with_element<T>(
        &self,
        role: Role,
        name: &str,
        mut act: impl AsyncFnMut(Element) -> Result<T, Refusal>,
    ) -> T {
        let done = eventually(async || {
            let outcome = match self.find(role, name).await {
                Ok(Some(element)) => act(element).await,
                Ok(None) => return None,
                Err(refusal) => Err(refusal),
            };
            match outcome {
                Ok(done) => Some(done),
                Err(refusal) if refusal.is_passing() => None,
                Err(refusal) => panic!("{role:?} {name:?}: {refusal:?}"),
            }
        });
        match done.await {
            Some(done) => done,
            None => self.give_up(&format!("{role:?} {name:?}")).await,
        }
    }

    async fn give_up(&self, what: &str) -> ! {
        let (url, text) = (self.url().await, self.text().await);
        panic!("waited {PATIENCE:?} for {what}; {url} shows:\n{text}");
    }
}
