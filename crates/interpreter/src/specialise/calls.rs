//! `CALL` of what was called there before.
//!
//! Caches: counter, version (32 bits): of the function, or of the class for calls of classes.

#![expect(unsafe_code, reason = "moves arguments between stacks and calls C functions")]

use super::natives::{Convention, call_fast, call_one, convention};
use super::settle;
use crate::calls::frames::{code_of, fits_exactly, has_room, push_exact, push_exact_here, push_general};
use crate::eval::calls::{as_python, enter, unpack_method};
use crate::eval::jumps::check_breaker;
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::frames::peek;
use crate::value::Value;
use taipan_abi::Py_TPFLAGS_IMMUTABLETYPE;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::builtin::PyBuiltin;
use taipan_objects::types::descriptors::PyMethodDescr;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::method::PyMethod;
use taipan_objects::types::object::object_type;
use taipan_objects::types::r#type::{assign_version, lookup, type_type};

const CACHES: usize = 3;

#[inline(never)]
pub(crate) fn specialise(m: &mut Machine, oparg: usize) {
    let callable = m.peek(oparg + 2);
    let with_receiver = !m.peek(oparg + 1).is_null();
    let form = if callable.is_int() { None } else { decide(m, callable, oparg, with_receiver) };
    settle(m, CALL, form);
}

fn decide(m: &Machine, callable: Value, oparg: usize, with_receiver: bool) -> Option<u8> {
    let count = oparg + usize::from(with_receiver);
    let object = callable.object::<'static>();
    if let Some(func) = as_python(callable) {
        return decide_function(m, func, count, CALL_PY_EXACT_ARGS, CALL_PY_GENERAL);
    }
    if let Some(method) = object.downcast_exact::<PyMethod>()
        && !with_receiver
    {
        let func = as_python(Value::borrowed(&method.function));
        return match func {
            Some(func) => {
                decide_function(m, func, oparg + 1, CALL_BOUND_METHOD_EXACT_ARGS, CALL_BOUND_METHOD_GENERAL)
            }
            None => Some(CALL_NON_PY_GENERAL),
        };
    }
    if let Some(builtin) = object.downcast_exact::<PyBuiltin>()
        && !with_receiver
    {
        return Some(decide_builtin(m, builtin, oparg));
    }
    if let Some(method) = object.downcast_exact::<PyMethodDescr>()
        && with_receiver
    {
        return Some(decide_method(m, method, oparg));
    }
    if let Some(class) = object.downcast::<TypeObject>()
        && !with_receiver
    {
        return decide_class(m, class, oparg);
    }
    Some(CALL_NON_PY_GENERAL)
}

fn decide_function(m: &Machine, func: &PyFunction, count: usize, exact: u8, general: u8) -> Option<u8> {
    let version = func.assign_version();
    if version == 0 {
        return None;
    }
    m.set_cache32(1, version);
    Some(if fits_exactly(code_of(func), count) { exact } else { general })
}

/// Places of the callables that have forms of their own among the interpreter's.
#[derive(Clone, Copy)]
enum Known {
    Len,
    IsInstance,
    Append,
}

/// Remembers that the callable has a form of its own.
fn remember(m: &Machine, known: Known, callable: &PyObject) {
    m.thread.interpreter().known_callables[known as usize].set(Some(callable.owned()));
}

/// Whether it is the callable that was remembered.
#[inline(always)]
fn is_known(m: &Machine, known: Known, callable: &PyObject) -> bool {
    core::ptr::eq(peek(&m.thread.interpreter().known_callables[known as usize]), callable.as_ptr())
}

