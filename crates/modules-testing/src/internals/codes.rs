//! What is known about code objects: their variables, what they return, whether they depend on anything outside.

use std::collections::HashSet;
use taipan_bytecode::Opcode;
use taipan_bytecode::code::flags::*;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::{PyFunction, builtins_of};
use taipan_objects::types::str::PyStr;

fn code_of(object: &PyObject) -> PyResult<&PyCode> {
    object.downcast::<PyCode>().ok_or_else(|| raised!(TypeError, "argument must be a code object"))
}

/// A function or a code object, with the function's namespaces.
struct Subject {
    code: Py<PyCode>,
    globals: Option<Obj>,
    builtins: Option<Obj>,
    closed: bool,
}

impl Subject {
    fn of(object: &PyObject) -> PyResult<Subject> {
        if let Some(code) = object.downcast::<PyCode>() {
            return Ok(Subject { code: code.to_owned(), globals: None, builtins: None, closed: false });
        }
        let Some(function) = object.downcast::<PyFunction>() else {
            return Err(raised!(TypeError, "argument must be a code object or a function"));
        };
        let globals = object::get_attr(object, intern!("__globals__"))?;
        let builtins = match globals.downcast::<PyDict>() {
            Some(globals) => Some(builtins_of(globals)?),
            None => None,
        };
        let closed = !object::get_attr(object, intern!("__closure__"))?.is_none();
        Ok(Subject { code: function.code(), globals: Some(globals), builtins, closed })
    }
}

/// The instructions of a code object in general form, each with its whole argument.
fn instructions(code: &PyCode) -> Vec<(Opcode, usize)> {
    let bytes = code.code_bytes();
    let (bytes, mut found, mut at, mut high) = (bytes.as_slice(), Vec::new(), 0, 0);
    while at + 1 < bytes.len() {
        let arg = high << 8 | usize::from(bytes[at + 1]);
        let Some(opcode) = Opcode::from_u8(bytes[at]) else { break };
        high = if opcode == Opcode::EXTENDED_ARG { arg } else { 0 };
        if opcode != Opcode::EXTENDED_ARG {
            found.push((opcode, arg));
        }
        at += 2 + 2 * opcode.caches();
    }
    found
}

/// Whether every return gives the constant `None`.
fn returns_only_none(code: &PyCode) -> bool {
    let gives_none = |(opcode, arg): (Opcode, usize)| {
        opcode == Opcode::LOAD_CONST && code.consts().as_slice().get(arg).is_some_and(|item| item.is_none())
    };
    let instructions = instructions(code);
    let ends = instructions.iter().enumerate().filter(|(_, (opcode, _))| *opcode == Opcode::RETURN_VALUE);
    ends.map(|(at, _)| at).all(|at| at > 0 && gives_none(instructions[at - 1]))
}

/// Names that are looked up by the instructions of a code object.
#[derive(Default)]
struct Unbound {
    global: i64,
    builtin: i64,
    unknown_globals: i64,
    attributes: i64,
    others: i64,
}

impl Unbound {
    fn globals(&self) -> i64 {
        self.global + self.builtin + self.unknown_globals
    }

    fn total(&self) -> i64 {
        self.globals() + self.attributes + self.others
    }
}

fn knows(namespace: Option<&PyObject>, name: &PyObject) -> PyResult<bool> {
    namespace.map_or(Ok(false), |namespace| sequence::contains(namespace, name))
}

fn unbound(code: &PyCode, globals: Option<&PyObject>, builtins: Option<&PyObject>) -> PyResult<Unbound> {
    let names = code.names().as_slice();
    let (mut attributes, mut global_names) = (HashSet::new(), HashSet::new());
    for (opcode, arg) in instructions(code) {
        match opcode {
            Opcode::LOAD_ATTR => attributes.insert(arg >> 1),
            Opcode::LOAD_GLOBAL => global_names.insert(arg >> 1),
            _ => false,
        };
    }
    let seen = attributes.union(&global_names).count();
    let mut counts = Unbound {
        attributes: attributes.len() as i64,
        others: names.len() as i64 - seen as i64,
        ..Unbound::default()
    };
    for name in global_names.into_iter().filter_map(|index| names.get(index)) {
        if knows(globals, name)? {
            counts.global += 1;
        } else if knows(builtins, name)? {
            counts.builtin += 1;
        } else {
            counts.unknown_globals += 1;
        }
    }
    Ok(counts)
}

/// A dictionary of strings.
fn dict<const N: usize>(entries: [(&str, PyResult); N]) -> PyResult {
    let dict = PyDict::new();
    for (name, value) in entries {
        dict.set_item(&PyStr::new(name), &*value?)?;
    }
    Ok(dict.into_obj())
}

