//! `modsupport.h`: what Argument Clinic's code calls (`_PyArg_*`).

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::_PyArg_Parser;
use taipan_objects::prelude::*;

/// The names of a parser's parameters; those that are positional only are empty.
unsafe fn names_of(parser: *mut _PyArg_Parser) -> Vec<String> {
    let mut names = Vec::new();
    // SAFETY: the table ends with null.
    unsafe {
        let mut at = (*parser).keywords;
        while !at.is_null() && !(*at).is_null() {
            names.push(text(*at).into_owned());
            at = at.add(1);
        }
    }
    names
}

fn function(name: &Option<String>) -> String {
    name.as_ref().map_or_else(|| "function".to_string(), |name| format!("{name}()"))
}

/// How many arguments a call is short of, or has too many.
struct Limits {
    least: usize,
    most: usize,
    least_keyword_only: usize,
}

/// Everything a call passed, as pointers.
struct Given<'a> {
    args: &'a [Ref],
    named: Vec<(Py<PyStr>, Ref)>,
}

unsafe fn given<'a>(args: *const Ref, count: isize, kwargs: Ref, names: Ref) -> PyResult<Given<'a>> {
    // SAFETY: the caller passes live arguments, the named ones behind the positional.
    unsafe {
        let count = count.max(0) as usize;
        let positional = if count == 0 { &[][..] } else { core::slice::from_raw_parts(args, count) };
        let mut named = Vec::new();
        if let Some(names) = opt(names).and_then(|names| names.downcast::<PyTuple>()) {
            for (index, name) in names.as_slice().iter().enumerate() {
                let Some(name) = name.downcast::<PyStr>() else {
                    return Err(raised!(TypeError, "keywords must be strings"));
                };
                named.push((name.to_owned(), *args.add(count + index)));
            }
        } else if let Some(kwargs) = opt(kwargs).and_then(|kwargs| kwargs.downcast::<PyDict>()) {
            for (name, value) in kwargs.items_snapshot() {
                let Some(name) = name.downcast_owned::<PyStr>() else {
                    return Err(raised!(TypeError, "keywords must be strings"));
                };
                // The dictionary keeps the value.
                named.push((name, value.as_ptr()));
            }
        }
        Ok(Given { args: positional, named })
    }
}

