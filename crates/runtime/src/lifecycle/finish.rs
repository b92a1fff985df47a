//! Taking the interpreter down, in CPython's order: threads, `atexit`, streams, modules.

use crate::state::{self, Phase};
use crate::{imports, signals, sys};
use core::cell::RefCell;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::weakref::PyWeakRef;
use taipan_objects::{errors, memory};

/// The status where the standard output could not be flushed.
const FLUSH_FAILED: i32 = 120;

/// What is called at the end besides the functions of `atexit`.
#[derive(Default)]
struct Endings {
    /// Behind those of `atexit`, the interpreter still whole.
    late: RefCell<Vec<Ending>>,
    /// When nothing of the interpreter is left.
    last: RefCell<Vec<Ending>>,
}

type Ending = Box<dyn FnOnce()>;

/// How many functions may be called at the very end.
const LAST_MOST: usize = 32;

fn endings() -> &'static Endings {
    thread::current().interpreter().extension::<Endings>()
}

/// Calls a function at the end, the last one first, while Python code can still run (`PyUnstable_AtExit`).
pub fn at_exit(ending: Ending) {
    endings().late.borrow_mut().push(ending);
}

/// Calls a function at the very end, the last one first (`Py_AtExit`); false where there are too many.
pub fn at_very_end(ending: Ending) -> bool {
    let mut last = endings().last.borrow_mut();
    let fits = last.len() < LAST_MOST;
    if fits {
        last.push(ending);
    }
    fits
}

fn run_endings(endings: &RefCell<Vec<Ending>>) {
    loop {
        let next = endings.borrow_mut().pop();
        match next {
            Some(ending) => ending(),
            None => return,
        }
    }
}

/// Takes the running interpreter down; gives the exit status, which changes where output was lost.
pub fn finish(status: i32) -> i32 {
    if state::runtime().phase.get() == Phase::Finalizing {
        return status;
    }
    wait_for_threads();
    run_exit_functions();
    let mut flushed = flush_streams(true);
    state::runtime().phase.set(Phase::Finalizing);
    let thread = thread::current();
    crate::gil::of(thread.interpreter()).close(&thread.eval_breaker);
    signals::handlers::finish();
    taipan_objects::gc::collect_at_exit();
    finish_modules(flushed);
    flushed &= flush_streams(flushed);
    crate::audit::clear();
    run_endings(&endings().last);
    if state::config().malloc_stats && memory::uses_small_blocks() {
        memory::report();
    }
    if flushed { status } else { FLUSH_FAILED }
}

/// `threading._shutdown()`, where the module is loaded.
fn wait_for_threads() {
    let threading = match imports::loaded(intern!("threading")) {
        Ok(Some(threading)) if !threading.is_none() => threading,
        Ok(_) => return,
        Err(raised) => return errors::clear(raised),
    };
    if let Err(raised) = call::method(&threading, intern!("_shutdown"), &[]) {
        errors::write_unraisable(raised, Some("Exception ignored on threading shutdown"), Some(&threading));
    }
}

/// The functions of `atexit`.
fn run_exit_functions() {
    let ran = match imports::loaded(intern!("atexit")) {
        Ok(Some(atexit)) if !atexit.is_none() => {
            call::method(&atexit, intern!("_run_exitfuncs"), &[]).map(drop)
        }
        Ok(_) => Ok(()),
        Err(raised) => Err(raised),
    };
    if let Err(raised) = ran {
        errors::write_unraisable(raised, None, None);
    }
    run_endings(&endings().late);
}

/// Whether a stream says that it is closed.
fn is_closed(stream: &PyObject) -> bool {
    let closed = object::get_attr(stream, intern!("closed")).and_then(|closed| object::is_true(&closed));
    closed.unwrap_or_else(|raised| {
        errors::clear(raised);
        false
    })
}

