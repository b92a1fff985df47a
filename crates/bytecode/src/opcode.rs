//! What can be asked of an [`Opcode`]: its number, operand, stack effect, caches and family. The answers
//! come from the generated tables, so they cannot drift from `instructions.def`.

pub use crate::generated::opcodes::*;

/// The largest argument for which a code unit alone suffices.
pub const MAX_SHORT_ARG: u32 = 0xFF;
/// Opcodes from here on (below the specialised ones) have an argument: `dis.HAVE_ARGUMENT`.
pub const HAVE_ARGUMENT: u8 = 43;
/// The first instrumented instruction.
pub const MIN_INSTRUMENTED_OPCODE: u8 = 234;

/// What the argument of an instruction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    None,
    /// An index in `co_consts`.
    Const,
    /// An index in `co_names`, above `shift` bits of flags.
    Name {
        shift: u8,
    },
    /// A cell or free variable's index in `co_localsplusnames`.
    Free,
    /// A local variable's index in `co_localsplusnames`.
    Local,
    /// Two such indices of four bits each.
    Local2,
    /// A distance in code units, forward from the instruction's end.
    JumpForward,
    /// The same, backward.
    JumpBackward,
    /// A pseudo instruction's jump, whose direction is not decided.
    Jump,
    /// A pseudo instruction's exception handler.
    Handler,
    BinaryOp,
    /// The operator in the bits from 5, a coercion flag in bit 4, a mask for specialised forms below.
    Compare,
    Intrinsic1,
    Intrinsic2,
    SpecialMethod,
    CommonConstant,
    /// A depth in the value stack.
    Depth,
    /// A number of values.
    Count,
    Other,
}

/// A field of an inline cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheField {
    pub name: &'static str,
    /// Size in 16-bit code units.
    pub units: u8,
}

/// Properties of an instruction, as a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(u16);

