//! `posix_spawn`.

use super::processes::{arguments, environment};
use std::ffi::CString;
use taipan_host::spawn::{self as host, FileAction, SpawnAttributes};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::audit;
use taipan_objects::system::path::Path;

const POSIX_SPAWN_OPEN: i32 = 0;
const POSIX_SPAWN_CLOSE: i32 = 1;
const POSIX_SPAWN_DUP2: i32 = 2;
const POSIX_SPAWN_CLOSEFROM: i32 = 3;

/// A file action with a path of its own.
enum Action {
    Open { fd: i32, path: CString, flags: i32, mode: u32 },
    Close(i32),
    Duplicate { from: i32, to: i32 },
    CloseFrom(i32),
}

fn action(item: &PyObject) -> PyResult<Action> {
    let parts = match item.downcast::<PyTuple>() {
        Some(parts) if !parts.is_empty() => parts.as_slice(),
        _ => return Err(raised!(TypeError, "Each file_actions element must be a non-empty tuple")),
    };
    let integer = |value: &PyObject| number::index_to_integer::<i32>(value, "C int");
    match (integer(parts[0])?, &parts[1..]) {
        (POSIX_SPAWN_OPEN, [fd, path, flags, mode]) => Ok(Action::Open {
            fd: integer(fd)?,
            path: Path::new(path, "posix_spawn: path")?.as_c().to_owned(),
            flags: integer(flags)?,
            mode: number::index_to_integer::<u32>(mode, "C unsigned long")?,
        }),
        (POSIX_SPAWN_CLOSE, [fd]) => Ok(Action::Close(integer(fd)?)),
        (POSIX_SPAWN_DUP2, [from, to]) => Ok(Action::Duplicate { from: integer(from)?, to: integer(to)? }),
        (POSIX_SPAWN_CLOSEFROM, [fd]) => Ok(Action::CloseFrom(integer(fd)?)),
        (POSIX_SPAWN_OPEN, _) => Err(raised!(TypeError, "A open file_action tuple must have 5 elements")),
        (POSIX_SPAWN_CLOSE, _) => Err(raised!(TypeError, "A close file_action tuple must have 2 elements")),
        (POSIX_SPAWN_DUP2, _) => Err(raised!(TypeError, "A dup2 file_action tuple must have 3 elements")),
        (POSIX_SPAWN_CLOSEFROM, _) => {
            Err(raised!(TypeError, "A closefrom file_action tuple must have 2 elements"))
        }
        _ => Err(raised!(TypeError, "Unknown file_actions identifier")),
    }
}

/// A set of signals given as an iterable of numbers.
fn signals(items: &PyObject) -> PyResult<Vec<i32>> {
    let mut numbers = Vec::new();
    iter::for_each(items, |item| {
        let signal = number::index_to_integer::<i32>(&item, "C long")?;
        if !(1..65).contains(&signal) {
            return Err(raised!(ValueError, "signal number {signal} out of range [1; 64]"));
        }
        numbers.push(signal);
        Ok(())
    })?;
    Ok(numbers)
}

fn scheduler(value: &PyObject) -> PyResult<(Option<i32>, i32)> {
    let parts = value.downcast::<PyTuple>().map(PyTuple::as_slice);
    let Some([policy, param]) = parts else {
        return Err(raised!(TypeError, "A scheduler tuple must have two elements"));
    };
    let policy =
        if policy.is_none() { None } else { Some(number::index_to_integer::<i32>(policy, "C int")?) };
    let priority = object::get_attr(param, intern!("sched_priority"))?;
    Ok((policy, number::index_to_integer::<i32>(&priority, "C int")?))
}

/// What `posix_spawn` and `posix_spawnp` share.
struct Settings<'a> {
    file_actions: OptArg<&'a PyObject>,
    setpgroup: Option<i32>,
    resetids: bool,
    setsid: bool,
    setsigmask: OptArg<&'a PyObject>,
    setsigdef: OptArg<&'a PyObject>,
    scheduler: Option<&'a PyObject>,
}

