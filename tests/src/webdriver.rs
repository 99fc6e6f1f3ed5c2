//! The little of WebDriver (W3C) and of Chromium's DevTools that the tests need, over HTTP.
//!
//! Not the crate `thirtyfour`: it turns on `serde_json/preserve_order`, and features are the
//! workspace's, so the servers under test would not be those that we ship.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// The key of an element reference (WebDriver §11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a command may take: starting a browser on a busy machine is the longest.
const COMMAND: Duration = Duration::from_mins(1);

/// What the driver answered in place of a result.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The name of the error, such as `stale element reference`.
    pub(crate) error: String,
    /// What the driver says of it.
    pub(crate) message: String,
}

impl Refusal {
    /// Whether the page was changing just then, so that another look may succeed.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.error.as_str(),
            "stale element reference"
                | "no such element"
                | "element click intercepted"
                | "element not interactable"
                | "detached shadow root"
                | "move target out of bounds"
        ) || self.message.contains("Node with given id")
            || self.message.contains("does not belong to the document")
            || self.message.contains("Cannot find context")
            || self.message.contains("aborted by navigation")
    }
}

/// An element of the page that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element(String);

/// An open browser.
pub(crate) struct Session {
    http: reqwest::Client,
    port: u16,
    id: String,
}

impl Session {
    /// Opens a browser by the driver at this port of this machine.
    pub(crate) async fn open(port: u16, capabilities: &Value) -> Result<Self, Refusal> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(COMMAND)
            .build()
            .unwrap();
        let mut session = Self {
            http,
            port,
            id: String::new(),
        };
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = session.send("POST", "", Some(&body)).await?;
        opened["sessionId"]
            .as_str()
            .unwrap()
            .clone_into(&mut session.id);
        Ok(session)
    }

    /// A command with parameters.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.send("POST", path, Some(body)).await
    }

    /// A question.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Refusal> {
        self.send("GET", path, None).await
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &body)
            .await
            .unwrap_or_else(|refusal| panic!("{command}: {refusal:?}"))
    }

    /// The elements of a CSS selector, in the order of the document.
    pub(crate) async fn elements(&self, selector: &str) -> Result<Vec<Element>, Refusal> {
        let body = json!({ "using": "css selector", "value": selector });
        let found = self.post("/elements", &body).await?;
        let found = found.as_array().unwrap().iter();
        Ok(found
            .map(|element| Element(element[ELEMENT].as_str().unwrap().to_owned()))
            .collect())
    }

    /// What an element is called, as a screen reader has it.
    pub(crate) async fn label(&self, element: &Element) -> Result<String, Refusal> {
        self.ask(element, "computedlabel").await
    }

    /// The text of an element, as it is shown.
    pub(crate) async fn text(&self, element: &Element) -> Result<String, Refusal> {
        self.ask(element, "text").await
    }

    /// What a field holds now.
    pub(crate) async fn value(&self, element: &Element) -> Result<String, Refusal> {
        self.ask(element, "property/value").await
    }

    /// Whether a control can be used.
    pub(crate) async fn is_enabled(&self, element: &Element) -> Result<bool, Refusal> {
        let answer = self.get(&format!("/element/{}/enabled", element.0)).await?;
        Ok(answer == true)
    }

    /// Clicks, and waits for the page that it leads to, if it leads to one.
    pub(crate) async fn click(&self, element: &Element) -> Result<(), Refusal> {
        self.tell(element, "click", &json!({})).await
    }

    /// Two clicks, as fast as they go.
    pub(crate) async fn double_click(&self, element: &Element) -> Result<(), Refusal> {
        let there = json!({ ELEMENT: element.0 });
        let down = json!({ "type": "pointerDown", "button": 0 });
        let up = json!({ "type": "pointerUp", "button": 0 });
        let body = json!({ "actions": [{
            "type": "pointer",
            "id": "mouse",
            "parameters": { "pointerType": "mouse" },
            "actions": [
                { "type": "pointerMove", "duration": 0, "origin": there, "x": 0, "y": 0 },
                down, up, down, up,
            ],
        }]});
        self.post("/actions", &body).await.map(|_| ())
    }

    /// Types in place of what a field holds.
    pub(crate) async fn fill(&self, element: &Element, text: &str) -> Result<(), Refusal> {
        self.tell(element, "clear", &json!({})).await?;
        self.tell(element, "value", &json!({ "text": text })).await
    }

    /// An element as an argument of a script.
    pub(crate) fn argument(element: &Element) -> Value {
        json!({ ELEMENT: element.0 })
    }

    async fn ask(&self, element: &Element, what: &str) -> Result<String, Refusal> {
        let answer = self.get(&format!("/element/{}/{what}", element.0)).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    async fn tell(&self, element: &Element, what: &str, body: &Value) -> Result<(), Refusal> {
        let path = format!("/element/{}/{what}", element.0);
        self.post(&path, body).await.map(|_| ())
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Refusal> {
        let id = &self.id;
        let slash = if id.is_empty() { "" } else { "/" };
        let url = format!("http://127.0.0.1:{}/session{slash}{id}{path}", self.port);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the driver answers");
        let is_well = answer.status().is_success();
        let mut answer: Value = answer.json().await.expect("the driver answers in JSON");
        let value = answer["value"].take();
        if is_well {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refusal {
            error: text("error"),
            message: text("message"),
        })
    }
}

impl Drop for Session {
    /// Closes the browser. The driver would leave it running when it is itself killed. By hand, as
    /// nothing can be awaited here.
    fn drop(&mut self) {
        if self.id.is_empty() {
            return;
        }
        let Ok(mut driver) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return;
        };
        let _ = driver.set_read_timeout(Some(COMMAND));
        let request = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.id, self.port
        );
        if driver.write_all(request.as_bytes()).is_ok() {
            // The first byte of the answer says that it is closed.
            let _ = driver.read(&mut [0]);
        }
    }
}
