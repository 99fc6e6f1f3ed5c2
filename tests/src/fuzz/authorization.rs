//! The authorization request, spoilt.

use axum::body::Body;
use http::{Request, StatusCode, header};
use url::{Url, form_urlencoded};

use super::world::{CLIENTS, Registered};
use super::{Source, World, shown};
use crate::Page;

/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Parameters that mean something somewhere.
const NAMES: [&str; 32] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "code_challenge",
    "code_challenge_method",
    "id_token_hint",
    "login_hint",
    "ui_locales",
    "claims_locales",
    "acr_values",
    "claims",
    "display",
    "resource",
    "request",
    "request_uri",
    "dpop_jkt",
    "first_screen",
    "identifier",
    "direct_sign_in",
    "one_time_token",
    "interaction_mode",
    "organization_id",
    "registration",
    "error",
    "",
    "redirect_uri\0",
];

/// Sends an authorization request made of these bytes, and checks what came of it:
///
/// - the server has no fault of its own;
/// - no redirect and no form leads elsewhere than to an address that the client registered;
/// - an error that reaches a client has its name and its description;
/// - a code goes to a browser with a session alone.
///
/// # Panics
/// If one of these does not hold.
pub fn fuzz_authorization_request(bytes: &[u8]) {
    World::with(|world| {
        let mut source = Source::new(bytes);
        let Some((request, has_session)) = request(&mut source, world) else {
            return;
        };
        let shown = shown(&format!("{} {}", request.method(), request.uri()));
        let answer = world.send(request);
        check(&answer, has_session, &shown);
    });
}

/// The request, and whether the browser that sends it has a session. `None` if HTTP itself forbids
/// it: a query of that length.
fn request(source: &mut Source<'_>, world: &World) -> Option<(Request<Body>, bool)> {
    let client = &CLIENTS[source.below(CLIENTS.len())];
    let redirect_uri = source.pick(client.redirect_uris);
    let fields = [
        ("client_id", client.client_id),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut fields = fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let has_session = source.below(2) == 0;
    let cookie = if has_session {
        world.cookies.clone().into_bytes()
    } else {
        source.header()
    };
    let is_post = source.below(4) == 1;
    let is_htmx = source.below(8) == 1;
    source.spoil(&mut fields, &NAMES);
    let mut body = Vec::new();
    let mut request = if is_post {
        body = source.form(&fields);
        let types = ["application/x-www-form-urlencoded", "application/json", ""];
        Request::post("/oidc/auth").header(header::CONTENT_TYPE, source.pick(&types))
    } else {
        Request::get(format!("/oidc/auth?{}", source.query(&fields)))
    };
    request = request
        .header(header::HOST, "localhost:3001")
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT_LANGUAGE, source.header());
    if is_htmx {
        request = request.header("hx-request", "true");
    }
    Some((request.body(Body::from(body)).ok()?, has_session))
}

fn check(answer: &Page, has_session: bool, shown: &str) {
    assert!(
        !answer.status.is_server_error(),
        "{shown}: {}",
        answer.status
    );
    for name in ["location", "hx-redirect"] {
        let target = answer.header(name);
        let is_own = target.starts_with('/') && !target.starts_with("//");
        if target.is_empty() || is_own {
            continue;
        }
        let parameters = answer_to_client(target);
        let parameters = parameters
            .unwrap_or_else(|| panic!("{shown}: led to {target}, which nobody registered"));
        check_answer(&parameters, has_session, shown);
    }
    let has_type = |type_: &str| answer.header("content-type").starts_with(type_);
    if answer.status.is_success() && has_type("text/html") {
        // The form that posts itself.
        let target = answer.text().split("<form ").skip(1);
        let target = target.filter_map(|form| attribute(form, "action=\""));
        for target in target.filter(|target| target.contains(':')) {
            let is_registered = CLIENTS.iter().any(|client| {
                client
                    .redirect_uris
                    .iter()
                    .any(|own| matches(client, own, &target))
            });
            assert!(is_registered, "{shown}: a form to {target}");
            let has_code = answer.text().contains("name=\"code\"");
            assert!(has_session || !has_code, "{shown}: a code for nobody");
        }
    } else if answer.status.is_client_error() && answer.status != StatusCode::PAYLOAD_TOO_LARGE {
        assert!(has_type("text/html"), "{shown}: a person sees no page");
        assert!(!answer.text().contains("name=\"code\""), "{shown}");
    }
}

fn check_answer(parameters: &[(String, String)], has_session: bool, shown: &str) {
    let get = |name: &str| {
        let found = parameters.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert!(get("iss").ends_with("/oidc"), "{shown}: no iss");
    if get("code").is_empty() {
        assert!(!get("error").is_empty(), "{shown}: neither code nor error");
        assert!(
            !get("error_description").is_empty(),
            "{shown}: no description"
        );
    } else {
        assert!(has_session, "{shown}: a code for nobody");
        assert!(get("error").is_empty(), "{shown}: a code and an error");
    }
}

/// The parameters of an answer at a registered address; `None` if it is none.
fn answer_to_client(target: &str) -> Option<Vec<(String, String)>> {
    CLIENTS.iter().find_map(|client| {
        client.redirect_uris.iter().find_map(|own| {
            // Of the last one: an address may have a query of its own.
            let ends = target.match_indices(['?', '&', '#']);
            let (end, _) = ends
                .into_iter()
                .find(|(end, _)| matches(client, own, &target[..*end]))?;
            let pairs = form_urlencoded::parse(&target.as_bytes()[end + 1..]);
            Some(pairs.into_owned().collect())
        })
    })
}

/// Whether an address is `registered`, or, for a native client, that one at another loopback port.
fn matches(client: &Registered, registered: &str, target: &str) -> bool {
    if target == registered {
        return true;
    }
    let is_loopback = client.client_id == "fuzz-native" && registered.contains("127.0.0.1");
    let portless = Url::parse(target).ok().and_then(|mut url| {
        url.set_port(None).ok()?;
        Some(url.to_string())
    });
    is_loopback
        && portless.as_deref() == Some(registered)
        && target.starts_with("http://127.0.0.1:")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(name)?;
    let value = rest.split('"').next()?;
    Some(value.replace("&amp;", "&"))
}
