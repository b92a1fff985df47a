//! `code(…)` and `code.replace(…)`: code from parts that a program gives.
//!
//! Such code is judged before the interpreter may run it. What is refused still becomes an object, so that a program
//! can look at it as it can in CPython; in place of its instructions the interpreter finds ones that raise.

use super::build::{Parts, make};
use super::{PyCode, data};
use crate::model::args::OptArg;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_bytecode::code::flags::{
    CO_FAST_ARG_KW, CO_FAST_ARG_POS, CO_FAST_ARG_VAR, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_VARARGS,
    CO_VARKEYWORDS,
};
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf, validate};
use taipan_macros::pymethods;

/// Whether the interpreter may run this code. Code objects among its constants are judged when they are made.
pub fn is_sound(data: &CodeData) -> bool {
    validate::validate_one(data).is_ok()
}

/// What the judgement wants to know of constants: how many there are, and which are tuples of how many strings.
pub fn outlines(constants: &PyTuple) -> Box<[Constant]> {
    let text = |item: &&PyObject| item.downcast::<PyStr>().is_some();
    let outline = |constant: &&PyObject| match constant.downcast_exact::<PyTuple>() {
        Some(names) if names.as_slice().iter().all(text) => {
            Constant::tuple(names.as_slice().iter().map(|_| Constant::Str(Wtf8Buf::default())))
        }
        _ => Constant::None,
    };
    constants.as_slice().iter().map(outline).collect()
}

/// What a program gives.
pub(super) struct Given<'a> {
    argcount: i32,
    posonlyargcount: i32,
    kwonlyargcount: i32,
    nlocals: i32,
    stacksize: i32,
    flags: i32,
    code: &'a PyBytes,
    consts: &'a PyTuple,
    names: &'a PyTuple,
    varnames: &'a PyTuple,
    filename: &'a PyStr,
    name: &'a PyStr,
    qualname: &'a PyStr,
    firstlineno: i32,
    linetable: &'a PyBytes,
    exceptiontable: &'a PyBytes,
    freevars: &'a PyTuple,
    cellvars: &'a PyTuple,
}

/// More values than a frame may hold.
const MAX_FRAME_SIZE: usize = 1 << 24;

impl Given<'_> {
    /// Number relations that hold of every code object.
    fn check(&self) -> PyResult<()> {
        if self.argcount < self.posonlyargcount || self.stacksize < 0 || self.flags < 0 {
            return Err(raised!(SystemError, "bad argument to internal function"));
        }
        for names in [self.names, self.varnames, self.freevars, self.cellvars] {
            if names.as_slice().iter().any(|name| name.downcast::<PyStr>().is_none()) {
                return Err(raised!(SystemError, "non-string found in code slot"));
            }
        }
        let code = self.code.as_slice();
        if code.is_empty() || !code.len().is_multiple_of(2) {
            return Err(raised!(ValueError, "code: co_code is malformed"));
        }
        let flag = |flag: u32| i64::from(self.flags as u32 & flag != 0);
        let parameters = i64::from(self.argcount)
            + i64::from(self.kwonlyargcount)
            + flag(CO_VARARGS)
            + flag(CO_VARKEYWORDS);
        if parameters > self.varnames.len() as i64 {
            return Err(raised!(ValueError, "code: co_varnames is too small"));
        }
        if self.nlocals as usize != self.varnames.len() {
            return Err(raised!(ValueError, "code: co_nlocals != len(co_varnames)"));
        }
        let variables = self.varnames.len() + self.cellvars.len() + self.freevars.len();
        if variables + self.stacksize as usize > MAX_FRAME_SIZE {
            return Err(raised!(OverflowError, "code: co_stacksize is too large"));
        }
        Ok(())
    }

    /// What kind of parameter each of the first locals is.
    fn parameter_kinds(&self) -> Vec<u8> {
        let (positional, keyword) = (self.argcount as usize, self.kwonlyargcount as usize);
        let mut kinds = Vec::new();
        for i in 0..positional {
            let named = if i < self.posonlyargcount as usize { 0 } else { CO_FAST_ARG_KW };
            kinds.push(CO_FAST_ARG_POS | named);
        }
        kinds.resize(positional + keyword, CO_FAST_ARG_KW);
        if self.flags as u32 & CO_VARARGS != 0 {
            kinds.push(CO_FAST_ARG_VAR | CO_FAST_ARG_POS);
        }
        if self.flags as u32 & CO_VARKEYWORDS != 0 {
            kinds.push(CO_FAST_ARG_VAR | CO_FAST_ARG_KW);
        }
        kinds
    }

    /// Locals, cells that are no locals, and free variables, with their kinds.
    fn variables(&self) -> (Py<PyTuple>, Vec<u8>) {
        let same = |a: &PyObject, b: &PyObject| match (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
            (Some(a), Some(b)) => PyStr::eq(a, b),
            _ => false,
        };
        let mut names: Vec<_> = self.varnames.as_slice().iter().map(|name| name.owned()).collect();
        let mut kinds = vec![CO_FAST_LOCAL; names.len()];
        for (kind, parameter) in kinds.iter_mut().zip(self.parameter_kinds()) {
            *kind |= parameter;
        }
        for &cell in self.cellvars.as_slice() {
            let known = self.varnames.as_slice().iter().position(|name| same(name, cell));
            match known {
                Some(index) => kinds[index] |= CO_FAST_CELL,
                None => {
                    names.push(cell.owned());
                    kinds.push(CO_FAST_CELL);
                }
            }
        }
        names.extend(self.freevars.as_slice().iter().map(|name| name.owned()));
        kinds.resize(names.len(), CO_FAST_FREE);
        (PyTuple::from_vec(names), kinds)
    }

    /// The code object.
    fn build(&self) -> PyResult<Py<PyCode>> {
        self.check()?;
        let (localsplusnames, kinds) = self.variables();
        let texts = |tuple: &PyTuple| {
            tuple.as_slice().iter().filter_map(|name| name.downcast::<PyStr>()).map(PyStr::to_wtf8).collect()
        };
        let mut data = CodeData {
            argcount: self.argcount as u32,
            posonlyargcount: self.posonlyargcount as u32,
            kwonlyargcount: self.kwonlyargcount as u32,
            stacksize: self.stacksize as u32,
            flags: self.flags as u32,
            code: self.code.as_slice().into(),
            consts: outlines(self.consts),
            names: texts(self.names),
            localsplusnames: texts(&localsplusnames),
            localspluskinds: kinds.into(),
            firstlineno: self.firstlineno,
            linetable: self.linetable.as_slice().into(),
            exceptiontable: self.exceptiontable.as_slice().into(),
            ..CodeData::default()
        };
        let mut general = data.code.to_vec();
        data::generalise(&mut general);
        data.code = general.into();
        let sound = is_sound(&data);
        let parts = Parts {
            consts: PyType::to_owned(self.consts),
            names: interned(self.names),
            localsplusnames: interned(&localsplusnames),
            localspluskinds: PyBytes::new(&data.localspluskinds),
            filename: PyType::to_owned(self.filename),
            name: PyStr::intern(PyType::to_owned(self.name)),
            qualname: PyStr::intern(PyType::to_owned(self.qualname)),
            linetable: PyType::to_owned(self.linetable),
            exceptiontable: if sound { PyType::to_owned(self.exceptiontable) } else { PyBytes::new(b"") },
        };
        if sound {
            return make(&data, parts);
        }
        refused(&data, parts)
    }
}