fn decide_builtin(m: &Machine, builtin: &PyBuiltin, count: usize) -> u8 {
    let is_of_builtins = |name: &str, known| {
        let found = builtin.short_name() == name && is_builtins_module(builtin);
        if found {
            remember(m, known, builtin);
        }
        found
    };
    match convention(builtin.def()) {
        Some(Convention::One) if count == 1 => {
            if is_of_builtins("len", Known::Len) {
                CALL_LEN
            } else {
                CALL_BUILTIN_O
            }
        }
        Some(Convention::Fast) => {
            if count == 2 && is_of_builtins("isinstance", Known::IsInstance) {
                CALL_ISINSTANCE
            } else {
                CALL_BUILTIN_FAST
            }
        }
        Some(Convention::FastKeywords) => CALL_BUILTIN_FAST_WITH_KEYWORDS,
        _ => CALL_NON_PY_GENERAL,
    }
}

fn is_builtins_module(builtin: &PyBuiltin) -> bool {
    let module = builtin.module();
    module.as_deref().and_then(|name| name.downcast::<PyStr>()).is_some_and(|name| name.eq_str("builtins"))
}

fn decide_method(m: &Machine, method: &PyMethodDescr, count: usize) -> u8 {
    match convention(method.def()) {
        Some(Convention::One) if count == 1 => {
            if method.class_of().is(PyList::type_object()) && is_append(method) {
                remember(m, Known::Append, method);
                CALL_LIST_APPEND
            } else {
                CALL_METHOD_DESCRIPTOR_O
            }
        }
        Some(Convention::NoArgs) if count == 0 => CALL_METHOD_DESCRIPTOR_NOARGS,
        Some(Convention::Fast) => CALL_METHOD_DESCRIPTOR_FAST,
        Some(Convention::FastKeywords) => CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS,
        _ => CALL_NON_PY_GENERAL,
    }
}

fn is_append(method: &PyMethodDescr) -> bool {
    let found = lookup(PyList::type_object(), intern!("append"));
    found.is_some_and(|found| {
        let this: &PyObject = method;
        found.is(this)
    })
}

fn decide_class(m: &Machine, class: &TypeObject, count: usize) -> Option<u8> {
    if class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        if count == 1 {
            if class.is(type_type()) {
                return Some(CALL_TYPE_1);
            }
            if class.is(PyStr::type_object()) {
                return Some(CALL_STR_1);
            }
            if class.is(PyTuple::type_object()) {
                return Some(CALL_TUPLE_1);
            }
        }
        return Some(class.tp_vectorcall().map_or(CALL_NON_PY_GENERAL, |_| CALL_BUILTIN_CLASS));
    }
    let same_new = class.tp_new().map(|f| f as usize) == object_type().tp_new().map(|f| f as usize);
    let init = lookup(class, intern!("__init__"));
    let func = init.as_deref().and_then(|init| init.downcast_exact::<PyFunction>());
    let Some(func) = func.filter(|_| same_new && class.class().is(type_type())) else {
        return Some(CALL_NON_PY_GENERAL);
    };
    let version = assign_version(class);
    if version == 0 || func.assign_version() == 0 {
        return None;
    }
    m.set_cache32(1, version);
    Some(CALL_ALLOC_AND_ENTER_INIT)
}

/// The callee where it is the function that was looked at.
#[inline(always)]
pub(super) fn known_function(m: &Machine, callable: Value) -> bool {
    if callable.is_int() {
        return false;
    }
    match callable.object::<'static>().downcast_exact::<PyFunction>() {
        Some(func) => func.version.get() == m.cache32(1),
        None => false,
    }
}

/// A Python function whose arguments fit.
#[inline(always)]
pub(crate) fn py_exact(m: &mut Machine, oparg: usize) -> bool {
    let base = m.slot(oparg + 2);
    // SAFETY: the slots hold the callee and its arguments.
    unsafe {
        let callable = *base;
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let count = oparg + with_receiver;
        if !known_function(m, callable) {
            return false;
        }
        let code = code_of(callable.cast());
        if !fits_exactly(code, count) || !has_room(m.thread, code) {
            return false;
        }
        let frame = push_exact_here(m.thread, callable, base.add(2 - with_receiver), count);
        m.save_instr();
        m.sp = base;
        enter(m, frame, CACHES);
    }
    true
}

