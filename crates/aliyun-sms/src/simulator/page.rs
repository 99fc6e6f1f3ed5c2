//! The inbox for people and for programs: `/inbox`, `/inbox.json`, and what the page needs.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;

use super::phrases::{self, Phrases};
use super::{Delivery, Email, Message, Simulator, Sms, phone};

/// The page shows this many messages; `/inbox.json` has all.
const SHOWN: usize = 100;

/// Script and stylesheet are files of ours, the icon is inline, and nothing else loads.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
    viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%232f5d50'/%3E%3Ccircle \
    cx='16' cy='15' r='9' fill='%23f6efe0'/%3E%3C/svg%3E";

/// `GET /inbox`.
pub(super) async fn inbox(State(simulator): State<Simulator>, headers: HeaderMap) -> Response {
    let phrases = phrases::choose(&headers);
    // The tag first: a message that comes between the two lines makes the page load once more.
    let tag = tag(&simulator);
    let messages = simulator.inbox.messages();
    let origin = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost:3010");
    let page = document(&simulator, phrases, &tag, &messages, origin);
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, phrases.language),
        (header::VARY, "accept-language"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (fixed, page.into_string()).into_response()
}

/// The query of `/inbox.json`.
#[derive(Deserialize)]
pub(super) struct Filter {
    phone: Option<String>,
    email: Option<String>,
}

/// `GET /inbox.json`: an array, newest first; `?phone=` keeps the messages to one number, `?email=`
/// those to one address, both together those to either.
pub(super) async fn inbox_json(
    State(simulator): State<Simulator>,
    filter: Query<Filter>,
) -> Response {
    let tag = tag(&simulator);
    let inbox = &simulator.inbox;
    let messages = match (&filter.phone, &filter.email) {
        (None, None) => inbox.messages(),
        (Some(phone), None) => inbox.messages_to(phone),
        (None, Some(email)) => inbox.emails_to(email),
        (Some(phone), Some(email)) => {
            let mut both = inbox.messages_to(phone);
            both.extend(inbox.emails_to(email));
            both.sort_by_key(|message| Reverse(message.received_at));
            both
        }
    };
    let messages: Vec<&Message> = messages.iter().map(Arc::as_ref).collect();
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal and decimal digits in quotes");
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, Json(messages)).into_response()
}

/// `GET /inbox.css`.
pub(super) async fn inbox_css() -> Response {
    asset("text/css; charset=utf-8", include_str!("inbox.css"))
}

/// `GET /inbox.js`.
pub(super) async fn inbox_js() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("inbox.js"))
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// Changes with each message and each start, so that the script need not compare messages.
fn tag(simulator: &Simulator) -> String {
    format!("\"{}-{}\"", simulator.instance, simulator.inbox.revision())
}

fn document(
    simulator: &Simulator,
    phrases: &Phrases,
    tag: &str,
    messages: &[Arc<Message>],
    host: &str,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(phrases.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (phrases.title) }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href="inbox.css";
                script src="inbox.js" defer {}
                noscript { meta http-equiv="refresh" content="3"; }
            }
            body data-tag=(tag) data-new=(phrases.new_message) {
                header {
                    div.gate aria-hidden="true" {}
                    div {
                        h1 { (phrases.title) }
                        p { (phrases.subtitle) }
                    }
                }
                main {
                    p #offline role="alert" hidden { (phrases.offline) }
                    p #news.unseen role="status" {}
                    div #messages {
                        @if messages.is_empty() {
                            (empty(phrases))
                        } @else {
                            ol.messages {
                                @for message in messages.iter().take(SHOWN) {
                                    li data-key=(key(message)) {
                                        (card(phrases, simulator, message))
                                    }
                                }
                            }
                            @if messages.len() > SHOWN {
                                p.note { (phrases.more) " " a href="inbox.json" { "inbox.json" } }
                            }
                        }
                    }
                    (setup(phrases, simulator, host))
                }
            }
        }
    }
}

