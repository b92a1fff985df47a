//! `_lsprof`: the profiler of `cProfile`, a tool of `sys.monitoring`.
//!
//! | file | holds |
//! |---|---|
//! | `record` | what is counted |

mod record;

use core::cell::{Cell, RefCell};
use record::{Function, Record, Tally};
use taipan_host::clocks;
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::protocols::number;
use taipan_objects::types::builtin::PyBuiltin;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::descriptors::PyMethodDescr;
use taipan_objects::types::structseq::StructSeq;
use taipan_objects::types::r#type::cache;
use taipan_objects::{errors, prelude::*};

/// `sys.monitoring.PROFILER_ID`
const TOOL: i64 = 2;

/// The events that are asked for, and the method that each calls.
const EVENTS: [(&str, &str); 9] = [
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

static ENTRY: StructSeq = StructSeq::new(
    "_lsprof.profiler_entry",
    "",
    &[
        ("code", "code object or built-in function name"),
        ("callcount", "how many times this was called"),
        ("reccallcount", "how many times called recursively"),
        ("totaltime", "total time in this entry"),
        ("inlinetime", "inline time in this entry (not in subcalls)"),
        ("calls", "details of the calls"),
    ],
    6,
    true,
);
static SUBENTRY: StructSeq = StructSeq::new(
    "_lsprof.profiler_subentry",
    "",
    &[
        ("code", "called code object or built-in function name"),
        ("callcount", "how many times this is called"),
        ("reccallcount", "how many times this is called recursively"),
        ("totaltime", "total time spent in this call"),
        ("inlinetime", "inline time (not in further subcalls)"),
    ],
    5,
    true,
);

/// Build a profiler object using the specified timer function.
///
/// The default timer is a fast built-in one based on real time.
/// For custom timer functions returning integers, 'timeunit' can
/// be a float specifying a scale (that is, how long each integer unit
/// is, in seconds).
#[pytype(
    name = "_lsprof.Profiler",
    gc,
    flags(BASETYPE),
    signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
    parts(METHODS)
)]
pub struct PyProfiler {
    ob_base: PyObject,
    /// Gives the time in seconds, or in ticks where there is a unit; without one it is the system's clock.
    timer: ObjCell,
    /// Seconds a tick, where it is not 0.
    unit: Cell<f64>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
    enabled: Cell<bool>,
    /// Its timer runs.
    timing: Cell<bool>,
    record: RefCell<Record>,
}

fn monitoring() -> PyResult {
    let sys = taipan_objects::system::import(intern!("sys"))?;
    object::get_attr(&sys, intern!("monitoring"))
}

/// The set of bits of an event.
fn event(monitoring: &PyObject, name: &str) -> PyResult {
    let events = object::get_attr(monitoring, intern!("events"))?;
    object::get_attr(&events, &PyStr::new(name))
}

/// The number by which a native function is known, and what it is called; `None` for other callables.
struct Native<'a> {
    key: usize,
    callable: &'a PyObject,
}

impl<'a> Native<'a> {
    fn of(callable: &'a PyObject, first: &PyObject) -> PyResult<Option<Self>> {
        let def = if let Some(function) = callable.downcast::<PyBuiltin>() {
            function.def()
        } else if let Some(method) = callable.downcast::<PyMethodDescr>() {
            if first.is(&*object::get_attr(&*monitoring()?, intern!("MISSING"))?) {
                return Ok(None);
            }
            method.def()
        } else {
            return Ok(None);
        };
        Ok(Some(Native { key: core::ptr::from_ref(def) as usize, callable }))
    }

    /// `<built-in method module.name>`, or what describes it in the class of its receiver.
    fn label(&self) -> PyResult {
        let Some(function) = self.callable.downcast::<PyBuiltin>() else {
            return object::repr(self.callable).map(Py::into_obj);
        };
        let name = function.short_name();
        let text = match function.receiver() {
            Some(receiver) if receiver.downcast::<PyModule>().is_none() => {
                if let Some(found) = cache::lookup(receiver.class(), &PyStr::new(name)) {
                    return object::repr(&found).map(Py::into_obj);
                }
                format!("<built-in method {name}>")
            }
            _ => match function.module().and_then(|module| module.downcast_owned::<PyStr>()) {
                Some(module) => format!("<built-in method {module}.{name}>"),
                None => format!("<built-in method {name}>"),
            },
        };
        Ok(PyStr::new(&text).into_obj())
    }
}

fn out_of_range() -> Raised {
    raised!(OverflowError, "timestamp out of range for C PyTime_t")
}

/// Nanoseconds of seconds, which are an integer or a float, downward.
fn nanoseconds(seconds: &PyObject) -> PyResult<i64> {
    const SECOND: i64 = 1_000_000_000;
    if PyFloat::check(seconds) {
        let value = number::as_f64(seconds)?;
        if value.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        let value = (value * SECOND as f64).floor();
        let fits = (i64::MIN as f64..-(i64::MIN as f64)).contains(&value);
        return if fits { Ok(value as i64) } else { Err(out_of_range()) };
    }
    if !number::is_index(seconds) {
        let name = seconds.class().name();
        return Err(raised!(TypeError, "'{name}' object cannot be interpreted as an integer or float"));
    }
    let value = number::index(seconds)?;
    value.to_i64().and_then(|value| value.checked_mul(SECOND)).ok_or_else(out_of_range)
}