fn interned(names: &PyTuple) -> Py<PyTuple> {
    let intern = |name: &&PyObject| match name.downcast_owned::<PyStr>() {
        Some(name) => PyStr::intern(name).into_obj(),
        None => name.owned(),
    };
    PyTuple::from_vec(names.as_slice().iter().map(intern).collect())
}

/// Code that was refused: it shows what was given, and raises where it is run.
pub(super) fn refused(data: &CodeData, parts: Parts) -> PyResult<Py<PyCode>> {
    let raise = Opcode::RAISE_VARARGS.byte().unwrap_or(0);
    let unknown = unknown_opcode(&data.code);
    // The interpreter says itself that it does not know an instruction.
    let mut stub = [unknown.unwrap_or(raise), 0].repeat(data.code.len() / 2);
    if unknown.is_none() && data.stacksize > 0 && stub.len() >= 4 {
        stub[0] = Opcode::LOAD_COMMON_CONSTANT.byte().unwrap_or(0);
        stub[3] = 1;
    }
    let shown = PyBytes::new(&data.code);
    let code = make(&CodeData { code: stub.into(), ..data.clone() }, parts)?;
    data::show_code(&code, shown);
    Ok(code)
}

/// The first byte in the place of an opcode that is none.
fn unknown_opcode(code: &[u8]) -> Option<u8> {
    let mut at = 0;
    while at < code.len() {
        match Opcode::from_u8(code[at]) {
            Some(opcode) => at += 2 + 2 * opcode.caches(),
            None => return Some(code[at]),
        }
    }
    None
}

/// A name tuple of the constructor, strings of exact type.
fn name_tuple(names: &PyTuple) -> PyResult<Py<PyTuple>> {
    let mut copied = Vec::with_capacity(names.len());
    for &name in names.as_slice() {
        match (name.downcast_exact::<PyStr>(), name.downcast::<PyStr>()) {
            (Some(name), _) => copied.push(name.owned()),
            (None, Some(name)) => copied.push(name.substring(0, name.len()).into_obj()),
            _ => {
                return Err(raised!(
                    TypeError,
                    "name tuples must contain only strings, not '{}'",
                    name.class().name()
                ));
            }
        }
    }
    Ok(PyTuple::from_vec(copied))
}

fn not_negative(value: i32, name: &str) -> PyResult<i32> {
    if value < 0 {
        return Err(raised!(ValueError, "code: {name} must not be negative"));
    }
    Ok(value)
}

/// A changed number, which must not be negative.
fn changed(value: OptArg<i32>, now: i32, name: &str) -> PyResult<i32> {
    match value.given() {
        Some(value) if value < 0 => Err(raised!(ValueError, "{name} must be a positive integer")),
        Some(value) => Ok(value),
        None => Ok(now),
    }
}

