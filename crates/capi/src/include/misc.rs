//! Smaller headers: `complexobject.h`, `structseq.h`, `pytime.h`, and what others left out.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_interpreter::frames::PyFrame;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::complex::PyComplex;

fn number(value: c_int) -> Obj {
    PyInt::from_i64(i64::from(value)).into_obj()
}

/// A code object of `code`'s own arguments.
fn code_of(args: &[&PyObject]) -> Ref {
    new_ref(call::call(PyCode::type_object(), args))
}

/// A new object of a structure sequence, its items missing.
unsafe fn unfilled_sequence(class: *mut PyTypeObject) -> PyResult {
    // SAFETY: the caller passes a structure sequence type.
    unsafe {
        let class = class_at(class);
        let count = |name: &'static PyStr| -> PyResult<usize> {
            let value = object::get_attr(class, name)?;
            Ok(number::as_isize(&value, None)?.max(0) as usize)
        };
        let (all, visible) = (count(intern!("n_fields"))?, count(intern!("n_sequence_fields"))?);
        let object = taipan_objects::memory::alloc(class, all)?;
        (*object.cast::<PyVarObject>()).ob_size.set(visible as isize);
        Ok(Obj::from_raw(object))
    }
}

unsafe fn sequence_item(object: Ref, index: isize) -> *mut Ref {
    const ITEMS: isize = 32;
    // SAFETY: the caller passes a structure sequence and the index of one of its fields.
    unsafe { object.byte_offset(ITEMS + index * 8).cast() }
}

unsafe fn complex_of(object: Ref) -> PyResult<Py_complex> {
    // SAFETY: the caller passes a live object.
    let object = unsafe { at(object) };
    let parts = |number: &PyComplex| {
        let (real, imag) = number.parts();
        Py_complex { real, imag }
    };
    if let Some(number) = object.downcast::<PyComplex>() {
        return Ok(parts(number));
    }
    if taipan_objects::types::r#type::lookup(object.class(), intern!("__complex__")).is_some() {
        let converted = call::call(PyComplex::type_object(), &[object])?;
        if let Some(number) = converted.downcast::<PyComplex>() {
            return Ok(parts(number));
        }
    }
    Ok(Py_complex { real: number::as_f64(object)?, imag: 0.0 })
}

unsafe fn module_of_code(
    name: &PyStr,
    code: Ref,
    path: Option<&PyObject>,
    cached: Option<&PyObject>,
) -> PyResult {
    use taipan_runtime::imports;
    // SAFETY: the caller passes a live object or null.
    let code = unsafe { typed::<PyCode>(code) }?;
    let modules = imports::modules()?;
    let module = match imports::loaded(name)? {
        Some(module) => module,
        None => {
            let module = PyModule::with_name(name).into_obj();
            object::set_item(&modules, name, Some(&module))?;
            module
        }
    };
    let Some(dict) = module.downcast::<PyModule>().map(PyModule::dict) else {
        return Err(raised!(TypeError, "{} is not a module", object::repr(&module)?));
    };
    dict.set_default(intern!("__builtins__"), &*imports::import_module(intern!("builtins"))?)?;
    let path = path.map_or_else(|| code.filename().as_object().owned(), ObjectExt::owned);
    dict.set_item(intern!("__file__"), &path)?;
    dict.set_item(intern!("__cached__"), &cached.map_or_else(none, ObjectExt::owned))?;
    if let Err(raised) = taipan_interpreter::eval_code(code, &dict, None) {
        let error = errors::take(raised);
        let removed = object::set_item(&modules, name, None);
        swallow(removed);
        return Err(errors::restore(error));
    }
    match imports::loaded(name)? {
        Some(module) => Ok(module),
        None => Err(raised!(ImportError, "Loaded module {} not found in sys.modules", object::repr(name)?)),
    }
}

