//! Weak references: `weakref.ref` and the two proxies.
//!
//! | file | holds |
//! |---|---|
//! | `list` | the list of references that hangs at an object; what happens when the object goes |
//! | `reference` | `weakref.ReferenceType` |
//! | `proxy` | `weakref.ProxyType`, `weakref.CallableProxyType` |

mod list;
mod proxy;
mod reference;
#[cfg(test)]
mod tests;

pub use list::{call_callback, clear_all, clear_without_callbacks, count, is_supported, references};
pub(crate) use list::{list_of, take_callback};
pub(crate) use proxy::as_any;
pub use proxy::{
    _PyWeakref_CallableProxyType, _PyWeakref_ProxyType, PyCallableWeakProxy, PyWeakProxy, new_proxy,
};
pub use reference::{_PyWeakref_RefType, PyWeakRef, is_dead_reference, remove_dead};
