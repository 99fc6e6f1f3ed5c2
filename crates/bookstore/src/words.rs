//! Every word of the shop, in English and in Simplified Chinese.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::books::Bilingual;

/// A language of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    /// The language that the browser likes best among those of the shop; English for want of
    /// one (RFC 9110 §12.5.4).
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut best = (0.0, Self::English);
        for range in accepted.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let language = match primary.to_ascii_lowercase().as_str() {
                "en" => Self::English,
                "zh" => Self::Chinese,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The text in this language.
    pub(crate) fn pick(self, text: Bilingual) -> &'static str {
        match self {
            Self::English => text.english,
            Self::Chinese => text.chinese,
        }
    }

    /// The shop's words in this language.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// The shop's words.
pub(crate) struct Words {
    pub(crate) shop: &'static str,
    pub(crate) motto: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) search: &'static str,
    pub(crate) find: &'static str,
    pub(crate) books: &'static str,
    pub(crate) no_books: &'static str,
    pub(crate) account: &'static str,
    pub(crate) is_authenticated: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) signed_in_as: &'static str,
    pub(crate) sign_in_invitation: &'static str,
    pub(crate) claims: &'static str,
    pub(crate) claims_note: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) value: &'static str,
    pub(crate) no_orders: &'static str,
    pub(crate) back: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_note: &'static str,
    pub(crate) footer: &'static str,
}

static ENGLISH: Words = Words {
    shop: "Bookstore",
    motto: "A quiet shelf of classics.",
    skip: "Skip to the books",
    sign_in: "Sign in",
    sign_out: "Sign out",
    orders: "My orders",
    search: "Title or author",
    find: "Find",
    books: "Books",
    no_books: "No book on this shelf has that in its title or author.",
    account: "Your account",
    is_authenticated: "Is authenticated: ",
    yes: "true",
    no: "false",
    signed_in_as: "Signed in as",
    sign_in_invitation: "Sign in with your phone number to see your orders.",
    claims: "Claims",
    claims_note: "What the identity server told the shop about you.",
    claim: "Claim",
    value: "Value",
    no_orders: "You have not ordered anything yet.",
    back: "Back to the shop",
    not_found: "There is no such page",
    not_found_note: "It may have moved to another shelf.",
    footer: "A sample application. It sells nothing and keeps nothing.",
};

static CHINESE: Words = Words {
    shop: "月下书店",
    motto: "一架安静的经典。",
    skip: "跳到图书",
    sign_in: "登录",
    sign_out: "退出登录",
    orders: "我的订单",
    search: "书名或作者",
    find: "查找",
    books: "图书",
    no_books: "书架上没有匹配的书名或作者。",
    account: "你的账户",
    is_authenticated: "是否已登录：",
    yes: "是",
    no: "否",
    signed_in_as: "当前用户",
    sign_in_invitation: "用手机号登录后即可查看订单。",
    claims: "声明",
    claims_note: "身份服务器告诉本店的、关于你的信息。",
    claim: "声明",
    value: "值",
    no_orders: "你还没有订单。",
    back: "返回书店",
    not_found: "没有这个页面",
    not_found_note: "它可能换到别的书架上了。",
    footer: "示例应用，不售卖也不保存任何东西。",
};

#[cfg(test)]
mod tests {
    use super::{ACCEPT_LANGUAGE, HeaderMap, Language};

    #[test]
    fn the_language_follows_the_browser() {
        let check = |accepted: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{accepted}");
        };
        check("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese);
        check("en-GB,zh;q=0.9", Language::English);
        check("de, zh;q=0.5, en;q=0.4", Language::Chinese);
        check("zh;q=0", Language::English);
        check("de", Language::English);
    }
}
