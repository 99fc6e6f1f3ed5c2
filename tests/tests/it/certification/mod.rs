//! What the OpenID Foundation's conformance suite asks of a provider: one test for each module of
//! the five plans that we aim at, named after the module, which does what the module does and holds
//! us to all that it would call a failure or a warning.
//!
//! A plan is a list of [`modules`]; a test of a plan runs the module's function, which is in a file
//! by topic, against a [`suite::Suite`]: the provider at the root of a site and under a path, the
//! suite's two clients, its user and its browser. What every module checks (`suite` and the files
//! beside it) is checked there, so that a module's function says only what is its own.

mod back_channel;
mod basic;
mod config;
mod form_post;
mod modules;
mod rp_initiated_logout;

// What the suite does in every module.
mod callback;
mod claims;
mod client;
mod id_token;
mod key_set;
mod suite;

// The modules of the basic plan, by topic.
mod codes;
mod flow;
mod parameters;
mod prompts;
mod request_objects;
mod userinfo;

/// Makes two tests of each module of a plan, at the root and under a path, and `MODULES`, their
/// names. The modules' functions are in the files that are named before them.
macro_rules! plan {
    ($delivery:expr; $($file:ident { $($module:ident),+ $(,)? })+) => {
        mod at_the_root {
            $($(
                #[tokio::test]
                async fn $module() {
                    let endpoint = "https://id.example.com";
                    let suite = $crate::certification::suite::Suite::start(endpoint, $delivery);
                    $crate::certification::$file::$module(suite.await).await;
                }
            )+)+
        }

        mod under_a_path {
            $($(
                #[tokio::test]
                async fn $module() {
                    let endpoint = "https://example.com/id";
                    let suite = $crate::certification::suite::Suite::start(endpoint, $delivery);
                    $crate::certification::$file::$module(suite.await).await;
                }
            )+)+
        }

        /// The modules that are tested.
        pub(super) const MODULES: &[&str] = &[$($(stringify!($module)),+),+];
    };
}
use plan;

/// The plan of the 38 basic modules, with answers delivered so.
macro_rules! basic_plan {
    ($delivery:expr) => {
        $crate::certification::plan! {
            $delivery;
            flow {
                oidcc_server,
                oidcc_idtoken_signature,
                oidcc_idtoken_unsigned,
                oidcc_ensure_request_without_nonce_succeeds_for_code_flow,
                oidcc_alternate_happy_flow,
                oidcc_ensure_post_request_succeeds,
                oidcc_server_client_secret_post,
                oidcc_ensure_request_with_valid_pkce_succeeds,
            }
            userinfo {
                oidcc_userinfo_get,
                oidcc_userinfo_post_header,
                oidcc_userinfo_post_body,
                oidcc_scope_profile,
                oidcc_scope_email,
                oidcc_scope_address,
                oidcc_scope_phone,
                oidcc_scope_all,
                oidcc_claims_essential,
            }
            prompts {
                oidcc_prompt_login,
                oidcc_prompt_none_not_logged_in,
                oidcc_prompt_none_logged_in,
                oidcc_max_age_1,
                oidcc_max_age_10000,
                oidcc_id_token_hint,
            }
            parameters {
                oidcc_response_type_missing,
                oidcc_display_page,
                oidcc_display_popup,
                oidcc_ensure_request_with_unknown_parameter_succeeds,
                oidcc_login_hint,
                oidcc_ui_locales,
                oidcc_claims_locales,
                oidcc_ensure_request_with_acr_values_succeeds,
                oidcc_ensure_registered_redirect_uri,
            }
            codes {
                oidcc_codereuse,
                oidcc_codereuse_30seconds,
                oidcc_refresh_token,
            }
            request_objects {
                oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
                oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
                oidcc_ensure_request_object_with_redirect_uri,
            }
        }
    };
}
use basic_plan;

#[test]
fn every_module_of_every_plan_is_tested_under_its_name() {
    for (plan, listed, tested) in [
        ("basic", modules::BASIC, basic::MODULES),
        ("form_post", modules::BASIC, form_post::MODULES),
        ("config", modules::CONFIG, config::MODULES),
        (
            "rp_initiated_logout",
            modules::RP_INITIATED_LOGOUT,
            rp_initiated_logout::MODULES,
        ),
        ("back_channel", modules::BACK_CHANNEL, back_channel::MODULES),
    ] {
        let mut listed: Vec<String> = listed.iter().map(|name| name.replace('-', "_")).collect();
        let mut tested = tested.to_vec();
        listed.sort();
        tested.sort_unstable();
        assert_eq!(tested, listed, "{plan}");
    }
}
