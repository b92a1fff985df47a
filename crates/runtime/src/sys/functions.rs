//! The functions of `sys`.

use super::{info, profiling, thread_fields};
use crate::signals::remote;
use crate::state;
use crate::threads;
use taipan_interpreter::frames;
use taipan_interpreter::monitoring::trace;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;

/// Has every thread of the interpreter trace or profile.
fn set_everywhere(which: trace::Function, function: &PyObject) {
    for entry in threads::registry::registry().entries.borrow().clone() {
        trace::set_python_in(entry.state, which, Some(function).filter(|function| !function.is_none()));
    }
}

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Adds a new audit hook callback.
    #[pyfunction(signature = "(hook)")]
    fn addaudithook(hook: &PyObject) -> PyResult<()> {
        crate::audit::add_hook(hook)
    }

    /// Passes the event to any audit hooks that are attached.
    #[pyfunction(signature = "(event, /, *args)")]
    fn audit(event: &PyObject, args: &[&PyObject]) -> PyResult<()> {
        let Some(event) = event.downcast::<PyStr>() else {
            let name = event.class().name();
            return Err(raised!(TypeError, "expected str for argument 'event', not {name}"));
        };
        crate::audit::audit(event.to_utf8()?, args)
    }

    /// Return current exception information: (type, value, traceback).
    ///
    /// Return information about the most recent exception caught by an except
    /// clause in the current stack frame or in an older stack frame.
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

    /// Return the current exception.
    ///
    /// Return the most recent exception caught by an except clause
    /// in the current stack frame or in an older stack frame, or None
    /// if no such exception exists.
    #[pyfunction(signature = "()")]
    fn exception() -> Obj {
        errors::handled().unwrap_or_else(none)
    }

    /// Exit the interpreter by raising SystemExit(status).
    ///
    /// If the status is omitted or None, it defaults to zero (i.e., success).
    /// If the status is an integer, it will be used as the system exit status.
    /// If it is another kind of object, it will be printed and the system
    /// exit status will be one (i.e., failure).
    #[pyfunction(signature = "(status=None, /)")]
    fn exit(status: Option<&PyObject>) -> PyResult {
        let class = errors::Exc::SystemExit.type_object();
        Err(match status {
            None => errors::set_none(errors::Exc::SystemExit),
            Some(status) => errors::set_object(class, status),
        })
    }

    /// Return the current default encoding used by the Unicode implementation.
    #[pyfunction(signature = "()")]
    fn getdefaultencoding() -> &'static str {
        "utf-8"
    }

    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[pyfunction(signature = "()")]
    fn getfilesystemencoding() -> &'static str {
        taipan_objects::system::encoding::of_file_names().name().unwrap_or("utf-8")
    }

    /// Return the error mode used Unicode to OS filename conversion.
    #[pyfunction(signature = "()")]
    fn getfilesystemencodeerrors() -> &'static str {
        "surrogateescape"
    }

    /// ``Intern'' the given string.
    ///
    /// This enters the string in the (global) table of interned strings whose
    /// purpose is to speed up dictionary lookups. Return the string itself or
    /// the previously interned string object with the same value.
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

    /// Return True if the given string is "interned".
    #[pyfunction(signature = "(string, /)")]
    fn _is_interned(string: &PyStr) -> bool {
        string.is_interned()
    }

    /// Return True if the given object is "immortal" per PEP 683.
    ///
    /// This function should be used for specialized purposes only.
    #[pyfunction(signature = "(op, /)")]
    fn _is_immortal(op: &PyObject) -> bool {
        op.is_immortal()
    }

    /// Return True if the GIL is currently enabled and False otherwise.
    #[pyfunction(signature = "()")]
    fn _is_gil_enabled() -> bool {
        true
    }

    /// Return True if Python is exiting.
    #[pyfunction(signature = "()")]
    fn is_finalizing() -> bool {
        state::is_finalizing()
    }

    /// Return the reference count of object.
    ///
    /// The count returned is generally one higher than you might expect,
    /// because it includes the (temporary) reference as an argument to
    /// getrefcount().
    #[pyfunction(signature = "(object, /)")]
    fn getrefcount(of: &PyObject) -> u32 {
        of.refcount()
    }

    /// Return the current value of the recursion limit.
    ///
    /// The recursion limit is the maximum depth of the Python interpreter
    /// stack.  This limit prevents infinite recursion from causing an overflow
    /// of the C stack and crashing Python.
    #[pyfunction(signature = "()")]
    fn getrecursionlimit() -> u32 {
        thread::current().interpreter().recursion_limit.get()
    }

    /// Set the maximum depth of the Python interpreter stack to n.
    ///
    /// This limit prevents infinite recursion from causing an overflow of the C
    /// stack and crashing Python.  The highest possible limit is platform-
    /// dependent.
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

    /// Return the maximum string digits limit for non-binary int<->str conversions.
    #[pyfunction(signature = "()")]
    fn get_int_max_str_digits() -> i32 {
        thread::current().interpreter().int_max_str_digits.get()
    }

    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[pyfunction(signature = "(maxdigits)")]
    fn set_int_max_str_digits(maxdigits: i32) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(raised!(ValueError, "maxdigits must be >= 640 or 0 for unlimited"));
        }
        thread::current().interpreter().int_max_str_digits.set(maxdigits);
        Ok(())
    }

    /// Return the current thread switch interval; see sys.setswitchinterval().
    #[pyfunction(signature = "()")]
    fn getswitchinterval() -> f64 {
        crate::gil::of(thread::current().interpreter()).interval() as f64 / 1e6
    }

    /// Set the ideal thread switching delay inside the Python interpreter.
    ///
    /// The actual frequency of switching threads can be lower if the
    /// interpreter executes long sequences of uninterruptible code
    /// (this is implementation-specific and workload-dependent).
    ///
    /// The parameter must represent the desired switching delay in seconds
    /// A typical value is 0.005 (5 milliseconds).
    #[pyfunction(signature = "(interval, /)")]
    fn setswitchinterval(interval: f64) -> PyResult<()> {
        if interval <= 0.0 || interval.is_nan() {
            return Err(raised!(ValueError, "switch interval must be strictly positive"));
        }
        crate::gil::of(thread::current().interpreter()).set_interval((interval * 1e6) as u64);
        Ok(())
    }

    /// Return the current value of the flags that are used for dlopen calls.
    ///
    /// The flag constants are defined in the os module.
    #[pyfunction(signature = "()")]
    fn getdlopenflags() -> i32 {
        // `RTLD_NOW`
        state::runtime().dlopen_flags.get().unwrap_or(2)
    }

    /// Set the flags used by the interpreter for dlopen calls.
    ///
    /// This is used, for example, when the interpreter loads extension
    /// modules. Among other things, this will enable a lazy resolving of
    /// symbols when importing a module, if called as sys.setdlopenflags(0).
    /// To share symbols across extension modules, call as
    /// sys.setdlopenflags(os.RTLD_GLOBAL).  Symbolic names for the flag
    /// modules can be found in the os module (RTLD_xxx constants, e.g.
    /// os.RTLD_LAZY).
    #[pyfunction(signature = "(flags, /)")]
    fn setdlopenflags(flags: i32) {
        state::runtime().dlopen_flags.set(Some(flags));
    }

    /// Return a frame object from the call stack.
    ///
    /// If optional integer depth is given, return the frame object that many
    /// calls below the top of the stack.  If that is deeper than the call
    /// stack, ValueError is raised.  The default for depth is zero, returning
    /// the frame at the top of the call stack.
    ///
    /// This function should be used for internal and specialized purposes
    /// only.
    #[pyfunction(signature = "(depth=0, /)")]
    fn _getframe(depth: i32) -> PyResult {
        let Some(frame) = frames::frame_at_depth(depth.max(0) as usize) else {
            return Err(raised!(ValueError, "call stack is not deep enough"));
        };
        crate::audit::audit("sys._getframe", &[&frame])?;
        Ok(frame.into_obj())
    }

    /// Return the name of the module for a calling frame.
    ///
    /// The default depth returns the module containing the call to this API.
    /// A more typical use in a library will pass a depth of 1 to get the user's
    /// module rather than the library module.
    ///
    /// If no frame, module, or name can be found, returns None.
    #[pyfunction(signature = "(depth=0)")]
    fn _getframemodulename(depth: i32) -> PyResult {
        if crate::audit::is_active() {
            let depth = PyInt::from_i64(i64::from(depth));
            crate::audit::audit("sys._getframemodulename", &[&depth])?;
        }
        let Some(frame) = frames::frame_at_depth(depth.max(0) as usize) else { return Ok(none()) };
        Ok(frame.globals().get_str(intern!("__name__"))?.unwrap_or_else(none))
    }

    /// Return a dict mapping each thread's thread id to its current stack frame.
    ///
    /// This function should be used for specialized purposes only.
    #[pyfunction(signature = "()")]
    fn _current_frames() -> PyResult<Py<PyDict>> {
        crate::audit::audit("sys._current_frames", &[])?;
        threads::current_frames()
    }

    /// Return a dict mapping each thread's identifier to its current raised exception.
    ///
    /// This function should be used for specialized purposes only.
    #[pyfunction(signature = "()")]
    fn _current_exceptions() -> PyResult<Py<PyDict>> {
        crate::audit::audit("sys._current_exceptions", &[])?;
        threads::current_exceptions()
    }

    /// Call func(*args), while tracing is enabled.
    ///
    /// The tracing state is saved, and restored afterwards.  This is intended
    /// to be called from a debugger from a checkpoint, to recursively debug
    /// some other code.
    #[pyfunction(signature = "(func, args, /)")]
    fn call_tracing(func: &PyObject, args: &PyTuple) -> PyResult {
        trace::with_tracing(true, || call::call_tuple(func, args, None))
    }

    /// Clear all internal performance-related caches.
    #[pyfunction(signature = "()")]
    fn _clear_internal_caches() {
        r#type::clear_cache();
    }

    /// Clear the internal type lookup cache.
    #[pyfunction(signature = "()")]
    fn _clear_type_cache() -> PyResult<()> {
        errors::warn(
            errors::Exc::DeprecationWarning,
            1,
            format_args!(
                "sys._clear_type_cache() is deprecated and scheduled for removal in a future version. Use \
                 sys._clear_internal_caches() instead."
            ),
        )?;
        r#type::clear_cache();
        Ok(())
    }

    /// Private function for clearing certain descriptors from a type's dictionary.
    ///
    /// See gh-135228 for context.
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

    /// Return the number of memory blocks currently allocated.
    #[pyfunction(signature = "()")]
    fn getallocatedblocks() -> usize {
        memory::statistics().live()
    }

    /// Return the number of elements of the unicode interned dictionary
    #[pyfunction(signature = "(*, _only_immortal=False)")]
    fn getunicodeinternedsize(only_immortal: bool) -> usize {
        thread::current().interpreter().interned.count(only_immortal)
    }

    /// Print summary info to stderr about the state of pymalloc's structures.
    ///
    /// In Py_DEBUG mode, also perform some expensive internal consistency
    /// checks.
    #[pyfunction(signature = "()")]
    fn _debugmallocstats() {
        if memory::uses_small_blocks() {
            memory::report();
        }
        memory::report_free_lists();
    }

    /// Private function for getting PyConfig.cpu_count
    #[pyfunction(signature = "()")]
    fn _get_cpu_count_config() -> i32 {
        state::config().cpu_count.unwrap_or(-1)
    }

    /// Return *True* if a stack profiler trampoline is active.
    #[pyfunction(signature = "()")]
    fn is_stack_trampoline_active() -> bool {
        profiling::is_active()
    }

    /// Activate stack profiler trampoline *backend*.
    #[pyfunction(signature = "(backend, /)")]
    fn activate_stack_trampoline(backend: &PyObject) -> PyResult<()> {
        let Some(name) = backend.downcast::<PyStr>() else {
            return Err(raised!(
                TypeError,
                "activate_stack_trampoline() argument must be str, not {}",
                backend.class().name()
            ));
        };
        profiling::activate(name.to_utf8()?)
    }

    /// Deactivate the current stack profiler trampoline backend.
    ///
    /// If no stack profiler is activated, this function has no effect.
    #[pyfunction(signature = "()")]
    fn deactivate_stack_trampoline() {
        profiling::deactivate();
    }

    /// Return True if remote debugging is enabled, False otherwise.
    #[pyfunction(signature = "()")]
    fn is_remote_debug_enabled() -> bool {
        remote::is_enabled()
    }

    /// Executes a file containing Python code in a given remote Python process.
    ///
    /// This function returns immediately, and the code will be executed by the
    /// target process's main thread at the next available opportunity,
    /// similarly to how signals are handled.  There is no interface to
    /// determine when the code has been executed.  The caller is responsible
    /// for making sure that the file still exists whenever the remote process
    /// tries to read it and that it hasn't been overwritten.
    ///
    /// The remote process must be running an interpreter of the same version.
    ///
    /// Args:
    ///      pid (int): The process ID of the target Python process.
    ///      script (str|bytes): The path to a file containing
    ///          the Python code to be executed.
    #[pyfunction(signature = "(pid, script)")]
    fn remote_exec(pid: i32, script: &PyObject) -> PyResult<()> {
        let path = crate::fs::encode(script)?;
        crate::audit::audit("sys.remote_exec", &[&PyInt::from_i64(pid.into()), script])?;
        remote::ask(pid, &path)
    }

    /// Return the installed asynchronous generators hooks.
    ///
    /// This returns a namedtuple of the form (firstiter, finalizer).
    #[pyfunction(signature = "()")]
    fn get_asyncgen_hooks() -> PyResult {
        let hooks = thread_fields::asyncgen_hooks();
        let or_none = |hook: Option<Obj>| hook.unwrap_or_else(none);
        info::ASYNCGEN_HOOKS.make(vec![or_none(hooks.0), or_none(hooks.1)])
    }

    /// set_asyncgen_hooks([firstiter] [, finalizer])
    ///
    /// Set a finalizer for async generators objects.
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
        let (mut first, mut last) = thread_fields::asyncgen_hooks();
        if let Some(hook) = finalizer.given() {
            crate::audit::audit("sys.set_asyncgen_hook_finalizer", &[])?;
            last = Some(hook).filter(|hook| !hook.is_none()).map(ObjectExt::owned);
        }
        if let Some(hook) = firstiter.given() {
            crate::audit::audit("sys.set_asyncgen_hook_firstiter", &[])?;
            first = Some(hook).filter(|hook| !hook.is_none()).map(ObjectExt::owned);
        }
        thread_fields::set_asyncgen_hooks(first, last);
        Ok(())
    }

    /// Check status of origin tracking for coroutine objects in this thread.
    #[pyfunction(signature = "()")]
    fn get_coroutine_origin_tracking_depth() -> i32 {
        thread_fields::origin_tracking_depth()
    }

    /// Enable or disable origin tracking for coroutine objects in this thread.
    ///
    /// Coroutine objects will track 'depth' frames of traceback information
    /// about where they came from, available in their cr_origin attribute.
    ///
    /// Set a depth of 0 to disable.
    #[pyfunction(signature = "(depth)")]
    fn set_coroutine_origin_tracking_depth(depth: i32) -> PyResult<()> {
        if depth < 0 {
            return Err(raised!(ValueError, "depth must be >= 0"));
        }
        thread_fields::set_origin_tracking_depth(depth);
        Ok(())
    }

    /// Set the global debug tracing function.
    ///
    /// It will be called on each function call.  See the debugger chapter
    /// in the library manual.
    #[pyfunction(signature = "(function, /)")]
    fn settrace(function: &PyObject) -> PyResult<()> {
        crate::audit::audit("sys.settrace", &[])?;
        trace::set_python(trace::Function::Trace, Some(function).filter(|function| !function.is_none()));
        Ok(())
    }

    /// Set the global debug tracing function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call. See the debugger chapter
    /// in the library manual.
    #[pyfunction(signature = "(arg, /)")]
    fn _settraceallthreads(function: &PyObject) {
        set_everywhere(trace::Function::Trace, function);
    }

    /// Set the profiling function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[pyfunction(signature = "(arg, /)")]
    fn _setprofileallthreads(function: &PyObject) {
        set_everywhere(trace::Function::Profile, function);
    }

    /// Return the global debug tracing function set with sys.settrace.
    ///
    /// See the debugger chapter in the library manual.
    #[pyfunction(signature = "()")]
    fn gettrace() -> PyResult<Option<Obj>> {
        Ok(trace::get(trace::Function::Trace))
    }

    /// Set the profiling function.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[pyfunction(signature = "(function, /)")]
    fn setprofile(function: &PyObject) -> PyResult<()> {
        crate::audit::audit("sys.setprofile", &[])?;
        trace::set_python(trace::Function::Profile, Some(function).filter(|function| !function.is_none()));
        Ok(())
    }

    /// Return the profiling function set with sys.setprofile.
    ///
    /// See the profiler chapter in the library manual.
    #[pyfunction(signature = "()")]
    fn getprofile() -> PyResult<Option<Obj>> {
        Ok(trace::get(trace::Function::Profile))
    }

    /// Private function for getting the base REPL
    #[pyfunction(signature = "()")]
    fn _baserepl() -> PyResult<()> {
        crate::lifecycle::plain_prompt().map(drop)
    }
}
