//! Pieces that several pages share. They decide nothing.

use std::{fmt::Write as _, time::Duration};

use maud::{Markup, html};

use crate::{Chrome, Problem, phrases::Phrase};

/// A form that htmx, where it runs, sends: it puts the answer into `#main` and lets no second
/// request start before the first is answered. It carries the interaction, where it belongs to one.
pub(crate) fn swapping_form(
    chrome: &Chrome,
    path: &str,
    interaction: Option<&str>,
    class: Option<&str>,
    content: &Markup,
) -> Markup {
    let url = chrome.url(path);
    html! {
        form class=[class] method="post" action=(url) novalidate
            hx-post=(url) hx-target="#main" hx-push-url="true" hx-sync="this:drop"
            hx-disabled-elt="find [type=submit]" {
            @if let Some(interaction) = interaction {
                input type="hidden" name="interaction" value=(interaction);
            }
            (content)
        }
    }
}

/// A form of a page that carries an interaction and leaves for another place, as the browser does
/// by itself.
pub(crate) fn leaving_form(
    chrome: &Chrome,
    path: &str,
    interaction: &str,
    content: &Markup,
) -> Markup {
    html! {
        form method="post" action=(chrome.url(path)) {
            input type="hidden" name="interaction" value=(interaction);
            (content)
        }
    }
}

/// Whether a URL from outside may become a link: `javascript:` and the like never do.
pub(crate) fn is_web_address(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })
}

/// A path with the interaction as its query, for a link between pages of one interaction.
pub(crate) fn with_interaction(path: &str, interaction: &str) -> String {
    let mut url = format!("{path}?interaction=");
    for byte in interaction.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("a string takes any text");
        }
    }
    url
}

/// Leads from a sign-in to the recovery of the password.
pub(crate) fn recovery_link(chrome: &Chrome, interaction: &str) -> Markup {
    let path = with_interaction("/forgot-password", interaction);
    html! { a href=(chrome.url(&path)) { (chrome.text(Phrase::ForgotLink)) } }
}

/// Goes back to the account's page without a change.
pub(crate) fn back_to_account(chrome: &Chrome) -> Markup {
    html! { a.quiet href=(chrome.url("/account")) { (chrome.text(Phrase::ActionCancel)) } }
}

/// The main button of a form.
pub(crate) fn primary(text: &str) -> Markup {
    html! { button.primary type="submit" { (text) } }
}

/// The buttons of a page that asks for access: `decision` is `allow` or `deny`.
pub(crate) fn allow_or_deny(chrome: &Chrome) -> Markup {
    html! {
        button.primary type="submit" name="decision" value="allow" {
            (chrome.text(Phrase::ConsentAllow))
        }
        button.secondary type="submit" name="decision" value="deny" {
            (chrome.text(Phrase::ConsentDeny))
        }
    }
}

/// Gives up the sign-in and goes back to the app.
pub(crate) fn cancel(chrome: &Chrome, interaction: &str) -> Markup {
    let button = html! { button.quiet type="submit" { (chrome.text(Phrase::ActionCancel)) } };
    leaving_form(chrome, "/sign-in/cancel", interaction, &button)
}

/// A problem that belongs to the page rather than to a field.
pub(crate) fn alert(chrome: &Chrome, problem: Option<Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem {
            p.alert role="alert" { (problem.words(chrome.words())) }
        }
    }
}

/// What is wrong with one field, which names it by `id` in `aria-describedby`.
pub(crate) fn field_error(id: &str, text: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = text {
            p.field-error id=(id) role="alert" { (text) }
        }
    }
}

/// A length of time as a clock shows it: `0:43`, `12:05`, `1:00:00`.
pub(crate) fn clock(length: Duration) -> String {
    let seconds = length.as_secs() + u64::from(length.subsec_nanos() > 0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// The mark: a round gate in a wall, and the moon in it.
pub(crate) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false" {
            path.mark-wall d="M3 7a3 3 0 0 1 3-3h20a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3z" {}
            circle.mark-gate cx="16" cy="16.5" r="9" {}
            path.mark-moon d="M18.8 10.4a6.2 6.2 0 1 0 2.4 9.4 5.2 5.2 0 0 1-2.4-9.4z" {}
        }
    }
}

/// The picture beside the page: a moon gate in a whitewashed wall, hills and water behind it.
/// It says nothing that the page does not.
pub(crate) fn garden() -> Markup {
    html! {
        svg.garden viewBox="0 0 600 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true"
            focusable="false" {
            defs {
                clipPath #gate { path d="M199 716a215 215 0 1 1 202 0z" {} }
                pattern #tiles width="30" height="60" patternUnits="userSpaceOnUse" {
                    path.tile d="M0 0h30v22a15 15 0 0 1-30 0z" {}
                    path.tile-line d="M0 0v22a15 15 0 0 0 30 0V0" {}
                }
            }
            rect.wall width="600" height="900" {}
            g clip-path="url(#gate)" {
                rect.sky width="600" height="900" {}
                circle.moon cx="366" cy="420" r="40" {}
                path.far d="M60 610c50-70 92-92 132-60 30 24 44 6 74-28 40-44 76-24 108 14 36 42 78 34 166 84v90H60z" {}
                path.near d="M60 640c70-50 128-44 178-14 46 26 96 14 146-8 62-28 104-6 156 28v40H60z" {}
                path.water d="M60 646h480v40H60z" {}
                path.ripple d="M196 660h70m24 0h88m-140 12h40m52 0h60" {}
                path.near d="M60 686q240-14 480 0v40H60z" {}
                path.stone d="M252 712a48 6 0 1 0 96 0 48 6 0 1 0-96 0zm24-17a30 4 0 1 0 60 0 30 4 0 1 0-60 0z" {}
            }
            path.ring d="M185 716a222 222 0 1 1 230 0" {}
            path.ring-thin d="M153 716a240 240 0 1 1 294 0" {}
            rect.ground y="716" width="600" height="184" {}
            path.step d="M170 716h260l12 18H158z" {}
            path.stone d="M218 782a82 15 0 1 0 164 0 82 15 0 1 0-164 0zm-30 64a108 20 0 1 0 216 0 108 20 0 1 0-216 0z" {}
            g.bamboo {
                path d="M500 720c-6-120-4-280 10-440m34 440c2-130 0-250-16-350" {}
                path.leaf d="M508 310c-34-2-56 10-70 34 30 2 54-8 70-34zm-2 54c24 10 46 6 66-14-26-12-50-6-66 14zm24 40c-26-8-48-2-66 18 26 8 50 2 66-18zm-28 88c-34-4-58 6-72 30 30 4 56-6 72-30zm42-18c20 14 38 14 54-2-20-14-38-12-54 2z" {}
                path.joint d="M494 640h12m-13-90h12m34 110h11m-12-96h11m-14-92h11" {}
            }
            rect.shade width="600" height="50" {}
            rect width="600" height="44" fill="url(#tiles)" {}
            rect.eaves width="600" height="16" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::clock;

    #[test]
    fn a_clock_shows_the_whole_wait() {
        fn check(length: Duration, expected: &str) {
            assert_eq!(clock(length), expected);
        }
        check(Duration::ZERO, "0:00");
        check(Duration::from_millis(42_001), "0:43");
        check(Duration::from_secs(725), "12:05");
        check(Duration::from_hours(1), "1:00:00");
    }
}
