# 界面文字，简体中文。`error-…` 为错误码对应的说明，错误码中的点写作 `-`。

## 页面框架

action-save = 保存
action-sign-in = 登录
support-lead = 需要帮助？
support-website = 帮助页面
action-cancel = 取消
action-continue = 继续
connection-lost = 无法连接服务器，请检查网络后重试。
insecure-http = 当前页面未加密，请仅在可信网络中使用。
language-switch = 语言
way-back = 返回 { $app }

## 时长

duration-seconds = { $count } 秒
duration-minutes = { $count } 分钟
duration-hours = { $count } 小时

## 账号标识

sign-in-title = 登录 { $app }
register-title = 注册 { $app } 账号
phone-lead = 我们会发送短信验证码，以确认是你本人的手机号。
region-label = 国家或地区
forgot-title = 重置密码
forgot-lead = 请输入你的登录账号，我们会发送验证码以确认是你本人。
forgot-link = 忘记密码？
email-lead = 我们会发送邮件验证码，以确认是你本人的邮箱。
code-lead = 我们会发送验证码，以确认是你本人。
kind-username = 用户名
kind-email = 邮箱
kind-phone = 手机号
kinds-two = { $first }或{ $second }
kinds-three = { $first }、{ $second }或{ $third }
region-label-maybe = 国家或地区（仅用于未加 + 区号的手机号）
other-register = 还没有账号？{ $link }
other-register-link = 立即注册
other-sign-in = 已有账号？{ $link }
other-sign-in-link = 立即登录
back-to-sign-in = 返回登录
way-on-register = 直接注册
way-on-sign-in = 直接登录
notice-password-reset = 密码已修改，请使用新密码登录。
terms-both = 继续即表示你同意{ $terms }和{ $privacy }。
terms-only = 继续即表示你同意{ $terms }。
privacy-only = 继续即表示你同意{ $privacy }。
terms-name = 《使用条款》
privacy-name = 《隐私政策》
agree-both = 我已阅读并同意{ $terms }和{ $privacy }
agree-terms = 我已阅读并同意{ $terms }
agree-privacy = 我已阅读并同意{ $privacy }
agree-missing = 请先勾选同意后再继续。

## 验证码

code-title-sms = 输入短信验证码
code-title-email = 输入邮箱验证码
code-sent = 六位数字验证码已发送至 { $recipient }。
code-resent = 新的验证码已发送，之前的验证码已失效。
code-label = 验证码
code-auto = 输满六位后将自动继续。
code-resend = 重新获取验证码
code-resend-wait = { $time } 后可重新获取验证码。
code-resend-ready = 现在可以重新获取验证码。
code-change-number = 更换手机号
code-change-address = 更换邮箱
code-use-password = 改用密码登录
code-spent-title = 请重新获取验证码
code-spent-body = 我们可以向 { $recipient } 发送新的验证码。
code-failed-title = 验证码发送失败
code-failed-body = 未能向 { $recipient } 发送验证码。已填写的内容不会丢失，你可以重试。
code-try-again = 重试

## 输入项

field-missing = 请填写此项。
field-malformed = 格式不正确，请检查后重试。
field-malformed-email = 邮箱地址格式不正确，请检查后重试。
field-too-short = 至少需要 { $min } 个字符。
field-too-long = 最多 { $max } 个字符。
field-username-characters = 用户名包含不允许的字符。
field-wrong-password = 密码不正确，请检查后重试。

## 密码

