//! Aliyun's short message service: the connector's configuration, and sending by it.
//!
//! Field names and meanings are Logto's (`accessKeyId`, `accessKeySecret`, `signName`,
//! `templates`, `strictPhoneRegionNumberCheck`); `endpoint` is ours.

use moongate_core::{Phone, Secret, Usage};
use serde_json::{Map, Value};
use url::Url;

use crate::fields::Fields;
use crate::loopback::is_loopback;
use crate::{ConfigIssue, ParsedConfig, Secrets};

pub(crate) const ACCESS_KEY_SECRET: &str = "accessKeySecret";

const FIELDS: &[&str] = &[
    "accessKeyId",
    ACCESS_KEY_SECRET,
    "signName",
    "templates",
    "strictPhoneRegionNumberCheck",
    "endpoint",
];

const REQUIRED_USAGES: [Usage; 4] = [
    Usage::Register,
    Usage::SignIn,
    Usage::ForgotPassword,
    Usage::Generic,
];

/// Logto's further usage types. A template for one is used where this version sends such messages,
/// and kept otherwise.
const FURTHER_USAGES: [&str; 5] = [
    "OrganizationInvitation",
    "UserPermissionValidation",
    "BindNewIdentifier",
    "MfaVerification",
    "BindMfa",
];

/// A configuration that can send.
pub(crate) struct AliyunConfig {
    pub(crate) access_key_id: String,
    pub(crate) access_key_secret: Secret,
    pub(crate) sign_name: String,
    templates: Vec<Template>,
    strict_phone_region_number_check: Option<bool>,
    /// Another address than Aliyun's own, as it was written.
    endpoint: Option<String>,
}

struct Template {
    usage_type: String,
    code: TemplateCode,
    /// Logto's `type`, which nothing reads.
    kind: Option<Value>,
}

enum TemplateCode {
    Everywhere(String),
    ByRegion { china: String, overseas: String },
}

impl AliyunConfig {
    /// Checks a configuration, secret included.
    pub(crate) fn parse(config: &Value) -> Result<Self, Vec<ConfigIssue>> {
        let mut issues = Vec::new();
        let parsed = Self::read(config, &mut issues);
        match parsed {
            Some(parsed) if issues.is_empty() => Ok(parsed),
            _ => Err(issues),
        }
    }

    fn read(config: &Value, issues: &mut Vec<ConfigIssue>) -> Option<Self> {
        let mut fields = Fields::new("", config, FIELDS, issues)?;
        let access_key_id = fields.text("accessKeyId");
        let access_key_secret = fields.text(ACCESS_KEY_SECRET);
        let sign_name = fields.text("signName");
        if sign_name
            .as_deref()
            .is_some_and(|name| name.contains(['【', '】']))
        {
            fields.refuse(
                "signName",
                "leave the brackets out: Aliyun puts 【】 around it",
            );
        }
        let templates = templates(&mut fields);
        let strict_phone_region_number_check = fields.optional_bool("strictPhoneRegionNumberCheck");
        let endpoint = fields.optional_text("endpoint");
        if let Some(Err(complaint)) = endpoint.as_deref().map(parse_endpoint) {
            fields.refuse("endpoint", complaint);
        }
        Some(Self {
            access_key_id: access_key_id?,
            access_key_secret: Secret::new(access_key_secret?),
            sign_name: sign_name?,
            templates: templates?,
            strict_phone_region_number_check,
            endpoint,
        })
    }

    /// The two parts that are kept.
    pub(crate) fn split(self) -> ParsedConfig {
        let mut public = Map::new();
        let mut put = |name: &str, value: Value| public.insert(name.to_owned(), value);
        put("accessKeyId", self.access_key_id.into());
        put("signName", self.sign_name.into());
        put(
            "templates",
            self.templates
                .into_iter()
                .map(Template::into_json)
                .collect(),
        );
        if let Some(strict) = self.strict_phone_region_number_check {
            put("strictPhoneRegionNumberCheck", strict.into());
        }
        if let Some(endpoint) = self.endpoint {
            put("endpoint", endpoint.into());
        }
        ParsedConfig {
            public: Value::Object(public),
            secrets: Secrets::from([(ACCESS_KEY_SECRET.to_owned(), self.access_key_secret)]),
        }
    }

    /// Where requests go, if not to Aliyun's own address.
    pub(crate) fn endpoint(&self) -> Option<Url> {
        parse_endpoint(self.endpoint.as_deref()?).ok()
    }

