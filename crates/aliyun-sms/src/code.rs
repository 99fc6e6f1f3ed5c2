//! Aliyun's error codes, closed and sorted by whose business they are.

use std::fmt;
use std::time::Duration;

use crate::scrub;

/// Whose business a failure is, and so what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The person's: this number can't get the message, another one might.
    User,
    /// The operator's: a setting is wrong, or the program sent what it must not.
    Configuration,
    /// The owner's of the Aliyun account: balance, quota, suspension, where it may be used from.
    Account,
    /// Nobody's: too many messages, wait.
    Throttled,
    /// Aliyun's: it failed, or answered what can't be read.
    Provider,
    /// The network's: no answer came, or not in time.
    Transport,
}

macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $text:literal => $kind:ident, )*) => {
        /// An error code of the gateway or of the SMS service (Alibaba Cloud, "API error codes",
        /// Dysmsapi 2017-05-25).
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $( $(#[$doc])* #[doc = ""] #[doc = concat!("`", $text, "`")] $name, )*
            /// A code that this crate does not know: printable ASCII, at most 64 characters, long
            /// numbers taken out.
            Other(String),
        }

        impl Code {
            /// Every code that this crate knows, in the order of the documentation.
            pub const KNOWN: &[Self] = &[$( Self::$name, )*];

            /// The code as Aliyun writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$name => $text, )*
                    Self::Other(text) => text,
                }
            }

            fn known(text: &str) -> Option<Self> {
                match text {
                    $( $text => Some(Self::$name), )*
                    _ => None,
                }
            }

            fn known_kind(&self) -> Option<Kind> {
                match self {
                    $( Self::$name => Some(Kind::$kind), )*
                    Self::Other(_) => None,
                }
            }
        }
    };
}