account-label = 账号
password-label = 密码
password-current-label = 当前密码
password-new-label = 新密码
password-show = 显示密码
password-use-code = 改用验证码登录
password-change-account = 使用其他账号
new-password-title = 设置密码
new-password-title-again = 设置新密码
new-password-lead-continue = 你的账号需要先设置密码才能继续。
new-password-lead-reset = 今后请使用新密码登录。
new-password-lead-account = 修改后，其他浏览器和设备将退出登录。
new-password-save = 保存密码
password-hint-length = 至少 { $min } 个字符
password-hint-types = 至少包含以下 { $min } 种：小写字母、大写字母、数字、符号
password-hint-pwned = 不能是已泄露的常见密码
password-hint-sequence = 不能是 1234 之类的连续字符或 aaaa 之类的重复字符
password-hint-user-info = 不能包含你的姓名、邮箱或手机号
password-too-short = 密码至少需要 { $min } 个字符。
password-too-long = 密码最多 { $max } 个字符。
password-character-types = 密码至少要包含以下 { $min } 种：小写字母、大写字母、数字、符号。
password-unsupported-characters = 密码包含不支持的字符，请换一个。
password-pwned = 这个密码曾在数据泄露中出现，请换一个。
password-repetition = 密码包含重复字符，请换一个。
password-sequence = 密码包含 1234 之类的连续字符，请换一个。
password-user-info = 密码包含你的姓名、邮箱或手机号，请换一个。
password-words = 密码包含不允许使用的词，请换一个。
password-same-as-before = 新密码不能与当前密码相同。

## 补全账号

continue-username = 设置用户名
continue-email = 绑定邮箱
continue-phone = 绑定手机号
continue-email-or-phone = 绑定邮箱或手机号
continue-lead-new = 再完成一步，即可创建你的 { $app } 账号。
continue-lead-existing = 你的账号还缺少此项信息，补全后即可进入 { $app }。
agree-lead-existing = 同意后即可进入 { $app }。
agree-title = 同意条款
agree-create = 创建账号

## 账号管理

account-title = 我的账号
account-name = 姓名
account-username = 用户名
account-email = 邮箱
account-phone = 手机号
account-none = 未设置
account-password-set = 已设置
account-change = 修改
account-change-what = 修改：{ $what }
account-add = 添加
account-add-what = 添加：{ $what }
account-remove = 移除
account-remove-what = 移除：{ $what }
account-saved = 已保存。
account-removed = 已移除。
account-password-changed = 密码已修改，其他浏览器和设备已退出登录。
account-session-ended = 该设备已退出登录。
account-others-ended = 其他设备均已退出登录，目前仅在此处登录。
account-sign-out = 退出登录
sessions-title = 登录设备
session-agent = { $system } 上的 { $browser }
session-agent-unknown = 未知浏览器
session-this = 当前浏览器
session-since = 登录时间：{ $time }
session-apps = 已登录的应用：{ $apps }
moment = { $year } 年 { $month } { $day } 日 { $clock } UTC
month-jan = 1 月
month-feb = 2 月
month-mar = 3 月
month-apr = 4 月
month-may = 5 月
month-jun = 6 月
month-jul = 7 月
month-aug = 8 月
month-sep = 9 月
month-oct = 10 月
month-nov = 11 月
month-dec = 12 月
session-end = 退出
session-end-others = 退出所有其他设备
list-separator = 、
edit-name = 修改姓名
edit-username = 修改用户名
edit-email = 设置邮箱
edit-phone = 设置手机号
step-up-title = 确认是你本人
step-up-lead = 你即将更改登录方式，需要再次验证身份。
step-up-code = 发送验证码至 { $recipient }

## 首位管理员

setup-title = 设置 { $brand }
setup-lead = 创建 { $brand } 的首位管理员账号。此链接仅可使用一次。
setup-create = 创建管理员
setup-no-return = 当前设置不允许使用用户名和密码登录，本次会话结束后此账号将无法再次登录。请先在登录体验的登录方式中添加“用户名”（username）并启用密码。
setup-invalid-title = 链接无效
setup-invalid-body = 链接不完整或已过期。运行 moongate setup-link 命令可获取新的链接。
setup-used-title = { $brand } 已完成设置
setup-used-body = 已有管理员账号。如需使用，请联系该管理员。
setup-done-title = 现在可以开始使用
setup-done-body = 你的 { $brand } 管理员账号已创建。

## 设备

device-title = 连接设备
device-lead = 输入设备上显示的代码。
device-label = 设备代码
device-confirm-title = 允许设备上的 { $app } 使用你的账号吗？
device-confirm-code = 你的设备应显示以下代码：
device-confirm-warning = 请仅在设备就在你面前时允许。如果代码是别人发给你的，请拒绝。
device-allowed-title = 设备已连接
device-allowed-body = 你可以回到设备上，{ $app } 会自动继续。
device-denied-title = 已拒绝该设备
device-denied-body = { $app } 没有获得访问权限，你可以关闭此页面。

