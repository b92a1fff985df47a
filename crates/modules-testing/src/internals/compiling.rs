//! The compiler's stages one by one: code generation, optimisation of the flow graph, assembly.

use super::sequence::PyInstructionSequence;
use taipan_bytecode::{Constant, Opcode, Wtf8Buf};
use taipan_compiler::error::CompileError;
use taipan_compiler::flowgraph::{self, BackEndError, Consts};
use taipan_compiler::hash::IndexSet;
use taipan_compiler::ir::{CodeUnitMetadata, Instruction, InstructionSequence};
use taipan_compiler::{assemble, clean_docstring};
use taipan_objects::prelude::*;
use taipan_objects::types::code::{PyCode, constant_to_object, object_to_constant};
use taipan_runtime::compile::{Mode, Options, Warnings};

fn sequence_of(object: &PyObject) -> PyResult<&PyInstructionSequence> {
    object
        .downcast::<PyInstructionSequence>()
        .ok_or_else(|| raised!(ValueError, "expected an instruction sequence"))
}

fn refused(error: BackEndError) -> Raised {
    raised!(ValueError, "{error}")
}

fn constant_of(object: &PyObject) -> PyResult<Constant> {
    object_to_constant(object).ok_or_else(|| {
        raised!(TypeError, "'{}' object cannot be a constant of a code object", object.class().short_name())
    })
}

/// The constants of a list, equal ones once, and where each element went.
fn read_constants(list: &[Obj]) -> PyResult<(IndexSet<Constant>, Vec<u32>)> {
    let mut constants = IndexSet::default();
    let mut places = Vec::with_capacity(list.len());
    for object in list {
        places.push(constants.insert_full(constant_of(object)?).0 as u32);
    }
    Ok((constants, places))
}

/// The objects of constants: those that were there, and new ones.
fn show_constants<'a>(
    constants: impl IntoIterator<Item = &'a Constant>,
    known: &[Obj],
) -> PyResult<Vec<Obj>> {
    let known: Vec<_> = known.iter().map(|object| (object_to_constant(object), object)).collect();
    let show = |constant: &Constant| {
        let same = known.iter().find(|(value, _)| value.as_ref() == Some(constant));
        same.map_or_else(|| constant_to_object(constant), |(_, object)| Ok((*object).clone()))
    };
    constants.into_iter().map(show).collect()
}

/// Refuses loads of constants that are not there.
fn judge_constants(sequence: &InstructionSequence, count: usize) -> PyResult<()> {
    let wrong = |load: &&Instruction| load.opcode.has_const() && load.oparg as usize >= count;
    match sequence.instructions().iter().find(wrong) {
        Some(load) => Err(raised!(ValueError, "LOAD_CONST index {} is out of range for consts", load.oparg)),
        None => Ok(()),
    }
}

/// The optimised graph as a sequence.
fn optimise(
    sequence: &InstructionSequence,
    constants: &mut Consts,
    locals: usize,
) -> Result<Vec<flowgraph::FlatInstr>, BackEndError> {
    let mut cfg = flowgraph::build(sequence)?;
    flowgraph::optimise_code_unit(&mut cfg, constants, locals, 0);
    flowgraph::calculate_stackdepth(&mut cfg)?;
    flowgraph::optimise_load_fast(&mut cfg);
    flowgraph::flatten(&cfg)
}

/// A dictionary from objects to indices, or a list, as the objects in the order of the indices.
fn ordered(metadata: &PyDict, key: &str) -> PyResult<Vec<Obj>> {
    let table = wanted(metadata, key)?;
    let Some(table) = table.downcast::<PyDict>() else { return iter::collect(&table) };
    let mut rows = Vec::with_capacity(table.len());
    for (object, index) in table.items_snapshot() {
        rows.push((number::index_to_integer::<i64>(&index, "C long")?, object));
    }
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, object)| object).collect())
}

fn wanted(metadata: &PyDict, key: &str) -> PyResult {
    let found = metadata.get_str(&PyStr::new(key))?;
    found.ok_or_else(|| raised!(KeyError, "{key}"))
}

fn text(object: &PyObject, key: &str) -> PyResult<Wtf8Buf> {
    match object.downcast::<PyStr>() {
        Some(text) => Ok(text.to_wtf8()),
        None => Err(raised!(TypeError, "{key} must be a str, not {}", object.class().short_name())),
    }
}

fn names(metadata: &PyDict, key: &str) -> PyResult<IndexSet<Wtf8Buf>> {
    ordered(metadata, key)?.iter().map(|name| text(name, key)).collect()
}

fn count(metadata: &PyDict, key: &str) -> PyResult<u32> {
    number::index_to_integer::<u32>(&*wanted(metadata, key)?, "C unsigned int")
}

