//! The stylesheet of a tenant: its colours in place of ours, and its own rules. It stands after ours
//! as a file of its own, so that no page needs an inline style.

use std::fmt::Write as _;

use super::{color::Color, scoped::scoped};

/// The colours that a tenant chose, as `#rgb` or `#rrggbb`. What is neither is left out, and ours
/// stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThemeColors<'a> {
    /// Of buttons and links on light pages.
    pub primary: &'a str,
    /// The same on dark pages.
    pub dark_primary: &'a str,
    /// Whether pages may be dark; [`Theme::scheme`](crate::Theme::scheme) says the same to the
    /// document.
    pub is_dark: bool,
}

/// What colours stand on: the values of moongate.css.
struct Ground {
    paper: Color,
    field: Color,
    /// Where text on the ground goes when it is to stand out more.
    contrast: Color,
    /// How much of the primary colour is in a tinted ground, in percent.
    tint: u32,
}

const LIGHT: Ground = Ground {
    paper: Color::new(0xfc, 0xfa, 0xf6),
    field: Color::WHITE,
    contrast: Color::BLACK,
    tint: 10,
};

const DARK: Ground = Ground {
    paper: Color::new(0x15, 0x1b, 0x19),
    field: Color::new(0x1c, 0x24, 0x21),
    contrast: Color::WHITE,
    tint: 14,
};

/// The text of a tenant's stylesheet, for the path that [`Theme::stylesheet`](crate::Theme::stylesheet)
/// names, to be served as `text/css`.
///
/// Buttons have the colour as it was chosen, with white or black on it, whichever can be read. Links
/// have it where it has a contrast of 4.5 with what they stand on (WCAG 2.2, 1.4.3), and else so
/// much darker, on dark pages lighter, as that takes: a yellow brand has yellow buttons and brown
/// links.
///
/// The tenant's own rules apply within our pages' `body`, `.page`, which is `&` in them. They are
/// nested (`.page { … }`) rather than in `@scope`: browsers have known nesting since 2023 (Chrome
/// and Edge 120, Firefox 117, Safari 17.2), `@scope` in all of them only since the end of 2025; and
/// nesting makes them weigh more than ours. Rules that cannot be nested, such as `@font-face` and
/// `@keyframes`, stand beside; `@import` is left out, for the content security policy would refuse
/// it. Text that does not end what it began is ended.
pub fn theme_css(colors: &ThemeColors<'_>, custom_css: Option<&str>) -> String {
    let mut css = String::new();
    if let Some(color) = Color::parse(colors.primary) {
        writeln!(css, ":root {{ {} }}", variables(color, &LIGHT)).expect("a string takes any text");
    }
    if colors.is_dark
        && let Some(color) = Color::parse(colors.dark_primary)
    {
        // The selector is as heavy as ours, and comes later.
        writeln!(
            css,
            "@media (prefers-color-scheme: dark) {{ :root:not([data-scheme=\"light\"]) {{ {} }} }}",
            variables(color, &DARK)
        )
        .expect("a string takes any text");
    }
    if let Some(custom) = custom_css {
        css.push_str(&scoped(".page", custom));
    }
    css
}

/// What moongate.css takes from the primary colour.
fn variables(primary: Color, ground: &Ground) -> String {
    let on = if primary.contrast(Color::WHITE) >= 4.5 {
        Color::WHITE
    } else if primary.contrast(Color::BLACK) >= primary.contrast(Color::WHITE) {
        Color::BLACK
    } else {
        Color::WHITE
    };
    // Under the pointer it moves away from what is written on it.
    let deep = primary.mix(
        if on == Color::WHITE {
            Color::BLACK
        } else {
            Color::WHITE
        },
        25,
    );
    let tint = ground.paper.mix(primary, ground.tint);
    let link = readable(
        primary,
        ground.contrast,
        &[ground.paper, ground.field, tint],
    );
    // A button as pale as the page needs a line around it.
    let edge = if primary.contrast(ground.paper) < 3.0 {
        "var(--line)"
    } else {
        "transparent"
    };
    format!(
        "--jade: {primary}; --jade-deep: {deep}; --on-jade: {on}; --link: {link}; \
         --edge: {edge}; --tint: {tint};"
    )
}

/// The colour, as near as can be, in which text is read on all of `grounds`.
fn readable(color: Color, towards: Color, grounds: &[Color]) -> Color {
    (0..=100)
        .map(|percent| color.mix(towards, percent))
        .find(|mixed| grounds.iter().all(|ground| mixed.contrast(*ground) >= 4.5))
        .unwrap_or(towards)
}

#[cfg(test)]
mod tests {
    use super::{Color, DARK, LIGHT, ThemeColors, theme_css};

    fn value(css: &str, name: &str) -> Color {
        let text = css.split(&format!("{name}: ")).nth(1).unwrap();
        Color::parse(text.split(';').next().unwrap()).unwrap()
    }

    #[test]
    fn whatever_the_brand_texts_can_be_read() {
        let steps = ["00", "40", "80", "c0", "ff"];
        for red in steps {
            for green in steps {
                for blue in steps {
                    let primary = format!("#{red}{green}{blue}");
                    let colors = ThemeColors {
                        primary: &primary,
                        dark_primary: &primary,
                        is_dark: true,
                    };
                    let css = theme_css(&colors, None);
                    for (part, ground) in css.lines().zip([LIGHT, DARK]) {
                        let on = value(part, "--on-jade");
                        let link = value(part, "--link");
                        let tint = value(part, "--tint");
                        assert_eq!(value(part, "--jade"), Color::parse(&primary).unwrap());
                        assert!(on.contrast(value(part, "--jade")) >= 4.5, "{part}");
                        assert!(on.contrast(value(part, "--jade-deep")) >= 4.5, "{part}");
                        for under in [ground.paper, ground.field, tint] {
                            assert!(link.contrast(under) >= 4.5, "{part}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_was_chosen() {
        let colors = ThemeColors {
            primary: "#1F6B54",
            dark_primary: "#86cfb0",
            is_dark: true,
        };
        let css = theme_css(&colors, None);
        assert!(css.contains("--jade: #1f6b54;") && css.contains("--link: #1f6b54;"));
        assert!(css.contains("--jade: #86cfb0;") && css.contains("--link: #86cfb0;"));
        assert!(css.contains("--on-jade: #ffffff;") && css.contains("--on-jade: #000000;"));
    }

    #[test]
    fn what_is_no_colour_is_left_out_and_so_is_the_dark_one_where_pages_stay_light() {
        let colors = |primary, is_dark| ThemeColors {
            primary,
            dark_primary: "#fff",
            is_dark,
        };
        for bad in [
            "", "red", "#12", "#12345", "#1234567", "#gggggg", "#é12", "}",
        ] {
            assert_eq!(theme_css(&colors(bad, false), None), "");
        }
        let css = theme_css(&colors("#abc", false), Some("a { b: c }"));
        assert!(css.contains("--jade: #aabbcc;") && !css.contains("@media"));
        assert!(css.ends_with(".page {\na { b: c }\n}\n"));
    }

    #[test]
    fn the_grounds_are_those_of_our_stylesheet() {
        let css = include_str!("../../assets/css/frame.css");
        let mut papers = css.match_indices("--paper: ");
        for ground in [LIGHT, DARK] {
            let (at, _) = papers.next().unwrap();
            assert_eq!(value(&css[at..], "--paper"), ground.paper);
            assert_eq!(value(&css[at..], "--field"), ground.field);
        }
    }
}
