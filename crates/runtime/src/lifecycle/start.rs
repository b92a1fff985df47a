//! Making the interpreter.

use super::{Program, fatal, streams};
use crate::config::Config;
use crate::imports::{self, builtin, frozen};
use crate::state::{self, Phase};
use crate::{audit, builtins, contextvars, gil, signals, sys, threads, tracemalloc, upcalls};
use std::sync::Once;
use taipan_host::process;
use taipan_objects::memory;
use taipan_objects::model::thread::{self, InterpreterState, ThreadState};
use taipan_objects::prelude::*;
use taipan_objects::system::encoding::Encoding;
use taipan_objects::system::forks::AtFork;
use taipan_objects::types::r#type;

/// Makes the main interpreter with this configuration. Fatal where that fails.
pub fn start(program: &Program, config: Config) {
    choose_allocator(&config);
    let mut lists: Vec<&'static [_]> = vec![crate::MODULES];
    lists.extend_from_slice(program.modules);
    builtin::register(&lists);
    frozen::set_reader(program.frozen);
    if let Some(seed) = config.hash_seed {
        let _ = thread::process().hash_key.set(taipan_kernels::hash::Secret::from_seed(seed));
    }
    // A second interpreter of the process finds the first one's encoding.
    let _ = thread::process().file_names.set(if config.utf8_mode {
        Encoding::Utf8
    } else {
        Encoding::of_locale(true)
    });
    let interpreter = InterpreterState::new(0);
    let thread = ThreadState::new(interpreter);
    thread.measure_stack();
    gil::attach(thread, gil::of(interpreter));
    interpreter.int_max_str_digits.set(config.int_max_str_digits);
    interpreter.code_debug_ranges.set(config.code_debug_ranges);
    interpreter.bytes_warning.set(config.bytes_warning as i32);
    interpreter.dev_mode.set(config.dev_mode);
    upcalls::install();
    let ready = r#type::init().and_then(|()| taipan_interpreter::init()).and_then(|()| contextvars::init());
    if ready.is_err() {
        fatal::fatal("the built-in types cannot be made ready");
    }
    taipan_interpreter::prepare_thread(thread);
    state::set_config(config);
    threads::register_main();
    AtFork::of_this_interpreter().register_native(threads::AROUND_FORKS);
    if let Some(backend) = state::config().profile {
        step(sys::profiling::begin(backend), "can't activate perf trampoline");
    }
    step(bootstrap(), "init_importlib: failed to initialize importlib");
    taipan_host::hooks::set_blocking_hook(gil::hook());
    taipan_host::hooks::set_audit_hook(audit::host_hook);
    complete();
}

/// The first start chooses the allocator: blocks of its choice live as long as the process.
fn choose_allocator(config: &Config) {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        if let Some(choice) = config.allocator {
            memory::choose(choice);
        }
        if let Ok((limit, _)) = process::limit(0, process::ADDRESS_SPACE)
            && limit != process::NO_LIMIT
        {
            memory::keep_back(limit as usize);
        }
        if config.malloc_stats {
            memory::report_growth();
        }
    });
}

/// What a step of the start gives; the process ends where it failed.
fn step<T>(result: PyResult<T>, message: &str) -> T {
    result.unwrap_or_else(|raised| fatal::with_exception(raised, message))
}

/// Ends where the first module of the library is not found, which shows the library itself was not.
fn without_encodings(raised: Raised) -> ! {
    fatal::say(&crate::config::path_configuration(state::config()));
    fatal::with_exception(raised, "Failed to import encodings module")
}

/// `sys`, `builtins` and importlib.
fn bootstrap() -> PyResult<()> {
    let interpreter = thread::current().interpreter();
    let sys_module = sys::init()?;
    sys::set(intern!("stderr"), &sys::printer::Printer::new(2))?;
    sys::set(intern!("__stderr__"), &sys::printer::Printer::new(2))?;
    let builtins_module = builtins::init()?;
    let modules = imports::modules()?;
    object::set_item(&modules, intern!("builtins"), Some(&builtins_module))?;
    let importlib = frozen::import("_frozen_importlib")?;
    interpreter.importlib.set(Some(importlib.clone().into_obj()));
    let imp = builtin::create_and_exec(&imports::imp::module::MODULE)?;
    object::set_item(&modules, intern!("_imp"), Some(&imp))?;
    call::method(&importlib, intern!("_install"), &[&sys_module, &imp])?;
    call::method(&importlib, intern!("_install_external_importers"), &[])?;
    install_zipimport()
}

