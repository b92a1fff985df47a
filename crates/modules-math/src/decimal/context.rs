//! `Context`: precision, bounds, rounding, traps and flags; the current one is the value of a context variable.

use super::flags::{Bits, bits_of_mapping, shown_as};
use super::number::{PyDecimal, make};
use super::signals::{bits_of_list, list_of_signals, raise, rounding_name, rounding_of, shown};
use super::state::state;
use core::cell::Cell;
use taipan_kernels::decimal::number::{MAX_EMAX, MAX_PREC, MIN_EMIN};
use taipan_kernels::decimal::{Dec, Rounding, Rules, status};
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

const DEFAULT: Rules =
    Rules { prec: 28, emax: 999_999, emin: -999_999, rounding: Rounding::HalfEven, clamp: false };
const DEFAULT_TRAPS: u32 = status::ANY_INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW;

/// Rules that hold no references.
pub struct RulesCell(Cell<Rules>);

impl Traverse for RulesCell {
    fn traverse(&self, _: &mut Visitor) {}
}

/// The context affects almost all operations and controls rounding,
/// over- and underflow, raising of exceptions and much more.
#[pytype(
    name = "decimal.Context",
    gc,
    signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    flags(BASETYPE, IMMUTABLETYPE),
    parts(
        METHODS,
        SLOTS,
        super::context_methods::UNARY,
        super::context_methods::BINARY,
        super::context_methods::TESTS,
        super::context_methods::OTHERS
    )
)]
pub struct PyDecContext {
    ob_base: PyObject,
    rules: RulesCell,
    capitals: Cell<bool>,
    status: Bits,
    traps: Bits,
    flags_mapping: ObjCell,
    traps_mapping: ObjCell,
}

fn fields(rules: Rules, traps: u32) -> PyDecContext {
    PyDecContext {
        ob_base: PyObject::EMPTY,
        rules: RulesCell(Cell::new(rules)),
        capitals: Cell::new(true),
        status: Bits::default(),
        traps: Bits::new(traps),
        flags_mapping: ObjCell::empty(),
        traps_mapping: ObjCell::empty(),
    }
}

fn with(rules: Rules, traps: u32) -> Py<PyDecContext> {
    memory::new(fields(rules, traps))
}

/// `DefaultContext`, `BasicContext` and `ExtendedContext`.
pub fn templates() -> [Py<PyDecContext>; 3] {
    let basic = Rules { prec: 9, rounding: Rounding::HalfUp, ..DEFAULT };
    [
        with(DEFAULT, DEFAULT_TRAPS),
        with(basic, DEFAULT_TRAPS | status::UNDERFLOW | status::CLAMPED),
        with(Rules { prec: 9, ..DEFAULT }, 0),
    ]
}

/// The context of an interchange format of so many bits.
pub fn interchange(bits: i64) -> Py<PyDecContext> {
    let emax = 3 * (1 << (bits / 16 + 3));
    let rules =
        Rules { prec: 9 * (bits / 32) - 2, emax, emin: 1 - emax, rounding: Rounding::HalfEven, clamp: true };
    with(rules, 0)
}

/// The current context, a copy of the default one in a thread that had none.
#[inline]
pub fn current() -> PyResult<Py<PyDecContext>> {
    if let Some(value) = state().variable().lookup() {
        return of_object(value);
    }
    let fresh = state().default_context().duplicate();
    fresh.status.set(0);
    state().variable().assign(&fresh);
    Ok(fresh)
}

#[inline]
fn of_object(value: Obj) -> PyResult<Py<PyDecContext>> {
    value.downcast_into::<PyDecContext>().map_err(|_| raised!(TypeError, "argument must be a context"))
}

/// Makes a context the current one; the templates are copied.
pub fn set_current(context: &PyObject) -> PyResult<()> {
    let given = of_object(context.owned())?;
    let given = if state().templates().iter().any(|template| template.is(&given)) {
        let copy = given.duplicate();
        copy.status.set(0);
        copy
    } else {
        given
    };
    state().variable().assign(&given);
    Ok(())
}

/// The context of an optional argument, else the current one.
#[inline]
pub fn context_or_current(context: Option<&PyObject>) -> PyResult<Py<PyDecContext>> {
    match context {
        None => current(),
        Some(context) => context
            .downcast_owned::<PyDecContext>()
            .ok_or_else(|| raised!(TypeError, "optional argument must be a context")),
    }
}

/// An integer as attributes of contexts take it.
pub fn integer(value: &PyObject) -> PyResult<i64> {
    let Some(value) = value.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "an integer is required"));
    };
    value.to_i64().ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C ssize_t"))
}

