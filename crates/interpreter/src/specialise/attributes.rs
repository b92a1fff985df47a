//! `LOAD_ATTR` and `STORE_ATTR`: attributes of classes that have not changed.
//!
//! Caches of `LOAD_ATTR`: counter, version of the class (32 bits), version of shared keys, or an index (32 bits), a borrowed
//! object (64 bits) that the class keeps alive as long as its version stands. `STORE_ATTR`: counter, version, index.

#![expect(unsafe_code, reason = "reads the storage of instances")]

use super::{fail, settle};
use crate::calls::frames::{code_of, fits_exactly, push_exact};
use crate::eval::calls::{as_python, enter};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::value::Value;
use taipan_abi::*;
use taipan_objects::prelude::*;
use taipan_objects::types::descriptors::{PyGetSetDescr, PyMemberDescr, PyProperty};
use taipan_objects::types::dict::cache;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::object::object_type;
use taipan_objects::types::r#type::{assign_version, lookup, type_type};

pub(super) const CACHES: usize = 9;
const STORE_CACHES: usize = 4;

fn same_getter(a: &TypeObject, b: &TypeObject) -> bool {
    a.tp_getattro().map(|f| f as usize) == b.tp_getattro().map(|f| f as usize)
}

#[inline(never)]
pub(crate) fn specialise_load(m: &mut Machine, oparg: usize) {
    if m.peek(1).is_int() {
        return fail(m, LOAD_ATTR);
    }
    let (object, name) = (m.obj(1), m.name(oparg >> 1));
    let method = oparg & 1 != 0;
    let form = if let Some(module) = object.downcast_exact::<PyModule>() {
        decide_module(m, module, name)
    } else if let Some(class) = object.downcast::<TypeObject>() {
        decide_class(m, class, name)
    } else {
        decide_instance(m, object, name, method)
    };
    settle(m, LOAD_ATTR, form);
}

fn module_dict(module: &PyObject) -> Option<&PyDict> {
    // SAFETY: a module's dictionary lives as long as the module.
    unsafe { (*module.as_ptr().cast::<PyModuleObject>()).md_dict.as_ref()?.downcast_exact::<PyDict>() }
}

fn decide_module(m: &Machine, module: &PyModule, name: &PyStr) -> Option<u8> {
    if !same_getter(module.class(), PyModule::type_object()) {
        return None;
    }
    let dict = module_dict(module)?;
    if !cache::is_unicode_combined(dict) || lookup(module.class(), name).is_some() {
        return None;
    }
    let index = cache::index_of(dict, name)?;
    let version = cache::keys_version(dict);
    if version == 0 {
        return None;
    }
    m.set_cache32(1, version);
    m.set_cache32(3, u32::try_from(index).ok()?);
    Some(LOAD_ATTR_MODULE)
}

fn decide_class(m: &Machine, class: &TypeObject, name: &PyStr) -> Option<u8> {
    let meta = class.class();
    if !same_getter(meta, type_type()) || lookup(meta, name).is_some() {
        return None;
    }
    let found = lookup(class, name)?;
    let kind = found.class();
    // A method descriptor gives itself where a class is asked.
    if !kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) && kind.tp_descr_get().is_some() {
        return None;
    }
    let version = assign_version(class);
    if version == 0 {
        return None;
    }
    m.set_cache32(1, version);
    m.set_cache_ptr(5, &found);
    if meta.is(type_type()) {
        return Some(LOAD_ATTR_CLASS);
    }
    let meta_version = assign_version(meta);
    m.set_cache32(3, meta_version);
    (meta_version != 0).then_some(LOAD_ATTR_CLASS_WITH_METACLASS_CHECK)
}

fn decide_instance(m: &Machine, object: &PyObject, name: &PyStr, method: bool) -> Option<u8> {
    let class = object.class();
    if !same_getter(class, object_type()) {
        return super::overrides::decide(m, class, method);
    }
    let version = assign_version(class);
    if version == 0 {
        return None;
    }
    m.set_cache32(1, version);
    let Some(descriptor) = lookup(class, name) else { return decide_stored(m, object, name) };
    let kind = descriptor.class();
    if kind.tp_descr_set().is_some() {
        return decide_data_descriptor(m, class, name, &descriptor, method);
    }
    m.set_cache_ptr(5, &descriptor);
    if kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        if !method {
            return None;
        }
        return match storage_without(m, object, name)? {
            Storage::None => Some(LOAD_ATTR_METHOD_NO_DICT),
            Storage::Shared => Some(LOAD_ATTR_METHOD_WITH_VALUES),
            Storage::Unmade => Some(LOAD_ATTR_METHOD_LAZY_DICT),
        };
    }
    if method || kind.tp_descr_get().is_some() {
        return None;
    }
    match storage_without(m, object, name)? {
        Storage::None => Some(LOAD_ATTR_NONDESCRIPTOR_NO_DICT),
        Storage::Shared => Some(LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES),
        Storage::Unmade => None,
    }
}

