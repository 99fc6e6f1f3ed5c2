//! Parameters of requests, as nobody would write them: read without fuss, and to the letter.

use moongate_oidc::Parameters;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::{prop_assert, prop_assert_eq, prop_oneof};
use url::form_urlencoded;

use crate::properties::runner;

/// What makes readers of forms stumble.
const PIECES: [&str; 24] = [
    "&",
    "=",
    "%",
    "%%",
    "%0",
    "%zz",
    "%00",
    "\0",
    "%ff",
    "%c3%28",
    "%ed%a0%80",
    "+",
    ";",
    "#",
    "?",
    "a=",
    "=b",
    "a=b",
    "a=b&a=c",
    "resource=x",
    "state=%26%3d",
    "\u{feff}",
    "é",
    "\r\n",
];

/// Text that is half well formed.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        3 => select(vec!["a", "b", "resource", "client_id"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec((name, any::<String>()), 0..8)
}

#[test]
fn whatever_is_sent_is_read_or_left_out() {
    let verdict = runner(2_000).run(&text(), |text| {
        let read = Parameters::parse(&text);
        // Writing it down and reading it again changes nothing.
        let again = Parameters::parse(&read.encoded());
        prop_assert_eq!(again.encoded(), read.encoded());
        prop_assert_eq!(again.duplicate(), read.duplicate());
        prop_assert_eq!(again.has_nul(), read.has_nul());
        for name in ["a", "b", "resource", "state", ""] {
            prop_assert_eq!(again.get(name), read.get(name));
            prop_assert!(read.get(name).is_none_or(|value| !value.is_empty()));
        }
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn bytes_that_are_no_text_are_no_parameters_of_json() {
    let verdict = runner(2_000).run(&vec(any::<u8>(), 0..64), |bytes| {
        // Neither panics; random bytes are no object of texts.
        prop_assert!(Parameters::parse_json(&bytes).is_none());
        Parameters::parse(&String::from_utf8_lossy(&bytes));
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn every_parameter_is_found_as_it_was_sent() {
    let verdict = runner(1_000).run(&pairs(), |pairs| {
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        let read = Parameters::parse(&text);
        let kept: Vec<_> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        for (name, _) in &kept {
            let of_name = kept.iter().filter(|(own, _)| own == name);
            let expected: Vec<&str> = of_name.map(|(_, value)| value.as_str()).collect();
            prop_assert_eq!(read.get(name), expected.first().copied());
            prop_assert_eq!(read.all(name).collect::<Vec<_>>(), expected);
        }
        let repeated = kept.iter().enumerate().find_map(|(index, (name, _))| {
            let is_repeat = kept[..index].iter().any(|(own, _)| own == name);
            (is_repeat && name != "resource").then_some(name.as_str())
        });
        prop_assert_eq!(read.duplicate(), repeated);
        let has_nul =
            |(name, value): &&(String, String)| name.contains('\0') || value.contains('\0');
        prop_assert_eq!(read.has_nul(), kept.iter().any(has_nul));
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn a_json_object_of_texts_is_read_like_a_form() {
    let verdict = runner(1_000).run(&pairs(), |pairs| {
        // Of two members of one name, JSON keeps the last.
        let object: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
        let json = serde_json::to_vec(&object).unwrap();
        let read = Parameters::parse_json(&json).unwrap();
        for (name, value) in &object {
            let expected = Some(value.as_str()).filter(|value| !value.is_empty());
            prop_assert_eq!(read.get(name), expected);
        }
        prop_assert_eq!(read.duplicate(), None);
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn a_request_of_megabytes_is_only_long() {
    let long = "a".repeat(4 * 1024 * 1024);
    let read = Parameters::parse(&format!("state={long}&b=1"));
    assert_eq!(read.get("state"), Some(long.as_str()));
    assert_eq!(read.get("b"), Some("1"));
    assert_eq!(read.duplicate(), None);
    let many = "%".repeat(1024 * 1024);
    assert_eq!(Parameters::parse(&many).get(&many), None);
    // Were each name compared with all others, this would take minutes.
    let names: Vec<String> = (0..200_000).map(|name| format!("{name}=1")).collect();
    let names = names.join("&");
    assert_eq!(Parameters::parse(&names).duplicate(), None);
    let repeated = Parameters::parse(&(names + "&7=1"));
    assert_eq!(repeated.duplicate(), Some("7"));
}