fn spawned(
    path: &Path,
    argv: &PyObject,
    env: &PyObject,
    settings: &Settings<'_>,
    search: bool,
) -> PyResult<i32> {
    let function = if search { "posix_spawnp" } else { "posix_spawn" };
    let arguments = arguments(argv, function)?;
    let environment = if env.is_none() {
        let entries = taipan_host::environment::all();
        entries.into_iter().filter_map(|entry| CString::new(entry).ok()).collect()
    } else {
        environment(env, function)?
    };
    let mut owned = Vec::new();
    if let Some(actions) = settings.file_actions.given().filter(|actions| !actions.is_none()) {
        iter::for_each(actions, |item| {
            owned.push(action(&item)?);
            Ok(())
        })?;
    }
    let actions: Vec<FileAction<'_>> = owned
        .iter()
        .map(|action| match action {
            Action::Open { fd, path, flags, mode } => {
                FileAction::Open { fd: *fd, path, flags: *flags, mode: *mode }
            }
            Action::Close(fd) => FileAction::Close(*fd),
            Action::Duplicate { from, to } => FileAction::Duplicate { from: *from, to: *to },
            Action::CloseFrom(low) => FileAction::CloseFrom(*low),
        })
        .collect();
    let mask = settings.setsigmask.given().map(signals).transpose()?;
    let default = settings.setsigdef.given().map(signals).transpose()?;
    let attributes = SpawnAttributes {
        process_group: settings.setpgroup,
        reset_ids: settings.resetids,
        new_session: settings.setsid,
        signal_mask: mask.as_deref(),
        default_signals: default.as_deref(),
        scheduler: settings.scheduler.map(scheduler).transpose()?,
    };
    audit(c"os.posix_spawn", &[path.object(), argv, env])?;
    host::posix_spawn(path.as_c(), &arguments, &environment, &actions, &attributes, search)
        .map_err(|errno| path.error(errno))
}

#[pymodule(fragment)]
pub mod spawn {
    use super::*;

    /// Execute the program specified by path in a new process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    ///   file_actions
    ///     A sequence of file action tuples.
    ///   setpgroup
    ///     The pgroup to use with the POSIX_SPAWN_SETPGROUP flag.
    ///   resetids
    ///     If the value is `true` the POSIX_SPAWN_RESETIDS will be activated.
    ///   setsid
    ///     If the value is `true` the POSIX_SPAWN_SETSID or POSIX_SPAWN_SETSID_NP will be activated.
    ///   setsigmask
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGMASK flag.
    ///   setsigdef
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGDEF flag.
    ///   scheduler
    ///     A tuple with the scheduler policy (optional) and parameters.
    #[pyfunction(
        signature = "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    pub fn posix_spawn(
        path: Path,
        argv: &PyObject,
        env: &PyObject,
        file_actions: OptArg<&PyObject>,
        setpgroup: Option<i32>,
        resetids: bool,
        setsid: bool,
        setsigmask: OptArg<&PyObject>,
        setsigdef: OptArg<&PyObject>,
        scheduler: Option<&PyObject>,
    ) -> PyResult<i32> {
        let settings =
            Settings { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawned(&path, argv, env, &settings, false)
    }

    /// Execute the program specified by path in a new process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    ///   file_actions
    ///     A sequence of file action tuples.
    ///   setpgroup
    ///     The pgroup to use with the POSIX_SPAWN_SETPGROUP flag.
    ///   resetids
    ///     If the value is `True` the POSIX_SPAWN_RESETIDS will be activated.
    ///   setsid
    ///     If the value is `True` the POSIX_SPAWN_SETSID or POSIX_SPAWN_SETSID_NP will be activated.
    ///   setsigmask
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGMASK flag.
    ///   setsigdef
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGDEF flag.
    ///   scheduler
    ///     A tuple with the scheduler policy (optional) and parameters.
    #[pyfunction(
        signature = "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    pub fn posix_spawnp(
        path: Path,
        argv: &PyObject,
        env: &PyObject,
        file_actions: OptArg<&PyObject>,
        setpgroup: Option<i32>,
        resetids: bool,
        setsid: bool,
        setsigmask: OptArg<&PyObject>,
        setsigdef: OptArg<&PyObject>,
        scheduler: Option<&PyObject>,
    ) -> PyResult<i32> {
        let settings =
            Settings { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawned(&path, argv, env, &settings, true)
    }
}
