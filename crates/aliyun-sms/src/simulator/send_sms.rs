//! The SMS service behind the gateway: SendSms and its rules.

use std::collections::BTreeMap;

use serde_json::Value;

use super::account::{Account, Part, Template};
use super::answer::Refusal;
use super::inbox::{Delivery, Message, Sms};
use super::{Simulator, phone};
use crate::Code;
use crate::signing::Parameters;

/// One request reaches at most this many numbers.
const NUMBERS_LIMIT: usize = 1_000;

/// A filled text, and each value in it, has at most this many characters.
const TEXT_LIMIT: usize = 1_000;

/// What SendSms does: checks in the service's order, then the inbox; gives the `BizId`.
pub(super) fn send_sms(simulator: &Simulator, parameters: &Parameters) -> Result<String, Refusal> {
    let account = simulator.account();
    let optional = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
    let required = |name: &str| optional(name).ok_or_else(|| Refusal::missing(name));
    let phone_numbers = required("PhoneNumbers")?;
    let sign_name = required("SignName")?;
    let template_code = required("TemplateCode")?;

    let phones = read_phones(account, phone_numbers)?;
    if !account.sign_names.contains(sign_name) {
        return Err(Refusal::service(
            Code::SignatureIllegal,
            "该账号下找不到对应签名",
        ));
    }
    let template = account
        .template(template_code)
        .ok_or_else(|| Refusal::service(Code::TemplateIllegal, "该账号下找不到对应模板"))?;
    let template_param = read_template_param(optional("TemplateParam").map(String::as_str))?;
    let filled = fill(template, &template_param)?;
    let out_id = optional("OutId").cloned();
    if out_id.as_ref().is_some_and(|id| id.chars().count() >= 256) {
        return Err(Refusal::service(Code::InvalidParameters, "OutId过长"));
    }

    let biz_id = simulator.biz_id();
    let received_at = simulator.now();
    for phone in phones {
        simulator.inbox.receive(Message {
            received_at,
            text: format!("【{sign_name}】{filled}"),
            code: template_param.get("code").cloned(),
            delivery: Delivery::Sms(Sms {
                phone,
                sign_name: sign_name.clone(),
                template_code: template_code.clone(),
                template_param: template_param.clone(),
                biz_id: biz_id.clone(),
                out_id: out_id.clone(),
            }),
        });
    }
    Ok(biz_id)
}

fn read_phones(account: &Account, phone_numbers: &str) -> Result<Vec<String>, Refusal> {
    if phone_numbers.split(',').count() > NUMBERS_LIMIT {
        return Err(Refusal::service(
            Code::MobileCountOverLimit,
            "手机号码数量超过限制",
        ));
    }
    let phones: Vec<String> = phone_numbers
        .split(',')
        .map(phone::parse)
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::service(Code::MobileNumberIllegal, "手机号码格式错误"))?;
    let bound: Vec<String> = account
        .bound_numbers
        .iter()
        .filter_map(|number| phone::any_spelling(number))
        .collect();
    if !bound.is_empty() && !phones.iter().all(|phone| bound.contains(phone)) {
        return Err(Refusal::service(
            Code::TestNumberLimit,
            "测试短信只能发送给已绑定的手机号码",
        ));
    }
    Ok(phones)
}

/// `TemplateParam`: a JSON object whose values are strings, nothing else.
fn read_template_param(text: Option<&str>) -> Result<BTreeMap<String, String>, Refusal> {
    let refusal = || Refusal::service(Code::InvalidJsonParam, "JSON参数不合法，只接受字符串值");
    let Some(text) = text else {
        return Ok(BTreeMap::new());
    };
    let Ok(Value::Object(members)) = serde_json::from_str(text) else {
        return Err(refusal());
    };
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(value) => Ok((name, value)),
            _ => Err(refusal()),
        })
        .collect()
}

