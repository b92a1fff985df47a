//! What each interpreter keeps for decimals.

use super::context::PyDecContext;
use super::flags::PySignalDictMixin;
use super::signals::{CONDITIONS, SIGNALS};
use core::cell::{Cell, OnceCell};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::system;
use taipan_objects::types::r#type::type_type;
use taipan_runtime::contextvars::PyContextVar;

/// All of it; made by the first import.
struct Parts {
    base: Obj,
    signals: Vec<Obj>,
    conditions: Vec<Obj>,
    decimal_tuple: Obj,
    signal_dict: Obj,
    rational: Obj,
    variable: Py<PyContextVar>,
    /// Templates that no thread uses itself: `DefaultContext` first, `BasicContext`, `ExtendedContext`.
    templates: [Py<PyDecContext>; 3],
}

#[derive(Default)]
pub struct State(OnceCell<Parts>);

thread_local! {
    /// The state of the interpreter that this thread ran last, by the interpreter's address.
    static RECENT: Cell<(usize, Option<&'static State>)> = const { Cell::new((0, None)) };
}

/// The interpreter's state.
#[inline]
pub fn state() -> &'static State {
    let interpreter = thread::current().interpreter();
    let address = core::ptr::from_ref(interpreter) as usize;
    match RECENT.get() {
        (known, Some(state)) if known == address => state,
        _ => {
            let state = interpreter.extension::<State>();
            RECENT.set((address, Some(state)));
            state
        }
    }
}

fn attribute(module: &str, name: &str) -> PyResult {
    let module = system::import(&PyStr::new(module))?;
    object::get_attr(&module, &PyStr::new(name))
}

/// A class of this module, made as a class statement makes one.
fn new_class(name: &str, bases: &[&PyObject], module: Option<&str>) -> PyResult {
    let dict = PyDict::new();
    if let Some(module) = module {
        dict.set_item(intern!("__module__"), &PyStr::new(module))?;
    }
    call::call(type_type(), &[&PyStr::new(name), &PyTuple::from_slice(bases), &dict])
}

fn make_exceptions(base: &PyObject) -> PyResult<(Vec<Obj>, Vec<Obj>)> {
    let zero_division = Exc::ZeroDivisionError.type_object().as_object();
    let make = |name, bases: &[&PyObject]| new_class(name, bases, Some("decimal"));
    let invalid = make("InvalidOperation", &[base])?;
    let float_operation = make("FloatOperation", &[base, Exc::TypeError.type_object().as_object()])?;
    let division = make("DivisionByZero", &[base, zero_division])?;
    let subnormal = make("Subnormal", &[base])?;
    let inexact = make("Inexact", &[base])?;
    let rounded = make("Rounded", &[base])?;
    let clamped = make("Clamped", &[base])?;
    let overflow = make("Overflow", &[&inexact, &rounded])?;
    let underflow = make("Underflow", &[&inexact, &rounded, &subnormal])?;
    let conditions = vec![
        invalid.clone(),
        make("ConversionSyntax", &[&invalid])?,
        make("DivisionImpossible", &[&invalid])?,
        make("DivisionUndefined", &[&invalid, zero_division])?,
        make("InvalidContext", &[&invalid])?,
    ];
    let signals =
        vec![invalid, float_operation, division, overflow, underflow, subnormal, inexact, rounded, clamped];
    Ok((signals, conditions))
}

fn make() -> PyResult<Parts> {
    let base =
        new_class("DecimalException", &[Exc::ArithmeticError.type_object().as_object()], Some("decimal"))?;
    let (signals, conditions) = make_exceptions(&base)?;
    let mapping = attribute("collections.abc", "MutableMapping")?;
    let signal_dict =
        new_class("SignalDict", &[PySignalDictMixin::type_object().as_object(), &mapping], None)?;
    let named_tuple = attribute("collections", "namedtuple")?;
    let decimal_tuple = call::call_names(
        &named_tuple,
        &[&PyStr::new("DecimalTuple"), &PyStr::new("sign digits exponent"), &PyStr::new("decimal")],
        Some(&PyTuple::from_slice(&[intern!("module")])),
    )?;
    let numbers = system::import(&PyStr::new("numbers"))?;
    let number = object::get_attr(&numbers, &PyStr::new("Number"))?;
    let class = super::number::PyDecimal::type_object();
    call::method(&number, &PyStr::new("register"), &[class.as_object()])?;
    Ok(Parts {
        base,
        signals,
        conditions,
        decimal_tuple,
        signal_dict,
        rational: object::get_attr(&numbers, &PyStr::new("Rational"))?,
        variable: PyContextVar::new("decimal_context", None),
        templates: super::context::templates(),
    })
}

/// Makes the state, where there is none yet.
pub fn prepare() -> PyResult<&'static State> {
    let state = state();
    if state.0.get().is_none() {
        let parts = make()?;
        // Imports may have run this in between: the first stays.
        let _ = state.0.set(parts);
    }
    Ok(state)
}

impl State {
    fn parts(&self) -> &Parts {
        self.0.get().expect("made before the module's types can be reached")
    }

    pub fn signal(&self, index: usize) -> &PyObject {
        &self.parts().signals[index]
    }

    pub fn condition(&self, index: usize) -> &PyObject {
        &self.parts().conditions[index]
    }

    /// All classes of exceptions with their names.
    pub fn exceptions(&self) -> Vec<(&'static str, &PyObject)> {
        let parts = self.parts();
        let mut all: Vec<(&str, &PyObject)> = vec![("DecimalException", &parts.base)];
        all.extend(SIGNALS.iter().zip(&parts.signals).map(|(&(name, _), class)| (name, &**class)));
        all.extend(
            CONDITIONS.iter().zip(&parts.conditions).skip(1).map(|(&(name, _), class)| (name, &**class)),
        );
        all
    }

    pub fn decimal_tuple(&self) -> &PyObject {
        &self.parts().decimal_tuple
    }

    /// The class of `flags` and `traps`.
    pub fn signal_dict(&self) -> &PyObject {
        &self.parts().signal_dict
    }

    /// The abstract class of rational numbers.
    pub fn rational(&self) -> &PyObject {
        &self.parts().rational
    }

    /// The variable that holds the current context.
    pub fn variable(&self) -> &PyContextVar {
        &self.parts().variable
    }

    /// The template of new threads' contexts.
    pub fn default_context(&self) -> &PyDecContext {
        &self.parts().templates[0]
    }

    /// The contexts that are offered as templates.
    pub fn templates(&self) -> &[Py<PyDecContext>; 3] {
        &self.parts().templates
    }
}