fn bounded(value: &PyObject, least: i64, greatest: i64, message: &str) -> PyResult<i64> {
    let value = integer(value)?;
    if (least..=greatest).contains(&value) { Ok(value) } else { Err(raised!(ValueError, "{message}")) }
}

impl PyDecContext {
    #[inline(always)]
    pub fn rules(&self) -> Rules {
        self.rules.0.get()
    }

    fn change(&self, change: impl FnOnce(&mut Rules)) {
        let mut rules = self.rules();
        change(&mut rules);
        self.rules.0.set(rules);
    }

    #[inline]
    pub fn capitals(&self) -> bool {
        self.capitals.get()
    }

    pub fn clear_status(&self) {
        self.status.set(0);
    }

    pub fn clear_traps_bits(&self) {
        self.traps.set(0);
    }

    /// Sets flags that are not trapped whatever the traps are.
    pub fn set_status(&self, bits: u32) {
        self.status.set(self.status.get() | bits);
    }

    /// Notes conditions, and raises those that are trapped.
    #[inline]
    pub fn note(&self, met: u32) -> PyResult<()> {
        if met == 0 {
            return Ok(());
        }
        self.status.set(self.status.get() | met);
        let trapped = met & self.traps.get();
        if trapped == 0 && met & status::NO_MEMORY == 0 { Ok(()) } else { Err(refused(met, trapped)) }
    }

    /// Runs an operation by the context's rules.
    #[inline]
    pub fn run<T>(&self, operation: impl FnOnce(&Rules, &mut u32) -> T) -> PyResult<T> {
        let mut met = 0;
        let result = operation(&self.rules(), &mut met);
        self.note(met)?;
        Ok(result)
    }

    /// As `run`; the result as an object.
    #[inline]
    pub fn number(&self, operation: impl FnOnce(&Rules, &mut u32) -> Dec) -> PyResult<Py<PyDecimal>> {
        self.run(operation).map(make)
    }

    pub fn duplicate(&self) -> Py<PyDecContext> {
        let copy = with(self.rules(), self.traps.get());
        copy.status.set(self.status.get());
        copy.capitals.set(self.capitals.get());
        copy
    }

