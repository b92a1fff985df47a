//! What is recorded about a name in a scope: one word of flags with the name's place on top.
//!
//! The numbers are those the `_symtable` module shows.

/// Declared `global`.
pub const DEF_GLOBAL: u32 = 1;
/// Bound here.
pub const DEF_LOCAL: u32 = 2;
/// A parameter.
pub const DEF_PARAM: u32 = 4;
/// Declared `nonlocal`.
pub const DEF_NONLOCAL: u32 = 8;
/// Read here.
pub const USE: u32 = 16;
/// Free in a method of this class, though the class binds the name too.
pub const DEF_FREE_CLASS: u32 = 64;
/// Bound by an import.
pub const DEF_IMPORT: u32 = 128;
/// Annotated.
pub const DEF_ANNOT: u32 = 256;
/// The iteration variable of a comprehension.
pub const DEF_COMP_ITER: u32 = 512;
/// A type parameter.
pub const DEF_TYPE_PARAM: u32 = 1024;
/// A cell of an inlined comprehension.
pub const DEF_COMP_CELL: u32 = 2048;
/// Bound in this block in some way.
pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT;

/// How far the [`SymbolScope`] is shifted.
pub const SCOPE_OFFSET: u32 = 12;
pub const SCOPE_MASK: u32 = DEF_GLOBAL | DEF_LOCAL | DEF_PARAM | DEF_NONLOCAL;
/// The flags without the place.
pub const DEF_MASK: u32 = (1 << SCOPE_OFFSET) - 1;

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolScope {
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl SymbolScope {
    /// The place recorded in `flags`.
    #[inline]
    pub fn of(flags: u32) -> Option<SymbolScope> {
        match flags >> SCOPE_OFFSET & SCOPE_MASK {
            1 => Some(SymbolScope::Local),
            2 => Some(SymbolScope::GlobalExplicit),
            3 => Some(SymbolScope::GlobalImplicit),
            4 => Some(SymbolScope::Free),
            5 => Some(SymbolScope::Cell),
            _ => None,
        }
    }

    /// The bits to add to a name's flags.
    #[inline]
    pub fn bits(self) -> u32 {
        (self as u32) << SCOPE_OFFSET
    }
}