/// How an instance shows that it has no attribute of its own under a name.
enum Storage {
    /// Its class gives it none.
    None,
    /// Inline values whose shared keys do not have the name.
    Shared,
    /// A dictionary that was not made.
    Unmade,
}

fn storage_without(m: &Machine, object: &PyObject, name: &PyStr) -> Option<Storage> {
    let class = object.class();
    if class.has_flag(Py_TPFLAGS_INLINE_VALUES) {
        // SAFETY: the class has inline values.
        let valid = unsafe { cache::are_valid(cache::inline_values(object)) };
        if !valid || cache::shared_index(class, name).is_some() {
            return None;
        }
        let version = cache::shared_keys_version(class);
        m.set_cache32(3, version);
        return (version != 0).then_some(Storage::Shared);
    }
    if class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return None;
    }
    match class.tp_dictoffset() {
        0 => Some(Storage::None),
        offset if offset > 0 && offset <= i16::MAX as isize => {
            m.set_cache32(3, offset as u32);
            // SAFETY: the offset leads to the dictionary's place.
            let made = unsafe { !(*dict_place(object, offset as usize)).is_null() };
            if made { None } else { Some(Storage::Unmade) }
        }
        _ => None,
    }
}

#[inline(always)]
unsafe fn dict_place(object: &PyObject, offset: usize) -> *mut *mut PyObject {
    // SAFETY: the caller has the class's offset.
    unsafe { object.as_ptr().byte_add(offset).cast() }
}

/// An attribute in the instance's own storage.
fn decide_stored(m: &Machine, object: &PyObject, name: &PyStr) -> Option<u8> {
    let class = object.class();
    if !class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return None;
    }
    // SAFETY: the class has managed dictionaries, and inline values where the flag says so.
    unsafe {
        if class.has_flag(Py_TPFLAGS_INLINE_VALUES) && cache::are_valid(cache::inline_values(object)) {
            let index = cache::shared_index(class, name)?;
            if cache::inline_value(cache::inline_values(object), index).is_null() {
                return None;
            }
            m.set_cache32(3, index as u32);
            return Some(LOAD_ATTR_INSTANCE_VALUE);
        }
        let dict = cache::managed_dict(object).as_ref()?;
        if !cache::is_unicode_combined(dict) {
            return None;
        }
        m.set_cache32(3, u32::try_from(cache::index_of(dict, name)?).ok()?);
        Some(LOAD_ATTR_WITH_HINT)
    }
}

fn decide_data_descriptor(
    m: &Machine,
    class: &TypeObject,
    name: &PyStr,
    found: &PyObject,
    method: bool,
) -> Option<u8> {
    if let Some(member) = found.downcast_exact::<PyMemberDescr>() {
        m.set_cache32(3, slot_offset(member, class)?);
        return Some(LOAD_ATTR_SLOT);
    }
    if let Some(own) = found.downcast_exact::<PyGetSetDescr>()
        && own.class_of().is(object_type())
        && name.eq_str("__class__")
    {
        m.set_cache32(3, core::mem::offset_of!(PyObject, ob_type) as u32);
        return Some(LOAD_ATTR_SLOT);
    }
    if method {
        return None;
    }
    let property = found.downcast_exact::<PyProperty>()?;
    // SAFETY: the property keeps its getter; its place is C's.
    let getter = unsafe { (*property.as_ptr().cast::<_PyPropertyObject>()).prop_get.as_ref()? };
    let func = getter.downcast_exact::<PyFunction>()?;
    let version = func.assign_version();
    if version == 0 || !fits_exactly(code_of(func), 1) {
        return None;
    }
    m.set_cache32(3, version);
    m.set_cache_ptr(5, getter);
    Some(LOAD_ATTR_PROPERTY)
}

/// The place of a `__slots__` member that an instance of the class has for sure.
fn slot_offset(member: &PyMemberDescr, class: &TypeObject) -> Option<u32> {
    let def = member.def();
    if def.r#type != Py_T_OBJECT_EX || def.flags != 0 || !class.is_subtype_of(member.class_of()) {
        return None;
    }
    u32::try_from(def.offset).ok().filter(|&offset| offset != 0)
}

