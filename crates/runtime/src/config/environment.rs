//! The `PYTHON*` variables and the `-X` options, which mostly say the same things.

use super::command_line::CommandLine;
use super::values::{flag, integer};
use super::{Bytes, Config, Stop};
use core::ffi::CStr;
use taipan_interpreter::trampolines::Backend;
use taipan_objects::memory::{Base, Choice};

/// A variable that is set, not empty, and not to be ignored.
pub fn variable(config: &Config, name: &CStr) -> Option<Bytes> {
    if !config.use_environment {
        return None;
    }
    taipan_host::environment::get(name).filter(|value| !value.is_empty())
}

/// Completes `config`.
pub fn apply(config: &mut Config, command_line: &CommandLine) -> Result<(), Stop> {
    config.use_environment = config.ignore_environment == 0;
    dev_mode(config);
    flags(config);
    super::locale::settle(config)?;
    allocator(config)?;
    hash_seed(config)?;
    digits(config)?;
    switches(config)?;
    numbers(config)?;
    config.python_path = variable(config, c"PYTHONPATH");
    config.python_home = variable(config, c"PYTHONHOME");
    if let Some(folder) = variable(config, c"PYTHONPLATLIBDIR") {
        config.platlibdir = folder;
    }
    config.pycache_prefix = match config.x_option("pycache_prefix") {
        Some(value) => value.filter(|value| !value.is_empty()).map(<[u8]>::to_vec),
        None => variable(config, c"PYTHONPYCACHEPREFIX"),
    };
    if let Some(encoding) = variable(config, c"PYTHONIOENCODING") {
        let mut parts = encoding.splitn(2, |&c| c == b':').map(<[u8]>::to_vec);
        let (name, errors) = (parts.next(), parts.next());
        let some = |text: Option<Bytes>| text.filter(|text| !text.is_empty());
        config.io_encoding = (some(name), some(errors));
    }
    warn_options(config, command_line);
    Ok(())
}

fn dev_mode(config: &mut Config) {
    let asked = config.x_option("dev").is_some() || variable(config, c"PYTHONDEVMODE").is_some();
    config.dev_mode = asked;
    config.fault_handler = asked
        || config.x_option("faulthandler").is_some()
        || variable(config, c"PYTHONFAULTHANDLER").is_some();
}

fn flags(config: &mut Config) {
    let raise = |value: &mut u32, found: Option<Bytes>| {
        if let Some(text) = found {
            *value = (*value).max(flag(&text));
        }
    };
    let found = variable(config, c"PYTHONDEBUG");
    raise(&mut config.debug, found);
    let found = variable(config, c"PYTHONVERBOSE");
    raise(&mut config.verbose, found);
    let found = variable(config, c"PYTHONOPTIMIZE");
    raise(&mut config.optimize, found);
    let found = variable(config, c"PYTHONDONTWRITEBYTECODE");
    raise(&mut config.dont_write_bytecode, found);
    let found = variable(config, c"PYTHONNOUSERSITE");
    if found.is_some_and(|text| flag(&text) > 0) {
        config.no_user_site = config.no_user_site.max(1);
    }
    let found = variable(config, c"PYTHONUNBUFFERED");
    raise(&mut config.unbuffered, found);
    if variable(config, c"PYTHONINSPECT").is_some() {
        config.inspect = config.inspect.max(1);
    }
    config.safe_path |= variable(config, c"PYTHONSAFEPATH").is_some();
    config.warn_default_encoding = config.x_option("warn_default_encoding").is_some()
        || variable(config, c"PYTHONWARNDEFAULTENCODING").is_some();
    config.remote_debug = config.x_option("disable-remote-debug").is_none()
        && !(config.use_environment
            && taipan_host::environment::get(c"PYTHON_DISABLE_REMOTE_DEBUG").is_some());
    config.code_debug_ranges =
        config.x_option("no_debug_ranges").is_none() && variable(config, c"PYTHONNODEBUGRANGES").is_none();
}

