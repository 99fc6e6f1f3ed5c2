//! Redirect URIs as those try them who attack them for a living: nothing matches but the letter,
//! and a native application's loopback address on another port (RFC 9700 §2.1, RFC 8252 §7.3).

use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, UnixMillis,
};
use moongate_oidc::{AuthorizationOutcome, PageError, is_registered};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::{Index, select};
use proptest::{prop_assert, prop_assert_eq, prop_oneof};

use crate::ground::{CALLBACK, Ground, request};
use crate::properties::{Verdict, runner};

/// What applications register.
const REGISTERED: [&str; 8] = [
    "https://shop.example/callback",
    "https://shop.example:8443/callback?tenant=a&b=%2F",
    "https://shop.example",
    "http://127.0.0.1/callback",
    "http://127.0.0.1:8080/callback?x=1",
    "http://[::1]/callback",
    "http://localhost:3000/Callback",
    "com.example.shop:/callback",
];

/// What is put somewhere into an address.
const INSERTED: [&str; 36] = [
    "/",
    "//",
    "\\",
    "/./",
    "/../",
    "/..;/",
    "%2e%2e/",
    "%2F",
    "%00",
    "\0",
    "\t",
    "\r\n",
    " ",
    "%0d%0a",
    "?",
    "&",
    "?x=1",
    "&x=1",
    "#",
    "#x",
    ";",
    "@",
    "@evil.example",
    "evil.example@",
    "user:password@",
    ".evil.example",
    "evil-",
    ":",
    ":80",
    ":443",
    "::1",
    "。",
    "ａ",
    "\u{202e}",
    "xn--",
    "*",
];

/// What an address begins with instead.
const SCHEMES: [&str; 7] = [
    "http",
    "HTTPS",
    "https",
    "javascript",
    "data",
    "com.example.shop",
    "",
];

fn application(kind: ApplicationType, redirect_uri: &str) -> Application {
    Application {
        id: ApplicationId::from("app"),
        name: "App".into(),
        description: None,
        kind,
        oidc_client_metadata: OidcClientMetadata {
            redirect_uris: vec![redirect_uri.to_owned()],
            ..OidcClientMetadata::default()
        },
        custom_client_metadata: CustomClientMetadata::default(),
        is_third_party: false,
        consent_scopes: ConsentScopes::default(),
        custom_data: serde_json::Map::new(),
        created_at: UnixMillis(0),
    }
}

fn kinds() -> impl Strategy<Value = ApplicationType> {
    select(vec![
        ApplicationType::Native,
        ApplicationType::Spa,
        ApplicationType::Traditional,
    ])
}

/// What an attacker does to an address, in how many steps.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (any::<Index>(), select(&INSERTED[..])).prop_map(|(at, text)| Change::Insert(at, text)),
        2 => select(&INSERTED[..]).prop_map(Change::Append),
        1 => any::<Index>().prop_map(Change::SwapCase),
        1 => any::<Index>().prop_map(Change::PercentEncode),
        1 => any::<Index>().prop_map(Change::Double),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::CutOff),
        1 => select(&SCHEMES[..]).prop_map(Change::Scheme),
        1 => any::<u32>().prop_map(Change::Port),
        1 => any::<String>().prop_map(Change::Replace),
    ];
    vec(change, 1..=2)
}