fn check_names(given: &Given<'_>, names: &[String], first: usize, name: &Option<String>) -> PyResult<()> {
    for (keyword, _) in &given.named {
        match names.iter().position(|known| !known.is_empty() && keyword.eq_str(known)) {
            None => {
                return Err(match name {
                    Some(name) => {
                        raised!(TypeError, "{name}() got an unexpected keyword argument '{keyword}'")
                    }
                    None => {
                        raised!(TypeError, "this function got an unexpected keyword argument '{keyword}'")
                    }
                });
            }
            Some(index) if index < first => {
                return Err(raised!(
                    TypeError,
                    "argument for {} given by name ('{keyword}') and position ({})",
                    function(name),
                    index + 1
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Puts every argument in its place; null where there is none.
fn unpack(
    given: &Given<'_>,
    names: &[String],
    limits: &Limits,
    name: &Option<String>,
    out: &mut [Ref],
) -> PyResult<()> {
    let Limits { least, most, least_keyword_only } = *limits;
    let positional = given.args.len();
    let total = positional + given.named.len();
    if total > names.len() {
        let kind = if positional == 0 { "keyword " } else { "" };
        let plural = if names.len() == 1 { "" } else { "s" };
        return Err(raised!(
            TypeError,
            "{} takes at most {} {kind}argument{plural} ({total} given)",
            function(name),
            names.len()
        ));
    }
    if positional > most {
        if most == 0 {
            return Err(raised!(TypeError, "{} takes no positional arguments", function(name)));
        }
        let how = if least < most { "at most" } else { "exactly" };
        let plural = if most == 1 { "" } else { "s" };
        return Err(raised!(
            TypeError,
            "{} takes {how} {most} positional argument{plural} ({positional} given)",
            function(name)
        ));
    }
    let positional_only = names.iter().take_while(|name| name.is_empty()).count();
    if positional < least.min(positional_only) {
        let how = if least.min(positional_only) < most { "at least" } else { "exactly" };
        let bound = least.min(positional_only);
        let plural = if bound == 1 { "" } else { "s" };
        return Err(raised!(
            TypeError,
            "{} takes {how} {bound} positional argument{plural} ({positional} given)",
            function(name)
        ));
    }
    check_names(given, names, positional, name)?;
    out[..positional].copy_from_slice(given.args);
    for index in positional..names.len() {
        let found =
            given.named.iter().find(|(keyword, _)| !names[index].is_empty() && keyword.eq_str(&names[index]));
        let needed = index < least || (index >= most && index < most + least_keyword_only);
        match found {
            Some((_, value)) => out[index] = *value,
            None if needed => {
                return Err(raised!(
                    TypeError,
                    "{} missing required argument '{}' (pos {})",
                    function(name),
                    names[index],
                    index + 1
                ));
            }
            None => out[index] = null_mut(),
        }
    }
    Ok(())
}

c_api! {
    fn _PyArg_CheckPositional(name: *const c_char, given: isize, least: isize, most: isize) -> c_int {
        let wrong = |how: &str, bound: isize| {
            let plural = if bound == 1 { "" } else { "s" };
            let _: Raised = if name.is_null() {
                raised!(TypeError, "unpacked tuple should have {how}{bound} element{plural}, but has {given}")
            } else {
                raised!(TypeError, "{} expected {how}{bound} argument{plural}, got {given}", text(name))
            };
            0
        };
        if given < least {
            return wrong(if least == most { "" } else { "at least " }, least);
        }
        if given > most {
            return wrong(if least == most { "" } else { "at most " }, most);
        }
        1
    }
    fn _PyArg_BadArgument(function: *const c_char, place: *const c_char, expected: *const c_char, arg: Ref) {
        let found = if at(arg).is_none() { "None" } else { at(arg).class().name() };
        let _: Raised = raised!(TypeError, "{}() {} must be {}, not {found}", text(function), text(place), text(expected));
    }
    fn _PyArg_NoKeywords(function: *const c_char, kwargs: Ref) -> c_int {
        if opt(kwargs).and_then(|kwargs| kwargs.downcast::<PyDict>()).is_none_or(PyDict::is_empty) {
            return 1;
        }
        let _: Raised = raised!(TypeError, "{}() takes no keyword arguments", text(function));
        0
    }
    fn _PyArg_NoPositional(function: *const c_char, args: Ref) -> c_int {
        if opt(args).and_then(|args| args.downcast::<PyTuple>()).is_none_or(PyTuple::is_empty) {
            return 1;
        }
        let _: Raised = raised!(TypeError, "{}() takes no positional arguments", text(function));
        0
    }
    fn _PyArg_UnpackKeywords(args: *const Ref, count: isize, kwargs: Ref, kwnames: Ref, parser: *mut _PyArg_Parser, least: c_int, most: c_int, least_keyword_only: c_int, varpos: c_int, buffer: *mut Ref) -> *const Ref {
        let names = names_of(parser);
        let name = (!(*parser).fname.is_null()).then(|| text((*parser).fname).into_owned());
        // Arguments beyond the positional parameters go to `*args`, which the caller collects itself.
        let count = if varpos != 0 { count.min(most as isize) } else { count };
        let limits = Limits {
            least: least.max(0) as usize,
            most: most.max(0) as usize,
            least_keyword_only: least_keyword_only.max(0) as usize,
        };
        let out = core::slice::from_raw_parts_mut(buffer, names.len().max(1));
        match given(args, count, kwargs, kwnames).and_then(|given| unpack(&given, &names, &limits, &name, out)) {
            Ok(()) => buffer,
            Err(_) => core::ptr::null(),
        }
    }
}
