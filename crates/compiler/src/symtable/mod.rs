//! Symbol tables: which names each block of a module binds and uses, and where each name lives.
//!
//! [`build`] walks the tree once (`builder` and its neighbours) and makes one [`Scope`] per block, collecting the
//! `DEF_*` and `USE` flags of every name; `analysis` then walks the scopes from the module down, decides for each
//! name whether it is local, global, free or a cell, and merges inlined comprehensions into the scope around them.
//!
//! Invariants: a scope's symbols keep the order in which CPython's dictionary would have them; scopes are found again by
//! the address of the node that opens them ([`ScopeKey`]), so the tree must not move between `build` and code
//! generation. Annotation scopes (PEP 649, 695, 696) are scopes like others; the annotation scope of a block with
//! deferred annotations hangs on its parent ([`Scope::annotation_block`]).

mod analysis;
mod annotations;
mod builder;
mod comprehensions;
mod expressions;
pub mod flags;
mod free_set;
mod names;
mod patterns;
mod statements;

use taipan_ast::{Arena, Location, Mod};

use crate::error::{CompileError, Result};
use crate::future::FutureFeatures;
use crate::hash::{HashMap, IndexMap};
use crate::stack::StackLimit;

pub use flags::SymbolScope;
pub use free_set::{NameHash, any_hash};
pub use names::mangle;

/// What kind of block a scope belongs to. The numbers are those of `_symtable.TYPE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Function = 0,
    Class = 1,
    Module = 2,
    /// `__annotate__` functions (PEP 649).
    Annotation = 3,
    /// The value of a `type` statement.
    TypeAlias = 4,
    /// The type parameters of a generic function, class or alias.
    TypeParameters = 5,
    /// The bound, constraints or default of one type parameter.
    TypeVariable = 6,
}

impl BlockKind {
    /// Function bodies and everything that is compiled like one.
    #[inline]
    pub fn is_function_like(self) -> bool {
        !matches!(self, BlockKind::Class | BlockKind::Module)
    }
}

/// Which comprehension a function scope stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    List,
    Dict,
    Set,
    Generator,
}

/// The place of a scope in its [`SymbolTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(u32);

/// The node that opens a scope: its address, and which of its scopes is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeKey {
    address: usize,
    part: ScopePart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ScopePart {
    Body,
    TypeParams,
    Annotations,
    Bound,
    Default,
}

impl ScopeKey {
    fn new<T: ?Sized>(node: &T, part: ScopePart) -> Self {
        ScopeKey { address: std::ptr::from_ref(node).addr(), part }
    }

    /// The body of a function, class, lambda, comprehension, or the value of a `type` statement.
    pub fn body<T: ?Sized>(node: &T) -> Self {
        ScopeKey::new(node, ScopePart::Body)
    }

    /// The type parameters of the statement `node`.
    pub fn type_params<T: ?Sized>(node: &T) -> Self {
        ScopeKey::new(node, ScopePart::TypeParams)
    }

    /// The annotations in the signature of the function `node`.
    pub fn annotations<T: ?Sized>(node: &T) -> Self {
        ScopeKey::new(node, ScopePart::Annotations)
    }

    /// The bound of a type parameter.
    pub fn bound<T: ?Sized>(node: &T) -> Self {
        ScopeKey::new(node, ScopePart::Bound)
    }

    /// The default of a type parameter.
    pub fn default<T: ?Sized>(node: &T) -> Self {
        ScopeKey::new(node, ScopePart::Default)
    }
}

