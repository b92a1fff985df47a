//! `InstructionSequence`: instructions under construction as Python sees them, and the ways to those of the compiler.

use core::cell::RefCell;
use std::collections::BTreeMap;
use taipan_bytecode::Opcode;
use taipan_compiler::ir;
use taipan_objects::memory;
use taipan_objects::model::ToPy;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// An instruction that may not exist: what a test wrote down.
#[derive(Clone, Copy)]
struct Entry {
    opcode: i32,
    oparg: i32,
    loc: ir::Location,
}

impl Entry {
    fn known(self) -> Option<Opcode> {
        u16::try_from(self.opcode).ok().and_then(Opcode::from_u16)
    }

    fn has_target(self) -> bool {
        self.known().is_some_and(|op| op.has_jump() || op.has_exc())
    }
}

/// What holds no objects.
#[derive(Default)]
struct Contents {
    entries: Vec<Entry>,
    /// The index of the instruction behind each label. Where there is none, arguments of jumps are indices already.
    labels: BTreeMap<i32, usize>,
    last_label: i32,
    annotations: Option<ir::InstructionSequence>,
}

impl Traverse for Contents {
    fn traverse(&self, _: &mut Visitor) {}
}

/// InstructionSequenceType()
/// --
///
/// Create a new InstructionSequence object.
#[pytype(name = "InstructionSequence", gc, parts(METHODS))]
pub struct PyInstructionSequence {
    ob_base: PyObject,
    contents: RefCell<Contents>,
    nested: RefCell<Vec<Obj>>,
}

impl PyInstructionSequence {
    pub fn empty() -> Py<Self> {
        memory::new(Self::fresh())
    }

    fn fresh() -> Self {
        PyInstructionSequence {
            ob_base: PyObject::EMPTY,
            contents: RefCell::default(),
            nested: RefCell::default(),
        }
    }

    /// The compiler's sequence, with those inside it.
    pub fn from_ir(sequence: &ir::InstructionSequence) -> PyResult<Py<Self>> {
        taipan_objects::errors::check_stack(" while showing a code unit")?;
        let (made, mut contents) = (Self::fresh(), Contents::default());
        for instruction in sequence.instructions() {
            let place = sequence.place_of(ir::Label(instruction.oparg));
            let oparg = match place.filter(|_| instruction.has_target()) {
                Some(place) => place as i32,
                None => instruction.oparg as i32,
            };
            let opcode = i32::from(instruction.opcode.number());
            contents.entries.push(Entry { opcode, oparg, loc: instruction.loc });
        }
        for nested in sequence.nested() {
            made.nested.borrow_mut().push(Self::from_ir(nested)?.into_obj());
        }
        contents.annotations = sequence.annotations_code().cloned();
        made.contents.replace(contents);
        Ok(memory::new(made))
    }

    /// Adds an instruction whose argument is final.
    pub fn push(&self, opcode: Opcode, oparg: u32, loc: ir::Location) {
        let entry = Entry { opcode: i32::from(opcode.number()), oparg: oparg as i32, loc };
        self.contents.borrow_mut().entries.push(entry);
    }

    /// The instructions, the labels in their arguments replaced by indices.
    fn resolved(&self) -> PyResult<Vec<Entry>> {
        let Contents { entries, labels, .. } = &*self.contents.borrow();
        let resolve = |entry: &Entry| {
            if labels.is_empty() || !entry.has_target() {
                return Ok(*entry);
            }
            match labels.get(&entry.oparg) {
                Some(place) => Ok(Entry { oparg: *place as i32, ..*entry }),
                None => Err(raised!(ValueError, "label {} has no place", entry.oparg)),
            }
        };
        entries.iter().map(resolve).collect()
    }

