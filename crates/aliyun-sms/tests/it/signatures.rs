//! Signature version 1.0 against known answers: three of Aliyun's documentation, sixteen computed
//! with its own SDK.

use moongate_aliyun_sms::AccessKeySecret;
use moongate_aliyun_sms::signing::{self, Parameters};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    method: String,
    secret: String,
    parameters: Parameters,
    string_to_sign: String,
    signature: String,
}

#[test]
fn every_known_answer_is_ours_too() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../data/signatures.json")).unwrap();
    assert_eq!(vectors.len(), 19);
    for vector in vectors {
        let secret = AccessKeySecret::new(vector.secret);
        let text = signing::string_to_sign(&vector.method, &vector.parameters);
        assert_eq!(text, vector.string_to_sign, "{}", vector.name);
        assert_eq!(
            signing::sign(&secret, &text),
            vector.signature,
            "{}",
            vector.name
        );
        assert!(
            signing::verify(&secret, &text, &vector.signature),
            "{}",
            vector.name
        );
        let other = if vector.method == "GET" {
            "POST"
        } else {
            "GET"
        };
        let text = signing::string_to_sign(other, &vector.parameters);
        assert!(
            !signing::verify(&secret, &text, &vector.signature),
            "{}",
            vector.name
        );
    }
}
