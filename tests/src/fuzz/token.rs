//! The token request and its neighbours, spoilt.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, StatusCode, header};
use url::form_urlencoded;

use super::{Source, World, shown};
use crate::{BOOKSTORE_ID, BOOKSTORE_SECRET, Page};

/// Parameters that mean something somewhere.
const NAMES: [&str; 30] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "refresh_token",
    "scope",
    "resource",
    "audience",
    "token",
    "token_type_hint",
    "device_code",
    "user_code",
    "subject_token",
    "subject_token_type",
    "actor_token",
    "actor_token_type",
    "requested_token_type",
    "organization_id",
    "response_type",
    "request",
    "request_uri",
    "username",
    "password",
    "claims",
    "",
    "code\0",
];

const GRANTS: [&str; 6] = [
    "refresh_token",
    "authorization_code",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "password",
];

/// RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Endpoints where clients authenticate themselves.
const PATHS: [&str; 5] = [
    "/oidc/token",
    "/oidc/token",
    "/oidc/token/introspection",
    "/oidc/request",
    "/oidc/device/auth",
];

/// Sends a request made of these bytes to the token endpoint or one beside it, and checks what came
/// of it:
///
/// - the server has no fault of its own;
/// - an error has its name and its description, as JSON that nobody keeps;
/// - only who knows the client's secret gets anything else, and only who also has the refresh token
///   gets tokens.
///
/// # Panics
/// If one of these does not hold.
pub fn fuzz_token_request(bytes: &[u8]) {
    World::with(|world| {
        let mut source = Source::new(bytes);
        let path = source.pick(&PATHS);
        let (request, knows) = request(&mut source, world, path);
        let answer = world.send(request);
        check(&answer, path, &knows);
    });
}

/// What a request proves to know, however it is spoilt otherwise.
struct Knows {
    secret: bool,
    refresh_token: bool,
    shown: String,
}

fn request(source: &mut Source<'_>, world: &World, path: &str) -> (Request<Body>, Knows) {
    let grant_type = source.pick(&GRANTS);
    let fields = [
        ("grant_type", grant_type),
        ("refresh_token", world.refresh_token.as_str()),
        ("code", "nobody's code"),
        ("redirect_uri", "http://localhost:3000/Callback"),
        ("token", world.refresh_token.as_str()),
        ("response_type", "code"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut fields = fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let encoded =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encoded(BOOKSTORE_ID), encoded(BOOKSTORE_SECRET));
    let authorization = match source.below(6) {
        1 => {
            for (name, value) in [
                ("client_id", BOOKSTORE_ID),
                ("client_secret", BOOKSTORE_SECRET),
            ] {
                fields.push((name.to_owned(), value.to_owned()));
            }
            None
        }
        2 => {
            let mut pair = pair.into_bytes();
            let place = source.below(pair.len());
            pair.splice(place..place, source.raw().iter().copied());
            Some(format!("Basic {}", STANDARD.encode(pair)).into_bytes())
        }
        3 => Some([b"Basic ".as_slice(), &source.header()].concat()),
        4 => Some(source.header()),
        _ => Some(format!("Basic {}", STANDARD.encode(pair)).into_bytes()),
    };
    source.spoil(&mut fields, &NAMES);
    let is_json = source.below(6) == 1;
    let body = if is_json {
        let object = fields
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()));
        let object: serde_json::Map<String, serde_json::Value> = object.collect();
        let mut json = serde_json::to_vec(&object).unwrap();
        if source.below(3) == 1 {
            let place = source.below(json.len());
            json.splice(place..place, source.raw().iter().copied());
        }
        json
    } else {
        source.form(&fields)
    };
    let type_ = if is_json {
        "application/json"
    } else {
        source.pick(&["application/x-www-form-urlencoded", "text/plain", ""])
    };
    let has = |value: &str| fields.iter().any(|(_, own)| own == value);
    let by_basic = authorization.as_deref().is_some_and(|header| {
        let text = String::from_utf8_lossy(header);
        let encoded = text
            .split_once(' ')
            .map(|(_, encoded)| encoded.trim().to_owned());
        let pair = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        pair.is_some_and(|pair| String::from_utf8_lossy(&pair).contains("bookstore+secret"))
    });
    let knows = Knows {
        secret: has(BOOKSTORE_SECRET) || by_basic,
        refresh_token: has(&world.refresh_token),
        shown: shown(&format!("POST {path} {}", String::from_utf8_lossy(&body))),
    };
    let mut request = Request::post(path)
        .header(header::HOST, "localhost:3001")
        .header(header::CONTENT_TYPE, type_);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    if source.below(4) == 1 {
        request = request.header("dpop", source.header());
    }
    if source.below(4) == 1 {
        request = request.header(header::ORIGIN, source.header());
    }
    (request.body(Body::from(body)).unwrap(), knows)
}

fn check(answer: &Page, path: &str, knows: &Knows) {
    let shown = &knows.shown;
    assert!(
        !answer.status.is_server_error(),
        "{shown}: {}",
        answer.status
    );
    assert!(answer.header("location").is_empty(), "{shown}");
    assert_eq!(answer.header("cache-control"), "no-store", "{shown}");
    let json = answer.json();
    if answer.status.is_success() {
        assert!(knows.secret, "{shown}: without the secret");
        let gets_tokens = path == "/oidc/token";
        assert!(
            knows.refresh_token || !gets_tokens,
            "{shown}: without a token"
        );
        return;
    }
    let expected = [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::PAYLOAD_TOO_LARGE,
    ];
    assert!(
        expected.contains(&answer.status),
        "{shown}: {}",
        answer.status
    );
    for name in ["error", "error_description"] {
        let text = json[name].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{shown}: no {name}");
    }
}