fn unit_of(metadata: &PyDict) -> PyResult<(CodeUnitMetadata, Vec<u32>)> {
    let (consts, places) = read_constants(&ordered(metadata, "consts")?)?;
    let hidden = names(metadata, "fasthidden")?;
    let unit = CodeUnitMetadata {
        name: text(&*wanted(metadata, "name")?, "name")?,
        qualname: text(&*wanted(metadata, "qualname")?, "qualname")?,
        consts,
        names: names(metadata, "names")?,
        varnames: names(metadata, "varnames")?,
        cellvars: names(metadata, "cellvars")?,
        freevars: names(metadata, "freevars")?,
        fasthidden: hidden.into_iter().map(|name| (name, true)).collect(),
        argcount: count(metadata, "argcount")?,
        posonlyargcount: count(metadata, "posonlyargcount")?,
        kwonlyargcount: count(metadata, "kwonlyargcount")?,
        firstlineno: number::index_to_integer::<i32>(&*wanted(metadata, "firstlineno")?, "C int")?,
    };
    Ok((unit, places))
}

/// Renumbers the arguments that are constants, after equal ones became one.
fn renumber(places: &[u32]) -> impl Fn(Opcode, u32) -> u32 {
    |opcode, oparg| match places.get(oparg as usize) {
        Some(place) if opcode.has_const() => *place,
        _ => oparg,
    }
}

#[pymodule(fragment)]
pub mod compiling {
    use super::*;

    /// Return a new, empty InstructionSequence.
    #[pyfunction(signature = "()")]
    pub fn new_instruction_sequence() -> Py<PyInstructionSequence> {
        PyInstructionSequence::empty()
    }

    /// C implementation of inspect.cleandoc().
    #[pyfunction(signature = "(doc)")]
    pub fn compiler_cleandoc(doc: &PyObject) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_wtf8(&clean_docstring(text(doc, "doc")?.as_bytes())))
    }

    /// Apply compiler code generation to an AST.
    ///
    /// Return (instruction_sequence, metadata).  metadata maps "argcount",
    /// "posonlyargcount" and "kwonlyargcount" to ints and "consts" to the list
    /// of constants in the order of the arguments of LOAD_CONST.
    #[pyfunction(signature = "(ast, filename, optimize, compile_mode=0)")]
    pub fn compiler_codegen(
        ast: &PyObject,
        filename: &PyStr,
        optimize: i32,
        compile_mode: i32,
    ) -> PyResult<(Py<PyInstructionSequence>, Py<PyDict>)> {
        let mode = match compile_mode {
            0 => Mode::Exec,
            1 => Mode::Eval,
            2 => Mode::Single,
            _ => return Err(raised!(ValueError, "compile_mode must be 0, 1 or 2")),
        };
        let options = Options { optimize, ..Options::new(mode) };
        taipan_runtime::ast::with_tree_of(ast, mode, |module, _| {
            let mut sink = Warnings::new(filename, None);
            let generated =
                taipan_compiler::codegen_sequence(module, &options.compile_options(filename), &mut sink);
            let (sequence, unit) = generated.map_err(|error: CompileError| sink.raise(&error))?;
            let metadata = PyDict::new();
            let counts = [
                ("argcount", unit.argcount),
                ("posonlyargcount", unit.posonlyargcount),
                ("kwonlyargcount", unit.kwonlyargcount),
            ];
            for (name, count) in counts {
                metadata.set_item(&PyStr::new(name), &PyInt::from_i64(i64::from(count)))?;
            }
            let consts = PyList::from_vec(show_constants(&unit.consts, &[])?);
            metadata.set_item(&PyStr::new("consts"), &consts)?;
            Ok((PyInstructionSequence::from_ir(&sequence)?, metadata))
        })
    }

    /// Apply compiler optimizations to an instruction list.
    ///
    /// consts must be a list in the order of the arguments of LOAD_CONST; it is
    /// changed in place.
    #[pyfunction(signature = "(instructions, consts, nlocals)")]
    pub fn optimize_cfg(
        instructions: &PyObject,
        consts: &PyObject,
        nlocals: i32,
    ) -> PyResult<Py<PyInstructionSequence>> {
        let sequence = sequence_of(instructions)?;
        let Some(list) = consts.downcast::<PyList>() else {
            return Err(raised!(TypeError, "consts must be a list"));
        };
        let Ok(locals) = usize::try_from(nlocals) else {
            return Err(raised!(ValueError, "nlocals must not be negative"));
        };
        let known = list.to_vec();
        let mut constants: Consts =
            known.iter().map(|object| constant_of(object)).collect::<PyResult<_>>()?;
        let sequence = sequence.to_ir(|_, oparg| oparg)?;
        judge_constants(&sequence, known.len())?;
        let flat = optimise(&sequence, &mut constants, locals).map_err(refused)?;
        list.set_slice(0, list.len(), show_constants(constants.items(), &known)?)?;
        let optimised = PyInstructionSequence::empty();
        for instruction in flat {
            optimised.push(instruction.opcode, instruction.oparg, instruction.loc);
        }
        Ok(optimised)
    }

    /// Create a code object for the given instructions.
    #[pyfunction(signature = "(filename, instructions, metadata)")]
    pub fn assemble_code_object(
        filename: &PyObject,
        instructions: &PyObject,
        metadata: &PyDict,
    ) -> PyResult<Py<PyCode>> {
        let filename = text(filename, "filename")?;
        let (unit, places) = unit_of(metadata)?;
        let sequence = sequence_of(instructions)?.to_ir(renumber(&places))?;
        let mut data = assemble::assemble_optimised(unit, &sequence).map_err(refused)?;
        data.filename = filename;
        PyCode::from_untrusted(&data)
    }
}
