# What people read, in English. One message a line of thought; `error-…` are the words of error
# codes, with `-` for the dot of the code.

## Around each page

action-save = Save
action-sign-in = Sign in
support-lead = Need help?
support-website = Help page
action-cancel = Cancel
action-continue = Continue
connection-lost = We could not reach the server. Check your connection and try again.
insecure-http = This page is not encrypted. Use it only on a network you trust.
language-switch = Language
way-back = Back to { $app }

## Lengths of time

duration-seconds = { $count ->
    [one] one second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
duration-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}

## Who it is

sign-in-title = Sign in to { $app }
register-title = Create your { $app } account
phone-lead = We will text you a code to confirm that the number is yours.
region-label = Country or region
forgot-title = Reset your password
forgot-lead = Tell us how you sign in. We will send you a code to confirm that it is you.
forgot-link = Forgot your password?
email-lead = We will e-mail you a code to confirm that the address is yours.
code-lead = We will send you a code to confirm that it is you.
kind-username = user name
kind-email = e-mail
kind-phone = phone number
kinds-two = { $first } or { $second }
kinds-three = { $first }, { $second } or { $third }
region-label-maybe = Country, for numbers without +
other-register = New here? { $link }
other-register-link = Create an account
other-sign-in = Do you have an account? { $link }
other-sign-in-link = Sign in
back-to-sign-in = Back to sign-in
way-on-register = Create an account with it
way-on-sign-in = Sign in with it
notice-password-reset = Your password was changed. Sign in with the new one.
terms-both = By continuing you agree to the { $terms } and the { $privacy }.
terms-only = By continuing you agree to the { $terms }.
privacy-only = By continuing you agree to the { $privacy }.
terms-name = Terms of Use
privacy-name = Privacy Policy
agree-both = I agree to the { $terms } and the { $privacy }.
agree-terms = I agree to the { $terms }.
agree-privacy = I agree to the { $privacy }.
agree-missing = Tick the box to go on.

## Verification code

code-title-sms = Check your phone
code-title-email = Check your e-mail
code-sent = We sent a six-digit code to { $recipient }.
code-resent = A new code is on its way. The earlier one no longer works.
code-label = Verification code
code-auto = The page continues by itself after the sixth digit.
code-resend = Send a new code
code-resend-wait = You can ask for a new code in { $time }.
code-resend-ready = You can ask for a new code now.
code-change-number = Change number
code-change-address = Change address
code-use-password = Use the password instead
code-spent-title = You need a new code
code-spent-body = We can send a new one to { $recipient }.
code-failed-title = The message could not be sent
code-failed-body = We could not send a code to { $recipient }. Nothing is lost: you can try again.
code-try-again = Try again

## Fields

field-missing = Fill this in to go on.
field-malformed = This does not look right. Check it and try again.
field-malformed-email = This does not look like an e-mail address. Check it and try again.
field-too-short = { $min ->
    [one] Use at least one character.
   *[other] Use at least { $min } characters.
}
field-too-long = { $max ->
    [one] Use one character at most.
   *[other] Use { $max } characters at most.
}
field-username-characters = The user name has characters that are not allowed here.
field-wrong-password = That is not your password. Check it and try again.

## Password