impl PyProfiler {
    /// The time of a timer that Python gave.
    #[cold]
    fn given_time(&self, timer: &PyObject) -> PyResult<i64> {
        let outer = self.timing.replace(true);
        let value = call::call(timer, &[]);
        self.timing.set(outer);
        let value = value?;
        if self.unit.get() <= 0.0 {
            return nanoseconds(&value);
        }
        let Some(ticks) = value.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "expect int, got {}", value.class().name()));
        };
        ticks.to_i64().ok_or_else(out_of_range)
    }

    /// A timer leaves the record that it is asked for alone.
    fn not_within_timer(&self, what: &str) -> PyResult<()> {
        match self.timing.get() {
            true => Err(raised!(RuntimeError, "cannot {what} profiler in external timer")),
            false => Ok(()),
        }
    }

    /// Ticks. A timer that fails stands at 0, which is reported.
    fn now(&self) -> i64 {
        let Some(timer) = self.timer.get() else { return clocks::monotonic() };
        self.given_time(&timer).unwrap_or_else(|raised| {
            let shown = object::repr(&timer).map_or_else(
                |raised| {
                    errors::clear(raised);
                    String::from("?")
                },
                |text| text.to_string_lossy().into_owned(),
            );
            let message = format!("Exception ignored while calling _lsprof timer {shown}");
            errors::write_unraisable(raised, Some(&message), None);
            0
        })
    }

    /// Seconds a tick.
    fn factor(&self) -> f64 {
        if self.timer.get().is_some() && self.unit.get() != 0.0 { self.unit.get() } else { 1e-9 }
    }

    /// A call begins. What it is called is asked only once.
    fn begin(&self, key: usize, label: impl FnOnce() -> PyResult) -> PyResult<()> {
        if !self.record.borrow().knows(key) {
            let label = label()?;
            self.record.borrow_mut().add(key, label);
        }
        self.record.borrow_mut().begin(key, self.subcalls.get());
        let now = self.now();
        self.record.borrow_mut().start_clock(now);
        Ok(())
    }

    fn begin_code(&self, code: &PyObject) -> PyResult<()> {
        if code.downcast::<PyCode>().is_none() {
            return Ok(());
        }
        self.begin(code.as_ptr() as usize, || Ok(code.owned()))
    }

    fn end(&self) {
        if self.record.borrow().is_open() {
            let now = self.now();
            self.record.borrow_mut().end(now);
        }
    }

    fn values(&self, label: &Obj, tally: &Tally) -> Vec<Obj> {
        let factor = self.factor();
        let seconds = |ticks: i64| PyFloat::new(factor * ticks as f64).into_obj();
        let count = |count| PyInt::from_i64(count).into_obj();
        vec![
            label.clone(),
            count(tally.calls),
            count(tally.recursive),
            seconds(tally.total),
            seconds(tally.inline),
        ]
    }

    /// What is told of a function; `None` where no call of it has ended.
    fn entry(&self, record: &Record, function: &Function) -> PyResult<Option<Obj>> {
        if function.tally.calls == 0 {
            return Ok(None);
        }
        let mut called = Vec::new();
        for pair in function.called.iter().map(|&place| &record.pairs[place]) {
            if pair.tally.calls != 0 {
                called.push(SUBENTRY.make(self.values(&record.functions[pair.callee].label, &pair.tally))?);
            }
        }
        let mut values = self.values(&function.label, &function.tally);
        values.push(if called.is_empty() { none() } else { PyList::from_vec(called).into_obj() });
        ENTRY.make(values).map(Some)
    }
}

#[pymethods(METHODS)]
impl PyProfiler {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyProfiler>> {
        taipan_objects::memory::new_in(
            cls,
            PyProfiler {
                ob_base: PyObject::EMPTY,
                timer: ObjCell::empty(),
                unit: Cell::new(0.0),
                subcalls: Cell::new(true),
                builtins: Cell::new(true),
                enabled: Cell::new(false),
                timing: Cell::new(false),
                record: RefCell::default(),
            },
        )
    }

    #[init(signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)")]
    fn init(&self, timer: Option<&PyObject>, timeunit: f64, subcalls: bool, builtins: bool) -> PyResult<()> {
        self.timer.set(timer.map(ObjectExt::owned));
        self.unit.set(timeunit);
        self.subcalls.set(subcalls);
        self.builtins.set(builtins);
        Ok(())
    }