/// Archives on `sys.path`.
fn install_zipimport() -> PyResult<()> {
    let zipimport = imports::import_absolute(intern!("zipimport"))?;
    let importer = object::get_attr(&zipimport, intern!("zipimporter"))?;
    if let Some(hooks) = sys::get(intern!("path_hooks"))?
        && let Some(hooks) = hooks.downcast::<PyList>()
    {
        hooks.insert(0, importer)?;
    }
    Ok(())
}

/// Codecs, streams, `__main__`, warnings, `site`. The messages name the steps as CPython's do.
fn complete() {
    if let Err(raised) = imports::import_absolute(intern!("encodings")) {
        without_encodings(raised);
    }
    let named = streams::name_file_names();
    step(named, "init_fs_encoding: failed to get the Python codec of the filesystem encoding");
    let text = streams::text(state::config());
    let text = step(text, "init_stdio_encoding: failed to get the Python codec name of the stdio encoding");
    step(install_signals(), "can't initialize signals");
    step(watch_memory(), "init_interp_main: can't start tracemalloc");
    let made = streams::init(&text);
    if made.is_err() && taipan_host::files::fstat(0).is_ok_and(|stat| stat.is_dir()) {
        fatal::at_start("init_sys_streams: <stdin> is a directory, cannot continue");
    }
    step(made, "init_sys_streams: can't initialize sys standard streams");
    step(add_main_module(), "add_main_module: can't create __main__ module");
    step(watch_faults(), "can't initialize faulthandler");
    state::runtime().phase.set(Phase::Running);
    step(import_warnings(), "can't import warnings");
    if state::config().no_site == 0 {
        step(imports::import_absolute(intern!("site")), "init_import_site: Failed to import the site module");
    }
}

/// `-W`: the module reads the options when it is imported.
fn import_warnings() -> PyResult<()> {
    let has_options = match sys::get(intern!("warnoptions"))? {
        Some(options) => object::len(&options)? > 0,
        None => false,
    };
    if has_options {
        imports::import_absolute(intern!("warnings"))?;
    }
    Ok(())
}

/// `-X tracemalloc`
fn watch_memory() -> PyResult<()> {
    let frames = state::config().tracemalloc;
    if frames == 0 { Ok(()) } else { tracemalloc::start(frames.into()) }
}

/// `-X faulthandler`
fn watch_faults() -> PyResult<()> {
    if !state::config().fault_handler || builtin::find("faulthandler").is_none() {
        return Ok(());
    }
    let handler = imports::import_absolute(intern!("faulthandler"))?;
    call::method(&handler, intern!("enable"), &[]).map(drop)
}

/// Ctrl-C becomes `KeyboardInterrupt`; a closed pipe and a file that grows too large become errors of the call.
fn install_signals() -> PyResult<()> {
    use taipan_host::signals::{Disposition, disposition, set_disposition};
    const SIGPIPE: i32 = 13;
    const SIGXFSZ: i32 = 25;
    signals::init();
    for signal in [SIGPIPE, SIGXFSZ] {
        // Where that is refused the signal stays as it is.
        let _ = set_disposition(signal, Disposition::Ignore);
    }
    let module = imports::import_absolute(intern!("_signal"))?;
    let interrupt = signals::handlers::SIGINT;
    if matches!(disposition(interrupt), Ok(Disposition::Default)) {
        let handler = object::get_attr(&module, intern!("default_int_handler"))?;
        let number = PyInt::from_i64(i64::from(interrupt));
        call::method(&module, intern!("signal"), &[&number, &handler])?;
    }
    Ok(())
}

/// The module `__main__`, before anything runs in it.
fn add_main_module() -> PyResult<()> {
    let interpreter = thread::current().interpreter();
    let main = PyModule::new("__main__");
    object::set_item(&*imports::modules()?, intern!("__main__"), Some(&main))?;
    let dict = main.dict();
    if let Some(builtins) = imports::loaded(intern!("builtins"))? {
        dict.set_item(intern!("__builtins__"), &builtins)?;
    }
    if let Some(importlib) = interpreter.importlib.get() {
        let loader = object::get_attr(&importlib, intern!("BuiltinImporter"))?;
        dict.set_item(intern!("__loader__"), &loader)?;
    }
    Ok(())
}