    /// The template for a message: the usage's own, else the generic one; by region where the
    /// template has two.
    ///
    /// What is a mainland number is asked of the numbering plan. Logto matches digits: without
    /// `strictPhoneRegionNumberCheck`, any eleven that begin with 1 are mainland to it, American
    /// numbers included. Our numbers always carry their country code, so that the strict reading
    /// is the only one, and the switch is kept without changing anything.
    pub(crate) fn template_code(&self, usage: Usage, phone: &Phone) -> Option<&str> {
        let for_usage = |name: &str| self.templates.iter().find(|t| t.usage_type == name);
        let template = for_usage(usage.as_str()).or_else(|| for_usage(Usage::Generic.as_str()))?;
        Some(match &template.code {
            TemplateCode::Everywhere(code) => code,
            TemplateCode::ByRegion { china, .. } if phone.is_mainland_china() => china,
            TemplateCode::ByRegion { overseas, .. } => overseas,
        })
    }
}

impl Template {
    fn into_json(self) -> Value {
        let mut template = Map::new();
        template.insert("usageType".into(), self.usage_type.into());
        let code = match self.code {
            TemplateCode::Everywhere(code) => Value::from(code),
            TemplateCode::ByRegion { china, overseas } => Value::Object(Map::from_iter([
                ("china".to_owned(), Value::from(china)),
                ("overseas".to_owned(), Value::from(overseas)),
            ])),
        };
        template.insert("templateCode".into(), code);
        if let Some(kind) = self.kind {
            template.insert("type".into(), kind);
        }
        Value::Object(template)
    }
}

fn templates(fields: &mut Fields<'_>) -> Option<Vec<Template>> {
    const NAME: &str = "templates";
    let items = fields.list(NAME)?;
    let issues = fields.issues();
    let before = issues.len();
    let mut templates: Vec<Template> = Vec::with_capacity(items.len());
    // Named, even where the rest of their template is wrong: one mistake, one issue.
    let mut named: Vec<&str> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{NAME}[{index}]");
        if let Some(usage) = item.get("usageType").and_then(Value::as_str) {
            if named.contains(&usage.trim()) {
                issues.push(ConfigIssue {
                    path: format!("{path}.usageType"),
                    message: format!("a template for {:?} stands above already", usage.trim()),
                });
            }
            named.push(usage.trim());
        }
        templates.extend(template(&path, item, issues));
    }
    let missing: Vec<_> = REQUIRED_USAGES
        .into_iter()
        .map(Usage::as_str)
        .filter(|usage| !named.contains(usage))
        .collect();
    if !missing.is_empty() {
        fields.refuse(
            NAME,
            format!("a template is required for each of: {}", missing.join(", ")),
        );
    }
    (fields.issues().len() == before).then_some(templates)
}

fn template(path: &str, item: &Value, issues: &mut Vec<ConfigIssue>) -> Option<Template> {
    let known = &["usageType", "templateCode", "type"];
    let mut fields = Fields::new(path, item, known, issues)?;
    let usage_type = fields.text("usageType").filter(|usage| {
        let mut names = REQUIRED_USAGES.iter().map(|usage| usage.as_str());
        let is_known = names.any(|name| name == usage) || FURTHER_USAGES.contains(&usage.as_str());
        if !is_known {
            let required = REQUIRED_USAGES.map(Usage::as_str).join(", ");
            let further = FURTHER_USAGES.join(", ");
            fields.refuse(
                "usageType",
                format!("{usage:?} is none of {required}, {further}"),
            );
        }
        is_known
    });
    let kind = fields.get("type").cloned();
    if kind.as_ref().is_some_and(|kind| !kind.is_number()) {
        fields.refuse("type", "expected a number; it may be left out");
    }
    let code = match fields.get("templateCode") {
        Some(by_region @ Value::Object(_)) => {
            let path = format!("{path}.templateCode");
            let regions = &["china", "overseas"];
            let mut codes = Fields::new(&path, by_region, regions, fields.issues())?;
            let (china, overseas) = (codes.text("china"), codes.text("overseas"));
            china
                .zip(overseas)
                .map(|(china, overseas)| TemplateCode::ByRegion { china, overseas })
        }
        _ => fields.text("templateCode").map(TemplateCode::Everywhere),
    };
    Some(Template {
        usage_type: usage_type?,
        code: code?,
        kind,
    })
}

/// The access key never travels in clear: https, or http that does not leave the machine.
fn parse_endpoint(text: &str) -> Result<Url, &'static str> {
    let url =
        Url::parse(text).map_err(|_| "expected a URL such as https://dysmsapi.aliyuncs.com")?;
    let is_loopback = url.host().is_some_and(|host| is_loopback(&host));
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => return Err("must begin with https://: http is for loopback addresses alone"),
        _ => return Err("must begin with https://"),
    }
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_bare {
        Ok(url)
    } else {
        Err("must have no user, password, query or fragment")
    }
}

mod send;
#[cfg(test)]
mod tests;

pub(crate) use send::send;