account-label = Account
password-label = Password
password-current-label = Current password
password-new-label = New password
password-show = Show password
password-use-code = Use a verification code instead
password-change-account = Use another account
new-password-title = Choose a password
new-password-title-again = Choose a new password
new-password-lead-continue = Your account needs a password before you can go on.
new-password-lead-reset = You will sign in with it from now on.
new-password-lead-account = Your other browsers and devices will be signed out.
new-password-save = Save password
password-hint-length = { $min ->
    [one] At least one character
   *[other] At least { $min } characters
}
password-hint-types = At least { $min } of these: lower case, upper case, digits, symbols
password-hint-pwned = Not one that is known from data leaks
password-hint-sequence = No runs such as 1234, and no repeats such as aaaa
password-hint-user-info = Nothing of your name, e-mail or phone number
password-too-short = { $min ->
    [one] Use at least one character.
   *[other] Use at least { $min } characters.
}
password-too-long = { $max ->
    [one] Use one character at most.
   *[other] Use { $max } characters at most.
}
password-character-types = Use at least { $min } of these: lower case, upper case, digits, symbols.
password-unsupported-characters = This has a character that a password cannot have. Choose another.
password-pwned = This password is known from data leaks. Choose another.
password-repetition = This repeats the same characters. Choose another.
password-sequence = This has a run of characters such as 1234. Choose another.
password-user-info = This has your name, e-mail or phone number in it. Choose another.
password-words = This has a word that is not allowed here. Choose another.
password-same-as-before = This is your current password. Choose another.

## What an account still lacks

continue-username = Choose a user name
continue-email = Add your e-mail address
continue-phone = Add your phone number
continue-email-or-phone = Add your e-mail address or phone number
continue-lead-new = One more step, and your { $app } account is ready.
continue-lead-existing = Your account lacks this. { $app } opens right after it.
agree-lead-existing = { $app } opens right after it.
agree-title = Agree to the terms
agree-create = Create account

## Account

account-title = Your account
account-name = Name
account-username = User name
account-email = E-mail
account-phone = Phone number
account-none = Not set
account-password-set = Set
account-change = Change
account-change-what = Change: { $what }
account-add = Add
account-add-what = Add: { $what }
account-remove = Remove
account-remove-what = Remove: { $what }
account-saved = Saved.
account-removed = Removed.
account-password-changed = Your password was changed. Other browsers and devices were signed out.
account-session-ended = That session was signed out.
account-others-ended = You are now signed in only here.
account-sign-out = Sign out
sessions-title = Where you are signed in
session-agent = { $browser } on { $system }
session-agent-unknown = Unknown browser
session-this = This browser
session-since = Signed in { $time }
session-apps = Apps: { $apps }
# A point in time, in UTC.
moment = { $day } { $month } { $year }, { $clock } UTC
month-jan = Jan
month-feb = Feb
month-mar = Mar
month-apr = Apr
month-may = May
month-jun = Jun
month-jul = Jul
month-aug = Aug
month-sep = Sep
month-oct = Oct
month-nov = Nov
month-dec = Dec
session-end = Sign out
session-end-others = Sign out everywhere else
list-separator = ,{ " " }
edit-name = Change your name
edit-username = Change your user name
edit-email = Your e-mail address
edit-phone = Your phone number
step-up-title = Confirm that it is you
step-up-lead = You are about to change how you sign in, so we ask once more.
step-up-code = Send a code to { $recipient }

## First administrator

setup-title = Set up { $brand }
setup-lead = Create the first administrator of { $brand }. This link works once.
setup-create = Create administrator
setup-no-return = Your settings don’t allow sign-in by user name and password, so this account can’t sign in again once this session ends. Add “username” with a password to the sign-in methods of the sign-in experience first.
setup-invalid-title = This link does not work
setup-invalid-body = It is incomplete or too old. The command “moongate setup-link” prints a new one.
setup-used-title = { $brand } is set up already
setup-used-body = There is an administrator. Ask them for an account.
setup-done-title = You can start now
setup-done-body = Your administrator account for { $brand } is ready.

## Device

device-title = Connect a device
device-lead = Type the code that your device shows.
device-label = Code on the device
device-confirm-title = Let { $app } on your device use your account?
device-confirm-code = Your device must show this code:
device-confirm-warning = Allow it only if you have the device in front of you. If somebody sent you the code, deny.
device-allowed-title = Your device is connected
device-allowed-body = You can go back to your device. { $app } goes on there by itself.
device-denied-title = The device was turned away
device-denied-body = { $app } has no access. You can close this page.