/// `PYTHONMALLOC`; without it the development mode asks for checks.
fn allocator(config: &mut Config) -> Result<(), Stop> {
    if let Some(name) = variable(config, c"PYTHONMALLOC") {
        config.allocator = Choice::named(&name);
        if config.allocator.is_none() {
            let message = "PYTHONMALLOC: unknown allocator".into();
            return Err(Stop::Fatal { place: "preconfig_init_allocator", message, early: true });
        }
    } else if config.dev_mode {
        config.allocator = Some(Choice { base: Base::Small, debug: true });
    }
    config.malloc_stats = variable(config, c"PYTHONMALLOCSTATS").is_some();
    Ok(())
}

fn hash_seed(config: &mut Config) -> Result<(), Stop> {
    if config.random_hashes {
        return Ok(());
    }
    match variable(config, c"PYTHONHASHSEED") {
        None => {}
        Some(text) if text == b"random" => {}
        Some(text) => match integer(&text).and_then(|seed| u32::try_from(seed).ok()) {
            Some(seed) => config.hash_seed = Some(seed),
            None => {
                return Err(Stop::fatal(
                    "config_init_hash_seed",
                    "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
                ));
            }
        },
    }
    Ok(())
}

fn digits(config: &mut Config) -> Result<(), Stop> {
    let valid =
        |text: &[u8]| integer(text).and_then(|n| i32::try_from(n).ok()).filter(|&n| n == 0 || n >= 640);
    let place = "config_init_int_max_str_digits";
    let rule = "invalid limit; must be >= 640 or 0 for unlimited.";
    if let Some(text) = variable(config, c"PYTHONINTMAXSTRDIGITS") {
        config.int_max_str_digits =
            valid(&text).ok_or_else(|| Stop::fatal(place, format!("PYTHONINTMAXSTRDIGITS: {rule}")))?;
    }
    if let Some(value) = config.x_option("int_max_str_digits") {
        config.int_max_str_digits = value
            .and_then(valid)
            .ok_or_else(|| Stop::fatal(place, format!("-X int_max_str_digits: {rule}")))?;
    }
    Ok(())
}

/// A switch that is 0 or 1 in `-X name=…` or in a variable.
fn switch(
    config: &Config,
    option: &str,
    name: &CStr,
    place: &'static str,
    default: bool,
) -> Result<bool, Stop> {
    let read = |value: Option<&[u8]>| match value.and_then(integer) {
        Some(1) => Some(true),
        Some(0) => Some(false),
        _ => None,
    };
    if let Some(text) = variable(config, name) {
        let shown = name.to_str().unwrap_or("?");
        return read(Some(&text))
            .ok_or_else(|| Stop::fatal(place, format!("{shown}=N: N is missing or invalid")));
    }
    match config.x_option(option) {
        Some(value) => {
            read(value).ok_or_else(|| Stop::fatal(place, format!("-X {option}=n: n is missing or invalid")))
        }
        None => Ok(default),
    }
}

fn switches(config: &mut Config) -> Result<(), Stop> {
    config.thread_inherit_context = switch(
        config,
        "thread_inherit_context",
        c"PYTHON_THREAD_INHERIT_CONTEXT",
        "config_init_thread_inherit_context",
        false,
    )?;
    config.context_aware_warnings = switch(
        config,
        "context_aware_warnings",
        c"PYTHON_CONTEXT_AWARE_WARNINGS",
        "config_init_context_aware_warnings",
        false,
    )?;
    let place = "config_read_gil";
    let refused = "Disabling the GIL is not supported by this build";
    if let Some(value) = config.x_option("gil") {
        match value {
            Some(b"1") => {}
            Some(b"0") => return Err(Stop::fatal(place, refused)),
            _ => return Err(Stop::fatal(place, "PYTHON_GIL / -X gil must be \"0\" or \"1\"")),
        }
    }
    match variable(config, c"PYTHON_GIL").as_deref() {
        None | Some(b"1") => {}
        Some(b"0") => return Err(Stop::fatal(place, refused)),
        Some(_) => return Err(Stop::fatal(place, "PYTHON_GIL / -X gil must be \"0\" or \"1\"")),
    }
    let (frozen, source) = match config.x_option("frozen_modules") {
        Some(value) => (Some(value.unwrap_or(b"on").to_vec()), "option -X frozen_modules"),
        None => (variable(config, c"PYTHON_FROZEN_MODULES"), "PYTHON_FROZEN_MODULES"),
    };
    config.frozen_modules = match frozen.as_deref() {
        None | Some(b"on" | b"") => true,
        Some(b"off") => false,
        Some(_) => {
            let message = format!("bad value for {source} (expected \"on\" or \"off\")");
            return Err(Stop::fatal("", message));
        }
    };
    Ok(())
}

