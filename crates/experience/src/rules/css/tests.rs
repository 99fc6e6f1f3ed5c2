//! What style may say, and every way around it that we know.

use super::*;

#[test]
fn style_ends_what_it_begins() {
    for (css, says) in [
        ("", ""),
        (
            ".a { color: #fff } /* } */ .b::after { content: \"}\\22\"; }",
            "",
        ),
        (
            "@media (width > 1px) { .sm\\:x { margin: calc(1px + 2px) } }",
            "",
        ),
        (".a {", "close each bracket"),
        (".a }", "close each bracket"),
        (".a { b: c( } )", "close each bracket"),
        (
            ".a { content: \"x\n\" }",
            "end the text in quotes on its line (line 1)",
        ),
        (".a {}\n/* x", "end the comment (line 2)"),
        (".a { content: \"x", "end the text"),
        (".a { content: \"</STYLE>\" }", "leave out </style"),
        ("\0", "null byte"),
    ] {
        check_style(css, says);
    }
    check_style(&"a".repeat(64 * 1024 + 1), "shorten");
}

#[test]
fn style_calls_no_other_host() {
    for (css, says) in [
        ("a { background: url(/assets/x.png) }", ""),
        ("a { background: url( 'x.png' ) }", ""),
        ("a { background: url(data:image/png;base64,AAAA) }", ""),
        (
            "@font-face { src: url(\"data:font/woff2;base64,AAAA\") }",
            "",
        ),
        ("a { --b: \"c: d\" }", ""),
        ("@import url(x.css);", "leave out @import"),
        ("@IMPORT 'x.css';", "leave out @import"),
        ("@\\69mport 'x.css';", "leave out @import"),
        ("@/**/import 'x.css';", ""),
        ("a { b: url(https://evil.example/x) }", "no other host"),
        ("a { b: URL( //evil.example/x ) }", "no other host"),
        ("a { b: u\\72l(https://evil.example) }", "no other host"),
        ("a { b: url(\\68ttps://evil.example) }", "no other host"),
        (
            "a { b: url(\"ht\\\ntps://evil.example\") }",
            "no other host",
        ),
        ("a { b: url(\"/\\\\evil.example\") }", "no other host"),
        ("a { b: url(/\t/evil.example) }", "no other host"),
        ("a { b: url(javascript:x) }", "no other host"),
        ("a { b: url(data:text/html,x) }", "no other host"),
        (
            "a { b: image-set('https:evil.example' 1x) }",
            "no other host",
        ),
        (
            "a { --b: 'https://evil.example'; c: image-set(var(--b) 1x) }",
            "no other host",
        ),
        ("a { b: url(x\"y) }", "in quotes"),
        ("a { b: src(\"https://evil.example\") }", "no other host"),
    ] {
        check_style(css, says);
    }
}

#[track_caller]
fn check_style(css: &str, says: &str) {
    let told = fault(css).unwrap_or_default();
    assert!(
        told.contains(says) && told.is_empty() == says.is_empty(),
        "{css:?}: {told}"
    );
}