/// One block's names and what is known about the block.
#[derive(Debug)]
pub struct Scope<'a> {
    pub kind: BlockKind,
    pub name: &'a str,
    pub loc: Location,
    /// Name (mangled) → flags; see [`flags`].
    pub symbols: IndexMap<&'a str, u32>,
    /// Parameters, in the order of the code object's local variables.
    pub varnames: Vec<&'a str>,
    pub children: Vec<ScopeId>,
    /// `global` and `nonlocal` statements, for the positions of errors found late.
    directives: Vec<(&'a str, Location)>,
    /// The class scope of type parameters whose names are mangled here: in it, and in what lies
    /// between it and the class body, only the type parameters' names are.
    mangled_names: Option<ScopeId>,
    /// The type parameters that `mangled_names` of other scopes refer to.
    private_type_params: Vec<&'a str>,
    /// Where an annotation scope's or type variable's errors say they are: "a TypeVar bound".
    scope_info: Option<&'static str>,
    /// The scope of the deferred annotations of this block.
    pub annotation_block: Option<ScopeId>,
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    /// The block has annotations, so it needs `__annotate__`.
    pub annotations_used: bool,
    pub comprehension: Option<ComprehensionKind>,
    pub varargs: bool,
    pub varkeywords: bool,
    /// A method refers to `__class__` or calls `super()`.
    pub needs_class_closure: bool,
    /// An annotation scope inside looks names up in the class namespace.
    pub needs_classdict: bool,
    pub has_conditional_annotations: bool,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    /// The comprehension was merged into the scope around it (PEP 709).
    pub comp_inlined: bool,
    comp_iter_target: bool,
    comp_iter_expr: u32,
    /// An annotation scope directly in a class: names resolve in the class namespace first.
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    pub method: bool,
}

impl<'a> Scope<'a> {
    /// The flags of a name (mangled), zero if it is unknown here.
    #[inline]
    pub fn flags(&self, name: &str) -> u32 {
        self.symbols.get(name).copied().unwrap_or(0)
    }

    /// Where a name (mangled) lives, if it is known here.
    #[inline]
    pub fn scope_of(&self, name: &str) -> Option<SymbolScope> {
        SymbolScope::of(self.flags(name))
    }
}

/// The symbol tables of one module.
pub struct SymbolTable<'a> {
    scopes: Vec<Scope<'a>>,
    by_key: HashMap<ScopeKey, ScopeId>,
}

impl<'a> SymbolTable<'a> {
    /// The scope of the module itself.
    pub fn top(&self) -> ScopeId {
        ScopeId(0)
    }

    /// The scope that a node opens.
    pub fn lookup(&self, key: ScopeKey) -> Option<ScopeId> {
        self.by_key.get(&key).copied()
    }

    #[inline]
    pub fn scope(&self, id: ScopeId) -> &Scope<'a> {
        &self.scopes[id.0 as usize]
    }

    #[inline]
    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope<'a> {
        &mut self.scopes[id.0 as usize]
    }

    /// How many scopes there are; their ids count from zero in the order in which they were opened.
    pub fn len(&self) -> usize {
        self.scopes.len()
    }

    /// A table always has the module's scope.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The spelling of `name` in `scope` inside the class `class`.
    pub(crate) fn mangle_in(
        &self,
        scope: ScopeId,
        class: Option<&str>,
        name: &'a str,
        arena: &'a Arena,
    ) -> &'a str {
        if let Some(owner) = self.scope(scope).mangled_names
            && !self.scope(owner).private_type_params.contains(&name)
        {
            return name;
        }
        names::mangle_into(class, name, arena)
    }
}

/// What symbol tables depend on beside the tree.
#[derive(Clone, Copy)]
pub struct SymtableOptions<'h> {
    pub future: FutureFeatures,
    /// `await` is allowed at module level (`PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
    /// The interpreter's hash of strings, where the order of symbols has to be its own.
    pub name_hash: NameHash<'h>,
}

/// Makes the symbol tables of `module`. Mangled names are put into `arena`; `stack_budget` is the number of bytes of
/// native stack that may be used.
pub fn build<'a>(
    module: &'a Mod<'a>,
    options: SymtableOptions<'_>,
    arena: &'a Arena,
    stack_budget: usize,
) -> std::result::Result<SymbolTable<'a>, CompileError> {
    build_in(module, options, arena, StackLimit::new(stack_budget)).map_err(|error| *error)
}

pub(crate) fn build_in<'a>(
    module: &'a Mod<'a>,
    options: SymtableOptions<'_>,
    arena: &'a Arena,
    stack: StackLimit,
) -> Result<SymbolTable<'a>> {
    let mut table = builder::Builder::new(options, arena, stack).run(module)?;
    analysis::analyse(&mut table, options.name_hash, stack)?;
    Ok(table)
}