/// The template's text with every variable filled.
fn fill(template: &Template, values: &BTreeMap<String, String>) -> Result<String, Refusal> {
    let parts = template.parts().ok_or_else(|| {
        // `Account::check` refuses such a template; an account made in code may still have one.
        Refusal::service(Code::TemplateIllegal, "模板变量格式错误")
    })?;
    let mut text = String::new();
    for part in &parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Variable(name) => text.push_str(values.get(*name).ok_or_else(|| {
                Refusal::service(Code::TemplateMissingParameters, "模板缺少变量")
            })?),
        }
    }
    if parts.contains(&Part::Variable("code")) {
        // Every value that is sent counts, not only those that the text uses.
        let is_plain = |value: &String| value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !values.values().all(is_plain) {
            return Err(Refusal::service(
                Code::TemplateParamsIllegal,
                "Params must be [a-zA-Z0-9] for verification sms",
            ));
        }
        if !values
            .get("code")
            .is_some_and(|code| (4..=6).contains(&code.len()))
        {
            return Err(Refusal::service(
                Code::TemplateParamsIllegal,
                "验证码须为4到6位数字或字母",
            ));
        }
    }
    let is_too_long = |text: &String| text.chars().count() > TEXT_LIMIT;
    if values.len() > 100
        || values.iter().any(|(k, v)| is_too_long(k) || is_too_long(v))
        || is_too_long(&text)
    {
        return Err(Refusal::service(Code::ParamLengthLimit, "参数长度超过限制"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template {
            code: "SMS_1".to_owned(),
            text: text.to_owned(),
            name: None,
        }
    }

    fn code_of(refusal: Refusal) -> Code {
        match refusal {
            Refusal::Service { code, .. } | Refusal::Gateway { code, .. } => code,
        }
    }

    #[test]
    fn template_param_is_an_object_of_strings() {
        assert_eq!(
            read_template_param(Some("{\n\t\"code\" : \"1234\"}")).unwrap()["code"],
            "1234"
        );
        assert!(read_template_param(None).unwrap().is_empty());
        for wrong in [
            "{",
            "[]",
            "\"a\"",
            "{\"code\":1234}",
            "{\"a\":null}",
            "{\"a\":{}}",
            "{} {}",
        ] {
            let refusal = read_template_param(Some(wrong)).unwrap_err();
            assert_eq!(code_of(refusal), Code::InvalidJsonParam, "{wrong}");
        }
    }

    #[test]
    fn a_template_is_filled_or_refused() {
        let check = |text: &str, json: &str, expected: Result<&str, Code>| {
            let values = read_template_param(Some(json)).unwrap();
            let filled = fill(&template(text), &values).map_err(code_of);
            assert_eq!(
                filled.as_deref(),
                expected.as_ref().copied(),
                "{text} {json}"
            );
        };
        let illegal = || Err(Code::TemplateParamsIllegal);
        check("${code}!", r#"{"code":"a1B2"}"#, Ok("a1B2!"));
        check("${a}${b}${a}", r#"{"a":"${b}","b":"月"}"#, Ok("${b}月${b}"));
        check("plain $ {x}", "{}", Ok("plain $ {x}"));
        check("${code}", "{}", Err(Code::TemplateMissingParameters));
        check(
            "${code}",
            r#"{"Code":"1234"}"#,
            Err(Code::TemplateMissingParameters),
        );
        check("${code}", r#"{"code":"123"}"#, illegal());
        check("${code}", r#"{"code":"1234567"}"#, illegal());
        check("${code}", r#"{"code":"12 4"}"#, illegal());
        check("${code}", r#"{"code":"１２３４"}"#, illegal());
        check("${code}", r#"{"code":"1234","locale":"zh-CN"}"#, illegal());
        check("${name", r#"{"name":"x"}"#, Err(Code::TemplateIllegal));
        let long = format!("{{\"a\":\"{}\"}}", "长".repeat(TEXT_LIMIT + 1));
        check("${a}", &long, Err(Code::ParamLengthLimit));
    }
}
