//! `oidcc-basic-certification-test-plan`: the code flow with `client_secret_basic`.

super::basic_plan!(crate::certification::callback::Delivery::Query);
