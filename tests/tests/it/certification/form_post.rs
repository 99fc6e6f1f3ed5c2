//! `oidcc-formpost-basic-certification-test-plan`: the basic plan with every answer, errors
//! included, in a form that posts itself.

super::basic_plan!(crate::certification::callback::Delivery::FormPost);