c_api! {
    fn PyComplex_AsCComplex(object: Ref) -> Py_complex { complex_of(object).unwrap_or(Py_complex { real: -1.0, imag: 0.0 }) }
    fn PyCode_NewEmpty(filename: *const c_char, name: *const c_char, line: c_int) -> *mut PyCodeObject {
        use taipan_bytecode::Opcode;
        // Raises `AssertionError` where it is run.
        let byte = |opcode: Opcode| opcode.byte().unwrap_or_default();
        let code = PyBytes::new(&[byte(Opcode::LOAD_COMMON_CONSTANT), 0, byte(Opcode::RAISE_VARARGS), 1]);
        // One entry without columns, for both instructions.
        let lines = PyBytes::new(&[0x80 | 13 << 3 | 1, 0]);
        let (filename, name) = (PyStr::decode_fs(CStr::from_ptr(filename).to_bytes()), string(name));
        let (nothing, empty, zero) = (PyBytes::new(b""), PyTuple::empty(), number(0));
        code_of(&[
            &zero, &zero, &zero, &zero, &number(1), &zero, &code, &empty, &empty, &empty, &filename, &name, &name,
            &number(line), &lines, &nothing, &empty, &empty,
        ])
        .cast()
    }
    fn PyUnstable_Code_NewWithPosOnlyArgs(args: c_int, positional_only: c_int, keyword_only: c_int, locals: c_int, stack: c_int, flags: c_int, code: Ref, consts: Ref, names: Ref, varnames: Ref, freevars: Ref, cellvars: Ref, filename: Ref, name: Ref, qualname: Ref, line: c_int, lines: Ref, exceptions: Ref) -> *mut PyCodeObject {
        code_of(&[
            &number(args), &number(positional_only), &number(keyword_only), &number(locals), &number(stack), &number(flags),
            at(code), at(consts), at(names), at(varnames), at(filename), at(name), at(qualname), &number(line), at(lines),
            at(exceptions), at(freevars), at(cellvars),
        ])
        .cast()
    }
    fn PyUnstable_Code_New(args: c_int, keyword_only: c_int, locals: c_int, stack: c_int, flags: c_int, code: Ref, consts: Ref, names: Ref, varnames: Ref, freevars: Ref, cellvars: Ref, filename: Ref, name: Ref, qualname: Ref, line: c_int, lines: Ref, exceptions: Ref) -> *mut PyCodeObject {
        PyUnstable_Code_NewWithPosOnlyArgs(args, 0, keyword_only, locals, stack, flags, code, consts, names, varnames, freevars, cellvars, filename, name, qualname, line, lines, exceptions)
    }
    fn PyFrame_New(_state: *mut PyThreadState, code: *mut PyCodeObject, globals: Ref, _locals: Ref) -> *mut PyFrameObject {
        let frame = typed::<PyCode>(code.cast()).and_then(|code| PyFrame::detached(code, typed::<PyDict>(globals)?));
        new_ref(frame).cast()
    }
    fn PyGC_Enable() -> c_int { c_int::from(thread::current().interpreter().gc.enabled.replace(true)) }
    fn PyGC_Disable() -> c_int { c_int::from(thread::current().interpreter().gc.enabled.replace(false)) }
    fn PyGC_IsEnabled() -> c_int { c_int::from(thread::current().interpreter().gc.enabled.get()) }
    fn PyUnstable_GC_VisitObjects(visit: unsafe extern "C" fn(Ref, *mut c_void) -> c_int, arg: *mut c_void) {
        for object in thread::current().interpreter().gc.objects(None) {
            if visit(object.as_ptr(), arg) == 0 {
                return;
            }
        }
    }
    // Counts are not deferred where one thread at a time runs.
    fn PyUnstable_Object_EnableDeferredRefcount(_object: Ref) -> c_int { 0 }
    fn _Py_SetImmortal(object: Ref) { (*object).make_immortal() }
    fn PyDict_PopString(dict: Ref, key: *const c_char, out: *mut Ref) -> c_int {
        crate::include::dictobject::PyDict_Pop(dict, string(key).as_ptr(), out)
    }
    fn PyFrame_GetVarString(frame: *mut PyFrameObject, name: *const c_char) -> Ref {
        crate::include::pyframe::PyFrame_GetVar(frame, string(name).as_ptr())
    }
    fn PyStructSequence_New(class: *mut PyTypeObject) -> Ref { new_ref(unfilled_sequence(class)) }
    fn PyStructSequence_SetItem(object: Ref, index: isize, value: Ref) {
        let before = core::mem::replace(&mut *sequence_item(object, index), value);
        if !before.is_null() {
            drop(Obj::from_raw(before));
        }
    }
    fn PyStructSequence_GetItem(object: Ref, index: isize) -> Ref { *sequence_item(object, index) }
    fn PyTime_Monotonic(out: *mut i64) -> c_int { PyTime_MonotonicRaw(out) }
    fn PyTime_MonotonicRaw(out: *mut i64) -> c_int {
        *out = taipan_host::clocks::monotonic();
        0
    }
    fn PyTime_PerfCounter(out: *mut i64) -> c_int { PyTime_MonotonicRaw(out) }
    fn PyTime_PerfCounterRaw(out: *mut i64) -> c_int { PyTime_MonotonicRaw(out) }
    fn PyTime_Time(out: *mut i64) -> c_int { PyTime_TimeRaw(out) }
    fn PyTime_TimeRaw(out: *mut i64) -> c_int {
        *out = taipan_host::clocks::time();
        0
    }
    fn PyTime_AsSecondsDouble(time: i64) -> c_double {
        const SECOND: i64 = 1_000_000_000;
        // Whole seconds are exact.
        if time % SECOND == 0 { (time / SECOND) as f64 } else { time as f64 / 1e9 }
    }
    fn PyImport_ImportModuleAttr(module: Ref, name: Ref) -> Ref {
        new_ref(typed::<PyStr>(module).and_then(taipan_runtime::imports::import_module).and_then(|module| object::get_attr(&module, typed::<PyStr>(name)?)))
    }
    fn PyImport_ImportModuleAttrString(module: *const c_char, name: *const c_char) -> Ref {
        new_ref(taipan_runtime::imports::import_module(&string(module)).and_then(|module| object::get_attr(&module, &string(name))))
    }
    fn PyImport_ExecCodeModule(name: *const c_char, code: Ref) -> Ref { new_ref(module_of_code(&string(name), code, None, None)) }
    fn PyImport_ExecCodeModuleEx(name: *const c_char, code: Ref, path: *const c_char) -> Ref {
        PyImport_ExecCodeModuleWithPathnames(name, code, path, core::ptr::null())
    }
    fn PyImport_ExecCodeModuleWithPathnames(name: *const c_char, code: Ref, path: *const c_char, cached: *const c_char) -> Ref {
        let decode = |text: *const c_char| (!text.is_null()).then(|| PyStr::decode_fs(CStr::from_ptr(text).to_bytes()).into_obj());
        let (path, cached) = (decode(path), decode(cached));
        new_ref(module_of_code(&string(name), code, path.as_deref(), cached.as_deref()))
    }
    fn PyImport_ExecCodeModuleObject(name: Ref, code: Ref, path: Ref, cached: Ref) -> Ref {
        new_ref(typed::<PyStr>(name).and_then(|name| module_of_code(name, code, opt(path), opt(cached))))
    }
    fn PyImport_ImportFrozenModule(name: *const c_char) -> c_int { PyImport_ImportFrozenModuleObject(string(name).as_ptr()) }
    fn PyImport_ImportFrozenModuleObject(name: Ref) -> c_int {
        let Ok(name) = typed::<PyStr>(name) else { return -1 };
        let name = name.to_string_lossy();
        if taipan_runtime::imports::frozen::find(&name).is_none() {
            return 0;
        }
        if taipan_runtime::imports::frozen::import(&name).is_ok() { 1 } else { -1 }
    }
    fn PyImport_GetMagicNumber() -> c_long {
        let magic = taipan_runtime::imports::import_module(intern!("_imp")).and_then(|imp| object::get_attr(&imp, intern!("pyc_magic_number_token")));
        magic.and_then(|magic| number::as_isize(&magic, None)).map_or(-1, |magic| magic as c_long)
    }
    fn PyImport_GetMagicTag() -> *const c_char { c"cpython-314".as_ptr() }
    fn Py_GetRecursionLimit() -> c_int { thread::current().interpreter().recursion_limit.get() as c_int }
    fn Py_SetRecursionLimit(limit: c_int) { thread::current().interpreter().recursion_limit.set(limit.max(1) as _) }
    fn Py_PACK_FULL_VERSION(major: c_int, minor: c_int, micro: c_int, level: c_int, serial: c_int) -> u32 {
        let part = |value: c_int, bits: u32, mask: u32| (value as u32 & mask) << bits;
        part(major, 24, 0xff) | part(minor, 16, 0xff) | part(micro, 8, 0xff) | part(level, 4, 0xf) | part(serial, 0, 0xf)
    }
    fn Py_PACK_VERSION(major: c_int, minor: c_int) -> u32 { Py_PACK_FULL_VERSION(major, minor, 0, 0, 0) }
    fn _PyNamespace_New(fields: Ref) -> Ref {
        new_ref(taipan_runtime::imports::import_module(intern!("types")).and_then(|types| {
            let made = call::call(&*object::get_attr(&types, intern!("SimpleNamespace"))?, &[])?;
            if let Some(fields) = opt(fields) {
                let dict = object::get_attr(&made, intern!("__dict__"))?;
                call::method(&dict, intern!("update"), &[fields])?;
            }
            Ok(made)
        }))
    }
    fn _PySet_Update(set: Ref, items: Ref) -> c_int { status(call::method(at(set), intern!("update"), &[at(items)]).map(drop)) }
    fn _PyObject_GetAttrId(object: Ref, name: *mut _Py_Identifier) -> Ref {
        new_ref(object::get_attr(at(object), &PyStr::intern(string((*name).string))))
    }
    fn _PyUnicode_FromId(name: *mut _Py_Identifier) -> Ref {
        // Borrowed: interned for good, as the identifier is static.
        let name = PyStr::intern(string((*name).string)).into_obj();
        (*name.as_ptr()).make_immortal();
        name.as_ptr()
    }
    fn _PyEval_SliceIndex(object: Ref, out: *mut isize) -> c_int {
        match opt(object).filter(|object| !object.is_none()) {
            None => 1,
            Some(object) if number::is_index(object) => match number::as_isize(object, None) {
                Ok(index) => {
                    *out = index;
                    1
                }
                Err(_) => 0,
            },
            Some(_) => {
                let _: Raised = raised!(TypeError, "slice indices must be integers or None or have an __index__ method");
                0
            }
        }
    }
    fn PySlice_GetIndices(slice: Ref, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize) -> c_int {
        let item = |name: &'static PyStr| object::get_attr(at(slice), name);
        let place = |value: Obj, default: isize| -> PyResult<isize> {
            if value.is_none() {
                return Ok(default);
            }
            match value.downcast::<PyInt>() {
                Some(_) => {
                    let value = number::as_isize(&value, None)?;
                    Ok(if value < 0 { value + length } else { value })
                }
                None => Err(raised!(TypeError, "slice indices must be integers")),
            }
        };
        let unpacked = (|| {
            let by = match item(intern!("step"))? {
                step if step.is_none() => 1,
                step => number::as_isize(&step, None)?,
            };
            let from = place(item(intern!("start"))?, if by < 0 { length - 1 } else { 0 })?;
            let to = place(item(intern!("stop"))?, if by < 0 { -1 } else { length })?;
            Ok::<_, Raised>((from, to, by))
        })();
        match unpacked {
            Ok((from, to, by)) => {
                (*start, *stop, *step) = (from, to, by);
                if to > length || from >= length || by == 0 { -1 } else { 0 }
            }
            Err(_) => -1,
        }
    }
    fn Py_GetBuildInfo() -> *const c_char {
        static TEXT: std::sync::OnceLock<std::ffi::CString> = std::sync::OnceLock::new();
        // What stands in parentheses in `sys.version`.
        TEXT.get_or_init(|| {
            let version = taipan_runtime::sys::version();
            let info = version.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(info, _)| info);
            std::ffi::CString::new(info).unwrap_or_default()
        })
        .as_ptr()
    }
    fn _Py_GetBuiltWithAssert() -> c_int { 0 }
    fn _Py_NewReference(object: Ref) {
        (*object).ob_refcnt.set(1);
        memory::tracer::recycled(object);
    }
    fn _PyNumber_Index(object: Ref) -> Ref { new_ref(number::index(at(object))) }
    fn _PyTuple_FromArray(items: *const Ref, count: isize) -> Ref { crate::include::tupleobject::PyTuple_FromArray(items, count) }
    fn PyEval_GetLocals() -> Ref { lent(taipan_interpreter::frames::current_locals_kept().map(Some)) }
    fn PySys_GetXOptions() -> Ref { lent(taipan_runtime::sys::get(intern!("_xoptions"))) }
    fn Py_GetCompiler() -> *const c_char { c"[rustc]".as_ptr() }
    fn Py_GetCopyright() -> *const c_char {
        static TEXT: std::sync::OnceLock<std::ffi::CString> = std::sync::OnceLock::new();
        TEXT.get_or_init(|| {
            let text = swallow(taipan_runtime::sys::get(intern!("copyright"))).flatten();
            let text = text.and_then(|text| text.downcast::<PyStr>().map(|text| text.to_string_lossy().into_owned()));
            std::ffi::CString::new(text.unwrap_or_default()).unwrap_or_default()
        })
        .as_ptr()
    }
}

/// An empty byte array's bytes.
#[unsafe(no_mangle)]
pub static _PyByteArray_empty_string: [u8; 1] = [0];