/// The object on top, where its class is the one that was looked at.
#[inline(always)]
pub(super) fn guarded<'a>(m: &Machine, depth: usize) -> Option<&'a PyObject> {
    let value = m.peek(depth);
    if value.is_int() {
        return None;
    }
    let object = value.object();
    if object.class().tp_version_tag() == m.cache32(1) { Some(object) } else { None }
}

/// Replaces the object on top by an attribute of it.
#[inline(always)]
fn replace_top(m: &mut Machine, oparg: usize, value: Value) {
    let owner = m.pop();
    m.push(value);
    if oparg & 1 != 0 {
        m.push(Value::NULL);
    }
    m.let_go(owner);
    m.skip(CACHES);
}

#[inline(always)]
pub(crate) fn instance_value(m: &mut Machine, oparg: usize) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the class has inline values; the index is one of theirs.
    let value = unsafe {
        let values = cache::inline_values(object);
        if !cache::are_valid(values) {
            return false;
        }
        cache::inline_value(values, m.cache32(3) as usize).as_ref()
    };
    let Some(value) = value else { return false };
    replace_top(m, oparg, Value::new_ref(value));
    true
}

#[inline(always)]
pub(crate) fn with_hint(m: &mut Machine, oparg: usize) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the class has managed dictionaries; the entry is compared with the name.
    let value = unsafe {
        let Some(dict) = cache::managed_dict(object).as_ref() else { return false };
        match cache::entry_at_hint(dict, m.cache32(3) as usize) {
            Some((key, place)) if core::ptr::eq(key, m.name(oparg >> 1).as_ptr()) => (*place).as_ref(),
            _ => None,
        }
    };
    let Some(value) = value else { return false };
    replace_top(m, oparg, Value::new_ref(value));
    true
}

#[inline(always)]
pub(crate) fn slot(m: &mut Machine, oparg: usize) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the class has a member at that place.
    let value = unsafe { (*dict_place(object, m.cache32(3) as usize)).as_ref() };
    let Some(value) = value else { return false };
    replace_top(m, oparg, Value::new_ref(value));
    true
}

#[inline(always)]
pub(crate) fn module(m: &mut Machine, oparg: usize) -> bool {
    let value = m.peek(1);
    if value.is_int() || !PyModule::check_exact(value.object()) {
        return false;
    }
    let Some(dict) = module_dict(value.object()) else { return false };
    if cache::current_version(dict) != m.cache32(1) {
        return false;
    }
    // SAFETY: the entry was found in this version of the keys.
    let found = unsafe { cache::unicode_value(cache::keys(dict), m.cache32(3) as usize).as_ref() };
    let Some(found) = found else { return false };
    replace_top(m, oparg, Value::new_ref(found));
    true
}

#[inline(always)]
pub(crate) fn class(m: &mut Machine, oparg: usize, check_meta: bool) -> bool {
    let value = m.peek(1);
    if value.is_int() {
        return false;
    }
    let Some(class) = value.object().downcast::<TypeObject>() else { return false };
    if class.tp_version_tag() != m.cache32(1)
        || (check_meta && class.class().tp_version_tag() != m.cache32(3))
    {
        return false;
    }
    let found = Value::new_ref(m.cache_object(5));
    replace_top(m, oparg, found);
    true
}

/// A method: function and receiver take the place of the receiver.
#[inline(always)]
fn push_method(m: &mut Machine) {
    let receiver = m.pop();
    m.push(Value::new_ref(m.cache_object(5)));
    m.push(receiver);
    m.skip(CACHES);
}

#[inline(always)]
fn has_plain_values(object: &PyObject, m: &Machine) -> bool {
    // SAFETY: the class has inline values.
    let valid = unsafe { cache::are_valid(cache::inline_values(object)) };
    valid && cache::current_shared_version(object.class()) == m.cache32(3)
}

#[inline(always)]
pub(crate) fn method_with_values(m: &mut Machine) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    if !has_plain_values(object, m) {
        return false;
    }
    push_method(m);
    true
}

#[inline(always)]
pub(crate) fn method_no_dict(m: &mut Machine) -> bool {
    if guarded(m, 1).is_none() {
        return false;
    }
    push_method(m);
    true
}

#[inline(always)]
pub(crate) fn method_lazy_dict(m: &mut Machine) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the offset is the class's.
    if unsafe { !(*dict_place(object, m.cache32(3) as usize)).is_null() } {
        return false;
    }
    push_method(m);
    true
}

