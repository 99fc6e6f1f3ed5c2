//! Authorization responses as the suite receives and judges them: in the query, or by form post.

use std::collections::BTreeMap;

use moongate_tests::{Page, Visitor};
use url::{Url, form_urlencoded};

use super::client::Request;

/// How answers reach the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// In the query of the redirect URI.
    Query,
    /// In a form that posts itself there (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// Errors that say that the user would have to do something (OpenID Connect Core §3.1.2.6).
const INTERACTION_ERRORS: [&str; 4] = [
    "login_required",
    "interaction_required",
    "account_selection_required",
    "consent_required",
];

/// An authorization response that passed.
#[derive(Debug)]
pub(super) struct Callback(BTreeMap<String, String>);

impl Callback {
    /// The answer in the query of where the browser is sent, which is the redirect URI with its own
    /// query kept.
    pub(super) fn by_query(location: &str, request: &Request, issuer: &str) -> Self {
        let redirect_uri = request.client.redirect_uri;
        let rest = location.strip_prefix(redirect_uri);
        let rest = rest.unwrap_or_else(|| panic!("not the redirect URI: {location}"));
        let separator = if redirect_uri.contains('?') { '&' } else { '?' };
        let query = rest.strip_prefix(separator).expect("a query");
        assert!(!query.contains('#'), "an answer in the fragment");
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self::checked(pairs.collect(), request, issuer)
    }

    /// The answer in the form of a page, which a browser with scripts posts by itself.
    pub(super) async fn by_form(
        page: &Page,
        browser: &mut Visitor,
        request: &Request,
        issuer: &str,
    ) -> Self {
        let form = Form::of(page).expect("a form");
        assert_eq!(form.method, "post");
        assert_eq!(form.action, request.client.redirect_uri);
        assert!(!page.text().contains("enctype"), "the default is the one");
        check_policy(page, &form.action);
        check_script(page, browser).await;
        assert_eq!(page.header("cache-control"), "no-store");
        Self::checked(form.fields, request, issuer)
    }

    fn checked(pairs: Vec<(String, String)>, request: &Request, issuer: &str) -> Self {
        let count = pairs.len();
        let parameters: BTreeMap<_, _> = pairs.into_iter().collect();
        assert_eq!(parameters.len(), count, "a parameter stands twice");
        let get = |name: &str| parameters.get(name).map(String::as_str);
        assert_eq!(get("state"), request.get("state"), "state is unchanged");
        // RFC 9207 §2.4.
        assert_eq!(get("iss"), Some(issuer));
        let own: &[&str] = if get("error").is_some() {
            for (name, value) in &parameters {
                if name.starts_with("error") {
                    assert!(is_printable(value), "{name} is {value:?}");
                }
            }
            &["error", "error_description", "error_uri"]
        } else {
            assert!(get("code").is_some(), "neither code nor error");
            &["code"]
        };
        for name in parameters.keys() {
            let is_known = own.contains(&name.as_str()) || ["state", "iss"].contains(&&**name);
            assert!(is_known, "an unexpected parameter: {name}");
        }
        Self(parameters)
    }

    /// The code.
    #[track_caller]
    pub(super) fn code(&self) -> &str {
        let code = self.0.get("code");
        code.unwrap_or_else(|| panic!("no code: {:?}", self.0))
    }

    /// The error.
    #[track_caller]
    pub(super) fn error(&self) -> &str {
        let error = self.0.get("error");
        error.unwrap_or_else(|| panic!("no error: {:?}", self.0))
    }

    /// Asserts that the answer says that nobody is signed in.
    #[track_caller]
    pub(super) fn asks_for_interaction(&self) {
        let error = self.error();
        assert!(INTERACTION_ERRORS.contains(&error), "{error}");
    }
}

/// What `error` and `error_description` may hold, so neither CR, LF nor TAB (RFC 6749 §4.1.2.1).
pub(super) fn is_printable(text: &str) -> bool {
    let allowed = |byte: u8| (0x20..=0x7e).contains(&byte) && !b"\"\\".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// A form of a page, entities resolved.
pub(super) struct Form {
    pub(super) method: String,
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Form {
    /// The page's form that leads to another site, if it has one.
    pub(super) fn of(page: &Page) -> Option<Self> {
        let forms = page.text().split("<form ").skip(1);
        let mut forms = forms.map(|rest| rest.split("</form>").next().unwrap_or(rest));
        forms.find_map(|form| {
            let tag = form.split('>').next()?;
            let action = attribute(tag, "action").filter(|action| action.contains(':'))?;
            let inputs = form.split("<input ").skip(1);
            let inputs = inputs.filter_map(|rest| rest.split('>').next());
            let fields = inputs
                .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
            Some(Self {
                method: attribute(tag, "method")?,
                fields: fields.collect(),
                action,
            })
        })
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = format!(" {tag}");
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

/// The page's own policy lets its script run and its form reach the client.
fn check_policy(page: &Page, action: &str) {
    let policy = page.header("content-security-policy");
    let sources = |directive: &str| -> Vec<&str> {
        let mut directives = policy.split(';').map(str::trim);
        let found = directives.find_map(|own| own.strip_prefix(directive));
        found.unwrap_or_default().split_ascii_whitespace().collect()
    };
    assert!(sources("script-src").contains(&"'self'"), "{policy}");
    let origin = Url::parse(action).unwrap().origin().ascii_serialization();
    let targets = sources("form-action");
    assert!(targets.contains(&origin.as_str()), "{policy}");
}

/// The script that submits the form is served from where the policy allows it.
async fn check_script(page: &Page, browser: &mut Visitor) {
    let assets = page.assets();
    let script = assets.iter().find(|path| path.contains("form-post"));
    let script = script.expect("a script that submits the form");
    assert!(script.starts_with('/'), "{script} is ours");
    let script = browser.get(script).await;
    assert_eq!(script.status, 200);
    assert!(script.header("content-type").starts_with("text/javascript"));
    assert!(script.text().contains(".submit"));
}
