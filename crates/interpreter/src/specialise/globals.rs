//! `LOAD_GLOBAL`: the entry of a dictionary whose keys have not changed.
//!
//! Caches: counter, entry, version of the module's keys, version of the built-ins' keys; the module form uses both version
//! words for one of 32 bits.

#![expect(unsafe_code, reason = "reads entries of dictionaries")]

use super::settle;
use crate::eval::common::{builtins, globals};
use crate::eval::machine::Machine;
use crate::eval::opcodes::{LOAD_GLOBAL, LOAD_GLOBAL_BUILTIN, LOAD_GLOBAL_MODULE};
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::dict::cache;

#[inline(never)]
pub(crate) fn specialise(m: &mut Machine, oparg: usize) {
    settle(m, LOAD_GLOBAL, decide(m, oparg));
}

fn decide(m: &Machine, oparg: usize) -> Option<u8> {
    let globals = globals(m.frame).downcast_exact::<PyDict>()?;
    let name = m.name(oparg >> 1);
    if !cache::is_unicode_combined(globals) {
        return None;
    }
    if let Some(index) = cache::index_of(globals, name) {
        let version = cache::keys_version(globals);
        if version == 0 {
            return None;
        }
        m.set_cache(1, u16::try_from(index).ok()?);
        m.set_cache32(2, version);
        return Some(LOAD_GLOBAL_MODULE);
    }
    let builtins = builtins(m.frame).downcast_exact::<PyDict>()?;
    if !cache::is_unicode_combined(builtins) {
        return None;
    }
    let index = u16::try_from(cache::index_of(builtins, name)?).ok()?;
    let module_version = u16::try_from(cache::keys_version(globals)).ok()?;
    let builtins_version = u16::try_from(cache::keys_version(builtins)).ok()?;
    if module_version == 0 || builtins_version == 0 {
        return None;
    }
    m.set_cache(1, index);
    m.set_cache(2, module_version);
    m.set_cache(3, builtins_version);
    Some(LOAD_GLOBAL_BUILTIN)
}

#[inline(always)]
fn push(m: &mut Machine, oparg: usize, dict: &PyDict) -> bool {
    // SAFETY: the entry was found in this version of the keys.
    let value = unsafe { cache::unicode_value(cache::keys(dict), m.cache(1) as usize).as_ref() };
    let Some(value) = value else { return false };
    m.push(Value::new_ref(value));
    if oparg & 1 != 0 {
        m.push(Value::NULL);
    }
    m.skip(4);
    true
}

#[inline(always)]
pub(crate) fn module(m: &mut Machine, oparg: usize) -> bool {
    let globals = globals(m.frame);
    cache::current_version(globals) == m.cache32(2) && push(m, oparg, globals)
}

#[inline(always)]
pub(crate) fn builtin(m: &mut Machine, oparg: usize) -> bool {
    if cache::current_version(globals(m.frame)) != u32::from(m.cache(2)) {
        return false;
    }
    // The code may run with other built-ins than when it was specialised.
    let Some(builtins) = builtins(m.frame).downcast_exact::<PyDict>() else { return false };
    cache::current_version(builtins) == u32::from(m.cache(3)) && push(m, oparg, builtins)
}
