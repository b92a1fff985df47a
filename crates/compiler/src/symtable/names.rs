//! Private names: `__name` inside `class Class` is spelled `_Class__name`.

use std::borrow::Cow;

use taipan_ast::Arena;

/// What has to be put before `name`, if it is private to `class`: the class name without leading underscores.
fn private_prefix<'c>(class: Option<&'c str>, name: &str) -> Option<&'c str> {
    let class = class?;
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return None;
    }
    let stripped = class.trim_start_matches('_');
    (!stripped.is_empty()).then_some(stripped)
}

/// The spelling of `name` inside `class`.
pub fn mangle<'n>(class: Option<&str>, name: &'n str) -> Cow<'n, str> {
    match private_prefix(class, name) {
        Some(prefix) => Cow::Owned(format!("_{prefix}{name}")),
        None => Cow::Borrowed(name),
    }
}

/// [`mangle`] with the memory taken from `arena`.
pub(crate) fn mangle_into<'a>(class: Option<&str>, name: &'a str, arena: &'a Arena) -> &'a str {
    match mangle(class, name) {
        Cow::Owned(mangled) => arena.str(&mangled),
        Cow::Borrowed(name) => name,
    }
}