## Consent

consent-title = { $app } asks for access
consent-account = You are signed in as { $user }.
consent-account-both = You are signed in as { $user } ({ $contact }).
consent-scopes = If you allow it, { $app } can:
consent-api = In { $api }, it can:
consent-host = You will go on to { $host }.
consent-allow = Allow
consent-deny = Deny
scope-openid = Know that it is you who signed in
scope-profile = See your name, user name and picture
scope-email = See your e-mail address
scope-phone = See your phone number
scope-address = See your postal address
scope-offline-access = Keep this access while you are away, until you take it back
scope-roles = See your roles
scope-custom-data = See what this service keeps about you
scope-identities = See which other accounts are linked to yours
scope-organizations = See which organizations you belong to
scope-organization-roles = See your roles in your organizations
scope-other = Use the permission “{ $scope }”

## Signing out

sign-out-title = Sign out?
sign-out-body = This ends your session with { $brand } in this browser. Apps that you signed in to through it may ask you to sign in again.
sign-out-body-app = { $app } asks to sign you out. This ends your session with { $brand } in this browser.
sign-out-confirm = Sign out
sign-out-stay = Stay signed in
signed-out-title = You are signed out
signed-out-body = You can close this page now.

## Going on to the app, and the front page

form-post-title = Continue to { $app }
form-post-body = You are almost there. If nothing happens, choose Continue.
home-title = { $brand } is running
home-lead = This is where your apps send people to sign in.
home-body = There is nothing to do on this page itself. Open an app and choose to sign in: it brings you here.
home-discovery = OpenID discovery document

## When something is in the way

unknown-session-title = This sign-in is no longer open
unknown-session-body = It may have ended, or it was started in another browser. Go back to the app and sign in again from there.
fault-app-request-title = The app sent a request we cannot accept
fault-app-request-body = You did nothing wrong. If you look after the app, the details below say what to change.
fault-redirect-uri-title = This address is not registered
fault-redirect-uri-body = { $app } asked us to send you to an address that is not on its list, so we stopped here. If you look after the app, add this redirect URI to its settings, exactly as it stands.
fault-post-logout-title = This address is not registered
fault-post-logout-body = { $app } asked us to send you, after signing out, to an address that is not on its list, so we stopped here. If you look after the app, add this post sign-out redirect URI to its settings, exactly as it stands.
fault-not-found-title = Page not found
fault-not-found-body = There is nothing at this address. The link may be old or mistyped.
fault-blocked-title = We did not carry this out
fault-blocked-body = The request seems to come from another site. Go back, reload the page and try again.
fault-busy-title = Please wait a moment
fault-busy-body = The server has too much to do just now. Try again in a little while.
fault-internal-title = Something went wrong on our side
fault-internal-body = It has been noted. Try again; if it happens again, tell the people who run this service the number below.
fault-refused-title = This did not work
detail-redirect-uri = Redirect URI
detail-application = Application
detail-error = Error
detail-description = Description
detail-request = Request number

## Words of error codes

