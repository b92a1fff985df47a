//! The functions of `sys`.

use super::info;
use crate::state;
use crate::threads;
use core::cell::Cell;
use taipan_interpreter::frames;
use taipan_objects::errors;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// @doc sys.addaudithook
    #[pyfunction(signature = "(hook)")]
    fn addaudithook(hook: &PyObject) -> PyResult<()> {
        crate::audit::add_hook(hook)
    }

    /// @doc sys.audit
    #[pyfunction(signature = "(event, /, *args)")]
    fn audit(event: &PyObject, args: &[&PyObject]) -> PyResult<()> {
        let Some(event) = event.downcast::<PyStr>() else {
            let name = event.class().name();
            return Err(raised!(TypeError, "expected str for argument 'event', not {name}"));
        };
        crate::audit::audit(event.to_utf8()?, args)
    }

    /// @doc sys.exc_info
    #[pyfunction(signature = "()")]
    fn exc_info() -> PyResult {
        let items = match errors::handled() {
            None => vec![none(), none(), none()],
            Some(exception) => {
                let traceback = object::get_attr(&exception, intern!("__traceback__"))?;
                vec![exception.class().owned(), exception, traceback]
            }
        };
        Ok(PyTuple::from_vec(items).into_obj())
    }

    /// @doc sys.exception
    #[pyfunction(signature = "()")]
    fn exception() -> Obj {
        errors::handled().unwrap_or_else(none)
    }

    /// @doc sys.exit
    #[pyfunction(signature = "(status=None, /)")]
    fn exit(status: Option<&PyObject>) -> PyResult {
        let class = errors::Exc::SystemExit.type_object();
        Err(match status {
            None => errors::set_none(errors::Exc::SystemExit),
            Some(status) => errors::set_object(class, status),
        })
    }

    /// @doc sys.getdefaultencoding
    #[pyfunction(signature = "()")]
    fn getdefaultencoding() -> &'static str {
        "utf-8"
    }

    /// @doc sys.getfilesystemencoding
    #[pyfunction(signature = "()")]
    fn getfilesystemencoding() -> &'static str {
        "utf-8"
    }

    /// @doc sys.getfilesystemencodeerrors
    #[pyfunction(signature = "()")]
    fn getfilesystemencodeerrors() -> &'static str {
        "surrogateescape"
    }

    /// @doc sys.intern
    #[pyfunction(signature = "(string, /)")]
    fn intern(string: &PyObject) -> PyResult<Py<PyStr>> {
        match string.downcast_exact::<PyStr>() {
            Some(text) => Ok(PyStr::intern(text.to_owned())),
            None => Err(match string.downcast::<PyStr>() {
                Some(_) => raised!(TypeError, "can't intern {}", string.class().name()),
                None => {
                    let name = if string.is_none() { "None" } else { string.class().name() };
                    raised!(TypeError, "intern() argument must be str, not {name}")
                }
            }),
        }
    }

    /// @doc sys._is_interned
    #[pyfunction(signature = "(string, /)")]
    fn _is_interned(string: &PyStr) -> bool {
        string.is_interned()
    }

    /// @doc sys._is_immortal
    #[pyfunction(signature = "(op, /)")]
    fn _is_immortal(op: &PyObject) -> bool {
        op.is_immortal()
    }

    /// @doc sys._is_gil_enabled
    #[pyfunction(signature = "()")]
    fn _is_gil_enabled() -> bool {
        true
    }

    /// @doc sys.is_finalizing
    #[pyfunction(signature = "()")]
    fn is_finalizing() -> bool {
        state::is_finalizing()
    }

    /// @doc sys.getrefcount
    #[pyfunction(signature = "(object, /)")]
    fn getrefcount(of: &PyObject) -> u32 {
        of.refcount()
    }

    /// @doc sys.getrecursionlimit
    #[pyfunction(signature = "()")]
    fn getrecursionlimit() -> u32 {
        thread::current().interpreter().recursion_limit.get()
    }

    /// @doc sys.setrecursionlimit
    #[pyfunction(signature = "(limit, /)")]
    fn setrecursionlimit(limit: i32) -> PyResult<()> {
        if limit < 1 {
            return Err(raised!(ValueError, "recursion limit must be greater or equal than 1"));
        }
        let depth = thread::current().recursion_depth.get();
        if depth >= limit as u32 {
            return Err(raised!(
                RecursionError,
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            ));
        }
        thread::current().interpreter().recursion_limit.set(limit as u32);
        Ok(())
    }

    /// @doc sys.get_int_max_str_digits
    #[pyfunction(signature = "()")]
    fn get_int_max_str_digits() -> i32 {
        thread::current().interpreter().int_max_str_digits.get()
    }

    /// @doc sys.set_int_max_str_digits
    #[pyfunction(signature = "(maxdigits)")]
    fn set_int_max_str_digits(maxdigits: i32) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(raised!(ValueError, "maxdigits must be >= 640 or 0 for unlimited"));
        }
        thread::current().interpreter().int_max_str_digits.set(maxdigits);
        Ok(())
    }

    /// @doc sys.getswitchinterval
    #[pyfunction(signature = "()")]
    fn getswitchinterval() -> f64 {
        crate::gil::of(thread::current().interpreter()).interval() as f64 / 1e6
    }

    /// @doc sys.setswitchinterval
    #[pyfunction(signature = "(interval, /)")]
    fn setswitchinterval(interval: f64) -> PyResult<()> {
        if interval <= 0.0 || interval.is_nan() {
            return Err(raised!(ValueError, "switch interval must be strictly positive"));
        }
        crate::gil::of(thread::current().interpreter()).set_interval((interval * 1e6) as u64);
        Ok(())
    }

    /// @doc sys.getdlopenflags
    #[pyfunction(signature = "()")]
    fn getdlopenflags() -> i32 {
        // `RTLD_NOW`
        state::runtime().dlopen_flags.get().unwrap_or(2)
    }

    /// @doc sys.setdlopenflags
    #[pyfunction(signature = "(flags, /)")]
    fn setdlopenflags(flags: i32) {
        state::runtime().dlopen_flags.set(Some(flags));
    }

    /// @doc sys._getframe
    #[pyfunction(signature = "(depth=0, /)")]
    fn _getframe(depth: i32) -> PyResult {
        let Some(frame) = frames::frame_at_depth(depth.max(0) as usize) else {
            return Err(raised!(ValueError, "call stack is not deep enough"));
        };
        crate::audit::audit("sys._getframe", &[&frame])?;
        Ok(frame.into_obj())
    }

    /// @doc sys._getframemodulename
    #[pyfunction(signature = "(depth=0)")]
    fn _getframemodulename(depth: i32) -> PyResult {
        if crate::audit::is_active() {
            let depth = PyInt::from_i64(i64::from(depth));
            crate::audit::audit("sys._getframemodulename", &[&depth])?;
        }
        let Some(frame) = frames::frame_at_depth(depth.max(0) as usize) else { return Ok(none()) };
        Ok(frame.globals().get_str(intern!("__name__"))?.unwrap_or_else(none))
    }

    /// @doc sys._current_frames
    #[pyfunction(signature = "()")]
    fn _current_frames() -> PyResult<Py<PyDict>> {
        crate::audit::audit("sys._current_frames", &[])?;
        threads::current_frames()
    }

    /// @doc sys._current_exceptions
    #[pyfunction(signature = "()")]
    fn _current_exceptions() -> PyResult<Py<PyDict>> {
        crate::audit::audit("sys._current_exceptions", &[])?;
        threads::current_exceptions()
    }

    /// @doc sys.call_tracing
    #[pyfunction(signature = "(func, args, /)")]
    fn call_tracing(func: &PyObject, args: &PyTuple) -> PyResult {
        call::call_tuple(func, args, None)
    }

    /// @doc sys._clear_internal_caches
    #[pyfunction(signature = "()")]
    fn _clear_internal_caches() {}

    /// @doc sys._clear_type_cache
    #[pyfunction(signature = "()")]
    fn _clear_type_cache() {}

    /// @doc sys._clear_type_descriptors
    #[pyfunction(signature = "(type, /)")]
    fn _clear_type_descriptors(class: &TypeObject) -> PyResult<()> {
        if !class.is_heap() {
            return Err(raised!(TypeError, "argument is immutable"));
        }
        let dict = r#type::own_dict(class);
        dict.pop(intern!("__dict__"))?;
        dict.pop(intern!("__weakref__"))?;
        r#type::modified(class);
        Ok(())
    }

    /// @doc sys.getallocatedblocks
    #[pyfunction(signature = "()")]
    fn getallocatedblocks() -> usize {
        0
    }

    /// @doc sys.getunicodeinternedsize
    #[pyfunction(signature = "(*, _only_immortal=False)")]
    fn getunicodeinternedsize(only_immortal: bool) -> usize {
        let _ = only_immortal;
        taipan_objects::types::str::interned_count()
    }

    /// @doc sys._debugmallocstats
    #[pyfunction(signature = "()")]
    fn _debugmallocstats() {}

    /// @doc sys._get_cpu_count_config
    #[pyfunction(signature = "()")]
    fn _get_cpu_count_config() -> i32 {
        state::config().cpu_count.unwrap_or(-1)
    }

    /// @doc sys.is_stack_trampoline_active
    #[pyfunction(signature = "()")]
    fn is_stack_trampoline_active() -> bool {
        false
    }

    /// @doc sys.activate_stack_trampoline
    #[pyfunction(signature = "(backend, /)")]
    fn activate_stack_trampoline(backend: &PyObject) -> PyResult<()> {
        match backend.downcast::<PyStr>() {
            Some(_) => Err(raised!(ValueError, "perf trampoline not available")),
            None => Err(raised!(TypeError, "activate_stack_trampoline() argument must be str, not {}", backend.class().name())),
        }
    }

    /// @doc sys.deactivate_stack_trampoline
    #[pyfunction(signature = "()")]
    fn deactivate_stack_trampoline() {}

    /// @doc sys.is_remote_debug_enabled
    #[pyfunction(signature = "()")]
    fn is_remote_debug_enabled() -> bool {
        false
    }

    /// @doc sys.get_asyncgen_hooks
    #[pyfunction(signature = "()")]
    fn get_asyncgen_hooks() -> PyResult {
        let hooks = taipan_interpreter::generators::asyncgen_hooks();
        let or_none = |hook: Option<Obj>| hook.unwrap_or_else(none);
        info::ASYNCGEN_HOOKS.make(vec![or_none(hooks.0), or_none(hooks.1)])
    }

    /// @doc sys.set_asyncgen_hooks
    #[pyfunction(no_text, signature = "(firstiter=None, finalizer=None)")]
    fn set_asyncgen_hooks(firstiter: OptArg<&PyObject>, finalizer: OptArg<&PyObject>) -> PyResult<()> {
        for (name, hook) in [("firstiter", firstiter), ("finalizer", finalizer)] {
            if let Some(hook) = hook.given()
                && !hook.is_none()
                && !object::is_callable(hook)
            {
                let class = hook.class().name();
                return Err(raised!(TypeError, "callable {name} expected, got {class}"));
            }
        }
        let (mut first, mut last) = taipan_interpreter::generators::asyncgen_hooks();
        if let Some(hook) = finalizer.given() {
            crate::audit::audit("sys.set_asyncgen_hook_finalizer", &[])?;
            last = Some(hook).filter(|hook| !hook.is_none()).map(ObjectExt::owned);
        }
        if let Some(hook) = firstiter.given() {
            crate::audit::audit("sys.set_asyncgen_hook_firstiter", &[])?;
            first = Some(hook).filter(|hook| !hook.is_none()).map(ObjectExt::owned);
        }
        taipan_interpreter::generators::set_asyncgen_hooks(first, last);
        Ok(())
    }

    /// @doc sys.get_coroutine_origin_tracking_depth
    #[pyfunction(signature = "()")]
    fn get_coroutine_origin_tracking_depth() -> i32 {
        tracking().0.get()
    }

    /// @doc sys.set_coroutine_origin_tracking_depth
    #[pyfunction(signature = "(depth)")]
    fn set_coroutine_origin_tracking_depth(depth: i32) -> PyResult<()> {
        if depth < 0 {
            return Err(raised!(ValueError, "depth must be >= 0"));
        }
        tracking().0.set(depth);
        Ok(())
    }
}

/// How many frames coroutines remember of where they were made.
#[derive(Default)]
pub struct OriginTracking(pub Cell<i32>);

fn tracking() -> &'static OriginTracking {
    thread::current().interpreter().extension()
}
