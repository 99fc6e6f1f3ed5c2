//! The words of our own e-mails.

use moongate_core::Usage;

/// Every word in one language. `{application}` stands for the application's name.
pub(super) struct Phrases {
    /// BCP 47.
    pub(super) language: &'static str,
    sign_in: Words,
    register: Words,
    forgot_password: Words,
    bind_new_identifier: Words,
    user_permission_validation: Words,
    generic: Words,
    /// The ten minutes of [`moongate_core::CODE_TTL`].
    pub(super) lifetime: &'static str,
    pub(super) keep: &'static str,
    pub(super) ignore: &'static str,
}

/// The words of one usage.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) subject: &'static str,
    /// What stands above the code.
    pub(super) lead: &'static str,
}

impl Phrases {
    pub(super) fn words(&self, usage: Usage) -> Words {
        match usage {
            Usage::SignIn => self.sign_in,
            Usage::Register => self.register,
            Usage::ForgotPassword => self.forgot_password,
            Usage::BindNewIdentifier => self.bind_new_identifier,
            Usage::UserPermissionValidation => self.user_permission_validation,
            Usage::Generic => self.generic,
        }
    }
}

/// The language of a tag: Simplified Chinese for every kind of Chinese, English for all else.
pub(super) fn choose(tag: &str) -> &'static Phrases {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    if primary.eq_ignore_ascii_case("zh") {
        &CHINESE
    } else {
        &ENGLISH
    }
}

const ENGLISH: Phrases = Phrases {
    language: "en",
    sign_in: Words {
        subject: "Your code to sign in to {application}",
        lead: "Enter this code to sign in to {application}:",
    },
    register: Words {
        subject: "Your code to create an account for {application}",
        lead: "Enter this code to create your account for {application}:",
    },
    forgot_password: Words {
        subject: "Your code to reset your password for {application}",
        lead: "Enter this code to set a new password for {application}:",
    },
    bind_new_identifier: Words {
        subject: "Your code to add this e-mail address to {application}",
        lead: "Enter this code to add this e-mail address to your account for {application}:",
    },
    user_permission_validation: Words {
        subject: "Your code to confirm that it is you at {application}",
        lead: "Enter this code to confirm that it is you at {application}:",
    },
    generic: Words {
        subject: "Your verification code for {application}",
        lead: "Your verification code for {application} is:",
    },
    lifetime: "It is valid for 10 minutes.",
    keep: "Do not share it with anybody, whoever asks.",
    ignore: "If it was not you who asked for it, ignore this e-mail: without the code nothing \
             happens.",
};

const CHINESE: Phrases = Phrases {
    language: "zh-CN",
    sign_in: Words {
        subject: "登录 {application} 的验证码",
        lead: "请输入以下验证码，登录 {application}：",
    },
    register: Words {
        subject: "注册 {application} 的验证码",
        lead: "请输入以下验证码，注册 {application} 账号：",
    },
    forgot_password: Words {
        subject: "重置 {application} 密码的验证码",
        lead: "请输入以下验证码，重置您的 {application} 密码：",
    },
    bind_new_identifier: Words {
        subject: "为 {application} 绑定邮箱的验证码",
        lead: "请输入以下验证码，将此邮箱绑定到您的 {application} 账号：",
    },
    user_permission_validation: Words {
        subject: "{application} 身份验证的验证码",
        lead: "请输入以下验证码，确认是您本人在 {application} 中操作：",
    },
    generic: Words {
        subject: "{application} 的验证码",
        lead: "您的 {application} 验证码是：",
    },
    lifetime: "验证码 10 分钟内有效。",
    keep: "请勿将验证码告知任何人。",
    ignore: "如果不是您本人操作，请忽略此邮件，您的账号不会受到影响。",
};
