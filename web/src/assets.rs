//! The files that pages load, embedded: lookup by path. It refuses to send them; that is the
//! server's.

/// A file that the pages load.
#[derive(Clone, Copy)]
pub struct Asset {
    /// Its plain name, such as `form-post.js`: also served, for those who cannot know the hash.
    pub name: &'static str,
    /// Its path with a hash of the content, such as `/assets/moongate.0123456789abcdef.css`,
    /// without the base path.
    pub path: &'static str,
    /// Its media type, for `Content-Type`.
    pub content_type: &'static str,
    /// Its entity tag with the quotes, for `ETag`.
    pub etag: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

/// An asset, and how long the path that found it may be kept.
#[derive(Clone, Copy)]
pub struct FoundAsset {
    /// The file.
    pub asset: &'static Asset,
    /// The value for `Cache-Control`: for good by a path with a hash, ask again by plain name.
    pub cache_control: &'static str,
}

/// Every asset of this build. htmx is among them where npm had fetched it before the build.
pub fn assets() -> &'static [Asset] {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"))
}

/// The asset for a request path such as `/assets/moongate.0123456789abcdef.css` or
/// `/assets/form-post.js`, without the base path.
pub fn find_asset(path: &str) -> Option<FoundAsset> {
    assets().iter().find_map(|asset| {
        let cache_control = if asset.path == path {
            "public, max-age=31536000, immutable"
        } else if path.strip_prefix("/assets/") == Some(asset.name) {
            "public, no-cache"
        } else {
            return None;
        };
        Some(FoundAsset {
            asset,
            cache_control,
        })
    })
}

/// The asset of this name, where this build has it.
pub(crate) fn asset(name: &str) -> Option<&'static Asset> {
    assets().iter().find(|asset| asset.name == name)
}