/// A Python function, its arguments bound the general way.
#[inline(always)]
pub(crate) fn py_general(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let base = m.slot(oparg + 2);
    // SAFETY: as above.
    unsafe {
        let callable = *base;
        if !known_function(m, callable) {
            return None;
        }
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        m.save_instr();
        m.sp = base;
        let args = base.add(2 - with_receiver);
        let frame = push_general(m.thread, callable, args, oparg + with_receiver, None, None);
        Some(frame.map(|frame| enter(m, frame, CACHES)))
    }
}

/// The function of a bound method, where it is a known one.
#[inline(always)]
fn known_method(m: &Machine, base: *mut Value) -> Option<&PyFunction> {
    // SAFETY: the callee's slots.
    let (callable, receiver) = unsafe { (*base, *base.add(1)) };
    if !receiver.is_null() {
        return None;
    }
    let method = callable.object_opt()?.downcast_exact::<PyMethod>()?;
    let func = method.function.downcast_exact::<PyFunction>()?;
    (func.version.get() == m.cache32(1)).then_some(func)
}

/// A method bound to its receiver whose function's arguments fit.
#[inline(always)]
pub(crate) fn bound_exact(m: &mut Machine, oparg: usize) -> bool {
    let base = m.slot(oparg + 2);
    let code = known_method(m, base).map(code_of);
    if code.is_none_or(|code| !fits_exactly(code, oparg + 1) || !has_room(m.thread, code)) {
        return false;
    }
    // SAFETY: the slots hold the method and its arguments; the receiver takes the place that was empty.
    unsafe {
        let callable = *base;
        let method: &PyMethod = callable.cast();
        let (function, receiver) = (Value::new_ref(&method.function), Value::new_ref(&method.receiver));
        base.add(1).write(receiver);
        let frame = push_exact_here(m.thread, function, base.add(1), oparg + 1);
        m.save_instr();
        m.let_go(callable);
        m.sp = base;
        enter(m, frame, CACHES);
    }
    true
}

/// A method bound to its receiver, its function a known one.
#[inline(always)]
pub(crate) fn bound_general(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let base = m.slot(oparg + 2);
    known_method(m, base)?;
    unpack_method(m, base);
    py_general(m, oparg)
}

/// Puts a native call's result in the place of callee and arguments.
#[inline(always)]
pub(super) fn finish(m: &mut Machine, operands: usize, result: PyResult) -> PyResult<()> {
    let result = result?;
    m.replace_obj(operands, result);
    m.skip(CACHES);
    check_breaker(m)
}

#[inline(always)]
fn builtin<'a>(m: &Machine, oparg: usize) -> Option<&'a PyBuiltin> {
    if !m.peek(oparg + 1).is_null() {
        return None;
    }
    m.peek(oparg + 2).object_opt()?.downcast_exact::<PyBuiltin>()
}

#[inline(always)]
fn receiver_of(builtin: &PyBuiltin) -> *mut PyObject {
    if builtin.def().ml_flags & taipan_abi::METH_STATIC != 0 {
        return core::ptr::null_mut();
    }
    taipan_objects::model::trampoline::opt_ptr(builtin.receiver())
}

#[inline(always)]
pub(crate) fn builtin_one(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let callee = builtin(m, oparg)?;
    if oparg != 1 || convention(callee.def()) != Some(Convention::One) {
        return None;
    }
    m.save();
    // SAFETY: the convention was looked at.
    let result = unsafe { call_one(m, callee, callee.def().ml_meth?, receiver_of(callee), Some(1)) };
    Some(finish(m, 3, result))
}

#[inline(always)]
pub(crate) fn builtin_fast(m: &mut Machine, oparg: usize, keywords: bool) -> Option<PyResult<()>> {
    let callee = builtin(m, oparg)?;
    let wanted = if keywords { Convention::FastKeywords } else { Convention::Fast };
    if convention(callee.def()) != Some(wanted) {
        return None;
    }
    m.save();
    // SAFETY: the convention was looked at.
    let result = unsafe { call_fast(m, callee, callee.def().ml_meth?, receiver_of(callee), oparg, keywords) };
    Some(finish(m, oparg + 2, result))
}

