//! The few pages that the client shows by itself, because there is nowhere to send the browser:
//! plain, self-contained, in English and Simplified Chinese, without scripts. The stylesheet is
//! in the page and the content security policy names it by its hash.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, REFERRER_POLICY, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;
use crate::respond::keep_private;

/// What a page offers to do next. Targets are paths of this site.
pub(crate) enum Next<'a> {
    /// A link.
    Link(&'a str),
    /// A button that posts an empty form to `target`, beside a link that leads away. The
    /// browser may end up at `form_action` after that, which the content policy has to allow.
    Post {
        target: &'a str,
        back: &'a str,
        form_action: Option<&'a str>,
    },
}

/// A page's words.
struct Words {
    title: &'static str,
    text: &'static str,
    action: &'static str,
    /// The label of the way back, where there is one.
    back: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Chinese,
}

impl Language {
    /// The first language of `Accept-Language`, by weight, that there are words in.
    fn of(headers: &HeaderMap) -> Self {
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut best = (0.0, Self::English);
        for range in accepted.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let language = match primary.to_ascii_lowercase().as_str() {
                "en" => Self::English,
                "zh" => Self::Chinese,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// The page that asks before signing out.
pub(crate) fn confirm_sign_out(
    headers: &HeaderMap,
    status: StatusCode,
    target: &str,
    back: &str,
    form_action: Option<&str>,
) -> Response {
    let language = Language::of(headers);
    let words = match language {
        Language::English => Words {
            title: "Sign out?",
            text: "You will be signed out of this application.",
            action: "Sign out",
            back: "Stay signed in",
        },
        Language::Chinese => Words {
            title: "要退出登录吗？",
            text: "你将退出此应用。",
            action: "退出登录",
            back: "保持登录",
        },
    };
    let next = Next::Post {
        target,
        back,
        form_action,
    };
    page(language, status, &words, None, &next)
}

/// The page for an error that a person can do something about.
pub(crate) fn error(headers: &HeaderMap, error: &Error, sign_in: &str) -> Response {
    let language = Language::of(headers);
    let status = status(error);
    let words = words(language, error);
    let detail = match error {
        Error::AuthorizationRefused { code } | Error::TokenRefused { code } => code.as_str(),
        _ => error.code(),
    };
    let mut response = page(language, status, &words, Some(detail), &Next::Link(sign_in));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = HeaderValue::from_static("2");
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// The status that goes with an error.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::UnknownAttempt
        | Error::InvalidCallback
        | Error::WrongIssuer
        | Error::Cancelled
        | Error::AuthorizationRefused { .. } => StatusCode::BAD_REQUEST,
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        Error::CrossSite => StatusCode::FORBIDDEN,
        Error::InvalidProvider { .. }
        | Error::GrantRefused
        | Error::TokenRefused { .. }
        | Error::IdToken(_)
        | Error::InvalidUserinfo => StatusCode::BAD_GATEWAY,
        Error::MissingVariables { .. }
        | Error::InvalidOption { .. }
        | Error::SessionStore
        | Error::LayerMissing => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn words(language: Language, error: &Error) -> Words {
    let (title, text, action) = match (language, error) {
        (Language::English, Error::ProviderUnavailable) => (
            "Sign-in is not available right now",
            "The identity server can’t be reached. Nothing is lost: try again in a moment.",
            "Try again",
        ),
        (Language::Chinese, Error::ProviderUnavailable) => (
            "暂时无法登录",
            "无法连接身份服务器。没有丢失任何内容，请稍后再试。",
            "重试",
        ),
        (Language::English, Error::UnknownAttempt | Error::InvalidCallback) => (
            "This sign-in is no longer open",
            "It was finished before, it took too long, or it began in another browser.",
            "Start again",
        ),
        (Language::Chinese, Error::UnknownAttempt | Error::InvalidCallback) => (
            "此次登录已失效",
            "它可能已经完成、超时，或是在另一个浏览器中开始的。",
            "重新开始",
        ),
        (Language::English, Error::NotSignedIn) => (
            "Sign in to go on",
            "Your session has ended. What you sent was not saved.",
            "Sign in",
        ),
        (Language::Chinese, Error::NotSignedIn) => (
            "请先登录",
            "你的会话已结束，刚才提交的内容没有保存。",
            "登录",
        ),
        (Language::English, Error::SessionStore | Error::LayerMissing) => (
            "Something went wrong here",
            "The application could not reach its own sessions.",
            "Try again",
        ),
        (Language::Chinese, Error::SessionStore | Error::LayerMissing) => {
            ("出了点问题", "应用无法访问自己的会话。", "重试")
        }
        (Language::English, _) => (
            "The sign-in did not work",
            "The identity server’s answer was not accepted. You are not signed in.",
            "Start again",
        ),
        (Language::Chinese, _) => (
            "登录未成功",
            "身份服务器的回应未被接受，你尚未登录。",
            "重新开始",
        ),
    };
    Words {
        title,
        text,
        action,
        back: "",
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;\
font:1rem/1.6 system-ui,sans-serif;background:light-dark(#f6f6f4,#16181b);\
color:light-dark(#1d2127,#e8e9eb)}\
main{box-sizing:border-box;width:min(100%,28rem);padding:2rem 1.5rem}\
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem}\
p{margin:0 0 1.25rem}\
code{font-size:.85rem;color:light-dark(#5a6069,#a3a9b2);overflow-wrap:anywhere}\
form{display:inline}\
a,button{display:inline-block;box-sizing:border-box;min-height:2.75rem;padding:.55rem 1.25rem;\
border:1px solid transparent;border-radius:.5rem;font:inherit;font-weight:600;\
text-decoration:none;cursor:pointer;background:light-dark(#1f4b99,#9dbcf5);\
color:light-dark(#fff,#10213f)}\
a.quiet{background:none;color:inherit;border-color:currentColor;margin-inline-start:.5rem}\
:focus-visible{outline:3px solid light-dark(#1f4b99,#9dbcf5);outline-offset:2px}";

/// The style's hash as a content security policy names it.
static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));

fn page(
    language: Language,
    status: StatusCode,
    words: &Words,
    detail: Option<&str>,
    next: &Next<'_>,
) -> Response {
    let mut html = String::with_capacity(STYLE.len() + 1024);
    let mut form_actions = "'self'".to_owned();
    // Writing to a `String` can't fail.
    let _ = write!(
        html,
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main><h1>{}</h1><p>{}</p>",
        language.tag(),
        Escaped(words.title),
        Escaped(words.title),
        Escaped(words.text),
    );
    if let Some(detail) = detail {
        let _ = write!(html, "<p><code>{}</code></p>", Escaped(detail));
    }
    let action = Escaped(words.action);
    match next {
        Next::Link(target) => {
            let _ = write!(html, "<a href=\"{}\">{action}</a>", Escaped(target));
        }
        Next::Post {
            target,
            back,
            form_action,
        } => {
            let _ = write!(
                html,
                "<form method=\"post\" action=\"{}\"><button>{action}</button></form>\
                 <a class=\"quiet\" href=\"{}\">{}</a>",
                Escaped(target),
                Escaped(back),
                Escaped(words.back),
            );
            if let Some(origin) = form_action {
                form_actions.push(' ');
                form_actions.push_str(origin);
            }
        }
    }
    html.push_str("</main></body></html>");

    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action {form_actions}; \
         base-uri 'none'; frame-ancestors 'none'",
        *STYLE_HASH
    );
    let text = |value: &'static str| HeaderValue::from_static(value);
    let headers: [(HeaderName, HeaderValue); 5] = [
        (CONTENT_TYPE, text("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, text(language.tag())),
        (X_CONTENT_TYPE_OPTIONS, text("nosniff")),
        // Under `no-referrer` a browser posts the form with `Origin: null`.
        (REFERRER_POLICY, text("same-origin")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).unwrap_or(text("default-src 'none'")),
        ),
    ];
    let mut response = (status, headers, html).into_response();
    keep_private(&mut response);
    let vary = text("Accept, Accept-Language, Cookie, HX-Request");
    response.headers_mut().insert(VARY, vary);
    response
}

/// Text with the five characters escaped that mean something in HTML.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                _ => formatter.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ACCEPT_LANGUAGE, Escaped, HeaderMap, Language};

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            Escaped("<a href=\"x\">&'</a>").to_string(),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;"
        );
    }

    #[test]
    fn the_language_follows_the_browser() {
        let check = |accepted: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers).tag(), expected, "{accepted}");
        };
        check("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN");
        check("en-GB,zh;q=0.9", "en");
        check("fr, zh;q=0.5, en;q=0.4", "zh-CN");
        check("zh;q=0, en", "en");
        check("fr", "en");
        check("", "en");
    }
}