#[inline(always)]
pub(crate) fn nondescriptor(m: &mut Machine, oparg: usize, with_values: bool) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    if with_values && !has_plain_values(object, m) {
        return false;
    }
    let found = Value::new_ref(m.cache_object(5));
    replace_top(m, oparg, found);
    true
}

/// A property: enters its getter.
#[inline(always)]
pub(crate) fn property(m: &mut Machine) -> Option<PyResult<()>> {
    guarded(m, 1)?;
    let getter = Value::new_ref(m.cache_object(5));
    let func = as_python(getter).filter(|func| func.version.get() == m.cache32(3));
    if func.is_none() {
        getter.close();
        return None;
    }
    m.save_instr();
    let owner = m.pop();
    // SAFETY: the version says that one argument fits.
    Some(unsafe { push_exact(m.thread, getter, &raw const owner, 1) }.map(|frame| enter(m, frame, CACHES)))
}

#[inline(never)]
pub(crate) fn specialise_store(m: &mut Machine, oparg: usize) {
    let form = if m.peek(1).is_int() { None } else { decide_store(m, m.obj(1), m.name(oparg)) };
    settle(m, STORE_ATTR, form);
}

fn decide_store(m: &Machine, object: &PyObject, name: &PyStr) -> Option<u8> {
    let class = object.class();
    if class.tp_setattro().map(|f| f as usize) != object_type().tp_setattro().map(|f| f as usize) {
        return None;
    }
    let version = assign_version(class);
    if version == 0 {
        return None;
    }
    m.set_cache32(1, version);
    if let Some(descriptor) = lookup(class, name)
        && descriptor.class().tp_descr_set().is_some()
    {
        let offset = slot_offset(descriptor.downcast_exact::<PyMemberDescr>()?, class)?;
        m.set_cache(3, u16::try_from(offset).ok()?);
        return Some(STORE_ATTR_SLOT);
    }
    if !class.has_flag(Py_TPFLAGS_MANAGED_DICT) {
        return None;
    }
    // SAFETY: the class has managed dictionaries, and inline values where the flag says so.
    unsafe {
        if class.has_flag(Py_TPFLAGS_INLINE_VALUES)
            && cache::are_valid(cache::inline_values(object))
            && cache::managed_dict(object).is_null()
        {
            let index = cache::shared_index_or_insert(class, name)?;
            if index >= cache::capacity(cache::inline_values(object)) {
                return None;
            }
            m.set_cache(3, index as u16);
            return Some(STORE_ATTR_INSTANCE_VALUE);
        }
        let dict = cache::managed_dict(object).as_ref()?;
        if !cache::is_unicode_combined(dict) {
            return None;
        }
        m.set_cache(3, u16::try_from(cache::index_of(dict, name)?).ok()?);
        Some(STORE_ATTR_WITH_HINT)
    }
}

#[inline(always)]
pub(crate) fn store_instance_value(m: &mut Machine, oparg: usize) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the class has inline values; the index is that of the name in its shared keys.
    unsafe {
        let values = cache::inline_values(object);
        if !cache::are_valid(values) || !cache::managed_dict(object).is_null() {
            return false;
        }
        m.save();
        m.obj(2);
        let owner = m.pop();
        let value = m.pop().into_obj();
        cache::store_inline(object, values, m.cache(3) as usize, m.name(oparg), value);
        m.close(owner);
    }
    m.skip(STORE_CACHES);
    true
}

#[inline(always)]
pub(crate) fn store_with_hint(m: &mut Machine, oparg: usize) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    // SAFETY: the class has managed dictionaries; the entry is compared with the name and is set.
    unsafe {
        let Some(dict) = cache::managed_dict(object).as_ref() else { return false };
        let Some((key, place)) = cache::entry_at_hint(dict, m.cache(3) as usize) else { return false };
        if !core::ptr::eq(key, m.name(oparg).as_ptr()) || (*place).is_null() {
            return false;
        }
        m.save();
        m.obj(2);
        let owner = m.pop();
        let value = m.pop().into_obj();
        cache::store_at_hint(dict, &*key, place, value);
        m.close(owner);
    }
    m.skip(STORE_CACHES);
    true
}

#[inline(always)]
pub(crate) fn store_slot(m: &mut Machine) -> bool {
    let Some(object) = guarded(m, 1) else { return false };
    m.save();
    m.obj(2);
    let owner = m.pop();
    let value = m.pop().into_obj();
    // SAFETY: the class has a member at that place.
    unsafe {
        let old = dict_place(object, m.cache(3) as usize).replace(value.into_raw());
        if !old.is_null() {
            drop(Obj::from_raw(old));
        }
    }
    m.close(owner);
    m.skip(STORE_CACHES);
    true
}
