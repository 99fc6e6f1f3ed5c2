//! A stylesheet that asks what the browser prefers, made to ask no more: previews show light and
//! dark pages side by side.

use crate::ColorScheme;

/// The start of what a stylesheet asks.
const QUERY: &str = "prefers-color-scheme";

/// The stylesheet as a browser reads it that prefers this scheme, whatever it prefers in truth.
pub fn forced_css(css: &str, scheme: ColorScheme) -> String {
    let Some(wanted) = scheme.mark() else {
        return css.to_owned();
    };
    let mut forced = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find('(') {
        forced.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((value, length)) = query(rest) {
            // A feature that every screen has, or none.
            let is_met = value.eq_ignore_ascii_case(wanted);
            forced.push_str(if is_met {
                "(min-width: 0)"
            } else {
                "(max-width: 0)"
            });
            rest = &rest[length..];
        } else {
            forced.push('(');
            rest = &rest[1..];
        }
    }
    forced.push_str(rest);
    forced
}

/// The value that the text, which begins with a parenthesis, asks for, and how long the question is.
fn query(text: &str) -> Option<(&str, usize)> {
    let end = text.find(')')?;
    let (name, value) = text[1..end].split_once(':')?;
    let is_query = name.trim().eq_ignore_ascii_case(QUERY);
    is_query.then(|| (value.trim(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::forced_css;
    use crate::ColorScheme;

    #[test]
    fn what_the_browser_prefers_counts_no_more() {
        let css = "a { width: calc(1px) }\n@media (prefers-color-scheme: dark) { b { c: d } }\n\
                   @media screen and (Prefers-Color-Scheme:LIGHT ) and (min-width: 3px) { e { f: g } }";
        assert_eq!(forced_css(css, ColorScheme::LightOrDark), css);
        assert_eq!(
            forced_css(css, ColorScheme::Dark),
            "a { width: calc(1px) }\n@media (min-width: 0) { b { c: d } }\n\
             @media screen and (max-width: 0) and (min-width: 3px) { e { f: g } }"
        );
        let light = forced_css(css, ColorScheme::Light);
        assert!(light.contains("@media (max-width: 0) { b"), "{light}");
        assert!(light.contains("and (min-width: 0) and"), "{light}");
        assert_eq!(forced_css("a(b(", ColorScheme::Dark), "a(b(");
    }
}
