//! Priorities, policies and processors.

use taipan_host::scheduling as host;
use taipan_objects::prelude::*;
use taipan_objects::system::os_error;
use taipan_objects::types::structseq::StructSeq;

static SCHED_PARAM: StructSeq = StructSeq::new(
    "posix.sched_param",
    "Currently has only one field: sched_priority

  sched_priority
    A scheduling parameter.",
    &[("sched_priority", "the scheduling priority")],
    1,
    true,
);

pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add("sched_param", SCHED_PARAM.type_object())
}

fn priority_of(param: &PyObject) -> PyResult<i32> {
    if !param.class().is(SCHED_PARAM.type_object()) {
        return Err(raised!(TypeError, "must have a sched_param object"));
    }
    let priority = sequence::get_item(param, 0)?;
    number::index_to_integer::<i32>(&priority, "C int")
}

#[pymodule(fragment)]
pub mod scheduling {
    use super::*;

    /// Add increment to the priority of process and return the new priority.
    #[pyfunction(signature = "(increment, /)")]
    pub fn nice(increment: i32) -> PyResult<i32> {
        host::nice(increment).map_err(os_error)
    }

    /// Return program scheduling priority.
    #[pyfunction(signature = "(which, who)")]
    pub fn getpriority(which: i32, who: i32) -> PyResult<i32> {
        host::niceness(which as u32, who as u32).map_err(os_error)
    }

    /// Set program scheduling priority.
    #[pyfunction(signature = "(which, who, priority)")]
    pub fn setpriority(which: i32, who: i32, priority: i32) -> PyResult<()> {
        host::set_niceness(which as u32, who as u32, priority).map_err(os_error)
    }

    /// Get the maximum scheduling priority for policy.
    #[pyfunction(signature = "(policy)")]
    pub fn sched_get_priority_max(policy: i32) -> PyResult<i32> {
        host::highest_priority(policy).map_err(os_error)
    }

    /// Get the minimum scheduling priority for policy.
    #[pyfunction(signature = "(policy)")]
    pub fn sched_get_priority_min(policy: i32) -> PyResult<i32> {
        host::lowest_priority(policy).map_err(os_error)
    }

    /// Get the scheduling policy for the process identified by pid.
    ///
    /// Passing 0 for pid returns the scheduling policy for the calling process.
    #[pyfunction(signature = "(pid, /)")]
    pub fn sched_getscheduler(pid: i32) -> PyResult<i32> {
        host::policy(pid).map_err(os_error)
    }

    /// Set the scheduling policy for the process identified by pid.
    ///
    /// If pid is 0, the calling process is changed.
    /// param is an instance of sched_param.
    #[pyfunction(signature = "(pid, policy, param, /)")]
    pub fn sched_setscheduler(pid: i32, policy: i32, param: &PyObject) -> PyResult<()> {
        host::set_policy(pid, policy, priority_of(param)?).map_err(os_error)
    }

    /// Returns scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, returns parameters for the calling process.
    /// Return value is an instance of sched_param.
    #[pyfunction(signature = "(pid, /)")]
    pub fn sched_getparam(pid: i32) -> PyResult {
        let priority = host::priority(pid).map_err(os_error)?;
        SCHED_PARAM.make(vec![PyInt::from_i64(i64::from(priority)).into_obj()])
    }

    /// Set scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, sets parameters for the calling process.
    /// param should be an instance of sched_param.
    #[pyfunction(signature = "(pid, param, /)")]
    pub fn sched_setparam(pid: i32, param: &PyObject) -> PyResult<()> {
        host::set_priority(pid, priority_of(param)?).map_err(os_error)
    }

    /// Return the round-robin quantum for the process identified by pid, in seconds.
    ///
    /// Value returned is a float.
    #[pyfunction(signature = "(pid, /)")]
    pub fn sched_rr_get_interval(pid: i32) -> PyResult<f64> {
        host::round_robin_interval(pid).map(|ns| ns as f64 * 1e-9).map_err(os_error)
    }

    /// Voluntarily relinquish the CPU.
    #[pyfunction(signature = "()")]
    pub fn sched_yield() -> PyResult<()> {
        host::give_way().map_err(os_error)
    }

    /// Return the affinity of the process identified by pid (or the current process if zero).
    ///
    /// The affinity is returned as a set of CPU identifiers.
    #[pyfunction(signature = "(pid, /)")]
    pub fn sched_getaffinity(pid: i32) -> PyResult {
        let set = taipan_objects::types::set::PySet::new();
        for processor in host::processors(pid).map_err(os_error)? {
            set.add(&PyInt::from_u64(processor as u64))?;
        }
        Ok(set.into_obj())
    }

    /// Set the CPU affinity of the process identified by pid to mask.
    ///
    ///   pid
    ///     The identifier of the process for which to set the CPU affinity mask.
    ///     0 refers to the calling process.
    ///   mask
    ///     An iterable of integers identifying CPUs.
    #[pyfunction(signature = "(pid, mask, /)")]
    pub fn sched_setaffinity(pid: i32, mask: &PyObject) -> PyResult<()> {
        let mut processors = Vec::new();
        iter::for_each(mask, |item| {
            let Some(number) = item.downcast::<PyInt>() else {
                let found = item.class().name();
                return Err(raised!(TypeError, "expected an iterator of ints, but iterator yielded {found}"));
            };
            match number.to_i64() {
                Some(processor) if (0..i64::from(i32::MAX)).contains(&processor) => {
                    processors.push(processor as usize);
                    Ok(())
                }
                Some(processor) if processor < 0 => Err(raised!(ValueError, "negative CPU number")),
                _ => Err(raised!(OverflowError, "CPU number too large")),
            }
        })?;
        host::set_processors(pid, &processors).map_err(os_error)
    }
}