    /// Sets an attribute by its name; false where there is none.
    pub fn set_named(&self, name: &str, value: &PyObject) -> PyResult<bool> {
        match name {
            "prec" => {
                let prec = bounded(value, 1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
                self.change(|rules| rules.prec = prec);
            }
            "Emax" => {
                let emax = bounded(value, 0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?;
                self.change(|rules| rules.emax = emax);
            }
            "Emin" => {
                let emin = bounded(value, MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?;
                self.change(|rules| rules.emin = emin);
            }
            "rounding" => {
                let rounding = rounding_of(value)?;
                self.change(|rules| rules.rounding = rounding);
            }
            "capitals" => {
                let capitals = bounded(value, 0, 1, "valid values for capitals are 0 or 1")?;
                self.capitals.set(capitals != 0);
            }
            "clamp" => {
                let clamp = bounded(value, 0, 1, "valid values for clamp are 0 or 1")?;
                self.change(|rules| rules.clamp = clamp != 0);
            }
            "flags" => self.status.set(signal_bits(value)?),
            "traps" => self.traps.set(signal_bits(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Signals of a list or a mapping.
fn signal_bits(value: &PyObject) -> PyResult<u32> {
    match value.downcast::<PyList>() {
        Some(_) => bits_of_list(state(), value),
        None => bits_of_mapping(value),
    }
}

#[cold]
fn refused(met: u32, trapped: u32) -> Raised {
    if met & status::NO_MEMORY != 0 {
        return raised!(MemoryError);
    }
    raise(state(), trapped)
}

/// The attributes in the order of the constructor.
const NAMES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

#[pymethods(METHODS)]
impl PyDecContext {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = (args, kwargs);
        // What the constructor leaves out is that of the template.
        let template = state().default_context();
        let fresh = fields(template.rules(), template.traps.get());
        fresh.capitals.set(template.capitals.get());
        Ok(memory::new_in(cls, fresh)?.into_obj())
    }

    #[init(
        name = "Context",
        signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
    )]
    fn init(
        &self,
        prec: Option<&PyObject>,
        rounding: Option<&PyObject>,
        emin: Option<&PyObject>,
        emax: Option<&PyObject>,
        capitals: Option<&PyObject>,
        clamp: Option<&PyObject>,
        flags: Option<&PyObject>,
        traps: Option<&PyObject>,
    ) -> PyResult<()> {
        let values = [prec, rounding, emin, emax, capitals, clamp, flags, traps];
        for (name, value) in NAMES.into_iter().zip(values) {
            if let Some(value) = value {
                self.set_named(name, value)?;
            }
        }
        Ok(())
    }

    #[getter]
    fn prec(&self) -> i64 {
        self.rules().prec
    }

    #[setter]
    fn set_prec(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("prec", value)
    }

    #[getter(Emax)]
    fn emax(&self) -> i64 {
        self.rules().emax
    }

    #[setter(Emax)]
    fn set_emax(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("Emax", value)
    }

    #[getter(Emin)]
    fn emin(&self) -> i64 {
        self.rules().emin
    }

    #[setter(Emin)]
    fn set_emin(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("Emin", value)
    }

    #[getter]
    fn rounding(&self) -> Py<PyStr> {
        PyStr::intern_text(rounding_name(self.rules().rounding))
    }

    #[setter]
    fn set_rounding(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("rounding", value)
    }

    #[getter(capitals)]
    fn get_capitals(&self) -> i64 {
        self.capitals.get() as i64
    }

    #[setter]
    fn set_capitals(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("capitals", value)
    }

    #[getter]
    fn clamp(&self) -> i64 {
        self.rules().clamp as i64
    }

    #[setter]
    fn set_clamp(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.set_attribute("clamp", value)
    }
}

impl PyDecContext {
    fn set_attribute(&self, name: &str, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(AttributeError, "context attributes cannot be deleted"));
        };
        self.set_named(name, value).map(|_| ())
    }
}

#[pymethods(SLOTS)]
impl PyDecContext {
    /// `flags` and `traps` are no attributes of the class.
    #[slot(tp_getattro)]
    fn getattr(&self, name: &PyObject) -> PyResult {
        if let Some(name) = name.downcast::<PyStr>() {
            if name.eq_str("traps") {
                return shown_as(&self.traps_mapping, &self.traps);
            }
            if name.eq_str("flags") {
                return shown_as(&self.flags_mapping, &self.status);
            }
            return object::generic_get_attr(self, name);
        }
        Err(object::bad_name(name))
    }

    #[slot(tp_setattro)]
    fn setattr(&self, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object::bad_name(name)) };
        let Some(value) = value else {
            return Err(raised!(AttributeError, "context attributes cannot be deleted"));
        };
        for (known, bits) in [("traps", &self.traps), ("flags", &self.status)] {
            if name.eq_str(known) {
                bits.set(bits_of_mapping(value)?);
                return Ok(());
            }
        }
        object::generic_set_attr(self, name, Some(value))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let rules = self.rules();
        let text = format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
            rules.prec,
            rounding_name(rules.rounding),
            rules.emin,
            rules.emax,
            self.capitals.get() as i32,
            rules.clamp as i32,
            shown(self.status.get()),
            shown(self.traps.get())
        );
        Ok(PyStr::new(&text))
    }

    /// Set all flags to False.
    #[pymethod]
    fn clear_flags(&self) {
        self.clear_status();
    }

    /// Set all traps to False.
    #[pymethod]
    fn clear_traps(&self) {
        self.clear_traps_bits();
    }

    /// Return a duplicate of the context with all flags cleared.
    #[pymethod]
    fn copy(&self) -> Py<PyDecContext> {
        self.duplicate()
    }

    #[pymethod(name = "__copy__")]
    fn copy_special(&self) -> Py<PyDecContext> {
        self.duplicate()
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let rules = self.rules();
        let state = state();
        let arguments = PyTuple::from_vec(vec![
            PyInt::from_i64(rules.prec).into_obj(),
            self.rounding().into_obj(),
            PyInt::from_i64(rules.emin).into_obj(),
            PyInt::from_i64(rules.emax).into_obj(),
            PyInt::from_i64(self.capitals.get() as i64).into_obj(),
            PyInt::from_i64(rules.clamp as i64).into_obj(),
            list_of_signals(state, self.status.get()).into_obj(),
            list_of_signals(state, self.traps.get()).into_obj(),
        ]);
        Ok(PyTuple::pair(self.class().as_object().owned(), arguments.into_obj()).into_obj())
    }

    /// Return a value equal to Emin - prec + 1, which is the minimum exponent of subnormal results.
    #[pymethod(name = "Etiny")]
    fn etiny(&self) -> i64 {
        self.rules().etiny()
    }

    /// Return a value equal to Emax - prec + 1, the maximum exponent if clamp is 1.
    #[pymethod(name = "Etop")]
    fn etop(&self) -> i64 {
        self.rules().etop()
    }

    /// Return Decimal(10).
    #[pymethod]
    fn radix(&self) -> Py<PyDecimal> {
        make(Dec::of_i64(10))
    }
}
