//! The constants of a unit in the flow graph: loads of known values before jumps and tests, small integers,
//! and the table itself, from which unused entries go in the end.

use super::cfg::{BlockId, Cfg, Instr};
use crate::hash::HashMap;
use num_traits::ToPrimitive;
use taipan_bytecode::{Constant, Opcode};

/// The ordered table of constants. What comes to it is merged with what is there; a table from elsewhere may hold a
/// constant twice.
#[derive(Clone, Default, Debug)]
pub struct Consts {
    items: Vec<Constant>,
    /// The first place of each constant, once looking for them one by one would take long.
    places: HashMap<Constant, usize>,
}

/// How many constants are looked at one by one.
const FEW: usize = 32;

impl FromIterator<Constant> for Consts {
    fn from_iter<I: IntoIterator<Item = Constant>>(items: I) -> Self {
        Consts { items: items.into_iter().collect(), places: HashMap::default() }
    }
}

impl Consts {
    pub fn get(&self, index: u32) -> Option<&Constant> {
        self.items.get(index as usize)
    }

    pub fn items(&self) -> &[Constant] {
        &self.items
    }

    pub fn into_items(self) -> Vec<Constant> {
        self.items
    }

    /// The index of a constant, which is added if it is not there.
    pub fn add(&mut self, constant: Constant) -> u32 {
        let known = if self.items.len() <= FEW {
            self.items.iter().position(|item| *item == constant)
        } else {
            if self.places.is_empty() {
                for (place, item) in self.items.iter().enumerate() {
                    self.places.entry(item.clone()).or_insert(place);
                }
            }
            self.places.get(&constant).copied()
        };
        let place = known.unwrap_or_else(|| {
            if !self.places.is_empty() {
                self.places.insert(constant.clone(), self.items.len());
            }
            self.items.push(constant);
            self.items.len() - 1
        });
        place as u32
    }

    /// Keeps the constants whose flag is set.
    fn keep(&mut self, flags: &[bool]) {
        let mut flags = flags.iter();
        self.items.retain(|_| *flags.next().unwrap_or(&true));
        self.places.clear();
    }
}

/// The value that an instruction loads, if it loads a constant.
pub fn const_value(instr: &Instr, consts: &Consts) -> Option<Constant> {
    match instr.opcode {
        Opcode::LOAD_CONST => consts.get(instr.oparg).cloned(),
        Opcode::LOAD_SMALL_INT => Some(Constant::from(i64::from(instr.oparg))),
        _ => None,
    }
}

/// The argument of `LOAD_SMALL_INT` for a constant that fits it.
fn small_int(constant: &Constant) -> Option<u32> {
    match constant {
        Constant::Int(value) => value.to_u8().map(u32::from),
        _ => None,
    }
}

/// Makes an instruction load a constant, which is added to the table if need be.
pub fn make_load_const(instr: &mut Instr, constant: Constant, consts: &mut Consts) {
    match small_int(&constant) {
        Some(value) => instr.set(Opcode::LOAD_SMALL_INT, value),
        None => instr.set(Opcode::LOAD_CONST, consts.add(constant)),
    }
}

/// Uses what is known about loaded constants: a test of one is decided, `is None` becomes a jump of its own.
pub fn optimise_load_const(cfg: &mut Cfg, consts: &mut Consts) {
    for id in cfg.order() {
        optimise_block(cfg, id, consts);
    }
}

fn optimise_block(cfg: &mut Cfg, id: BlockId, consts: &mut Consts) {
    // The load that a `COPY 1` of its value repeats.
    let mut load: Option<Instr> = None;
    for at in 0..cfg[id].instrs.len() {
        let instrs = &mut cfg[id].instrs;
        if instrs[at].opcode == Opcode::LOAD_CONST
            && let Some(value) = consts.get(instrs[at].oparg).and_then(small_int)
        {
            instrs[at].set(Opcode::LOAD_SMALL_INT, value);
        }
        let is_copy = instrs[at].opcode == Opcode::COPY
            && instrs[at].oparg == 1
            && load.is_some_and(|l| l.loads_const());
        if !is_copy {
            load = Some(instrs[at]);
        }
        let Some(value) = load.and_then(|l| const_value(&l, consts)) else { continue };
        let Some(next) = instrs.get(at + 1).map(|i| i.opcode) else { continue };
        match next {
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::JUMP_IF_FALSE
            | Opcode::JUMP_IF_TRUE => {
                // JUMP_IF_x leaves the value where it is, so its load must stay.
                if matches!(next, Opcode::POP_JUMP_IF_FALSE | Opcode::POP_JUMP_IF_TRUE) {
                    instrs[at].nop();
                }
                let jumps_if_true = matches!(next, Opcode::POP_JUMP_IF_TRUE | Opcode::JUMP_IF_TRUE);
                if value.is_true() == jumps_if_true {
                    instrs[at + 1].opcode = Opcode::JUMP;
                } else {
                    instrs[at + 1].nop();
                    instrs[at + 1].target = None;
                }
            }
            Opcode::IS_OP if matches!(value, Constant::None) => fold_is_none(instrs, at),
            Opcode::TO_BOOL => {
                let index = consts.add(Constant::Bool(value.is_true()));
                instrs[at].nop();
                instrs[at + 1].set(Opcode::LOAD_CONST, index);
            }
            _ => {}
        }
    }
}

/// `None`, `IS_OP`, perhaps `TO_BOOL`, and a jump: into one `POP_JUMP_IF_NONE` or `…NOT_NONE`.
fn fold_is_none(instrs: &mut [Instr], at: usize) {
    let mut jump = at + 2;
    if instrs.get(jump).is_some_and(|i| i.opcode == Opcode::TO_BOOL) {
        instrs[jump].nop();
        jump += 1;
    }
    let Some(opcode) = instrs.get(jump).map(|i| i.opcode) else { return };
    let mut inverted = instrs[at + 1].oparg != 0;
    match opcode {
        Opcode::POP_JUMP_IF_FALSE => inverted = !inverted,
        Opcode::POP_JUMP_IF_TRUE => {}
        _ => return,
    }
    instrs[at].nop();
    instrs[at + 1].nop();
    instrs[jump].opcode = if inverted { Opcode::POP_JUMP_IF_NOT_NONE } else { Opcode::POP_JUMP_IF_NONE };
}

/// Takes the constants out of the table that no instruction loads. The first always stays: it may be the
/// docstring.
pub fn remove_unused_consts(cfg: &mut Cfg, consts: &mut Consts) {
    let mut used = vec![false; consts.items().len()];
    if let Some(first) = used.first_mut() {
        *first = true;
    }
    let order = cfg.order();
    for id in &order {
        for instr in cfg[*id].instrs.iter().filter(|i| i.opcode.has_const()) {
            if let Some(slot) = used.get_mut(instr.oparg as usize) {
                *slot = true;
            }
        }
    }
    if used.iter().all(|u| *u) {
        return;
    }
    let mut place = Vec::with_capacity(used.len());
    let mut count = 0_u32;
    for u in &used {
        place.push(count);
        count += u32::from(*u);
    }
    for id in order {
        for instr in cfg[id].instrs.iter_mut().filter(|i| i.opcode.has_const()) {
            if let Some(new) = place.get(instr.oparg as usize) {
                instr.oparg = *new;
            }
        }
    }
    consts.keep(&used);
}
