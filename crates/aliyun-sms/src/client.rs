//! The client: one signed request, one answer, nothing retried.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::origin::{self, Stamp};
use crate::signing::{self, Parameters};
use crate::{AccessKeySecret, Code, Error, Refusal, scrub};

/// No answer of Aliyun's comes near this many bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// How to reach and convince Aliyun.
#[derive(Debug, Clone)]
pub struct Config {
    /// AccessKeyId, such as `LTAI5t…`.
    pub access_key_id: String,
    /// AccessKeySecret.
    pub access_key_secret: AccessKeySecret,
    /// Where requests go. `https://dysmsapi.aliyuncs.com/` unless set; accounts of the
    /// international site use `https://dysmsapi.ap-southeast-1.aliyuncs.com/`.
    pub endpoint: Url,
    /// `RegionId`; `cn-hangzhou` unless set.
    pub region_id: String,
    /// How long one call may take, from the first byte to the last; 5 seconds unless set.
    pub timeout: Duration,
}

impl Config {
    /// A configuration with everything but the access key as it is documented on the fields.
    pub fn new(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<AccessKeySecret>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
            endpoint: Url::parse("https://dysmsapi.aliyuncs.com/").expect("the literal is a URL"),
            region_id: "cn-hangzhou".to_owned(),
            timeout: Duration::from_secs(5),
        }
    }
}

/// An HTTP client fit for [`Client::new`]: it follows no redirect, since one that keeps the
/// method would send the message and the number to whatever host it names.
///
/// # Errors
/// If the TLS backend can't be set up.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// A message for [`Client::send_sms`] (Aliyun SendSms, 2017-05-25).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SendSms {
    /// One number, or up to 1,000 with commas between. Mainland: 11 digits, or with `86`, `+86`
    /// or `0086` before them; elsewhere country code and number without `+`.
    pub phone_numbers: String,
    /// The approved sign name, without brackets.
    pub sign_name: String,
    /// The approved template's code, such as `SMS_200000001`.
    pub template_code: String,
    /// A value for each of the template's variables. Sent as a JSON object of strings, left out
    /// if empty.
    pub template_param: BTreeMap<String, String>,
    /// Extension code for replies.
    pub sms_up_extend_code: Option<String>,
    /// Your own id of the message, which comes back in receipts; under 256 characters.
    pub out_id: Option<String>,
}

impl SendSms {
    /// A message without variables; [`SendSms::param`] adds them.
    pub fn new(
        phone_numbers: impl Into<String>,
        sign_name: impl Into<String>,
        template_code: impl Into<String>,
    ) -> Self {
        Self {
            phone_numbers: phone_numbers.into(),
            sign_name: sign_name.into(),
            template_code: template_code.into(),
            ..Self::default()
        }
    }

    /// The same message with a value for the template's variable `name`.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.template_param.insert(name.into(), value.into());
        self
    }

    /// The same message with your own id.
    #[must_use]
    pub fn out_id(mut self, out_id: impl Into<String>) -> Self {
        self.out_id = Some(out_id.into());
        self
    }

    /// What must not come back to us in an error.
    fn private_values(&self) -> impl Iterator<Item = &str> {
        self.phone_numbers
            .split(',')
            .chain(self.template_param.values().map(String::as_str))
            .chain(self.out_id.as_deref())
    }
}

impl fmt::Debug for SendSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSms")
            .field("phone_numbers", &"[redacted]")
            .field("sign_name", &self.sign_name)
            .field("template_code", &self.template_code)
            .field("template_param", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// Aliyun took the message. Whether it arrives, only a receipt tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendSmsResponse {
    /// Aliyun's id of the message, by which receipts and look-ups name it, such as
    /// `507517905893843184^0`.
    pub biz_id: Option<String>,
    /// Aliyun's id of the request, to look it up in its console.
    pub request_id: Option<String>,
}

type Stamps = dyn Fn() -> Stamp + Send + Sync;

/// A client of one Aliyun account. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    config: Arc<Config>,
    http: reqwest::Client,
    stamps: Arc<Stamps>,
}

impl Client {
    /// A client that sends over `http`; see [`http_client`] for what it should not do.
    pub fn new(config: Config, http: reqwest::Client) -> Self {
        Self {
            config: Arc::new(config),
            http,
            stamps: Arc::new(Stamp::fresh),
        }
    }

    /// The same client with timestamps and nonces from elsewhere: a test's, or those of an
    /// application that has its own clock.
    #[must_use]
    pub fn with_stamps(self, stamps: impl Fn() -> Stamp + Send + Sync + 'static) -> Self {
        Self {
            stamps: Arc::new(stamps),
            ..self
        }
    }

