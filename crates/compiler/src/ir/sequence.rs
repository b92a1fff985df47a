//! A sequence of instructions under construction.
//!
//! Labels are made by [`InstructionSequence::new_label`], placed before the next instruction by
//! [`InstructionSequence::use_label`], and may be the target of a jump before they are placed. Every label
//! that is jumped to must be placed by the time the flow graph is built.

use super::Location;
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::INTRINSIC_STOPITERATION_ERROR;

/// A place in a sequence of instructions, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Label(pub u32);

/// One instruction. The argument of a jump, and of an instruction that sets up a handler, is a label's number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    pub opcode: Opcode,
    pub oparg: u32,
    pub loc: Location,
}

impl Instruction {
    /// Whether the argument is a label.
    pub fn has_target(&self) -> bool {
        self.opcode.has_jump() || self.opcode.has_exc()
    }
}

/// Instructions in order, the places of labels among them, and what belongs to the unit beside its code.
#[derive(Clone, Default, Debug)]
pub struct InstructionSequence {
    instructions: Vec<Instruction>,
    /// For each label the index of the instruction behind it.
    labels: Vec<Option<usize>>,
    /// Sequences of the units inside this one, kept for whoever wants to see code before optimisation.
    nested: Vec<InstructionSequence>,
    /// What an `ANNOTATIONS_PLACEHOLDER` is replaced by.
    annotations_code: Option<Box<InstructionSequence>>,
}

impl InstructionSequence {
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a label that has no place yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label((self.labels.len() - 1) as u32)
    }

    /// Places the label before the next instruction to be added.
    pub fn use_label(&mut self, label: Label) {
        let at = self.instructions.len();
        self.place(label, at);
    }

    fn place(&mut self, label: Label, at: usize) {
        let index = label.0 as usize;
        if index >= self.labels.len() {
            self.labels.resize(index + 1, None);
        }
        self.labels[index] = Some(at);
    }

    /// Appends an instruction that is no jump. Its argument is ignored if the opcode takes none.
    pub fn addop(&mut self, opcode: Opcode, oparg: u32, loc: Location) {
        self.instructions.push(Instruction { opcode, oparg, loc });
    }

    /// Appends a jump, or an instruction that sets up a handler at the label.
    pub fn addop_jump(&mut self, opcode: Opcode, target: Label, loc: Location) {
        self.instructions.push(Instruction { opcode, oparg: target.0, loc });
    }

    /// Inserts an instruction before the one at `at`; labels on later instructions move along, labels
    /// placed at `at` stay before the new instruction only if `at` was theirs and stays the block's start.
    pub fn insert_instruction(&mut self, at: usize, opcode: Opcode, oparg: u32, loc: Location) {
        let at = at.min(self.instructions.len());
        self.instructions.insert(at, Instruction { opcode, oparg, loc });
        for place in self.labels.iter_mut().flatten() {
            if *place >= at {
                *place += 1;
            }
        }
    }

    /// Puts the whole sequence under a handler that turns `StopIteration` into `RuntimeError`, as the
    /// bodies of generators and coroutines need (PEP 479).
    pub fn wrap_in_stop_iteration_handler(&mut self, none_const: u32) {
        let handler = self.new_label();
        self.insert_instruction(0, Opcode::SETUP_CLEANUP, handler.0, Location::NONE);
        self.addop(Opcode::LOAD_CONST, none_const, Location::NONE);
        self.addop(Opcode::RETURN_VALUE, 0, Location::NONE);
        self.use_label(handler);
        self.addop(Opcode::CALL_INTRINSIC_1, INTRINSIC_STOPITERATION_ERROR, Location::NONE);
        self.addop(Opcode::RERAISE, 1, Location::NONE);
    }

    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    pub fn instructions_mut(&mut self) -> &mut Vec<Instruction> {
        &mut self.instructions
    }

    /// The index of the instruction behind a label, if the label has been placed.
    pub fn place_of(&self, label: Label) -> Option<usize> {
        self.labels.get(label.0 as usize).copied().flatten()
    }

    pub fn add_nested(&mut self, sequence: Self) {
        self.nested.push(sequence);
    }

    pub fn nested(&self) -> &[Self] {
        &self.nested
    }

    /// Sets what an `ANNOTATIONS_PLACEHOLDER` in this sequence is replaced by.
    pub fn set_annotations_code(&mut self, sequence: Self) {
        self.annotations_code = Some(Box::new(sequence));
    }

    pub fn annotations_code(&self) -> Option<&Self> {
        self.annotations_code.as_deref()
    }
}