    /// list of profiler_entry objects.
    ///
    /// getstats() -> list of profiler_entry objects
    ///
    /// Return all information collected by the profiler.
    /// Each profiler_entry is a tuple-like object with the
    /// following attributes:
    ///
    ///     code          code object
    ///     callcount     how many times this was called
    ///     reccallcount  how many times called recursively
    ///     totaltime     total time in this entry
    ///     inlinetime    inline time in this entry (not in subcalls)
    ///     calls         details of the calls
    ///
    /// The calls attribute is either None or a list of
    /// profiler_subentry objects:
    ///
    ///     code          called code object
    ///     callcount     how many times this is called
    ///     reccallcount  how many times this is called recursively
    ///     totaltime     total time spent in this call
    ///     inlinetime    inline time (not in further subcalls)
    #[pymethod]
    fn getstats(&self) -> PyResult<Py<PyList>> {
        let record = self.record.borrow();
        let entries =
            record.functions.iter().filter_map(|function| self.entry(&record, function).transpose());
        Ok(PyList::from_vec(entries.collect::<PyResult<Vec<_>>>()?))
    }

    #[pymethod(signature = "(code, instruction_offset, /)")]
    fn _pystart_callback(&self, code: &PyObject, _instruction_offset: &PyObject) -> PyResult<()> {
        self.begin_code(code)
    }

    #[pymethod(signature = "(code, instruction_offset, exception, /)")]
    fn _pythrow_callback(
        &self,
        code: &PyObject,
        _instruction_offset: &PyObject,
        _exception: &PyObject,
    ) -> PyResult<()> {
        self.begin_code(code)
    }

    #[pymethod(signature = "(code, instruction_offset, retval, /)")]
    fn _pyreturn_callback(&self, _code: &PyObject, _instruction_offset: &PyObject, _retval: &PyObject) {
        self.end();
    }

    #[pymethod(signature = "(code, instruction_offset, callable, self_arg, /)")]
    fn _ccall_callback(
        &self,
        _code: &PyObject,
        _instruction_offset: &PyObject,
        callable: &PyObject,
        self_arg: &PyObject,
    ) -> PyResult<()> {
        if !self.builtins.get() {
            return Ok(());
        }
        match Native::of(callable, self_arg)? {
            Some(native) => self.begin(native.key, || native.label()),
            None => Ok(()),
        }
    }

    #[pymethod(signature = "(code, instruction_offset, callable, self_arg, /)")]
    fn _creturn_callback(
        &self,
        _code: &PyObject,
        _instruction_offset: &PyObject,
        callable: &PyObject,
        self_arg: &PyObject,
    ) -> PyResult<()> {
        if self.builtins.get() && Native::of(callable, self_arg)?.is_some() {
            self.end();
        }
        Ok(())
    }

    /// Start collecting profiling information.
    ///
    ///   subcalls
    ///     If True, also records for each function
    ///     statistics separated according to its current caller.
    ///   builtins
    ///     If True, records the time spent in
    ///     built-in functions separately from their caller.
    #[pymethod(signature = "(subcalls=True, builtins=True)")]
    fn enable(&self, subcalls: bool, builtins: bool) -> PyResult<()> {
        self.subcalls.set(subcalls);
        self.builtins.set(builtins);
        let monitoring = monitoring()?;
        let tool = PyInt::from_i64(TOOL);
        call::method(&monitoring, intern!("use_tool_id"), &[&tool, intern!("cProfile")])?;
        let mut wanted = PyInt::from_i64(0).into_obj();
        for (name, method) in EVENTS {
            let event = event(&monitoring, name)?;
            let callback = object::get_attr(self, &PyStr::new(method))?;
            call::method(&monitoring, intern!("register_callback"), &[&tool, &event, &callback])?;
            wanted = number::or_(&wanted, &event)?;
        }
        call::method(&monitoring, intern!("set_events"), &[&tool, &wanted])?;
        self.enabled.set(true);
        Ok(())
    }

    /// Stop collecting profiling information.
    #[pymethod]
    fn disable(&self) -> PyResult<()> {
        self.not_within_timer("disable")?;
        if self.enabled.replace(false) {
            let monitoring = monitoring()?;
            let tool = PyInt::from_i64(TOOL);
            call::method(&monitoring, intern!("set_events"), &[&tool, &PyInt::from_i64(0)])?;
            for (name, _) in EVENTS {
                let event = event(&monitoring, name)?;
                call::method(&monitoring, intern!("register_callback"), &[&tool, &event, none_ref()])?;
            }
            call::method(&monitoring, intern!("free_tool_id"), &[&tool])?;
        }
        while self.record.borrow().is_open() {
            self.end();
        }
        Ok(())
    }

    /// Clear all profiling information collected so far.
    #[pymethod]
    fn clear(&self) -> PyResult<()> {
        self.not_within_timer("clear")?;
        drop(self.record.take());
        Ok(())
    }
}

/// Fast profiler
#[pymodule(name = "_lsprof")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(ENTRY.type_object())?;
        module.add_type(SUBENTRY.type_object())?;
        module.add_type(PyProfiler::type_object())
    }
}