fn empty(phrases: &Phrases) -> Markup {
    html! {
        section.empty {
            div.gate.large aria-hidden="true" {}
            h2 { (phrases.empty_title) }
            p { (phrases.empty_text) }
        }
    }
}

/// What tells a message from the others of the list.
fn key(message: &Message) -> String {
    match &message.delivery {
        Delivery::Sms(sms) => format!("{} {}", sms.biz_id, sms.phone),
        Delivery::Email(email) => {
            let code = message.code.as_deref().unwrap_or_default();
            format!("{} {} {code}", message.received_at_text(), email.to)
        }
    }
}

fn card(phrases: &Phrases, simulator: &Simulator, message: &Message) -> Markup {
    let at = message.received_at_text();
    let (channel, recipient) = match &message.delivery {
        Delivery::Sms(sms) => (phrases.sms, phone::for_reading(&sms.phone)),
        Delivery::Email(email) => (phrases.email, email.to.clone()),
    };
    html! {
        article {
            p.to {
                span {
                    span.channel { (channel) } " "
                    span.recipient { (recipient) }
                }
                time datetime=(at) { (at[11..19]) " UTC" }
            }
            @if let Some(code) = &message.code {
                p.code {
                    span.unseen { (phrases.code) " " }
                    span.digits { (code) }
                    button type="button" data-copy=(code) data-done=(phrases.copied) { (phrases.copy) }
                }
            }
            @match &message.delivery {
                Delivery::Sms(sms) => (sms_text(simulator, message, sms)),
                Delivery::Email(email) => (email_text(message, email)),
            }
        }
    }
}

fn sms_text(simulator: &Simulator, message: &Message, sms: &Sms) -> Markup {
    let template = simulator.account().template(&sms.template_code);
    let name = template.and_then(|template| template.name.as_deref());
    html! {
        p.text lang="zh-CN" { (emphasised(message, sms)) }
        p.source {
            (sms.template_code)
            @if let Some(name) = name { " · " (name) }
            " · " (sms.biz_id)
            @if let Some(out_id) = &sms.out_id { " · " (out_id) }
        }
    }
}

/// Subject and plain text. The HTML is for mail programs: it is never markup of this page.
fn email_text(message: &Message, email: &Email) -> Markup {
    html! {
        p.subject dir="auto" { (email.subject) }
        p.text.lines dir="auto" { (with_code(message.code.as_deref(), &message.text)) }
    }
}

/// The text with sign name and code standing out.
fn emphasised(message: &Message, sms: &Sms) -> Markup {
    let sign = format!("【{}】", sms.sign_name);
    let (sign, rest) = match message.text.strip_prefix(&sign) {
        Some(rest) => (sign.as_str(), rest),
        None => ("", message.text.as_str()),
    };
    html! {
        span.sign { (sign) }
        (with_code(message.code.as_deref(), rest))
    }
}

/// A text in which the code stands out.
fn with_code(code: Option<&str>, text: &str) -> Markup {
    let around_code = code
        .filter(|code| !code.is_empty())
        .and_then(|code| Some((code, text.split_once(code)?)));
    html! {
        @match around_code {
            Some((code, (before, after))) => { (before) strong { (code) } (after) }
            None => (text),
        }
    }
}

/// What a program has to be told to send here.
fn setup(phrases: &Phrases, simulator: &Simulator, host: &str) -> Markup {
    let account = simulator.account();
    html! {
        details.setup {
            summary { (phrases.setup) }
            dl {
                dt { "Endpoint" }
                dd { code { "http://" (host) "/" } }
                dt { "AccessKeyId" }
                dd { code { (account.access_key_id) } }
                dt { "SignName" }
                @for name in &account.sign_names {
                    dd { code lang="zh-CN" { (name) } }
                }
                dt { "TemplateCode" }
                @for template in &account.templates {
                    dd {
                        code { (template.code) }
                        @if let Some(name) = &template.name { " " (name) }
                        span.text lang="zh-CN" { (template.text) }
                    }
                }
            }
        }
    }
}
