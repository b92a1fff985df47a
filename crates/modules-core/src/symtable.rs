//! `_symtable`: the compiler's symbol tables as objects, for the module `symtable`.

use taipan_compiler::future::FutureFeatures;
use taipan_compiler::symtable::{self, BlockKind, ScopeId, SymbolTable, SymtableOptions};
use taipan_macros::pymodule;
use taipan_objects::errors::check_stack;
use taipan_objects::prelude::*;
use taipan_runtime::compile::{self, Options, Source};

#[pytype(name = "symtable entry", gc, flags(IMMUTABLETYPE, DISALLOW_INSTANTIATION), parts(ENTRY))]
pub struct PySymtableEntry {
    ob_base: PyObject,
    #[member(readonly)]
    name: Obj,
    #[member(readonly)]
    symbols: Obj,
    #[member(readonly)]
    varnames: Obj,
    #[member(readonly)]
    children: Obj,
    #[member(readonly, kind = INT)]
    nested: i32,
    #[member(readonly, kind = INT, name = "type")]
    kind: i32,
    #[member(readonly, kind = INT)]
    lineno: i32,
}

#[pymethods(ENTRY)]
impl PySymtableEntry {
    /// The entry's identity.
    #[getter]
    fn id(&self) -> usize {
        self.as_object().as_ptr() as usize
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = object::str(&self.name)?;
        Ok(PyStr::new(&format!("<symtable entry {name}({}), line {}>", self.id(), self.lineno)))
    }
}

/// The object of a scope and those inside it.
fn entry(table: &SymbolTable<'_>, id: ScopeId) -> PyResult<Py<PySymtableEntry>> {
    check_stack(" while building symbol tables")?;
    let scope = table.scope(id);
    let symbols = PyDict::new();
    for (name, flags) in &scope.symbols {
        symbols.set_item(&PyStr::new(name), &PyInt::from_i64(i64::from(*flags)))?;
    }
    let varnames = scope.varnames.iter().map(|name| PyStr::new(name).into_obj()).collect();
    let children: PyResult<Vec<Obj>> =
        scope.children.iter().map(|child| entry(table, *child).map(Py::into_obj)).collect();
    Ok(taipan_objects::memory::new(PySymtableEntry {
        ob_base: PyObject::EMPTY,
        name: PyStr::new(scope.name).into_obj(),
        symbols: symbols.into_obj(),
        varnames: PyList::from_vec(varnames).into_obj(),
        children: PyList::from_vec(children?).into_obj(),
        nested: i32::from(scope.nested),
        kind: scope.kind as i32,
        lineno: if scope.kind == BlockKind::Module { 0 } else { scope.loc.lineno },
    }))
}

/// The tables of a source.
fn tables(source: &Source<'_>, filename: &PyStr, options: &Options) -> PyResult<Py<PySymtableEntry>> {
    compile::with_tree(source, filename, options, |module, arena| {
        let refused = |error| compile::raise(&error, Some(filename), None);
        let settings = options.compile_options(filename);
        // The order in which names that are only passed on stand in a table is that of a set.
        let hash = |name: &str| PyStr::new(name).hash() as u64;
        let future = FutureFeatures::parse(module, 0).map_err(refused)?;
        let options = SymtableOptions { future, top_level_await: false, name_hash: &hash };
        let table = symtable::build(module, options, arena, settings.stack_budget).map_err(refused)?;
        entry(&table, table.top())
    })
}

#[pymodule(name = "_symtable")]
pub mod symbol_tables {
    use super::PySymtableEntry;
    use taipan_compiler::symtable::{BlockKind, SymbolScope, flags};
    use taipan_objects::prelude::*;
    use taipan_parser::Mode;
    use taipan_runtime::compile::{Options, Source};

    /// Return symbol and scope dictionaries used internally by compiler.
    #[pyfunction(signature = "(source, filename, startstr, /)")]
    pub fn symtable(source: &PyObject, filename: &PyObject, startstr: &str) -> PyResult<Py<PySymtableEntry>> {
        let mode = match startstr {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => return Err(raised!(ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let filename = match filename.downcast_owned::<PyStr>() {
            Some(filename) => filename,
            None => {
                let os = taipan_objects::system::import(intern!("os"))?;
                let decoded = call::method(&os, intern!("fsdecode"), &[filename])?;
                object::str(&decoded)?
            }
        };
        let options = Options::new(mode);
        if let Some(text) = source.downcast::<PyStr>() {
            return super::tables(&Source::Text(text), &filename, &options);
        }
        if let Some(bytes) = source.downcast::<PyBytes>() {
            return super::tables(&Source::Bytes(bytes.as_slice()), &filename, &options);
        }
        Err(raised!(TypeError, "symtable() arg 1 must be a string or bytes object"))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let numbers = [
            ("USE", flags::USE),
            ("DEF_GLOBAL", flags::DEF_GLOBAL),
            ("DEF_NONLOCAL", flags::DEF_NONLOCAL),
            ("DEF_LOCAL", flags::DEF_LOCAL),
            ("DEF_PARAM", flags::DEF_PARAM),
            ("DEF_TYPE_PARAM", flags::DEF_TYPE_PARAM),
            ("DEF_FREE_CLASS", flags::DEF_FREE_CLASS),
            ("DEF_IMPORT", flags::DEF_IMPORT),
            ("DEF_BOUND", flags::DEF_BOUND),
            ("DEF_ANNOT", flags::DEF_ANNOT),
            ("DEF_COMP_ITER", flags::DEF_COMP_ITER),
            ("DEF_COMP_CELL", flags::DEF_COMP_CELL),
            ("TYPE_FUNCTION", BlockKind::Function as u32),
            ("TYPE_CLASS", BlockKind::Class as u32),
            ("TYPE_MODULE", BlockKind::Module as u32),
            ("TYPE_ANNOTATION", BlockKind::Annotation as u32),
            ("TYPE_TYPE_ALIAS", BlockKind::TypeAlias as u32),
            ("TYPE_TYPE_PARAMETERS", BlockKind::TypeParameters as u32),
            ("TYPE_TYPE_VARIABLE", BlockKind::TypeVariable as u32),
            ("LOCAL", SymbolScope::Local as u32),
            ("GLOBAL_EXPLICIT", SymbolScope::GlobalExplicit as u32),
            ("GLOBAL_IMPLICIT", SymbolScope::GlobalImplicit as u32),
            ("FREE", SymbolScope::Free as u32),
            ("CELL", SymbolScope::Cell as u32),
            ("SCOPE_OFF", flags::SCOPE_OFFSET),
            ("SCOPE_MASK", flags::SCOPE_MASK),
        ];
        numbers.iter().try_for_each(|(name, value)| module.add_int(name, i64::from(*value)))
    }
}
