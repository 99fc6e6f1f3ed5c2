//! The resource files of `dev`: those of `config/resources`, and over them a few lines for what is
//! otherwise on this run.

use super::folder::Folder;
use super::ports::Ports;
use crate::failure::Outcome;

/// What everybody gets.
pub(super) const FOLDER: &str = "config/resources";
/// What is otherwise on this run.
pub(super) const OVERLAY: &str = ".moongate/dev-resources";

/// Writes the overlay, and says whether there is any. Files that would say nothing are removed:
/// they may stem from a run on other ports.
pub(super) fn write_overlay(folder: &Folder, ports: Ports) -> Outcome<bool> {
    let files = [
        ("dev-resources/bookstore.toml", bookstore(ports)),
        ("dev-resources/aliyun.toml", connector("aliyun-sms", ports)),
        (
            "dev-resources/email.toml",
            connector("development-outbox", ports),
        ),
    ];
    let mut any = false;
    for (name, contents) in files {
        if let Some(contents) = contents {
            folder.write(name, contents.as_bytes())?;
            any = true;
        } else {
            folder.remove(name)?;
        }
    }
    Ok(any)
}

/// The default paths, even where BOOKSTORE_CALLBACK_PATH moves them: what is registered is the
/// tenant's decision, and an unregistered path is what the error page is for.
fn bookstore(ports: Ports) -> Option<String> {
    let port = ports.bookstore;
    (port != Ports::DEFAULT.bookstore).then(|| {
        format!(
            "[[applications]]\n\
             id = \"bookstore\"\n\
             \n\
             [applications.oidcClientMetadata]\n\
             redirectUris = [\"http://localhost:{port}/Callback\"]\n\
             postLogoutRedirectUris = [\"http://localhost:{port}/SignedOutCallback\"]\n"
        )
    })
}

/// A connector that reaches the simulator.
fn connector(id: &str, ports: Ports) -> Option<String> {
    let port = ports.simulator;
    (port != Ports::DEFAULT.simulator).then(|| {
        format!(
            "[[connectors]]\n\
             id = \"{id}\"\n\
             \n\
             [connectors.config]\n\
             endpoint = \"http://localhost:{port}\"\n"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_and_what_no_longer_does_is_removed() {
        let root = std::env::temp_dir().join(format!("xtask-overlay-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let folder = Folder::open(&root).unwrap();
        assert!(!write_overlay(&folder, Ports::DEFAULT).unwrap());

        let moved = Ports {
            bookstore: 4000,
            ..Ports::DEFAULT
        };
        assert!(write_overlay(&folder, moved).unwrap());
        let written = std::fs::read_to_string(folder.path("dev-resources/bookstore.toml")).unwrap();
        assert!(written.contains("\"http://localhost:4000/Callback\""));
        assert!(!folder.path("dev-resources/aliyun.toml").exists());

        let moved = Ports {
            simulator: 4010,
            ..Ports::DEFAULT
        };
        assert!(write_overlay(&folder, moved).unwrap());
        assert!(!folder.path("dev-resources/bookstore.toml").exists());
        for (file, id) in [("aliyun", "aliyun-sms"), ("email", "development-outbox")] {
            let path = folder.path(&format!("dev-resources/{file}.toml"));
            let written = std::fs::read_to_string(path).unwrap();
            assert!(written.contains(&format!("id = \"{id}\"")));
            assert!(written.contains("endpoint = \"http://localhost:4010\""));
        }
        std::fs::remove_dir_all(root).unwrap();
    }
}