/// `len(x)`.
#[inline(always)]
pub(crate) fn len(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let callee = builtin(m, oparg)?;
    if oparg != 1 || !is_known(m, Known::Len, callee) {
        return None;
    }
    m.save();
    let object = m.obj(1);
    let length =
        if let Some(list) = object.downcast_exact::<PyList>() { Ok(list.len()) } else { object::len(object) };
    match length {
        Ok(length) => {
            m.replace(3, Value::int(length as i64));
            m.skip(CACHES);
            Some(check_breaker(m))
        }
        Err(raised) => Some(Err(raised)),
    }
}

/// `isinstance(x, C)`.
#[inline(always)]
pub(crate) fn isinstance(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let callee = builtin(m, oparg)?;
    if oparg != 2 || !is_known(m, Known::IsInstance, callee) {
        return None;
    }
    m.save();
    let (object, class) = (m.obj(2), m.obj(1));
    let result = if class.is(object.class()) { Ok(true) } else { object::is_instance(object, class) };
    match result {
        Ok(result) => {
            m.replace(4, Value::bool(result));
            m.skip(CACHES);
            Some(Ok(()))
        }
        Err(raised) => Some(Err(raised)),
    }
}

/// A method of a native type with its receiver, where the receiver is of that type.
#[inline(always)]
fn native_method<'a>(
    m: &Machine,
    oparg: usize,
    wanted: Convention,
) -> Option<(&'a PyMethodDescr, &'a PyObject)> {
    let method = m.peek(oparg + 2).object_opt()?.downcast_exact::<PyMethodDescr>()?;
    if m.peek(oparg + 1).is_null() || convention(method.def()) != Some(wanted) {
        return None;
    }
    let receiver = m.obj(oparg + 1);
    receiver.class().is_subtype_of(method.class_of()).then_some((method, receiver))
}

#[inline(always)]
pub(crate) fn method_one(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    if oparg != 1 {
        return None;
    }
    let (method, receiver) = native_method(m, oparg, Convention::One)?;
    m.save();
    // SAFETY: the convention was looked at.
    let result = unsafe { call_one(m, method, method.def().ml_meth?, receiver.as_ptr(), Some(1)) };
    Some(finish(m, 3, result))
}

#[inline(always)]
pub(crate) fn method_noargs(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    if oparg != 0 {
        return None;
    }
    let (method, receiver) = native_method(m, oparg, Convention::NoArgs)?;
    m.save();
    // SAFETY: the convention was looked at.
    let result = unsafe { call_one(m, method, method.def().ml_meth?, receiver.as_ptr(), None) };
    Some(finish(m, 2, result))
}

#[inline(always)]
pub(crate) fn method_fast(m: &mut Machine, oparg: usize, keywords: bool) -> Option<PyResult<()>> {
    let wanted = if keywords { Convention::FastKeywords } else { Convention::Fast };
    let (method, receiver) = native_method(m, oparg, wanted)?;
    m.save();
    // SAFETY: the convention was looked at.
    let result = unsafe { call_fast(m, method, method.def().ml_meth?, receiver.as_ptr(), oparg, keywords) };
    Some(finish(m, oparg + 2, result))
}

/// `list.append(x)`, whose result is dropped next.
#[inline(always)]
pub(crate) fn list_append(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    if oparg != 1 {
        return None;
    }
    let (method, receiver) = (m.peek(oparg + 2).object_opt()?, m.peek(oparg + 1).object_opt()?);
    let list = receiver.downcast_exact::<PyList>()?;
    if !is_known(m, Known::Append, method) {
        return None;
    }
    m.save();
    m.obj(1);
    let value = m.pop().into_obj();
    Some(list.append(value).map(|()| {
        m.pop_close(2);
        m.push(Value::none());
        m.skip(CACHES);
    }))
}

