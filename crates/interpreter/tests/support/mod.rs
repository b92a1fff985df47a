//! An interpreter for tests of this crate: the built-in types, a handful of built-in functions, no modules.

#![allow(unsafe_code, dead_code, reason = "functions of the table of upcalls")]

use std::ffi::{c_char, c_int};
use taipan_ast::Arena;
use taipan_ast::errors::IgnoreWarnings;
use taipan_compiler::{CompileOptions, compile};
use taipan_objects::errors;
use taipan_objects::model::thread::{InterpreterState, ThreadState, current, swap_current};
use taipan_objects::model::upcalls;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::traceback::PyTraceback;
use taipan_parser::{Mode, ParseOptions, parse};

thread_local! {
    static OUTPUT: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

fn emit(line: &str) {
    OUTPUT.with_borrow_mut(|output| {
        output.push_str(line);
        output.push('\n');
    });
}

/// What was printed since the last call.
pub fn take_output() -> String {
    OUTPUT.take()
}

#[pymodule(name = "builtins")]
pub mod builtins {
    use taipan_interpreter::frames;
    use taipan_objects::prelude::*;
    use taipan_objects::types::method::PyMethod;

    #[pyfunction(signature = "(*args)")]
    pub fn print(args: &[&PyObject]) -> PyResult<()> {
        let mut line = Vec::new();
        for arg in args {
            line.push(object::str(arg)?.to_string());
        }
        super::emit(&line.join(" "));
        Ok(())
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn len(obj: &PyObject) -> PyResult<usize> {
        object::len(obj)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn id(obj: &PyObject) -> PyResult<usize> {
        Ok(obj.as_ptr() as usize)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn hash(obj: &PyObject) -> PyResult<isize> {
        object::hash(obj)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn repr(obj: &PyObject) -> PyResult<Py<PyStr>> {
        object::repr(obj)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn abs(obj: &PyObject) -> PyResult {
        number::absolute(obj)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn iter(obj: &PyObject) -> PyResult {
        taipan_objects::protocols::iter::iter(obj)
    }

    #[pyfunction(signature = "(obj, default=None, /)")]
    pub fn next(obj: &PyObject, default: taipan_objects::model::args::OptArg<&PyObject>) -> PyResult {
        match (taipan_objects::protocols::iter::next(obj)?, default.given()) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.owned()),
            (None, None) => Err(raised!(StopIteration)),
        }
    }

    #[pyfunction(signature = "(obj, class_or_tuple, /)")]
    pub fn isinstance(obj: &PyObject, class_or_tuple: &PyObject) -> PyResult<bool> {
        object::is_instance(obj, class_or_tuple)
    }

    #[pyfunction(signature = "(obj, class_or_tuple, /)")]
    pub fn issubclass(obj: &PyObject, class_or_tuple: &PyObject) -> PyResult<bool> {
        object::is_subclass(obj, class_or_tuple)
    }

    #[pyfunction(signature = "(obj, name, /)")]
    pub fn hasattr(obj: &PyObject, name: &PyStr) -> PyResult<bool> {
        object::has_attr(obj, name)
    }

    #[pyfunction(signature = "(obj, name, /)")]
    pub fn getattr(obj: &PyObject, name: &PyStr) -> PyResult {
        object::get_attr(obj, name)
    }

    #[pyfunction(signature = "(obj, name, value, /)")]
    pub fn setattr(obj: &PyObject, name: &PyStr, value: &PyObject) -> PyResult<()> {
        object::set_attr(obj, name, Some(value))
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn callable(obj: &PyObject) -> PyResult<bool> {
        Ok(object::is_callable(obj))
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn sum(obj: &PyObject) -> PyResult {
        let mut total = PyInt::from_i64(0).into_obj();
        taipan_objects::protocols::iter::for_each(obj, |item| {
            total = number::add(&total, &item)?;
            Ok(())
        })?;
        Ok(total)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn sorted(obj: &PyObject) -> PyResult {
        let list = sequence::to_list(obj)?;
        list.sort()?;
        Ok(list.into_obj())
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn all(obj: &PyObject) -> PyResult<bool> {
        let mut result = true;
        taipan_objects::protocols::iter::for_each(obj, |item| {
            result &= object::is_true(&item)?;
            Ok(())
        })?;
        Ok(result)
    }

    #[pyfunction(signature = "(obj, /)")]
    pub fn any(obj: &PyObject) -> PyResult<bool> {
        let mut result = false;
        taipan_objects::protocols::iter::for_each(obj, |item| {
            result |= object::is_true(&item)?;
            Ok(())
        })?;
        Ok(result)
    }

    #[pyfunction(signature = "()")]
    pub fn locals() -> PyResult {
        frames::current_locals()
    }

    #[pyfunction(signature = "()")]
    pub fn globals() -> PyResult {
        Ok(frames::current_frame_object().map_or_else(none, |frame| frame.globals().into_obj()))
    }

    #[pyfunction(signature = "(depth=0, /)")]
    pub fn _getframe(depth: usize) -> PyResult {
        Ok(frames::frame_at_depth(depth).map_or_else(none, Py::into_obj))
    }

    #[pyfunction(signature = "(limit, /)")]
    pub fn setrecursionlimit(limit: u32) -> PyResult<()> {
        taipan_objects::model::thread::current().interpreter().recursion_limit.set(limit);
        Ok(())
    }

    #[pyfunction(signature = "(function, receiver, /)")]
    pub fn bind(function: &PyObject, receiver: &PyObject) -> PyResult<Py<PyMethod>> {
        Ok(PyMethod::new(function, receiver))
    }

    #[pyfunction(signature = "()")]
    pub fn exception() -> PyResult<Option<Obj>> {
        Ok(taipan_objects::errors::handled())
    }

    #[pyfunction(signature = "()")]
    pub fn clock() -> PyResult<f64> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Ok(now.map_or(0.0, |now| now.as_secs_f64()))
    }

    #[pyfunction(signature = "(func, name, /, *args, **kwargs)")]
    pub fn __build_class__(
        func: &PyObject,
        name: &PyObject,
        args: &[&PyObject],
        kwargs: Option<Py<PyDict>>,
    ) -> PyResult {
        let mut all = vec![func, name];
        all.extend_from_slice(args);
        let items = kwargs.map_or_else(Vec::new, |kwargs| kwargs.items_snapshot());
        all.extend(items.iter().map(|(_, value)| &**value));
        let names = PyTuple::from_vec(items.iter().map(|(name, _)| name.clone()).collect());
        taipan_interpreter::build_class(&all, Some(&names))
    }
}

unsafe extern "C" fn warn(_: *mut PyObject, message: *mut PyObject, _: isize, _: *mut PyObject) -> c_int {
    // SAFETY: the message is a string.
    let text = unsafe { object::str(&*message) };
    println!("warning: {}", text.map_or_else(|_| String::new(), |text| text.to_string()));
    0
}

unsafe extern "C" fn unraisable(exception: *mut PyObject, message: *mut PyObject, _: *mut PyObject) {
    let text = |object: *mut PyObject| {
        // SAFETY: null or live.
        unsafe { object.as_ref() }
            .and_then(|o| object::str(o).ok())
            .map_or_else(String::new, |s| s.to_string())
    };
    emit(&format!("unraisable: {} {}", text(message), text(exception)));
}

unsafe extern "C" fn import_module(_: *mut PyObject) -> *mut PyObject {
    let _ = raised!(ImportError, "no modules here");
    std::ptr::null_mut()
}

unsafe extern "C" fn check_signals() -> c_int {
    current().eval_breaker.clear_bits(usize::MAX);
    0
}

unsafe extern "C" fn audit(_: *const c_char, _: *mut PyObject) -> c_int {
    0
}

unsafe extern "C" fn fatal_error(_: *const c_char, _: usize) -> ! {
    std::process::abort()
}

/// Attaches an interpreter to this thread.
pub fn start() {
    use taipan_interpreter::upcalls::*;
    upcalls::set(upcalls::Upcalls {
        function_vectorcall,
        current_globals,
        current_builtins,
        super_arguments,
        warn,
        unraisable,
        import_module,
        check_signals,
        frame_code,
        fatal_error,
        audit,
    });
    let state = InterpreterState::new(0);
    let thread = ThreadState::new(state);
    taipan_interpreter::prepare_thread(thread);
    swap_current(Some(thread));
    taipan_objects::types::r#type::init().expect("the built-in types are right");
    taipan_interpreter::init().expect("the types of the interpreter are right");
    let dict = PyModule::from_spec(&builtins::MODULE).expect("the module is right").dict();
    let add =
        |name: &str, value: &PyObject| dict.set_item(&PyStr::new(name), value).expect("strings can be keys");
    for ty in taipan_objects::types::STATIC_TYPES {
        add(ty.get().short_name(), ty.get());
    }
    add_exceptions(&dict);
    add("None", none_ref());
    add("True", &PyInt::from_bool(true));
    add("False", &PyInt::from_bool(false));
    add("NotImplemented", &not_implemented());
    add("Ellipsis", &taipan_objects::model::ellipsis());
    add("__debug__", &PyInt::from_bool(true));
    state.builtins.set(Some(dict.into_obj()));
}

fn add_exceptions(dict: &PyDict) {
    let classes = [
        Exc::BaseException,
        Exc::Exception,
        Exc::ValueError,
        Exc::TypeError,
        Exc::KeyError,
        Exc::IndexError,
        Exc::AttributeError,
        Exc::NameError,
        Exc::UnboundLocalError,
        Exc::StopIteration,
        Exc::StopAsyncIteration,
        Exc::GeneratorExit,
        Exc::RuntimeError,
        Exc::RecursionError,
        Exc::ZeroDivisionError,
        Exc::ArithmeticError,
        Exc::LookupError,
        Exc::ImportError,
        Exc::AssertionError,
        Exc::NotImplementedError,
        Exc::OSError,
        Exc::OverflowError,
        Exc::MemoryError,
        Exc::SystemError,
        Exc::KeyboardInterrupt,
        Exc::BaseExceptionGroup,
    ];
    for class in classes {
        let class = class.type_object();
        dict.set_item(&PyStr::new(class.short_name()), class).expect("strings can be keys");
    }
}

/// Runs a program as `__main__`; what it raises is printed. Says whether it ended well.
pub fn run(source: &str, filename: &str) -> bool {
    let arena = Arena::new();
    let module = match parse(source, &ParseOptions::new(Mode::Exec), &arena, &mut IgnoreWarnings) {
        Ok(module) => module,
        Err(error) => {
            emit(&format!("SyntaxError: {error:?}"));
            return false;
        }
    };
    let data = match compile(&module, &CompileOptions::new(filename), &mut IgnoreWarnings) {
        Ok(data) => data,
        Err(error) => {
            emit(&format!("SyntaxError: {error:?}"));
            return false;
        }
    };
    let result = PyCode::from_data(&data).and_then(|code| {
        let globals = PyDict::new();
        globals.set_item(intern!("__name__"), intern!("__main__"))?;
        taipan_interpreter::eval_code(&code, &globals, None)
    });
    let Err(raised) = result else { return true };
    let exception = errors::take(raised);
    let mut entry = exception.traceback.get().and_then(|tb| tb.downcast_owned::<PyTraceback>());
    while let Some(tb) = entry {
        emit(&format!("  line {:?}", tb.line()));
        entry = tb.next();
    }
    let text = object::str(&exception).map_or_else(|_| String::new(), |text| text.to_string());
    emit(&format!("{}: {text}", exception.class().name()));
    false
}
