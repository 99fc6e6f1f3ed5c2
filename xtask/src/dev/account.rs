//! The account that the simulator plays: its key, its sign name, its four approved templates.

use super::secrets::Secrets;

/// The access key's id, which is no secret.
pub(super) const ACCESS_KEY_ID: &str = "LTAI5tMoongateSimulator";
/// What stands in brackets before each text.
pub(super) const SIGN_NAME: &str = "月亮门";

/// A template by the usage that the connector has it for.
pub(super) struct Template {
    pub(super) usage: &'static str,
    pub(super) code: &'static str,
    text: &'static str,
}

/// As `config/resources/aliyun.toml` names them.
pub(super) const TEMPLATES: [Template; 4] = [
    Template {
        usage: "Register",
        code: "SMS_200000001",
        text: "您的注册验证码为${code}，10分钟内有效，请勿告知他人。",
    },
    Template {
        usage: "SignIn",
        code: "SMS_200000002",
        text: "您的登录验证码为${code}，10分钟内有效，请勿告知他人。",
    },
    Template {
        usage: "ForgotPassword",
        code: "SMS_200000003",
        text: "您正在找回密码，验证码为${code}，10分钟内有效，请勿告知他人。",
    },
    Template {
        usage: "Generic",
        code: "SMS_200000004",
        text: "您的验证码为${code}，10分钟内有效，请勿告知他人。",
    },
];

/// The account as the file that the simulator reads. Secrets are letters and digits, and the rest
/// is ours, so nothing needs escaping.
pub(super) fn toml(secrets: &Secrets) -> String {
    let mut toml = format!(
        "# The simulator's account. `cargo xtask dev` writes it anew each time.\n\
         access_key_id = \"{ACCESS_KEY_ID}\"\n\
         access_key_secret = \"{}\"\n\
         sign_names = [\"{SIGN_NAME}\"]\n\
         bound_numbers = []\n",
        secrets.aliyun_access_key
    );
    for Template { usage, code, text } in TEMPLATES {
        toml.extend([
            "\n[[templates]]\ncode = \"",
            code,
            "\"\nname = \"",
            usage,
            "\"\ntext = \"",
            text,
            "\"\n",
        ]);
    }
    toml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_has_the_key_and_every_template() {
        let toml = toml(&Secrets::sample());
        assert!(toml.contains("access_key_secret = \"AAAA"));
        assert_eq!(toml.matches("[[templates]]").count(), 4);
        assert_eq!(toml.matches("${code}").count(), 4);
    }

    #[test]
    fn the_templates_are_those_of_the_connector() {
        let connector = include_str!("../../../config/resources/aliyun.toml");
        for Template { usage, code, .. } in TEMPLATES {
            let pair = format!("usageType = \"{usage}\"\ntemplateCode = \"{code}\"");
            assert!(connector.contains(&pair), "{usage}");
        }
        assert!(connector.contains(ACCESS_KEY_ID) && connector.contains(SIGN_NAME));
    }
}
