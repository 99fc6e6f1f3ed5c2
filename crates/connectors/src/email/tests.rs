//! Our own texts, whole, as people get them.

use std::fmt::Write as _;

use moongate_core::testing::phone;
use moongate_core::{CODE_TTL, Recipient, Secret, Usage};

use super::*;

fn message(usage: Usage, language: &str, application: &str) -> VerificationMessage {
    VerificationMessage {
        recipient: Recipient::Phone(phone("13800138000")),
        usage,
        code: Secret::new("246810"),
        language: language.into(),
        application: application.into(),
    }
}

fn all(language: &str) -> String {
    let mut all = String::new();
    for usage in Usage::ALL {
        let email = Email::built_in(&message(usage, language, "Bookstore"));
        let (name, subject, text) = (usage.as_str(), email.subject, email.text);
        writeln!(all, "## {name}\n{subject}\n\n{text}").unwrap();
    }
    all
}

#[test]
fn every_usage_has_its_words_in_english() {
    insta::assert_snapshot!(all("en"));
}

#[test]
fn every_usage_has_its_words_in_chinese() {
    insta::assert_snapshot!(all("zh-CN"));
}

#[test]
fn the_html_says_the_same() {
    let english = Email::built_in(&message(Usage::SignIn, "en", "Bookstore"));
    let chinese = Email::built_in(&message(Usage::SignIn, "zh-CN", "Bookstore"));
    insta::assert_snapshot!("html_en", english.html);
    insta::assert_snapshot!("html_zh_cn", chinese.html);
    for email in [english, chinese] {
        for line in email.text.lines() {
            assert!(email.html.contains(&escape(line)), "{line}");
        }
    }
}

#[test]
fn every_email_names_what_it_must_and_links_nowhere() {
    for language in ["en", "zh-CN"] {
        for usage in Usage::ALL {
            let email = Email::built_in(&message(usage, language, "Bookstore"));
            let minutes = (CODE_TTL.as_secs() / 60).to_string();
            for part in [&email.text, &email.html] {
                for word in ["Bookstore", "246810", minutes.as_str()] {
                    assert!(part.contains(word), "{word} in {part}");
                }
                assert!(!part.contains("http") && !part.contains("href"), "{part}");
                assert!(!part.contains('{'), "{part}");
            }
            // Where a subject is shown on a locked screen, a code would be too.
            assert!(email.subject.contains("Bookstore") && !email.subject.contains("246810"));
        }
    }
}

#[test]
fn the_language_goes_by_its_first_part() {
    let check = |tag: &str, expected: &str| {
        assert_eq!(phrases::choose(tag).language, expected, "{tag}");
    };
    check("zh-CN", "zh-CN");
    check("zh", "zh-CN");
    check("ZH-Hant-TW", "zh-CN");
    check("en-GB", "en");
    check("de", "en");
    check("", "en");
}

#[test]
fn an_application_can_write_no_markup_and_no_lines() {
    let hostile = "<a href='http://evil.example'>\r\nBcc: x@evil.example\u{7}";
    let email = Email::built_in(&message(Usage::SignIn, "en", hostile));
    assert!(!email.html.contains("<a "), "{}", email.html);
    assert!(!email.subject.contains(char::is_control));
    assert_eq!(email.text.lines().count(), 8, "{}", email.text);
    let named = |name: &str| application_name(name);
    assert_eq!(named("  Book \t store\n"), "Book store");
    assert_eq!(named("\r\n"), "Moongate");
    assert_eq!(named(&"书".repeat(200)).chars().count(), LONGEST_NAME);
}