error-application-consent_management_api_scopes_not_allowed = Permissions of the Management API cannot be asked of users.
error-application-device_flow_native_only = Only a native application can use the device flow.
error-application-device_flow_not_changeable = Whether an application uses the device flow cannot be changed.
error-application-invalid_role_type = Only a machine-to-machine role can be given to a machine-to-machine application.
error-application-invalid_third_party_application_type = Only traditional web, single-page and native applications can be third-party applications.
error-application-invalid_type = An application of this type cannot do this.
error-application-no_legacy_secret_found = The application has no secret of the old kind.
error-application-secret_name_exists = The application has a secret of this name already.
error-application-third_party_application_cannot_enable_token_exchange = A third-party application cannot exchange tokens.
error-application-third_party_application_only = Only a third-party application has this.
error-application-user_consent_scopes_not_found = One of the permissions does not exist.
error-auth-authorization_header_missing = The authorization header is missing.
error-auth-authorization_token_type_not_supported = This type of authorization is not supported.
error-auth-forbidden = You may not do this.
error-auth-unauthorized = You need to sign in first.
error-connector-authorization_failed = The provider refused the authorization.
error-connector-general = The message could not be sent. Please try again.
error-connector-insufficient_request_parameters = The request to the provider lacks a value.
error-connector-invalid_auth_code = The provider refused the authorization code.
error-connector-invalid_certificate = The provider's certificate is not valid.
error-connector-invalid_config = The connector's settings are not valid.
error-connector-invalid_metadata = The connector's metadata is not valid.
error-connector-invalid_request_parameters = The request to the provider has a value that is not valid.
error-connector-invalid_response = The provider sent an answer that cannot be read.
error-connector-more_than_one_email = More than one e-mail connector is set up.
error-connector-more_than_one_sms = More than one SMS connector is set up.
error-connector-not_found = Messages cannot be sent yet: no connector is set up for them.
error-connector-not_found_with_connector_id = There is no connector of this kind.
error-connector-not_implemented = The connector cannot do this.
error-connector-rate_limit_exceeded = The provider limits how often messages may be sent. Wait a while, then try again.
error-connector-social_auth_code_invalid = The provider's authorization code is not valid.
error-connector-social_invalid_access_token = The provider's access token is not valid.
error-connector-social_invalid_id_token = The provider's ID token is not valid.
error-connector-template_not_found = The connector has no template for this message.
error-connector-unexpected_type = The connector is of another type than expected.
error-connector-usage_limit_exceeded = The provider's quota of messages is used up.
error-device-code_expired = This code has expired. Ask for a new one on your device.
error-device-code_not_found = No device shows this code. Check it and try again.
error-device-code_used = This code has been used. Ask for a new one on your device.
error-entity-create_failed = It could not be created.
error-entity-db_constraint_violated = The values do not go together.
error-entity-invalid_input = A value is not valid.
error-entity-not_exists = This does not exist.
error-entity-not_exists_with_id = There is nothing with this id.
error-entity-not_found = We could not find what you asked for.
error-entity-relation_foreign_key_not_found = Something that this refers to does not exist.
error-entity-unique_integrity_violation = This exists already.
error-entity-value_too_long = A value is too long.
error-guard-invalid_input = Something is missing or not written as expected. Check what you entered.
error-guard-invalid_pagination = The page number or page size is not valid.
error-oidc-aborted = You ended the sign-in.
error-oidc-access_denied = Access was denied.
error-oidc-consent_required = The app needs your consent first.
error-oidc-insufficient_scope = The token does not allow this.
error-oidc-interaction_required = The app needs you to answer a question first.
error-oidc-invalid_client = The application could not be recognised.
error-oidc-invalid_client_metadata = The application's settings are not valid.
error-oidc-invalid_grant = The code or token is not valid, has expired or has been used.
error-oidc-invalid_issuer = The issuer is not the expected one.
error-oidc-invalid_redirect_uri = The redirect URI is not registered for this application.
error-oidc-invalid_request = The request is missing something or is malformed.
error-oidc-invalid_scope = A requested scope is not known or not allowed.
error-oidc-invalid_target = The requested resource is not known or not allowed.
error-oidc-invalid_token = The token is not valid or has expired.
error-oidc-key_not_found = There is no such key.
error-oidc-login_required = You need to sign in first.
error-oidc-only_previous_key_can_be_deleted = Only a key that no longer signs can be deleted.
error-oidc-other = An OpenID Connect error occurred: { $code }.
error-oidc-server_error = Something went wrong on our side. Please try again.
error-oidc-session_not_found = There is no such session.
error-oidc-temporarily_unavailable = The server is busy. Please try again in a little while.
error-oidc-unauthorized_client = The application may not make this request.
error-oidc-unsupported_grant_type = This grant type is not supported.
error-oidc-unsupported_response_mode = This response mode is not supported.
error-oidc-unsupported_response_type = This response type is not supported.
error-password-rejected = This password does not meet the rules. Choose another.
error-password-unsupported_encryption_method = Passwords kept with this method cannot be checked.
error-request-feature_not_supported = This feature is not supported.
error-request-general = The request could not be carried out.
error-request-invalid_input = The request is not valid.
error-request-message_rate_limited = Too many messages were asked for. Wait a while, then try again.
error-request-message_rate_limited-after = Too many messages were asked for. Try again in { $wait }.
error-resource-cannot_delete_management_api = The Management API cannot be deleted.
error-resource-cannot_modify_management_api = The Management API cannot be changed.
error-resource-resource_identifier_in_use = Another API resource has this identifier.
error-role-application_exists = The application has this role already.
error-role-internal_role_violation = This role is part of Moongate and stays as it is.
error-role-management_api_scopes_not_assignable_to_user_role = Permissions of the Management API cannot be given to a role of users.
error-role-name_in_use = Another role has this name.
error-role-scope_exists = The role has this permission already.
error-role-user_exists = The user has this role already.
error-scope-name_exists = The API resource has a permission of this name already.
error-scope-name_with_space = The name of a permission cannot have spaces.
error-server-error = Something went wrong on our side. Please try again.
error-server-unavailable = The server is busy. Please try again in a little while.
error-session-email_blocklist-email_not_allowed = This e-mail address cannot be used here.
error-session-email_blocklist-email_subaddressing_not_allowed = Addresses with a + part cannot be used here.
error-session-identifier_not_found = Start again: we do not know yet who you are.
error-session-identity_conflict = Someone else is already signing in here. Start again from the app.
error-session-insufficient_info = Something is missing for this sign-in.
error-session-interaction_not_found = This sign-in is no longer open. Start again from the app.
error-session-invalid_credentials = The account or the password is not right. Check both and try again.
error-session-mfa-mfa_factor_not_enabled = This second factor is switched off.
error-session-mfa-mfa_policy_not_user_controlled = Two-step verification is not yours to switch off here.
error-session-not_found = This sign-in is no longer open. Go back to the app and sign in again.
error-session-not_supported_for_forgot_password = This cannot be used to recover a password.
error-session-verification_blocked_too_many_attempts = Too many tries. Wait a while, then try again.
error-session-verification_blocked_too_many_attempts-after = Too many tries. Try again in { $wait }.
error-session-verification_failed = This has not been verified yet.
error-session-verification_session_not_found = This verification is no longer open. Ask for a new code.
error-sign_in_experiences-adaptive_mfa_requires_mfa = Adaptive two-step verification needs at least one second factor.
error-sign_in_experiences-adaptive_mfa_requires_non_skippable_policy = With adaptive two-step verification, the prompt must not be skippable.
error-sign_in_experiences-at_least_one_authentication_factor = Each sign-in method needs a password or a verification code.
error-sign_in_experiences-backup_code_cannot_be_enabled_alone = Backup codes need another second factor beside them.
error-sign_in_experiences-code_sign_in_must_be_enabled = Sign-up without a password needs verification codes for each sign-in method.
error-sign_in_experiences-duplicated_mfa_factors = A second factor is listed twice.
error-sign_in_experiences-duplicated_sign_up_identifiers = A sign-up identifier is listed twice.
error-sign_in_experiences-email_verification_code_cannot_be_used_for_mfa = The e-mail code already serves to sign in, so it cannot be a second factor.
error-sign_in_experiences-email_verification_code_cannot_be_used_for_sign_in = The e-mail code already is a second factor, so it cannot serve to sign in.
error-sign_in_experiences-enabled_connector_not_found = This needs a connector that sends the messages. Set one up first.
error-sign_in_experiences-forgot_password_method_requires_connector = This way to recover a password needs a connector that sends the messages.
error-sign_in_experiences-invalid_custom_email_blocklist_format = An entry of the e-mail block list is not valid.
error-sign_in_experiences-missing_sign_up_identifiers = Secondary sign-up identifiers need a primary one.
error-sign_in_experiences-non_adaptive_mfa_requires_skippable_policy = This prompt policy needs adaptive two-step verification.
error-sign_in_experiences-password_expiration_invalid_period_days = Give the number of days after which a password expires.
error-sign_in_experiences-password_expiration_not_enabled = Password expiry is switched off.
error-sign_in_experiences-password_expiration_requires_forgot_password = Password expiry needs a way to recover a password.
error-sign_in_experiences-passwordless_requires_verify = E-mail addresses and phone numbers must be verified at sign-up.
error-sign_in_experiences-phone_verification_code_cannot_be_used_for_mfa = The SMS code already serves to sign in, so it cannot be a second factor.
error-sign_in_experiences-phone_verification_code_cannot_be_used_for_sign_in = The SMS code already is a second factor, so it cannot serve to sign in.
error-sign_in_experiences-unsupported_default_language = This language has no phrases yet.
error-sign_in_experiences-username_policy_case_conflicts_exist = Some user names differ only in upper and lower case.
error-user-cannot_delete_self = You cannot delete yourself.
error-user-email_already_in_use = This e-mail address already has an account.
error-user-email_exists_in_profile = The account has an e-mail address already.
error-user-invalid_phone = This does not look like a mobile number. Check the country and the digits.
error-user-invalid_role_type = Only a role of users can be given to a user.
error-user-last_sign_in_method_required = This is your last way to sign in. Add another before you remove it.
error-user-missing_profile = Something is still missing from the account.
error-user-new_password_required_in_profile = Choose a new password first.
error-user-password_algorithm_required = Say which algorithm made the hash of the password.
error-user-password_and_digest = Give the password or its hash, not both.
error-user-password_exists_in_profile = The account has a password already.
error-user-personal_access_token_name_exists = The user has a personal access token of this name already.
error-user-phone_already_in_use = This number already has an account.
error-user-phone_exists_in_profile = The account has a phone number already.
error-user-same_password = This is your current password. Choose another.
error-user-sign_in_method_not_enabled = This way of signing in is switched off.
error-user-suspended = This account is suspended. Contact the people who run this service.
error-user-user_not_exist = There is no account for this. Check it and try again.
error-user-username_already_in_use = This user name is taken.
error-user-username_exists_in_profile = The account has a user name already.
error-verification_code-code_mismatch = That is not the code we sent. Check it and try again.
error-verification_code-email_mismatch = The code was sent to another e-mail address.
error-verification_code-exceed_max_try = Too many wrong codes. Ask for a new one.
error-verification_code-expired = This code has expired. Ask for a new one.
error-verification_code-not_found = This code has been used or replaced. Ask for a new one.
error-verification_code-phone_email_empty = Give a phone number or an e-mail address.
error-verification_code-phone_mismatch = The code was sent to another number.
error-verification_record-permission_denied = Confirm first that it is you.

## Previews of drafts

preview-advice = Advice:
preview-both = Light and dark
preview-dark = Dark
preview-desktop = Desktop
preview-every-language = Every language
preview-every-page = Every page
preview-every-width = Every width
preview-findings = What the rules say of this draft
preview-language = Language
preview-lead = This draft is not in force. It can be looked at for a day, and nothing on these pages does anything.
preview-light = Light
preview-next = Next page
preview-page = Page
preview-phone = Phone
preview-previous = Previous page
preview-refused = Can’t be saved:
preview-refused-in-files = Can’t be saved from files:
preview-scheme = Light or dark
preview-show = Show
preview-tablet = Tablet
preview-title = Preview of the sign-in pages
preview-width = Width