    /// Sends one message (Aliyun SendSms, 2017-05-25), within the configured time. Not
    /// idempotent: each call that Aliyun accepts is a message, and is paid for.
    ///
    /// # Errors
    /// - [`Error::Refused`]: Aliyun says why, in [`Error::code`].
    /// - [`Error::Unreadable`], [`Error::TooLong`]: the answer is not one of Aliyun's.
    /// - [`Error::Timeout`]: no whole answer in time. The message may have gone out.
    /// - [`Error::Transport`]: no connection, or it broke. The message may have gone out.
    pub async fn send_sms(&self, message: &SendSms) -> Result<SendSmsResponse, Error> {
        let form = self.signed_form(message);
        let mut response = self
            .http
            .post(self.config.endpoint.clone())
            .timeout(self.config.timeout)
            .form(&form)
            .send()
            .await?;

        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(Error::TooLong { status });
            }
            body.extend_from_slice(&chunk);
        }
        read_answer(status, &body, message, &self.config.access_key_secret)
    }

    fn signed_form(&self, message: &SendSms) -> Parameters {
        let stamp = (self.stamps)();
        let config = &self.config;
        let mut form: Parameters = [
            ("Action", "SendSms"),
            ("Version", "2017-05-25"),
            ("Format", "JSON"),
            ("AccessKeyId", &config.access_key_id),
            ("RegionId", &config.region_id),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", &stamp.nonce),
            ("Timestamp", &origin::format_timestamp(stamp.at)),
            ("PhoneNumbers", &message.phone_numbers),
            ("SignName", &message.sign_name),
            ("TemplateCode", &message.template_code),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        if !message.template_param.is_empty() {
            let json = serde_json::to_string(&message.template_param)
                .expect("a map of strings to strings is JSON");
            form.insert("TemplateParam".to_owned(), json);
        }
        for (name, value) in [
            ("SmsUpExtendCode", &message.sms_up_extend_code),
            ("OutId", &message.out_id),
        ] {
            if let Some(value) = value {
                form.insert(name.to_owned(), value.clone());
            }
        }
        let text = signing::string_to_sign("POST", &form);
        let signature = signing::sign(&config.access_key_secret, &text);
        form.insert("Signature".to_owned(), signature);
        form
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    code: String,
    #[serde(default)]
    message: String,
    biz_id: Option<String>,
    request_id: Option<String>,
}

fn read_answer(
    status: u16,
    body: &[u8],
    message: &SendSms,
    secret: &AccessKeySecret,
) -> Result<SendSmsResponse, Error> {
    // The service refuses with 200, the gateway with 4xx or 5xx; nothing else is Aliyun's.
    if status != 200 && status < 400 {
        return Err(Error::Unreadable { status });
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Error::Unreadable { status })?;
    let identifier = |id: Option<String>| id.as_deref().and_then(scrub::identifier);
    let request_id = identifier(answer.request_id);
    match (answer.code.as_str(), status) {
        ("OK", 200) => Ok(SendSmsResponse {
            biz_id: identifier(answer.biz_id),
            request_id,
        }),
        ("OK", _) => Err(Error::Unreadable { status }),
        (code, _) => {
            let code = Code::parse(code);
            let private = message.private_values().chain([secret.expose()]);
            Err(Error::Refused(Box::new(Refusal {
                retry_after: code.retry_after(&answer.message),
                message: scrub::message(&answer.message, private),
                code,
                status,
                request_id,
            })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn message() -> SendSms {
        SendSms::new("13800138000", "月亮门", "SMS_200000002")
            .param("code", "4321")
            .out_id("order-7")
    }

    fn answer(status: u16, body: &str) -> Result<SendSmsResponse, Error> {
        read_answer(status, body.as_bytes(), &message(), &"hidden".into())
    }

    #[test]
    fn an_accepted_message_has_its_ids() {
        let body = r#"{"Message":"OK","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990",
            "BizId":"507517905893843184^0","Code":"OK"}"#;
        let sent = answer(200, body).unwrap();
        assert_eq!(sent.biz_id.as_deref(), Some("507517905893843184^0"));
        assert_eq!(
            sent.request_id.as_deref(),
            Some("F655A8D5-B967-440B-8683-DAD6FF8DE990")
        );
    }

    #[test]
    fn a_refusal_with_status_200_is_a_refusal() {
        let error = answer(
            200,
            r#"{"Message":"触发分钟级流控Permits:1","RequestId":"F6","Code":"isv.BUSINESS_LIMIT_CONTROL"}"#,
        )
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Throttled);
        assert_eq!(error.code(), Some(&Code::BusinessLimitControl));
        assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
        assert_eq!(
            error.to_string(),
            "aliyun refused the message: isv.BUSINESS_LIMIT_CONTROL (F6): 触发分钟级流控Permits:1"
        );
    }

    #[test]
    fn nothing_private_comes_back_in_a_refusal() {
        let error = answer(
            400,
            r#"{"Code":"SignatureDoesNotMatch","RequestId":"F 6","HostId":"dysmsapi.aliyuncs.com",
                "Message":"hidden 13800138000 4321 order-7: server string to sign is:POST&%2F&x%3Dy"}"#,
        )
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration);
        for text in [error.to_string(), format!("{error:?}")] {
            for private in [
                "hidden",
                "13800138000",
                "4321",
                "order-7",
                "POST&",
                "%3Dy",
                "F 6",
            ] {
                assert!(!text.contains(private), "{private} in {text}");
            }
        }
    }

    #[test]
    fn what_is_not_aliyuns_is_unreadable() {
        for (status, body) in [
            (502, "<html>bad gateway</html>"),
            (200, ""),
            (200, "{}"),
            (200, r#"{"Code":7}"#),
            (200, "\u{feff}"),
            (204, r#"{"Code":"OK"}"#),
            (302, r#"{"Code":"OK"}"#),
            (500, r#"{"Code":"OK"}"#),
        ] {
            let error = answer(status, body).unwrap_err();
            assert!(
                matches!(error, Error::Unreadable { status: said } if said == status),
                "{status} {body}: {error:?}"
            );
            assert_eq!(error.kind(), Kind::Provider);
        }
    }

    #[test]
    fn debug_shows_no_number_no_code_and_no_secret() {
        let client = Client::new(Config::new("testId", "hidden"), reqwest::Client::new());
        let text = format!("{client:?} {:?}", message());
        for private in ["hidden", "13800138000", "4321"] {
            assert!(!text.contains(private), "{text}");
        }
        assert!(text.contains("testId") && text.contains("SMS_200000002"));
    }
}
