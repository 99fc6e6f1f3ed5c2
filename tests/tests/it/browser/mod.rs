//! Walks in headless Chromium: Bookstore, Moongate's pages, and the simulator's inbox.

mod account;
mod codes;
mod fields;
mod identifiers;
mod pages;
mod passwords;
mod tabs;
mod walkthrough;

use moongate_tests::{Browser, BrowserOptions, LiveApp, Scripts};
use serde_json::{Value, json};

const PASSWORD: &str = "wind over the old harbour";

/// As most people browse, and where JavaScript is switched off.
const BOTH: [Scripts; 2] = [Scripts::On, Scripts::Off];

async fn open(scripts: Scripts) -> Browser {
    Browser::with(BrowserOptions {
        scripts,
        ..BrowserOptions::default()
    })
    .await
}

/// From the shop's front page to the page that asks for a number.
async fn press_sign_in(app: &LiveApp, browser: &Browser) {
    browser.go(&app.bookstore()).await;
    browser.press("Sign in").await;
    browser.wait_for_heading("Sign in to Bookstore").await;
}

/// From the shop's front page to the page that asks for the code.
async fn ask_for_code(app: &LiveApp, browser: &Browser, number: &str) {
    press_sign_in(app, browser).await;
    browser.fill("Phone number", &format!("+86 {number}")).await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
}

/// Types a code. With scripts the page goes on by itself after the sixth digit.
async fn enter(browser: &Browser, scripts: Scripts, code: &str) {
    browser.fill("Verification code", code).await;
    if scripts == Scripts::Off {
        browser.press("Continue").await;
    }
}

/// Waits for the shop to say who is there.
async fn wait_for_sign_in(app: &LiveApp, browser: &Browser, number: &str) {
    wait_for_shop(app, browser, &format!("+86{number}")).await;
}

/// Waits for the shop to greet somebody by that name.
async fn wait_for_shop(app: &LiveApp, browser: &Browser, name: &str) {
    browser.wait_for_url(&app.bookstore()).await;
    browser.wait_for_text("Is authenticated: true").await;
    browser.wait_for_text(&format!("Signed in as {name}")).await;
}

/// Has axe-core read a page that a walk comes by. It is a script itself.
async fn read(browser: &Browser, scripts: Scripts) {
    if scripts == Scripts::On {
        browser.assert_accessible().await;
    }
}

/// A sign-in method of the settings; a password comes first where there is one.
fn method(identifier: &str, password: bool, code: bool) -> Value {
    json!({
        "identifier": identifier, "password": password, "verificationCode": code,
        "isPasswordPrimary": password,
    })
}

fn wrong(code: &str) -> String {
    let right: u32 = code.parse().unwrap();
    format!("{:06}", (right + 1) % 1_000_000)
}
