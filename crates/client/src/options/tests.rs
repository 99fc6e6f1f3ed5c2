//! What options are taken and refused.

use super::{Options, Secret, Settings};
use crate::error::Error;

fn options() -> Options {
    Options::new("http://localhost:3001", "shop", "http://localhost:3000")
}

fn refused(options: Options) -> &'static str {
    match Settings::new(options) {
        Err(Error::InvalidOption { option, .. }) => option,
        other => panic!("expected a refused option, got {other:?}"),
    }
}

#[test]
fn missing_variables_are_named_together() {
    let missing = Options::from_lookup(|name| match name {
        "MOONGATE_APP_ID" => Some("shop".to_owned()),
        "MOONGATE_APP_BASE_URL" => Some("  ".to_owned()),
        _ => None,
    })
    .unwrap_err();
    assert_eq!(
        missing.to_string(),
        "these variables are not set: MOONGATE_APP_ENDPOINT, MOONGATE_APP_BASE_URL"
    );
}

#[test]
fn the_secret_is_optional_and_never_printed() {
    let read = Options::from_lookup(|name| Some(format!("http://{name}.test"))).unwrap();
    assert!(read.app_secret.is_some());
    assert!(!format!("{read:?}").contains("http://MOONGATE_APP_SECRET.test"));
    let public = Options::from_lookup(|name| {
        (name != Options::APP_SECRET_VARIABLE).then(|| "http://localhost".to_owned())
    });
    assert!(public.unwrap().app_secret.is_none());
}

#[test]
fn a_settings_file_may_leave_out_what_has_a_default() {
    let read: Options = serde_json::from_str(
        r#"{"endpoint":"http://localhost:3001","app_id":"shop","base_url":"http://localhost:3000"}"#,
    )
    .unwrap();
    assert_eq!(read.callback_path, "/Callback");
    assert_eq!(read.prompt, "consent");
    let unknown = r#"{"endpoint":"a","app_id":"b","base_url":"c","callbackpath":"/x"}"#;
    assert!(serde_json::from_str::<Options>(unknown).is_err());
}

#[test]
fn options_that_cannot_work_are_refused_by_name() {
    let with = |change: fn(&mut Options)| {
        let mut options = options();
        change(&mut options);
        refused(options)
    };
    assert_eq!(with(|o| o.endpoint = "localhost:3001".into()), "endpoint");
    assert_eq!(with(|o| o.endpoint = "http://a/?b".into()), "endpoint");
    assert_eq!(with(|o| o.issuer = Some("ftp://a".into())), "issuer");
    assert_eq!(with(|o| o.app_id = String::new()), "app_id");
    assert_eq!(with(|o| o.app_secret = Some("".into())), "app_secret");
    assert_eq!(with(|o| o.base_url = "http://u:p@a".into()), "base_url");
    assert_eq!(
        with(|o| o.callback_path = "Callback".into()),
        "callback_path"
    );
    assert_eq!(with(|o| o.callback_path = "//evil".into()), "callback_path");
    assert_eq!(with(|o| o.callback_path = "/{id}".into()), "callback_path");
    assert_eq!(
        with(|o| o.sign_out_path = "/SignIn".into()),
        "sign_out_path"
    );
    assert_eq!(with(|o| o.scopes = vec!["a b".into()]), "scopes");
    assert_eq!(with(|o| o.resources = vec!["api".into()]), "resources");
    assert_eq!(with(|o| o.prompt = "none login".into()), "prompt");
    assert_eq!(with(|o| o.prompt = "shout".into()), "prompt");
    assert_eq!(
        with(|o| o.cookie_domain = Some("example.com".into())),
        "cookie_domain"
    );
    assert_eq!(
        with(|o| o.cookie_secret = Some("short".into())),
        "cookie_secret"
    );
}

#[test]
fn the_three_reserved_scopes_are_always_asked_for_once() {
    let settings = Settings::new(options().scope("phone").scope("openid")).unwrap();
    assert_eq!(
        settings.scopes,
        ["openid", "offline_access", "profile", "phone"]
    );
}

#[test]
fn paths_below_a_base_path_are_not_doubled() {
    let settings =
        Settings::new(Options::new("http://id.test", "a", "https://a.test/shop/")).unwrap();
    assert_eq!(settings.home(), "/shop/");
    assert_eq!(
        settings.absolute("/Callback"),
        "https://a.test/shop/Callback"
    );
    assert_eq!(settings.browser_path("/orders"), "/shop/orders");
    assert_eq!(settings.browser_path("/shop/orders"), "/shop/orders");
    assert_eq!(settings.browser_path("/shopping"), "/shop/shopping");
    assert_eq!(
        Settings::new(options()).unwrap().browser_path("/orders"),
        "/orders"
    );
}

#[test]
fn a_secret_prints_as_secret() {
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "[secret]");
}
