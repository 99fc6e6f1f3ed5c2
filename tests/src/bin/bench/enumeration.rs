//! Whether the time of an answer tells if there is an account: what is answered for an identifier
//! that has one, beside the same for one that has none, in turns.
//!
//! In process, without a network to blur it, by real password hashing. Whatever is left to do after
//! an answer is done before the next one is measured. A difference that is seen here may still be
//! too small to be seen through a network; that none is seen proves nothing about other pages.

use std::time::Duration;

use moongate_tests::{Manager, Page, RelyingParty, TestApp, Visitor};
use serde_json::{Value, json};

use crate::load::Stopwatch;

/// How often each is measured.
const ROUNDS: usize = 101;
/// Not counted: caches fill, and the first password makes the hash that stands in for none.
const WARM_UP: usize = 5;
/// Between two rounds, by the server's clock: further apart than limits and locks reach.
const APART: Duration = Duration::from_hours(4);

const PASSWORD: &str = "wind over the old harbour";
const KNOWN_NAME: &str = "lin_daiyu";
const UNKNOWN_NAME: &str = "jia_baoyu";
const KNOWN_NUMBER: &str = "13800138001";
const UNKNOWN_NUMBER: &str = "13800138002";

/// A request, and the times of its answers for an account and for none.
pub(crate) struct Compared {
    pub(crate) name: &'static str,
    pub(crate) known: Vec<Duration>,
    pub(crate) unknown: Vec<Duration>,
}

/// A form, posted from the page that an application's request leads to.
struct Form {
    name: &'static str,
    path: &'static str,
    identifiers: [&'static str; 2],
    password: Option<&'static str>,
    settings: Value,
}

/// How a new identifier is proved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    None,
    Code,
}

/// Measures all three.
pub(crate) async fn compare() -> Vec<Compared> {
    let app = TestApp::new().await;
    settle(&app, settings("username", true)).await;
    register(&app, KNOWN_NAME, Proof::None).await;
    settle(&app, settings("phone", true)).await;
    register(&app, KNOWN_NUMBER, Proof::Code).await;

    let forms = [
        Form {
            name: "sign-in with a wrong password",
            path: "/sign-in",
            identifiers: [KNOWN_NAME, UNKNOWN_NAME],
            password: Some("no password of anybody"),
            settings: settings("username", true),
        },
        Form {
            name: "code to recover a password",
            path: "/forgot-password",
            identifiers: [KNOWN_NUMBER, UNKNOWN_NUMBER],
            password: None,
            settings: settings("phone", true),
        },
        Form {
            name: "code to sign in, sign-up off",
            path: "/sign-in",
            identifiers: [KNOWN_NUMBER, UNKNOWN_NUMBER],
            password: None,
            settings: {
                let mut settings = settings("phone", false);
                settings["signInMode"] = json!("SignIn");
                settings
            },
        },
    ];
    let mut all = Vec::new();
    for form in forms {
        settle(&app, form.settings.clone()).await;
        all.push(form.compare(&app).await);
        eprintln!("{}", form.name);
    }
    all
}

impl Form {
    async fn compare(&self, app: &TestApp) -> Compared {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..WARM_UP + ROUNDS {
            app.advance(APART);
            // Who comes second finds what the first left behind, so they take turns at it.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            let mut statuses = Vec::new();
            for which in order {
                let (time, answer) = self.send(app, self.identifiers[which]).await;
                statuses.push(answer.status);
                if round >= WARM_UP {
                    times[which].push(time);
                }
            }
            assert_eq!(statuses[0], statuses[1], "{}: the answer tells", self.name);
        }
        let [known, unknown] = times;
        Compared {
            name: self.name,
            known,
            unknown,
        }
    }

    async fn send(&self, app: &TestApp, identifier: &str) -> (Duration, Page) {
        let (mut visitor, page) = open(app).await;
        let mut fields = vec![
            ("interaction", page.field("interaction")),
            ("region", "CN".to_owned()),
            ("identifier", identifier.to_owned()),
        ];
        fields.extend(self.password.map(|it| ("password", it.to_owned())));
        let stopwatch = Stopwatch::start();
        let answer = visitor.submit(self.path, &fields).await;
        (stopwatch.elapsed(), answer)
    }
}

/// Accounts have that identifier, and a password or a code.
fn settings(identifier: &str, password: bool) -> Value {
    let is_phone = identifier == "phone";
    json!({
        "signInMode": "SignInAndRegister",
        "signUp": { "identifiers": [identifier], "password": password, "verify": is_phone },
        "signIn": { "methods": [{
            "identifier": identifier, "password": password, "isPasswordPrimary": password,
            "verificationCode": !password || is_phone,
        }] },
        "forgotPasswordMethods": ["PhoneVerificationCode"],
    })
}

async fn settle(app: &TestApp, settings: Value) {
    let manager = Manager::new(app).await;
    let answer = manager.patch("/api/sign-in-exp", settings).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

async fn open(app: &TestApp) -> (Visitor, Page) {
    let mut visitor = app.visitor();
    let request = RelyingParty::new("bench").request(app, &[]);
    let page = visitor.open(&request).await;
    (visitor, page)
}

/// Makes an account by the pages.
async fn register(app: &TestApp, identifier: &str, proof: Proof) {
    let (mut visitor, page) = open(app).await;
    let interaction = ("interaction", page.field("interaction"));
    let form = [
        interaction.clone(),
        ("region", "CN".to_owned()),
        ("identifier", identifier.to_owned()),
    ];
    visitor.submit_and_follow("/register", &form).await;
    if proof == Proof::Code {
        let form = [interaction.clone(), ("code", app.code_for(identifier))];
        let path = "/sign-in/verification-code";
        visitor.submit_and_follow(path, &form).await;
    }
    let form = [interaction, ("password", PASSWORD.to_owned())];
    let answer = visitor.submit("/register/password", &form).await;
    assert!(
        answer.location().contains("/oidc/auth/"),
        "{}",
        answer.text()
    );
}
