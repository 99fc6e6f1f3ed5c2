//! Every page of the gallery, in both languages: how it reads, and what each must keep to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod hostile;
mod look;
mod markup;
mod rules;
mod snapshots;

use moongate_web::{Chrome, Language, document, gallery};

/// Every page as a whole document, with its name and language.
fn documents() -> Vec<(String, String)> {
    documents_under("")
}

/// The same, with the server standing under a path.
fn documents_under(base_path: &str) -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for language in Language::ALL {
        let chrome = chrome(*language, base_path);
        for entry in gallery(*language) {
            documents.push((
                format!("{}.{}", entry.name, language.tag()),
                document(&*entry.view, &chrome).into_string(),
            ));
        }
    }
    documents
}

fn chrome(language: Language, base_path: &str) -> Chrome {
    Chrome {
        base_path: base_path.to_owned(),
        request_id: Some("sample-request".to_owned()),
        ..Chrome::new(language, "/sign-in?interaction=sample-interaction")
    }
}