/// False where output was lost. `tells` is whether that is said: once is enough.
fn flush_streams(tells: bool) -> bool {
    let mut flushed = true;
    for (name, tells) in [(intern!("stdout"), tells), (intern!("stderr"), false)] {
        let stream = match sys::get(name) {
            Ok(Some(stream)) if !stream.is_none() => stream,
            Ok(_) => continue,
            Err(raised) => {
                errors::clear(raised);
                continue;
            }
        };
        if is_closed(&stream) {
            continue;
        }
        if let Err(raised) = call::method(&stream, intern!("flush"), &[]) {
            if tells {
                errors::write_unraisable(raised, Some("Exception ignored while flushing sys.stdout"), None);
            } else {
                errors::clear(raised);
            }
            flushed = false;
        }
    }
    flushed
}

/// Sets an item and forgets what goes wrong.
fn put(dict: &PyObject, name: &PyObject, value: &PyObject) {
    if let Err(raised) = object::set_item(dict, name, Some(value)) {
        errors::write_unraisable(raised, None, None);
    }
}

/// Modules go in the reverse order of their import, `sys` and `builtins` last.
fn finish_modules(tells: bool) {
    let Ok(modules) = imports::modules() else { return };
    forget_special_names();
    let entries = match modules.downcast::<PyDict>() {
        Some(dict) => dict.items_snapshot(),
        None => Vec::new(),
    };
    let mut references = Vec::new();
    for (name, module) in entries {
        if module.downcast::<PyModule>().is_some() {
            match PyWeakRef::new(&module, None) {
                Ok(reference) => references.push(reference),
                Err(raised) => errors::clear(raised),
            }
        }
        put(&modules, &name, none_ref());
    }
    if let Some(dict) = modules.downcast::<PyDict>() {
        dict.clear_items();
    }
    let interpreter = thread::current().interpreter();
    interpreter.importlib.set(None);
    imports::builtin::clear();
    taipan_objects::gc::collect_at_exit();
    for reference in references.iter().rev() {
        let Some(object) = reference.upgrade() else { continue };
        let Some(module) = object.downcast::<PyModule>() else { continue };
        let dict = module.dict();
        let is_last = [&interpreter.sys_dict, &interpreter.builtins]
            .iter()
            .any(|kept| kept.get().is_some_and(|kept| kept.is(&dict)));
        if !is_last {
            clear_module(&dict);
        }
    }
    // From here on nobody hears of what goes wrong: the streams go with `sys`.
    flush_streams(tells);
    if let Some(dict) = interpreter.sys_dict.get()
        && let Some(dict) = dict.downcast::<PyDict>()
    {
        clear_module(dict);
    }
}

/// Names in `sys` that hold much alive and that nobody needs any more.
fn forget_special_names() {
    let Some(dict) = sys::dict() else { return };
    for name in [
        "path",
        "argv",
        "ps1",
        "ps2",
        "last_exc",
        "last_type",
        "last_value",
        "last_traceback",
        "path_hooks",
        "path_importer_cache",
        "meta_path",
    ] {
        put(&dict, &PyStr::new(name), none_ref());
    }
    if let Some(builtins) = thread::current().interpreter().builtins.get() {
        put(&builtins, intern!("_"), none_ref());
    }
    for (name, original) in [("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")] {
        let found = dict.get_str(&PyStr::new(original)).ok().flatten().unwrap_or_else(none);
        put(&dict, &PyStr::new(name), &found);
    }
}

/// Sets a module's names to `None`: those with one underscore first, then all but `__builtins__`.
fn clear_module(dict: &PyDict) {
    let is_private = |name: &PyStr| {
        let at = |index: usize| if index < name.len() { name.char_at(index) } else { 0 };
        at(0) == u32::from(b'_') && at(1) != u32::from(b'_')
    };
    for private in [true, false] {
        for (name, value) in dict.items_snapshot() {
            let Some(text) = name.downcast::<PyStr>() else { continue };
            if value.is_none() || text.eq_str("__builtins__") || (private && !is_private(text)) {
                continue;
            }
            put(dict, &name, none_ref());
        }
    }
}