impl Flags {
    pub const NONE: Self = Self(0);
    pub const ARG: Self = Self(1);
    pub const CONST: Self = Self(1 << 1);
    pub const NAME: Self = Self(1 << 2);
    pub const FREE: Self = Self(1 << 3);
    pub const LOCAL: Self = Self(1 << 4);
    pub const JUMP: Self = Self(1 << 5);
    /// Pushes an exception handler (pseudo instructions).
    pub const EXC: Self = Self(1 << 6);
    /// Can raise.
    pub const ERROR: Self = Self(1 << 7);
    /// Can run arbitrary Python code.
    pub const ESCAPES: Self = Self(1 << 8);
    /// Can fall back to the family's general form.
    pub const DEOPT: Self = Self(1 << 9);
    /// Checks for signals and thread switches.
    pub const EVAL_BREAK: Self = Self(1 << 10);
    pub const PURE: Self = Self(1 << 11);
    /// Control never reaches the next instruction.
    pub const TERMINATOR: Self = Self(1 << 12);
    /// Leaves the frame.
    pub const EXIT: Self = Self(1 << 13);

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => {
        impl Opcode {
            $($(#[$doc])* #[inline] pub fn $name(self) -> bool { self.flags().contains(Flags::$flag) })*
        }
    };
}

queries! {
    has_arg = ARG;
    has_const = CONST;
    has_name = NAME;
    has_free = FREE;
    has_local = LOCAL;
    has_jump = JUMP;
    /// Pushes an exception handler: `SETUP_FINALLY` and its kin.
    has_exc = EXC;
    can_raise = ERROR;
    escapes = ESCAPES;
    can_deopt = DEOPT;
    checks_eval_breaker = EVAL_BREAK;
    is_pure = PURE;
    /// Control never reaches the next instruction.
    is_terminator = TERMINATOR;
}

impl Opcode {
    /// The instruction of a number, pseudo instructions included.
    #[inline]
    pub const fn from_u16(number: u16) -> Option<Self> {
        if (number as usize) < OPCODE_COUNT { BY_NUMBER[number as usize] } else { None }
    }

    /// The instruction of a byte of code.
    #[inline]
    pub const fn from_u8(number: u8) -> Option<Self> {
        BY_NUMBER[number as usize]
    }

    /// The instruction of a name as `dis` prints it.
    pub fn from_name(name: &str) -> Option<Self> {
        BY_NUMBER.iter().flatten().copied().find(|op| op.name() == name)
    }

    #[inline]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The byte in code; `None` for a pseudo instruction.
    #[inline]
    pub const fn byte(self) -> Option<u8> {
        if self.is_pseudo() { None } else { Some(self as u16 as u8) }
    }

    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    #[inline]
    pub const fn is_pseudo(self) -> bool {
        self as u16 >= 256
    }

    #[inline]
    pub fn flags(self) -> Flags {
        FLAGS[self as usize]
    }

    pub fn operand(self) -> Operand {
        OPERANDS[self as usize]
    }

    /// Code units of inline cache that follow the instruction.
    #[inline]
    pub fn caches(self) -> usize {
        usize::from(CACHES[self as usize])
    }

    pub fn cache_fields(self) -> &'static [CacheField] {
        let base = self.base();
        CACHE_FIELDS.iter().find(|(op, _)| *op == base).map_or(&[], |(_, fields)| fields)
    }

    /// The general form of a specialised or instrumented instruction, otherwise the instruction itself.
    #[inline]
    pub fn base(self) -> Self {
        BY_NUMBER[BASE[self as usize] as usize].unwrap_or(self)
    }

    /// Whether this is a specialised form, which only the interpreter writes.
    pub fn is_specialised(self) -> bool {
        self.base() != self && !self.is_instrumented()
    }

    pub fn is_instrumented(self) -> bool {
        INSTRUMENTED.iter().any(|(_, twin)| *twin == self)
            || matches!(self, Self::INSTRUMENTED_INSTRUCTION | Self::INSTRUMENTED_LINE)
    }

    /// The instrumented twin.
    pub fn instrumented(self) -> Option<Self> {
        INSTRUMENTED.iter().find(|(base, _)| *base == self).map(|(_, twin)| *twin)
    }

    pub fn specialisations(self) -> &'static [Self] {
        SPECIALISATIONS.iter().find(|(op, _)| *op == self).map_or(&[], |(_, forms)| forms)
    }

    /// How many values are read off the stack.
    pub fn popped(self, oparg: u32) -> i64 {
        popped(self, i64::from(oparg))
    }

    /// How many values are left in their place.
    pub fn pushed(self, oparg: u32) -> i64 {
        pushed(self, i64::from(oparg))
    }

    /// The net effect on the stack's depth. `jump` asks for the path that jumps (or, for a handler's setup
    /// instruction, the path into the handler).
    pub fn stack_effect(self, oparg: u32, jump: bool) -> i64 {
        if jump && let Some(effect) = taken_effect(self) {
            return effect;
        }
        self.pushed(oparg) - self.popped(oparg)
    }

    /// `JUMP` and `JUMP_NO_INTERRUPT` and their directed forms.
    pub fn is_unconditional_jump(self) -> bool {
        matches!(
            self,
            Self::JUMP
                | Self::JUMP_NO_INTERRUPT
                | Self::JUMP_FORWARD
                | Self::JUMP_BACKWARD
                | Self::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    /// The four `POP_JUMP_IF_*`.
    pub fn is_conditional_jump(self) -> bool {
        matches!(
            self,
            Self::POP_JUMP_IF_NONE
                | Self::POP_JUMP_IF_NOT_NONE
                | Self::POP_JUMP_IF_FALSE
                | Self::POP_JUMP_IF_TRUE
        )
    }

    /// Leaves the frame: return and raise.
    pub fn is_scope_exit(self) -> bool {
        matches!(self, Self::RETURN_VALUE | Self::RAISE_VARARGS | Self::RERAISE)
    }
}