#[inline(always)]
fn class_on_stack<'a>(m: &Machine, oparg: usize) -> Option<&'a TypeObject> {
    if !m.peek(oparg + 1).is_null() {
        return None;
    }
    m.peek(oparg + 2).object_opt()?.downcast::<TypeObject>()
}

/// `type(x)`.
#[inline(always)]
pub(crate) fn type_of(m: &mut Machine, oparg: usize) -> bool {
    if oparg != 1 || class_on_stack(m, oparg).is_none_or(|class| !class.is(type_type())) {
        return false;
    }
    let class = Value::new_ref(m.obj(1).class());
    m.replace(3, class);
    m.skip(CACHES);
    true
}

/// `str(x)`.
#[inline(always)]
pub(crate) fn str_of(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    if oparg != 1 || !class_on_stack(m, oparg)?.is(PyStr::type_object()) {
        return None;
    }
    m.save();
    let result = object::str(m.obj(1)).map(Py::into_obj);
    Some(finish(m, 3, result))
}

/// `tuple(x)`.
#[inline(always)]
pub(crate) fn tuple_of(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    if oparg != 1 || !class_on_stack(m, oparg)?.is(PyTuple::type_object()) {
        return None;
    }
    m.save();
    let result = sequence::to_tuple(m.obj(1)).map(Py::into_obj);
    Some(finish(m, 3, result))
}

/// A built-in class with a vectorcall function.
#[inline(always)]
pub(crate) fn builtin_class(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let class = class_on_stack(m, oparg)?;
    if !class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        return None;
    }
    let function = class.tp_vectorcall()?;
    m.save();
    let args = m.own(oparg);
    // SAFETY: the function is the class's own; there is a slot before the arguments.
    let result = unsafe {
        let nargsf = oparg | taipan_abi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        Obj::from_result(function(class.as_ptr(), args, nargsf, core::ptr::null_mut()))
    };
    Some(finish(m, oparg + 2, result))
}

/// A Python class: makes the instance and enters `__init__`. The instance waits on the stack; `__init__` returns into
/// `returns::finish_init`.
#[inline(always)]
pub(crate) fn alloc_and_enter_init(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let class = class_on_stack(m, oparg)?;
    if class.tp_version_tag() != m.cache32(1) || !class.is_heap() {
        return None;
    }
    let init = Value::owned(lookup(class, intern!("__init__"))?);
    let Some(func) = as_python(init) else {
        init.close();
        return None;
    };
    let fits = fits_exactly(code_of(func), oparg + 1);
    m.save();
    let instance = match memory::alloc(class, 0) {
        // SAFETY: a new reference.
        Ok(instance) => unsafe { Obj::from_raw(instance) },
        Err(raised) => {
            init.close();
            return Some(Err(raised));
        }
    };
    let base = m.slot(oparg + 2);
    // SAFETY: class and receiver slots lie below the arguments: the instance waits in the first and is passed in the second.
    unsafe {
        let class_value = *base;
        base.add(1).write(Value::owned(instance.clone()));
        base.write(Value::owned(instance));
        m.sp = base.add(1);
        let frame = if fits {
            push_exact(m.thread, init, base.add(1), oparg + 1)
        } else {
            push_general(m.thread, init, base.add(1), oparg + 1, None, None)
        };
        class_value.close();
        Some(frame.map(|frame| {
            (*frame).is_init = true;
            enter(m, frame, CACHES);
        }))
    }
}

/// Anything else that is not Python code.
#[inline(always)]
pub(crate) fn non_python(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let callable = m.peek(oparg + 2);
    if callable.is_int()
        || PyFunction::check_exact(callable.object())
        || PyMethod::check_exact(callable.object())
    {
        return None;
    }
    let base = m.slot(oparg + 2);
    m.save();
    // SAFETY: the slots hold the callee and its arguments.
    let result = unsafe {
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let (args, count) = (base.add(2 - with_receiver), oparg + with_receiver);
        crate::calls::native::call_values(m.frame, m.sp, callable.object(), args, count, None)
    };
    Some(finish(m, oparg + 2, result))
}