## 授权

consent-title = { $app } 请求访问你的账号
consent-account = 当前登录账号：{ $user }
consent-account-both = 当前登录账号：{ $user }（{ $contact }）
consent-scopes = 同意后，{ $app } 可以：
consent-api = 在 { $api } 中，它可以：
consent-host = 接下来将前往 { $host }。
consent-allow = 允许
consent-deny = 拒绝
scope-openid = 确认登录的是你本人
scope-profile = 查看你的姓名、用户名和头像
scope-email = 查看你的邮箱地址
scope-phone = 查看你的手机号
scope-address = 查看你的通讯地址
scope-offline-access = 在你离开后继续保持访问，直到你撤回授权
scope-roles = 查看你的角色
scope-custom-data = 查看本服务保存的你的资料
scope-identities = 查看你绑定的其他账号
scope-organizations = 查看你所属的组织
scope-organization-roles = 查看你在组织中的角色
scope-other = 使用“{ $scope }”权限

## 退出登录

sign-out-title = 要退出登录吗？
sign-out-body = 退出后，此浏览器中的 { $brand } 会话将结束，通过它登录的应用可能需要重新登录。
sign-out-body-app = { $app } 请求让你退出登录。退出后，此浏览器中的 { $brand } 会话将结束。
sign-out-confirm = 退出登录
sign-out-stay = 保持登录
signed-out-title = 你已退出登录
signed-out-body = 现在可以关闭此页面。

## 返回应用与首页

form-post-title = 前往 { $app }
form-post-body = 即将完成。如果页面没有跳转，请点击“继续”。
home-title = { $brand } 正在运行
home-lead = 你的应用会把用户带到这里登录。
home-body = 此页面无需任何操作。打开应用并选择登录，就会来到这里。
home-discovery = OpenID 发现文档

## 遇到问题

unknown-session-title = 本次登录已失效
unknown-session-body = 登录可能已经结束，或是在其他浏览器中发起的。请返回应用重新登录。
fault-app-request-title = 应用发来的请求无法受理
fault-app-request-body = 这不是你的操作问题。如果你负责维护该应用，请按下方的详细信息修改。
fault-redirect-uri-title = 该地址未登记
fault-redirect-uri-body = { $app } 要求跳转到一个未登记的地址，我们已停止跳转。如果你负责维护该应用，请将下方的重定向 URI 原样添加到应用设置中。
fault-post-logout-title = 该地址未登记
fault-post-logout-body = { $app } 要求在退出登录后跳转到一个未登记的地址，我们已停止跳转。如果你负责维护该应用，请将下方的退出登录后重定向 URI 原样添加到应用设置中。
fault-not-found-title = 页面不存在
fault-not-found-body = 此地址没有内容，链接可能已失效或输入有误。
fault-blocked-title = 操作未执行
fault-blocked-body = 该请求似乎来自其他网站。请返回并刷新页面后重试。
fault-busy-title = 请稍候
fault-busy-body = 服务器繁忙，请稍后重试。
fault-internal-title = 服务出错了
fault-internal-body = 问题已被记录，请重试。如果再次出现，请将下方的编号告知服务管理员。
fault-refused-title = 操作未成功
detail-redirect-uri = 重定向 URI
detail-application = 应用
detail-error = 错误
detail-description = 说明
detail-request = 请求编号

## 错误码说明