codes! {
    // The gateway's own.
    /// The signature is not the one that the gateway computes: wrong secret, or wrong encoding.
    SignatureDoesNotMatch = "SignatureDoesNotMatch" => Configuration,
    /// The signature parameters do not fit the standard.
    IncompleteSignature = "IncompleteSignature" => Configuration,
    /// A required parameter is missing.
    MissingParameter = "MissingParameter" => Configuration,
    /// The gateway knows no such access key.
    AccessKeyNotFound = "InvalidAccessKeyId.NotFound" => Configuration,
    /// The access key is switched off.
    AccessKeyInactive = "InvalidAccessKeyId.Inactive" => Configuration,
    /// The timestamp is more than 15 minutes away from the gateway's clock.
    TimestampExpired = "InvalidTimeStamp.Expired" => Configuration,
    /// The timestamp is not written as it has to be.
    TimestampFormat = "InvalidTimeStamp.Format" => Configuration,
    /// The nonce was seen before: something on the way sent the request twice.
    NonceUsed = "SignatureNonceUsed" => Provider,
    /// The endpoint knows no such API version.
    InvalidVersion = "InvalidVersion" => Configuration,
    /// The endpoint knows no such action.
    ActionNotFound = "InvalidAction.NotFound" => Configuration,
    /// The endpoint knows no such API.
    ApiNotFound = "InvalidApi.NotFound" => Configuration,
    /// The RAM user may not send (gateway's word); attach the policy `AliyunDysmsFullAccess`.
    ForbiddenRam = "Forbidden.RAM" => Configuration,
    /// The RAM user may not send (service's word); attach the policy `AliyunDysmsFullAccess`.
    RamPermissionDeny = "isp.RAM_PERMISSION_DENY" => Configuration,
    /// Too many requests.
    Throttling = "Throttling" => Throttled,
    /// Too many requests of this account.
    ThrottlingUser = "Throttling.User" => Throttled,
    /// Too many requests of this API.
    ThrottlingApi = "Throttling.Api" => Throttled,
    /// The gateway is down for the moment.
    ServiceUnavailable = "ServiceUnavailable" => Provider,
    /// The gateway failed.
    InternalError = "InternalError" => Provider,

    // Limits.
    /// Too many messages to this number; the message says in which window.
    BusinessLimitControl = "isv.BUSINESS_LIMIT_CONTROL" => Throttled,
    /// International site: too many messages to this number in a minute.
    BusinessLimitMinute = "BUSINESS_LIMIT_CONTROL_MINUTE" => Throttled,
    /// International site: too many messages to this number in an hour.
    BusinessLimitHour = "isv.BUSINESS_LIMIT_HOUR" => Throttled,
    /// International site: too many messages to this number in a day.
    BusinessLimitDay = "isv.BUSINESS_LIMIT_DAY" => Throttled,
    /// International site: too many messages to this number.
    BusinessLimitPhone = "BUSINESS_LIMIT_CONTROL_PHONE" => Throttled,
    /// The account's own daily limit, set in Aliyun's console, is used up.
    DayLimitControl = "isv.DAY_LIMIT_CONTROL" => Account,
    /// The account's own monthly limit, set in Aliyun's console, is used up.
    MonthLimitControl = "isv.MONTH_LIMIT_CONTROL" => Account,

    // Numbers.
    /// No phone number, or not in the form the service wants.
    MobileNumberIllegal = "isv.MOBILE_NUMBER_ILLEGAL" => User,
    /// More than 1,000 numbers in one request.
    MobileCountOverLimit = "isv.MOBILE_COUNT_OVER_LIMIT" => Configuration,
    /// An international template does not reach mainland numbers.
    DomesticNumberNotSupported = "isv.DOMESTIC_NUMBER_NOT_SUPPORTED" => Configuration,
    /// The person told the carrier to refuse such messages.
    CustomerRefused = "isv.CUSTOMER_REFUSED" => User,
    /// International site: no messages to this country.
    NotSupportedCountry = "isv.NOT_SUPPORTED_COUNTRY" => User,
    /// International site: messages to this country are restricted.
    CountryRestricted = "isv.COUNTRY_RESTRICTED" => User,

    // Templates, sign names and what fills them.
    /// The account has no such approved template.
    TemplateIllegal = "isv.SMS_TEMPLATE_ILLEGAL" => Configuration,
    /// The account has no such approved sign name.
    SignatureIllegal = "isv.SMS_SIGNATURE_ILLEGAL" => Configuration,
    /// Sign name and template are for different uses.
    SignatureSceneIllegal = "isv.SMS_SIGNATURE_SCENE_ILLEGAL" => Configuration,
    /// The sign name may not be used.
    SignIllegal = "isv.SMS_SIGN_ILLEGAL" => Configuration,
    /// The sign name is in a state in which it can't be used.
    SignStateIllegal = "isv.SIGN_STATE_ILLEGAL" => Configuration,
    /// The sign name is on a black list.
    SignatureBlacklist = "SIGNATURE_BLACKLIST" => Configuration,
    /// International site: the sender id is wrong.
    SenderId = "isv.SENDERID_ERROR" => Configuration,
    /// A variable of the template has no value.
    TemplateMissingParameters = "isv.TEMPLATE_MISSING_PARAMETERS" => Configuration,
    /// A variable's value is refused.
    TemplateParamsIllegal = "isv.TEMPLATE_PARAMS_ILLEGAL" => Configuration,
    /// A variable's value is too long.
    ParamLengthLimit = "isv.PARAM_LENGTH_LIMIT" => Configuration,
    /// A variable's value is a link.
    ParamNotSupportUrl = "isv.PARAM_NOT_SUPPORT_URL" => Configuration,
    /// A variable's value has a forbidden word.
    BlackKeyControlLimit = "isv.BLACK_KEY_CONTROL_LIMIT" => Configuration,
    /// The text is refused.
    ContentIllegal = "isv.SMS_CONTENT_ILLEGAL" => Configuration,
    /// `TemplateParam` is not a JSON object of strings.
    InvalidJsonParam = "isv.INVALID_JSON_PARAM" => Configuration,
    /// A parameter is malformed.
    InvalidParameters = "isv.INVALID_PARAMETERS" => Configuration,
    /// A parameter is malformed (an older word).
    ParamsIllegal = "PARAMS_ILLEGAL" => Configuration,
    /// The extension code is wrong.
    ExtendCodeError = "isv.EXTEND_CODE_ERROR" => Configuration,
    /// One extension code stands for several sign names.
    OneCodeMultipleSign = "isv.ONE_CODE_MULTIPLE_SIGN" => Configuration,
    /// Test sign name and test template work only together.
    TestSignTemplateLimit = "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT" => Configuration,
    /// Test messages reach only numbers that are bound in the console.
    TestNumberLimit = "isv.SMS_TEST_NUMBER_LIMIT" => Configuration,
    /// A test template takes four to six digits.
    TestTemplateParamsIllegal = "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL" => Configuration,

    // The account.
    /// The balance does not suffice.
    AmountNotEnough = "isv.AMOUNT_NOT_ENOUGH" => Account,
    /// The service is stopped for lack of balance.
    OutOfService = "isv.OUT_OF_SERVICE" => Account,
    /// No such account.
    AccountNotExists = "isv.ACCOUNT_NOT_EXISTS" => Account,
    /// The account is in an abnormal state.
    AccountAbnormal = "isv.ACCOUNT_ABNORMAL" => Account,
    /// The account is frozen for security.
    SecurityFrozenAccount = "isv.SECURITY_FROZEN_ACCOUNT" => Account,
    /// The account has not ordered the product.
    ProductUnSubscript = "isv.PRODUCT_UN_SUBSCRIPT" => Account,
    /// The account has not ordered the product (another spelling).
    ProductUnsubscribe = "isv.PRODUCT_UNSUBSCRIBE" => Account,
    /// Requests from this place may not send to the mainland.
    DenyIpRange = "isv.DENY_IP_RANGE" => Account,

    // The platform.
    /// The SMS platform failed.
    SystemError = "isp.SYSTEM_ERROR" => Provider,
    /// The SMS platform's gateway failed.
    GatewayError = "isp.GATEWAY_ERROR" => Provider,
}

