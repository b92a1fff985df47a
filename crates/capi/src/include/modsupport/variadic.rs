//! The entry points behind the variadic functions.

#![expect(unsafe_code, reason = "functions that C calls")]

use super::build::{value, values};
use super::format::formatted;
use super::parse::{self, Format};
use crate::glue::*;
use crate::va::VaList;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// The arguments of a call by format: one tuple stands for its items.
unsafe fn call_arguments(format: *const c_char, va: &mut VaList) -> PyResult<Vec<Obj>> {
    if format.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the caller passed what the format asks for.
    let items = unsafe { values(format, va) }?;
    if let [only] = &items[..]
        && let Some(tuple) = only.downcast::<PyTuple>()
    {
        return Ok(tuple.as_slice().iter().map(|item| item.owned()).collect());
    }
    Ok(items)
}

fn borrowed(items: &[Obj]) -> Vec<&PyObject> {
    items.iter().map(|item| &**item).collect()
}

/// Parses, and gives C's status: 1 where all went well.
fn parsed(result: PyResult<()>) -> c_int {
    c_int::from(result.is_ok())
}

c_api! {
    fn PyErr_FormatV(class: Ref, format: *const c_char, va: *mut VaList) -> Ref {
        // What was set before does not disturb the conversions.
        drop(errors::take_opt());
        if let Ok(message) = formatted(format, &mut *va) {
            crate::include::pyerrors::PyErr_SetObject(class, PyStr::from_builder(message).as_ptr());
        }
        null_mut()
    }
    fn taipan_format_from_cause(class: Ref, format: *const c_char, va: *mut VaList) -> Ref {
        let cause = errors::take_opt();
        PyErr_FormatV(class, format, va);
        if let (Some(cause), Some(error)) = (cause, errors::current_exception()) {
            error.context.set(Some(cause.clone().into_obj()));
            error.set_cause(Some(cause.into_obj()));
        }
        null_mut()
    }
    fn PyUnicode_FromFormatV(format: *const c_char, va: *mut VaList) -> Ref {
        new_ref(formatted(format, &mut *va).map(PyStr::from_builder))
    }
    fn PyBytes_FromFormatV(format: *const c_char, va: *mut VaList) -> Ref {
        new_ref(formatted(format, &mut *va).and_then(|text| taipan_objects::codecs::builtin::latin1_encode(&PyStr::from_builder(text), None)))
    }
    fn Py_VaBuildValue(format: *const c_char, va: *mut VaList) -> Ref { new_ref(value(format, &mut *va)) }
    fn PyArg_VaParse(args: Ref, format: *const c_char, va: *mut VaList) -> c_int {
        parsed(match opt(args).and_then(|args| args.downcast::<PyTuple>()) {
            Some(args) => parse::tuple(args, Format::new(format), &mut *va),
            None => Err(raised!(SystemError, "new style getargs format but argument is not a tuple")),
        })
    }
    fn PyArg_VaParseTupleAndKeywords(args: Ref, kwargs: Ref, format: *const c_char, names: *const *const c_char, va: *mut VaList) -> c_int {
        parsed(typed::<PyTuple>(args).and_then(|args| {
            let kwargs = opt(kwargs).and_then(|kwargs| kwargs.downcast::<PyDict>());
            parse::keywords(args, kwargs, Format::new(format), names, &mut *va)
        }))
    }
    fn taipan_parse_stack(args: *const Ref, count: isize, format: *const c_char, va: *mut VaList) -> c_int {
        let args = PyTuple::from_slice(slice(args, count.max(0) as usize));
        parsed(parse::tuple(&args, Format::new(format), &mut *va))
    }
    fn taipan_arg_parse(arg: Ref, format: *const c_char, va: *mut VaList) -> c_int {
        parsed(parse::single(at(arg), Format::new(format), &mut *va))
    }
    fn taipan_unpack_tuple(args: Ref, name: *const c_char, least: isize, most: isize, va: *mut VaList) -> c_int {
        let Ok(args) = typed::<PyTuple>(args) else { return 0 };
        let given = args.len() as isize;
        if given < least || given > most {
            let bound = if given < least { least } else { most };
            let how = if least == most { "" } else if given < least { "at least " } else { "at most " };
            let plural = if bound == 1 { "" } else { "s" };
            let _: Raised = if name.is_null() {
                raised!(TypeError, "unpacked tuple should have {how}{bound} element{plural}, but has {given}")
            } else {
                raised!(TypeError, "{} expected {how}{bound} argument{plural}, got {given}", text(name))
            };
            return 0;
        }
        for item in args.as_slice() {
            (*va).pointer::<Ref>().write(item.as_ptr());
        }
        1
    }
    fn taipan_tuple_pack(count: isize, va: *mut VaList) -> Ref {
        let items = (0..count).map(|_| Obj::from_borrowed((*va).pointer())).collect();
        new_ref(PyTuple::from_vec(items))
    }
    fn taipan_call_function(callable: Ref, format: *const c_char, va: *mut VaList) -> Ref {
        if callable.is_null() {
            return new_ref(Err::<Obj, _>(raised!(SystemError, "null argument to internal routine")));
        }
        new_ref(call_arguments(format, &mut *va).and_then(|args| call::call(at(callable), &borrowed(&args))))
    }
    fn taipan_call_method(object: Ref, name: *const c_char, format: *const c_char, va: *mut VaList) -> Ref {
        if object.is_null() {
            return new_ref(Err::<Obj, _>(raised!(SystemError, "null argument to internal routine")));
        }
        new_ref(call_arguments(format, &mut *va).and_then(|args| call::method(at(object), &string(name), &borrowed(&args))))
    }
    fn taipan_call_objects(object: Ref, name: Ref, va: *mut VaList) -> Ref {
        let mut args = Vec::new();
        loop {
            let arg = (*va).pointer::<PyObject>();
            if arg.is_null() {
                break;
            }
            args.push(at(arg));
        }
        match opt(name) {
            None => new_ref(call::call(at(object), &args)),
            Some(name) => new_ref(typed::<PyStr>(name.as_ptr()).and_then(|name| call::method(at(object), name, &args))),
        }
    }
    fn taipan_warn_format(category: Ref, level: isize, format: *const c_char, va: *mut VaList) -> c_int {
        status(formatted(format, &mut *va).and_then(|message| {
            let category = opt(category).unwrap_or(Exc::RuntimeWarning.type_object());
            errors::warn_object(category, level, &PyStr::from_builder(message), None)
        }))
    }
    fn taipan_warn_resource(source: Ref, level: isize, format: *const c_char, va: *mut VaList) -> c_int {
        status(formatted(format, &mut *va).and_then(|message| {
            let category = Exc::ResourceWarning.type_object();
            errors::warn_object(category, level, &PyStr::from_builder(message), opt(source))
        }))
    }
    fn taipan_unraisable_format(format: *const c_char, va: *mut VaList) {
        let Some(error) = errors::take_opt() else { return };
        let message = if format.is_null() { None } else { swallow(formatted(format, &mut *va)) };
        let message = message.map(|message| PyStr::from_builder(message).to_string_lossy().into_owned());
        errors::write_unraisable(errors::restore(error), message.as_deref(), None);
    }
    fn taipan_writer_format(writer: *mut c_void, format: *const c_char, va: *mut VaList) -> c_int {
        match formatted(format, &mut *va) {
            Ok(text) => crate::include::unicodewriter::PyUnicodeWriter_WriteStr(writer, PyStr::from_builder(text).as_ptr()),
            Err(_) => -1,
        }
    }
    fn taipan_sys_write(descriptor: c_int, bytes: *const c_char, length: usize) {
        let bytes = core::slice::from_raw_parts(bytes.cast::<u8>(), length);
        let name = if descriptor == 1 { intern!("stdout") } else { intern!("stderr") };
        let text = PyStr::new(&String::from_utf8_lossy(bytes));
        let written = match taipan_runtime::sys::get(name) {
            Ok(Some(file)) => call::method(&file, intern!("write"), &[&text]).map(drop),
            Ok(None) => Ok(()),
            Err(raised) => Err(raised),
        };
        swallow(written);
    }
    fn PyArg_ValidateKeywordArguments(kwargs: Ref) -> c_int {
        let Ok(kwargs) = typed::<PyDict>(kwargs) else { return 0 };
        let all = kwargs.items_snapshot().iter().all(|(key, _)| key.downcast::<PyStr>().is_some());
        if !all {
            let _: Raised = raised!(TypeError, "keywords must be strings");
        }
        c_int::from(all)
    }
}
