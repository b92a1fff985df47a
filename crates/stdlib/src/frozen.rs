//! Modules whose code objects lie in the program.

static FROZEN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/frozen.rs"));

/// The marshalled code of a module, by the path of its source.
pub fn frozen(path: &str) -> Option<&'static [u8]> {
    FROZEN.iter().find(|(known, _)| *known == path).map(|(_, code)| *code)
}