#[derive(Debug, Clone)]
enum Change {
    Insert(Index, &'static str),
    Append(&'static str),
    SwapCase(Index),
    PercentEncode(Index),
    Double(Index),
    Remove(Index),
    CutOff(Index),
    Scheme(&'static str),
    Port(u32),
    Replace(String),
}

impl Change {
    fn of(&self, uri: &str) -> String {
        let chars: Vec<char> = uri.chars().collect();
        if chars.is_empty() {
            return "/".to_owned();
        }
        let around = |at: &Index| {
            let place = at.index(chars.len());
            let (head, tail): (String, String) = (
                chars[..place].iter().collect(),
                chars[place + 1..].iter().collect(),
            );
            (head, chars[place], tail)
        };
        match self {
            Self::Insert(at, text) => {
                let (head, char, tail) = around(at);
                format!("{head}{text}{char}{tail}")
            }
            Self::Append(text) => format!("{uri}{text}"),
            Self::SwapCase(at) => {
                let (head, char, tail) = around(at);
                if char.is_lowercase() {
                    format!("{head}{}{tail}", char.to_uppercase())
                } else {
                    format!("{head}{}{tail}", char.to_lowercase())
                }
            }
            Self::PercentEncode(at) => {
                let (head, char, tail) = around(at);
                format!("{head}%{:02x}{tail}", u32::from(char))
            }
            Self::Double(at) => {
                let (head, char, tail) = around(at);
                format!("{head}{char}{char}{tail}")
            }
            Self::Remove(at) => {
                let (head, _, tail) = around(at);
                format!("{head}{tail}")
            }
            Self::CutOff(at) => around(at).0,
            Self::Scheme(scheme) => {
                let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
                format!("{scheme}:{rest}")
            }
            Self::Port(port) => {
                let path = uri.find("/callback").unwrap_or(uri.len());
                format!("{}:{port}{}", &uri[..path], &uri[path..])
            }
            Self::Replace(text) => text.clone(),
        }
    }
}

fn changed(uri: &str, changes: &[Change]) -> String {
    let uri = uri.to_owned();
    changes.iter().fold(uri, |uri, change| change.of(&uri))
}

/// The rule, in other words than the provider's: the letter, or the same loopback address with
/// another port or none.
fn should_match(kind: ApplicationType, registered: &str, asked: &str) -> bool {
    let parts = |uri: &str| -> Option<(&'static str, String)> {
        let host = ["http://127.0.0.1", "http://[::1]"]
            .into_iter()
            .find(|host| uri.starts_with(host))?;
        let rest = &uri[host.len()..];
        let Some(rest) = rest.strip_prefix(':') else {
            return Some((host, rest.to_owned()));
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (port, path) = rest.split_at(digits);
        let is_port = digits <= 5 && port.parse::<u16>().is_ok();
        is_port.then(|| (host, path.to_owned()))
    };
    let on_any_port = |uri: &str| {
        let parts = parts(uri)?;
        let is_whole = parts.1.is_empty() || parts.1.starts_with(['/', '?']);
        (is_whole && !uri.contains('#')).then_some(parts)
    };
    let is_native = kind == ApplicationType::Native;
    let (own, other) = (on_any_port(registered), on_any_port(asked));
    asked == registered || (is_native && own.is_some() && own == other)
}

#[test]
fn nothing_matches_but_the_letter_and_a_native_loopback_port() {
    let cases = (kinds(), select(&REGISTERED[..]), changes());
    let verdict = runner(10_000).run(&cases, |(kind, registered, changes)| {
        let asked = changed(registered, &changes);
        let found = is_registered(&application(kind, registered), &asked);
        prop_assert_eq!(found, should_match(kind, registered, &asked), "{}", asked);
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn every_port_of_a_native_loopback_address_matches_and_of_no_other() {
    let verdict = runner(500).run(&(kinds(), any::<u16>()), |(kind, port)| {
        for (registered, asked) in [
            ("http://127.0.0.1/cb", format!("http://127.0.0.1:{port}/cb")),
            (
                "http://127.0.0.1:1/cb?x",
                format!("http://127.0.0.1:{port}/cb?x"),
            ),
            ("http://[::1]:65535/cb", format!("http://[::1]:{port}/cb")),
        ] {
            let is_native = kind == ApplicationType::Native;
            let found = is_registered(&application(kind, registered), &asked);
            prop_assert_eq!(found, is_native || asked == registered, "{}", asked);
        }
        for (registered, asked) in [
            ("http://localhost/cb", format!("http://localhost:{port}/cb")),
            (
                "https://127.0.0.1/cb",
                format!("https://127.0.0.1:{port}/cb"),
            ),
            (
                "http://127.0.0.1/cb",
                format!("http://127.0.0.1:{port}/other"),
            ),
            ("http://127.0.0.1/cb", format!("http://[::1]:{port}/cb")),
            (
                "http://192.168.0.1/cb",
                format!("http://192.168.0.1:{port}/cb"),
            ),
            (
                "https://a.example/cb",
                format!("https://a.example:{port}/cb"),
            ),
        ] {
            prop_assert!(
                !is_registered(&application(kind, registered), &asked),
                "{}",
                asked
            );
        }
        Ok(())
    });
    verdict.unwrap();
}

/// What else may be wrong or right with a request whose address is not registered.
const ELSE: [(&str, &str); 10] = [
    ("prompt", "none"),
    ("response_type", ""),
    ("response_type", "token"),
    ("response_mode", "form_post"),
    ("response_mode", "fragment"),
    ("code_challenge", ""),
    ("request", "e30.e30."),
    ("max_age", "-1"),
    ("scope", "nothing"),
    ("state", ""),
];

#[test]
fn an_address_that_is_not_registered_gets_nothing_whatever_else_is_asked() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let ground = runtime.block_on(Ground::new());
    let cases = (changes(), vec(select(&ELSE[..]), 0..=3));
    let verdict = runner(500).run(&cases, |(changes, more)| {
        let asked = changed(CALLBACK, &changes);
        if asked == CALLBACK {
            return Ok(());
        }
        let mut more = more;
        more.dedup_by_key(|(name, _)| *name);
        more.push(("redirect_uri", &asked));
        // Somebody is signed in, so that a code would be given at once.
        let outcome = runtime.block_on(ground.authorize(&request("web", &more)));
        is_a_page(&outcome, &asked)
    });
    verdict.unwrap();
}

fn is_a_page(outcome: &AuthorizationOutcome, asked: &str) -> Verdict {
    let expected = match asked {
        "" => matches!(
            outcome,
            AuthorizationOutcome::Page(PageError::MissingRedirectUri { .. })
        ),
        _ if asked.contains('\0') => {
            matches!(outcome, AuthorizationOutcome::Page(PageError::Malformed))
        }
        _ => matches!(
            outcome,
            AuthorizationOutcome::Page(PageError::UnregisteredRedirectUri { .. })
        ),
    };
    prop_assert!(expected, "{:?}: {:?}", asked, outcome);
    Ok(())
}
