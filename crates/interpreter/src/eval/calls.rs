//! `CALL` and its kin in their general form. Calls of Python functions push a frame and go on in the same loop.

#![expect(unsafe_code, reason = "moves arguments between stacks")]

use super::machine::Machine;
use crate::calls::frames::{code_of, fits_exactly, push_exact, push_general};
use crate::calls::native::call_values;
use crate::frames::{Frame, set_current};
use crate::upcalls::function_vectorcall;
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::method::PyMethod;

/// The callee as a Python function that the loop may enter.
#[inline(always)]
pub(crate) fn as_python(callable: Value) -> Option<&'static PyFunction> {
    if callable.is_int() {
        return None;
    }
    let func = callable.object::<'static>().downcast_exact::<PyFunction>()?;
    let ours = func.vectorcall.get().is_some_and(|f| core::ptr::fn_addr_eq(f, FUNCTION_VECTORCALL));
    ours.then_some(func)
}

const FUNCTION_VECTORCALL: taipan_abi::vectorcallfunc = function_vectorcall;

/// Goes on in a new frame. The caller's frame returns behind `caches` code units.
#[inline(always)]
pub(crate) fn enter(m: &mut Machine, frame: *mut Frame, caches: usize) {
    // SAFETY: both frames are alive.
    unsafe {
        let caller = &mut *m.frame;
        caller.sp = m.sp;
        caller.return_offset = caches as u16;
        (*frame).previous = m.frame;
        m.frame = frame;
        m.pc = (*frame).instr;
        m.sp = (*frame).sp;
        set_current(m.thread, frame);
    }
}

/// Takes a bound method apart: function and receiver take the places of method and nothing.
#[inline(always)]
pub(crate) fn unpack_method(m: &Machine, base: *mut Value) {
    // SAFETY: the callee's two slots; the method keeps both objects until it is closed.
    unsafe {
        if !(*base.add(1)).is_null() || (*base).is_int() {
            return;
        }
        let callable = *base;
        if let Some(method) = callable.object().downcast_exact::<PyMethod>() {
            base.add(1).write(Value::new_ref(&method.receiver));
            base.write(Value::new_ref(&method.function));
            m.close(callable);
        }
    }
}

/// `callable(*args)`: callable, receiver or nothing, and `oparg` arguments are on the stack.
#[inline(always)]
pub(crate) fn call(m: &mut Machine, oparg: usize) -> PyResult<()> {
    const CACHES: usize = 3;
    let base = m.slot(oparg + 2);
    unpack_method(m, base);
    // SAFETY: the slots hold the callee and its arguments; who consumes them takes them off the stack.
    unsafe {
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let (args, count) = (base.add(2 - with_receiver), oparg + with_receiver);
        let callable = *base;
        m.save_instr();
        if let Some(func) = as_python(callable) {
            m.sp = base;
            let frame = if fits_exactly(code_of(func), count) {
                push_exact(m.thread, callable, args, count)?
            } else {
                push_general(m.thread, callable, args, count, None, None)?
            };
            enter(m, frame, CACHES);
            return Ok(());
        }
        m.save();
        let callable = m.obj(oparg + 2);
        let result = call_values(m.frame, m.sp, callable, args, count, None)?;
        m.replace_obj(oparg + 2, result);
    }
    m.skip(CACHES);
    super::jumps::check_breaker(m)
}

/// `callable(*args, name=value, …)`: the names are on top.
#[inline(always)]
pub(crate) fn call_kw(m: &mut Machine, oparg: usize) -> PyResult<()> {
    const CACHES: usize = 3;
    let base = m.slot(oparg + 3);
    unpack_method(m, base);
    // SAFETY: as in `call`; the compiler pushes a tuple of names.
    unsafe {
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let (args, count) = (base.add(2 - with_receiver), oparg + with_receiver);
        let names_value = m.peek(1);
        let names: &PyTuple = names_value.cast();
        let callable = *base;
        m.save_instr();
        if as_python(callable).is_some() {
            m.sp = base;
            let positional = count - names.len();
            let frame = push_general(m.thread, callable, args, positional, Some(names), None);
            names_value.close();
            enter(m, frame?, CACHES);
            return Ok(());
        }
        m.save();
        let callable = m.obj(oparg + 3);
        let result = call_values(m.frame, m.sp, callable, args, count, Some(names))?;
        m.replace_obj(oparg + 3, result);
    }
    m.skip(CACHES);
    super::jumps::check_breaker(m)
}

/// `callable(*args, **kwargs)`: callable, nothing, a tuple or iterable, a dictionary or nothing.
#[inline(always)]
pub(crate) fn call_function_ex(m: &mut Machine) -> PyResult<()> {
    m.save();
    let called = m.outline(function_ex)?;
    match called {
        Called::Entered(frame) => enter(m, frame, 0),
        Called::Returned(result) => {
            m.replace_obj(4, result);
            return super::jumps::check_breaker(m);
        }
    }
    Ok(())
}

enum Called {
    Entered(*mut Frame),
    Returned(Obj),
}

#[inline(never)]
fn function_ex(m: &mut Machine) -> PyResult<Called> {
    let callable = m.obj(4);
    let args = m.obj(2);
    let tuple = match args.downcast_exact::<PyTuple>() {
        Some(tuple) => tuple.to_owned(),
        None => {
            if args.class().tp_iter().is_none() && !sequence::is_sequence(args) {
                let name = call::function_str(callable)?;
                return Err(raised!(
                    TypeError,
                    "{name} argument after * must be an iterable, not {}",
                    args.class().name()
                ));
            }
            sequence::to_tuple(args)?
        }
    };
    let kwargs = m.peek(1);
    let kwargs = if kwargs.is_null() { None } else { m.obj(1).downcast::<PyDict>() };
    if as_python(m.peek(4)).is_none() {
        return call::call_tuple(callable, &tuple, kwargs).map(Called::Returned);
    }
    let mut values = Vec::with_capacity(tuple.len() + kwargs.map_or(0, PyDict::len));
    values.extend(tuple.as_slice().iter().map(|item| Value::new_ref(item)));
    let mut names = None;
    if let Some(kwargs) = kwargs.filter(|kwargs| !kwargs.is_empty()) {
        let mut keys = Vec::with_capacity(kwargs.len());
        let mut at = 0;
        while let Some((next, key, value)) = kwargs.next(at) {
            at = next;
            keys.push(key);
            values.push(Value::owned(value));
        }
        names = Some(PyTuple::from_vec(keys));
    }
    let function = Value::new_ref(callable);
    // SAFETY: the vector holds a value for each argument.
    let frame =
        unsafe { push_general(m.thread, function, values.as_ptr(), tuple.len(), names.as_deref(), None)? };
    m.pop_close(4);
    Ok(Called::Entered(frame))
}
