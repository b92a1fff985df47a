//! `gc`: the collector's controls and views.

use taipan_macros::pymodule;

/// This module provides access to the garbage collector for reference cycles.
///
/// enable() -- Enable automatic garbage collection.
/// disable() -- Disable automatic garbage collection.
/// isenabled() -- Returns true if automatic collection is enabled.
/// collect() -- Do a full collection right now.
/// get_count() -- Return the current collection counts.
/// get_stats() -- Return list of dictionaries containing per-generation stats.
/// set_debug() -- Set debugging flags.
/// get_debug() -- Get debugging flags.
/// set_threshold() -- Set the collection thresholds.
/// get_threshold() -- Return the current collection thresholds.
/// get_objects() -- Return a list of all objects tracked by the collector.
/// is_tracked() -- Returns true if a given object is tracked.
/// is_finalized() -- Returns true if a given object has been already finalized.
/// get_referrers() -- Return the list of objects that refer to an object.
/// get_referents() -- Return the list of objects that an object refers to.
/// freeze() -- Freeze all tracked objects and ignore them for future collections.
/// unfreeze() -- Unfreeze all objects in the permanent generation.
/// get_freeze_count() -- Return the number of objects in the permanent generation.
#[pymodule(name = "gc")]
pub mod gc {
    use taipan_objects::gc::{self, GENERATIONS, GcState};
    use taipan_objects::model::thread::current;
    use taipan_objects::prelude::*;
    use taipan_objects::system::audit;

