//! The inbox page's words, and which language a browser wants.

use axum::http::{HeaderMap, header};

/// Every word of the page in one language.
pub(super) struct Phrases {
    /// BCP 47.
    pub(super) language: &'static str,
    pub(super) title: &'static str,
    pub(super) subtitle: &'static str,
    pub(super) empty_title: &'static str,
    pub(super) empty_text: &'static str,
    pub(super) sms: &'static str,
    pub(super) email: &'static str,
    pub(super) code: &'static str,
    pub(super) copy: &'static str,
    pub(super) copied: &'static str,
    pub(super) new_message: &'static str,
    pub(super) offline: &'static str,
    pub(super) more: &'static str,
    pub(super) setup: &'static str,
}

const ENGLISH: Phrases = Phrases {
    language: "en",
    title: "Development inbox",
    subtitle: "Text messages and e-mails that would have been sent. Nothing reaches anybody.",
    empty_title: "No messages yet",
    empty_text: "Ask an application for a verification code. It appears here by itself.",
    sms: "SMS",
    email: "E-mail",
    code: "Code",
    copy: "Copy",
    copied: "Copied",
    new_message: "New message to",
    offline: "The simulator does not answer. Trying again…",
    more: "Older messages are in",
    setup: "Send from another program",
};

const CHINESE: Phrases = Phrases {
    language: "zh-CN",
    title: "开发收件箱",
    subtitle: "这里是本应发出的短信和邮件，不会真正发送。",
    empty_title: "还没有消息",
    empty_text: "请在应用中获取验证码，消息会自动出现在这里。",
    sms: "短信",
    email: "邮件",
    code: "验证码",
    copy: "复制",
    copied: "已复制",
    new_message: "新消息，发往",
    offline: "模拟器没有响应，正在重试…",
    more: "更早的消息见",
    setup: "从其他程序发送",
};

/// The language that `Accept-Language` (RFC 9110 §12.5.4) ranks higher; English if it names
/// neither.
pub(super) fn choose(headers: &HeaderMap) -> &'static Phrases {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if rank(accepted, "zh") > rank(accepted, "en") {
        &CHINESE
    } else {
        &ENGLISH
    }
}

/// The highest quality of a range of that primary language, in thousandths, and of equals the
/// earlier one.
fn rank(accepted: &str, primary: &str) -> Option<(u16, std::cmp::Reverse<usize>)> {
    accepted
        .split(',')
        .enumerate()
        .filter_map(|(place, range)| {
            let mut pieces = range.split(';').map(str::trim);
            let language = pieces.next()?.split('-').next()?;
            let quality = pieces.find_map(|piece| piece.strip_prefix("q="));
            let quality: f32 = quality.map_or(Some(1.0), |text| text.parse().ok())?;
            let is_wanted = language.eq_ignore_ascii_case(primary) && quality > 0.0;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to what fits"
            )]
            let thousandths = (quality.clamp(0.0, 1.0) * 1_000.0) as u16;
            is_wanted.then_some((thousandths, std::cmp::Reverse(place)))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_higher_ranked_language_wins() {
        let check = |accepted: &str, expected: &str| {
            let value = HeaderValue::from_str(accepted).unwrap();
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value)]);
            assert_eq!(choose(&headers).language, expected, "{accepted}");
        };
        check("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN");
        check("en-US,en;q=0.9,zh-CN;q=0.8", "en");
        check("de, zh;q=0.2", "zh-CN");
        check("de", "en");
        check("", "en");
        check("en;q=0.5, ZH-Hant;q=0.7", "zh-CN");
        check("zh;q=0", "en");
        check("zh;q=nan, en;q=x", "en");
        check("zh, en", "zh-CN");
        check("en, zh", "en");
        assert_eq!(choose(&HeaderMap::new()).language, "en");
    }
}