    /// The sequence for the compiler's back end, each argument changed by `map`.
    pub fn to_ir(&self, map: impl Fn(Opcode, u32) -> u32) -> PyResult<ir::InstructionSequence> {
        let entries = self.resolved()?;
        let mut sequence = ir::InstructionSequence::new();
        let mut labels = vec![None; entries.len()];
        for entry in entries.iter().filter(|entry| entry.has_target()) {
            let slot = usize::try_from(entry.oparg).ok().and_then(|at| labels.get_mut(at));
            match slot {
                Some(label) => *label = label.or_else(|| Some(sequence.new_label())),
                None => return Err(raised!(ValueError, "jump to {} outside the sequence", entry.oparg)),
            }
        }
        for (entry, label) in entries.iter().zip(&labels) {
            let Some(opcode) = entry.known().filter(|op| op.base() == *op && !op.is_instrumented()) else {
                return Err(raised!(ValueError, "invalid opcode {}", entry.opcode));
            };
            let Ok(oparg) = u32::try_from(entry.oparg) else {
                return Err(raised!(ValueError, "invalid argument {} of {}", entry.oparg, opcode.name()));
            };
            if let Some(label) = label {
                sequence.use_label(*label);
            }
            match labels.get(oparg as usize).copied().flatten().filter(|_| entry.has_target()) {
                Some(target) => sequence.addop_jump(opcode, target, entry.loc),
                None => sequence.addop(opcode, map(opcode, oparg), entry.loc),
            }
        }
        if let Some(annotations) = &self.contents.borrow().annotations {
            sequence.set_annotations_code(annotations.clone());
        }
        Ok(sequence)
    }
}

#[pymethods(METHODS)]
impl PyInstructionSequence {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<Self>> {
        if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "InstructionSequenceType() takes no arguments"));
        }
        memory::new_in(cls, Self::fresh())
    }

    /// Place label at current location.
    #[pymethod(signature = "(label)")]
    fn use_label(&self, label: i32) {
        let mut contents = self.contents.borrow_mut();
        let at = contents.entries.len();
        contents.labels.insert(label, at);
    }

    /// Append an instruction.
    #[pymethod(signature = "(opcode, oparg, lineno, col_offset, end_lineno,\n      end_col_offset)")]
    fn addop(&self, opcode: i32, oparg: i32, lineno: i32, col: i32, end_lineno: i32, end_col: i32) {
        // The names of the parameters notwithstanding, the order is that of the tuples of `get_instructions`.
        let loc = ir::Location::new(lineno, col, end_lineno, end_col);
        self.contents.borrow_mut().entries.push(Entry { opcode, oparg, loc });
    }

    /// Return a new label.
    #[pymethod]
    fn new_label(&self) -> i32 {
        let mut contents = self.contents.borrow_mut();
        contents.last_label = contents.last_label.wrapping_add(1);
        contents.last_label
    }

    /// Add a nested sequence.
    #[pymethod(signature = "(nested)")]
    fn add_nested(&self, nested: &PyObject) -> PyResult<()> {
        if nested.downcast::<PyInstructionSequence>().is_none() {
            let class = nested.class().short_name();
            return Err(raised!(TypeError, "expected an instruction sequence, not {class}"));
        }
        self.nested.borrow_mut().push(nested.owned());
        Ok(())
    }

    /// Return the nested sequences.
    #[pymethod]
    fn get_nested(&self) -> Py<PyList> {
        PyList::from_vec(self.nested.borrow().clone())
    }

    /// Return the instructions as a list of tuples or labels.
    #[pymethod]
    fn get_instructions(&self) -> PyResult<Py<PyList>> {
        let show = |entry: &Entry| {
            let has_arg = entry.known().is_some_and(Opcode::has_arg);
            let ir::Location { lineno, end_lineno, col, end_col } = entry.loc;
            let items = [Some(entry.opcode), has_arg.then_some(entry.oparg), Some(lineno), Some(end_lineno)];
            let items = items.into_iter().chain([Some(col), Some(end_col)]).map(ToPy::to_py);
            Ok(PyTuple::from_vec(items.collect::<PyResult<_>>()?).into_obj())
        };
        Ok(PyList::from_vec(self.resolved()?.iter().map(show).collect::<PyResult<_>>()?))
    }
}
