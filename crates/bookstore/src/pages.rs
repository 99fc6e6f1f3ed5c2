//! The shop's pages: plain view structs in, markup out.

use maud::{DOCTYPE, Markup, html};
use moongate_client::{User, authorize_view};

use crate::assets::PATHS;
use crate::books::Book;
use crate::words::Language;

/// htmx must not evaluate code or add styles: the content security policy forbids both.
const HTMX_CONFIG: &str =
    r#"{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true}"#;

/// What every page needs to know.
pub(crate) struct Visitor<'a> {
    pub(crate) language: Language,
    pub(crate) user: Option<&'a User>,
    /// Where the sign-in and sign-out routes are.
    pub(crate) sign_in_path: &'a str,
    pub(crate) sign_out_path: &'a str,
}

/// The shop: books, and what the shop knows about the visitor.
pub(crate) fn shop(visitor: &Visitor<'_>, words_sought: &str, books: &[&Book]) -> Markup {
    let words = visitor.language.words();
    let content = html! {
        div.wrap.front {
            div.hero {
                h1 { (words.shop) }
                p.soft { (words.motto) }
            }
            section aria-label=(words.account) { (account(visitor)) }
        }
        section.wrap aria-labelledby="books-title" {
            h2 #books-title { (words.books) }
            form.search role="search" action="/" method="get"
                hx-get="/" hx-trigger="input changed delay:250ms from:#q, submit"
                hx-target="#books" hx-select="#books" hx-swap="outerHTML" hx-push-url="true" {
                label { (words.search)
                    input #q type="search" name="q" value=(words_sought) maxlength="80"
                        autocomplete="off" enterkeyhint="search";
                }
                button.quiet type="submit" { (words.find) }
            }
            div #books aria-live="polite" { (shelf(visitor.language, books)) }
        }
        (authorize_view(visitor.user, |user| claims(visitor.language, user), || html! {}))
    };
    page(visitor, words.shop, &content)
}

fn shelf(language: Language, books: &[&Book]) -> Markup {
    html! {
        @if books.is_empty() {
            p { (language.words().no_books) }
        } @else {
            ul.books role="list" {
                @for book in books {
                    li.book {
                        div.cover aria-hidden="true" { span { (book.title.chinese) } }
                        div {
                            h3 { (language.pick(book.title)) }
                            p.soft { (language.pick(book.author)) }
                            p { (language.pick(book.line)) }
                            p.price { "¥" (book.price) }
                        }
                    }
                }
            }
        }
    }
}

/// The walkthrough's paragraph: whether somebody is signed in, and who.
fn account(visitor: &Visitor<'_>) -> Markup {
    let words = visitor.language.words();
    let is_authenticated = visitor.user.is_some();
    html! {
        div.panel {
            p {
                (words.is_authenticated)
                @if is_authenticated {
                    strong.yes { (words.yes) }
                } @else {
                    strong.no { (words.no) }
                }
            }
            (authorize_view(
                visitor.user,
                |user| html! {
                    p { span.soft { (words.signed_in_as) } " " span.who { (name(user)) } }
                },
                || html! { p.soft { (words.sign_in_invitation) } },
            ))
        }
    }
}

/// All claims, as the provider sent them.
fn claims(language: Language, user: &User) -> Markup {
    let words = language.words();
    html! {
        section.wrap aria-labelledby="claims-title" {
            h2 #claims-title { (words.claims) }
            p.soft { (words.claims_note) }
            div.panel.wide.scroll tabindex="0" role="region" aria-labelledby="claims-title" {
                table {
                    thead { tr { th scope="col" { (words.claim) } th scope="col" { (words.value) } } }
                    tbody {
                        @for (name, value) in user.claims() {
                            tr {
                                th scope="row" { (name) }
                                td { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The visitor's orders; only for who is signed in.
pub(crate) fn orders(visitor: &Visitor<'_>, user: &User) -> Markup {
    let words = visitor.language.words();
    let content = html! {
        section.wrap {
            h1 { (words.orders) }
            div.panel {
                p { span.soft { (words.signed_in_as) } " " span.who { (name(user)) } }
                p { (words.no_orders) }
                a.button href="/" { (words.back) }
            }
        }
    };
    page(visitor, words.orders, &content)
}

/// The page for an address that leads nowhere.
pub(crate) fn not_found(visitor: &Visitor<'_>) -> Markup {
    let words = visitor.language.words();
    let content = html! {
        section.wrap {
            h1 { (words.not_found) }
            p.soft { (words.not_found_note) }
            p { a.button href="/" { (words.back) } }
        }
    };
    page(visitor, words.not_found, &content)
}

/// What to call the visitor. Phone numbers come as digits; people expect a plus sign.
fn name(user: &User) -> String {
    let name = user.display_name();
    let is_bare_number = user.phone_number() == Some(name)
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_bare_number {
        format!("+{name}")
    } else {
        name.to_owned()
    }
}

/// The frame of every page.
fn page(visitor: &Visitor<'_>, title: &str, content: &Markup) -> Markup {
    let words = visitor.language.words();
    html! {
        (DOCTYPE)
        html lang=(visitor.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) @if title != words.shop { " · " (words.shop) } }
                link rel="icon" type="image/svg+xml" href=(PATHS.icon);
                link rel="stylesheet" href=(PATHS.style);
                @if let Some(htmx) = &PATHS.htmx {
                    meta name="htmx-config" content=(HTMX_CONFIG);
                    script src=(htmx) defer {}
                }
            }
            body {
                a.skip href="#main" { (words.skip) }
                header.bar {
                    div.wrap {
                        a.brand href="/" {
                            img src=(PATHS.icon) alt="" width="30" height="30";
                            (words.shop)
                        }
                        nav { a href="/orders" { (words.orders) } }
                        (sign_in_or_out(visitor))
                    }
                }
                main #main { (content) }
                footer { div.wrap.soft { (words.footer) } }
            }
        }
    }
}

/// The walkthrough's button: to sign in for who isn't signed in, to sign out for who is. Both
/// are forms, so that they are buttons without a script; signing out is a POST, so that no
/// link elsewhere can do it.
fn sign_in_or_out(visitor: &Visitor<'_>) -> Markup {
    let words = visitor.language.words();
    authorize_view(
        visitor.user,
        |_| {
            html! {
                form action=(visitor.sign_out_path) method="post" {
                    button.quiet type="submit" { (words.sign_out) }
                }
            }
        },
        || {
            html! {
                form action=(visitor.sign_in_path) method="get" {
                    button type="submit" { (words.sign_in) }
                }
            }
        },
    )
}
