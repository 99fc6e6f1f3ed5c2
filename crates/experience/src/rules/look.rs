//! Rules of colours, images, languages, addresses and style.

use moongate_core::EmailAddress;

use super::findings::Findings;
use super::url::{check_image, check_page};
use super::{Rule, css};
use crate::{AgreeToTermsPolicy, SignInExperience};

/// The languages that the pages have.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

pub(super) fn check(settings: &SignInExperience, findings: &mut Findings) {
    let color = &settings.color;
    for (name, value) in [
        ("primaryColor", &color.primary_color),
        ("darkPrimaryColor", &color.dark_primary_color),
    ] {
        if !is_color(value) {
            let mend = "write it as #rgb or #rrggbb";
            findings.add(format!("color.{name}"), Rule::InvalidColor, mend);
        }
    }
    let branding = &settings.branding;
    for (field, url) in [
        ("branding.logoUrl", &branding.logo_url),
        ("branding.darkLogoUrl", &branding.dark_logo_url),
        ("branding.favicon", &branding.favicon),
        ("branding.darkFavicon", &branding.dark_favicon),
    ] {
        check_image(findings, field, url.as_deref());
    }
    let is_light_only = branding.logo_url.is_some() && branding.dark_logo_url.is_none();
    if color.is_dark_mode_enabled && is_light_only {
        let mend = "give a logo for dark pages, or switch dark mode off, if this one is hard to \
                    see on a dark ground";
        findings.add("branding.darkLogoUrl", Rule::DarkLogoMissing, mend);
    }
    if !LANGUAGES.contains(&settings.language_info.fallback_language.as_str()) {
        findings.add(
            "languageInfo.fallbackLanguage",
            Rule::UnsupportedDefaultLanguage,
            "use \"en\" or \"zh-CN\"",
        );
    }
    let terms = settings.terms_of_use_url.as_deref();
    check_page(findings, "termsOfUseUrl", terms);
    let privacy = settings.privacy_policy_url.as_deref();
    check_page(findings, "privacyPolicyUrl", privacy);
    let asks = settings.agree_to_terms_policy != AgreeToTermsPolicy::Automatic;
    if asks && terms.is_none() && privacy.is_none() {
        let mend = "give termsOfUseUrl or privacyPolicyUrl: nobody is asked to agree to nothing";
        findings.add("agreeToTermsPolicy", Rule::TermsWithoutUrl, mend);
    }
    if let Some(fault) = settings.custom_css.as_deref().and_then(css::fault) {
        findings.add("customCss", Rule::UnsafeCustomCss, fault);
    }
    let support = settings.support_email.as_deref();
    if support.is_some_and(|address| EmailAddress::parse(address).is_err()) {
        let mend = "give an e-mail address, such as help@example.com";
        findings.add("supportEmail", Rule::InvalidEmailAddress, mend);
    }
    for (field, url) in [
        ("supportWebsiteUrl", &settings.support_website_url),
        (
            "unknownSessionRedirectUrl",
            &settings.unknown_session_redirect_url,
        ),
    ] {
        check_page(findings, field, url.as_deref());
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.chars().all(|it| it.is_ascii_hexdigit())
    })
}