#[pymethods(METHODS)]
impl PyCode {
    #[new(
        signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=None, cellvars=None, /)"
    )]
    fn py_new(
        cls: &TypeObject,
        argcount: i32,
        posonlyargcount: i32,
        kwonlyargcount: i32,
        nlocals: i32,
        stacksize: i32,
        flags: i32,
        codestring: &PyBytes,
        constants: &PyTuple,
        names: &PyTuple,
        varnames: &PyTuple,
        filename: &PyStr,
        name: &PyStr,
        qualname: &PyStr,
        firstlineno: i32,
        linetable: &PyBytes,
        exceptiontable: &PyBytes,
        freevars: OptArg<&PyTuple>,
        cellvars: OptArg<&PyTuple>,
    ) -> PyResult<Py<PyCode>> {
        let _ = cls;
        let argcount = not_negative(argcount, "argcount")?;
        let posonlyargcount = not_negative(posonlyargcount, "posonlyargcount")?;
        let kwonlyargcount = not_negative(kwonlyargcount, "kwonlyargcount")?;
        let nlocals = not_negative(nlocals, "nlocals")?;
        let empty = PyTuple::empty();
        let (names, varnames) = (name_tuple(names)?, name_tuple(varnames)?);
        let freevars = name_tuple(freevars.given().unwrap_or(&empty))?;
        let cellvars = name_tuple(cellvars.given().unwrap_or(&empty))?;
        Given {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals,
            stacksize,
            flags,
            code: codestring,
            consts: constants,
            names: &names,
            varnames: &varnames,
            filename,
            name,
            qualname,
            firstlineno,
            linetable,
            exceptiontable,
            freevars: &freevars,
            cellvars: &cellvars,
        }
        .build()
    }

    /// replace($self, /, **changes)
    /// --
    ///
    /// Return a copy of the code object with new values for the specified fields.
    #[pymethod(
        no_text,
        signature = "(*, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)"
    )]
    fn replace(
        &self,
        co_argcount: OptArg<i32>,
        co_posonlyargcount: OptArg<i32>,
        co_kwonlyargcount: OptArg<i32>,
        co_nlocals: OptArg<i32>,
        co_stacksize: OptArg<i32>,
        co_flags: OptArg<i32>,
        co_firstlineno: OptArg<i32>,
        co_code: OptArg<&PyBytes>,
        co_consts: OptArg<&PyTuple>,
        co_names: OptArg<&PyTuple>,
        co_varnames: OptArg<&PyTuple>,
        co_freevars: OptArg<&PyTuple>,
        co_cellvars: OptArg<&PyTuple>,
        co_filename: OptArg<&PyStr>,
        co_name: OptArg<&PyStr>,
        co_qualname: OptArg<&PyStr>,
        co_linetable: OptArg<&PyBytes>,
        co_exceptiontable: OptArg<&PyBytes>,
    ) -> PyResult<Py<PyCode>> {
        let raw = &self.raw;
        let (code, varnames) = (self.code_bytes(), self.varnames());
        let (freevars, cellvars) = (self.freevars(), self.cellvars());
        Given {
            argcount: changed(co_argcount, raw.co_argcount, "co_argcount")?,
            posonlyargcount: changed(co_posonlyargcount, raw.co_posonlyargcount, "co_posonlyargcount")?,
            kwonlyargcount: changed(co_kwonlyargcount, raw.co_kwonlyargcount, "co_kwonlyargcount")?,
            nlocals: changed(co_nlocals, raw.co_nlocals, "co_nlocals")?,
            stacksize: changed(co_stacksize, raw.co_stacksize, "co_stacksize")?,
            flags: changed(co_flags, raw.co_flags, "co_flags")?,
            code: co_code.given().unwrap_or(&code),
            consts: co_consts.given().unwrap_or(self.consts()),
            names: co_names.given().unwrap_or(self.names()),
            varnames: co_varnames.given().unwrap_or(&varnames),
            filename: co_filename.given().unwrap_or(self.filename()),
            name: co_name.given().unwrap_or(self.name()),
            qualname: co_qualname.given().unwrap_or(self.qualname()),
            firstlineno: changed(co_firstlineno, raw.co_firstlineno, "co_firstlineno")?,
            linetable: co_linetable.given().unwrap_or(self.linetable()),
            exceptiontable: co_exceptiontable.given().unwrap_or(self.exceptiontable()),
            freevars: co_freevars.given().unwrap_or(&freevars),
            cellvars: co_cellvars.given().unwrap_or(&cellvars),
        }
        .build()
    }

    /// __replace__($self, /, **changes)
    /// --
    ///
    /// The same as replace().
    #[pymethod(name = "__replace__", no_text, signature = "(*args, **changes)")]
    fn dunder_replace(slf: &PyObject, args: &[&PyObject], changes: Option<Py<PyDict>>) -> PyResult {
        let replace = crate::protocols::object::get_attr(slf, crate::intern!("replace"))?;
        crate::protocols::call::call_tuple(&replace, &PyTuple::from_slice(args), changes.as_deref())
    }
}