impl Code {
    /// Reads a code as Aliyun writes it; never fails, since new ones come.
    pub fn parse(text: &str) -> Self {
        Self::known(text).unwrap_or_else(|| {
            Self::Other(scrub::identifier(text).map_or_else(
                || "unreadable".to_owned(),
                |text| scrub::without_numbers(&text),
            ))
        })
    }

    /// Whose business it is. An unknown code goes by the family that its name shows, else it is
    /// the provider's.
    pub fn kind(&self) -> Kind {
        self.known_kind().unwrap_or_else(|| {
            let text = self.as_str();
            let starts = |prefix: &str| text.starts_with(prefix);
            if starts("Throttling.") || text.contains("LIMIT_CONTROL") {
                Kind::Throttled
            } else if starts("Missing")
                || starts("Invalid")
                || starts("Forbidden")
                || starts("isv.")
            {
                Kind::Configuration
            } else {
                Kind::Provider
            }
        })
    }

    /// How long to wait before the next message, as far as code and message tell: the length of
    /// the window that is used up, which is the longest it can take. `None` for codes that
    /// waiting does not mend.
    pub(crate) fn retry_after(&self, message: &str) -> Option<Duration> {
        const MINUTE: Duration = Duration::from_mins(1);
        const HOUR: Duration = Duration::from_hours(1);
        const DAY: Duration = Duration::from_hours(24);
        match self {
            Self::BusinessLimitMinute => return Some(MINUTE),
            Self::BusinessLimitHour => return Some(HOUR),
            Self::BusinessLimitDay => return Some(DAY),
            _ if self.kind() != Kind::Throttled => return None,
            _ => {}
        }
        let message = message.to_ascii_lowercase();
        let says = |words: [&str; 2]| words.into_iter().any(|word| message.contains(word));
        if says(["分钟级", "minute"]) {
            Some(MINUTE)
        } else if says(["小时级", "hour"]) {
            Some(HOUR)
        } else if says(["天级", "day"]) {
            Some(DAY)
        } else {
            None
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_code_survives_the_round_trip() {
        for code in Code::KNOWN {
            assert_eq!(&Code::parse(code.as_str()), code);
        }
    }

    #[test]
    fn an_unknown_code_goes_by_its_family() {
        let check = |text: &str, kind: Kind| {
            let code = Code::parse(text);
            assert!(matches!(code, Code::Other(_)), "{text}");
            assert_eq!(code.kind(), kind, "{text}");
        };
        check("Throttling.Whatever", Kind::Throttled);
        check("MissingPhoneNumbers", Kind::Configuration);
        check("InvalidSecurityToken.Expired", Kind::Configuration);
        check("isv.SOMETHING_NEW", Kind::Configuration);
        check("isp.SOMETHING_NEW", Kind::Provider);
        check("Surprise", Kind::Provider);
    }

    #[test]
    fn an_unknown_code_can_not_carry_a_number_or_a_line() {
        assert_eq!(Code::parse("isv.13800138000").as_str(), "isv.[number]");
        assert_eq!(Code::parse("a\nb").as_str(), "unreadable");
        assert_eq!(Code::parse("").as_str(), "unreadable");
    }

    #[test]
    fn the_window_is_read_from_code_and_message() {
        let check = |code: &str, message: &str, seconds: Option<u64>| {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(
                Code::parse(code).retry_after(message),
                expected,
                "{code} {message}"
            );
        };
        let limit = "isv.BUSINESS_LIMIT_CONTROL";
        check(limit, "触发分钟级流控Permits:1", Some(60));
        check(limit, "触发小时级流控Permits:5", Some(3_600));
        check(limit, "触发天级流控Permits:10", Some(86_400));
        check(limit, "触发号码天级流控Permits:40", Some(86_400));
        check(limit, "Minute limit reached", Some(60));
        check(limit, "触发流控", None);
        check("BUSINESS_LIMIT_CONTROL_MINUTE", "", Some(60));
        check("isv.BUSINESS_LIMIT_HOUR", "", Some(3_600));
        check("isv.BUSINESS_LIMIT_DAY", "", Some(86_400));
        check(
            "Throttling.User",
            "Request was denied due to user flow control.",
            None,
        );
        check("isv.MOBILE_NUMBER_ILLEGAL", "触发天级流控", None);
    }
}
