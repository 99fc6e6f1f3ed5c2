//! From a view to an answer's text: the whole document, or the part that htmx swaps in. Which of
//! the two is asked for is the server's to know.

use maud::{DOCTYPE, Markup, html};

use crate::{
    Chrome, Language, Support, components,
    phrases::{Phrase, name},
};

/// A page: what it is called and what it says.
pub trait View {
    /// The title, in the chrome's language, without the brand.
    fn title(&self, chrome: &Chrome) -> String;

    /// The content of `main`: one `h1` and what belongs to it.
    fn body(&self, chrome: &Chrome) -> Markup;

    /// The asset of a script that this page alone needs, such as `form-post.js`.
    fn script(&self) -> Option<&'static str> {
        None
    }

    /// The asset of a stylesheet that this page alone needs, after ours.
    fn stylesheet(&self) -> Option<&'static str> {
        None
    }
}

/// No code from strings (the content security policy forbids it), no page kept in the browser's
/// storage (pages show phone numbers), and error answers shown like any other, since they are
/// pages of ours.
const HTMX_CONFIG: &str = concat!(
    r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"#,
    r#""historyCacheSize":0,"refreshOnHistoryMiss":true,"historyRestoreAsHxRequest":false,"#,
    r#""timeout":20000,"responseHandling":[{"code":"204","swap":false},"#,
    r#"{"code":"[23]..","swap":true},{"code":"[45]..","swap":true,"error":true}]}"#,
);

/// The whole page.
pub fn document(view: &dyn View, chrome: &Chrome) -> Markup {
    html! {
        (DOCTYPE)
        // The scheme stands in the first byte, so that no page shows dark before it is light.
        html lang=(chrome.language.tag()) dir=(chrome.language.dir())
            data-scheme=[chrome.theme.scheme.mark()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(chrome.theme.scheme.meta());
                meta name="robots" content="noindex";
                (title(view, chrome))
                @for name in [chrome.theme.scheme.stylesheet()].into_iter().chain(view.stylesheet()) {
                    @if let Some(url) = chrome.asset_url(name) {
                        link rel="stylesheet" href=(url);
                    }
                }
                // After ours, so that it prevails.
                @if let Some(path) = &chrome.theme.stylesheet {
                    link rel="stylesheet" href=(chrome.url(path));
                }
                (chrome.theme.icons(chrome))
                @if let Some(url) = chrome.asset_url("htmx.js") {
                    meta name="htmx-config" content=(HTMX_CONFIG);
                    script src=(url) defer {}
                }
                @for name in ["moongate.js"].into_iter().chain(view.script()) {
                    @if let Some(url) = chrome.asset_url(name) {
                        script src=(url) defer {}
                    }
                }
            }
            body.page {
                @if chrome.warns_of_http {
                    p.banner role="note" { (chrome.text(Phrase::InsecureHttp)) }
                }
                div.frame {
                    (components::garden())
                    div.side {
                        header.brand {
                            (chrome.theme.header(&chrome.brand))
                        }
                        main #main tabindex="-1" { (content(view, chrome)) }
                        // The script fills it in; a live region must stand before it speaks.
                        p #connection .alert role="alert" tabindex="-1" hidden
                            data-text=(chrome.text(Phrase::ConnectionLost)) {}
                        (footer(chrome, false))
                    }
                }
            }
        }
    }
}

/// The part that htmx puts into `#main`, with the title that it gives the window, and the footer,
/// which has to know the new page's address.
pub fn fragment(view: &dyn View, chrome: &Chrome) -> Markup {
    html! {
        (title(view, chrome))
        (content(view, chrome))
        (footer(chrome, true))
    }
}

fn title(view: &dyn View, chrome: &Chrome) -> Markup {
    let title = view.title(chrome);
    html! {
        title {
            (title)
            @if !title.contains(&chrome.brand) { " · " (chrome.brand) }
        }
    }
}

/// The page itself. `data-page` tells the script that an answer is one of ours.
fn content(view: &dyn View, chrome: &Chrome) -> Markup {
    html! { div.content data-page { (view.body(chrome)) } }
}

/// Where people find help, and the language switch. With `swaps` it replaces the one that is there, wherever the rest goes.
fn footer(chrome: &Chrome, swaps: bool) -> Markup {
    let others = Language::ALL
        .iter()
        .filter(|language| **language != chrome.language);
    html! {
        footer #footer hx-swap-oob=[swaps.then_some("true")] {
            (support(chrome))
            form method="post" action=(chrome.url("/language"))
                aria-label=(chrome.text(Phrase::LanguageSwitch)) {
                input type="hidden" name="return_to" value=(chrome.current_path);
                @for language in others {
                    button.quiet type="submit" name="language" value=(language.tag())
                        lang=(language.tag()) { (language.own_name()) }
                }
            }
        }
    }
}

fn support(chrome: &Chrome) -> Markup {
    let Support { email, website } = &chrome.support;
    let website = website
        .as_deref()
        .filter(|url| components::is_web_address(url));
    html! {
        @if email.is_some() || website.is_some() {
            p.support {
                (chrome.text(Phrase::SupportLead))
                @if let Some(email) = email {
                    " " a href=(format!("mailto:{email}")) { (name(email)) }
                }
                @if let Some(url) = website {
                    " " a href=(url) target="_blank" rel="noopener noreferrer" {
                        (chrome.text(Phrase::SupportWebsite))
                    }
                }
            }
        }
    }
}
