//! Writes the gallery as static files, each page whole and as the fragment that htmx swaps in, to
//! look at without a server:
//! `cargo run -p moongate-web --example gallery -- FOLDER`. Forms lead nowhere there.

use std::{env, fs, io, path::Path};

use moongate_web::{Chrome, Language, assets, document, fragment, gallery};

fn main() -> io::Result<()> {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: gallery FOLDER");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    for language in Language::ALL {
        let chrome = Chrome {
            base_path: ".".to_owned(),
            request_id: Some("01-sample-request".to_owned()),
            ..Chrome::new(*language, "/")
        };
        for entry in gallery(*language) {
            let name = format!("{}.{}", entry.name, language.tag());
            let page = document(&*entry.view, &chrome).into_string();
            fs::write(folder.join(format!("{name}.html")), page)?;
            let part = fragment(&*entry.view, &chrome).into_string();
            fs::write(folder.join(format!("{name}.part.html")), part)?;
        }
    }
    Ok(())
}