fn var_counts(code: &PyCode, unbound: &Unbound) -> PyResult {
    let kinds = code.localspluskinds();
    let count = |wanted: &dyn Fn(u8) -> bool| kinds.iter().filter(|kind| wanted(**kind)).count() as i64;
    let has = |kind: u8, flags: u8| kind & flags == flags;
    let (positional, keyword) = (CO_FAST_ARG_POS, CO_FAST_ARG_KW);
    let is_arg = move |kind: u8| kind & (positional | keyword | CO_FAST_ARG_VAR) != 0;
    let hidden = |kind: u8| has(kind, CO_FAST_HIDDEN);
    let plain = |kind: u8| kind & CO_FAST_ARG_VAR == 0;
    let locals = count(&|kind| kind & CO_FAST_FREE == 0);
    let free = count(&|kind| has(kind, CO_FAST_FREE));
    let args = dict([
        ("total", count(&is_arg).to_py()),
        ("numposonly", count(&|k| plain(k) && has(k, positional) && !has(k, keyword)).to_py()),
        ("numposorkw", count(&|k| plain(k) && has(k, positional | keyword)).to_py()),
        ("numkwonly", count(&|k| plain(k) && has(k, keyword) && !has(k, positional)).to_py()),
        ("varargs", count(&|k| has(k, CO_FAST_ARG_VAR | positional)).to_py()),
        ("varkwargs", count(&|k| has(k, CO_FAST_ARG_VAR | keyword)).to_py()),
    ]);
    let cells = dict([
        ("total", count(&|k| has(k, CO_FAST_CELL)).to_py()),
        ("numargs", count(&|k| has(k, CO_FAST_CELL) && is_arg(k)).to_py()),
        ("numothers", count(&|k| has(k, CO_FAST_CELL) && !is_arg(k)).to_py()),
    ]);
    let hiddens = dict([
        ("total", count(&hidden).to_py()),
        ("numpure", count(&|k| hidden(k) && !has(k, CO_FAST_CELL)).to_py()),
        ("numcells", count(&|k| hidden(k) && has(k, CO_FAST_CELL)).to_py()),
    ]);
    let pure = count(&|k| k & (CO_FAST_CELL | CO_FAST_FREE | CO_FAST_HIDDEN) == 0 && !is_arg(k));
    let locals_dict = dict([
        ("total", locals.to_py()),
        ("args", args),
        ("numpure", pure.to_py()),
        ("cells", cells),
        ("hidden", hiddens),
    ]);
    let globals = dict([
        ("total", unbound.globals().to_py()),
        ("numglobal", unbound.global.to_py()),
        ("numbuiltin", unbound.builtin.to_py()),
        ("numunknown", unbound.unknown_globals.to_py()),
    ]);
    let unbound_dict = dict([
        ("total", unbound.total().to_py()),
        ("numattrs", unbound.attributes.to_py()),
        ("numunknown", unbound.others.to_py()),
        ("globals", globals),
    ]);
    dict([
        ("total", (locals + free + unbound.total()).to_py()),
        ("locals", locals_dict),
        ("numfree", free.to_py()),
        ("unbound", unbound_dict),
    ])
}

#[pymodule(fragment)]
pub mod codes {
    use super::*;

    /// The words of a frame of the code.
    #[pyfunction(signature = "(code, /)")]
    pub fn get_co_framesize(code: &PyObject) -> PyResult<i32> {
        Ok(code_of(code)?.raw.co_framesize)
    }

    /// The variables of the code and what kind each is of.
    #[pyfunction(signature = "(code, /)")]
    pub fn get_co_localskinds(code: &PyObject) -> PyResult<Py<PyDict>> {
        let (code, kinds) = (code_of(code)?, PyDict::new());
        for (name, kind) in code.localsplusnames().as_slice().iter().zip(code.localspluskinds()) {
            kinds.set_item(name, &PyInt::from_i64(i64::from(*kind)))?;
        }
        Ok(kinds)
    }

    /// How many variables of each kind the code has, and how many names it looks up.
    #[pyfunction(signature = "(codearg, *, globalsns=None, builtinsns=None)")]
    pub fn get_code_var_counts(
        codearg: &PyObject,
        globalsns: Option<&PyObject>,
        builtinsns: Option<&PyObject>,
    ) -> PyResult {
        let subject = Subject::of(codearg)?;
        let globals = globalsns.or(subject.globals.as_deref());
        let builtins = builtinsns.or(subject.builtins.as_deref());
        let unbound = unbound(&subject.code, globals, builtins)?;
        var_counts(&subject.code, &unbound)
    }

    /// Whether a call can only give None.
    #[pyfunction(signature = "(code, /)")]
    pub fn code_returns_only_none(code: &PyObject) -> PyResult<bool> {
        code_of(code).map(returns_only_none)
    }

    /// Raise ValueError if the code depends on anything outside of it.
    #[pyfunction(signature = "(codearg, *, globalsns=None, builtinsns=None)")]
    pub fn verify_stateless_code(
        codearg: &PyObject,
        globalsns: Option<&PyObject>,
        builtinsns: Option<&PyObject>,
    ) -> PyResult<()> {
        let subject = Subject::of(codearg)?;
        let globals = globalsns.or(subject.globals.as_deref());
        let builtins = builtinsns.or(subject.builtins.as_deref());
        let unbound = unbound(&subject.code, globals, builtins)?;
        if subject.closed || subject.code.localspluskinds().iter().any(|kind| kind & CO_FAST_FREE != 0) {
            return Err(raised!(ValueError, "closures not supported"));
        }
        if unbound.global > 0 {
            return Err(raised!(ValueError, "globals not supported"));
        }
        Ok(())
    }
}
