//! Signals and conditions: their classes, their bits, and how a context raises them.

use super::state::State;
use taipan_kernels::decimal::{Rounding, status};
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// The rounding modes by their names.
pub static ROUNDINGS: [(&str, Rounding); 8] = [
    ("ROUND_UP", Rounding::Up),
    ("ROUND_DOWN", Rounding::Down),
    ("ROUND_CEILING", Rounding::Ceiling),
    ("ROUND_FLOOR", Rounding::Floor),
    ("ROUND_HALF_UP", Rounding::HalfUp),
    ("ROUND_HALF_DOWN", Rounding::HalfDown),
    ("ROUND_HALF_EVEN", Rounding::HalfEven),
    ("ROUND_05UP", Rounding::ZeroFiveUp),
];

/// Signals in the order of the mappings.
pub static SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", status::ANY_INVALID),
    ("FloatOperation", status::FLOAT_OPERATION),
    ("DivisionByZero", status::DIVISION_BY_ZERO),
    ("Overflow", status::OVERFLOW),
    ("Underflow", status::UNDERFLOW),
    ("Subnormal", status::SUBNORMAL),
    ("Inexact", status::INEXACT),
    ("Rounded", status::ROUNDED),
    ("Clamped", status::CLAMPED),
];

/// Signals in the order in which contexts show them, which is that of their bits.
pub static SHOWN: [(&str, u32); 9] = [
    ("Clamped", status::CLAMPED),
    ("InvalidOperation", status::ANY_INVALID),
    ("DivisionByZero", status::DIVISION_BY_ZERO),
    ("Inexact", status::INEXACT),
    ("FloatOperation", status::FLOAT_OPERATION),
    ("Overflow", status::OVERFLOW),
    ("Rounded", status::ROUNDED),
    ("Subnormal", status::SUBNORMAL),
    ("Underflow", status::UNDERFLOW),
];

/// Conditions of which the signal InvalidOperation consists; the first is a class of its own only as the signal.
pub static CONDITIONS: [(&str, u32); 5] = [
    ("InvalidOperation", status::INVALID_OPERATION),
    ("ConversionSyntax", status::CONVERSION_SYNTAX),
    ("DivisionImpossible", status::DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", status::DIVISION_UNDEFINED),
    ("InvalidContext", status::INVALID_CONTEXT),
];

/// The names of the signals that are set, as contexts show them.
pub fn shown(bits: u32) -> String {
    let names: Vec<&str> = SHOWN.iter().filter(|(_, bit)| bits & bit != 0).map(|&(name, _)| name).collect();
    format!("[{}]", names.join(", "))
}

/// The signals that are set, as a list of classes.
pub fn list_of_signals(state: &State, bits: u32) -> Py<PyList> {
    let set = SIGNALS.iter().enumerate().filter(|(_, (_, bit))| bits & bit != 0);
    PyList::from_vec(set.map(|(i, _)| state.signal(i).owned()).collect())
}

/// Raises the first of the signals, with all that was met.
#[cold]
pub fn raise(state: &State, bits: u32) -> Raised {
    let Some(first) = SIGNALS.iter().position(|(_, bit)| bits & bit != 0) else {
        return raised!(SystemError, "a decimal signal without a class");
    };
    let mut classes: Vec<Obj> = CONDITIONS
        .iter()
        .enumerate()
        .filter(|(_, (_, bit))| bits & bit != 0)
        .map(|(i, _)| state.condition(i).owned())
        .collect();
    for (i, (_, bit)) in SIGNALS.iter().enumerate().skip(1) {
        if bits & bit != 0 {
            classes.push(state.signal(i).owned());
        }
    }
    match errors::exception_class(state.signal(first)) {
        Some(class) => errors::set_object(class, &PyList::from_vec(classes)),
        None => raised!(SystemError, "a decimal signal is no exception"),
    }
}

#[cold]
fn no_signal() -> Raised {
    let text = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   \
                Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    raised!(KeyError, "{text}")
}

/// The bits of a signal's class.
pub fn bits_of(state: &State, class: &PyObject) -> PyResult<u32> {
    let index = (0..SIGNALS.len()).find(|&i| state.signal(i).is(class)).ok_or_else(no_signal)?;
    Ok(SIGNALS[index].1)
}

/// The bits of a list of signals' classes.
pub fn bits_of_list(state: &State, list: &PyObject) -> PyResult<u32> {
    let Some(list) = list.downcast::<PyList>() else {
        return Err(raised!(TypeError, "argument must be a signal dict"));
    };
    list.to_vec().iter().try_fold(0, |bits, class| Ok(bits | bits_of(state, class)?))
}

/// The bits of a dictionary from signals' classes to truth values.
pub fn bits_of_dict(state: &State, dict: &PyDict) -> PyResult<u32> {
    let invalid = || raised!(KeyError, "invalid signal dict");
    if dict.len() != SIGNALS.len() {
        return Err(invalid());
    }
    let mut bits = 0;
    for (i, (_, bit)) in SIGNALS.iter().enumerate() {
        match dict.get_item(state.signal(i))? {
            None => return Err(invalid()),
            Some(value) if object::is_true(&value)? => bits |= bit,
            Some(_) => {}
        }
    }
    Ok(bits)
}

/// The rounding mode of a name.
pub fn rounding_of(name: &PyObject) -> PyResult<Rounding> {
    let found = name
        .downcast::<PyStr>()
        .and_then(|name| ROUNDINGS.iter().find(|(known, _)| name.eq_str(known)))
        .map(|&(_, rounding)| rounding);
    found.ok_or_else(|| {
        let text = "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   \
                    ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]";
        raised!(TypeError, "{text}")
    })
}

/// The name of a rounding mode.
pub fn rounding_name(rounding: Rounding) -> &'static str {
    ROUNDINGS.iter().find(|&&(_, known)| known == rounding).map_or("", |&(name, _)| name)
}