error-application-consent_management_api_scopes_not_allowed = 不能向用户请求管理 API 的权限。
error-application-device_flow_native_only = 只有原生应用可以使用设备流程。
error-application-device_flow_not_changeable = 应用是否使用设备流程不能更改。
error-application-invalid_role_type = 只有机器对机器角色可以分配给机器对机器应用。
error-application-invalid_third_party_application_type = 只有传统网页应用、单页应用和原生应用可以是第三方应用。
error-application-invalid_type = 此类型的应用不支持该操作。
error-application-no_legacy_secret_found = 应用没有旧式密钥。
error-application-secret_name_exists = 应用已有同名密钥。
error-application-third_party_application_cannot_enable_token_exchange = 第三方应用不能启用令牌交换。
error-application-third_party_application_only = 此功能仅适用于第三方应用。
error-application-user_consent_scopes_not_found = 其中一项权限不存在。
error-auth-authorization_header_missing = 缺少 Authorization 请求头。
error-auth-authorization_token_type_not_supported = 不支持该授权类型。
error-auth-forbidden = 你没有权限执行此操作。
error-auth-unauthorized = 请先登录。
error-connector-authorization_failed = 服务商拒绝了授权。
error-connector-general = 消息发送失败，请重试。
error-connector-insufficient_request_parameters = 发送给服务商的请求缺少参数。
error-connector-invalid_auth_code = 服务商拒绝了授权码。
error-connector-invalid_certificate = 服务商的证书无效。
error-connector-invalid_config = 连接器配置无效。
error-connector-invalid_metadata = 连接器元数据无效。
error-connector-invalid_request_parameters = 发送给服务商的请求参数无效。
error-connector-invalid_response = 无法解析服务商的响应。
error-connector-more_than_one_email = 配置了多个邮件连接器。
error-connector-more_than_one_sms = 配置了多个短信连接器。
error-connector-not_found = 尚未配置用于发送消息的连接器。
error-connector-not_found_with_connector_id = 没有此类连接器。
error-connector-not_implemented = 该连接器不支持此操作。
error-connector-rate_limit_exceeded = 已触发服务商的发送频率限制，请稍后重试。
error-connector-social_auth_code_invalid = 服务商的授权码无效。
error-connector-social_invalid_access_token = 服务商的访问令牌无效。
error-connector-social_invalid_id_token = 服务商的 ID 令牌无效。
error-connector-template_not_found = 连接器缺少此类消息的模板。
error-connector-unexpected_type = 连接器类型不符。
error-connector-usage_limit_exceeded = 服务商的发送额度已用完。
error-device-code_expired = 此代码已过期，请在设备上重新获取。
error-device-code_not_found = 没有设备显示此代码，请核对后重试。
error-device-code_used = 此代码已被使用，请在设备上重新获取。
error-entity-create_failed = 创建失败。
error-entity-db_constraint_violated = 数据不符合约束条件。
error-entity-invalid_input = 输入的值无效。
error-entity-not_exists = 该对象不存在。
error-entity-not_exists_with_id = 没有使用此 ID 的对象。
error-entity-not_found = 未找到你请求的内容。
error-entity-relation_foreign_key_not_found = 所引用的对象不存在。
error-entity-unique_integrity_violation = 该对象已存在。
error-entity-value_too_long = 输入的值过长。
error-guard-invalid_input = 输入有缺失或格式不正确，请检查后重试。
error-guard-invalid_pagination = 分页参数无效。
error-oidc-aborted = 你已取消登录。
error-oidc-access_denied = 访问被拒绝。
error-oidc-consent_required = 应用需要先取得你的授权。
error-oidc-insufficient_scope = 令牌权限不足。
error-oidc-interaction_required = 应用需要你先完成一步操作。
error-oidc-invalid_client = 无法识别该应用。
error-oidc-invalid_client_metadata = 应用配置无效。
error-oidc-invalid_grant = 授权码或令牌无效、已过期或已被使用。
error-oidc-invalid_issuer = 签发者不符。
error-oidc-invalid_redirect_uri = 该应用未登记此重定向 URI。
error-oidc-invalid_request = 请求缺少参数或格式不正确。
error-oidc-invalid_scope = 请求的权限范围未知或不被允许。
error-oidc-invalid_target = 请求的资源未知或不被允许。
error-oidc-invalid_token = 令牌无效或已过期。
error-oidc-key_not_found = 没有此密钥。
error-oidc-login_required = 请先登录。
error-oidc-only_previous_key_can_be_deleted = 只能删除不再用于签名的密钥。
error-oidc-other = 发生 OpenID Connect 错误：{ $code }。
error-oidc-server_error = 服务出错了，请重试。
error-oidc-session_not_found = 没有此会话。
error-oidc-temporarily_unavailable = 服务器繁忙，请稍后重试。
error-oidc-unauthorized_client = 该应用无权发起此请求。
error-oidc-unsupported_grant_type = 不支持该授权方式。
error-oidc-unsupported_response_mode = 不支持该响应模式。
error-oidc-unsupported_response_type = 不支持该响应类型。
error-password-rejected = 密码不符合要求，请换一个。
error-password-unsupported_encryption_method = 不支持该密码加密方式。
error-request-feature_not_supported = 不支持此功能。
error-request-general = 请求未能完成。
error-request-invalid_input = 请求无效。
error-request-message_rate_limited = 获取验证码过于频繁，请稍后重试。
error-request-message_rate_limited-after = 获取验证码过于频繁，请在 { $wait }后重试。
error-resource-cannot_delete_management_api = 不能删除管理 API。
error-resource-cannot_modify_management_api = 不能更改管理 API。
error-resource-resource_identifier_in_use = 已有其他 API 资源使用此标识符。
error-role-application_exists = 应用已拥有此角色。
error-role-internal_role_violation = 此角色由 Moongate 内置，不能更改。
error-role-management_api_scopes_not_assignable_to_user_role = 不能把管理 API 的权限分配给用户角色。
error-role-name_in_use = 已有同名角色。
error-role-scope_exists = 角色已拥有此权限。
error-role-user_exists = 用户已拥有此角色。
error-scope-name_exists = API 资源已有同名权限。
error-scope-name_with_space = 权限名称不能包含空格。
error-server-error = 服务出错了，请重试。
error-server-unavailable = 服务器繁忙，请稍后重试。
error-session-email_blocklist-email_not_allowed = 此邮箱地址不能用于注册。
error-session-email_blocklist-email_subaddressing_not_allowed = 不能使用带 + 后缀的邮箱地址。
error-session-identifier_not_found = 尚未确认账号，请重新开始。
error-session-identity_conflict = 已有其他用户正在此处登录，请返回应用重新开始。
error-session-insufficient_info = 登录所需的信息不完整。
error-session-interaction_not_found = 本次登录已失效，请返回应用重新开始。
error-session-invalid_credentials = 账号或密码不正确，请检查后重试。
error-session-mfa-mfa_factor_not_enabled = 该两步验证方式未启用。
error-session-mfa-mfa_policy_not_user_controlled = 此处的两步验证不能由用户自行设置。
error-session-not_found = 本次登录已失效，请返回应用重新登录。
error-session-not_supported_for_forgot_password = 该方式不能用于找回密码。
error-session-verification_blocked_too_many_attempts = 尝试次数过多，请稍后重试。
error-session-verification_blocked_too_many_attempts-after = 尝试次数过多，请在 { $wait }后重试。
error-session-verification_failed = 尚未完成验证。
error-session-verification_session_not_found = 本次验证已失效，请重新获取验证码。
error-sign_in_experiences-adaptive_mfa_requires_mfa = 启用自适应两步验证前，请至少启用一种验证方式。
error-sign_in_experiences-adaptive_mfa_requires_non_skippable_policy = 启用自适应两步验证时，不能使用可跳过的提示策略。
error-sign_in_experiences-at_least_one_authentication_factor = 每种登录方式至少需要密码或验证码之一。
error-sign_in_experiences-backup_code_cannot_be_enabled_alone = 备用码不能单独启用，请同时启用其他验证方式。
error-sign_in_experiences-code_sign_in_must_be_enabled = 注册时不设密码，则每种登录方式都必须启用验证码。
error-sign_in_experiences-duplicated_mfa_factors = 两步验证方式重复。
error-sign_in_experiences-duplicated_sign_up_identifiers = 注册标识重复。
error-sign_in_experiences-email_verification_code_cannot_be_used_for_mfa = 邮箱验证码已用于登录，不能再用于两步验证。
error-sign_in_experiences-email_verification_code_cannot_be_used_for_sign_in = 邮箱验证码已用于两步验证，不能再用于登录。
error-sign_in_experiences-enabled_connector_not_found = 请先配置用于发送消息的连接器。
error-sign_in_experiences-forgot_password_method_requires_connector = 该密码找回方式需要先配置用于发送消息的连接器。
error-sign_in_experiences-invalid_custom_email_blocklist_format = 邮箱黑名单中有格式不正确的条目。
error-sign_in_experiences-missing_sign_up_identifiers = 设置次要注册标识前，请先设置主要注册标识。
error-sign_in_experiences-non_adaptive_mfa_requires_skippable_policy = 该提示策略需要启用自适应两步验证。
error-sign_in_experiences-password_expiration_invalid_period_days = 请填写密码有效天数。
error-sign_in_experiences-password_expiration_not_enabled = 未启用密码过期策略。
error-sign_in_experiences-password_expiration_requires_forgot_password = 启用密码过期策略前，请先设置密码找回方式。
error-sign_in_experiences-passwordless_requires_verify = 使用邮箱或手机号注册时必须进行验证。
error-sign_in_experiences-phone_verification_code_cannot_be_used_for_mfa = 短信验证码已用于登录，不能再用于两步验证。
error-sign_in_experiences-phone_verification_code_cannot_be_used_for_sign_in = 短信验证码已用于两步验证，不能再用于登录。
error-sign_in_experiences-unsupported_default_language = 该语言尚无界面文字。
error-sign_in_experiences-username_policy_case_conflicts_exist = 部分用户名仅大小写不同。
error-user-cannot_delete_self = 不能删除自己。
error-user-email_already_in_use = 该邮箱已注册。
error-user-email_exists_in_profile = 账号已绑定邮箱。
error-user-invalid_phone = 手机号格式不正确，请检查国家或地区以及号码。
error-user-invalid_role_type = 只有用户角色可以分配给用户。
error-user-last_sign_in_method_required = 这是你最后一种登录方式，请先添加其他登录方式再移除。
error-user-missing_profile = 账号信息不完整。
error-user-new_password_required_in_profile = 请先设置新密码。
error-user-password_algorithm_required = 请提供密码摘要的算法。
error-user-password_and_digest = 密码和密码摘要不能同时提供。
error-user-password_exists_in_profile = 账号已设置密码。
error-user-personal_access_token_name_exists = 用户已有同名个人访问令牌。
error-user-phone_already_in_use = 该手机号已注册。
error-user-phone_exists_in_profile = 账号已绑定手机号。
error-user-same_password = 新密码不能与当前密码相同。
error-user-sign_in_method_not_enabled = 该登录方式未启用。
error-user-suspended = 该账号已被停用，请联系服务管理员。
error-user-user_not_exist = 该账号尚未注册，请检查后重试。
error-user-username_already_in_use = 该用户名已被使用。
error-user-username_exists_in_profile = 账号已设置用户名。
error-verification_code-code_mismatch = 验证码不正确，请检查后重新输入。
error-verification_code-email_mismatch = 验证码与邮箱不匹配。
error-verification_code-exceed_max_try = 错误次数过多，请重新获取验证码。
error-verification_code-expired = 验证码已过期，请重新获取。
error-verification_code-not_found = 验证码已使用或已被替换，请重新获取。
error-verification_code-phone_email_empty = 请输入手机号或邮箱地址。
error-verification_code-phone_mismatch = 验证码与手机号不匹配。
error-verification_record-permission_denied = 请先验证身份。

## Previews of drafts

preview-advice = 建议：
preview-both = 浅色和深色
preview-dark = 深色
preview-desktop = 电脑
preview-every-language = 全部语言
preview-every-page = 全部页面
preview-every-width = 全部宽度
preview-findings = 规则检查结果
preview-language = 语言
preview-lead = 这是尚未生效的草稿，可查看一天。预览页面中的操作不会产生任何效果。
preview-light = 浅色
preview-next = 下一页
preview-page = 页面
preview-phone = 手机
preview-previous = 上一页
preview-refused = 无法保存：
preview-refused-in-files = 无法从文件保存：
preview-scheme = 浅色或深色
preview-show = 显示
preview-tablet = 平板
preview-title = 登录页面预览
preview-width = 宽度