    fn state() -> &'static GcState {
        &current().interpreter().gc
    }

    /// Enable automatic garbage collection.
    #[pyfunction]
    pub fn enable() {
        state().enabled.set(true);
    }

    /// Disable automatic garbage collection.
    #[pyfunction]
    pub fn disable() {
        state().enabled.set(false);
    }

    /// Returns true if automatic garbage collection is enabled.
    #[pyfunction]
    pub fn isenabled() -> bool {
        state().enabled.get()
    }

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The optional argument
    /// may be an integer specifying which generation to collect.  A ValueError
    /// is raised if the generation number is invalid.
    ///
    /// The number of unreachable objects is returned.
    #[pyfunction(signature = "(generation=2)")]
    pub fn collect(generation: i32) -> PyResult<usize> {
        match usize::try_from(generation) {
            Ok(generation) if generation < GENERATIONS => Ok(gc::collect(generation)),
            _ => Err(raised!(ValueError, "invalid generation")),
        }
    }

    /// Set the garbage collection debugging flags.
    ///
    ///   flags
    ///     An integer that can have the following bits turned on:
    ///       DEBUG_STATS - Print statistics during collection.
    ///       DEBUG_COLLECTABLE - Print collectable objects found.
    ///       DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects
    ///         found.
    ///       DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.
    ///       DEBUG_LEAK - Debug leaking programs (everything but STATS).
    ///
    /// Debugging information is written to sys.stderr.
    #[pyfunction(signature = "(flags, /)")]
    pub fn set_debug(flags: i32) {
        state().debug.set(flags);
    }

    /// Get the garbage collection debugging flags.
    #[pyfunction]
    pub fn get_debug() -> i32 {
        state().debug.get()
    }

    /// set_threshold(threshold0, [threshold1, [threshold2]])
    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[pyfunction(signature = "(*thresholds)", no_text)]
    pub fn set_threshold(thresholds: &[&PyObject]) -> PyResult<()> {
        if !(1..=GENERATIONS).contains(&thresholds.len()) {
            return Err(raised!(TypeError, "gc.set_threshold requires 1 to 3 arguments"));
        }
        let values: Vec<i32> = thresholds
            .iter()
            .map(|value| number::index_to_integer::<i32>(value, "C int"))
            .collect::<PyResult<_>>()?;
        for (threshold, value) in state().thresholds.iter().zip(values) {
            threshold.set(value);
        }
        Ok(())
    }

    /// Return the current collection thresholds.
    #[pyfunction]
    pub fn get_threshold() -> (i32, i32, i32) {
        let [young, middle, old] = &state().thresholds;
        (young.get(), middle.get(), old.get())
    }

    /// Return a three-tuple of the current collection counts.
    #[pyfunction]
    pub fn get_count() -> (i32, i32, i32) {
        let [young, middle, old] = &state().counts;
        (young.get(), middle.get(), old.get())
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[pyfunction(signature = "(*objs)")]
    pub fn get_referrers(objs: &[&PyObject]) -> PyResult<Py<PyList>> {
        audit(c"gc.get_referrers", &[&PyTuple::from_slice(objs)])?;
        Ok(PyList::from_vec(state().referrers(objs)))
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[pyfunction(signature = "(*objs)")]
    pub fn get_referents(objs: &[&PyObject]) -> PyResult<Py<PyList>> {
        audit(c"gc.get_referents", &[&PyTuple::from_slice(objs)])?;
        Ok(PyList::from_vec(objs.iter().flat_map(|object| gc::referents(object)).collect()))
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    ///
    ///   generation
    ///     Generation to extract the objects from.
    ///
    /// If generation is not None, return only the objects tracked by the
    /// collector that are in that generation.
    #[pyfunction(signature = "(generation=None)")]
    pub fn get_objects(generation: Option<&PyObject>) -> PyResult<Py<PyList>> {
        let wanted = match generation {
            None => -1,
            Some(value) if number::is_index(value) => number::as_isize(value, None)?,
            Some(value) => {
                let found = value.class().name();
                return Err(raised!(TypeError, "argument should be integer or None, not '{found}'"));
            }
        };
        audit(c"gc.get_objects", &[&PyInt::from_i64(wanted as i64)])?;
        if wanted >= GENERATIONS as isize {
            return Err(raised!(
                ValueError,
                "generation parameter must be less than the number of available generations ({GENERATIONS})"
            ));
        }
        if wanted < -1 {
            return Err(raised!(ValueError, "generation parameter cannot be negative"));
        }
        Ok(PyList::from_vec(state().objects(usize::try_from(wanted).ok())))
    }

    /// Return a list of dictionaries containing per-generation statistics.
    #[pyfunction]
    pub fn get_stats() -> PyResult<Py<PyList>> {
        let list = PyList::new();
        for generation in &state().statistics {
            let numbers = generation.get();
            let dict = PyDict::new();
            for (key, count) in [
                (intern!("collections"), numbers.collections),
                (intern!("collected"), numbers.collected),
                (intern!("uncollectable"), numbers.uncollectable),
            ] {
                dict.set_item(key, &PyInt::from_u64(count as u64))?;
            }
            list.append(dict.into_obj())?;
        }
        Ok(list)
    }

    /// Returns true if the object is tracked by the garbage collector.
    ///
    /// Simple atomic objects will return false.
    #[pyfunction(signature = "(obj, /)")]
    pub fn is_tracked(obj: &PyObject) -> bool {
        gc::is_tracked(obj)
    }

    /// Returns true if the object has been already finalized by the GC.
    #[pyfunction(signature = "(obj, /)")]
    pub fn is_finalized(obj: &PyObject) -> bool {
        gc::is_finalized(obj)
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    ///
    /// This can be used before a POSIX fork() call to make the gc copy-on-write
    /// friendly.
    /// Note: collection before a POSIX fork() call may free pages for future
    /// allocation which can cause copy-on-write.
    #[pyfunction]
    pub fn freeze() {
        state().freeze();
    }

    /// Unfreeze all objects in the permanent generation.
    ///
    /// Put all objects in the permanent generation back into oldest generation.
    #[pyfunction]
    pub fn unfreeze() {
        state().unfreeze();
    }

    /// Return the number of objects in the permanent generation.
    #[pyfunction]
    pub fn get_freeze_count() -> usize {
        state().freeze_count()
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("garbage", &state().garbage())?;
        module.add("callbacks", &state().callbacks())?;
        for (name, flag) in [
            ("DEBUG_STATS", gc::DEBUG_STATS),
            ("DEBUG_COLLECTABLE", gc::DEBUG_COLLECTABLE),
            ("DEBUG_UNCOLLECTABLE", gc::DEBUG_UNCOLLECTABLE),
            ("DEBUG_SAVEALL", gc::DEBUG_SAVEALL),
            ("DEBUG_LEAK", gc::DEBUG_COLLECTABLE | gc::DEBUG_UNCOLLECTABLE | gc::DEBUG_SAVEALL),
        ] {
            module.add_int(name, i64::from(flag))?;
        }
        Ok(())
    }
}
