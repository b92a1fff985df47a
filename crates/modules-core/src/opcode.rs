//! `_opcode`: what `dis` and `opcode` ask of the instruction table.

use taipan_macros::pymodule;

/// Opcode support module.
#[pymodule(name = "_opcode")]
pub mod opcode {
    use taipan_bytecode::Opcode;
    use taipan_bytecode::opcode::{BINOP_LIST, INTRINSIC1_LIST, INTRINSIC2_LIST, SPECIAL_LIST};
    use taipan_objects::model::ToPy;
    use taipan_objects::prelude::*;
    use taipan_objects::types::code::PyCode;

    fn known(opcode: i32) -> Option<Opcode> {
        u16::try_from(opcode).ok().and_then(Opcode::from_u16)
    }

    /// What `jump` chooses: the path that jumps, the other, or the deeper of the two.
    fn jump_choice(jump: Option<&PyObject>) -> PyResult<Option<bool>> {
        match jump {
            None => Ok(None),
            Some(jump) if jump.is(&PyInt::from_bool(true)) => Ok(Some(true)),
            Some(jump) if jump.is(&PyInt::from_bool(false)) => Ok(Some(false)),
            Some(_) => Err(raised!(ValueError, "stack_effect: jump must be False, True or None")),
        }
    }

    /// Compute the stack effect of the opcode.
    #[pyfunction(signature = "(opcode, oparg=None, /, *, jump=None)")]
    pub fn stack_effect(opcode: i32, oparg: Option<&PyObject>, jump: Option<&PyObject>) -> PyResult<i64> {
        let oparg = match oparg {
            Some(oparg) => number::index_to_integer::<i32>(oparg, "C int")?,
            None => 0,
        };
        let jump = jump_choice(jump)?;
        let general = |op: &Opcode| op.base() == *op && !op.is_instrumented();
        let Some(op) = known(opcode).filter(general).filter(|_| oparg >= 0) else {
            return Err(raised!(ValueError, "invalid opcode or oparg"));
        };
        let effect = |jump| op.stack_effect(oparg as u32, jump);
        Ok(match jump {
            Some(jump) => effect(jump),
            None => effect(true).max(effect(false)),
        })
    }

    /// Return True if opcode is valid, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn is_valid(opcode: i32) -> bool {
        known(opcode).is_some()
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_arg(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_arg)
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_const(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_const)
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_name(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_name)
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_jump(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_jump)
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    ///
    /// Note that 'free' in this context refers to names in the current scope
    /// that are referenced by inner scopes or names in outer scopes that are
    /// referenced from this scope. It does not include references to global
    /// or builtin scopes.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_free(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_free)
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_local(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_local)
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[pyfunction(signature = "(opcode)")]
    pub fn has_exc(opcode: i32) -> bool {
        known(opcode).is_some_and(Opcode::has_exc)
    }

    /// Return the specialization stats
    #[pyfunction]
    pub fn get_specialization_stats() {}

    /// Return array of symbols of binary ops.
    ///
    /// Indexed by the BINARY_OP oparg value.
    #[pyfunction]
    pub fn get_nb_ops() -> PyResult<Py<PyList>> {
        let pairs: PyResult<_> = BINOP_LIST.iter().map(|(name, symbol)| (*name, *symbol).to_py()).collect();
        Ok(PyList::from_vec(pairs?))
    }

    fn names(list: &[(&str, &str)]) -> Py<PyList> {
        PyList::from_vec(list.iter().map(|(_, name)| PyStr::new(name).into_obj()).collect())
    }

    /// Return a list of names of the unary intrinsics.
    #[pyfunction]
    pub fn get_intrinsic1_descs() -> Py<PyList> {
        names(INTRINSIC1_LIST)
    }

    /// Return a list of names of the binary intrinsics.
    #[pyfunction]
    pub fn get_intrinsic2_descs() -> Py<PyList> {
        names(INTRINSIC2_LIST)
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[pyfunction(signature = "(code, offset)")]
    pub fn get_executor(code: &PyObject, _offset: i32) -> PyResult {
        if code.downcast::<PyCode>().is_none() {
            return Err(raised!(TypeError, "expected a code object, not '{}'", code.class().name()));
        }
        Err(raised!(ValueError, "no executor at given byte offset"))
    }

    /// Return a list of special method names.
    #[pyfunction]
    pub fn get_special_method_names() -> Py<PyList> {
        names(SPECIAL_LIST)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_int("ENABLE_SPECIALIZATION", 1)?;
        module.add_int("ENABLE_SPECIALIZATION_FT", 1)
    }
}