fn numbers(config: &mut Config) -> Result<(), Stop> {
    let (level, source) = match config.x_option("importtime") {
        Some(value) => (Some(value.unwrap_or(b"").to_vec()), "-X importtime: values"),
        None => (variable(config, c"PYTHONPROFILEIMPORTTIME"), "PYTHONPROFILEIMPORTTIME: numeric values"),
    };
    // What is no number means yes.
    let level = level.map(|text| if text.is_empty() { 1 } else { integer(&text).unwrap_or(1) });
    config.import_time = match level.unwrap_or(0) {
        level @ 0..=2 => level as u32,
        _ => {
            let message = format!("{source} other than 1 and 2 are reserved for future use.");
            return Err(Stop::fatal("config_init_import_time", message));
        }
    };
    // What is no number means no.
    let wants = |config: &Config, option: &str, name: &CStr| {
        let number = variable(config, name).and_then(|text| integer(&text));
        config.x_option(option).is_some()
            || number.and_then(|n| i32::try_from(n).ok()).is_some_and(|number| number != 0)
    };
    config.profile = if wants(config, "perf_jit", c"PYTHON_PERF_JIT_SUPPORT") {
        Some(Backend::Dump)
    } else {
        wants(config, "perf", c"PYTHONPERFSUPPORT").then_some(Backend::Map)
    };
    let frames = |text: &[u8]| integer(text).and_then(|n| i32::try_from(n).ok()).filter(|&n| n >= 0);
    let place = "config_init_tracemalloc";
    if let Some(text) = variable(config, c"PYTHONTRACEMALLOC") {
        config.tracemalloc =
            frames(&text).ok_or_else(|| Stop::fatal(place, "PYTHONTRACEMALLOC: invalid number of frames"))?;
    }
    if let Some(value) = config.x_option("tracemalloc") {
        config.tracemalloc = value
            .map_or(Some(1), frames)
            .ok_or_else(|| Stop::fatal(place, "-X tracemalloc=NFRAME: invalid number of frames"))?;
    }
    let count = match config.x_option("cpu_count") {
        Some(value) => Some(value.unwrap_or(b"").to_vec()),
        None => variable(config, c"PYTHON_CPU_COUNT"),
    };
    // Of the variable the same is said as of the option.
    if let Some(text) = count
        && text != b"default"
    {
        let number = integer(&text).and_then(|n| i32::try_from(n).ok()).filter(|&n| n > 0);
        config.cpu_count = Some(number.ok_or_else(|| {
            Stop::fatal(
                "config_init_cpu_count",
                "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
            )
        })?);
    }
    Ok(())
}

/// Later entries override earlier ones: development mode, the variable, the command line, `-b`. Each counts once.
fn warn_options(config: &mut Config, command_line: &CommandLine) {
    let mut options: Vec<Bytes> = Vec::new();
    let mut add = |option: &[u8]| {
        if !options.iter().any(|known| known == option) {
            options.push(option.to_vec());
        }
    };
    if config.dev_mode {
        add(b"default");
    }
    let listed = variable(config, c"PYTHONWARNINGS").unwrap_or_default();
    listed.split(|&c| c == b',').filter(|option| !option.is_empty()).for_each(&mut add);
    command_line.warn_options.iter().for_each(|option| add(option));
    match config.bytes_warning {
        0 => {}
        1 => add(b"default::BytesWarning"),
        _ => add(b"error::BytesWarning"),
    }
    config.warn_options = options;
}
